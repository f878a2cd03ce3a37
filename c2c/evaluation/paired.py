"""How far a picture is from the true one, pixel by pixel and by look.

L1: mean absolute difference of RGB values in [0, 1], over pixels and channels; 0 is the same picture.
SSIM: structural similarity, Gaussian window of 11 pixels, sigma 1.5, values in [0, 1], reflected at the border, mean
over positions and RGB; 1 is the same picture. [Wang] Wang et al. 2004, https://doi.org/10.1109/TIP.2003.819861.
The perceptual distance stands beside its network: `c2c.models.features.perceptual_distance`.
"""

from functools import cache

import torch
import torch.nn.functional as F
from torch import Tensor

from c2c.errors import ScoreError

WINDOW_PX, SIGMA_PX = 11, 1.5  # [Wang] 3.3
K1, K2 = 0.01, 0.03  # [Wang] 3.3


def l1_distance(images: Tensor, truths: Tensor) -> Tensor:
    """Mean absolute difference of values in [0, 1], float64 (N,).

    Args:
        images: (N, 3, H, W) uint8.
        truths: same shape.
    """
    return (images.double() - truths.double()).abs().mean((1, 2, 3)) / 255


def structural_similarity(images: Tensor, truths: Tensor) -> Tensor:
    """SSIM, float64 (N,), 1 for the same picture.

    The same number as torchmetrics gives in float64, in a tenth of the time: the window is separable. In float32,
    bright flat regions are off by 0.002.

    Args:
        images: (N, 3, H, W) uint8, H and W at least 11.
        truths: same shape.

    Raises:
        ScoreError: the pictures are smaller than the window.
    """
    height, width = images.shape[-2:]
    if min(height, width) < WINDOW_PX:
        raise ScoreError(f"SSIM needs pictures of at least {WINDOW_PX} x {WINDOW_PX} pixels, not {width} x {height}.")
    a, b = images.double() / 255, truths.double() / 255
    maps = torch.stack((a, b, a * a, b * b, a * b))
    mean_a, mean_b, square_a, square_b, product = _blur(height).T @ maps @ _blur(width)
    variances = (square_a - mean_a**2).clamp(min=0) + (square_b - mean_b**2).clamp(min=0)
    covariance = product - mean_a * mean_b
    luminance = (2 * mean_a * mean_b + K1**2) / (mean_a**2 + mean_b**2 + K1**2)
    structure = (2 * covariance + K2**2) / (variances + K2**2)
    return (luminance * structure).mean((1, 2, 3))


@cache
def _blur(length: int) -> Tensor:
    """The matrix M (length, length) for which `row @ M` is a row blurred by the window, reflected at its ends."""
    offsets = torch.arange(WINDOW_PX, dtype=torch.float64) - WINDOW_PX // 2
    window = torch.exp(-((offsets / SIGMA_PX) ** 2) / 2)
    ones = torch.eye(length, dtype=torch.float64)[:, None]  # (length, 1, length): a row for each single bright pixel
    padded = F.pad(ones, (WINDOW_PX // 2, WINDOW_PX // 2), mode="reflect")
    return F.conv1d(padded, (window / window.sum())[None, None])[:, 0]
