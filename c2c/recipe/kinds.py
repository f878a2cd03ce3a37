"""The kinds of approach: those of c2c, and those that installed packages register.

A package registers a kind with an entry point in the group `c2c.approaches`, whose name is the kind and whose value is
a subclass of `ApproachRecipe`. It is imported only when a recipe names the kind.
"""

from importlib.metadata import EntryPoint, entry_points

from c2c.errors import RecipeError
from c2c.recipe.schema import BY_STEPS, KINDS, ApproachRecipe

GROUP = "c2c.approaches"


def known_kinds() -> tuple[str, ...]:
    """The names of all kinds: ours first, then those registered from outside."""
    return *KINDS, *(name for name in _registered() if name not in KINDS)


def kind_named(name: str) -> type[ApproachRecipe]:
    """The recipe class of a kind.

    Raises:
        RecipeError: what a package registered under that name cannot be imported, or is no recipe of an approach, or
            does not say all that such a recipe must.
    """
    if name in KINDS:
        return KINDS[name]
    entry = _registered()[name]
    try:
        found = entry.load()
    except Exception as error:  # somebody else's code
        raise RecipeError(f"{_told(entry)} cannot be imported: {type(error).__name__}: {error}") from error
    if not (isinstance(found, type) and issubclass(found, ApproachRecipe)):
        raise RecipeError(f"{_told(entry)} is no class derived from c2c.recipe.ApproachRecipe.")
    if "__dataclass_fields__" not in vars(found):  # those that it inherits are not its own keys
        raise RecipeError(f"{_told(entry)} needs the line @dataclass(frozen=True, kw_only=True) above its class.")
    for needed in ("needs", "approach", "cities", "directions"):
        if getattr(found, needed, None) is getattr(ApproachRecipe, needed, None):
            raise RecipeError(f"{_told(entry)} does not say `{needed}`, see c2c.recipe.ApproachRecipe.")
    if found.needs not in BY_STEPS:
        raise RecipeError(f"{_told(entry)} needs {found.needs!r}; what can be needed: {', '.join(BY_STEPS)}.")
    return found


def _registered() -> dict[str, EntryPoint]:
    return {entry.name: entry for entry in entry_points(group=GROUP)}


def _told(entry: EntryPoint) -> str:
    package = entry.dist.name if entry.dist else "an unknown package"
    return f"The kind of approach {entry.name!r} ({entry.value}, from {package})"
