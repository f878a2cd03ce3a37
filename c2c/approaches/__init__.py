"""The approaches: networks, one training step, one translate; a file each."""

from c2c.approaches.cyclegan import CycleGAN
from c2c.approaches.depth_chain import DepthChain
from c2c.approaches.directions import Direction, directions_of
from c2c.approaches.neural_style import NeuralStyle
from c2c.approaches.pix2pix import Pix2Pix
from c2c.approaches.protocol import Approach
from c2c.recipe import CycleGANRecipe, DepthChainRecipe, NeuralStyleRecipe, Pix2PixRecipe, Recipe

__all__ = ["Approach", "CycleGAN", "DepthChain", "Direction", "NeuralStyle", "Pix2Pix", "build", "directions_of"]


def build(recipe: Recipe, name: str) -> Approach:
    """The approach of that name, with fresh networks."""
    directions = directions_of(recipe, name)
    match recipe.approaches[name]:
        case CycleGANRecipe() as own:
            return CycleGAN(own, directions)
        case Pix2PixRecipe() as own:
            return Pix2Pix(own, directions)
        case NeuralStyleRecipe() as own:
            return NeuralStyle(own, directions)
        case DepthChainRecipe(image_to_depth=first, depth_to_image=second):
            return DepthChain(_half(recipe, first), _half(recipe, second), directions)
        case other:
            raise TypeError(f"No approach is known for {type(other).__name__}.")


def _half(recipe: Recipe, name: str) -> Pix2Pix:
    own = recipe.approaches[name]
    assert isinstance(own, Pix2PixRecipe)  # the recipe's reader saw to it
    return Pix2Pix(own, directions_of(recipe, name))
