"""The approaches: networks, one training step, one translate; a file each."""

import importlib
from collections.abc import Callable
from typing import Any

from c2c.approaches.protocol import Approach
from c2c.errors import RecipeError
from c2c.recipe import Direction, Recipe

__all__ = ["Approach", "Direction", "build"]


def build(recipe: Recipe, name: str) -> Approach:
    """The approach of that name, with fresh networks.

    Raises:
        RecipeError: its class, registered from outside, cannot be imported or is no approach.
    """
    own = recipe.approaches[name]
    module, _, attribute = own.approach.partition(":")
    try:
        found: Any = getattr(importlib.import_module(module), attribute)
    except Exception as error:  # it may be somebody else's code
        told = f"{type(error).__name__}: {error}"
        raise RecipeError(f"approaches.{name}: {own.approach!r} cannot be imported: {told}") from error
    if not (isinstance(found, type) and issubclass(found, Approach)):
        raise RecipeError(f"approaches.{name}: {own.approach!r} does not derive from c2c.approaches.Approach.")
    make: Callable[..., Approach] = found
    return make(own, recipe.directions_of(name), *(build(recipe, part) for part in own.parts()))
