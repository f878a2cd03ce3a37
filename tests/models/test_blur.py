import pytest
import torch
import torch.nn.functional as F
from hypothesis import given
from hypothesis import strategies as st

from c2c.models.blur import BlurDownsample, BlurUpsample

sides = st.integers(2, 9)


def filtered(x, weights):
    """Each channel convolved with a filter, the outer product of the weights with themselves."""
    weights = torch.tensor(weights, dtype=x.dtype) / sum(weights)
    kernel = torch.outer(weights, weights).expand(x.shape[1], 1, -1, -1)
    return F.conv2d(x, kernel, groups=x.shape[1])


@given(sides, sides)
def test_downsampling_is_a_blur_by_1_2_1_of_which_every_second_pixel_is_kept(rows, columns):
    x = torch.randn(2, 3, rows, columns, dtype=torch.float64)

    expected = filtered(F.pad(x, (1, 1, 1, 1), mode="reflect"), [1.0, 2.0, 1.0])[:, :, ::2, ::2]

    assert torch.allclose(BlurDownsample()(x), expected, atol=1e-12)


@given(sides, sides)
def test_upsampling_is_a_blur_by_1_3_3_1_of_pixels_with_zeros_between(rows, columns):
    x = torch.randn(2, 3, rows, columns, dtype=torch.float64)
    padded = F.pad(x, (1, 1, 1, 1), mode="replicate")
    spread = torch.zeros(2, 3, 2 * rows + 4, 2 * columns + 4, dtype=torch.float64)
    spread[:, :, ::2, ::2] = 4 * padded  # three in four are zero

    expected = filtered(spread, [1.0, 3.0, 3.0, 1.0])[:, :, : 2 * rows, : 2 * columns]

    assert torch.allclose(BlurUpsample()(x), expected, atol=1e-12)


@pytest.mark.parametrize("layer", [BlurDownsample(), BlurUpsample()])
def test_an_even_area_stays_as_it_is_and_nothing_is_learnt(layer):
    assert torch.allclose(layer(torch.full((1, 2, 6, 6), 0.3)), torch.tensor(0.3))
    assert layer.state_dict() == {}


def test_a_checkerboard_which_sampling_would_mistake_for_white_becomes_grey():
    board = (torch.arange(8)[:, None] + torch.arange(8)) % 2 * 2.0 - 1

    assert torch.allclose(BlurDownsample()(board[None, None]), torch.tensor(0.0))
