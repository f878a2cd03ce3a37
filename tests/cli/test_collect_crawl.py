import io
import json
import signal
import subprocess
import sys
import time
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner
from rich.console import Console

from c2c.cli import main
from c2c.cli.collect_crawl import show_events
from c2c.cli.common import TerminalReporter
from c2c.collect.asked import read_asked
from c2c.collect.crawl import Event, printable
from c2c.collect.pictures import read_all_collected
from c2c.collect.service import serving, town_of
from c2c.collect.sqlite_ledger import SqliteLedger

FAST = ("--set", "sources.streetview.requests_per_second=1000")
FOLDER = Path("collections/paris")


@pytest.fixture(scope="module")
def town():
    with serving(town_of("paris", 6), height=64, keep=False) as service:
        yield service


@pytest.fixture
def service(town, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    yield town
    town.behave()


@pytest.fixture
def around(service):
    """The words that ask for the whole town."""
    lat_deg, lon_deg = service.town.anchor.lat_lon(0.0, 0.0)
    where = ("--at", service.address, "--source", "streetview")
    return (*where, "--centre", f"{lat_deg},{lon_deg}", "--radius", "150", *FAST)


def invoke(*words):
    return CliRunner().invoke(main, ["collect", "crawl", *(str(word) for word in words)])


def test_a_town_is_collected_into_a_folder_of_its_name(around):
    result = invoke("paris", *around)

    assert result.stdout == "6 panoramas in collections/paris\n"
    assert len(read_all_collected(FOLDER)) == 6


def test_it_goes_on_with_no_more_than_its_name(around):
    invoke("paris", *around, "--order", "bfs", "--limit", 2, "--set", "sources.streetview.zoom=0")
    asked = read_asked(FOLDER)
    assert (asked.order, asked.zoom, asked.radius_m, asked.limit) == ("bfs", 0, 150.0, 2)

    assert json.loads(invoke("paris", *FAST, "--json").stdout)["done"] == 2
    assert json.loads(invoke("paris", *FAST, "--limit", 100, "--json").stdout)["done"] == 6
    assert read_asked(FOLDER) == replace(asked, limit=100)


def test_a_dry_run_tells_requests_and_time_and_collects_nothing(around, service, tmp_path):
    before = len(service.requests)

    result = invoke("paris", *around, "--dry-run")

    assert result.stdout == "6 panoramas of 2 requests are 12 requests, at 1000 a second 0 min.\n"
    assert not any(noted.path.endswith("/tile") for noted in service.requests[before:])
    assert list(tmp_path.iterdir()) == []


def test_failures_are_counted_and_named_and_can_be_tried_again(around, service):
    service.misbehave("torn-payload", 0.4)
    ids = service.catalogue.street_view_ids[:6]
    torn = sum(service.misbehaviours.marks("torn-payload", id) for id in ids)
    assert 0 < torn < 6
    first = invoke("paris", *around)
    assert first.stdout.startswith(f"{6 - torn} panoramas in collections/paris; {torn} failed\n    ")
    assert "payload" in first.stdout
    assert "again: " in first.stderr

    service.behave()
    assert invoke("paris", *around).stdout == first.stdout
    assert invoke("paris", *around, "--retry-failed").stdout == "6 panoramas in collections/paris\n"


def test_what_a_hostile_service_says_is_shown_as_text(tmp_path):
    said = printable("[/red] \x1b[2J \N{RIGHT-TO-LEFT OVERRIDE} é")
    assert said == "[/red] ?[2J ? é"

    reporter = TerminalReporter()
    reporter.console = Console(file=io.StringIO())
    with closing(SqliteLedger(tmp_path)) as ledger:
        show_events(reporter, ledger, lambda done, total: None)(Event("again", "a", None, said))
    assert reporter.console.file.getvalue() == f"again: a {said}\n"


def test_a_block_page_ends_it_with_what_is_kept_and_the_next_step(around, service):
    service.misbehave("block", after=14)

    result = invoke("paris", *around)

    assert result.exit_code == 1
    assert "still to come" in result.stdout
    assert "kept in collections/paris; the same command goes on" in result.stderr


def test_terms_that_nobody_was_asked_for_are_not_kept(around):
    invoke("paris", *around, "--limit", 1, "--accept-terms", "google-streetview")

    assert read_asked(FOLDER).terms == {}


@pytest.mark.parametrize(
    ("words", "text"),
    [
        (("paris",), "say around which place"),
        (("paris", "--centre", "48.85,2.35", "--source", "streetview"), "--accept-terms google-streetview"),
        (("paris", "--centre", "48.85,2.35", "--source", "panoramx"), "did you mean 'panoramax'"),
        (("paris", "--centre", "48.85,2.35", "--source", "commons", "--at", "http://127.0.0.1:9"), "gives photos"),
    ],
)
def test_what_cannot_begin_says_why_and_leaves_nothing(words, text, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    result = invoke(*words)

    assert result.exit_code == 1
    assert text in result.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("centre", ["paris", "48.85", "48.85,2.35,1", "2.35,148.85000.0", "95,2"])
def test_a_centre_that_is_no_place_is_shown_an_example(centre):
    result = invoke("paris", "--centre", centre)

    assert result.exit_code == 2
    assert "48.8566,2.3522" in result.stderr


def test_a_collection_is_not_used_for_another_centre(around, service):
    invoke("paris", *around, "--limit", 1)

    result = invoke("paris", *around, "--centre", "1,2")

    assert result.exit_code == 1
    assert "Give the new crawl a name of its own" in result.stderr


def test_ctrl_c_ends_it_in_words_and_it_goes_on(around, service):
    slowly = [word.replace("=1000", "=8") for word in around]
    asked = [sys.executable, "-m", "c2c", "collect", "crawl", "paris", *slowly]
    with subprocess.Popen(asked, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        until = time.monotonic() + 60
        while not list(FOLDER.glob("records/*.json")) and time.monotonic() < until:
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        out, error = process.communicate(timeout=60)

    assert process.returncode == 1
    assert "still to come" in out
    assert "the same command goes on" in " ".join(error.split())
    assert "Traceback" not in error
    assert invoke("paris", *around).stdout == "6 panoramas in collections/paris\n"
