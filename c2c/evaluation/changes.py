"""Where pictures change, and how strongly: a map for each picture before and after translation, and their mean.

A change is the distance of two colours in CIELAB, Delta E of 1976: 0 is the same colour, about 2.3 is just noticed,
100 is black against white. The formula of 2000 is not used: it was fitted to small differences, and translations change
colours by tens. Both pictures are blurred first, in linear light, by a Gaussian of a hundredth of the short side, so
that noise and the exact place of an edge count little.

Sources: CIELAB, ISO/CIE 11664-4:2019; sRGB and its white (D65), IEC 61966-2-1; what is just noticed, Mahy et al. 1994,
https://doi.org/10.1111/j.1520-6378.1994.tb00070.x
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor

from c2c.errors import ScoreError
from c2c.evaluation.pictures import CODEC, common_size, picture_size, read_picture
from c2c.evaluation.protocol import Protocol

TOP = 60.0  # the change that the maps' last colour stands for; stronger ones have it too
BLUR = 0.01  # sigma, of the short side
LINEAR_TO_XYZ = ((0.4124, 0.3576, 0.1805), (0.2126, 0.7152, 0.0722), (0.0193, 0.1192, 0.9505))
CUT, SLOPE = (6 / 29) ** 3, (29 / 6) ** 2 / 3  # below the cut, CIELAB's cube root goes on as a line

# Eleven even steps of inferno (van der Walt and Smith 2015, https://bids.github.io/colormap/): even in lightness too,
# so it can be read without telling hues apart, and unlike the scale of depth.
COLOURS = (
    "#000004", "#160b39", "#420a68", "#6a176e", "#932667", "#bc3754",
    "#dd513a", "#f37819", "#fca50a", "#f6d746", "#fcffa4",
)  # fmt: skip


@dataclass(frozen=True)
class Changes:
    """What changed in a set of pictures."""

    mean_map: NDArray[np.float64]  # (H, W): the mean over pictures
    per_picture: dict[str, float]  # the mean over a picture's pixels

    @property
    def thirds(self) -> tuple[float, float, float]:
        """The mean change of the upper, the middle and the lower third of the pictures."""
        upper, middle, lower = (float(rows.mean()) for rows in np.array_split(self.mean_map, 3))
        return upper, middle, lower


def changes_of(before: Mapping[str, Path], after: Mapping[str, Path], maps: Path | None = None) -> Changes:
    """What changed between pictures of the same name, one pair in memory at a time.

    Args:
        before: name -> picture.
        after: name -> picture, the same names and the same size.
        maps: a folder that gets a map of each picture, <name>.png.

    Raises:
        ScoreError: there is no picture, a name has no partner, a picture cannot be used, or sizes differ; it is named.
    """
    names = sorted(before)
    if alone := sorted(before.keys() ^ after.keys()):
        side = "before" if alone[0] in after else "after"
        raise ScoreError(f"There is no picture named {alone[0]!r} {side} translation. A change needs both.")
    common_size((path, picture_size(path)) for name in names for path in (before[name], after[name]))
    total: NDArray[np.float64] | float = 0.0
    per_picture = {}
    for name in names:
        one, other = (read_picture(side[name])[None] for side in (before, after))
        found = change_maps(one, other)[0].double().numpy()
        total = total + found
        per_picture[name] = float(found.mean())
        if maps is not None:
            write_map(maps / f"{name}.png", found)
    return Changes(np.asarray(total) / len(names), per_picture)


def change_maps(before: Tensor, after: Tensor) -> Tensor:
    """How strongly each pixel changes, (N, H, W) float32, in units of Delta E.

    Args:
        before: (N, 3, H, W) uint8 sRGB.
        after: the same pictures translated, same shape.
    """
    one, other = blurred_lab(torch.cat((before, after))).chunk(2)
    return (one - other).square().sum(1).sqrt()


def blurred_lab(pictures: Tensor) -> Tensor:
    """Pictures (N, 3, H, W) uint8 sRGB as an eye farther away sees them, in CIELAB: L* to 100, a*, b*; float32."""
    matrix = torch.tensor(LINEAR_TO_XYZ)
    white = matrix.sum(1, keepdim=True)  # of sRGB, so that its white is exactly (100, 0, 0)
    linear = blurred(torch.take(_decoded(), pictures.long()), BLUR * min(pictures.shape[-2:]))
    xyz = (matrix / white @ linear.flatten(2)).view_as(linear)
    f = torch.where(xyz > CUT, xyz.clamp(min=CUT) ** (1 / 3), SLOPE * xyz + 4 / 29)
    x, y, z = f.unbind(1)
    return torch.stack((116 * y - 16, 500 * (x - y), 200 * (y - z)), 1)


def stated(side: int) -> Protocol:
    """What a change of pictures of this shorter side is measured with."""
    return {
        "measure": "CIELAB 1976 colour difference (Delta E), mean over pixels, then over pictures",
        "colours": "sRGB, D65; float32",
        "blur": f"Gaussian in linear light, sigma {BLUR * side:.3g} px",
        "codec": CODEC,
    }


def write_map(path: Path, change: NDArray[np.floating]) -> None:
    """Write a map (H, W) of changes as a palette PNG: a pixel's index is its change times 255 / TOP, at most 255."""
    index = np.rint(np.clip(change, 0, TOP) * (255 / TOP)).astype(np.uint8)
    image = Image.fromarray(index).convert("P")
    image.putpalette(_palette())
    path.parent.mkdir(parents=True, exist_ok=True)
    image.save(path, format="PNG")


def blurred(maps: Tensor, sigma: float) -> Tensor:
    """Maps (N, C, H, W) blurred by a Gaussian of `sigma` pixels, mirrored at the border."""
    return _blurred_rows(_blurred_rows(maps, sigma).mT, sigma).mT


def _blurred_rows(maps: Tensor, sigma: float) -> Tensor:
    """One product of two matrices: many small ones are ten times as slow."""
    rows = maps.reshape(-1, maps.shape[-1])
    return (rows @ _blur(maps.shape[-1], sigma)).view(maps.shape)


@cache
def _blur(length: int, sigma: float) -> Tensor:
    """The matrix M (length, length) for which `row @ M` is a row blurred, mirrored once at either end; float32."""
    at = torch.arange(length, dtype=torch.float64)
    mirrored = torch.stack((at, -1 - at, 2 * length - 1 - at))
    away = (mirrored[:, None] - at[:, None]).abs() / sigma
    weights = torch.where(away <= 4, torch.exp(-(away**2) / 2), 0).sum(0)  # tinier ones would be slow subnormals
    return (weights / weights.sum(1, keepdim=True)).T.float().contiguous()


@cache
def _decoded() -> Tensor:
    """Linear light of each of the 256 values of sRGB."""
    values = torch.arange(256, dtype=torch.float64) / 255
    return torch.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4).float()


@cache
def _palette() -> list[int]:
    """Red, green and blue of 256 colours between the steps."""
    steps = np.array([[int(colour[i : i + 2], 16) for i in (1, 3, 5)] for colour in COLOURS], dtype=np.float64)
    at = np.linspace(0, len(steps) - 1, 256)
    channels = [np.interp(at, np.arange(len(steps)), steps[:, channel]) for channel in range(3)]
    return np.rint(np.stack(channels, axis=-1)).astype(int).ravel().tolist()
