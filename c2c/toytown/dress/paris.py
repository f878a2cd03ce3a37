"""Paris: cream stone, tall windows, dark balconies on floors two and five, zinc mansards with dormers, trees."""

import numpy as np

from c2c.toytown.chance import hash01
from c2c.toytown.dress.street import asphalt, cars, chimneys, greens, paving, posts
from c2c.toytown.materials import Bays, Coat, Dress, Materials, Surface, beat, fine, weathered, within
from c2c.toytown.shapes import Part

PAINTS = Materials()
STONE = PAINTS.row("facade", "#e2d2ad", "#dccaa4", "#e6d8b8", "#d6c5a2", "#dfcdaa")
TRIM = PAINTS.add("#f0e6cc", "facade")
PLASTER = PAINTS.row("facade", "#d8cdb6", "#cfc4ae", "#ddd0b4")
IRON = PAINTS.add("#23262b", "facade")
GLASS = PAINTS.add("#2c3a48", "window", 0.5)
FRAME = PAINTS.add("#f1efe8", "window")
CURTAIN = PAINTS.add("#cfc9bb", "window", 0.15)
SHUTTER = PAINTS.row("facade", "#c9ccc6", "#b9bfc0", "#d9d4c6")
SHOP = PAINTS.row("facade", "#1f3d34", "#5c1f26", "#20304f", "#3a2a20", "#14181c", "#6b4a1e")
AWNING = PAINTS.row("facade", "#a8322d", "#2f6b4f", "#e8d9b5", "#294a7a", "#c98a2b")
SHOP_GLASS = PAINTS.add("#4a5054", "window", 0.4)
ZINC = PAINTS.row("roof", "#7b8794", "#727f8d", "#838d98")
ZINC_TRIM = PAINTS.add("#a9b3bc", "roof")


def front(surface: Surface) -> Coat:
    """Cut stone with window bays; a shop on the ground floor."""
    coat = Coat.of(surface, STONE.of(surface.seed))
    bays = Bays.of(surface, 2.6)
    x, y = np.abs(bays.x), bays.y
    upper, near = bays.storey > 0, fine(surface, 0.3)
    coat.shade(beat(surface.v, 0.45) < 0.1, 1 - 0.16 * near)
    coat.put(upper & (y < 0.16), TRIM)
    _windows(surface, bays, coat)
    balcony = (bays.storey == 1) | (bays.storey == 4)
    bars = beat(surface.u, 0.26) < 0.55
    coat.shade(balcony & within(y, 0.98, 1.6) & (x > 0.6), 0.86)
    rail = within(y, 0.88, 1.0) | within(y, 0.0, 0.16) | (within(y, 0.1, 0.9) & (bars | (near < 0.5)))
    coat.put(balcony & rail, IRON)
    guard = upper & ~balcony & (x < 0.66)
    coat.put(guard & (within(y, 0.78, 0.88) | (within(y, 0.16, 0.8) & (beat(surface.u, 0.3) < 0.5))), IRON)
    _shops(surface, bays, coat)
    coat.put(surface.v > surface.height - 0.45, TRIM)
    coat.shade(within(surface.v, surface.height - 0.62, surface.height - 0.45), 0.6)
    coat.shade((surface.u < 0.1) | (surface.u > surface.width - 0.1), 0.78)
    coat.tone *= weathered(surface)
    return coat


def _windows(surface: Surface, bays: Bays, coat: Coat) -> None:
    x, y = np.abs(bays.x), bays.y
    upper = bays.storey > 0
    tall = upper & within(y, 0.12, 2.42)
    coat.put(upper & (x < 0.82) & within(y, 0.0, 2.66), TRIM)
    louvred = tall & (hash01(surface.seed, 21) < 0.45) & within(x, 0.6, 1.08)
    coat.put(louvred, SHUTTER.of(surface.seed, 3), 0.9)
    coat.put(tall & (x < 0.6), FRAME)
    lights = tall & within(x, 0.05, 0.5) & within(y, 0.22, 2.32) & (np.abs(y - 1.75) > 0.05)
    coat.put(lights, GLASS, 0.7 + 0.6 * bays.chance(surface, 1))
    coat.put(lights & (bays.chance(surface, 2) < 0.3), CURTAIN, 0.85)


