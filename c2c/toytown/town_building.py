"""What a city builds on the plan of a town: beds, houses, and what stands along the streets."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from c2c.toytown.chance import Draws
from c2c.toytown.furniture import plant_trees, put_posts, put_vehicles
from c2c.toytown.grid import Street, TownPlan
from c2c.toytown.layout import Place
from c2c.toytown.massing import Massing, Town, houses, lay_pavement, raise_house
from c2c.toytown.shapes import Builder, Part, Vector
from c2c.toytown.town_shade import town_shade

SPACING_M = {"tree": 8.0, "kerb": 6.5, "lane": 13.0}
CLEAR_M = 5.0  # nothing stands nearer to a crossing, and nothing drives nearer to a stop


def build_town(plan: TownPlan, massing: Massing) -> Town:
    """What this massing builds on a plan."""
    builder = Builder()
    _lay_beds(builder, plan, massing)
    built = []
    for frontage in plan.frontages:
        lay_pavement(builder, frontage, massing)
        row = houses(frontage, massing)
        built += row
        for house in row:
            raise_house(builder, house, massing)
    for number in range(len(plan.streets)):
        _furnish(builder, plan, number, massing)
    shade = town_shade(plan.extent, built, massing.roof_m, builder.shades, plan.sun)
    return Town(builder.build(), -massing.kerb_m, shade)


def _lay_beds(builder: Builder, plan: TownPlan, massing: Massing) -> None:
    """Beds between the crossings and in them; bits 0 and 1 of a bed's seed tell of a junction at its start and end."""
    z = -massing.kerb_m
    for street in plan.streets:
        placed = PlacedBuilder(builder, street)
        half, last = street.width_m / 2, len(street.pieces) - 1
        for number, (start, stop) in enumerate(street.pieces):
            meets = (number > 0) + 2 * (number < last)
            placed.quad(Part.BED, meets, (-half, start, z), (2 * half, 0.0, 0.0), (0.0, stop - start, 0.0))
        if not street.turned:
            for start, stop in street.crossings:
                placed.quad(Part.JUNCTION, 0, (-half, start, z), (2 * half, 0.0, 0.0), (0.0, stop - start, 0.0))


class PlacedBuilder(Builder):
    """Adds shapes to another builder, moved and turned from a street of its own (x = 0 is its middle) to its place."""

    def __init__(self, target: Builder, street: Street) -> None:
        self.target, self.street = target, street
        self.quads, self.quad_marks = target.quads, target.quad_marks
        self.ellipsoids, self.ellipsoid_marks, self.shades = target.ellipsoids, target.ellipsoid_marks, target.shades

    def _point(self, point: Vector) -> Vector:
        return (*self.street.at(point[1], point[0]), point[2])

    def _way(self, vector: Vector) -> Vector:
        x, y, z = vector
        return (y, -x, z) if self.street.turned else vector

    def quad(
        self,
        part: Part,
        seed: int,
        origin: Vector,
        along: Vector,
        up: Vector,
        taper: float = 0.0,
        storeys_m: tuple[float, float] = (0.0, 0.0),
    ) -> None:
        """Add a quad, as the street has it."""
        self.target.quad(part, seed, self._point(origin), self._way(along), self._way(up), taper, storeys_m)

    def ellipsoid(self, part: Part, seed: int, centre: Vector, level_m: float, upright_m: float) -> None:
        """Add an ellipsoid of revolution around an upright axis."""
        self.target.ellipsoid(part, seed, self._point(centre), level_m, upright_m)

    def shade(self, x: float, y: float, half_x: float, half_y: float, crown: bool = False) -> None:
        """Darken the ground under a thing."""
        half = (half_y, half_x) if self.street.turned else (half_x, half_y)
        self.target.shade(*self.street.at(y, x), *half, crown)


@dataclass(frozen=True)
class _Furnished:
    """The places of one street as furniture asks for them, in the street's own frame."""

    tree_places: tuple[Place, ...]
    kerb_places: tuple[Place, ...]
    lane_places: tuple[Place, ...]
    sun: Vector


def _furnish(builder: Builder, plan: TownPlan, number: int, massing: Massing) -> None:
    """Plant trees, put vehicles and set posts along one street."""
    street, half = plan.streets[number], plan.streets[number].width_m / 2
    trees, kerbs, lanes = (tuple(_places(plan.seed, number, street, kind)) for kind in SPACING_M)
    stops = [stop.position[0 if street.turned else 1] for stop in plan.stops if stop.street == number]
    sx, sy, sz = plan.sun
    own = _Furnished(
        tree_places=tuple(replace(place, x=place.side * half) for place in trees),
        kerb_places=tuple(replace(place, x=place.side * half) for place in kerbs),
        lane_places=tuple(replace(place, x=place.side * 1.75) for place in lanes if _is_clear(place, stops)),
        sun=(-sy, sx, sz) if street.turned else plan.sun,
    )
    placed, boats = PlacedBuilder(builder, street), massing.vehicles == "boats"
    plant_trees(placed, own, massing.trees)
    put_vehicles(placed, own, massing.vehicles, massing.parked, massing.moving, massing.pavement_m, massing.kerb_m)
    put_posts(placed, own, massing.posts, massing.pavement_m, boats, massing.kerb_m)


def _is_clear(place: Place, stops: list[float]) -> bool:
    """Whether what drives here hides the street from none of these stops along it."""
    return all(abs(stop - place.y) > CLEAR_M for stop in stops)


def _places(seed: int, number: int, street: Street, kind: str) -> Iterator[Place]:
    """Where along a street things of a kind may stand, on both sides, clear of the crossings."""
    draws, step = Draws("town places", seed, number, kind), SPACING_M[kind]
    for side in (-1, 1):
        for start, stop in street.pieces:
            along = start + CLEAR_M + draws.uniform(0, step)
            while along < stop - CLEAR_M:
                yield Place(0.0, along, side, draws.bits() >> 1)
                along += step * draws.uniform(0.85, 1.25)
