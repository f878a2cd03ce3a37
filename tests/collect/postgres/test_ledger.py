import time
from contextlib import closing
from dataclasses import replace

import pytest

from c2c.collect.asked import Asked
from c2c.collect.ledger import Claimed, Counts
from c2c.collect.pictures import CollectedPicture, Link, Place, Rights
from c2c.errors import CollectError

CENTRE = Place(48.85, 2.35)
ASKED = Asked("toytown", CENTRE, 500.0)
RIGHTS = Rights("CC0 1.0", "https://example.org/cc0", "somebody", "somebody, CC0", "https://example.org/a", True)
GRAPH = {"a": "bcd", "b": "aef", "c": "g", "d": "h", "e": "d", "g": "a"}


@pytest.fixture
def begun(database):
    """A function that begins a crawl, one of several in the same database."""
    from c2c.collect.postgres.ledger import PostgresLedger

    def begin(name="one", clock=time.time, **changes):
        ledger = PostgresLedger(database, name, clock)
        ledger.begin(replace(ASKED, **changes))
        return ledger

    return begin


def link(id, north_m=0.0):
    return Link(id, Place(CENTRE.lat_deg + north_m / 111_195, CENTRE.lon_deg), None)


def record_of(id, north_m=0.0):
    place = link(id, north_m).place
    picture, when, where = f"panoramas/{id}.jpg", "2026-11-01T00:00:00+00:00", "https://example.org"
    size, heading, links, history = (64, 32), (0.0, 0.0, 0.0), (), ()
    return CollectedPicture(
        "toytown",
        id,
        "panorama",
        place,
        "2020-05",
        *size,
        RIGHTS,
        *heading,
        links,
        history,
        picture,
        None,
        "0",
        1,
        when,
        where,
    )


def visits(ledger, graph, first="a"):
    """The order in which a graph of links is visited."""
    ledger.add([link(first)], None, 0)
    order = []
    while (claimed := ledger.claim("w", 60)) is not None:
        order.append(claimed.id)
        ledger.done(claimed.id, record_of(claimed.id), [link(id) for id in graph.get(claimed.id, "")])
    return "".join(order)


def jobs(database, crawl="one"):
    """The waiting jobs of a crawl, in the order in which Procrastinate gives them out."""
    query = (
        "SELECT queueing_lock FROM procrastinate_jobs WHERE status = 'todo' AND queue_name = %(queue)s "
        "ORDER BY priority DESC, id"
    )
    return [row["queueing_lock"] for row in database.rows(query, {"queue": f"c2c {crawl}"})]


def test_the_order_is_that_of_the_ledger_in_a_file(begun):
    assert visits(begun("dfs", order="dfs"), GRAPH) == "abedhfcg"
    assert visits(begun("bfs", order="bfs"), GRAPH) == "abcdefgh"


def test_nearest_first_looks_up_what_has_no_place(begun, database):
    ledger = begun(order="nearest")
    ledger.add([link("far", 300), link("near", 10), Link("unknown", None, None), link("middle", 100)], None, 0)

    assert jobs(database) == ["one/unknown", "one/near", "one/middle", "one/far"]
    assert [ledger.claim("w", 60).id for _ in range(4)] == ["unknown", "near", "middle", "far"]


@pytest.mark.parametrize(("order", "expected"), [("dfs", "edfcab"), ("bfs", "abcdef")])
def test_jobs_come_in_the_order_of_the_ledger_also_where_it_changes(begun, database, order, expected):
    ledger = begun(order=order)
    ledger.add([link("a"), link("b")], None, 0)
    ledger.done(ledger.take("b", "w", 60).id, record_of("b"), [link("c"), link("d")])
    ledger.add([link("e"), link("d"), link("f")], "c", 2)

    assert "".join(lock.removeprefix("one/") for lock in jobs(database)) == expected


def test_a_queued_panorama_has_one_job_however_often_it_is_told_of(begun, database):
    ledger = begun()
    for _ in range(3):
        ledger.add([link("a"), link("b"), link("out", 501)], None, 0)

    assert sorted(jobs(database)) == ["one/a", "one/b"]
    assert ledger.counts() == Counts(queued=2, outside=1)


