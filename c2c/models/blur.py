"""Changes of size that blur: a detail moved by a pixel stays itself instead of flickering between samples.

Neither layer has weights, so a state dict holds none of them.

Source: Zhang 2019, https://arxiv.org/abs/1904.11486
"""

import torch.nn.functional as F
from torch import Tensor, nn


class BlurDownsample(nn.Module):
    """Half the sides, after a blur by [1, 2, 1] / 4 each way with reflected borders."""

    def forward(self, x: Tensor) -> Tensor:
        """Features (N, C, H/2, W/2), rounded up, from (N, C, H, W) with sides of at least 2."""
        x = F.pad(x, (1, 1, 1, 1), mode="reflect")
        return F.avg_pool2d(F.avg_pool2d(x, 2, stride=1), 2)  # [1, 1] / 2 twice is [1, 2, 1] / 4


class BlurUpsample(nn.Module):
    """Twice the sides: zeros between the pixels, then a blur by [1, 3, 3, 1] / 4 each way with repeated borders."""

    def forward(self, x: Tensor) -> Tensor:
        """Features (N, C, 2H, 2W) from (N, C, H, W)."""
        return F.interpolate(x, scale_factor=2, mode="bilinear")  # a pixel is 3/4 of the nearest and 1/4 of the next
