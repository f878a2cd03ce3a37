"""What more than one city has in its streets: asphalt and its marks, pavements, trees, cars and boats, posts."""

import numpy as np

from c2c.toytown.chance import hash01, noise
from c2c.toytown.materials import ClassName, Coat, Materials, Painter, Row, Surface, beat, fine, weathered, within
from c2c.toytown.shapes import Part


def greens(materials: Materials, bark: str, *leaves: str) -> dict[Part, Painter]:
    """Painters of trees."""
    stem, crown = materials.add(bark, "tree"), materials.row("tree", *leaves)

    def trunk(surface: Surface) -> Coat:
        coat = Coat.of(surface, stem)
        coat.tone *= 0.8 + 0.4 * hash01(np.floor(surface.v * 7).astype(np.int32), surface.seed)
        return coat

    def foliage(surface: Surface) -> Coat:
        coat = Coat.of(surface, crown.of(surface.seed))
        cells = [np.floor(c * 4.5).astype(np.int32) for c in (surface.x, surface.y, surface.z)]
        leafy = noise(surface.x * 2 + surface.z, surface.y * 2 + surface.z * 1.3, 9)
        coat.tone *= 0.5 + 0.55 * leafy + 0.4 * hash01(*cells)
        return coat

    return {Part.TRUNK: trunk, Part.CROWN: foliage}


def paving(materials: Materials, slab: str, kerb: str, slab_m: tuple[float, float]) -> dict[Part, Painter]:
    """Painters of pavements laid in slabs, and of their kerbs."""
    stone, edge = materials.add(slab, "pavement"), materials.add(kerb, "pavement")

    def pavement(surface: Surface) -> Coat:
        coat = Coat.of(surface, stone)
        column = np.floor(surface.u / (slab_m[0]))
        row = np.floor(surface.v / (slab_m[1]))
        odd = hash01(column.astype(np.int32), row.astype(np.int32), 3)
        near = fine(surface, 0.25)
        coat.tone *= 1 + (odd - 0.5) * 0.22 * near
        joint = (beat(surface.u, slab_m[0]) < 0.04) | (beat(surface.v, slab_m[1]) < 0.05)
        coat.shade(joint, 1 - 0.28 * near)
        coat.put(surface.v < 0.28, edge)
        coat.tone *= weathered(surface, 0.12)
        coat.shade(surface.v > surface.height - 0.35, 0.82)
        return coat

    def upright(surface: Surface) -> Coat:
        coat = Coat.of(surface, edge)
        coat.tone *= 0.75 + 0.25 * np.clip(surface.v / surface.height, 0, 1)
        return coat

    return {Part.PAVEMENT: pavement, Part.KERB: upright}


def asphalt(materials: Materials, colour: str, middle: str | None, crossing_bars: bool = True) -> dict[Part, Painter]:
    """Painters of a road: marks along its middle and sides, and zebra stripes where it meets a junction."""
    tar, white = materials.add(colour, "road"), materials.add("#e4e2d8", "road")
    line = white if middle is None else materials.add(middle, "road")

    def plain(surface: Surface) -> Coat:
        coat = Coat.of(surface, tar)
        patches = noise(surface.x * 0.35, surface.y * 0.2, 4)
        grain = hash01(np.floor(surface.x * 8).astype(np.int32), np.floor(surface.y * 8).astype(np.int32))
        coat.tone *= 0.86 + 0.22 * patches + 0.12 * grain * fine(surface, 0.12)
        return coat

    def road(surface: Surface) -> Coat:
        coat = plain(surface)
        x = surface.u - surface.width / 2
        starts, ends = (surface.seed & 1) > 0, (surface.seed & 2) > 0
        before = np.where(starts, surface.v, 99)
        after = np.where(ends, surface.height - surface.v, 99)
        gap = np.minimum(before, after)
        clear = gap > 8
        if middle is None:
            coat.put(clear & (np.abs(x) < 0.09) & (beat(surface.v, 6.0) < 0.5), line)
        else:
            coat.put(clear & within(np.abs(x), 0.10, 0.24), line)
            lane = within(np.abs(np.abs(x) - surface.width / 4 + 0.4), 0, 0.08)
            coat.put(clear & lane & (beat(surface.v, 6.0) < 0.45), white)
        inside = np.abs(x) < surface.width / 2 - 3
        if crossing_bars:
            coat.put(inside & within(gap, 3.6, 6.4) & (beat(x, 1.1, 0.28) < 0.5), white)
        coat.put(inside & within(gap, 7.2, 7.6), white)
        return coat

    return {Part.BED: road, Part.JUNCTION: plain}


