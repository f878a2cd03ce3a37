"""Manhattan: tall glass and brick, window grids, yellow cabs, lane marks."""

import numpy as np

from c2c.toytown.chance import hash01
from c2c.toytown.dress.street import asphalt, cars, chimneys, greens, paving, posts
from c2c.toytown.materials import Bays, Coat, Dress, Materials, Surface, beat, fine, weathered, within
from c2c.toytown.shapes import Part

PAINTS = Materials()
BRICK = PAINTS.row("facade", "#8f4a38", "#7d4336", "#a35a40", "#6e4438", "#96705a")
LIMESTONE = PAINTS.row("facade", "#b9ad98", "#a89d8b", "#c4b8a0")
STEEL = PAINTS.row("facade", "#4c5a66", "#3d4a54", "#66727b", "#54606a")
TRIM = PAINTS.add("#cfc4ad", "facade")
CORNICE = PAINTS.row("facade", "#5e3a2e", "#d0c6b0", "#3f4a44")
IRON = PAINTS.add("#1d1f22", "facade")
GLASS = PAINTS.add("#33475a", "window", 0.5)
BLUE_GLASS = PAINTS.add("#4d7396", "window", 0.75)
LIT = PAINTS.add("#f0d79a", "window", 0.1)
BLIND = PAINTS.add("#c9c4b6", "window", 0.15)
SHOP_GLASS = PAINTS.add("#3d4348", "window", 0.4)
SIGN = PAINTS.row("facade", "#c22f2b", "#1f5fa8", "#e0a81f", "#1d7a4c", "#e8e4da", "#7a2f8a", "#1b1d20")
AWNING = PAINTS.row("facade", "#1f4d3a", "#8a1f24", "#1d2f57", "#2b2b2b")
TAR = PAINTS.row("roof", "#5b5a5a", "#6b645e")


def front(surface: Surface) -> Coat:
    """Glass, stone or brick, by the house."""
    coat = Coat.of(surface, 0)
    style = hash01(surface.seed, 40)
    for paint, mask in (
        (_curtain_wall, style < 0.34),
        (_limestone, within(style, 0.34, 0.56)),
        (_brick, style >= 0.56),
    ):
        chosen = np.flatnonzero(mask)
        if len(chosen):
            piece = paint(surface.at(chosen))
            coat.material[chosen], coat.tone[chosen] = piece.material, piece.tone
    _shops(surface, coat)
    coat.tone *= weathered(surface, 0.1)
    return coat


def _curtain_wall(surface: Surface) -> Coat:
    """Panes from floor to floor between thin mullions."""
    coat = Coat.of(surface, STEEL.of(surface.seed))
    bays = Bays.of(surface, 1.5)
    pane = (np.abs(bays.x) < bays.pitch / 2 - 0.11) & within(bays.y, 0.7, 3.4)
    tone = 0.65 + 0.7 * bays.chance(surface, 1)
    coat.put(pane, BLUE_GLASS, tone)
    coat.put(pane & (hash01(surface.seed, 41) < 0.4), GLASS, tone)
    coat.put(pane & (bays.chance(surface, 2) < 0.05), LIT)
    return coat


def _limestone(surface: Surface) -> Coat:
    """Upright piers and sunk window strips, as of the thirties."""
    coat = Coat.of(surface, LIMESTONE.of(surface.seed))
    bays = Bays.of(surface, 2.3)
    x = np.abs(bays.x)
    coat.shade(x < 0.72, 0.74)
    pane = (x < 0.6) & within(bays.y, 0.8, 2.75)
    coat.put(pane, GLASS, 0.6 + 0.6 * bays.chance(surface, 1))
    coat.put(pane & (bays.chance(surface, 2) < 0.16) & (bays.y > 1.7), BLIND)
    coat.put(surface.v > surface.height - 0.9, TRIM)
    return coat


def _brick(surface: Surface) -> Coat:
    """Brick with sash windows, sills and lintels, a cornice, and on some houses a fire escape."""
    coat = Coat.of(surface, BRICK.of(surface.seed))
    near = fine(surface, 0.09)
    course = np.floor(surface.v / 0.24).astype(np.int32)
    odd = hash01(course, np.floor(surface.u / 0.5).astype(np.int32), 2) - 0.5
    coat.tone *= 1 + 0.3 * odd * fine(surface, 0.25)
    coat.shade(beat(surface.v, 0.24) < 0.16, 1 + 0.3 * near)
    bays = Bays.of(surface, 2.7)
    x, y = np.abs(bays.x), bays.y
    coat.put((x < 0.78) & (within(y, 0.68, 0.86) | within(y, 2.66, 2.94)), TRIM, 0.9)
    coat.put((x < 0.62) & within(y, 0.86, 2.66), TRIM, 0.75)
    pane = (x < 0.52) & within(y, 0.94, 2.58) & (np.abs(y - 1.74) > 0.05)
    coat.put(pane, GLASS, 0.6 + 0.6 * bays.chance(surface, 1))
    coat.put(pane & (bays.chance(surface, 2) < 0.25) & (y > 1.74), BLIND)
    coat.put(pane & (bays.chance(surface, 3) < 0.06), LIT)
    _fire_escape(surface, bays, coat)
    coat.put(surface.v > surface.height - 0.8, CORNICE.of(surface.seed))
    coat.shade(within(surface.v, surface.height - 1.0, surface.height - 0.8), 0.6)
    return coat


