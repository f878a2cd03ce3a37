import json

import pytest
from click.testing import CliRunner

from c2c.cli import main
from c2c.collect import settings
from c2c.collect.known import KNOWN
from c2c.collect.pictures import read_all_collected

KEY = "key-that-nobody-may-see"
FAST_OPENVERSE = ("--set", "sources.openverse.requests_per_second=1000")


@pytest.fixture
def service(toytown_service):
    return toytown_service


@pytest.fixture
def run(tmp_path, monkeypatch):
    """A function that runs a command of `c2c collect` in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    return lambda *words: CliRunner().invoke(main, ["collect", *map(str, words)])


def photos(run, service, *more):
    fast = ["--set", "sources.commons.requests_per_second=1000", "--set", "sources.browser.requests_per_second=1000"]
    return run("photos", "paris", "--at", service.address, "--query", "street", *fast, *more)


def test_photos_are_collected_and_the_same_command_goes_on(run, service, tmp_path):
    first = photos(run, service, "--limit", 3)
    second = photos(run, service, "--limit", 5, "--json")

    assert first.exit_code == 0, first.output
    assert "has 3 photos of this source; 3 came now" in first.stdout
    assert json.loads(second.stdout) == {"kept": 2, "here": 3, "twice": 0, "failed": 0, "reasons": {}}
    assert len(read_all_collected(tmp_path / "collections" / "paris")) == 5


def test_what_failed_is_said(run, service):
    service.misbehave("wrong-magic", path="/upload/", times=2)

    said = photos(run, service, "--limit", 3).stdout
    assert "2 could not be had: 2 BadAnswer.\n2 of them will not be tried again; left-out.jsonl says why." in said


def test_what_may_yet_be_had_is_not_said_to_be_in_a_file(run, service):
    service.misbehave("block", path="/files/", times=1)

    said = photos(run, service, "--source", "openverse", "--limit", 3, *FAST_OPENVERSE).stdout
    assert "1 could not be had: 1 Blocked." in said
    assert "left-out.jsonl" not in said


def test_a_block_page_ends_the_command_with_everything_kept(run, service, tmp_path):
    service.misbehave("block", path="/upload/", after=2)
    result = photos(run, service)

    assert result.exit_code == 1
    assert "The 2 photos that are there are kept" in result.stderr
    assert len(read_all_collected(tmp_path / "collections" / "paris")) == 2


def test_credits_and_a_public_copy_follow(run, service, tmp_path):
    photos(run, service, "--limit", 4)

    assert "ATTRIBUTION.md" in run("attribution", "paris").stdout
    assert (tmp_path / "collections" / "paris" / "ATTRIBUTION.md").is_file()
    done = run("export", "paris", "--public", "--out", "open")
    assert done.stdout.startswith("4 pictures, 0.0 MB, are in open, with their credits.")
    assert len(read_all_collected(tmp_path / "open")) == 4


def test_a_public_copy_of_what_may_not_travel_is_refused_and_says_why(run, service):
    result = run(
        "crawl", "paris", "--at", service.address, "--source", "streetview", "--limit", 1, "--centre", "48.8575,2.3514",
        "--set", "sources.streetview.requests_per_second=1000",
    )  # fmt: skip
    assert result.exit_code == 0, result.output

    refused = run("export", "paris", "--public", "--out", "open")
    assert refused.exit_code == 1
    assert "None of the 1 pictures" in refused.stderr
    everything = run("export", "paris", "--out", "all", "--json")
    assert json.loads(everything.stdout)["pictures"] == 1


def test_the_sources_are_listed_with_what_each_needs(run):
    table = run("sources").stdout

    for name in KNOWN:
        assert name in table
    for need in ("C2C_MAPILLARY_KEY", "C2C_FLICKR_KEY", "C2C_CONTACT", "--accept-terms google-streetview"):
        assert need in table
    assert [one["name"] for one in json.loads(run("sources", "--json").stdout)] == list(KNOWN)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--source", "streetview"], "--accept-terms google-streetview"),
        (["--source", "streetview", "--accept-terms", "google-streetview"], "gives panoramas, and no photos"),
        (["--source", "flickr"], "C2C_FLICKR_KEY"),
        (["--source", "commons", "--contact", "a@b.example"], "needs one of --query"),
        (["--source", "commonz"], "did you mean 'commons'"),
        (["--at", "127.0.0.1:80"], "no address of the web"),
    ],
)
def test_a_question_that_cannot_be_asked_ends_with_the_next_step(run, monkeypatch, words, said):
    for known in KNOWN.values():
        monkeypatch.delenv(known.key_variable, raising=False)
    result = run("photos", "paris", *words)

    assert result.exit_code == 1
    assert said in result.stderr
    assert "Traceback" not in result.output


def test_no_key_is_left_in_a_collection_or_in_what_is_printed(run, service, tmp_path, monkeypatch, caplog):
    caplog.set_level("DEBUG")
    monkeypatch.setattr(settings, "STAND_IN_KEY", KEY)
    result = photos(
        run, service, "--source", "flickr", "--limit", 3, "--set", "sources.flickr.requests_per_second=1000"
    )

    assert result.exit_code == 0, result.output
    assert KEY in "".join(noted.query for noted in service.requests)
    kept = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert KEY not in result.output + caplog.text
    assert KEY.encode() not in kept
