"""A seeded street that knows no city: where houses, kerbs, trees and vehicles may stand, and where we look from.

The main street runs along y with its middle at x = 0, and the viewer stands near (0, 0). Behind the viewer it is
closed by a row of houses; ahead it ends in one too, at a dead end, at a T-junction, or far away in the haze.
"""

from dataclasses import dataclass
from typing import Literal

from c2c.geometry import Camera, EquirectangularCamera, PinholeCamera, sine_cosine
from c2c.toytown.chance import Draws, mixed

BEHIND_M = 70.0  # how far the street goes on behind the viewer
REACH_M = 45.0  # how far a crossing street goes on to either side
PLOT_DEPTH_M = 12.0
EYE_HEIGHT_M = 2.5

Kind = Literal["street", "crossroads", "t-junction", "dead end"]
KINDS: tuple[Kind, ...] = ("street", "street", "crossroads", "crossroads", "crossroads", "t-junction", "dead end")


@dataclass(frozen=True)
class Plot:
    """The ground of one small house."""

    start_m: float  # along its frontage
    width_m: float
    seed: int


@dataclass(frozen=True)
class Frontage:
    """A straight row of plots; who faces it sees the row run from (x, y) to the right."""

    x: float
    y: float
    along: tuple[int, int]  # unit vector to the right of who faces the row
    plots: tuple[Plot, ...]
    open_left: bool = False  # the wall at the left end stands on a street
    open_right: bool = False

    @property
    def length_m(self) -> float:
        """Length of the row in metres."""
        return self.plots[-1].start_m + self.plots[-1].width_m

    @property
    def outward(self) -> tuple[int, int]:
        """Unit vector from the houses to the street."""
        return self.along[1], -self.along[0]


@dataclass(frozen=True)
class Place:
    """Somewhere in the street where a thing may stand."""

    x: float
    y: float
    side: int  # -1 left, +1 right
    seed: int


@dataclass(frozen=True)
class Viewpoint:
    """A camera and where it stands, in metres."""

    camera: Camera
    position: tuple[float, float, float]


@dataclass(frozen=True)
class StreetLayout:
    """A street without a city."""

    seed: int
    kind: Kind
    width_m: float  # from facade to facade
    end_m: float  # where the row that closes the street stands
    crossing: tuple[float, float] | None  # the crossing street lies between these two y
    frontages: tuple[Frontage, ...]
    tree_places: tuple[Place, ...]  # x is the side's facade; a city sets the tree in from it
    kerb_places: tuple[Place, ...]  # x is the side's facade; for what is parked or moored
    lane_places: tuple[Place, ...]  # x is the middle of a lane
    offset_m: float
    yaw_deg: float
    pitch_deg: float
    fov_deg: float
    sun: tuple[float, float, float]  # unit vector towards the sun

    @classmethod
    def from_seed(cls, seed: int) -> "StreetLayout":
        """The layout of this seed: equal seeds give equal streets, on any machine."""
        draws = Draws("layout", seed)
        kind = draws.choice(KINDS)
        width = draws.uniform(14.0, 18.0)
        end, crossing = _course(kind, width, draws)
        places = _places(end, crossing, draws)
        return cls(
            seed=seed,
            kind=kind,
            width_m=width,
            end_m=end,
            crossing=crossing,
            frontages=_frontages(seed, width, end, crossing),
            tree_places=tuple(Place(p.side * width / 2, p.y, p.side, p.seed) for p in places["tree"]),
            kerb_places=tuple(Place(p.side * width / 2, p.y, p.side, p.seed) for p in places["kerb"]),
            lane_places=tuple(Place(p.side * 1.75, p.y, p.side, p.seed) for p in places["lane"]),
            offset_m=draws.uniform(-1.2, 1.2),
            yaw_deg=draws.uniform(-9.0, 9.0),
            pitch_deg=draws.uniform(2.0, 6.0),
            fov_deg=draws.uniform(76.0, 88.0),
            sun=sun_of(draws),
        )

    def view(self, size: int) -> Viewpoint:
        """The square picture of this layout, `size` pixels a side: it looks along the street."""
        camera = PinholeCamera(size, size, self.fov_deg, self.yaw_deg, self.pitch_deg)
        return Viewpoint(camera, (self.offset_m, 0.0, EYE_HEIGHT_M))

    def panorama(self, height: int) -> Viewpoint:
        """The panorama (height, 2 x height) from the middle of the junction, or from the viewer's place."""
        y = sum(self.crossing) / 2 if self.crossing else 0.0
        return Viewpoint(EquirectangularCamera(height, self.yaw_deg), (self.offset_m, y, EYE_HEIGHT_M))


