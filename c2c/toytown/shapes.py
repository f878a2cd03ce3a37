"""What a town is built of: flat quads, each lying in one plane, and ellipsoids for the crowns of trees."""

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Vector = tuple[float, float, float]


class Part(IntEnum):
    """What a shape is in the town, whatever the city paints on it."""

    FRONT = 0  # a wall with windows
    GABLE = 1  # the triangle above such a wall
    PARTY = 2  # a wall without windows
    SLOPE = 3  # a steep roof that may hold dormers
    ROOF = 4  # a low roof, pitched or flat
    CHIMNEY = 5
    BED = 6  # what lies between the pavements: road or canal
    JUNCTION = 7  # where two beds cross
    PAVEMENT = 8
    KERB = 9  # the upright edge of a pavement
    TRUNK = 10
    CROWN = 11
    BODY = 12  # upright sides of what floats or drives
    DECK = 13  # its level faces
    CABIN = 14  # its upright sides above the body
    POST = 15  # a lamp post, or a mooring pole


@dataclass(frozen=True)
class Shapes:
    """N quads, then M ellipsoids, as arrays; `part`, `seed` and `storey_m` span both."""

    origin: Floats  # (N, 3), the corner at u = v = 0
    along: Floats  # (N, 3), unit vector of u
    up: Floats  # (N, 3), unit vector of v
    size: Floats  # (N, 2), metres along u and v
    taper: Floats  # (N,), metres that each side draws in for a metre of v
    centre: Floats  # (M, 3)
    radii: Floats  # (M, 2), level and upright
    part: NDArray[np.uint8]  # (N + M,)
    seed: NDArray[np.uint32]  # (N + M,)
    storey_m: NDArray[np.float32]  # (N + M, 2), height of the ground floor and of the others

    @property
    def normal(self) -> Floats:
        """Unit normals (N, 3) of the quads, on the side from which they are seen."""
        a, b = self.along.T, self.up.T
        return np.stack([a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]], axis=1)

    def corners(self) -> Floats:
        """The corners (N, 4, 3) of the quads, their taper left aside."""
        across, upward = self.along * self.size[:, :1], self.up * self.size[:, 1:]
        return np.stack(
            [self.origin, self.origin + across, self.origin + across + upward, self.origin + upward], axis=1
        )

    def boxes(self) -> Floats:
        """The corners (M, 8, 3) of the boxes around the ellipsoids."""
        signs = np.array([(a, b, c) for a in (-1.0, 1.0) for b in (-1.0, 1.0) for c in (-1.0, 1.0)])
        return self.centre[:, None, :] + signs * self.radii[:, None, [0, 0, 1]]


class Builder:
    """Collects shapes one at a time."""

    def __init__(self) -> None:
        self.quads: list[tuple[float, ...]] = []
        self.quad_marks: list[tuple[int, int, float, float]] = []
        self.ellipsoids: list[tuple[float, ...]] = []
        self.ellipsoid_marks: list[tuple[int, int, float, float]] = []
        self.shades: list[tuple[float, ...]] = []

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
        """Add a quad: from `origin`, its sides `along` and `up` are as long as the vectors and at right angles."""
        width, height = _length(along), _length(up)
        u, v = (c / width for c in along), (c / height for c in up)
        self.quads.append((*origin, *u, *v, width, height, taper))
        self.quad_marks.append((part, seed & 0xFFFFFFFF, *storeys_m))

    def ellipsoid(self, part: Part, seed: int, centre: Vector, level_m: float, upright_m: float) -> None:
        """Add an ellipsoid of revolution around an upright axis."""
        self.ellipsoids.append((*centre, level_m, upright_m))
        self.ellipsoid_marks.append((part, seed & 0xFFFFFFFF, 0.0, 0.0))

    def box(
        self,
        sides: Part,
        top: Part | None,
        seed: int,
        corner: Vector,
        along: tuple[float, float],
        width: float,
        depth: float,
        height: float,
    ) -> None:
        """Add a box without a floor; `along` runs along its front, seen from the front's left corner."""
        ax, ay = along
        x, y, z = corner
        ground = [(x, y), (x + ax * width, y + ay * width)]
        ground += [(px - ay * depth, py + ax * depth) for px, py in reversed(ground)]
        for (px, py), (qx, qy) in zip(ground, [*ground[1:], ground[0]], strict=True):
            self.quad(sides, seed, (px, py, z), (qx - px, qy - py, 0.0), (0.0, 0.0, height))
        if top is not None:
            self.quad(top, seed, (x, y, z + height), (ax * width, ay * width, 0.0), (-ay * depth, ax * depth, 0.0))

    def shade(self, x: float, y: float, half_x: float, half_y: float, crown: bool = False) -> None:
        """Darken the ground under a thing, or where the crown of a tree keeps the sun away."""
        self.shades.append((x, y, half_x, half_y, float(crown)))

    def build(self) -> Shapes:
        """All that was added."""
        quads = np.array(self.quads, np.float64).reshape(-1, 12)
        ellipsoids = np.array(self.ellipsoids, np.float64).reshape(-1, 5)
        marks = self.quad_marks + self.ellipsoid_marks
        return Shapes(
            origin=quads[:, 0:3],
            along=quads[:, 3:6],
            up=quads[:, 6:9],
            size=quads[:, 9:11],
            taper=quads[:, 11],
            centre=ellipsoids[:, 0:3],
            radii=ellipsoids[:, 3:5],
            part=np.array([mark[0] for mark in marks], np.uint8),
            seed=np.array([mark[1] for mark in marks], np.uint32),
            storey_m=np.array([mark[2:] for mark in marks], np.float32).reshape(-1, 2),
        )


def _length(vector: Vector) -> float:
    x, y, z = vector
    return float(np.sqrt(x * x + y * y + z * z))
