import threading
import time
from contextlib import closing

import pytest

from c2c.collect.failures import Throttled


@pytest.fixture
def buckets(database):
    """A function that makes the pace of one worker; what it slept is counted, and slept."""
    from c2c.collect.postgres.pace import SharedBuckets

    def make(requests_per_second, **options):
        return SharedBuckets(database, "panoramax", requests_per_second, together=("a.org", "b.org"), **options)

    return make


def rows(database):
    return {row["host"]: row for row in database.rows("SELECT * FROM bucket", {})}


def test_three_workers_together_are_as_slow_as_one(buckets, postgres):
    from c2c.collect.postgres.database import Database
    from c2c.collect.postgres.pace import SharedBuckets

    moments, lock = [], threading.Lock()

    def ask():
        with closing(Database(postgres)) as own:
            pace = SharedBuckets(own, "panoramax", 20.0)
            for _ in range(6):
                pace.wait("one.org")
                with lock:
                    moments.append(time.monotonic())

    threads = [threading.Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert len(moments) == 18
    assert max(moments) - min(moments) >= 17 / 20 - 0.02


def test_hosts_of_one_owner_share_a_bucket_and_others_have_their_own(buckets, database):
    pace = buckets(1000.0)
    for host in ("a.org", "b.org", "c.org"):
        pace.wait(host)

    assert {name: row["requests"] for name, row in rows(database).items()} == {"of panoramax": 2, "c.org": 1}


def test_the_first_request_does_not_wait_and_the_second_waits_for_its_token(buckets):
    slept = []
    pace = buckets(2.0, sleep=lambda seconds: slept.append(seconds) or time.sleep(0) or _enough(slept))
    pace.wait("a.org")
    assert slept == []

    with pytest.raises(StopIteration):
        pace.wait("b.org")
    assert slept[0] == pytest.approx(0.5, abs=0.2)


def _enough(slept):
    raise StopIteration(slept)


def test_a_service_that_asks_for_a_pause_gets_it_from_every_worker_in_short_steps_until_that_has_to_end(buckets):
    buckets(1000.0).slow_down("a.org", 90.0)
    slept = []

    with pytest.raises(Throttled) as found:
        buckets(1000.0, sleep=slept.append, ended=lambda: len(slept) == 3).wait("b.org")
    assert slept == [1.0, 1.0, 1.0]
    assert found.value.retry_after_s == pytest.approx(90.0, abs=5.0)


def test_a_pause_that_is_too_long_is_not_waited_for(buckets):
    buckets(1000.0).slow_down("a.org", 90.0)

    with pytest.raises(Throttled, match=r"b\.org asked for a pause, and \d\d s of it are left"):
        buckets(1000.0, longest_pause_s=60.0, sleep=_enough).wait("b.org")


def test_a_worker_that_has_to_end_still_gets_the_tokens_for_the_panorama_that_it_is_at(buckets):
    pace = buckets(5.0, ended=lambda: True)
    begun = time.monotonic()
    pace.wait("a.org")
    pace.wait("a.org")

    assert time.monotonic() - begun >= 0.15


def test_after_the_pause_there_is_one_request_and_no_burst(buckets, database):
    pace = buckets(2.0)
    pace.slow_down("a.org", 0.2)
    begun = time.monotonic()
    pace.wait("a.org")
    first = time.monotonic()
    pace.wait("a.org")

    assert first - begun >= 0.19
    assert time.monotonic() - first >= 0.45


def test_the_one_who_leads_sets_the_rate_and_the_others_keep_it(buckets, database):
    buckets(5.0).wait("a.org")
    buckets(9.0).wait("a.org")
    assert rows(database)["of panoramax"]["requests_per_second"] == 5.0

    buckets(7.0, leads=True).wait("a.org")
    assert rows(database)["of panoramax"]["requests_per_second"] == 7.0
