import sqlite3
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from c2c.collect.asked import Asked
from c2c.collect.ledger import Claimed, Counts, entries
from c2c.collect.pictures import CollectedPicture, Link, Place, Rights
from c2c.collect.sqlite_ledger import SqliteLedger
from c2c.errors import CollectError, DiskFull

CENTRE = Place(48.85, 2.35)
ASKED = Asked("toytown", CENTRE, 500.0)
RIGHTS = Rights("CC0 1.0", "https://example.org/cc0", "somebody", "somebody, CC0", "https://example.org/a", True)


class Clock:
    now = 1000.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def open_ledger(tmp_path, clock):
    """A function that opens the ledger in tmp_path."""
    opened = []

    def ledger():
        opened.append(SqliteLedger(tmp_path, clock))
        return opened[-1]

    yield ledger
    for one in opened:
        one.close()


@pytest.fixture
def begun(open_ledger):
    """A function that begins a crawl."""

    def begin(**changes):
        ledger = open_ledger()
        ledger.begin(replace(ASKED, **changes))
        return ledger

    return begin


def link(id, north_m=0.0):
    return Link(id, Place(CENTRE.lat_deg + north_m / 111_195, CENTRE.lon_deg), None)


def record_of(id, north_m=0.0):
    place = link(id, north_m).place
    return CollectedPicture(
        source="toytown",
        id=id,
        kind="panorama",
        place=place,
        captured="2020-05",
        width_px=64,
        height_px=32,
        rights=RIGHTS,
        heading_deg=0.0,
        pitch_deg=0.0,
        roll_deg=0.0,
        links=(),
        history=(),
        picture=f"panoramas/{id}.jpg",
        payload=None,
        sha256="0" * 64,
        bytes=10,
        fetched="2026-11-01T00:00:00+00:00",
        fetched_from="https://example.org",
    )


def visits(ledger, graph, first="a"):
    """The order in which a graph of links is visited."""
    ledger.add([link(first)], None, 0)
    order = []
    while (claimed := ledger.claim("w", 60)) is not None:
        order.append(claimed.id)
        ledger.done(claimed.id, record_of(claimed.id), [link(id) for id in graph.get(claimed.id, "")])
    return "".join(order)


GRAPH = {"a": "bcd", "b": "aef", "c": "g", "d": "h", "e": "d", "g": "a"}


def test_depth_first_goes_on_from_the_newest_panorama_and_takes_links_in_their_order(begun):
    assert visits(begun(order="dfs"), GRAPH) == "abedhfcg"  # d is first met from a, but visited as a neighbour of e


def test_breadth_first_visits_all_neighbours_before_theirs(begun):
    assert visits(begun(order="bfs"), GRAPH) == "abcdefgh"


def test_nearest_first_ignores_who_led_there_and_looks_up_what_has_no_place(begun):
    ledger = begun(order="nearest")
    ledger.add([link("far", 300), link("near", 10), Link("unknown", None, None), link("middle", 100)], None, 0)

    assert [ledger.claim("w", 60).id for _ in range(4)] == ["unknown", "near", "middle", "far"]


def test_what_lies_outside_of_the_radius_is_known_but_never_claimed(begun):
    ledger = begun()
    ledger.add([link("in", 499), link("out", 501)], None, 0)

    assert ledger.claim("w", 60).id == "in"
    assert ledger.claim("w", 60) is None
    assert ledger.counts() == Counts(claimed=1, outside=1)


def test_a_panorama_without_a_place_is_judged_as_soon_as_another_link_tells_it(begun):
    ledger = begun()
    ledger.add([Link("a", None, None), Link("b", None, None)], None, 0)
    ledger.add([link("a", 600), link("b", 400)], "c", 1)

    assert ledger.counts() == Counts(queued=1, outside=1)
    claimed = ledger.claim("w", 60)
    assert (claimed.id, claimed.place) == ("b", link("b", 400).place)


def test_a_panorama_that_turns_out_to_lie_outside_is_put_there(begun):
    ledger = begun()
    ledger.add([Link("a", None, None)], None, 0)
    ledger.outside(ledger.claim("w", 60).id, link("a", 900).place)

    assert ledger.counts() == Counts(outside=1)
    assert ledger.dots()[0].place == link("a", 900).place


def test_being_told_of_again_changes_nothing_of_what_is_done(begun):
    ledger = begun()
    visits(ledger, {"a": "b"})
    ledger.add([link("a"), link("b")], "z", 7)

    assert ledger.counts() == Counts(done=2)


def test_only_the_first_of_two_workers_marks_a_panorama_done(begun, clock):
    ledger = begun()
    ledger.add([link("a")], None, 0)
    ledger.claim("slow", 60)
    clock.now += 61
    assert ledger.claim("fast", 60) == Claimed("a", 0, CENTRE)

    assert ledger.done("a", record_of("a"), [link("b")])
    assert not ledger.done("a", record_of("a"), [link("c")])
    assert {dot.id for dot in ledger.dots()} == {"a", "b"}


def test_a_lease_that_ended_gives_the_panorama_back(begun, clock):
    ledger = begun()
    ledger.add([link("a")], None, 0)
    ledger.claim("w", 60)
    assert ledger.claim("w", 60) is None
    assert ledger.waits_until() == 1060

    clock.now = 1060
    assert ledger.claim("v", 60).id == "a"


def test_a_failure_waits_for_its_time_and_counts_as_a_try(begun, clock):
    ledger = begun()
    ledger.add([link("a")], None, 0)
    ledger.failed(ledger.claim("w", 60).id, "the connection broke", False, 1030.0)
    assert ledger.claim("w", 60) is None
    assert ledger.waits_until() == 1030

    clock.now = 1030
    assert ledger.claim("w", 60).tries == 1


