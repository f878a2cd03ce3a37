import pytest

from c2c.site.sheets import time_ticks


def test_times_of_an_axis_are_round_and_not_too_many():
    assert time_ticks(0.03, 1.1) == pytest.approx([0.05, 0.1, 0.2, 0.5, 1.0])
    assert time_ticks(70, 8000) == [300, 600, 1800, 3600, 7200]
    assert len(time_ticks(1e-6, 1e6)) <= 6
