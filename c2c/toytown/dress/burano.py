"""Burano: saturated house colours, white window frames, green shutters, tiled roofs, and a canal for a road."""

import numpy as np

from c2c.toytown.chance import hash01, noise
from c2c.toytown.dress.street import boats, chimneys, greens, paving, posts
from c2c.toytown.materials import Bays, Coat, Dress, Materials, Surface, beat, fine, weathered, within
from c2c.toytown.shapes import Part

PAINTS = Materials()
WALL = PAINTS.row(
    "facade", "#d8433b", "#e9a21f", "#2e7fc1", "#3d9a63", "#d65c93", "#f0cf3a", "#7d55a8", "#e4763a", "#35a9b0"
)
WHITE = PAINTS.add("#f4f1e8", "facade")
FRAME = PAINTS.add("#f7f5ee", "window")
GLASS = PAINTS.add("#3a4a52", "window", 0.4)
SHUTTER = PAINTS.row("facade", "#1f5c3d", "#256b45", "#1c5140")
DOOR = PAINTS.row("facade", "#5a3a22", "#1f5c3d", "#7a2a22", "#2a4a6a")
CURTAIN = PAINTS.row("facade", "#e9e2d0", "#7fb2c9", "#d9a441", "#c96a5a")
BARE = PAINTS.add("#c4ab94", "facade")
PLINTH = PAINTS.add("#b9b3a6", "facade")
LAUNDRY = PAINTS.row("facade", "#f4f4f0", "#d94a3f", "#3f7fc0", "#f0cf5a", "#f4f4f0")
TILE = PAINTS.row("roof", "#b8623f", "#a85637", "#c06e48")
GUTTER = PAINTS.add("#7a5b48", "roof")
WATER = PAINTS.add("#3f7f78", "water")


def front(surface: Surface) -> Coat:
    """One colour a house, white frames, green shutters, a door, and here and there the washing."""
    coat = Coat.of(surface, WALL.of(surface.seed))
    coat.tone *= 0.92 + 0.14 * hash01(surface.seed, 9)
    bays = Bays.of(surface, 2.5)
    x, y = np.abs(bays.x), bays.y
    door = (bays.storey == 0) & (bays.column == np.floor(hash01(surface.seed, 6) * 2).astype(np.int32))
    window = ~door & (y < bays.height - 0.4)
    _windows(surface, bays, coat, window)
    coat.put(door & (x < 0.66) & (y < 2.36), WHITE)
    coat.put(door & (x < 0.5) & (y < 2.2), DOOR.of(surface.seed))
    coat.put(door & (x < 0.5) & (y < 2.2) & (hash01(surface.seed, 10) < 0.5), CURTAIN.of(surface.seed), 0.95)
    _laundry(surface, bays, coat)
    _salt(surface, coat)
    coat.put(surface.v < 0.4, PLINTH)
    coat.put(within(surface.v, surface.height - 0.42, surface.height - 0.2), WHITE)
    coat.put(surface.v > surface.height - 0.2, GUTTER)
    coat.shade((surface.u < 0.07) | (surface.u > surface.width - 0.07), 0.75)
    coat.tone *= weathered(surface, 0.12)
    return coat


def _windows(surface: Surface, bays: Bays, coat: Coat, window: np.ndarray) -> None:
    x, y = np.abs(bays.x), bays.y
    low, high = 0.85, 2.25
    coat.put(window & (x < 0.62) & within(y, low - 0.16, high + 0.14), WHITE)
    coat.put(window & (x < 0.48) & within(y, low, high), FRAME)
    pane = window & within(x, 0.05, 0.42) & within(y, low + 0.07, high - 0.07)
    coat.put(pane, GLASS, 0.7 + 0.6 * bays.chance(surface, 1))
    closed = bays.chance(surface, 2) < 0.22
    shutter = window & within(y, low - 0.05, high + 0.05) & np.where(closed, x < 0.5, within(x, 0.54, 1.02))
    slats = 1 - 0.25 * fine(surface, 0.12) * (beat(y, 0.14) < 0.4)
    coat.put(shutter, SHUTTER.of(surface.seed), slats)
    coat.put(window & (x < 0.75) & within(y, low - 0.28, low - 0.12), WHITE, 0.9)


