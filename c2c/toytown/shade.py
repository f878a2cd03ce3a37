"""What keeps light away: houses between a point and the sun, trees and vehicles above the ground."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from c2c.toytown.layout import BEHIND_M
from c2c.toytown.materials import Surface

STEP_M = 0.5  # the table of roof heights that casts shadows has an entry for each of these
SHADES_M = 60.0  # farther shadows of trees and cars are too thin to be seen

Floats = NDArray[np.floating]  # float32 throughout
Sun = tuple[float, float, float]


class Shade(Protocol):
    """What keeps light away in a town."""

    def houses(self, surface: Surface, sun: Sun) -> Floats:
        """How far houses keep the sun from each point, in [0, 1]."""
        ...

    def ground(self, surface: Surface, sun: Floats, sky: Floats) -> None:
        """Take sun and sky from points of the ground under vehicles and in the shadows of trees, in place."""
        ...


@dataclass(frozen=True)
class StreetShade:
    """The shade of a single street that runs along y, seen from near its middle."""

    width_m: float
    eaves_left_m: NDArray[np.float32]  # roof heights along the main street: entry i is i steps on from its back
    eaves_right_m: NDArray[np.float32]
    shades: NDArray[np.float32]  # (K, 5): x, y, half widths, and whether it is the shadow of a crown

    def houses(self, surface: Surface, sun: Sun) -> Floats:
        """How far the main street's houses keep the sun from each point, in [0, 1]."""
        sx, sy, sz = sun
        side = 1.0 if sx > 0 else -1.0
        table = self.eaves_right_m if sx > 0 else self.eaves_left_m
        run = ((side * self.width_m / 2) - surface.x) * (1 / sx)  # towards the sun, to the row of houses
        entry = (surface.y + run * sy + BEHIND_M) * (1 / STEP_M)
        entry = np.clip(np.floor(entry), 0, len(table) - 1).astype(np.intp)
        over = table[entry] - (surface.z + run * sz)
        return np.where(run > 0.02, np.clip(over * 1.5 + 0.5, 0, 1), 0)

    def ground(self, surface: Surface, sun: Floats, sky: Floats) -> None:
        """Take light from the ground near the viewer under vehicles and in the shadows of trees, in place."""
        reach = float(surface.distance.max())
        for shade in self.shades.tolist():
            if abs(shade[1]) <= min(SHADES_M, reach):
                dim(shade, surface.x, surface.y, sun, sky)


def dim(shade: list[float], x: Floats, y: Floats, sun: Floats, sky: Floats) -> None:
    """Take light from points of the ground under one thing, in place."""
    middle_x, middle_y, half_x, half_y, crown = shade
    away_x, away_y = np.abs(x - middle_x), np.abs(y - middle_y)
    if crown:
        far = (away_x * away_x + away_y * away_y) / (half_x * half_x)
        sun *= np.clip(far * 2 - 0.9, 0.15, 1)
    else:
        far = np.maximum(away_x - half_x, away_y - half_y)
        dimmed = np.clip(far * 1.6 + 0.4, 0.25, 1)
        sun *= dimmed
        sky *= dimmed * 0.5 + 0.5
