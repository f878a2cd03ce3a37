"""`c2c site` as it is typed: what it prints, where, and how it ends."""

import resource
import subprocess
import sys

import pytest
from click.testing import CliRunner

from c2c.cli import main
from c2c.records import RunRecord
from c2c.site.files import UNFINISHED


@pytest.fixture
def site():
    return lambda *words: CliRunner().invoke(main, ["site", *map(str, words)])


@pytest.fixture
def faultless_run(small_run, make):
    make.write_record(small_run / "records", RunRecord("Title", {}, (), 1.0, make.WHERE))
    return small_run


def contents(site):
    return {path.relative_to(site).as_posix(): path.read_bytes() for path in site.rglob("*") if path.is_file()}


def test_it_prints_the_page_alone_and_ends_with_0_where_nothing_is_missing(site, faultless_run):
    result = site(faultless_run)

    assert (result.exit_code, result.stdout) == (0, f"{faultless_run / 'site' / 'index.html'}\n")
    assert "Missing" not in result.stderr


def test_it_names_each_gap_on_stderr_and_ends_with_3(site, faultless_run):
    (faultless_run / "pictures/cyclegan/paris-to-burano/32/fake/street-001.png").unlink()
    (faultless_run / "records/torn [of].json").write_text("{")
    result = site(faultless_run)

    assert (result.exit_code, result.stdout) == (3, f"{faultless_run / 'site' / 'index.html'}\n")
    assert "Missing: CycleGAN: Paris → Burano: 1 picture is missing." in result.stderr
    assert "Missing: A record cannot be read. records/torn [of].json cannot be read" in result.stderr


def test_its_help_says_how_it_ends(site):
    words = " ".join(site("--help").stdout.split())

    assert "with 3 where it was built but something is missing" in words


def test_the_site_goes_where_out_says(site, faultless_run, tmp_path):
    assert site(faultless_run, "--out", tmp_path / "public").exit_code == 0
    assert (tmp_path / "public" / "index.html").is_file()


@pytest.mark.parametrize("place", [".", "..", "pictures", "records/site", "../run"])
def test_the_site_does_not_go_among_the_files_of_the_run(site, faultless_run, place):
    before = contents(faultless_run)
    result = site(faultless_run, "--out", faultless_run / place)

    assert (result.exit_code, result.stdout) == (1, "")
    assert "Say another folder with --out" in result.stderr
    assert contents(faultless_run) == before


@pytest.mark.parametrize("place", ["file", "file/within"])
def test_a_place_that_cannot_be_written_is_told_in_words(site, faultless_run, tmp_path, place):
    (tmp_path / "file").write_text("in the way")
    result = site(faultless_run, "--out", tmp_path / place)

    assert result.exit_code == 1
    assert "The site cannot be written" in result.stderr
    assert (tmp_path / "file").read_text() == "in the way"


def test_records_that_are_a_file_are_no_run(site, tmp_path):
    (tmp_path / "records").write_text("a file")
    result = site(tmp_path)

    assert result.exit_code == 1
    assert "holds no run" in result.stderr


def test_a_full_disk_ends_it_in_words_and_leaves_no_half_file(faultless_run, tmp_path):
    command = [sys.executable, "-m", "c2c", "site", faultless_run, "--out", tmp_path / "public"]
    small = 20_000  # bytes that a file may have, which is how a disk without room looks to a page

    def bound():
        resource.setrlimit(resource.RLIMIT_FSIZE, (small, small))

    result = subprocess.run(command, preexec_fn=bound, capture_output=True, text=True, timeout=120)

    assert result.returncode == 1
    assert "The site cannot be written" in result.stderr
    assert "Traceback" not in result.stderr
    assert not [path for path in (tmp_path / "public").glob("*.html") if not path.read_text().endswith("</html>\n")]


KILLED = """
import os, sys
from pathlib import Path
from c2c.site import build_site

left, replace = int(sys.argv[2]), Path.replace

def replace_or_die(self, target):
    global left
    left -= 1
    if left < 0:
        os._exit(9)
    return replace(self, target)

Path.replace = replace_or_die
build_site(Path(sys.argv[1]))
"""


@pytest.mark.parametrize("files", [0, 7, 40])
def test_after_a_build_that_was_killed_the_next_one_gives_the_same_site(faultless_run, site, tmp_path, files):
    died = subprocess.run([sys.executable, "-c", KILLED, faultless_run, str(files)], timeout=120)
    assert died.returncode == 9
    assert (faultless_run / "site" / UNFINISHED).exists()
    site(faultless_run)
    site(faultless_run, "--out", tmp_path / "never-killed")

    assert contents(faultless_run / "site") == contents(tmp_path / "never-killed")
