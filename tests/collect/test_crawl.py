import errno
import os
import time
from dataclasses import replace

import pytest

from c2c.collect.areas import metres_between
from c2c.collect.crawl import Patience
from c2c.collect.ledger import Counts
from c2c.collect.pictures import Place, read_all_collected
from c2c.collect.sources.panoramax import Panoramax
from c2c.collect.store import Store
from c2c.errors import CollectError, CrawlStopped


def test_every_panorama_is_collected_once_with_its_depth(crawls):
    events, counts, failures = crawls.run()

    assert crawls.kept() == crawls.all_ids
    assert (counts, failures) == (Counts(done=9), {})
    assert [event.what for event in events] == ["done"] * 9
    assert all(record.payload for record in read_all_collected(crawls.folder))


@pytest.mark.parametrize("order", ["dfs", "bfs", "nearest"])
def test_neighbours_lead_everywhere_in_any_order(crawls, order):
    events, _, _ = crawls.run(crawls.asked(order=order))

    assert {event.id for event in events} == crawls.all_ids
    with crawls.ledger() as ledger:
        assert [dot.parent for dot in ledger.dots()].count(None) == 1
    centre = crawls.centre
    away_m = [metres_between(centre, event.place) for event in events]
    assert (away_m == sorted(away_m)) == (order == "nearest")


def test_open_panoramas_come_without_depth(crawls):
    _, counts, _ = crawls.run(crawls.asked("panoramax"))

    assert len(crawls.kept()) == counts.done == 9
    records = read_all_collected(crawls.folder)
    assert all(record.rights.redistributable and record.payload is None for record in records)


def test_the_radius_is_judged_by_each_panoramas_own_place(crawls):
    asked = crawls.asked(radius_m=15.0)
    _, counts, _ = crawls.run(asked)

    records = read_all_collected(crawls.folder)
    assert all(asked.holds(record.place) for record in records)
    assert len(records) == counts.done == 5  # the crossing and its four neighbours
    assert counts.outside == 4


def test_links_without_places_are_looked_up_before_the_radius_is_judged(crawls):
    crawls.service.misbehave("null-coordinates")
    _, counts, _ = crawls.run(crawls.asked(radius_m=15.0))

    assert counts == Counts(done=5, outside=4)
    assert len(crawls.kept()) == 5


def test_a_limit_ends_the_crawl_and_a_higher_one_goes_on(crawls):
    _, counts, _ = crawls.run(crawls.asked(limit=4))
    assert counts.done == 4

    before = len(crawls.service.requests)
    crawls.run()
    assert crawls.kept() == crawls.all_ids
    asked = [noted.query for noted in crawls.service.requests[before:] if noted.path.endswith("/photometa/v1")]
    assert len(asked) == 5  # what is there is not asked for again


def test_a_finished_crawl_asks_nothing_more(crawls):
    crawls.run()

    assert crawls.run()[0] == []
    assert crawls.pace.requests == 0


def test_streets_without_links_between_them_are_all_visited(crawls):
    crawls.service.misbehave("disconnected")
    crawls.run()

    assert crawls.kept() == crawls.all_ids


def test_what_is_gone_is_recorded_and_never_asked_for_again(crawls):
    crawls.service.misbehave("gone", 0.3)
    gone = crawls.struck("gone")
    assert 0 < len(gone) < 9
    events, counts, failures = crawls.run()

    assert crawls.kept() == crawls.all_ids - gone
    assert failures == {"Street View has no panorama '…' any more.": len(gone)}
    assert {event.id for event in events if event.what == "failed"} == gone
    assert counts.failed == len(gone)
    with crawls.ledger() as ledger:
        assert ledger.retry_failed() == 0


def test_a_throttled_crawl_slows_down_loses_nothing_and_spends_no_tries(crawls):
    crawls.service.misbehave("throttle", times=1, after=12, seconds=1)
    crawls.service.misbehave("throttle", 0.3, seconds=0)
    began = time.monotonic()
    events, counts, failures = crawls.run()

    assert crawls.kept() == crawls.all_ids
    assert (counts.done, failures) == (9, {})
    assert {event.what for event in events} == {"done"}
    assert time.monotonic() - began >= 1


def test_a_pause_that_is_too_long_stops_the_crawl(crawls):
    crawls.service.misbehave("throttle", after=15, seconds=7200)
    began = time.monotonic()

    with pytest.raises(CrawlStopped, match="asks for a pause of 7200 s"):
        crawls.run()
    assert time.monotonic() - began < 30
    crawls.kept()


def test_time_outs_are_tried_again(crawls):
    crawls.service.misbehave("stall", 0.2, seconds=1.0)
    events, _, _ = crawls.run(timeout_s=0.5)

    assert crawls.kept() == crawls.all_ids
    assert {event.what for event in events} == {"done"}


def test_a_panorama_that_never_answers_is_given_up_and_can_be_tried_again(crawls):
    asked = crawls.asked("panoramax")
    _, counts, _ = crawls.run(crawls.asked("panoramax", limit=1))
    with crawls.ledger() as ledger:
        never = next(dot.id for dot in ledger.dots() if dot.state == "queued")
    crawls.service.misbehave("stall", path=never, seconds=0.5)
    events, counts, failures = crawls.run(asked, timeout_s=0.2)

    assert (counts.done, counts.failed) == (8, 1)
    assert "cannot be reached" in next(iter(failures))
    assert [event.what for event in events if event.id == never] == ["again"] * 3 + ["failed"]
    crawls.service.behave()
    with crawls.ledger() as ledger:
        assert ledger.retry_failed() == 1
    assert crawls.run(asked)[1].done == 9


