"""How a city builds on a layout: how high, how wide, what roof, and what stands in the street. No colour here."""

from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from c2c.toytown.chance import Draws
from c2c.toytown.furniture import plant_trees, put_posts, put_vehicles
from c2c.toytown.layout import BEHIND_M, PLOT_DEPTH_M, REACH_M, Frontage, StreetLayout
from c2c.toytown.shade import STEP_M, Shade, StreetShade
from c2c.toytown.shapes import Builder, Part, Shapes


@dataclass(frozen=True)
class Massing:
    """What a city builds."""

    plots_per_house: tuple[int, int]
    floors: tuple[int, int]
    ground_floor_m: float
    floor_m: float
    roof: Literal["flat", "mansard", "pitched"]
    towers: float  # share of houses that rise on with a setback
    pavement_m: float
    kerb_m: float
    trees: float  # share of the places that are used
    vehicles: Literal["cars", "boats"]
    parked: float
    moving: float
    posts: float

    @property
    def roof_m(self) -> float:
        """How far above the eaves a roof keeps the sun away."""
        return 2.0 if self.roof == "mansard" else 0.5


MASSINGS = {
    "manhattan": Massing((2, 3), (5, 13), 4.4, 3.5, "flat", 0.45, 3.2, 0.15, 0.12, "cars", 0.45, 0.75, 0.25),
    "paris": Massing((2, 2), (5, 6), 3.8, 3.1, "mansard", 0.0, 3.4, 0.15, 0.75, "cars", 0.4, 0.3, 0.3),
    "burano": Massing((1, 1), (2, 3), 3.0, 2.8, "pitched", 0.0, 2.4, 0.75, 0.0, "boats", 0.55, 0.12, 0.5),
}


@dataclass(frozen=True)
class House:
    """One house on its ground: the left corner of its front, and what is built there."""

    x: float
    y: float
    along: tuple[int, int]
    width_m: float
    eaves_m: float  # height of the front wall
    seed: int
    open_left: bool  # the side wall stands on a street
    open_right: bool
    hidden_left_m: float = 0.0  # the neighbour hides the side wall up to here
    hidden_right_m: float = 0.0

    @property
    def inward(self) -> tuple[int, int]:
        """Unit vector from the street into the house."""
        return -self.along[1], self.along[0]


@dataclass(frozen=True)
class Town:
    """What stands on a layout, and what of it keeps light away."""

    shapes: Shapes
    bed_m: float  # level of the road or the water; houses stand at 0
    shade: Shade


def build(layout: StreetLayout, massing: Massing) -> Town:
    """The town that this massing builds on a layout."""
    builder = Builder()
    lay_ground(builder, layout, massing)
    eaves = {side: np.zeros(int((BEHIND_M + layout.end_m) / STEP_M) + 1, np.float32) for side in (-1, 1)}
    for frontage in layout.frontages:
        row = houses(frontage, massing)
        for house in row:
            raise_house(builder, house, massing)
        if frontage.along[0] == 0 and abs(frontage.x) <= layout.width_m / 2:
            _note_eaves(eaves[-1 if frontage.x < 0 else 1], row, massing.roof_m)
    plant_trees(builder, layout, massing.trees)
    put_vehicles(builder, layout, massing.vehicles, massing.parked, massing.moving, massing.pavement_m, massing.kerb_m)
    put_posts(builder, layout, massing.posts, massing.pavement_m, massing.vehicles == "boats", massing.kerb_m)
    shades = np.array(builder.shades, np.float32).reshape(-1, 5)
    return Town(builder.build(), -massing.kerb_m, StreetShade(layout.width_m, eaves[-1], eaves[1], shades))


def houses(frontage: Frontage, massing: Massing) -> list[House]:
    """The houses of a row: neighbouring plots join as the massing says."""
    groups, rest = [], list(frontage.plots)
    while rest:
        count = Draws("house", rest[0].seed).integer(*massing.plots_per_house)
        groups.append(rest[:count])
        rest = rest[count:]
    (ax, ay), heights = frontage.along, [_eaves_m(group[0].seed, massing) for group in groups]
    hidden = [0.0, *heights, 0.0]
    return [
        House(
            x=frontage.x + ax * group[0].start_m,
            y=frontage.y + ay * group[0].start_m,
            along=frontage.along,
            width_m=sum(plot.width_m for plot in group),
            eaves_m=heights[number],
            seed=group[0].seed,
            open_left=frontage.open_left and number == 0,
            open_right=frontage.open_right and number == len(groups) - 1,
            hidden_left_m=hidden[number],
            hidden_right_m=hidden[number + 2],
        )
        for number, group in enumerate(groups)
    ]


def _eaves_m(seed: int, massing: Massing) -> float:
    """Height of a house's front wall: its floors, some attic, and no two alike."""
    floors = Draws("floors", seed).integer(*massing.floors)
    return massing.ground_floor_m + (floors - 1) * massing.floor_m + Draws("eaves", seed).uniform(0.1, 0.7)


