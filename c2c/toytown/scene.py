"""A scene: one layout, built in one city's massing and painted in one city's dress."""

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from c2c.toytown.dress import DRESSES
from c2c.toytown.layout import StreetLayout
from c2c.toytown.massing import MASSINGS, Town, build
from c2c.toytown.materials import CLASSES, Dress
from c2c.toytown.shapes import Shapes, Vector


class Skies(Protocol):
    """A layout, as far as its light goes."""

    @property
    def seed(self) -> int:
        """What its clouds are drawn from."""
        ...

    @property
    def sun(self) -> Vector:
        """Unit vector towards the sun."""
        ...


@dataclass(frozen=True)
class Scene:
    """What is seen, and in which light."""

    layout: Skies
    town: Town
    dress: Dress

    @property
    def shapes(self) -> Shapes:
        """The town's shapes."""
        return self.town.shapes

    @cached_property
    def measures(self) -> NDArray[np.float32]:
        """Width, height, ground floor and storey (4, N + M) of every shape, for painters."""
        shapes = self.shapes
        return (
            np.concatenate([np.concatenate([shapes.size, shapes.radii]), shapes.storey_m], axis=1)
            .astype(np.float32)
            .T.copy()
        )

    @cached_property
    def normals(self) -> NDArray[np.float32]:
        """Normals (3, N + M); those of ellipsoids are zero here, for theirs change from point to point."""
        return np.concatenate([self.shapes.normal, np.zeros_like(self.shapes.centre)]).astype(np.float32).T.copy()

    @cached_property
    def mirrored(self) -> Shapes:
        """The shapes upside down, as still water at the bed's level shows them; only their bounds are right."""
        flip, lift = np.array([1.0, 1.0, -1.0]), np.array([0.0, 0.0, 2 * self.town.bed_m])
        shapes = self.shapes
        return replace(
            shapes,
            origin=shapes.origin * flip + lift,
            along=shapes.along * flip,
            up=shapes.up * flip,
            centre=shapes.centre * flip + lift,
        )

    @cached_property
    def colours(self) -> NDArray[np.float32]:
        """Linear colours (3, materials)."""
        return np.array([m.colour for m in self.dress.materials], np.float32).T.copy()

    @cached_property
    def gloss(self) -> NDArray[np.float32]:
        """Gloss of each material."""
        return np.array([m.gloss for m in self.dress.materials], np.float32)

    @cached_property
    def material_classes(self) -> NDArray[np.uint8]:
        """Class index of each material."""
        return np.array([CLASSES.index(m.kind) for m in self.dress.materials], np.uint8)


def build_scene(layout: StreetLayout, massing: str, dress: str | None = None) -> Scene:
    """The scene of a layout: built as one city, and dressed as the same or as another."""
    return Scene(layout, build(layout, MASSINGS[massing]), DRESSES[dress or massing])
