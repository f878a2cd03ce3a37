import pytest
import torch

from c2c.evaluation import intervals
from c2c.evaluation.distances import kid, kid_draws
from c2c.evaluation.intervals import around, halving_draws, mean_with_interval
from c2c.records.comparing import interval_around


def test_the_interval_of_a_mean_is_that_of_student():
    values = torch.randn(40, generator=torch.Generator().manual_seed(0), dtype=torch.float64)

    mean, interval, draws = mean_with_interval(values.tolist())

    half = 2.023 * float(values.std()) / 40**0.5  # t of 39 degrees of freedom
    assert mean == pytest.approx(float(values.mean()))
    assert interval.high - mean == pytest.approx(half, rel=0.15)
    assert len(draws) == 200
    assert sum(draws) / 200 == pytest.approx(mean, abs=1e-6)


def test_sets_of_equal_size_are_drawn_alike():
    values = list(range(12))
    _, _, draws = mean_with_interval(values)
    _, _, shifted = mean_with_interval([value + 3 for value in values])
    _, _, others = mean_with_interval(values, side=1)

    assert [b - a for a, b in zip(draws, shifted, strict=True)] == pytest.approx([3] * 200, abs=1e-3)
    assert draws != others


def test_one_picture_has_no_interval():
    assert mean_with_interval([3.0]) == (3.0, None, ())


def test_halves_of_a_mean_vary_as_the_mean_does():
    values = torch.randn(60, generator=torch.Generator().manual_seed(0), dtype=torch.float64)

    draws = halving_draws(60, 60, lambda i, j: float(values[i].mean()))

    assert draws.std() == pytest.approx(float(values.std()) / 60**0.5, rel=0.15)


@pytest.mark.parametrize("shift", [0.0, 0.3])
def test_an_interval_of_95_percent_covers_in_93_to_97_of_100_cases(shift, monkeypatch):
    """Over 200 sets of 40 pictures a side with 24 features; where both sides are alike, too. A large set tells."""
    monkeypatch.setattr(intervals, "DRAWS", 60)

    def draw(n, seed, moved=0.0):
        return (torch.randn(n, 24, generator=torch.Generator().manual_seed(seed), dtype=torch.float64) + moved).relu()

    truth = kid(draw(5000, 10**6, shift), draw(5000, 10**6 + 1))
    covered = 0
    for i in range(200):
        a, b = draw(40, 2 * i, shift), draw(40, 2 * i + 1)
        value = kid(a, b)
        interval = interval_around(value, around(value, kid_draws(a, b)), 40)
        covered += interval.low <= truth <= interval.high

    assert 0.93 <= covered / 200 <= 0.97
