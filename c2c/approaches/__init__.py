"""The approaches: networks, one training step, one translate; a file each."""

import importlib
from collections.abc import Callable

from c2c.approaches.protocol import Approach
from c2c.errors import RecipeError
from c2c.recipe import Direction, Recipe

__all__ = ["Approach", "Direction", "build"]


def build(recipe: Recipe, name: str) -> Approach:
    """The approach of that name, with fresh networks.

    Raises:
        RecipeError: its class, registered from outside, cannot be imported.
    """
    own = recipe.approaches[name]
    module, _, attribute = own.approach.partition(":")
    try:
        found: Callable[..., Approach] = getattr(importlib.import_module(module), attribute)
    except (ImportError, AttributeError) as error:
        raise RecipeError(f"approaches.{name}: {own.approach!r} cannot be imported: {error}") from error
    return found(own, recipe.directions_of(name), *(build(recipe, part) for part in own.parts()))
