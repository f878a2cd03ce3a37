import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torchmetrics.functional.image import structural_similarity_index_measure

from c2c.errors import ScoreError
from c2c.evaluation.paired import l1_distance, structural_similarity


def noise(count=2, height=24, width=32, seed=0):
    generator = torch.Generator().manual_seed(seed)
    return torch.randint(0, 256, (count, 3, height, width), generator=generator, dtype=torch.uint8)


def test_l1_is_known_by_hand():
    black = torch.zeros(2, 3, 4, 4, dtype=torch.uint8)
    other = black.clone()
    other[0] = 255  # all white
    other[1, 0, 0, 0] = 51  # one of 48 values by a fifth

    assert l1_distance(black, other).tolist() == pytest.approx([1.0, 0.2 / 48])


def test_a_picture_equals_itself():
    images = noise()

    assert l1_distance(images, images).tolist() == [0, 0]
    assert structural_similarity(images, images).tolist() == pytest.approx([1, 1], abs=1e-12)


@pytest.mark.parametrize("level", [0, 128, 255])
def test_a_flat_picture_equals_itself(level):
    flat = torch.full((1, 3, 32, 32), level, dtype=torch.uint8)

    assert structural_similarity(flat, flat).item() == pytest.approx(1, abs=1e-9)


def test_ssim_of_two_flat_pictures_is_their_luminance_term():
    a, b = (torch.full((1, 3, 32, 32), level, dtype=torch.uint8) for level in (51, 102))  # 0.2 and 0.4

    expected = (2 * 0.2 * 0.4 + 0.01**2) / (0.2**2 + 0.4**2 + 0.01**2)
    assert structural_similarity(a, b).item() == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("share", [0.0, 0.3, 0.9])
def test_ssim_equals_torchmetrics(share):
    a = noise(3, 20, 33)
    b = (a.float() * (1 - share) + noise(3, 20, 33, seed=1).float() * share).to(torch.uint8)
    theirs = structural_similarity_index_measure(a.double() / 255, b.double() / 255, data_range=1.0, reduction="none")

    torch.testing.assert_close(structural_similarity(a, b), theirs, rtol=0, atol=1e-12)


@settings(deadline=None, max_examples=20)
@given(seed=st.integers(0, 100))
def test_both_are_symmetric_and_within_their_range(seed):
    a, b = noise(1, 12, 12, seed), noise(1, 12, 12, seed + 1)

    assert 0 < l1_distance(a, b).item() == l1_distance(b, a).item() <= 1
    assert structural_similarity(a, b).item() == pytest.approx(structural_similarity(b, a).item(), abs=1e-12)
    assert -1 <= structural_similarity(a, b).item() < 1


def test_a_picture_smaller_than_the_window_is_refused():
    with pytest.raises(ScoreError, match="at least 11 x 11 pixels, not 32 x 10"):
        structural_similarity(noise(1, 10, 32), noise(1, 10, 32))
