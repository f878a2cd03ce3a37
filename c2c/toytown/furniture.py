"""What stands in the street: trees, cars or boats, and posts."""

from typing import Literal, Protocol

from c2c.toytown.chance import Draws
from c2c.toytown.layout import Place
from c2c.toytown.shapes import Builder, Part, Vector


class Furnished(Protocol):
    """A street that runs along y with its middle at x = 0, as furniture needs to know it."""

    @property
    def tree_places(self) -> tuple[Place, ...]:
        """Where trees may stand; x is the side's facade."""
        ...

    @property
    def kerb_places(self) -> tuple[Place, ...]:
        """Where something may be parked or moored; x is the side's facade."""
        ...

    @property
    def lane_places(self) -> tuple[Place, ...]:
        """Where something may drive or row; x is the middle of a lane."""
        ...

    @property
    def sun(self) -> Vector:
        """Unit vector towards the sun."""
        ...


def plant_trees(builder: Builder, layout: Furnished, share: float) -> None:
    """Plant trees on this share of the places."""
    for place in layout.tree_places:
        draws = Draws("tree", place.seed)
        if not draws.chance(share):
            continue
        x, y = place.x - place.side * draws.uniform(2.3, 2.6), place.y
        stem, broad, high = draws.uniform(2.9, 3.6), draws.uniform(1.6, 2.1), draws.uniform(2.0, 2.7)
        builder.box(Part.TRUNK, None, place.seed, (x - 0.14, y - 0.14, 0.0), (1, 0), 0.28, 0.28, stem + 1.0)
        builder.ellipsoid(Part.CROWN, place.seed, (x, y, stem + high), broad, high)
        lean, back = draws.uniform(-0.8, 0.8), draws.uniform(-0.9, 0.9)
        builder.ellipsoid(Part.CROWN, place.seed, (x + lean, y + back, stem + high * 0.8), broad * 0.75, high * 0.62)
        sun_x, sun_y, sun_z = layout.sun
        run = (stem + high) / sun_z
        builder.shade(x - sun_x * run, y - sun_y * run, broad, broad, crown=True)


def put_vehicles(
    builder: Builder,
    layout: Furnished,
    kind: Literal["cars", "boats"],
    parked: float,
    moving: float,
    pavement_m: float,
    kerb_m: float,
) -> None:
    """Park and drive cars, or moor and row boats."""
    put = _car if kind == "cars" else _boat
    for place in layout.kerb_places:
        if Draws("parked", place.seed).chance(parked):
            put(builder, place, place.x - place.side * (pavement_m + 1.15), -kerb_m)
    for place in layout.lane_places:
        if Draws("moving", place.seed).chance(moving):
            put(builder, place, place.x, -kerb_m)


def put_posts(
    builder: Builder, layout: Furnished, share: float, pavement_m: float, mooring: bool, kerb_m: float
) -> None:
    """Set lamp posts on the pavements, or mooring poles in the water beside them."""
    for place in layout.kerb_places:
        draws = Draws("post", place.seed)
        if not draws.chance(share):
            continue
        out, foot, height = (0.3, -kerb_m, 2.2 + draws.uniform(0, 0.8)) if mooring else (-0.35, 0.0, 4.2)
        x, y = place.x - place.side * (pavement_m + out), place.y + 3.2
        builder.box(Part.POST, Part.POST, place.seed, (x - 0.08, y, foot), (1, 0), 0.16, 0.16, height)


def _car(builder: Builder, place: Place, x: float, z: float) -> None:
    """A saloon on the right side of the road: a body, and a cabin set on it."""
    draws = Draws("car", place.seed)
    long, wide = draws.uniform(4.1, 4.7), 1.8
    seed, y = _heading(place), place.y - long / 2
    back = 0.55 if place.side > 0 else 1.35
    builder.box(Part.BODY, Part.DECK, seed, (x - wide / 2, y, z), (1, 0), wide, long, 0.9)
    builder.box(Part.CABIN, Part.DECK, seed, (x - 0.75, y + back, z + 0.9), (1, 0), 1.5, long - 1.9, 0.58)
    builder.shade(x, place.y, wide / 2, long / 2)


def _boat(builder: Builder, place: Place, x: float, z: float) -> None:
    """A small open boat: a stern, two sides that meet at the bow, a deck, and sometimes a cabin."""
    draws = Draws("boat", place.seed)
    long, wide, bow, high = draws.uniform(4.6, 6.0), 1.7, 1.8, draws.uniform(0.5, 0.65)
    y, half = place.y - long / 2, wide / 2
    straight = long - bow
    seed, up = _heading(place), (0.0, 0.0, high)
    builder.shade(x, place.y, half, long / 2)
    builder.quad(Part.BODY, seed, (x - half, y, z), (wide, 0.0, 0.0), up)
    builder.quad(Part.BODY, seed, (x + half, y, z), (0.0, straight, 0.0), up)
    builder.quad(Part.BODY, seed, (x - half, y + straight, z), (0.0, -straight, 0.0), up)
    builder.quad(Part.BODY, seed, (x + half, y + straight, z), (-half, bow, 0.0), up)
    builder.quad(Part.BODY, seed, (x, y + long, z), (-half, -bow, 0.0), up)
    builder.quad(Part.DECK, seed, (x - half, y, z + high), (wide, 0.0, 0.0), (0.0, straight, 0.0))
    builder.quad(Part.DECK, seed, (x - half, y + straight, z + high), (wide, 0.0, 0.0), (0.0, bow, 0.0), half / bow)
    if draws.chance(0.35):
        builder.box(
            Part.CABIN, Part.DECK, seed, (x - 0.55, y + straight * 0.35, z + high), (1, 0), 1.1, straight * 0.5, 0.75
        )


def _heading(place: Place) -> int:
    """The seed of what stands here; its lowest bit says that it comes towards us, for it keeps to its own side."""
    return place.seed & ~1 | (place.side < 0)
