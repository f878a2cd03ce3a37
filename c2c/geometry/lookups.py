"""Where in a panorama each pixel of a view looks, band of rows by band of rows, kept between calls.

A camera's rays are the same for every panorama of a size, so their sines and arc tangents are paid once. Views of
ordinary size live in the bands that are kept; of larger ones only a few bands are in memory at a time.
"""

import functools
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from c2c.geometry.cameras import PinholeCamera

Floats = NDArray[np.float64]

BAND_PX = 8192  # pixels of a view that are looked up together: what is made of them stays in a core's cache
KEPT_BANDS = 96  # of up to 0.5 MB each, which is enough for eight views of 264 px


def bands(camera: PinholeCamera) -> Iterator[slice]:
    """The rows of a view, in bands of about `BAND_PX` pixels."""
    step = max(1, BAND_PX // camera.width)
    for first in range(0, camera.height, step):
        yield slice(first, min(first + step, camera.height))


@dataclass(frozen=True)
class BetweenFour:
    """Four neighbouring pixels of a panorama for each pixel of a band, and how far between them it looks."""

    first: NDArray[np.intp]  # (N,), the upper left one, in a panorama with a border of one pixel, row by row
    across: NDArray[np.float32]  # (4 N,), share of the way to the right ones; each number for four channels
    down: NDArray[np.float32]  # (4 N,), share of the way to the lower ones


@functools.lru_cache(maxsize=KEPT_BANDS)
def between_four(camera: PinholeCamera, first_row: int, last_row: int, height: int, width: int) -> BetweenFour:
    """Between which pixels of a panorama of that size the rows from `first_row` to before `last_row` look."""
    columns, lines = _looked_at(_rays(camera, first_row, last_row), height, width)
    left, top = np.floor(columns), np.floor(lines)
    across, down = (places.astype(np.float32).repeat(4) for places in (columns - left, lines - top))
    return BetweenFour(((top + 1) * (width + 2) + left + 1).astype(np.intp), across, down)


@dataclass(frozen=True)
class OnRaster:
    """The nearest pixel of a raster for each pixel of a band, the four around, and the rays themselves."""

    nearest: NDArray[np.intp]  # (N,), row by row
    four: NDArray[np.int32]  # (4, N)
    rays: Floats  # (3, N), as far as one metre along the camera's axis


@functools.lru_cache(maxsize=KEPT_BANDS)
def on_raster(camera: PinholeCamera, first_row: int, last_row: int, height: int, width: int) -> OnRaster:
    """Which pixels of a raster of that size the rows from `first_row` to before `last_row` look at."""
    rays = _rays(camera, first_row, last_row)
    columns, lines = _looked_at(rays, height, width)
    left, top = np.floor(columns).astype(np.intp), np.floor(lines).astype(np.intp)

    def pixel(column: NDArray[np.intp], line: NDArray[np.intp]) -> NDArray[np.intp]:
        return np.clip(line, 0, height - 1) * width + column % width

    nearest = pixel(np.floor(columns + 0.5).astype(np.intp), np.floor(lines + 0.5).astype(np.intp))
    four = [pixel(left + right, top + below).astype(np.int32) for below in (0, 1) for right in (0, 1)]
    ahead_x, ahead_y, ahead_z = camera.axes[1]
    return OnRaster(nearest, np.stack(four), rays / (ahead_x * rays[0] + ahead_y * rays[1] + ahead_z * rays[2]))


def _rays(camera: PinholeCamera, first_row: int, last_row: int) -> Floats:
    columns = np.arange(camera.width, dtype=np.float64) + 0.5
    rows = np.arange(first_row, last_row, dtype=np.float64) + 0.5
    return camera.directions(columns, rows).reshape(3, -1)


def _looked_at(rays: Floats, height: int, width: int) -> tuple[Floats, Floats]:
    """Columns in [-0.5, W - 0.5] and lines in [-0.5, H - 0.5] of a panorama; the first pixel's centre is at 0, 0."""
    x, y, z = rays
    turn, lift = np.arctan2(x, y) / (2 * np.pi), np.arctan2(z, np.hypot(x, y)) / np.pi
    return (turn + 0.5) * width - 0.5, (0.5 - lift) * height - 0.5