def _shops(surface: Surface, bays: Bays, coat: Coat) -> None:
    ground, y = bays.storey == 0, surface.v
    shop = ground & (hash01(surface.seed, 8) < 0.75)
    coat.put(shop & (y < 3.4), SHOP.of(surface.seed))
    pane = shop & (np.abs(bays.x) < bays.pitch / 2 - 0.22) & within(y, 0.6, 2.6)
    coat.put(pane, SHOP_GLASS, 0.7 + 0.9 * bays.chance(surface, 4))
    awning = shop & (hash01(surface.seed, 12) < 0.6) & within(y, 2.3, 3.0)
    coat.put(awning, AWNING.of(surface.seed), 1.1 - (y - 2.3) * 0.35)
    door = ground & ~shop & (np.abs(bays.x) < 0.75) & (y < 2.8)
    coat.put(door, GLASS)
    coat.put(door & (bays.column % 3 == 1), SHOP.of(surface.seed))
    coat.shade(within(y, surface.ground_floor - 0.4, surface.ground_floor - 0.3), 0.7)


def party(surface: Surface) -> Coat:
    """Plaster, with the faint lines of old flues."""
    coat = Coat.of(surface, PLASTER.of(surface.seed))
    coat.shade(beat(surface.u, 2.7) < 0.12, 0.88)
    coat.tone *= weathered(surface, 0.22)
    return coat


def slope(surface: Surface) -> Coat:
    """Zinc with upright seams, and a dormer over each bay."""
    coat = Coat.of(surface, ZINC.of(surface.seed))
    coat.shade(beat(surface.u, 0.65) < 0.12, 1 - 0.3 * fine(surface, 0.25))
    bays = Bays.of(surface, 2.6)
    x, y = np.abs(bays.x), surface.v
    coat.put(within(y, 0.45, 2.55) & (x < 0.72), TRIM)
    coat.put(within(y, 2.4, 2.75) & (x < 0.85 - (y - 2.4)), ZINC_TRIM)
    coat.put(within(y, 0.6, 2.3) & (x < 0.48), GLASS, 0.7 + 0.6 * bays.chance(surface, 3))
    coat.put(within(y, 0.6, 2.3) & (x < 0.05), FRAME)
    coat.put(y > surface.height - 0.22, ZINC_TRIM)
    coat.shade(within(x, 0.72, 0.95) & within(y, 0.4, 2.4), 0.72)
    coat.tone *= weathered(surface, 0.1)
    return coat


def roof(surface: Surface) -> Coat:
    """Plain zinc with seams."""
    coat = Coat.of(surface, ZINC.of(surface.seed))
    coat.shade(beat(surface.u, 0.65) < 0.12, 1 - 0.3 * fine(surface, 0.25))
    coat.tone *= weathered(surface, 0.1)
    return coat


PARIS = Dress(
    name="paris",
    painters={
        Part.FRONT: front,
        Part.GABLE: party,
        Part.PARTY: party,
        Part.SLOPE: slope,
        Part.ROOF: roof,
        **chimneys(PAINTS, "#b7a58a", "#b5653f"),
        **asphalt(PAINTS, "#77767a", None),
        **paving(PAINTS, "#b4afa5", "#cfcabd", (1.0, 0.6)),
        **greens(PAINTS, "#5d4e3c", "#5f8a36", "#6c9440", "#547f37"),
        **cars(PAINTS, PAINTS.row("vehicle", "#2f3338", "#8f979d", "#d9dbdc", "#6b1f24", "#1f3557", "#4a5a4a")),
        **posts(PAINTS, "#1f2a26", "#f4e9c4", "facade"),
    },
    materials=tuple(PAINTS.table),
    zenith="#6f9fd0",
    horizon="#cfdfea",
    clouds=0.75,
)