def _salt(surface: Surface, coat: Coat) -> None:
    """Plaster gone pale, or fallen off the bricks, where the damp climbs."""
    climb = noise(surface.u * 0.9, surface.v * 0.6, surface.seed.astype(np.int32))
    climb = climb * 1.5 - surface.v
    wall = coat.material == WALL.of(surface.seed)
    coat.shade(wall & (climb > 0), 1.22)
    coat.put(wall & (climb > 0.45), BARE)


def _laundry(surface: Surface, bays: Bays, coat: Coat) -> None:
    """Washing on a line below the windows of some upper floors."""
    line = (bays.storey == 1) & (hash01(surface.seed, 31) < 0.3)
    piece = np.floor(surface.u / 0.55).astype(np.int32)
    hangs = hash01(surface.seed, piece, 4)
    cloth = line & (beat(surface.u, 0.55) < 0.8) & within(bays.y, 0.62 - hangs * 0.75, 0.62)
    coat.put(cloth & (hangs > 0.25), LAUNDRY.of(surface.seed + piece.astype(np.uint32)))


def gable(surface: Surface) -> Coat:
    """The wall goes on into the gable, with a small round window and a white edge."""
    coat = Coat.of(surface, WALL.of(surface.seed))
    coat.tone *= 0.92 + 0.14 * hash01(surface.seed, 9)
    x = surface.u - surface.width / 2
    y = surface.v - surface.height * 0.4
    ring = x * x + y * y
    coat.put(ring < 0.2, WHITE)
    coat.put(ring < 0.1, GLASS)
    slant = surface.height - surface.v - np.abs(x) * surface.height / (surface.width / 2)
    coat.put(slant < 0.28, GUTTER)
    return coat


def party(surface: Surface) -> Coat:
    """The house's own colour, a little paler."""
    coat = Coat.of(surface, WALL.of(surface.seed))
    coat.tone *= weathered(surface, 0.3)
    return coat


def roof(surface: Surface) -> Coat:
    """Rows of round tiles."""
    coat = Coat.of(surface, TILE.of(surface.seed))
    near = fine(surface, 0.25)
    coat.tone *= 1 - 0.35 * near * (beat(surface.u, 0.45) < 0.3)
    row = np.floor(surface.v / 0.4).astype(np.int32)
    column = np.floor(surface.u / 0.45).astype(np.int32)
    coat.tone *= 1 + 0.35 * near * (hash01(row, column) - 0.5)
    coat.tone *= weathered(surface, 0.15)
    return coat


def slope(surface: Surface) -> Coat:
    """A steep tiled roof; its dormers keep their white frames and green shutters."""
    coat = roof(surface)
    bays = Bays.of(surface, 2.6)
    x, y = np.abs(bays.x), surface.v
    coat.put(within(y, 0.5, 2.4) & (x < 0.6), WHITE)
    coat.put(within(y, 0.7, 2.2) & (x < 0.45), GLASS)
    coat.put(within(y, 0.6, 2.3) & within(x, 0.5, 0.95), SHUTTER.of(surface.seed))
    return coat


def canal(surface: Surface) -> Coat:
    """Green lagoon water; what it mirrors is added when the view is rendered."""
    coat = Coat.of(surface, WATER)
    ripple = noise(surface.x * 1.6, surface.y * 3.2, 7)
    broad = noise(surface.x * 0.2, surface.y * 0.15, 8)
    coat.tone *= 0.75 + 0.3 * ripple * fine(surface, 0.3) + 0.25 * broad
    return coat


BURANO = Dress(
    name="burano",
    painters={
        Part.FRONT: front,
        Part.GABLE: gable,
        Part.PARTY: party,
        Part.SLOPE: slope,
        Part.ROOF: roof,
        Part.BED: canal,
        Part.JUNCTION: canal,
        **chimneys(PAINTS, "#d9c7a8", "#a5553a"),
        **paving(PAINTS, "#b9b1a3", "#d8d3c7", (0.9, 0.5)),
        **greens(PAINTS, "#5d4e3c", "#5f8a36", "#6c9440", "#547f37"),
        **boats(PAINTS, PAINTS.row("boat", "#1f5fa0", "#d8d4c8", "#a8322d", "#2f7a5a", "#e0b23a", "#27424f")),
        **posts(PAINTS, "#8a6a48", "#e8e2d2", "boat", "#5e452e"),
    },
    materials=tuple(PAINTS.table),
    zenith="#4f97dc",
    horizon="#d3e6f0",
    clouds=0.45,
)