def cars(materials: Materials, bodies: Row, cabs: str | None = None, share: float = 0.0) -> dict[Part, Painter]:
    """Painters that make a car of whatever stands in the street; `share` of them are cabs of that colour."""
    dark, glass = materials.add("#15171a", "vehicle"), materials.add("#26333d", "vehicle", 0.55)
    lamp, tail = materials.add("#fff3cf", "vehicle"), materials.add("#b3201c", "vehicle")
    chrome = materials.add("#9a9da1", "vehicle")
    cab = materials.add(cabs, "vehicle", 0.12) if cabs else None

    def paint(surface: Surface) -> Coat:
        coat = Coat.of(surface, bodies.of(surface.seed))
        if cab is not None:
            coat.put(hash01(surface.seed, 5) < share, cab)
        return coat

    def body(surface: Surface) -> Coat:
        coat = paint(surface)
        u, v, long = surface.u, surface.v / surface.height, surface.width
        side = long > 2.5
        edge = np.minimum(u, long - u)
        coat.put(side & within(v, 0.5, 0.55), chrome)
        coat.put(v < 0.2, dark)
        wheel_x, wheel_y = edge - 0.85, surface.v - 0.3
        wheel = wheel_x * wheel_x + wheel_y * wheel_y
        coat.put(side & (wheel < 0.13), dark)
        coat.put(side & (wheel < 0.03), chrome)
        lights = ~side & (edge < 0.42) & (edge > 0.08) & within(v, 0.52, 0.74)
        coat.put(lights, tail)
        coat.put(lights & ((surface.seed & 1) > 0), lamp)
        coat.put(~side & (edge > 0.6) & within(v, 0.34, 0.48), chrome)
        return coat

    def deck(surface: Surface) -> Coat:
        coat = paint(surface)
        coat.tone *= 1.05
        return coat

    def cabin(surface: Surface) -> Coat:
        coat = paint(surface)
        u, v, long = surface.u, surface.v / surface.height, surface.width
        pane = within(v, 0.14, 0.86) & (u > 0.1) & (u < long - 0.1)
        pane &= (long < 1.8) | (np.abs(u - long / 2) > 0.05)
        coat.put(pane, glass)
        return coat

    return {Part.BODY: body, Part.DECK: deck, Part.CABIN: cabin}


def boats(materials: Materials, hulls: Row) -> dict[Part, Painter]:
    """Painters that make a boat of whatever stands in the street."""
    wood, plank = materials.add("#b98a55", "boat"), materials.add("#7a5432", "boat")
    white, glass = materials.add("#eeece4", "boat"), materials.add("#2b3d48", "boat", 0.5)

    def body(surface: Surface) -> Coat:
        coat = Coat.of(surface, hulls.of(surface.seed))
        v = surface.v / surface.height
        coat.put(v > 0.8, wood)
        coat.put(within(v, 0.66, 0.8), white)
        coat.shade(v < 0.2, 0.6)
        return coat

    def deck(surface: Surface) -> Coat:
        coat = Coat.of(surface, wood)
        edge = np.minimum(surface.u, surface.width - surface.u)
        hold = (edge > 0.2) & (surface.v > 0.35)
        coat.put(hold, plank)
        coat.shade(hold & (beat(surface.v, 0.9) < 0.62), 0.55)
        coat.put(hold & within(beat(surface.v, 1.8), 0.4, 0.55), wood)
        return coat

    def cabin(surface: Surface) -> Coat:
        coat = Coat.of(surface, white)
        edge = np.minimum(surface.u, surface.width - surface.u)
        coat.put((edge > 0.14) & within(surface.v / surface.height, 0.3, 0.8), glass)
        return coat

    return {Part.BODY: body, Part.DECK: deck, Part.CABIN: cabin}


def chimneys(materials: Materials, stack: str, pot: str) -> dict[Part, Painter]:
    """Painters of chimneys with a rim of another colour."""
    bricks, rim = materials.add(stack, "roof"), materials.add(pot, "roof")

    def chimney(surface: Surface) -> Coat:
        coat = Coat.of(surface, bricks)
        coat.put(surface.v > surface.height - 0.35, rim)
        coat.tone *= weathered(surface, 0.2)
        return coat

    return {Part.CHIMNEY: chimney}


def posts(
    materials: Materials, colour: str, head: str, kind: ClassName, stripe: str | None = None
) -> dict[Part, Painter]:
    """Painters of posts: a shaft, striped or plain, with a light or a cap at its top."""
    shaft, top = materials.add(colour, kind), materials.add(head, kind)
    band = materials.add(stripe, kind) if stripe else None

    def post(surface: Surface) -> Coat:
        coat = Coat.of(surface, shaft)
        if band is not None:
            coat.put(beat(surface.v + surface.u, 0.7) < 0.5, band)
        coat.put(surface.v > surface.height - 0.35, top)
        return coat

    return {Part.POST: post}
