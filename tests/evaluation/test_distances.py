import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torchmetrics.image.fid import FrechetInceptionDistance
from torchmetrics.image.kid import KernelInceptionDistance

from c2c.errors import ScoreError
from c2c.evaluation import distances
from c2c.evaluation.distances import (
    FeatureStatistics,
    frechet_at_infinity,
    frechet_distance,
    frechet_draws,
    kid,
    kid_blocks,
    kid_draws,
    squared_discrepancy,
)


def gaussian(n, dims, seed=0, shift=0.0, scale=1.0):
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(n, dims, generator=generator, dtype=torch.float64) * scale + shift


def frechet(a, b):
    return frechet_distance(FeatureStatistics.of(a), FeatureStatistics.of(b))


def test_moving_a_gaussian_costs_the_squared_distance_moved():
    features = gaussian(512, 8)

    assert frechet(features, features + 0.5) == pytest.approx(2.0, abs=1e-9)  # 8 axes, 0.5 each


def test_widening_a_gaussian_costs_the_squared_difference_of_its_deviations():
    features = gaussian(512, 8)
    features = features - features.mean(0)

    variance = float(features.var(0).sum())
    assert frechet(features, 3 * features) == pytest.approx((3 - 1) ** 2 * variance, rel=1e-9)


@pytest.mark.parametrize("n", [4, 8, 20])
def test_a_set_has_no_distance_to_itself_with_fewer_and_with_more_pictures_than_features(n):
    features = gaussian(n, 8)

    assert frechet(features, features.flip(0)) == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize(("n", "m"), [(6, 9), (6, 60), (60, 70)])
def test_the_frechet_distance_follows_its_definition(n, m):
    a, b = gaussian(n, 12, 1), gaussian(m, 12, 2, shift=0.3, scale=1.5)
    root = torch.linalg.eigvals(a.T.cov() @ b.T.cov()).sqrt().real.sum()
    expected = (a.mean(0) - b.mean(0)).square().sum() + a.T.cov().trace() + b.T.cov().trace() - 2 * root

    assert frechet(a, b) == pytest.approx(float(expected), rel=1e-6)


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 1000), n=st.integers(2, 20), m=st.integers(2, 20))
def test_the_frechet_distance_is_symmetric_and_blind_to_order_and_rotation(seed, n, m):
    a, b = gaussian(n, 6, seed), gaussian(m, 6, seed + 1, shift=0.2)
    turn = torch.linalg.qr(gaussian(6, 6, seed + 2)).Q

    assert frechet(a, b) == pytest.approx(frechet(b, a), rel=1e-6, abs=1e-9)
    assert frechet(a.flip(0) @ turn, b @ turn) == pytest.approx(frechet(a, b), rel=1e-6, abs=1e-9)


class Flat(torch.nn.Module):
    """Features for torchmetrics that are the pixels themselves."""

    num_features = 12

    def forward(self, images):
        return images.flatten(1)[:, :12].float()


def flat_pictures(n, seed, shift):
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(n, 3, 2, 2, generator=generator) + shift


@pytest.mark.parametrize("n", [8, 40])
def test_the_frechet_distance_equals_torchmetrics(n):
    real, fake = flat_pictures(n, 0, 0.0), flat_pictures(n + 3, 1, 0.4)
    theirs = FrechetInceptionDistance(feature=Flat())
    theirs.update(real, real=True)
    theirs.update(fake, real=False)

    assert frechet(real.flatten(1), fake.flatten(1)) == pytest.approx(float(theirs.compute()), rel=1e-4)


@pytest.mark.filterwarnings("ignore:Metric `Kernel Inception Distance` will save all extracted features")
def test_kid_equals_torchmetrics():
    real, fake = flat_pictures(30, 0, 0.0), flat_pictures(30, 1, 0.4)
    theirs = KernelInceptionDistance(feature=Flat(), subsets=1, subset_size=30)
    theirs.update(real, real=True)
    theirs.update(fake, real=False)

    assert kid(real.flatten(1), fake.flatten(1)) == pytest.approx(float(theirs.compute()[0]), rel=1e-4)


def test_kid_of_two_points_a_side_is_known_by_hand():
    a, b = torch.tensor([[0.0], [2.0]]), torch.tensor([[1.0], [1.0]])

    # kernel (x y + 1)^3: within a (0, 2) -> 1; within b (1, 1) -> 8; between 1, 1, 27, 27 -> mean 14
    assert float(squared_discrepancy(a, b)) == pytest.approx(1 + 8 - 2 * 14)