def _fire_escape(surface: Surface, bays: Bays, coat: Coat) -> None:
    has = (hash01(surface.seed, 44) < 0.6) & (bays.column % 3 == 1) & (bays.storey > 0)
    platform = within(bays.y, 0.42, 0.62) | within(bays.y, 1.3, 1.4)
    rails = within(bays.y, 0.5, 1.3) & (beat(surface.u, 0.3) < 0.25)
    flip = np.where(bays.storey % 2 == 0, bays.x, -bays.x)
    ladder = np.abs(bays.y - 0.5 - (flip + 0.9) * 1.7) < 0.2
    coat.put(has & (np.abs(bays.x) < 1.1) & (platform | rails | ladder), IRON)


def _shops(surface: Surface, coat: Coat) -> None:
    """A shop with a sign, or a lobby with a canopy, in each bay of the ground floor."""
    bays = Bays.of(surface, 5.5)
    ground = (bays.storey == 0) & (surface.ground_floor > 2)
    y = surface.v
    salt = surface.seed + bays.column.astype(np.uint32)
    inside = np.abs(bays.x) < bays.pitch / 2 - 0.3
    coat.put(ground, LIMESTONE.of(surface.seed), 0.7)
    coat.put(ground & inside & (y < 3.0), SHOP_GLASS, 0.7 + 1.1 * bays.chance(surface, 4))
    coat.put(ground & inside & (y < 2.8) & (bays.chance(surface, 5) < 0.4), LIT, 0.75)
    coat.put(ground & inside & (beat(surface.u, 1.4) < 0.08) & (y < 3.0), IRON)
    coat.put(ground & inside & within(y, 3.0, 3.75), SIGN.of(salt))
    canopy = ground & inside & (bays.chance(surface, 7) < 0.35) & within(y, 2.4, 3.2)
    coat.put(canopy, AWNING.of(salt))
    coat.put(within(y, surface.ground_floor - 0.3, surface.ground_floor) & ground, TRIM, 0.8)


def party(surface: Surface) -> Coat:
    """Bare brick, with a few small windows and perhaps a painted sign gone pale."""
    coat = Coat.of(surface, BRICK.of(surface.seed))
    coat.tone *= 0.92
    sign = hash01(surface.seed, 50) < 0.3
    middle = np.abs(surface.u / surface.width - 0.5) < 0.3
    coat.put(sign & middle & within(surface.v / surface.height, 0.55, 0.85), SIGN.of(surface.seed), 0.55)
    coat.tone *= weathered(surface, 0.25)
    return coat


def roof(surface: Surface) -> Coat:
    """Tar."""
    coat = Coat.of(surface, TAR.of(surface.seed))
    coat.tone *= weathered(surface, 0.15)
    return coat


def slope(surface: Surface) -> Coat:
    """Copper gone dark, with windows: a mansard as New York builds it."""
    coat = Coat.of(surface, TAR.of(surface.seed))
    bays = Bays.of(surface, 2.7)
    pane = (np.abs(bays.x) < 0.6) & within(surface.v, 0.6, 2.4)
    coat.put(pane, GLASS, 0.7 + 0.5 * bays.chance(surface, 3))
    coat.tone *= weathered(surface, 0.15)
    return coat


MANHATTAN = Dress(
    name="manhattan",
    painters={
        Part.FRONT: front,
        Part.GABLE: party,
        Part.PARTY: party,
        Part.SLOPE: slope,
        Part.ROOF: roof,
        **chimneys(PAINTS, "#7d5a40", "#4a3d33"),
        **asphalt(PAINTS, "#5e5f63", "#e2b32e"),
        **paving(PAINTS, "#a9a7a2", "#bdbab3", (1.5, 1.5)),
        **greens(PAINTS, "#4f4438", "#5b8038", "#6d8f3c", "#4c7338"),
        **cars(PAINTS, PAINTS.row("vehicle", "#17191c", "#c9ccce", "#5a6066", "#7a1d1d", "#20334f"), "#f5b916", 0.55),
        **posts(PAINTS, "#3c4043", "#e9e4cf", "facade"),
    },
    materials=tuple(PAINTS.table),
    zenith="#5f97d6",
    horizon="#d6e2ea",
    clouds=0.6,
)
