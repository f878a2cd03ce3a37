"""Several workers, each a process of its own, on one crawl of the Toytown service."""

import hashlib
import json
import os
import signal
import subprocess
import sys
import time
from contextlib import closing

import pytest

from c2c.collect.pictures import read_all_collected

RATE = 25  # requests a second
HELD = """
SELECT worker_id FROM procrastinate_jobs JOIN panorama ON panorama.id = args ->> 'id'
WHERE status = 'doing' AND state = 'claimed' AND panorama.worker LIKE '%%:{pid}'
"""


@pytest.fixture
def start(postgres, toytown_service, tmp_path):
    """A function that starts c2c collect in a process of its own; all are ended by the end of the test."""
    begun = []

    def start(verb, folder, *options):
        words = ["collect", verb, str(tmp_path / folder / "town"), "--postgres", postgres, "--json"]
        words += ["--at", toytown_service.address, "--set", f"sources.streetview.requests_per_second={RATE}", *options]
        log = (tmp_path / f"{folder}.log").open("w")
        process = subprocess.Popen(
            [sys.executable, "-m", "c2c", *words],
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            env=os.environ | {"NO_PROXY": "127.0.0.1"},
        )
        begun.append((process, log))
        return process

    yield start
    for process, log in begun:
        if process.poll() is None:
            process.kill()
        process.communicate()
        log.close()


@pytest.fixture
def lead(start, toytown_service):
    """A function that begins the crawl."""
    lat, lon = toytown_service.catalogue.town.anchor.lat_lon(0.0, 0.0)

    def lead(folder, *options):
        return start("crawl", folder, "--source", "streetview", "--centre", f"{lat},{lon}", *options)

    return lead


@pytest.fixture
def rows(postgres):
    """A function that asks the database."""
    from c2c.collect.postgres.database import Database

    with closing(Database(postgres)) as database:
        yield lambda query: database.rows(query, {})


def wait_for(true, seconds=60):
    until = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < until
        time.sleep(0.02)


def counts(process):
    out, _ = process.communicate(timeout=120)
    return json.loads(out)


def collected(root):
    """The ids of every worker's collection, one after another; each file is whole."""
    found = []
    for folder in sorted(root.glob("*/town")):
        for record in read_all_collected(folder) if (folder / "records").is_dir() else []:
            assert hashlib.sha256((folder / record.picture).read_bytes()).hexdigest() == record.sha256
            found.append(record.id)
    return found


def test_three_workers_collect_every_panorama_once_at_one_pace(lead, start, rows, toytown_service, tmp_path):
    before = len(toytown_service.requests)
    first = lead("one")
    wait_for(lambda: rows("SELECT FROM crawl"))
    others = [start("worker", "two"), start("worker", "three")]

    assert [counts(process)["done"] for process in (first, *others)] == [9, 9, 9]
    ids = collected(tmp_path)
    assert len(ids) == len(set(ids)) == 9
    moments = [noted.at_s for noted in toytown_service.requests[before:]]
    assert len(moments) <= RATE * (max(moments) - min(moments)) * 1.05 + 1
    assert rows("SELECT FROM procrastinate_jobs") == []


@pytest.fixture
def one_at_work_and_another(lead, start, rows):
    """The worker that began and is at a panorama, and another one that joins."""
    first = lead("one")
    wait_for(lambda: rows("SELECT FROM crawl"))
    other = start("worker", "two")
    wait_for(lambda: rows(HELD.format(pid=first.pid)))
    return first, other


def test_what_a_killed_worker_held_is_collected_by_another(one_at_work_and_another, rows, tmp_path):
    first, other = one_at_work_and_another
    os.kill(first.pid, signal.SIGKILL)
    first.wait()
    dead = rows(HELD.format(pid=first.pid))
    for row in dead:  # as if half a minute had passed
        rows(
            f"UPDATE procrastinate_workers SET last_heartbeat = '2000-01-01' WHERE id = {row['worker_id']} RETURNING 1"
        )

    assert counts(other)["done"] == 9
    assert len(set(collected(tmp_path))) == 9


def test_ctrl_c_ends_one_worker_after_its_panorama_and_the_others_go_on(one_at_work_and_another, tmp_path):
    first, other = one_at_work_and_another
    first.send_signal(signal.SIGINT)

    assert counts(first)["failed"] == 0
    assert first.returncode == 1
    assert "Stopped. Other workers of town go on" in (tmp_path / "one.log").read_text()
    assert counts(other)["done"] == 9
    ids = collected(tmp_path)
    assert len(ids) == len(set(ids)) == 9


def test_ctrl_c_ends_a_worker_also_in_a_pause_that_the_service_asked_for(lead, rows, toytown_service, tmp_path):
    toytown_service.misbehave("throttle", times=1, after=8, seconds=600)
    process = lead("one")
    wait_for(lambda: rows("SELECT FROM bucket WHERE closed_until > clock_timestamp()"))
    time.sleep(1.5)
    process.send_signal(signal.SIGINT)

    process.communicate(timeout=20)
    assert process.returncode == 1
    assert "Stopped. Other workers of town go on" in (tmp_path / "one.log").read_text()
    assert rows("SELECT FROM panorama WHERE state = 'claimed'") == []
    assert rows("SELECT value FROM note WHERE name = 'stopped'") == [{"value": ""}]


def test_a_worker_without_a_database_or_without_a_crawl_is_told_what_to_do(start, tmp_path):
    assert start("worker", "one").wait(60) == 1
    assert "c2c collect crawl town --centre" in (tmp_path / "one.log").read_text()
