import subprocess
import sys
import time

import numpy as np
import pytest
import torch

from bench.cases import CASES, Case, Work
from bench.cases.training import Step
from bench.measure import measure, measure_alone

CPU = torch.device("cpu")
pytestmark = pytest.mark.alone


def fake(make, device="cpu"):
    return Case("fake", "nothing", device, make, quick=False, alone=False)


def test_a_case_is_measured_in_its_own_unit():
    found = measure(fake(lambda device: Work(lambda: time.sleep(0.02), 4, "images/s")), 0.1, 0.0)

    assert (found.status, found.unit, found.better) == ("measured", "images/s", "higher")
    assert len(found.samples) >= 3
    assert all(0 < sample <= 200 for sample in found.samples)  # 4 images in at least 20 ms
    assert found.first_call_s >= 0.02


def test_without_a_gpu_its_cases_are_skipped_and_not_even_made(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)

    found = measure(fake(lambda device: pytest.fail("made"), "cuda"), 0.0)

    assert (found.status, found.reason, found.samples) == ("skipped", "no CUDA device", ())


def test_what_a_case_raises_is_its_reason_and_its_folder_goes():
    closed = []

    def break_down():
        raise RuntimeError("no memory")

    def cannot(device):
        raise OSError("no disk")

    found = measure(fake(lambda device: Work(break_down, close=lambda: closed.append(1))), 0.0)

    assert (found.status, found.reason) == ("failed", "RuntimeError: no memory")
    assert closed == [1]
    assert measure(fake(cannot), 0.0).reason == "OSError: no disk"


def test_parts_of_a_call_are_measured_apart_from_its_samples():
    calls, splits = [], []

    def split():
        splits.append(1)
        return {"data": 0.25, "forward": 0.5}

    found = measure(fake(lambda device: Work(lambda: calls.append(time.sleep(0.11)), split=split)), 0.0, 0.0)

    assert found.parts == {"data": (0.25,) * 3, "forward": (0.5,) * 3}
    assert (len(calls), len(splits)) == (2 + 3, 3)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells the peak of a process")
def test_the_peak_of_memory_counts_what_a_call_gave_back_and_not_what_was_there_before():
    before = np.ones(50 * 2**20, np.uint8)
    found = measure(fake(lambda device: Work(lambda: np.ones(100 * 2**20, np.uint8).sum())), 0.0, 0.0)

    assert before.sum() > 0
    assert 99 * 2**20 <= found.peak_memory_bytes < 140 * 2**20  # Linux counts pages by the batch: some 100 kB too few


def test_timing_a_short_call_in_blocks_costs_less_than_a_hundredth_of_it():
    def call():
        end = time.perf_counter() + 20e-6
        while time.perf_counter() < end:
            pass

    began = time.perf_counter()
    for _ in range(5000):
        call()
    alone = (time.perf_counter() - began) / 5000
    ratios = [min(measure(fake(lambda device: Work(call)), 0.3, 0.0).samples) / alone for _ in range(3)]

    assert min(ratios) < 1.01


def test_a_case_is_measured_in_a_process_of_its_own():
    found = measure_alone(CASES["resize 640x480 to 128 cpu"], 0.0)

    assert (found.status, found.unit) == ("measured", "images/s")
    assert min(found.samples) > 0


def test_a_process_that_dies_is_a_failed_case_with_its_last_words(monkeypatch):
    died = subprocess.CompletedProcess([], -9, "", "loading\nout of memory\n")
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: died)

    found = measure_alone(fake(int), 1.0)

    assert (found.status, found.reason) == ("failed", "its process ended with -9: out of memory")


def test_a_training_step_is_split_into_parts_that_add_up_to_it_and_changes_nothing_else(tiny_recipe, tmp_path):
    step = Step(tiny_recipe, "cyclegan", CPU, tmp_path)
    step.take()
    began = time.perf_counter()
    parts = step.split()
    took = time.perf_counter() - began

    assert list(parts) == ["data", "forward", "backward", "optimizer"]
    assert all(seconds > 0 for seconds in parts.values())
    assert sum(parts.values()) <= took
    assert not any(optimizer._optimizer_step_pre_hooks for optimizer in step.approach.optimizers.values())
    assert step.approach.descend.__func__ is type(step.approach).descend


def test_a_training_step_learns_from_pictures_with_their_depth_too(tiny_recipe, tmp_path):
    step = Step(tiny_recipe, "depth-new", CPU, tmp_path)
    before = next(step.approach.networks["generator"].parameters()).detach().clone()

    step.take()

    assert not torch.equal(before, next(step.approach.networks["generator"].parameters()))
