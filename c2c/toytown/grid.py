"""The plan of a town that knows no city: a grid of streets, the rows of plots between them, and where a car stopped.

x runs along the streets that are `turned`, y along the others; (0, 0) is the crossing in the middle. Around the
outermost crossings every street goes on for a stub and is closed by a row of houses, as a street of its own is.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from c2c.toytown.chance import Draws
from c2c.toytown.layout import EYE_HEIGHT_M, PLOT_DEPTH_M, Frontage, row_of_plots, sun_of

SPACING_M = 12.0  # from one panorama to the next, about
STUB_M = 38.0  # how far a street goes on past the outermost crossing
CLOSED_M = 12.0  # no panorama stands nearer to the row that closes a street
Pair = tuple[float, float]


@dataclass(frozen=True)
class Street:
    """A street from one end of the town to the other."""

    middle_m: float  # its x, or its y where it runs along x
    width_m: float  # from facade to facade
    turned: bool  # runs along x
    low_m: float  # where the rows that close it stand
    high_m: float
    crossings: tuple[Pair, ...]  # from edge to edge of each street that crosses it, in order

    @property
    def edges(self) -> Pair:
        """Where its facades stand."""
        return self.middle_m - self.width_m / 2, self.middle_m + self.width_m / 2

    @property
    def pieces(self) -> tuple[Pair, ...]:
        """What of it lies between the crossings, the stubs included."""
        ends = [self.low_m, *(edge for crossing in self.crossings for edge in crossing), self.high_m]
        return tuple(pairwise(ends))[::2]

    def at(self, along_m: float, aside_m: float = 0.0) -> Pair:
        """The point (x, y) so far along it and so far to the right of its middle."""
        return (along_m, self.middle_m - aside_m) if self.turned else (self.middle_m + aside_m, along_m)


@dataclass(frozen=True)
class Stop:
    """Where the car that took the panoramas stopped."""

    position: tuple[float, float, float]  # of the camera, in metres
    yaw_deg: float  # the middle of the panorama, clockwise from y
    street: int  # an index into the plan's streets
    links: tuple[int, ...]  # the stops that can be seen next, as indices into the plan's stops


@dataclass(frozen=True)
class TownPlan:
    """A town without a city."""

    seed: int
    streets: tuple[Street, ...]  # those along y, then the turned ones
    frontages: tuple[Frontage, ...]
    stops: tuple[Stop, ...]  # the first is the crossing in the middle
    sun: tuple[float, float, float]  # unit vector towards the sun

    @classmethod
    def from_seed(cls, seed: int, stops: int) -> "TownPlan":
        """The town of this seed with room for so many panoramas: equal arguments give equal towns, on any machine."""
        streets = _streets(seed, *_crossings_for(seed, stops))
        return cls(
            seed=seed,
            streets=streets,
            frontages=tuple(_frontages(seed, streets)),
            stops=_stops(seed, streets, stops),
            sun=sun_of(Draws("town sun", seed)),
        )

    @property
    def extent(self) -> tuple[float, float, float, float]:
        """Between which x, and which y, the streets lie: low and high x, low and high y."""
        along = next(street for street in self.streets if street.turned)
        upward = next(street for street in self.streets if not street.turned)
        return along.low_m, along.high_m, upward.low_m, upward.high_m


def _crossings_for(seed: int, stops: int) -> tuple[int, int]:
    """The fewest streets along y and along x that have room for so many stops."""
    columns, rows = 1, 1
    while len(_graph(seed, _streets(seed, columns, rows))[0]) < stops:
        columns, rows = (columns, rows + 1) if columns > rows else (columns + 1, rows)
    return columns, rows


def _streets(seed: int, columns: int, rows: int) -> tuple[Street, ...]:
    across, upward = _middles(seed, "x", columns), _middles(seed, "y", rows)
    return (*_parallel(across, upward, turned=False), *_parallel(upward, across, turned=True))


def _middles(seed: int, axis: str, count: int) -> list[Pair]:
    """Middle and width of each street of one direction; the middle one lies at 0."""
    draws = Draws("town streets", seed, axis)
    places, at = [], 0.0
    for _ in range(count):
        width = draws.uniform(13.5, 17.5)
        places.append((at, width))
        at += width / 2 + draws.uniform(40.0, 52.0) + 8.0
    middle = places[count // 2][0]
    return [(place - middle, width) for place, width in places]


def _parallel(own: list[Pair], others: list[Pair], turned: bool) -> Iterator[Street]:
    crossings = tuple((middle - width / 2, middle + width / 2) for middle, width in others)
    for middle, width in own:
        yield Street(middle, width, turned, crossings[0][0] - STUB_M, crossings[-1][1] + STUB_M, crossings)


def _frontages(seed: int, streets: tuple[Street, ...]) -> Iterator[Frontage]:
    """The rows of every block, and those that close the streets."""
    upright = [street for street in streets if not street.turned]
    turned = [street for street in streets if street.turned]
    for column, (left, right) in enumerate(turned[0].pieces):
        for row, (low, high) in enumerate(upright[0].pieces):
            sides = (column > 0, column < len(upright), row > 0, row < len(turned))
            yield from _block(seed, f"block {column} {row}", (left, right, low, high), sides)
    for number, street in enumerate(streets):
        first, last = street.edges[0] - 8, street.edges[1] + 8
        low, high = street.low_m, street.high_m
        if street.turned:
            yield row_of_plots(seed, f"west end {number}", low, first, (0, 1), last - first)
            yield row_of_plots(seed, f"east end {number}", high, last, (0, -1), last - first)
        else:
            yield row_of_plots(seed, f"south end {number}", last, low, (-1, 0), last - first)
            yield row_of_plots(seed, f"north end {number}", first, high, (1, 0), last - first)


def _block(
    seed: int, name: str, bounds: tuple[float, float, float, float], sides: tuple[bool, bool, bool, bool]
) -> Iterator[Frontage]:
    """The rows of a block on those of its sides (west, east, south, north) that lie on a street."""
    left, right, low, high = bounds
    west, east, south, north = sides
    if west:
        yield row_of_plots(seed, f"{name} west", left, high, (0, -1), high - low, north, south)
    if east:
        yield row_of_plots(seed, f"{name} east", right, low, (0, 1), high - low, south, north)
    first, last = left + PLOT_DEPTH_M * west, right - PLOT_DEPTH_M * east
    if south:
        yield row_of_plots(seed, f"{name} south", first, low, (1, 0), last - first)
    if north:
        yield row_of_plots(seed, f"{name} north", last, high, (-1, 0), last - first)


@dataclass(frozen=True)
class _Spot:
    """A place for a stop in a street."""

    street: int
    along_m: float


def _graph(seed: int, streets: tuple[Street, ...]) -> tuple[list[_Spot], list[tuple[int, int]]]:
    """Every place for a stop, and which of them are neighbours; the first is the crossing in the middle."""
    spots: list[_Spot] = []
    neighbours: list[tuple[int, int]] = []
    crossings: dict[frozenset[int], int] = {}
    for number, street in enumerate(streets):
        others = [other for other, crossed in enumerate(streets) if crossed.turned != street.turned]
        along = []
        for spot, crossed in _along(seed, number, street):
            key = None if crossed is None else frozenset((number, others[crossed]))
            here = len(spots) if key is None else crossings.setdefault(key, len(spots))
            if here == len(spots):
                spots.append(spot)
            along.append(here)
        neighbours += pairwise(along)
    return _centred(streets, spots, neighbours)


def _along(seed: int, number: int, street: Street) -> Iterator[tuple[_Spot, int | None]]:
    """The places for stops along a street in order, each with the number of the crossing that it is in."""
    draws = Draws("town stops", seed, number)
    middles = [(low + high) / 2 for low, high in street.crossings]
    ends = [street.low_m + CLOSED_M, *middles, street.high_m - CLOSED_M]
    for piece, (start, stop) in enumerate(pairwise(ends)):
        if piece:
            yield _Spot(number, start), piece - 1
        steps = max(1, round((stop - start) / SPACING_M))
        for step in range(int(piece > 0), steps + int(piece == len(middles))):
            yield _Spot(number, start + (stop - start) * step / steps + draws.uniform(-0.9, 0.9)), None


def _centred(
    streets: tuple[Street, ...], spots: list[_Spot], neighbours: list[tuple[int, int]]
) -> tuple[list[_Spot], list[tuple[int, int]]]:
    """The same graph, its places counted from the crossing in the middle outward, step by step."""
    beside: dict[int, list[int]] = {number: [] for number in range(len(spots))}
    for a, b in neighbours:
        beside[a].append(b)
        beside[b].append(a)
    places = [streets[spot.street].at(spot.along_m) for spot in spots]
    order = [min(range(len(spots)), key=lambda n: (places[n][0] ** 2 + places[n][1] ** 2, n))]
    known = set(order)
    for number in order:
        new = sorted(set(beside[number]) - known)
        order += new
        known.update(new)
    rank = {number: place for place, number in enumerate(order)}
    return [spots[number] for number in order], sorted((rank[a], rank[b]) for a, b in neighbours)


def _stops(seed: int, streets: tuple[Street, ...], count: int) -> tuple[Stop, ...]:
    """The `count` stops nearest to the middle by steps along the streets, with the links among them."""
    spots, neighbours = _graph(seed, streets)
    links: dict[int, set[int]] = {number: set() for number in range(count)}
    for a, b in neighbours:
        if a < count and b < count:
            links[a].add(b)
            links[b].add(a)
    stops = []
    for number, spot in enumerate(spots[:count]):
        street, draws = streets[spot.street], Draws("town stop", seed, number)
        x, y = street.at(spot.along_m, draws.uniform(-0.5, 0.5))
        turn = (90.0 if street.turned else 0.0) + (180.0 if spot.street % 2 else 0.0)
        yaw = round((turn + draws.uniform(-4.0, 4.0)) % 360, 6)
        height = EYE_HEIGHT_M + draws.uniform(-0.08, 0.08)
        stops.append(Stop((x, y, height), yaw, spot.street, tuple(sorted(links[number]))))
    return tuple(stops)