def test_a_service_that_falls_silent_stops_the_crawl(crawls):
    crawls.service.misbehave("stall", path="/v1/tile", after=2, seconds=0.5)

    with pytest.raises(CrawlStopped, match=r"3 tries in a row failed, the last one so:\n.* cannot be reached"):
        crawls.run(patience=Patience(in_a_row=3, longest_wait_s=0.05), timeout_s=0.2)
    assert len(crawls.kept()) == 2


@pytest.mark.parametrize("name", ["block", "sorry", "consent"])
def test_a_block_page_stops_the_crawl_at_once_and_it_goes_on_later(crawls, name):
    crawls.service.misbehave(name, after=15)
    with pytest.raises(CrawlStopped, match="the same command goes on"):
        crawls.run()

    assert crawls.pace.requests <= 17  # the sixteenth was refused, and a redirect may be followed once
    kept = crawls.kept()
    assert kept

    crawls.service.behave()
    crawls.run()
    assert crawls.kept() == crawls.all_ids


@pytest.mark.parametrize("name", ["black", "truncated", "wrong-magic", "huge-pixels"])
def test_pictures_that_cannot_be_used_are_asked_for_again(crawls, name):
    crawls.service.misbehave(name, 0.25)
    events, _, _ = crawls.run()

    assert crawls.kept() == crawls.all_ids
    assert "again" in {event.what for event in events}


@pytest.mark.parametrize("name", ["torn-payload", "hostile-payload", "mirrored-payload"])
def test_depth_that_cannot_be_used_ends_in_a_failure_that_says_why(crawls, name):
    crawls.service.misbehave(name, 0.3)
    struck = crawls.struck(name)
    _, counts, failures = crawls.run()

    assert crawls.kept() == crawls.all_ids - struck
    assert counts.failed == len(struck) > 0
    assert all("payload" in reason for reason in failures)

    crawls.service.behave()
    with crawls.ledger() as ledger:
        assert ledger.retry_failed() == len(struck)
    crawls.run()
    assert crawls.kept() == crawls.all_ids


@pytest.mark.parametrize("change", [{"kind": "photo"}, {"place": None}])
def test_neighbours_that_are_no_panoramas_with_a_place_are_noted_and_are_no_fault_of_the_service(
    crawls, monkeypatch, change
):
    look, seen = Panoramax.look, []

    def told(self, id):
        seen.append(id)
        return look(self, id) if len(seen) == 1 else replace(look(self, id), **change)

    monkeypatch.setattr(Panoramax, "look", told)
    _, counts, failures = crawls.run(crawls.asked("panoramax"), Patience(in_a_row=2, longest_wait_s=0.05))

    assert (counts.done, counts.failed) == (1, 8)
    assert len(failures) == 1
    assert len(seen) == 9  # none of them twice


@pytest.mark.parametrize("base", ["http://127.0.0.1:9", "{at}/nothing"])
def test_an_address_with_nothing_behind_it_is_asked_once(crawls, base):
    with pytest.raises(CrawlStopped, match="stopped before it began"):
        crawls.run(crawls.asked("panoramax"), base_url=base.format(at=crawls.service.address))
    assert crawls.pace.requests <= 1


def test_too_many_failures_in_a_row_stop_the_crawl(crawls):
    crawls.service.misbehave("wrong-magic", after=3)

    with pytest.raises(CrawlStopped, match=r"6 tries in a row failed, the last one so:\n.*no JPEG"):
        crawls.run(patience=Patience(in_a_row=6, longest_wait_s=0.05))
    crawls.kept()


def test_a_service_that_cannot_tell_where_to_begin_is_asked_again(crawls):
    crawls.service.misbehave("throttle", path="/ac/", times=2, seconds=0)

    assert crawls.run()[1].done == 9


def test_a_service_that_never_tells_where_to_begin_is_given_up(crawls):
    crawls.service.misbehave("stall", path="/ac/", seconds=0.5)

    with pytest.raises(CrawlStopped, match="3 tries in a row failed"):
        crawls.run(patience=Patience(in_a_row=3, longest_wait_s=0.05), timeout_s=0.2)


def test_an_empty_place_is_told(crawls):
    asked = crawls.asked(centre=Place(0.0, 0.0), radius_m=50.0)

    with pytest.raises(CollectError, match="no panorama within 50 m of 0"):
        crawls.run(asked)


def test_a_disk_with_too_little_room_stops_the_crawl_before_it_is_full(crawls):
    with pytest.raises(CrawlStopped, match="MiB were needed"):
        crawls.run(store=Store(crawls.folder, free_bytes=2**60))

    crawls.run()
    assert crawls.kept() == crawls.all_ids


def test_a_disk_that_fills_up_meanwhile_leaves_no_torn_file(crawls, monkeypatch):
    whole, files = os.fsync, []

    def fsync(handle):
        files.append(handle)
        if len(files) > 10:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        whole(handle)

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", fsync)
        with pytest.raises(CrawlStopped, match="There is no room left"):
            crawls.run()

    assert list(crawls.folder.rglob("*.part")) == []
    crawls.run()
    assert crawls.kept() == crawls.all_ids


def test_a_crawl_that_is_interrupted_gives_its_panorama_back(crawls):
    class Impatient(Store):
        def keep(self, *args, **kwargs):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        crawls.run(store=Impatient(crawls.folder))
    with crawls.ledger() as ledger:
        assert ledger.counts() == Counts(queued=1)
