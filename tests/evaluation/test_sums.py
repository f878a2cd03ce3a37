import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from c2c.errors import ScoreError
from c2c.evaluation.sums import FeatureSums


def rows(n, dims=3, seed=0):
    return torch.randn(n, dims, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def test_two_points_have_their_middle_and_half_the_square_of_what_lies_between():
    sums = FeatureSums(2)
    sums.update(torch.tensor([[0.0, 0.0], [2.0, 4.0]]))

    assert sums.n == 2
    assert sums.mean.tolist() == [1, 2]
    assert sums.covariance.tolist() == [[2, 4], [4, 8]]


@given(n=st.integers(2, 40), batch=st.integers(1, 40), seed=st.integers(0, 1000))
def test_batches_of_any_size_give_what_all_rows_give_at_once(n, batch, seed):
    features = rows(n, seed=seed)
    sums = FeatureSums(3)
    for part in features.split(batch):
        sums.update(part)

    torch.testing.assert_close(sums.mean, features.mean(0), rtol=1e-12, atol=1e-12)
    torch.testing.assert_close(sums.covariance, features.T.cov(), rtol=1e-10, atol=1e-12)


def test_parts_can_be_joined_in_any_order_and_an_empty_one_changes_nothing():
    features = rows(50)
    forth, back = FeatureSums.of(features[:20]), FeatureSums.of(features[20:])
    whole = FeatureSums.of(features)

    back.join(FeatureSums.of(features[:20]))
    forth.join(FeatureSums.of(features[20:]))
    forth.join(FeatureSums(3))
    forth.update(features[:0])

    for found in (forth, back):
        assert found.n == 50
        torch.testing.assert_close(found.mean, whole.mean)
        torch.testing.assert_close(found.covariance, whole.covariance)


def test_a_mean_a_million_times_larger_than_the_differences_costs_no_digits():
    features = rows(3000)

    far = FeatureSums.of(features + 1e6)

    torch.testing.assert_close(far.covariance, FeatureSums.of(features).covariance, rtol=1e-8, atol=1e-8)


def test_one_row_has_no_covariance():
    with pytest.raises(ScoreError, match="at least 2 feature vectors; 1 came"):
        _ = FeatureSums.of(rows(1)).covariance
