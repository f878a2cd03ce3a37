"""How long a site of many pictures takes, in seconds of the processor, since the machine may be busy with others."""

import functools
import importlib.util
import time
from pathlib import Path

import pytest

from c2c.site import build_site
from c2c.site.gaps import named_pictures
from c2c.site.placing import Placer
from c2c.site.reading import read_run

pytestmark = pytest.mark.alone
LARGE_RUN = Path(__file__).parents[2] / "bench" / "large_run.py"
FIRST_S = 2 * 180 / 10_000  # a picture, of 2 cores: 10,000 in 3 minutes
AGAIN_S = 10 / 10_000  # a picture and its place in the pages, of one core: 10,000 in 10 seconds


@pytest.fixture(scope="module")
def write_large_run():
    spec = importlib.util.spec_from_file_location("large_run", LARGE_RUN)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.write_large_run


def seconds_of(work):
    before = time.process_time()
    work()
    return time.process_time() - before


def test_pictures_are_brought_in_quickly(write_large_run, tmp_path):
    count = write_large_run(tmp_path / "run", 108)
    found, placer = read_run(tmp_path / "run"), Placer(tmp_path / "run", tmp_path / "site")

    assert seconds_of(lambda: placer.bring(named_pictures(found))) / count < FIRST_S
    assert not placer.missing


def test_a_second_build_does_not_look_at_pictures_again(write_large_run, tmp_path):
    took = []
    counts = [write_large_run(tmp_path / f"{asked}", asked) for asked in (36, 252)]
    for run in (tmp_path / "36", tmp_path / "252"):
        build_site(run)
        took.append(min(seconds_of(functools.partial(build_site, run)) for _ in range(2)))

    assert (took[1] - took[0]) / (counts[1] - counts[0]) < AGAIN_S
