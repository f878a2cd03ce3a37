"""Which ways the approaches of a recipe translate, known before any network is built."""

from dataclasses import dataclass
from typing import Literal

from c2c.recipe import CycleGANRecipe, DepthChainRecipe, NeuralStyleRecipe, Pix2PixRecipe, Recipe

Modality = Literal["image", "depth"]


@dataclass(frozen=True)
class Direction:
    """One way an approach translates: from a city's images or depth to another's."""

    source: str  # city
    target: str  # city
    takes: Modality = "image"
    gives: Modality = "image"
    keeps_shape: bool = True  # False: the approach may change the shape of things

    @property
    def name(self) -> str:
        """Name for folders and pages: "paris-to-burano", "manhattan-image-to-depth"."""
        if self.takes == self.gives:
            return f"{self.source}-to-{self.target}"
        return f"{self.source}-{self.takes}-to-{self.gives}"


def directions_of(recipe: Recipe, name: str) -> tuple[Direction, ...]:
    """The directions of one approach of a recipe."""
    cities = recipe.cities_of(name)
    match recipe.approaches[name]:
        case CycleGANRecipe(a=a, b=b):
            return Direction(a, b, keeps_shape=False), Direction(b, a, keeps_shape=False)
        case Pix2PixRecipe(city=city, direction="depth_to_image"):
            return (Direction(city, city, "depth", "image"),)
        case Pix2PixRecipe(city=city):
            return (Direction(city, city, "image", "depth"),)
        case NeuralStyleRecipe() | DepthChainRecipe():
            return (Direction(cities[0], cities[-1]),)
        case other:
            raise TypeError(f"No direction is known for {type(other).__name__}.")
