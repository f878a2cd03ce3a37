"""Workers in threads of this process, on one crawl of the Toytown service."""

import logging
import os
import threading
import time
from contextlib import ExitStack, closing

import pytest

from c2c.collect.crawl import Patience
from c2c.collect.ledger import Counts
from c2c.collect.settings import settings_for
from c2c.errors import CollectError, CrawlStopped


@pytest.fixture
def together(postgres, tmp_path):
    """A function that opens the crawl as one more worker sees it, with the same folder for all."""
    from c2c.collect.postgres.database import Database
    from c2c.collect.postgres.working import Together

    with ExitStack() as stack:
        yield lambda: Together(stack.enter_context(closing(Database(postgres))), tmp_path)


@pytest.fixture
def work(together, crawls, caplog):
    """A function that lets some workers work on a crawl until all have ended; gives events, and errors."""
    caplog.set_level(logging.ERROR)

    def work(asked, workers=1, patience=crawls.hasty, **settings):
        overrides = [f"sources.{asked.source}.{name}={value}" for name, value in settings.items()]
        own = settings_for(
            asked.source,
            at=crawls.service.address,
            overrides=["sources.streetview.requests_per_second=500", *overrides],
        )
        crowd, events, errors = [together() for _ in range(workers)], [], []
        crowd[0].begin(asked)

        def one(crawl):
            try:
                crawl.work(crawl.join(), own, events.append, crawl is crowd[0], patience)
            except CollectError as error:
                errors.append(error)

        threads = [threading.Thread(target=one, args=[crawl]) for crawl in crowd]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(120)
        return events, crowd[0].ledger.counts(), errors

    return work


def test_two_workers_collect_everything_and_a_finished_crawl_asks_nothing_more(work, crawls):
    events, counts, errors = work(crawls.asked(), 2)

    assert crawls.kept() == crawls.all_ids
    assert (counts, errors) == (Counts(done=9), [])
    assert sorted(event.id for event in events) == sorted(crawls.all_ids)

    before = len(crawls.service.requests)
    assert work(crawls.asked())[0] == []
    assert len(crawls.service.requests) == before


def test_one_worker_goes_depth_first(work, crawls):
    events, _, _ = work(crawls.asked())
    ids = [event.id for event in events]
    crawls.folder = crawls.folder / "file"
    alone, _, _ = crawls.run()

    assert ids == [event.id for event in alone]


def test_streets_without_links_between_them_are_all_visited(work, crawls):
    crawls.service.misbehave("disconnected")
    work(crawls.asked(), 2)

    assert crawls.kept() == crawls.all_ids


def test_a_limit_is_kept_by_all_together(work, crawls):
    _, counts, errors = work(crawls.asked(limit=4), 3)

    assert (counts.done, errors) == (4, [])
    assert len(crawls.kept()) == 4
    work(crawls.asked())
    assert crawls.kept() == crawls.all_ids


def test_what_is_gone_is_recorded_and_the_others_are_collected(work, crawls):
    crawls.service.misbehave("gone", 0.3)
    _, counts, errors = work(crawls.asked(), 2)

    assert (counts.failed, errors) == (len(crawls.struck("gone")), [])
    assert crawls.kept() == crawls.all_ids - crawls.struck("gone")


def test_what_failed_for_a_moment_is_tried_again_at_its_time(work, crawls):
    crawls.service.misbehave("throttle", times=1, after=12, seconds=1)
    crawls.service.misbehave("wrong-magic", 0.1)
    _, counts, errors = work(crawls.asked(), 2)

    assert (counts.done, errors) == (9, [])
    assert crawls.kept() == crawls.all_ids


def test_a_block_page_stops_every_worker_and_the_crawl_goes_on_when_it_is_begun_again(work, crawls, together):
    crawls.service.misbehave("block", after=20)
    _, counts, errors = work(crawls.asked(), 3)

    assert [type(error) for error in errors] == [CrawlStopped] * 3
    assert 0 < counts.done < 9
    assert counts.claimed == 0
    joined = together()
    with pytest.raises(CrawlStopped, match="c2c collect crawl takes it up again"):
        joined.work(joined.join(), settings_for("streetview", at=crawls.service.address), print)

    crawls.service.behave()
    assert work(crawls.asked(), 2)[1] == Counts(done=9)
    assert crawls.kept() == crawls.all_ids


def test_a_pause_that_is_too_long_stops_every_worker_at_once_and_is_named_when_the_crawl_is_begun_again(work, crawls):
    crawls.service.misbehave("throttle", times=1, after=12, seconds=300)
    hasty, begun = Patience(longest_wait_s=0.05, longest_pause_s=60.0), time.monotonic()
    _, counts, errors = work(crawls.asked(), 3, hasty)

    assert [type(error) for error in errors] == [CrawlStopped] * 3
    assert counts.claimed == 0
    (again,) = work(crawls.asked(), 1, hasty)[2]
    assert "s of it are left" in str(again)
    assert time.monotonic() - begun < 60


def test_only_what_is_half_written_for_longer_than_a_lease_is_removed(together, crawls):
    crawl, folder = together(), crawls.folder / "panoramas"
    folder.mkdir()
    old, new = folder / "old.jpg.1.part", folder / "new.jpg.2.part"
    for part in (old, new):
        part.write_bytes(b"half")
    os.utime(old, (time.time() - 2000, time.time() - 2000))
    crawl.begin(crawls.asked())

    assert [path.name for path in folder.iterdir()] == [new.name]


def test_who_looks_at_a_crawl_writes_nothing(together, crawls):
    together().begin(crawls.asked())
    (crawls.folder / "collection.json").unlink()

    assert together().look() == crawls.asked()
    assert list(crawls.folder.iterdir()) == []


def test_too_many_failures_in_a_row_stop_the_crawl(work, crawls):
    crawls.service.misbehave("wrong-magic", after=3)
    _, _, errors = work(crawls.asked(), 2, Patience(in_a_row=4, longest_wait_s=0.05))

    assert any("4 tries in a row failed" in str(error) for error in errors)
    assert len(errors) == 2


def test_a_crawl_that_nobody_began_cannot_be_joined(together):
    with pytest.raises(CollectError, match="Begin it on one machine"):
        together().join()