def test_a_released_panorama_is_the_next_one_again_and_lost_no_try(begun):
    ledger = begun()
    ledger.add([link("a"), link("b")], None, 0)
    ledger.release(ledger.claim("w", 60).id)

    assert ledger.claim("w", 60) == Claimed("a", 0, CENTRE)


def test_failures_are_counted_by_reason_and_those_that_may_succeed_can_be_tried_again(begun):
    ledger = begun()
    ledger.add([link("a"), link("b"), link("c")], None, 0)
    ledger.failed("a", "gone", True, None)
    ledger.failed("b", "no answer", False, None)
    ledger.failed("c", "no answer", False, None)

    assert ledger.failures() == {"no answer": 2, "gone": 1}
    assert ledger.waits_until() is None
    assert ledger.retry_failed() == 2
    assert ledger.claim("w", 60).tries == 0
    assert ledger.failures() == {"gone": 1}


def test_a_map_gets_each_change_once(begun):
    ledger = begun()
    visits(ledger, {"a": "bc"})
    dots = ledger.dots()
    assert [(dot.id, dot.state, dot.parent) for dot in dots] == [
        ("a", "done", None),
        ("b", "done", "a"),
        ("c", "done", "a"),
    ]

    ledger.add([link("d", 20)], "c", 2)
    assert [(dot.id, dot.state) for dot in ledger.dots(dots[-1].changed)] == [("d", "queued")]


def test_another_process_may_look_on_but_not_crawl(begun, open_ledger, tmp_path):
    ledger, onlooker = begun(), open_ledger()
    ledger.add([link("a")], None, 0)

    assert onlooker.counts() == Counts(queued=1)
    with pytest.raises(CollectError, match="Another crawl is at work"):
        onlooker.begin(ASKED)


def test_a_lock_that_cannot_be_had_is_not_blamed_on_another_crawl(begun, tmp_path):
    (tmp_path / "collection.lock").mkdir()

    with pytest.raises(CollectError, match=r"collection\.lock cannot be locked: unable to open"):
        begun()


def test_a_process_that_was_killed_leaves_no_lock_and_its_panorama_is_queued_again(tmp_path, begun):
    code = (
        "import os, sys; from pathlib import Path; from tests_ledger import ASKED, link;"
        "from c2c.collect.sqlite_ledger import SqliteLedger; ledger = SqliteLedger(Path(sys.argv[1]));"
        "ledger.begin(ASKED); ledger.add([link('a')], None, 0); ledger.claim('w', 1e6); os.kill(os.getpid(), 9)"
    )
    (tmp_path / "tests_ledger.py").write_text(Path(__file__).read_text(encoding="utf-8"), encoding="utf-8")
    answer = subprocess.run([sys.executable, "-c", code, str(tmp_path)], cwd=tmp_path, check=False)
    assert answer.returncode == -9

    ledger = begun()
    assert ledger.counts() == Counts(queued=1)


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"radius_m": 600.0}, "begun with --radius 500, and now --radius 600"),
        ({"centre": Place(1.0, 2.0)}, "--centre 48.85,2.35, and now --centre 1.0,2.0"),
        ({"source": "panoramax"}, "source toytown, and now source panoramax"),
        ({"zoom": 3}, "begun with zoom 2, and now zoom 3"),
    ],
)
def test_a_ledger_is_not_used_for_another_crawl(begun, changes, text):
    begun().close()

    with pytest.raises(CollectError, match=text):
        begun(**changes)


def test_a_ledger_goes_on_in_another_order_from_another_address(begun):
    begun().close()

    again = begun(order="bfs", limit=7, urls={"streetview": "http://127.0.0.1:1/"})

    assert visits(again, GRAPH) == "abcdefgh"


def test_notes_are_kept(begun, open_ledger):
    begun().remember("seeds", "all")

    assert open_ledger().recall("seeds") == "all"
    assert open_ledger().recall("other") is None


def test_a_file_that_is_no_ledger_is_named(tmp_path):
    (tmp_path / "collection.sqlite").write_bytes(b"no database at all" * 100)

    with pytest.raises(CollectError, match="cannot be used as the ledger"):
        SqliteLedger(tmp_path)


def test_a_ledger_of_a_newer_c2c_is_refused(tmp_path, begun):
    begun().close()
    with sqlite3.connect(tmp_path / "collection.sqlite") as database:
        database.execute("PRAGMA user_version = 99")
    database.close()

    with pytest.raises(CollectError, match="newer c2c"):
        SqliteLedger(tmp_path)


def test_a_full_disk_is_told_and_leaves_the_ledger_as_it_was(begun):
    ledger = begun()
    ledger.add([link("a")], None, 0)
    ledger._file.run("PRAGMA max_page_count = 1")  # SQLite's own way to be full: no file may grow

    with pytest.raises(DiskFull, match="no room"):
        ledger.add([link(f"long id {index} " + "x" * 200) for index in range(200)], "a", 1)
    assert ledger.counts() == Counts(queued=1)


names = st.text(st.characters(codec="utf-8"), min_size=1, max_size=5)


@given(ids=st.lists(names, max_size=20), order=st.sampled_from(["dfs", "bfs"]))
def test_entries_are_sorted_by_id_each_once_with_turns_of_their_own(ids, order):
    made = entries([link(id) for id in ids], replace(ASKED, order=order))

    assert [entry.id for entry in made] == sorted(set(ids))
    turns = sorted(made, key=lambda entry: entry.turn, reverse=order == "dfs")
    assert [entry.id for entry in turns] == list(dict.fromkeys(ids))