def test_a_panorama_is_taken_by_one_worker_only(begun):
    ledger = begun()
    ledger.add([link("a")], None, 0)

    assert ledger.take("a", "first", 60) == Claimed("a", 0, CENTRE)
    assert ledger.take("a", "second", 60) is None
    assert ledger.take("never told of", "second", 60) is None


def test_only_the_first_of_two_workers_marks_a_panorama_done(begun):
    ledger = begun()
    ledger.add([link("a")], None, 0)
    ledger.claim("slow", 0)
    assert ledger.claim("fast", 60).id == "a"

    assert ledger.done("a", record_of("a"), [link("b")])
    assert not ledger.done("a", record_of("a"), [link("c")])
    assert {dot.id for dot in ledger.dots()} == {"a", "b"}


def test_a_sweep_gives_a_job_to_what_a_dead_worker_held_and_to_what_lost_its_own(begun, database):
    ledger = begun()
    ledger.add([link("a"), link("b"), link("c")], None, 0)
    ledger.take("a", "dead", 0)
    with database.transaction() as connection:
        connection.execute("DELETE FROM procrastinate_jobs WHERE queueing_lock IN ('one/a', 'one/b')")
    assert jobs(database) == ["one/c"]

    ledger.sweep()

    assert sorted(jobs(database)) == ["one/a", "one/b", "one/c"]
    assert ledger.counts() == Counts(queued=3)


def test_a_sweep_forgets_the_job_of_a_worker_that_is_dead_and_no_other(begun, database):
    ledger = begun()
    with database.transaction() as connection:
        connection.execute(
            "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now()), (now() - interval '2 minutes')"
        )
        connection.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, status, worker_id) "
            "SELECT 'c2c one', 'c2c.visit', 'doing', id FROM procrastinate_workers"
        )
    ledger.sweep()

    assert [row["worker_id"] for row in database.rows("SELECT worker_id FROM procrastinate_jobs", {})] == [1]


def test_what_failed_waits_in_its_job_too(begun, database):
    ledger = begun()
    ledger.add([link("a")], None, 0)
    ledger.take("a", "w", 60)
    with database.transaction() as connection:
        connection.execute("DELETE FROM procrastinate_jobs")  # the worker is at it
    ledger.failed("a", "the connection broke", False, 4e9)

    row = database.rows("SELECT extract(epoch FROM scheduled_at)::float8 AS moment FROM procrastinate_jobs", {})[0]
    assert row["moment"] == ledger.waits_until() == pytest.approx(4e9, abs=10)
    assert ledger.take("a", "w", 60) is None


@pytest.mark.parametrize("ahead_s", [-86400.0, 0.0, 86400.0])
def test_a_worker_whose_clock_is_wrong_waits_as_long_as_another_one(begun, ahead_s):
    def clock():
        return time.time() + ahead_s

    ledger = begun(clock=clock)
    ledger.add([link("a")], None, 0)
    ledger.take("a", "w", 60)
    ledger.failed("a", "the connection broke", False, clock() + 100)

    assert ledger.waits_until() == pytest.approx(time.time() + 100, abs=10)


def gone(ledger):
    ledger.failed("a", "gone", True, None)


def broken(ledger):
    ledger.failed("a", "the connection broke", False, time.time())


def given_back(ledger):
    ledger.release("a")


def far_away(ledger):
    ledger.outside("a", link("a", 900).place)


@pytest.mark.parametrize("late", [gone, broken, given_back, far_away])
def test_a_worker_that_is_late_changes_nothing(begun, database, late):
    slow, fast = begun(), begun()
    slow.add([link("a")], None, 0)
    slow.take("a", "the same name", 0)
    assert fast.take("a", "the same name", 60) is not None
    with database.transaction() as connection:
        connection.execute("DELETE FROM procrastinate_jobs")
    held = fast.dots()

    late(slow)
    assert fast.dots() == held
    fast.done("a", record_of("a"), [])
    done = fast.dots()
    late(slow)
    late(fast)
    assert fast.dots() == done
    assert jobs(database) == []


@pytest.mark.parametrize("late", [gone, broken, given_back, far_away])
def test_a_lease_that_ended_is_over_also_where_nobody_took_the_panorama(begun, late):
    ledger = begun()
    ledger.add([link("a")], None, 0)
    ledger.take("a", "w", 0)
    ledger.sweep()
    late(ledger)

    assert ledger.take("a", "w", 60) == Claimed("a", 0, CENTRE)


