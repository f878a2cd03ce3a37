"""The PatchGAN discriminator.

Source: Isola et al. 2017, section 6.1.2, https://arxiv.org/abs/1611.07004
"""

from torch import Tensor, nn

from c2c.models.norms import norm_layer


class PatchGAN(nn.Module):
    """How real each overlapping patch of an image looks; three layers see patches of 70 x 70.

    Takes (N, in_channels, H, W) in [-1, 1], gives (N, 1, h, w) unbounded scores.
    """

    def __init__(self, in_channels: int = 3, base_channels: int = 64, layers: int = 3, norm: str = "instance") -> None:
        super().__init__()
        body: list[nn.Module] = [nn.Conv2d(in_channels, base_channels, 4, stride=2, padding=1), nn.LeakyReLU(0.2)]
        inside = base_channels
        for layer in range(1, layers + 1):
            outside = base_channels * min(2**layer, 8)
            stride = 2 if layer < layers else 1
            body += [
                nn.Conv2d(inside, outside, 4, stride=stride, padding=1, bias=norm == "instance"),
                norm_layer(norm, outside),
                nn.LeakyReLU(0.2, inplace=True),
            ]
            inside = outside
        self.body = nn.Sequential(*body, nn.Conv2d(inside, 1, 4, padding=1))

    def forward(self, image: Tensor) -> Tensor:
        """One score a patch, see the class."""
        return self.body(image)
