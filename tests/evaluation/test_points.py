import numpy as np
import pytest
import torch

from c2c.evaluation.points import FEATURES, features


def test_a_plain_picture_shows_its_colour_and_no_contrast():
    found = features(torch.tensor([51, 102, 204], dtype=torch.uint8)[None, :, None, None].expand(1, 3, 12, 10))

    assert found.shape == (1, FEATURES, 12, 10)
    for first in (0, 3, 7):  # itself, and at both blurs
        assert found[0, first : first + 3].mean((1, 2)).tolist() == pytest.approx([0.2, 0.4, 0.8], abs=1e-5)
    assert found[0, [6, 10, 11, 12]].abs().max() < 1e-3
    assert found[0, 13, :, 0].tolist() == pytest.approx(np.linspace(0, 1, 12))
    assert found[0, 14, 0].tolist() == pytest.approx(np.abs(np.linspace(-1, 1, 10)))
