import itertools
import time

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from c2c.timing.clock import PartClock, median_and_spread, time_calls

CPU = torch.device("cpu")


def test_there_are_at_least_3_samples_even_of_a_slow_call():
    timed = time_calls(lambda: time.sleep(0.15), CPU, warmup_s=0.0, measure_s=0.0)

    assert len(timed.seconds) == 3
    assert all(seconds >= 0.15 for seconds in timed.seconds)
    assert timed.peak_memory_bytes is None


def test_fast_calls_are_timed_in_blocks_of_a_tenth_of_a_second(monkeypatch):
    now = [0.0]
    monkeypatch.setattr(time, "perf_counter", lambda: now[0])
    calls = []

    def call():
        calls.append(now[0])
        now[0] += 0.004

    timed = time_calls(call, CPU, warmup_s=0.02, measure_s=0.5)

    assert timed.seconds == pytest.approx([0.004] * 5)  # 25 calls a block
    assert len(calls) == 5 + 5 * 25


def test_a_call_is_warmed_up_at_least_once():
    calls = []

    time_calls(lambda: calls.append(len(calls)) or time.sleep(0.11), CPU, warmup_s=0.0, measure_s=0.0)

    assert len(calls) == 2 + 3


def test_a_slow_first_call_does_not_make_single_calls_of_blocks(monkeypatch):
    now, durations = [0.0], itertools.chain([3.0], itertools.repeat(0.005))
    monkeypatch.setattr(time, "perf_counter", lambda: now[0])
    calls = []

    def call():
        calls.append(now[0])
        now[0] += next(durations)

    timed = time_calls(call, CPU, warmup_s=0.2, measure_s=0.0)

    assert timed.first_call_s == 3.0
    assert len(calls) == 2 + 3 * 20


def test_median_and_quartiles_of_five_samples():
    assert median_and_spread((5.0, 1.0, 2.0, 4.0, 3.0)) == (3.0, 2.0)


@given(st.lists(st.floats(1e-6, 1e3), min_size=3, max_size=9), st.floats(0.1, 10))
def test_a_machine_twice_as_slow_has_twice_the_median_and_spread(samples, factor):
    median, spread = median_and_spread(tuple(samples))
    slower = median_and_spread(tuple(sample * factor for sample in samples))

    assert min(samples) <= median <= max(samples)
    assert spread >= 0
    assert slower == pytest.approx((median * factor, spread * factor), rel=1e-6, abs=1e-9)


def test_the_first_call_is_told_apart_and_is_no_sample(monkeypatch):
    now, durations = [0.0], iter([0.5, *[0.2] * 9])
    monkeypatch.setattr(time, "perf_counter", lambda: now[0])

    def call():
        now[0] += next(durations)

    timed = time_calls(call, CPU, warmup_s=0.6, measure_s=0.0)

    assert timed.first_call_s == pytest.approx(0.5)
    assert timed.seconds == pytest.approx([0.2] * 3)


def test_time_is_shared_out_among_the_parts_in_which_it_passed(monkeypatch):
    now = [0.0]
    monkeypatch.setattr(time, "perf_counter", lambda: now[0])
    clock = PartClock(CPU)
    for part, seconds in (("data", 1.0), ("forward", 2.0), ("backward", 4.0), ("forward", 8.0)):
        now[0] += seconds
        clock.ends(part)

    assert clock.seconds() == {"data": 1.0, "forward": 10.0, "backward": 4.0}
