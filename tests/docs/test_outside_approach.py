"""The approach of the how-to is a package of its own: installed for real, c2c uses it like ours."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from c2c.records import ScoreRecord, TimingRecord, TrainingRecord, TranslationRecord, of_type, read_records

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "docs" / "examples" / "c2c-colour"
PAGE = ROOT / "docs" / "how-to" / "add-approach.md"
TINY = (
    *("size=32", "toytown.train=3", "toytown.val=3", "toytown.test=3", "toytown.train_size=36", "toytown.test_size=32"),
    *("training.steps=6", "training.batch_size=2", "training.checkpoint_every=3"),
    *("timing.warmup_s=0", "timing.measure_s=0"),
)


def python(*words, at, packages):
    """A command of this python, with more packages on its path."""
    paths = os.pathsep.join(str(path) for path in (*packages, ROOT))
    more = {"PYTHONPATH": paths, "C2C_CACHE": str(at / "cache"), "COLUMNS": "200", "OMP_NUM_THREADS": "1"}
    return subprocess.run(
        [sys.executable, *map(str, words)], cwd=at, env=os.environ | more, capture_output=True, text=True, timeout=600
    )


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A folder with the example installed in `packages`, as pip does it, and a run of its recipe in `run`."""
    root = tmp_path_factory.mktemp("outside")
    shutil.copytree(EXAMPLE, root / "source")
    options = ("--no-deps", "--no-build-isolation", "--no-index", "--disable-pip-version-check")
    installed = python(
        "-m", "pip", "install", *options, "--target", root / "packages", root / "source", at=root, packages=()
    )
    assert installed.returncode == 0, installed.stderr
    settings = [word for setting in TINY for word in ("--set", setting)]
    recipe = root / "source" / "colour.toml"
    words = ("-m", "c2c", "run", recipe, "--out", root / "run", "--device", "cpu", *settings)
    ran = python(*words, at=root, packages=[root / "packages"])
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return root


def test_it_is_trained_translates_and_is_scored_and_timed(place):
    records = read_records(place / "run" / "records")
    (training,), (translation,) = of_type(records, TrainingRecord), of_type(records, TranslationRecord)
    (score,) = [record for record in of_type(records, ScoreRecord) if record.subject == "colour"]

    assert (training.status, training.approach_kind, training.step) == ("done", "colour", 6)
    assert set(training.losses) == {"mean", "covariance"}
    assert training.parameters == {"generator": 12}
    assert training.settings["covariance_weight"] == 1.0
    assert (translation.status, translation.direction, len(translation.pictures)) == ("done", "paris-to-burano", 3)
    assert len(list((place / "run" / "pictures" / "colour").rglob("fake/*.png"))) == 3
    assert {"kid", "l1"} <= {found.metric for found in score.scores}
    timed = {record.what for record in of_type(records, TimingRecord) if record.status == "measured"}
    assert timed >= {"train", "translate"}


def test_the_site_shows_it_and_says_where_it_comes_from(place):
    page = (place / "run" / "site" / "approach-colour.html").read_text(encoding="utf-8")

    assert "<h1>Colour</h1>" in page
    assert "An installed package brought its kind, colour." in page
    assert 'href="approach-colour.html"' in (place / "run" / "site" / "index.html").read_text(encoding="utf-8")


def test_its_checkpoint_translates_pictures_only_where_the_package_is_installed(place):
    picture = next((place / "run" / "pictures" / "colour").rglob("fake/*.png"))
    words = ("-m", "c2c", "translate", place / "run" / "checkpoints" / "colour", picture, "--out", place / "more")

    with_it = python(*words, at=place, packages=[place / "packages"])
    without = python(*words, at=place, packages=())

    assert (with_it.returncode, with_it.stdout) == (0, f"1 pictures in {place / 'more'}\n")
    assert without.returncode == 1
    assert "approaches.colour.kind is 'colour'" in without.stderr
    assert "A kind of another package is there when that is installed." in without.stderr
    assert "Traceback" not in without.stderr


def test_the_how_to_shows_every_file_of_the_package_as_it_is():
    shown = re.findall(r"^```\{literalinclude\} (\S+)$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    files = [path for path in EXAMPLE.rglob("*") if path.suffix in (".py", ".toml") and path.name != "__init__.py"]

    assert {(PAGE.parent / path).resolve() for path in shown} == set(files)
