"""The extractor of the how-to is a package of its own: installed for real, c2c scores with it."""

import importlib
import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from PIL import Image

from c2c.cli import main

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "docs" / "examples" / "c2c-quarters"


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A folder with the example installed in `packages`, as pip does it, and two folders of plain pictures."""
    root = tmp_path_factory.mktemp("outside")
    shutil.copytree(EXAMPLE, root / "source")
    options = ("--no-deps", "--no-build-isolation", "--no-index", "--disable-pip-version-check", "--no-compile")
    command = [sys.executable, "-m", "pip", "install", *options, "--target", root / "packages", root / "source"]
    installed = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert installed.returncode == 0, installed.stderr
    for name, darkest in (("made", 0), ("real", 51)):
        (root / name).mkdir()
        for number in range(2):
            value = darkest + 102 * number
            Image.fromarray(np.full((8, 8, 3), value, np.uint8)).save(root / name / f"{number}.png")
    return root


def score(place):
    words = ["score", str(place / "made"), str(place / "real"), "--extractor", "quarters", "--json", "--device", "cpu"]
    return CliRunner().invoke(main, words)


def test_it_scores_two_folders_and_its_name_stands_in_the_protocol(place, monkeypatch):
    monkeypatch.syspath_prepend(place / "packages")
    importlib.invalidate_caches()

    done = score(place)

    assert done.exit_code == 0, done.output
    (found,) = [score for score in json.loads(done.stdout) if score["metric"] == "frechet"]
    assert found["protocol"]["extractor"] == "quarters"
    assert found["protocol"]["resize"] == "to 2 x 2, mean of each quarter, float32"
    assert found["value"] == pytest.approx(12 * 0.2**2, rel=1e-6)  # every feature is moved by 51 of 255


def test_where_it_is_not_installed_the_error_says_that_it_may_come_with_a_package(place):
    done = score(place)

    assert done.exit_code == 1
    assert "There is no feature network 'quarters'" in done.output
    assert "One of another package is there when that is installed." in done.output


def test_the_how_to_shows_the_package_as_it_is():
    page = (ROOT / "docs" / "how-to" / "extractors.md").read_text(encoding="utf-8")

    for name in ("pyproject.toml", "c2c_quarters.py"):
        assert f"{{literalinclude}} ../examples/c2c-quarters/{name}\n" in page
