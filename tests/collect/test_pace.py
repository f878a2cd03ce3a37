import random
import threading

import pytest

from c2c.collect.pace import TokenBuckets, backoff_s


class Time:
    """A clock that only goes on while somebody sleeps."""

    def __init__(self):
        self.now = 100.0

    def clock(self):
        return self.now

    def sleep(self, seconds):
        assert seconds > 0
        self.now += seconds


@pytest.fixture
def time():
    return Time()


def buckets(time, *args, **kwargs):
    return TokenBuckets(*args, **kwargs, clock=time.clock, sleep=time.sleep)


def test_the_first_request_does_not_wait_and_the_next_ones_keep_the_distance(time):
    pace, gone = buckets(time, 2.0), []
    for _ in range(4):
        pace.wait("a.example")
        gone.append(time.now - 100)

    assert gone == pytest.approx([0.0, 0.5, 1.0, 1.5])
    assert pace.requests == 4


def test_hosts_do_not_wait_for_each_other_unless_they_are_of_one_owner(time):
    pace = buckets(time, 1.0, together=("tiles.example", "www.example"))
    pace.wait("other.example")
    pace.wait("www.example")
    assert time.now == 100

    pace.wait("tiles.example")
    assert time.now == pytest.approx(101)


def test_a_pause_saves_up_no_more_than_one_request(time):
    pace = buckets(time, 1.0)
    pace.wait("a.example")
    time.now += 1000
    for _ in range(2):
        pace.wait("a.example")

    assert time.now == pytest.approx(1101)


def test_a_host_that_asks_for_rest_gets_it_and_no_burst_comes_after_it(time):
    pace = buckets(time, 1.0)
    pace.slow_down("a.example", 30)
    pace.slow_down("a.example", 10)  # the longer wish counts

    pace.wait("a.example")
    assert time.now == pytest.approx(130)
    pace.wait("a.example")
    assert time.now == pytest.approx(131)


def test_over_any_stretch_of_time_many_threads_together_keep_the_rate():
    pace, gone, lock = TokenBuckets(200.0), [], threading.Lock()

    def ask():
        for _ in range(10):
            pace.wait("a.example")
            with lock:
                gone.append(pace._clock())

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert max(gone) - min(gone) >= 38 / 200  # 40 requests; the clock is read a moment after the token was taken


def test_the_wait_after_a_failure_is_anything_up_to_a_bound_that_doubles():
    chance = random.Random(0)
    for tries, bound in [(1, 1.0), (2, 2.0), (5, 16.0), (40, 300.0), (10**6, 300.0)]:
        drawn = [backoff_s(tries, chance, 300.0) for _ in range(500)]
        assert 0 <= min(drawn) < 0.02 * bound
        assert 0.98 * bound < max(drawn) <= bound
