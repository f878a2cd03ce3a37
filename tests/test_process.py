import os
import subprocess
import sys

import pytest

from c2c.process import tune_process

FAULTS = """
import resource
import sys
from contextlib import nullcontext
import numpy as np
from c2c.process import giving_back, tune_process
tune_process()
for _ in range(3):
    np.ones(64 * 2**20, np.uint8)
before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
with giving_back() if sys.argv[1] == "giving back" else nullcontext():
    for _ in range(10):
        np.ones(64 * 2**20, np.uint8)
within = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
for _ in range(10):
    np.ones(64 * 2**20, np.uint8)
print(within - before, resource.getrusage(resource.RUSAGE_SELF).ru_minflt - within)
"""
PAGES = 10 * 64 * 2**20 // os.sysconf("SC_PAGE_SIZE") if hasattr(os, "sysconf") else 0
glibc = pytest.mark.skipif(
    sys.platform != "linux" or not os.confstr("CS_GNU_LIBC_VERSION"), reason="only glibc can be asked"
)


def faults(how="", **variables):
    """Page faults of ten arrays of 64 MiB, one after another, in a process of its own, and of ten more."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("MALLOC_", "GLIBC_"))}
    asked = [sys.executable, "-c", FAULTS, how]
    told = subprocess.run(asked, env=kept | variables, capture_output=True, text=True, check=True).stdout
    return [int(number) for number in told.split()]


@glibc
def test_freed_memory_is_kept_for_the_next_arrays():
    assert max(faults()) < 0.01 * PAGES


@glibc
def test_an_allocator_that_a_person_has_set_stays_as_it_is():
    assert min(faults(MALLOC_MMAP_THRESHOLD_="131072")) > 0.01 * PAGES


@glibc
def test_large_blocks_go_back_for_a_while_and_are_kept_again_afterwards():
    within, afterwards = faults("giving back")
    assert within > 0.01 * PAGES
    assert afterwards < within / 2  # the first makes room for the others


def test_a_spin_count_that_a_person_has_set_stays(monkeypatch):
    monkeypatch.setenv("GOMP_SPINCOUNT", "7")
    tune_process()
    assert os.environ["GOMP_SPINCOUNT"] == "7"

    monkeypatch.delenv("GOMP_SPINCOUNT")
    tune_process()
    assert os.environ["GOMP_SPINCOUNT"] == "3000"
