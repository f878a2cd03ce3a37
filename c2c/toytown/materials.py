"""Materials, and what a dress needs to know of a surface to choose one at each point."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from c2c.toytown.chance import hash01, noise
from c2c.toytown.shapes import Part

ClassName = Literal["sky", "facade", "window", "roof", "road", "pavement", "water", "tree", "vehicle", "boat"]
CLASS_COLOURS: dict[ClassName, str] = {  # class -> colour in pictures of class maps
    "sky": "#9fd3ff",
    "facade": "#e9c46a",
    "window": "#2f4b7c",
    "roof": "#8d5a4a",
    "road": "#6b6b76",
    "pavement": "#bdb8ad",
    "water": "#2a9d8f",
    "tree": "#4c9a2a",
    "vehicle": "#e76f51",
    "boat": "#f4e285",
}
CLASSES = tuple(CLASS_COLOURS)  # in the order of their numbers in a class map

Floats = NDArray[np.floating]  # float32 throughout
Indices = NDArray[np.int16]
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Material:
    """A colour in linear light, the class of what bears it, and how much of the sky it mirrors, in [0, 1]."""

    colour: tuple[float, float, float]
    kind: ClassName
    gloss: float = 0.0


@dataclass
class Materials:
    """The materials of one dress, by number."""

    table: list[Material] = field(default_factory=list)

    def add(self, colour: str, kind: ClassName, gloss: float = 0.0) -> int:
        """Add a colour, "#rrggbb"; returns its number."""
        self.table.append(Material(linear(colour), kind, gloss))
        return len(self.table) - 1

    def row(self, kind: ClassName, *colours: str) -> "Row":
        """Add several colours of one use, from which each house takes one."""
        return Row(self.add(colours[0], kind), len([self.add(colour, kind) for colour in colours[1:]]) + 1)


@dataclass(frozen=True)
class Row:
    """Neighbouring materials, one of which each house takes by its seed."""

    first: int
    count: int

    def of(self, seed: NDArray[np.uint32], salt: int = 0) -> Indices:
        """The material's number for each seed."""
        return (self.first + np.floor(hash01(seed, salt + 77) * self.count)).astype(np.int16)


@dataclass(frozen=True)
class Surface:
    """Points on the surfaces of one part, each array (n,); metres along u (to the right) and v (up)."""

    u: Floats
    v: Floats
    width: Floats  # of the quad, along u
    height: Floats  # along v
    seed: NDArray[np.uint32]  # of the house or thing
    ground_floor: Floats  # height of the first storey; 0 on what has none
    storey: Floats  # of the others
    distance: Floats  # from the viewer
    x: Floats  # where in the town
    y: Floats
    z: Floats

    def at(self, chosen: NDArray[np.intp]) -> "Surface":
        """Some of the points."""
        return Surface(**{name: values[chosen] for name, values in vars(self).items()})


@dataclass
class Coat:
    """What is painted on each point: a material's number, and a factor on its colour."""

    material: Indices
    tone: Floats

    @classmethod
    def of(cls, surface: Surface, material: int | Indices) -> "Coat":
        """One material, or one for each point, everywhere."""
        return cls(np.broadcast_to(np.int16(material), surface.u.shape).astype(np.int16), np.ones_like(surface.u))

    def put(self, mask: Mask, material: int | Indices, tone: float | Floats = 1.0) -> None:
        """Cover the points of the mask; arrays hold a value for every point."""
        np.copyto(self.material, material, where=mask, casting="same_kind")
        np.copyto(self.tone, tone, where=mask)

    def shade(self, mask: Mask, factor: float | Floats) -> None:
        """Darken or lighten the points of the mask."""
        np.multiply(self.tone, factor, out=self.tone, where=mask)


Painter = Callable[[Surface], Coat]


@dataclass(frozen=True)
class Dress:
    """What a city paints on the parts of a town, and the air above it."""

    name: str
    materials: tuple[Material, ...]
    painters: Mapping[Part, Painter]
    zenith: str
    horizon: str
    clouds: float


@dataclass(frozen=True)
class Bays:
    """The window grid of a wall: which bay and storey each point is in, and where in it."""

    column: NDArray[np.int32]
    storey: NDArray[np.int32]  # 0 is the ground floor
    x: Floats  # metres from the bay's middle
    y: Floats  # metres above the storey's floor
    pitch: Floats  # width of a bay
    height: Floats  # height of the storey
    storeys: NDArray[np.int32]  # storeys of the wall

    @classmethod
    def of(cls, surface: Surface, pitch_m: float) -> "Bays":
        """Bays of about `pitch_m` metres that fill each wall."""
        count = np.maximum(np.floor(surface.width / pitch_m + 0.5), 1)
        pitch = surface.width / count
        column = np.clip(np.floor(surface.u / pitch), 0, count - 1)
        above = surface.v - surface.ground_floor
        storey = np.where(above < 0, 0, np.floor(above / surface.storey) + 1)
        floor = np.where(above < 0, 0, surface.ground_floor + (storey - 1) * surface.storey)
        storeys = np.floor((surface.height - surface.ground_floor) / surface.storey) + 1
        return cls(
            column.astype(np.int32),
            storey.astype(np.int32),
            surface.u - (column + 0.5) * pitch,
            surface.v - floor,
            pitch,
            np.where(above < 0, surface.ground_floor, surface.storey),
            storeys.astype(np.int32),
        )

    def chance(self, surface: Surface, salt: int) -> Floats:
        """One number in [0, 1) for each bay."""
        return hash01(surface.seed, self.column, self.storey, salt)


def linear(colour: str) -> tuple[float, float, float]:
    """Linear light of a display colour "#rrggbb": the square, a gamma of 2 that every machine computes alike."""
    red, green, blue = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    return red * red, green * green, blue * blue


def fine(surface: Surface, size_m: float) -> Floats:
    """How far details of this size can be told apart, in [0, 1]: 1 near the viewer, 0 far away."""
    return np.clip((110 * size_m) / surface.distance - 0.35, 0, 1)


def weathered(surface: Surface, strength: float = 0.14) -> Floats:
    """A factor about 1: stains of some metres on a wall, and grain near the viewer."""
    stains = noise(surface.u * 0.45, surface.v * 0.22, surface.seed.astype(np.int32))
    grain = hash01(np.floor(surface.u * 9).astype(np.int32), np.floor(surface.v * 9).astype(np.int32), surface.seed)
    return 1 + strength * ((stains - 0.5) * 1.4 + (grain - 0.5) * fine(surface, 0.11))


def within(values: Floats, low: float | Floats, high: float | Floats) -> Mask:
    """Where low <= value < high."""
    return (values >= low) & (values < high)


def beat(values: Floats, pitch: float, offset: float = 0.0) -> Floats:
    """Position within repeats of `pitch`, in [0, 1)."""
    turns = (values + offset) / pitch
    return turns - np.floor(turns)
