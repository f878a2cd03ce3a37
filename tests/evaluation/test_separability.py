import numpy as np
import pytest
import torch

from c2c.errors import ScoreError
from c2c.evaluation.separability import FOLDS, PENALTY, Probe, fit, probe


def normal(seed, *shape):
    return torch.from_numpy(np.random.default_rng(seed).normal(size=shape))


def two_classes(count, dims, shift, seed=0):
    """So many rows of each class, their means `shift` apart along the first axis."""
    rows = normal(seed, 2 * count, dims)
    is_b = [number >= count for number in range(2 * count)]
    rows[count:, 0] += shift
    return rows, is_b


def test_the_fitted_weights_are_where_the_penalised_loss_is_flat():
    rows, is_b = two_classes(30, 4, 1.0)
    labels = torch.tensor(is_b)

    weights, bias = fit(rows, labels)

    weights.requires_grad_()
    logits = rows @ weights + bias
    losses = torch.log1p(torch.exp(torch.where(labels, -logits, logits)))
    (losses.mean() + PENALTY * weights.square().sum()).backward()
    assert weights.grad.abs().max() < 1e-6


def test_one_feature_gives_the_weight_that_can_be_worked_out_by_hand():
    rows = torch.tensor([[-1.0], [1.0]], dtype=torch.float64)

    weights, bias = fit(rows, torch.tensor([False, True]))

    # by symmetry the bias is 0, and the slope of log(1 + exp(-w)) + PENALTY w^2 is 0 at the weight
    assert float(bias) == pytest.approx(0, abs=1e-6)
    w = float(weights)
    assert 2 * PENALTY * w == pytest.approx(1 / (1 + np.exp(w)), rel=1e-4)


def test_a_class_of_few_weighs_as_much_as_a_class_of_many():
    rows = torch.cat([normal(0, 10, 1), normal(0, 10, 1).repeat(9, 1) + 1.0]).double()
    labels = torch.tensor([False] * 10 + [True] * 90)

    few, many = fit(rows, labels), fit(torch.cat([rows[:10], rows[10:20]]), labels[:20])

    assert float(few[0]) == pytest.approx(float(many[0]), rel=1e-5)
    assert float(few[1]) == pytest.approx(float(many[1]), rel=1e-5)


def test_classes_far_apart_are_told_apart_and_the_signal_is_strong():
    rows, is_b = two_classes(40, 6, 8.0)

    found = probe(rows, is_b, range(80))

    assert found.accuracy == found.auc == 1.0
    assert 0.9 < found.interval[0] < found.interval[1] == 1.0
    assert found.verdict == "strong"
    assert found.groups == (40, 40)
    assert min(found.margins) > 0


def test_the_accuracy_nears_that_of_the_best_rule():
    rows, is_b = two_classes(400, 2, 2.0)  # the best rule tells 84.1% right: half the shift is one deviation

    found = probe(rows, is_b, range(800))

    assert found.accuracy == pytest.approx(0.841, abs=0.03)
    assert found.auc == pytest.approx(0.921, abs=0.03)  # of a shift of root two deviations
    assert found.interval[0] < 0.841 < found.interval[1]


@pytest.mark.parametrize("seed", range(6))
def test_the_same_city_twice_is_weak_even_with_more_features_than_pictures(seed):
    rows, is_b = two_classes(20, 300, 0.0, seed)

    found = probe(rows, is_b, range(40), seed)

    assert found.verdict == "weak"
    assert found.interval[0] < 0.5 + 0.1


def test_copies_of_one_picture_do_not_make_a_signal_when_they_share_a_group():
    rows, is_b = two_classes(8, 50, 0.0)
    rows = rows.repeat_interleave(6, 0) + 0.001 * normal(1, 96, 50)
    is_b = [label for label in is_b for _ in range(6)]
    groups = [number // 6 for number in range(96)]

    torn, whole = probe(rows, is_b, range(96)), probe(rows, is_b, groups)

    assert torn.accuracy > 0.95  # each was recognised by its copies
    assert whole.verdict == "weak"
    assert whole.groups == (8, 8)
    assert whole.interval[1] - whole.interval[0] > 3 * (torn.interval[1] - torn.interval[0])


def test_few_pictures_told_right_leave_a_wide_interval():
    rows, is_b = two_classes(FOLDS, 3, 50.0)

    found = probe(rows, is_b, range(2 * FOLDS))

    assert found.accuracy == 1.0
    assert found.interval[0] < 0.85
    assert found.interval[1] == 1.0


def test_it_does_not_matter_which_city_comes_first_nor_how_features_are_scaled():
    rows, is_b = two_classes(60, 5, 1.0)

    found = probe(rows, is_b, range(120))
    turned = probe(rows * torch.tensor([1.0, 10, 0.1, 1000, 1]) - 7, [not label for label in is_b], range(120))

    assert turned.accuracy == pytest.approx(found.accuracy, abs=1e-9)
    assert turned.auc == pytest.approx(found.auc, abs=1e-9)
    assert turned.margins == pytest.approx(found.margins, abs=1e-4)


def test_the_same_seed_gives_the_same_numbers_again():
    rows, is_b = two_classes(20, 5, 1.0)

    assert probe(rows, is_b, range(40), 3) == probe(rows, is_b, range(40), 3)
    assert probe(rows, is_b, range(40), 3) != probe(rows, is_b, range(40), 4)


def test_a_feature_that_never_changes_does_no_harm():
    rows, is_b = two_classes(20, 3, 6.0)
    rows[:, 2] = 4.0

    assert probe(rows, is_b, range(40)).accuracy > 0.95


@pytest.mark.parametrize(
    ("low", "verdict"), [(0.95, "strong"), (0.8, "strong"), (0.79, "moderate"), (0.6, "moderate"), (0.59, "weak")]
)
def test_the_verdict_goes_by_the_lower_end(low, verdict):
    assert Probe(0.97, (low, 1.0), 0.9, (9, 9), ()).verdict == verdict


def test_too_few_pictures_and_features_that_are_no_numbers_are_errors():
    rows, is_b = two_classes(FOLDS, 3, 1.0)

    with pytest.raises(ScoreError, match="5 folds need at least 5 unlike pictures of each city; one has 4"):
        probe(rows, is_b, [0, 0, *range(2, 2 * FOLDS)])
    with pytest.raises(ScoreError, match="not finite"):
        probe(torch.where(rows > 1, torch.nan, rows), is_b, range(2 * FOLDS))