def _course(kind: Kind, width: float, draws: Draws) -> tuple[float, tuple[float, float] | None]:
    """Where the street ends, and between which y another street crosses it."""
    crossing_width = width * draws.uniform(0.8, 1.0)
    match kind:
        case "street":
            return draws.uniform(110.0, 160.0), None
        case "dead end":
            return draws.uniform(35.0, 65.0), None
        case "t-junction":
            start = draws.uniform(28.0, 55.0)
            return start + crossing_width, (start, start + crossing_width)
        case "crossroads":
            start = draws.uniform(10.0, 34.0)
            return draws.uniform(110.0, 150.0), (start, start + crossing_width)


def _frontages(seed: int, width: float, end: float, crossing: tuple[float, float] | None) -> tuple[Frontage, ...]:
    half = width / 2
    inner, outer = half + PLOT_DEPTH_M, half + REACH_M
    rows = [row_of_plots(seed, "back", half + 8, -BEHIND_M, (-1, 0), width + 16)]
    if crossing is None:
        rows += _both_sides(seed, "near", half, -BEHIND_M, end, False, False)
        return (*rows, row_of_plots(seed, "end", -half - 8, end, (1, 0), width + 16))
    start, stop = crossing
    rows += _both_sides(seed, "near", half, -BEHIND_M, start, False, True)
    for side in (-1, 1):
        name = "left" if side < 0 else "right"
        rows.append(row_of_plots(seed, f"{name} near", -inner if side < 0 else outer, start, (-1, 0), outer - inner))
        y, along = (start - 8, (0, 1)) if side < 0 else (stop + 8, (0, -1))
        rows.append(row_of_plots(seed, f"{name} end", side * outer, y, along, stop - start + 16))
    if stop >= end:
        return (*rows, row_of_plots(seed, "end", -outer - 8, end, (1, 0), 2 * outer + 16))
    for side in (-1, 1):
        name = "left" if side < 0 else "right"
        rows.append(row_of_plots(seed, f"{name} far", -outer if side < 0 else inner, stop, (1, 0), outer - inner))
    rows += _both_sides(seed, "far", half, stop, end, True, False)
    return (*rows, row_of_plots(seed, "end", -half - 8, end, (1, 0), width + 16))


def _both_sides(
    seed: int, name: str, half: float, start: float, stop: float, open_start: bool, open_stop: bool
) -> list[Frontage]:
    """The rows left and right of the main street between two y."""
    return [
        row_of_plots(seed, f"{name} left", -half, start, (0, 1), stop - start, open_start, open_stop),
        row_of_plots(seed, f"{name} right", half, stop, (0, -1), stop - start, open_stop, open_start),
    ]


def row_of_plots(
    seed: int,
    name: str,
    x: float,
    y: float,
    along: tuple[int, int],
    length: float,
    open_left: bool = False,
    open_right: bool = False,
) -> Frontage:
    """A row of plots from 5.5 to 8.5 m wide, stretched to fill its length."""
    draws = Draws("row", seed, name)
    widths = [draws.uniform(5.5, 8.5)]
    while sum(widths) < length - 3:
        widths.append(draws.uniform(5.5, 8.5))
    scale = length / sum(widths)
    plots, start = [], 0.0
    for number, width in enumerate(widths):
        plots.append(Plot(start, width * scale, mixed("plot", seed, name, number)))
        start += width * scale
    return Frontage(x, y, along, tuple(plots), open_left, open_right)


def _places(end: float, crossing: tuple[float, float] | None, draws: Draws) -> dict[str, list[Place]]:
    """Places along both sides, clear of the crossing and of the viewer."""
    spacing = {"tree": 8.0, "kerb": 6.5, "lane": 13.0}
    clear = {"tree": 3.0, "kerb": 3.0, "lane": 9.0}
    places: dict[str, list[Place]] = {name: [] for name in spacing}
    for name, step in spacing.items():
        for side in (-1, 1):
            y = -45.0 + draws.uniform(0, step)
            while y < min(end - 6, 95.0):
                seed = draws.bits() >> 1
                in_crossing = crossing is not None and crossing[0] - 5 < y < crossing[1] + 5
                if not in_crossing and abs(y) > clear[name]:
                    places[name].append(Place(side, y, side, seed))
                y += step * draws.uniform(0.85, 1.25)
    return places


def sun_of(draws: Draws) -> tuple[float, float, float]:
    """A sun well up, mostly from behind the viewer and from one side, so that one row of houses is lit."""
    side = draws.choice((-1, 1))
    sin_turn, cos_turn = sine_cosine(side * draws.uniform(35.0, 140.0))
    sin_lift, cos_lift = sine_cosine(draws.uniform(38.0, 58.0))
    return sin_turn * cos_lift, cos_turn * cos_lift, sin_lift
