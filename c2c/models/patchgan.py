"""The PatchGAN discriminator.

Source: Isola et al. 2017, section 6.1.2, https://arxiv.org/abs/1611.07004
"""

from typing import Literal

from torch import Tensor, nn

from c2c.models.blur import BlurDownsample
from c2c.models.norms import norm_layer


class PatchGAN(nn.Module):
    """How real each overlapping patch of an image looks; three layers see patches of 70 x 70.

    Takes (N, in_channels, H, W) in [-1, 1], gives (N, 1, h, w) unbounded scores. Sides are halved by "strided"
    convolutions, the paper's, or by a convolution and a "blur", as in CUT.
    """

    def __init__(
        self,
        in_channels: int = 3,
        base_channels: int = 64,
        layers: int = 3,
        norm: str = "instance",
        downsample: Literal["strided", "blur"] = "strided",
    ) -> None:
        super().__init__()
        stride, blur = (1, [BlurDownsample()]) if downsample == "blur" else (2, [])
        first = nn.Conv2d(in_channels, base_channels, 4, stride=stride, padding=1)
        body: list[nn.Module] = [first, nn.LeakyReLU(0.2), *blur]
        inside = base_channels
        for layer in range(1, layers + 1):
            outside = base_channels * min(2**layer, 8)
            halves = layer < layers
            body += [
                nn.Conv2d(inside, outside, 4, stride=stride if halves else 1, padding=1, bias=norm == "instance"),
                norm_layer(norm, outside),
                nn.LeakyReLU(0.2, inplace=True),
                *(blur if halves else []),
            ]
            inside = outside
        self.body = nn.Sequential(*body, nn.Conv2d(inside, 1, 4, padding=1))

    def forward(self, image: Tensor) -> Tensor:
        """One score a patch, see the class."""
        return self.body(image)
