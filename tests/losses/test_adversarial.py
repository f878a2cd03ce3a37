import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from c2c.losses import binary_adversarial_loss, least_squares_loss

scores = st.lists(st.floats(-20, 20), min_size=1, max_size=8).map(lambda values: torch.tensor(values).view(1, 1, -1, 1))


def test_least_squares_is_the_mean_squared_distance_from_one_or_zero():
    found = torch.tensor([1.0, 0.0, 3.0, -1.0])

    assert least_squares_loss(found, real=True).item() == pytest.approx((0 + 1 + 4 + 4) / 4)
    assert least_squares_loss(found, real=False).item() == pytest.approx((1 + 0 + 9 + 1) / 4)


def test_a_discriminator_that_does_not_know_costs_log_two():
    assert binary_adversarial_loss(torch.zeros(2, 1, 3, 3), real=True).item() == pytest.approx(math.log(2))
    assert binary_adversarial_loss(torch.zeros(2, 1, 3, 3), real=False).item() == pytest.approx(math.log(2))


def test_binary_loss_of_a_logit_is_the_log_of_its_sigmoid():
    logit = torch.tensor([[2.0]])

    assert binary_adversarial_loss(logit, real=True).item() == pytest.approx(math.log(1 + math.exp(-2)), rel=1e-6)
    assert binary_adversarial_loss(logit, real=False).item() == pytest.approx(math.log(1 + math.exp(2)), rel=1e-6)


@given(scores)
def test_calling_real_fake_mirrors_the_scores(found):
    assert torch.allclose(
        binary_adversarial_loss(found, real=True), binary_adversarial_loss(-found, real=False), atol=1e-4
    )
    assert torch.allclose(least_squares_loss(found, real=True), least_squares_loss(1 - found, real=False), atol=1e-4)


@given(scores)
def test_no_loss_is_negative_even_for_sure_discriminators(found):
    for loss in (least_squares_loss, binary_adversarial_loss):
        assert loss(found * 100, real=True) >= 0
        assert torch.isfinite(loss(found * 100, real=False))