def test_a_released_panorama_gets_a_job_again_and_lost_no_try(begun, database):
    ledger = begun()
    ledger.add([link("a")], None, 0)
    ledger.take("a", "w", 60)
    with database.transaction() as connection:
        connection.execute("DELETE FROM procrastinate_jobs")
    ledger.release("a")

    assert jobs(database) == ["one/a"]
    assert ledger.take("a", "w", 60) == Claimed("a", 0, CENTRE)


def test_failures_are_counted_and_those_that_may_succeed_get_jobs_again(begun, database):
    ledger = begun()
    ledger.add([link("a"), link("b"), link("c")], None, 0)
    for id in "abc":
        ledger.take(id, "w", 60)
    with database.transaction() as connection:
        connection.execute("DELETE FROM procrastinate_jobs")
    ledger.failed("a", "gone\0", True, None)
    ledger.failed("b", "no answer", False, None)
    ledger.failed("c", "no answer", False, None)

    assert ledger.failures() == {"no answer": 2, "gone": 1}
    assert ledger.waits_until() is None
    assert jobs(database) == []
    assert ledger.retry_failed() == 2
    assert sorted(jobs(database)) == ["one/b", "one/c"]


def test_the_limit_counts_what_others_are_at(begun):
    ledger = begun(limit=2)
    ledger.add([link("a"), link("b"), link("c")], None, 0)
    ledger.take("a", "w", 60)
    ledger.take("b", "v", 60)
    assert ledger.take("c", "w", 60) is None

    ledger.failed("b", "gone", True, None)
    assert ledger.take("c", "w", 60) is not None


def test_at_the_limit_there_are_no_jobs_until_a_panorama_is_wanted_again(begun, database):
    ledger = begun(limit=1)
    ledger.add([link("a"), link("b")], None, 0)
    ledger.take("a", "w", 60)
    with database.transaction() as connection:
        connection.execute("DELETE FROM procrastinate_jobs")
    ledger.add([link("c")], "a", 1)
    assert (ledger.sweep(), jobs(database)) == (0, [])

    ledger.failed("a", "gone", True, None)
    assert ledger.sweep() == 2
    assert sorted(jobs(database)) == ["one/b", "one/c"]


def test_a_map_gets_each_change_once(begun):
    ledger = begun()
    visits(ledger, {"a": "bc"})
    dots = ledger.dots()
    assert [(dot.id, dot.state, dot.parent) for dot in dots] == [
        ("a", "done", None),
        ("b", "done", "a"),
        ("c", "done", "a"),
    ]

    assert ledger.dots(most=2) == dots[:2]
    assert ledger.dots(dots[0].changed, most=1) == dots[1:2]
    ledger.add([link("d", 20)], "c", 2)
    assert [(dot.id, dot.state) for dot in ledger.dots(dots[-1].changed)] == [("d", "queued")]


def test_crawls_of_one_database_do_not_see_each_other(begun, database):
    first, second = begun("one"), begun("two", radius_m=300.0)
    first.add([link("a")], None, 0)
    second.add([link("a")], None, 0)
    first.take("a", "w", 60)

    assert (first.counts(), second.counts()) == (Counts(claimed=1), Counts(queued=1))
    assert jobs(database, "two") == ["two/a"]


def test_a_crawl_is_not_taken_up_for_something_else(begun):
    begun()

    with pytest.raises(CollectError, match="begun with --radius 500, and now --radius 600"):
        begun(radius_m=600.0)


def test_ids_that_no_database_can_hold_are_left_out(begun):
    ledger = begun()
    ledger.add([link("a\0b"), link("\ud800"), link("' OR 1=1 --"), link("Ü/…")], None, 0)

    assert {dot.id for dot in ledger.dots()} == {"' OR 1=1 --", "Ü/…"}


def test_notes_are_kept(begun):
    ledger = begun()
    ledger.remember("beginnings", "some")
    ledger.remember("beginnings", "all")

    assert ledger.recall("beginnings") == "all"
    assert ledger.recall("other") is None


def test_a_second_connection_finds_tables_and_crawl(begun, postgres):
    from c2c.collect.postgres.database import Database
    from c2c.collect.postgres.ledger import PostgresLedger

    begun()
    with closing(Database(postgres)) as other:
        assert PostgresLedger(other, "one").asked == ASKED
        assert PostgresLedger(other, "two").asked is None
