"""The UNet generator of pix2pix.

Source: Isola et al. 2017, section 6.1.1, https://arxiv.org/abs/1611.07004
"""

import torch
from torch import Tensor, nn

from c2c.models.norms import norm_layer


class UNetGenerator(nn.Module):
    """An image of one kind from an image of another, with a skip at every resolution.

    `levels` halvings: UNet-256 has 8, UNet-128 has 7. Takes (N, in_channels, H, W) in [-1, 1] with H and W
    multiples of 2 ** levels, gives (N, out_channels, H, W) in [-1, 1]. Batch norms use the picture's own statistics at
    test, as the paper does (section 3.3). As in the authors' code, no convolution but the last has a bias where batch
    norm is chosen. Dropout is the paper's noise; it is on while training only, a
    departure: the paper leaves it on at test, so that a picture's translation depends on chance.
    """

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        base_channels: int = 64,
        levels: int = 8,
        dropout: bool = True,
        norm: str = "batch",
    ) -> None:
        super().__init__()
        widths = [min(base_channels * 2**level, base_channels * 8) for level in range(levels)]
        self.down = nn.ModuleList(
            _down(inside, outside, norm, first=level == 0, last=level == levels - 1)
            for level, (inside, outside) in enumerate(zip([in_channels, *widths[:-1]], widths, strict=True))
        )
        self.up = nn.ModuleList(
            _up(
                widths[level] * (1 if level == levels - 1 else 2),
                out_channels if level == 0 else widths[level - 1],
                norm,
                dropout=dropout and 4 <= level < levels - 1,
                last=level == 0,
            )
            for level in range(levels)
        )

    def forward(self, image: Tensor) -> Tensor:
        """The image of the other kind, see the class."""
        skips = []
        x = image
        for down in self.down:
            x = down(x)
            skips.append(x)
        x = self.up[-1](skips.pop())
        for up in reversed(self.up[:-1]):
            x = up(torch.cat([skips.pop(), x], dim=1))
        return torch.tanh(x)


def _down(inside: int, outside: int, norm: str, *, first: bool, last: bool) -> nn.Module:
    layers: list[nn.Module] = [] if first else [nn.LeakyReLU(0.2)]
    layers.append(nn.Conv2d(inside, outside, 4, stride=2, padding=1, bias=norm == "instance"))
    if not (first or last):  # the innermost is a single point: a norm over it would erase it
        layers.append(norm_layer(norm, outside))
    return nn.Sequential(*layers)


def _up(inside: int, outside: int, norm: str, *, dropout: bool, last: bool) -> nn.Module:
    bias = last or norm == "instance"
    layers: list[nn.Module] = [nn.ReLU(), nn.ConvTranspose2d(inside, outside, 4, stride=2, padding=1, bias=bias)]
    if not last:
        layers.append(norm_layer(norm, outside))
    if dropout:
        layers.append(nn.Dropout(0.5))
    return nn.Sequential(*layers)
