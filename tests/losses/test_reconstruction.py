import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from c2c.losses import cycle_consistency_loss, identity_loss, masked_l1_loss


def noise(seed, *shape):
    return torch.rand(*shape, generator=torch.Generator().manual_seed(seed)) * 2 - 1


@pytest.mark.parametrize("loss", [cycle_consistency_loss, identity_loss])
def test_a_picture_moved_by_a_quarter_costs_a_quarter(loss):
    real = noise(0, 2, 3, 4, 4)

    assert loss(real, real + 0.25).item() == pytest.approx(0.25, abs=1e-6)
    assert loss(real, real).item() == 0


def test_masked_loss_is_the_mean_over_what_the_mask_keeps():
    target = torch.zeros(1, 1, 2, 2)
    output = torch.tensor([[[[1.0, 2.0], [4.0, 100.0]]]])
    mask = torch.tensor([[[[1.0, 1.0], [0.0, 0.0]]]])

    assert masked_l1_loss(output, target, mask).item() == pytest.approx(1.5)


def test_one_mask_serves_all_channels():
    output, target = noise(0, 2, 3, 4, 4), noise(1, 2, 3, 4, 4)

    whole = masked_l1_loss(output, target, torch.ones(2, 1, 4, 4))

    assert whole.item() == pytest.approx((output - target).abs().mean().item(), rel=1e-6)


def test_a_mask_that_keeps_nothing_costs_nothing():
    assert masked_l1_loss(noise(0, 1, 2, 4, 4), noise(1, 1, 2, 4, 4), torch.zeros(1, 1, 4, 4)).item() == 0


@given(st.integers(0, 2**16))
def test_masked_pixels_move_neither_the_loss_nor_its_gradient(seed):
    mask = (noise(seed, 1, 1, 5, 5) > 0).float()
    target = noise(seed + 1, 1, 2, 5, 5)
    output = noise(seed + 2, 1, 2, 5, 5).requires_grad_(True)
    elsewhere = (output + (1 - mask) * 7).detach()

    loss = masked_l1_loss(output, target, mask)
    loss.backward()

    assert torch.equal(masked_l1_loss(elsewhere, target, mask), loss.detach())
    assert not (output.grad * (1 - mask)).any()
