"""Which approaches of a recipe differ in nothing but the size they were trained at.

They are the same network, trained alike on the same cities. Their `size` may differ, their `apply_sizes`, and how long
they were trained; every other setting is equal. Halves of a chain count as equal where they are of one family.
A pix2pix with another number of `levels` is another network, so it is of another family.
"""

from dataclasses import asdict
from typing import Any

from c2c.recipe.schema import BY_STEPS, Recipe

LENGTH = ("epochs", "steps", "checkpoint_every", "validate_every")


def family_of(recipe: Recipe, name: str) -> tuple[str, ...]:
    """The names of an approach's family, its own among them, in the order of the recipe."""
    own = _settings(recipe, name)
    return tuple(other for other in recipe.approaches if _settings(recipe, other) == own)


def trainings_of(recipe: Recipe, name: str) -> tuple[str, ...]:
    """The approaches whose training made this one: itself, or its halves; none where this run trains nothing for it."""
    own = recipe.approaches[name]
    return own.parts() or ((name,) if own.needs in BY_STEPS else ())


def trained_size_of(recipe: Recipe, name: str) -> int | None:
    """Side in pixels that an approach was trained at; None where nothing was, or its halves at unlike sizes."""
    sizes = {recipe.size_of(training) for training in trainings_of(recipe, name)}
    return sizes.pop() if len(sizes) == 1 else None


def _settings(recipe: Recipe, name: str) -> dict[str, Any]:
    """All settings that a family shares."""
    own = recipe.approaches[name]
    table: dict[str, Any] = {k: v for k, v in asdict(own).items() if k not in ("size", "apply_sizes")}
    table["training"] = {key: value for key, value in asdict(own.training).items() if key not in LENGTH}
    halves = {key: _settings(recipe, value) for key, value in table.items() if value in own.parts()}
    return table | halves
