"""Twelve features of a picture: the mean colours of its quarters."""

import hashlib
from pathlib import Path

import torch
from torch import Tensor, nn


class Quarters(nn.Module):
    """How much red, green and blue there is in each quarter, from 0 to 1."""

    name = "quarters"  # the name of the entry point
    weights_sha256 = hashlib.sha256(Path(__file__).read_bytes()).hexdigest()  # there are no weights but this code
    size_px = 2
    dims = 12
    resize = "to 2 x 2, mean of each quarter, float32"  # as it stands in the protocol of a score

    @torch.inference_mode()
    def forward(self, images: Tensor) -> Tensor:
        """Features (N, 12) of pictures (N, 3, H, W), uint8 or float in [-1, 1]."""
        values = images.float() / 255 if images.dtype == torch.uint8 else (images.float() + 1) / 2
        return nn.functional.adaptive_avg_pool2d(values, 2).flatten(1)