def raise_house(builder: Builder, house: House, massing: Massing) -> None:
    """Build the walls and the roof of one house."""
    height = house.eaves_m
    _walls(builder, house, massing)
    if massing.roof == "mansard":
        _mansard(builder, house, height)
    elif massing.roof == "pitched":
        _pitched(builder, house, height)
    else:
        _flat(builder, house, massing, height)


def lay_ground(builder: Builder, layout: StreetLayout, massing: Massing) -> None:
    """Lay beds and pavements; houses stand at z = 0, beds a kerb lower.

    A bed's u runs across it and its v along it; bits 0 and 1 of its seed tell of a junction at its start and end.
    """
    half, z = layout.width_m / 2, -massing.kerb_m
    edges = [-BEHIND_M, *(layout.crossing or ()), layout.end_m]
    for number, (start, stop) in enumerate(list(pairwise(edges))[::2]):
        meets = number if number else 2 * (layout.crossing is not None)
        if stop > start:
            builder.quad(Part.BED, meets, (-half, start, z), (2 * half, 0, 0), (0, stop - start, 0))
    if layout.crossing:
        start, stop = layout.crossing
        across = stop - start
        builder.quad(Part.JUNCTION, 0, (-half, start, z), (2 * half, 0, 0), (0, across, 0))
        for side in (-1, 1):
            corner = (side * half, stop if side > 0 else start, z)
            builder.quad(Part.BED, 1, corner, (0, -side * across, 0), (side * REACH_M, 0, 0))
    for frontage in layout.frontages:
        lay_pavement(builder, frontage, massing)


def lay_pavement(builder: Builder, frontage: Frontage, massing: Massing) -> None:
    """The pavement before a row, led around its open corners."""
    (ax, ay), (nx, ny) = frontage.along, frontage.outward
    broad, length = massing.pavement_m, frontage.length_m
    left, right = broad * frontage.open_left, broad * frontage.open_right
    start = (frontage.x - ax * left, frontage.y - ay * left)
    _strip(builder, massing, start, frontage.along, length + left + right)
    if left:
        back = (frontage.x - nx * PLOT_DEPTH_M, frontage.y - ny * PLOT_DEPTH_M)
        _strip(builder, massing, back, (nx, ny), PLOT_DEPTH_M, after=broad)
    if right:
        far = (frontage.x + ax * length, frontage.y + ay * length)
        _strip(builder, massing, far, (-nx, -ny), PLOT_DEPTH_M, before=broad)


def _strip(
    builder: Builder,
    massing: Massing,
    start: tuple[float, float],
    along: tuple[int, int],
    length: float,
    before: float = 0.0,
    after: float = 0.0,
) -> None:
    """A pavement before a wall that runs from `start`; its kerb goes on `before` and `after` it."""
    ax, ay = along
    broad, low = massing.pavement_m, massing.kerb_m
    x, y = start[0] + ay * broad, start[1] - ax * broad
    builder.quad(Part.PAVEMENT, 0, (x, y, 0.0), (ax * length, ay * length, 0.0), (-ay * broad, ax * broad, 0.0))
    kerb = length + before + after
    builder.quad(Part.KERB, 0, (x - ax * before, y - ay * before, -low), (ax * kerb, ay * kerb, 0.0), (0.0, 0.0, low))


def _walls(builder: Builder, house: House, massing: Massing) -> None:
    (ax, ay), (ix, iy) = house.along, house.inward
    storeys, depth, width = (massing.ground_floor_m, massing.floor_m), PLOT_DEPTH_M, house.width_m
    front, up = (ax * width, ay * width, 0.0), (0.0, 0.0, house.eaves_m)
    builder.quad(Part.FRONT, house.seed, (house.x, house.y, 0.0), front, up, storeys_m=storeys)
    back_left = (house.x + ix * depth, house.y + iy * depth)
    far = (house.x + ax * width, house.y + ay * width)
    for (x, y), way, opened, hidden in (
        (back_left, -1, house.open_left, house.hidden_left_m),
        (far, 1, house.open_right, house.hidden_right_m),
    ):
        if house.eaves_m > hidden:
            part = Part.FRONT if opened else Part.PARTY
            run, rise = (way * ix * depth, way * iy * depth, 0.0), (0.0, 0.0, house.eaves_m - hidden)
            builder.quad(part, house.seed, (x, y, hidden), run, rise, storeys_m=storeys)


def _flat(builder: Builder, house: House, massing: Massing, height: float) -> None:
    (ax, ay), (ix, iy) = house.along, house.inward
    draws = Draws("flat", house.seed)
    if not draws.chance(massing.towers):
        _water_tank(builder, house, height, draws)
        return
    setback = draws.uniform(1.5, 3.5)
    more = draws.integer(5, 14) * massing.floor_m
    width = house.width_m - 2 * setback
    x, y = (c + a * setback + i * setback for c, a, i in zip((house.x, house.y), (ax, ay), (ix, iy), strict=True))
    depth = PLOT_DEPTH_M - setback
    builder.box(Part.FRONT, None, house.seed, (x, y, height), (ax, ay), width, depth, more)
    builder.quad_marks[-4:] = [(*mark[:2], 0.4, massing.floor_m) for mark in builder.quad_marks[-4:]]