def test_kid_of_one_distribution_is_nought_on_average_whatever_the_number_of_pictures():
    for n in (6, 24):
        values = torch.stack(
            [squared_discrepancy(gaussian(n, 16, 2 * i), gaussian(n, 16, 2 * i + 1)) for i in range(300)]
        )
        assert abs(values.mean()) < 4 * values.std() / 300**0.5


def test_kid_in_blocks_is_the_mean_over_disjoint_blocks(monkeypatch):
    a, b = gaussian(20, 8), gaussian(30, 8, 1, shift=0.5)
    whole = kid(a, b)
    monkeypatch.setattr(distances, "KID_BLOCK", 15)

    expected = (squared_discrepancy(a[::2], b[::2]) + squared_discrepancy(a[1::2], b[1::2])) / 2
    assert kid(a, b) == pytest.approx(float(expected))
    assert whole == pytest.approx(float(squared_discrepancy(a, b)))


def test_no_block_of_kid_has_fewer_than_two_pictures():
    assert kid_blocks(4999, 5000) == 1
    assert kid_blocks(10_001, 7000) == 3
    assert kid_blocks(100_000, 6) == 3


@pytest.mark.parametrize("draws", [kid_draws, frechet_draws])
def test_draws_are_the_same_again_and_fewer_than_four_pictures_have_none(draws):
    a, b = gaussian(9, 8), gaussian(12, 8, 1, shift=0.5)

    assert torch.equal(draws(a, b), draws(a, b))
    assert draws(a, b).std() > 0
    assert len(draws(a[:3], b)) == 0


@pytest.mark.parametrize("n", [24, 48])
@pytest.mark.parametrize("shift", [0.0, 0.4])
@pytest.mark.parametrize(("measure", "draws"), [(kid, kid_draws), (None, frechet_draws)])
def test_draws_vary_as_the_distance_does_over_other_pictures(measure, draws, shift, n):
    """Also where both sides are alike, and where there are fewer pictures than features."""

    def sides(i):
        return gaussian(n, 32, 2 * i).relu(), (gaussian(n, 32, 2 * i + 1, shift)).relu()

    true = torch.tensor([(measure or frechet)(*sides(i)) for i in range(120)]).std()
    told = torch.stack([draws(*sides(i)).var() for i in range(8)]).mean().sqrt()

    assert 0.8 < told / true < 1.35  # the Fréchet distance's are rather too wide


def test_draws_of_large_sets_vary_as_those_of_halves_do(monkeypatch):
    a, b = gaussian(200, 8).relu(), gaussian(200, 8, 1, shift=0.5).relu()
    by_halves = [float(draws(a, b).std()) for draws in (kid_draws, frechet_draws)]
    monkeypatch.setattr(distances, "MOST_HALVED", 100)
    monkeypatch.setattr("c2c.evaluation.intervals.MOST_HALVED", 100)

    assert [float(draws(a, b).std()) for draws in (kid_draws, frechet_draws)] == pytest.approx(by_halves, rel=0.2)


def test_without_bias_the_frechet_distance_of_one_distribution_is_nought():
    a, b = gaussian(400, 20), gaussian(400, 20, 1)

    value, error = frechet_at_infinity(a, b)

    assert frechet(a, b) > 0.4  # all of it bias
    assert abs(value) < 0.1
    assert 0 < error < 0.1


def test_a_distance_at_infinity_needs_twice_as_many_pictures_as_features():
    assert frechet_at_infinity(gaussian(39, 20), gaussian(400, 20)) is None
    assert frechet_at_infinity(gaussian(40, 20), gaussian(400, 20)) is not None


def test_a_feature_that_never_varies_does_no_harm():
    a, b = gaussian(40, 6), gaussian(50, 6, 1, shift=0.3)
    still_a, still_b = (torch.cat([side, torch.zeros(len(side), 1)], 1) for side in (a, b))

    assert frechet(still_a, still_b) == pytest.approx(frechet(a, b), rel=1e-6)


@settings(max_examples=20, deadline=None)
@given(near=st.floats(0, 1), further=st.floats(0.1, 1))
def test_both_distances_grow_as_a_set_moves_away(near, further):
    still = gaussian(60, 8)
    close, far = still.flip(0) + near, still.flip(0) + near + further

    assert frechet(still, close) < frechet(still, far)
    assert squared_discrepancy(still, close) < squared_discrepancy(still, far)


@pytest.mark.parametrize("features", [torch.zeros(1, 8), torch.zeros(8), torch.full((4, 8), torch.nan)])
def test_features_that_have_no_distance_are_refused(features):
    with pytest.raises(ScoreError, match=r"at least 2 feature vectors|not finite"):
        FeatureStatistics.of(features)
