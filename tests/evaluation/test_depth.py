import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from c2c.errors import ScoreError
from c2c.evaluation.depth import depth_errors


def test_errors_are_known_by_hand():
    truth = np.array([[10.0, 20.0], [40.0, 0.0]])
    predicted = np.array([[12.0, 20.0], [20.0, 99.0]])  # 20% too far, right, half; the last has no truth

    errors = depth_errors(predicted, truth, far_m=100)

    assert errors.abs_rel == pytest.approx((0.2 + 0 + 0.5) / 3)
    assert errors.rmse_m == pytest.approx(((4 + 0 + 400) / 3) ** 0.5)
    assert errors.delta == pytest.approx(2 / 3)
    assert errors.none_share == 0


def test_a_factor_of_exactly_a_quarter_more_is_not_within_it():
    assert depth_errors(np.array([[12.5]]), np.array([[10.0]]), 100).delta == 0
    assert depth_errors(np.array([[12.49]]), np.array([[10.0]]), 100).delta == 1


def test_none_where_there_is_depth_counts_as_the_far_limit():
    truth = np.array([[10.0, 80.0]])

    silent = depth_errors(np.zeros((1, 2)), truth, far_m=80)

    assert (silent.abs_rel, silent.delta, silent.none_share) == (3.5, 0.5, 1)  # 10 m is 7 times too far, 80 m is right
    assert silent.rmse_m == pytest.approx((70**2 / 2) ** 0.5)


def test_where_the_truth_is_silent_nothing_counts():
    truth = np.array([[10.0, 0.0]])

    assert depth_errors(np.array([[10.0, 3.0]]), truth, 80) == depth_errors(np.array([[10.0, 0.0]]), truth, 80)
    assert depth_errors(np.ones((1, 2)), np.zeros((1, 2)), 80) is None


@settings(deadline=None)
@given(factor=st.floats(1.01, 10), seed=st.integers(0, 100))
def test_a_wrong_scale_is_an_error_of_that_scale(factor, seed):
    assume(abs(factor - 1.25) > 1e-6)
    truth = np.random.default_rng(seed).uniform(1, 50, (4, 4))

    errors = depth_errors(truth * factor, truth, 80)

    assert errors.abs_rel == pytest.approx(factor - 1)
    assert errors.delta == (1 if factor < 1.25 else 0)


@pytest.mark.parametrize("wrong", [np.full((2, 2), np.nan), np.full((2, 2), -1.0), np.ones((2, 3))])
def test_what_is_no_depth_is_refused(wrong):
    with pytest.raises(ScoreError):
        depth_errors(wrong, np.ones((2, 2)), 80)
