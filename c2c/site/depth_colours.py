"""Depth maps as pictures for the eye: a logarithmic, even colour scale, and hatching where there is none."""

import functools
import math

import numpy as np
from numpy.typing import NDArray

DEPTH_SCALE = 256  # a stored value is metres x 256, and 0 is none
DEEPEST = 65535  # that 16 bits can store
NEAREST_M = 1.5
FARTHEST_M = 100.0
TICKS_M = (2, 5, 10, 20, 50, 100)

# Eleven even steps of viridis (van der Walt and Smith 2015, https://bids.github.io/colormap/), far to near.
VIRIDIS = (
    "440154", "482475", "414487", "355f8d", "2a788e", "21918c", "22a884", "44bf70", "7ad151", "bddf26", "fde725",
)  # fmt: skip
HATCH = ((206, 206, 204), (188, 188, 186))


def place_on_scale(depth_m: NDArray[np.float64]) -> NDArray[np.float64]:
    """Where depths lie on the scale: 0 at `FARTHEST_M` and beyond, 1 at `NEAREST_M` and nearer; any shape."""
    clipped = np.clip(depth_m, NEAREST_M, FARTHEST_M)
    return np.log(FARTHEST_M / clipped) / math.log(FARTHEST_M / NEAREST_M)


def colour_depth(stored: NDArray[np.integer]) -> NDArray[np.uint8]:
    """A stored depth map (H, W), metres x 256, as colours (H, W, 3): near is yellow, far is violet, none is hatched."""
    colours = _every_depth()[np.clip(stored, 0, DEEPEST)]
    return np.where((stored == 0)[..., None], _hatching(stored.shape[0], stored.shape[1]), colours)


@functools.cache
def _every_depth() -> NDArray[np.uint8]:
    """The colour of every stored value, (65536, 3)."""
    table = _lookup_table()
    place = place_on_scale(np.arange(DEEPEST + 1) / DEPTH_SCALE)
    return table[np.round(place * (len(table) - 1)).astype(np.intp)]


def _lookup_table() -> NDArray[np.uint8]:
    """256 colours between the steps of viridis, (256, 3)."""
    steps = np.array([[int(step[i : i + 2], 16) for i in (0, 2, 4)] for step in VIRIDIS], dtype=np.float64)
    at = np.linspace(0, len(steps) - 1, 256)
    channels = [np.interp(at, np.arange(len(steps)), steps[:, channel]) for channel in range(3)]
    return np.round(np.stack(channels, axis=-1)).astype(np.uint8)


def _hatching(height: int, width: int) -> NDArray[np.uint8]:
    """Grey diagonal stripes, (H, W, 3), unlike any colour of the scale."""
    period = max(4, min(height, width) // 16)
    rows, columns = np.mgrid[0:height, 0:width]
    stripe = (rows + columns) % period < period // 2
    light, dark = np.array(HATCH, dtype=np.uint8)
    return np.where(stripe[..., None], light, dark)
