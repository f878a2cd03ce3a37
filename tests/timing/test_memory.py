import sys

import numpy as np
import pytest

from c2c.timing import memory as room
from c2c.timing.memory import MemoryWatch

pytestmark = pytest.mark.alone
linux = pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells the peak of a process")
MIB = 2**20


@linux
def test_what_was_held_for_a_moment_is_seen():
    watch = MemoryWatch()
    watch.restart()
    np.ones(60 * MIB, np.uint8).sum()

    assert 59 * MIB <= watch.rise() < 90 * MIB


@linux
def test_a_peak_of_before_is_forgotten():
    watch = MemoryWatch()
    np.ones(200 * MIB, np.uint8).sum()
    watch.restart()

    assert watch.rise() < 100 * MIB


def test_where_nothing_is_told_or_a_peak_cannot_be_forgotten_there_is_no_answer(tmp_path, monkeypatch):
    watch = MemoryWatch()
    monkeypatch.setattr(room, "CLEAR", tmp_path / "absent" / "clear_refs")
    watch.restart()
    assert watch.rise() is None

    monkeypatch.setattr(room, "STATUS", tmp_path / "absent")
    assert MemoryWatch().rise() is None
