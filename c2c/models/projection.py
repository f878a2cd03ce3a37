"""Patches of feature maps as points on a sphere, where they can be compared.

Source: Park et al. 2020, section 3, https://arxiv.org/abs/2007.15651
"""

from collections.abc import Sequence

import torch
from torch import Tensor, nn


class ProjectionHeads(nn.Module):
    """A perceptron of two layers for each feature map, applied to some of its places.

    Args:
        widths: channels of each map.
        channels: of the points, and of the hidden layer.
    """

    def __init__(self, widths: Sequence[int], channels: int = 256) -> None:
        super().__init__()
        self.heads = nn.ModuleList(
            nn.Sequential(nn.Linear(width, channels), nn.ReLU(inplace=True), nn.Linear(channels, channels))
            for width in widths
        )

    def forward(self, maps: Sequence[Tensor], positions: Sequence[Tensor]) -> list[Tensor]:
        """Points of length 1, (N, P, channels) a map.

        Args:
            maps: (N, C, h, w), one a head; sizes may differ.
            positions: (N, P) indices of places counted along rows, one a map.
        """
        return [
            unit_length(head(patches_at(features, places)))
            for head, features, places in zip(self.heads, maps, positions, strict=True)
        ]


def patches_at(features: Tensor, positions: Tensor) -> Tensor:
    """What a map (N, C, h, w) holds at positions (N, P), as (N, P, C); places are counted along rows."""
    flat = features.flatten(2).transpose(1, 2)  # (N, h * w, C)
    return flat.gather(1, positions.unsqueeze(2).expand(-1, -1, flat.shape[2]))


def random_positions(features: Tensor, count: int) -> Tensor:
    """So many places of a map (N, C, h, w), (N, count): no place twice, and other ones for each picture.

    They are all places, in some order, where there are fewer. Chance is torch's on the device of the map.
    """
    pictures, _, rows, columns = features.shape
    chances = torch.rand(pictures, rows * columns, device=features.device)
    return chances.topk(min(count, rows * columns)).indices


def unit_length(points: Tensor) -> Tensor:
    """Points (..., C) brought to length 1, in float32 at least; one that is much shorter than 1e-7 stays short."""
    points = points.to(torch.promote_types(points.dtype, torch.float32))
    return points / (torch.linalg.vector_norm(points, dim=-1, keepdim=True) + 1e-7)
