import pytest

from c2c.site.charts import nice_ticks, short


def test_ticks_are_round_numbers():
    assert nice_ticks(0, 1, 4) == pytest.approx([0, 0.5, 1])
    assert nice_ticks(0, 1500, 3) == [0, 500, 1000, 1500]
    assert nice_ticks(2, 2, 3) == [2, 3]


def test_axis_labels_are_short():
    assert [short(value) for value in (0, 0.00015, -4e-6, 12.345)] == ["0", "1.5e-4", "-4e-6", "12.3"]
    assert [short(value) for value in (0.001, 1200, 60_000)] == ["0.001", "1200", "60k"]
