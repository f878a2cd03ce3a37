"""The kinds of approach: those of c2c, and those that installed packages register.

A package registers a kind with an entry point in the group `c2c.approaches`, whose name is the kind and whose value is
a subclass of `ApproachRecipe`. It is imported only when a recipe names the kind.
"""

import dataclasses
from importlib.metadata import EntryPoint, entry_points

from c2c.errors import RecipeError
from c2c.recipe.schema import KINDS, ApproachRecipe

GROUP = "c2c.approaches"


def known_kinds() -> tuple[str, ...]:
    """The names of all kinds: ours first, then those registered from outside."""
    return *KINDS, *(name for name in _registered() if name not in KINDS)


def kind_named(name: str) -> type[ApproachRecipe]:
    """The recipe class of a kind.

    Raises:
        RecipeError: what a package registered under that name cannot be imported, or is no recipe of an approach.
    """
    if name in KINDS:
        return KINDS[name]
    entry = _registered()[name]
    try:
        found = entry.load()
    except Exception as error:  # somebody else's code
        raise RecipeError(f"{_told(entry)} cannot be imported: {type(error).__name__}: {error}") from error
    if not (isinstance(found, type) and issubclass(found, ApproachRecipe) and dataclasses.is_dataclass(found)):
        raise RecipeError(f"{_told(entry)} is no dataclass derived from c2c.recipe.ApproachRecipe.")
    for needed in ("needs", "approach"):
        if not hasattr(found, needed):
            raise RecipeError(f"{_told(entry)} does not say `{needed}`, see c2c.recipe.ApproachRecipe.")
    return found


def _registered() -> dict[str, EntryPoint]:
    return {entry.name: entry for entry in entry_points(group=GROUP)}


def _told(entry: EntryPoint) -> str:
    package = entry.dist.name if entry.dist else "an unknown package"
    return f"The kind of approach {entry.name!r} ({entry.value}, from {package})"
