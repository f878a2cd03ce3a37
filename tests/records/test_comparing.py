import pytest

from c2c.records.comparing import comparable, difference, interval_around, is_better, student_t
from c2c.records.types import Score


def score(value, draws=(), checkpoint="last", fingerprint="", n=30, **more):
    protocol = {"size": "128x128", "checkpoint": checkpoint}
    settings = {"better": "lower", "against": "reference", **more}
    name = fingerprint or f"as {checkpoint}"
    return Score("kid", value, n=n, n_reference=n, protocol=protocol, fingerprint=name, draws=draws, **settings)


def test_students_t_is_right_to_a_thousandth():
    for freedom, known in ((10, 2.2281), (31, 2.0395), (100, 1.9840), (10**6, 1.9600)):
        assert student_t(freedom) == pytest.approx(known, abs=1e-3)


def test_an_interval_of_known_draws():
    found = interval_around(5.0, (4.0, 6.0), 31)  # their deviation is the root of 2, t is 2.042

    assert found.high - 5 == pytest.approx(2.042 * 2**0.5 * (31 / 30) ** 0.5, abs=2e-3)
    assert found.low == pytest.approx(10 - found.high)


def test_there_is_no_interval_without_draws():
    assert interval_around(5.0, (), 30) is None


def test_a_difference_that_never_changes_is_no_tie_although_both_intervals_overlap():
    draws = tuple(float(i) for i in range(20))
    a, b = score(10.0, draws), score(10.5, tuple(d + 0.5 for d in draws))

    found = difference(a, b)

    assert found.value == -0.5
    assert found.interval.low == found.interval.high == pytest.approx(-0.5)
    assert not found.is_tie
    assert is_better(a, b) is True
    assert is_better(b, a) is False


def test_a_difference_that_changes_its_sign_is_a_tie():
    a, b = score(1.0, (0.0, 2.0, 1.0)), score(1.1, (2.1, 0.1, 1.1))

    assert difference(a, b).is_tie
    assert is_better(a, b) is None


def test_higher_may_be_better():
    a, b = (score(value, (value,) * 3, better="higher") for value in (2.0, 1.0))

    assert is_better(a, b) is True


def test_scores_of_unlike_protocols_have_no_difference():
    a, b = score(1.0, fingerprint="one"), score(2.0, fingerprint="two")

    assert not comparable(a, b)
    assert difference(a, b) is None
    assert is_better(a, b) is None


def test_a_reference_row_goes_with_every_checkpoint_but_last_not_with_best():
    copied, last, best = score(1.0, checkpoint="none"), score(2.0), score(3.0, checkpoint="best")

    assert comparable(copied, last)
    assert comparable(best, copied)
    assert not comparable(last, best)


def test_without_draws_the_values_decide():
    assert is_better(score(1.0), score(2.0)) is True
    assert is_better(score(1.0), score(1.0)) is None
    assert difference(score(1.0), score(2.0)) is None
