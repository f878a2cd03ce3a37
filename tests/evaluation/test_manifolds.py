import pytest
import torch

from c2c.evaluation.manifolds import manifolds


def means(made, real):
    found = manifolds(made, real)
    return [float(values.mean()) for values in (found.precision, found.recall, found.density, found.coverage)]


def line(*places):
    return torch.tensor(places, dtype=torch.float64)[:, None]


def test_shares_on_a_line_are_known_by_hand():
    real = line(0, 1, 2, 3, 4, 5)  # to the third neighbour: 3 2 2 2 2 3; to the fifth: 5 4 3 3 4 5
    made = line(2.5, 2.5, 2.5, 2.5, 2.5, 100)  # to the third: nought, but for the last, 97.5

    found = manifolds(made, real)

    assert found.precision.tolist() == [1, 1, 1, 1, 1, 0]
    assert found.recall.tolist() == [0, 0, 0, 1, 1, 1]  # the ball around 100 reaches to 2.5
    assert found.density.tolist() == pytest.approx([6 / 5] * 5 + [0])
    assert found.coverage.tolist() == [1] * 6


def test_two_draws_of_one_distribution_are_alike_and_far_sets_share_nothing():
    chance = torch.Generator().manual_seed(0)
    one, other = (torch.randn(300, 4, generator=chance) for _ in range(2))

    alike, apart = means(one, other), means(one + 50, other)

    assert min(alike[:2]) > 0.9
    assert alike[2] == pytest.approx(1, abs=0.15)
    assert alike[3] > 0.9
    assert apart == [0, 0, 0, 0]


def test_a_generator_that_makes_one_picture_is_precise_and_recalls_nothing():
    real = torch.randn(200, 4, generator=torch.Generator().manual_seed(0))
    made = real[:1] + torch.randn(200, 4, generator=torch.Generator().manual_seed(1)) / 1000

    precision, recall, density, coverage = means(made, real)

    assert precision == 1
    assert density > 0.9
    assert recall < 0.02
    assert coverage < 0.1


def test_blocks_give_what_the_whole_gives(monkeypatch):
    chance = torch.Generator().manual_seed(0)
    made, real = torch.randn(50, 3, generator=chance), torch.randn(40, 3, generator=chance)
    whole = manifolds(made, real)
    monkeypatch.setattr("c2c.evaluation.manifolds.ROWS", 7)

    for name in ("precision", "recall", "density", "coverage"):
        assert torch.equal(getattr(manifolds(made, real), name), getattr(whole, name))
