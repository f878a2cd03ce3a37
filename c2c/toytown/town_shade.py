"""The shade of a whole town, on a raster of its ground that is made once."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from c2c.toytown.layout import PLOT_DEPTH_M
from c2c.toytown.massing import House
from c2c.toytown.materials import Surface
from c2c.toytown.shade import STEP_M, Floats, Sun, dim

MARGIN_M = 16.0  # of the raster around the town's streets
TRIM_M = 1.0  # a house on the raster is so much smaller towards the street, lest its own walls lie in its shade

Raster = NDArray[np.float32]  # (rows, columns); row 0 at the lowest y


@dataclass(frozen=True)
class TownShade:
    """What keeps light from a town, by places on its ground."""

    left_m: float
    low_m: float
    over_m: Raster  # a point below this height has houses between it and the sun
    sun: Raster  # share of the sun that trees and vehicles leave to the ground
    sky: Raster  # and of the sky

    def houses(self, surface: Surface, sun: Sun) -> Floats:
        """How far houses keep the sun from each point, in [0, 1]."""
        (over,) = self._at(surface, self.over_m)
        return np.clip((over - surface.z) * 1.5 + 0.5, 0, 1)

    def ground(self, surface: Surface, sun: Floats, sky: Floats) -> None:
        """Take sun and sky from points of the ground under vehicles and in the shadows of trees, in place."""
        for light, share in zip((sun, sky), self._at(surface, self.sun, self.sky), strict=True):
            light *= share

    def _at(self, surface: Surface, *rasters: Raster) -> list[Floats]:
        """Values of rasters at points, between the cells' middles."""
        rows, columns = self.over_m.shape
        across = np.clip((surface.x - self.left_m) * (1 / STEP_M) - 0.5, 0, columns - 1.001)
        upward = np.clip((surface.y - self.low_m) * (1 / STEP_M) - 0.5, 0, rows - 1.001)
        column, row = across.astype(np.int32), upward.astype(np.int32)
        across, upward, here = across - column, upward - row, row * columns + column
        values = []
        for raster in rasters:
            flat = raster.ravel()
            low = flat.take(here)
            low += (flat.take(here + 1) - low) * across
            high = flat.take(here + columns)
            high += (flat.take(here + columns + 1) - high) * across
            values.append(low + (high - low) * upward)
        return values


def town_shade(
    extent: tuple[float, float, float, float],
    built: Sequence[House],
    roof_m: float,
    shades: Sequence[tuple[float, ...]],
    sun: Sun,
) -> TownShade:
    """The shade of a town.

    Args:
        extent: low and high x, low and high y of its streets, in metres.
        built: its houses.
        roof_m: how far above the eaves their roofs keep the sun away.
        shades: x, y, half widths, and whether it is the shadow of a crown, of each thing that darkens the ground.
        sun: unit vector towards the sun.
    """
    left, low = extent[0] - MARGIN_M, extent[2] - MARGIN_M
    columns = math.ceil((extent[1] - left + MARGIN_M) / STEP_M)
    rows = math.ceil((extent[3] - low + MARGIN_M) / STEP_M)
    heights = np.zeros((rows, columns), np.float32)
    for house in built:
        _raise(heights, house, house.eaves_m + roof_m, left, low)
    shares = np.ones((2, rows, columns), np.float32)
    middles = [(np.arange(count) + 0.5).astype(np.float32) * np.float32(STEP_M) for count in (columns, rows)]
    for shade in shades:
        _darken(shares, middles, [shade[0] - left, shade[1] - low, *shade[2:]])
    return TownShade(left, low, _over(heights, sun), shares[0], shares[1])


def _raise(heights: Raster, house: House, top_m: float, left: float, low: float) -> None:
    """Enter one house in the raster of heights."""
    (ax, ay), (ix, iy) = house.along, house.inward
    first = TRIM_M if house.open_left else 0.0
    last = house.width_m - (TRIM_M if house.open_right else 0.0)
    corners = [
        (house.x + ax * u + ix * v - left, house.y + ay * u + iy * v - low)
        for u, v in ((first, TRIM_M), (last, PLOT_DEPTH_M))
    ]
    (x0, x1), (y0, y1) = (sorted(round(c / STEP_M) for c in axis) for axis in zip(*corners, strict=True))
    window = heights[max(y0, 0) : y1, max(x0, 0) : x1]
    np.maximum(window, np.float32(top_m), out=window)


def _darken(shares: Raster, middles: list[Floats], shade: list[float]) -> None:
    """Take light from the cells under one thing."""
    windows = []
    for middle, half, places in zip(shade[:2], shade[2:4], middles, strict=True):
        first, last = ((middle - half - 1) / STEP_M, (middle + half + 1) / STEP_M)
        windows.append(slice(max(0, math.floor(first)), max(0, min(len(places), math.ceil(last)))))
    across, upward = windows
    x, y = np.broadcast_arrays(middles[0][across][None, :], middles[1][upward][:, None])
    if x.size:
        dim(shade, x, y, shares[0, upward, across], shares[1, upward, across])


def _over(heights: Raster, sun: Sun) -> Raster:
    """The height below which houses stand between each cell and the sun."""
    sx, sy, sz = sun
    level = math.sqrt(sx * sx + sy * sy)
    rows, columns = heights.shape
    over = np.zeros_like(heights)
    for step in range(1, int(float(heights.max()) * level / sz / STEP_M) + 1):
        fall = np.float32(step * STEP_M * sz / level)
        right, up = round(step * sx / level), round(step * sy / level)
        to_rows, from_rows = _shifted(up, rows)
        to_columns, from_columns = _shifted(right, columns)
        window = over[to_rows, to_columns]
        np.maximum(window, heights[from_rows, from_columns] - fall, out=window)
    return over


def _shifted(by: int, count: int) -> tuple[slice, slice]:
    """The cells that have one so far on, and those."""
    if by < 0:
        return slice(-by, count), slice(0, max(0, count + by))
    return slice(0, max(0, count - by)), slice(by, count)