def _water_tank(builder: Builder, house: House, height: float, draws: Draws) -> None:
    """A tank on legs, as a trunk and a cabin would stand there."""
    (ax, ay), (ix, iy) = house.along, house.inward
    if house.width_m < 10 or not draws.chance(0.5):
        return
    offset, inset = house.width_m * draws.uniform(0.25, 0.6), 1.2
    x, y = house.x + ax * offset + ix * inset, house.y + ay * offset + iy * inset
    builder.box(Part.CHIMNEY, Part.CHIMNEY, house.seed, (x, y, height + 1.2), (ax, ay), 2.4, 2.4, 2.8)


def _mansard(builder: Builder, house: House, height: float) -> None:
    """A steep slope to the front, party walls beside it, a low top, and chimneys on the left party wall."""
    (ax, ay), (ix, iy) = house.along, house.inward
    rise, back = 3.2, 1.25
    along = (ax * house.width_m, ay * house.width_m, 0.0)
    foot = (house.x, house.y, height)
    builder.quad(Part.SLOPE, house.seed, foot, along, (ix * back, iy * back, rise), storeys_m=(0.0, rise))
    for at, way, opened in ((0.0, -1, house.open_left), (house.width_m, 1, house.open_right)):
        near, part = (back, Part.SLOPE) if opened else (0.0, Part.PARTY)
        start = PLOT_DEPTH_M if way < 0 else near
        corner = (house.x + ax * at + ix * start, house.y + ay * at + iy * start, height)
        deep = way * (PLOT_DEPTH_M - near)
        builder.quad(part, house.seed, corner, (ix * deep, iy * deep, 0.0), (0.0, 0.0, rise), storeys_m=(0.0, rise))
    x, y = house.x + ix * (back + 0.6), house.y + iy * (back + 0.6)
    builder.box(Part.CHIMNEY, Part.CHIMNEY, house.seed, (x, y, height + rise), (ax, ay), 0.8, 2.6, 1.5)


def _pitched(builder: Builder, house: House, height: float) -> None:
    """A ridge along the street, or for one house in four a gable to the street; and often a chimney."""
    (ax, ay), (ix, iy) = house.along, house.inward
    draws = Draws("pitched", house.seed)
    width, depth = house.width_m, PLOT_DEPTH_M
    if draws.chance(0.25):
        rise = width / 2 * 0.55
        taper = (width / 2) / rise
        foot = (house.x, house.y, height)
        builder.quad(Part.GABLE, house.seed, foot, (ax * width, ay * width, 0.0), (0.0, 0.0, rise), taper, (0.0, rise))
        far = (house.x + ax * width, house.y + ay * width, height)
        back_left = (house.x + ix * depth, house.y + iy * depth, height)
        half = width / 2
        builder.quad(Part.ROOF, house.seed, back_left, (-ix * depth, -iy * depth, 0.0), (ax * half, ay * half, rise))
        builder.quad(Part.ROOF, house.seed, far, (ix * depth, iy * depth, 0.0), (-ax * half, -ay * half, rise))
    else:
        half, rise = depth / 2, depth / 2 * 0.36
        taper = half / rise
        run = (ax * width, ay * width, 0.0)
        builder.quad(Part.ROOF, house.seed, (house.x, house.y, height), run, (ix * half, iy * half, rise))
        ends = (
            (house.x + ix * depth, house.y + iy * depth, -1, house.open_left),
            (house.x + ax * width, house.y + ay * width, 1, house.open_right),
        )
        for x, y, way, opened in ends:
            part, run = Part.GABLE if opened else Part.PARTY, (way * ix * depth, way * iy * depth, 0.0)
            builder.quad(part, house.seed, (x, y, height), run, (0.0, 0.0, rise), taper, (0.0, rise))
    if draws.chance(0.6):
        offset = width * draws.uniform(0.15, 0.7)
        x, y = house.x + ax * offset + ix * 0.5, house.y + ay * offset + iy * 0.5
        builder.box(Part.CHIMNEY, Part.CHIMNEY, house.seed, (x, y, height), (ax, ay), 0.7, 0.7, 1.7)


def _note_eaves(table: NDArray[np.float32], row: list[House], roof_m: float) -> None:
    """Enter the heights of a row of the main street, with a part of its roofs."""
    for house in row:
        ends = sorted((house.y, house.y + house.along[1] * house.width_m))
        first, last = (int((end + BEHIND_M) / STEP_M + 0.5) for end in ends)
        table[first:last] = house.eaves_m + roof_m
