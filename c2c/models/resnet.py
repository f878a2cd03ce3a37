"""The ResNet generator of CycleGAN, and CUT's, which blurs where it changes size.

Source: Zhu et al. 2017, section 7.2, https://arxiv.org/abs/1703.10593, after Johnson et al. 2016.
"""

from collections.abc import Sequence
from typing import Literal

import torch
from torch import Tensor, nn

from c2c.models.blur import BlurDownsample, BlurUpsample
from c2c.models.norms import InstanceNorm2d


class ResidualBlock(nn.Module):
    """x + two 3 x 3 convolutions of x, with reflection padding and instance norms."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.body = nn.Sequential(
            nn.ReflectionPad2d(1),
            nn.Conv2d(channels, channels, 3),
            InstanceNorm2d(channels),
            nn.ReLU(inplace=True),
            nn.ReflectionPad2d(1),
            nn.Conv2d(channels, channels, 3),
            InstanceNorm2d(channels),
        )

    def forward(self, x: Tensor) -> Tensor:
        """Features of the same shape, (N, channels, H, W)."""
        return x + self.body(x)


class ResNetGenerator(nn.Module):
    """An image of one domain from an image of another: two steps down, residual blocks, two steps up.

    Fully convolutional: takes (N, in_channels, H, W) in [-1, 1], any H and W that are multiples of 4, at least 16;
    gives (N, out_channels, H, W) in [-1, 1].

    Args:
        base_channels: channels at full size; four times as many in the blocks.
        blocks: residual blocks.
        upsample: "transposed", the paper's fractionally strided convolutions, or "resize", nearest neighbours and a
            convolution, which leaves no checkerboard (Odena et al. 2016, https://doi.org/10.23915/distill.00003), or
            "blur", a fixed filter and a convolution, as in CUT.
        in_channels: 3 for an image.
        out_channels: likewise.
        downsample: "strided" convolutions, the paper's, or "blur", a convolution and a fixed filter, as in CUT.
    """

    def __init__(
        self,
        base_channels: int = 64,
        blocks: int = 9,
        upsample: Literal["transposed", "resize", "blur"] = "transposed",
        in_channels: int = 3,
        out_channels: int = 3,
        downsample: Literal["strided", "blur"] = "strided",
    ) -> None:
        super().__init__()
        self.in_channels = in_channels
        c = base_channels
        self.stem = nn.Sequential(
            nn.ReflectionPad2d(3), nn.Conv2d(in_channels, c, 7), InstanceNorm2d(c), nn.ReLU(inplace=True)
        )
        self.down = nn.Sequential(*_down(c, 2 * c, downsample), *_down(2 * c, 4 * c, downsample))
        self.blocks = nn.Sequential(*(ResidualBlock(4 * c) for _ in range(blocks)))
        self.up = nn.Sequential(*_up(4 * c, 2 * c, upsample), *_up(2 * c, c, upsample))
        self.head = nn.Sequential(nn.ReflectionPad2d(3), nn.Conv2d(c, out_channels, 7))

    def forward(self, image: Tensor, layers: Sequence[int] = ()) -> Tensor | tuple[Tensor, ...]:
        """The image of the other domain, see the class; or `features`, where layers are asked for.

        Features are had through `forward` because only that is seen by what wraps a network.
        """
        if layers:
            return self.features(image, layers)
        x = self.down(self.stem(image))  # (N, 4c, H/4, W/4)
        x = self.up(self.blocks(x))  # (N, c, H, W)
        return torch.tanh(self.head(x))

    def features(self, image: Tensor, layers: Sequence[int]) -> tuple[Tensor, ...]:
        """What some layers make of an image, (N, C, h, w) each, in ascending order; none deeper is computed.

        Args:
            image: (N, in_channels, H, W) in [-1, 1].
            layers: counted through stem, down, blocks, up and head, a block being one: 0 is the padded image itself. A
                norm cannot be had by itself, for the ReLU after it takes its place.
        """
        found, x = [], image
        for index, layer in enumerate(self._layers()[: max(layers) + 1]):
            x = layer(x)
            if index in layers:
                found.append(x)
        return tuple(found)

    def channels(self, layers: Sequence[int]) -> list[int]:
        """How many channels the `features` of these layers have, in ascending order of layers."""
        widths, width = [], self.in_channels
        for layer in self._layers():
            width = getattr(layer, "out_channels", width)  # only a convolution changes it
            widths.append(width)
        return [widths[layer] for layer in sorted(layers)]

    def _layers(self) -> list[nn.Module]:
        return [*self.stem, *self.down, *self.blocks, *self.up, *self.head]


def _down(inside: int, outside: int, downsample: str) -> list[nn.Module]:
    if downsample == "blur":
        convolution = nn.Conv2d(inside, outside, 3, padding=1)
        return [convolution, InstanceNorm2d(outside), nn.ReLU(inplace=True), BlurDownsample()]
    return [nn.Conv2d(inside, outside, 3, stride=2, padding=1), InstanceNorm2d(outside), nn.ReLU(inplace=True)]


def _up(inside: int, outside: int, upsample: str) -> list[nn.Module]:
    if upsample == "transposed":
        larger: list[nn.Module] = [nn.ConvTranspose2d(inside, outside, 3, stride=2, padding=1, output_padding=1)]
    elif upsample == "blur":
        larger = [BlurUpsample(), nn.Conv2d(inside, outside, 3, padding=1)]
    else:
        larger = [nn.Upsample(scale_factor=2), nn.ReflectionPad2d(1), nn.Conv2d(inside, outside, 3)]
    return [*larger, InstanceNorm2d(outside), nn.ReLU(inplace=True)]
