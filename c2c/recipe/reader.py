"""A recipe is read once, from TOML into frozen dataclasses, and every mistake is named with what would be right."""

import difflib
import hashlib
import json
import re
import tomllib
from dataclasses import MISSING, asdict, fields, is_dataclass, replace
from importlib import resources
from pathlib import Path
from typing import Any, get_args, get_type_hints

import msgspec

from c2c.errors import RecipeError
from c2c.recipe.extractors import extractor_named, known_extractors
from c2c.recipe.kinds import kind_named, known_kinds
from c2c.recipe.references import RESERVED
from c2c.recipe.schema import BY_STEPS, ApproachRecipe, Recipe

NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
TOYTOWN_CITIES = ("manhattan", "paris", "burano")
FEWEST_FRAMES = 8
LONGEST_DRIVE_M = 120.0


def packaged_recipes() -> dict[str, Path]:
    """The recipes that come with c2c, by name."""
    folder = Path(str(resources.files("c2c.recipe")))
    return {path.stem: path for path in sorted(folder.glob("*.toml"))}


def load_recipe(name_or_path: str, overrides: tuple[str, ...] = ()) -> Recipe:
    """Read a packaged recipe by its name, or a TOML file by its path.

    Args:
        name_or_path: "toytown", or "my/recipe.toml".
        overrides: "key=value" settings that replace what the file says, such as "approaches.cyclegan.blocks=9";
            "training.steps=20" speaks to every approach.

    Raises:
        RecipeError: names the key, its value and what was needed.
    """
    packaged = packaged_recipes()
    path = packaged.get(name_or_path) or Path(name_or_path)
    if not path.is_file():
        raise RecipeError(
            f"There is no recipe {name_or_path!r}{_nearest(name_or_path, packaged)}\n"
            f"Packaged recipes: {', '.join(packaged)}. Or give the path of a TOML file."
        )
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise RecipeError(f"{path} is not valid TOML: {error}") from error
    table.setdefault("name", path.stem)
    for override in overrides:
        _apply(table, override)
    return recipe_from(table)


def recipe_from(table: dict[str, Any]) -> Recipe:
    """A recipe from a table as TOML gives it.

    Raises:
        RecipeError: names the key, its value and what was needed.
    """
    table = dict(table)
    shared_training = table.pop("training", {})
    approaches = table.pop("approaches", {})
    if not isinstance(approaches, dict) or not isinstance(shared_training, dict):
        raise RecipeError("[approaches] and [training] must be tables.")
    built = _each_seed({name: _approach(name, entry, shared_training) for name, entry in approaches.items()})
    _check_keys(table, Recipe, "", also=("training",))
    _check_required(table, Recipe, "", given=("approaches",))
    recipe = _convert({**table, "approaches": {}}, Recipe, "")
    parts_first = sorted(built.items(), key=lambda item: bool(item[1].parts()))
    recipe = replace(recipe, approaches=dict(parts_first))
    _check_meaning(recipe)
    return recipe


def resolved(recipe: Recipe) -> dict[str, Any]:
    """The recipe as a plain table with every default written out; `recipe_from` reads it back."""
    return json.loads(json.dumps(asdict(recipe)))


def digest(value: object) -> str:
    """SHA-256 of a recipe, or of any part of one, over its sorted JSON."""
    plain = asdict(value) if is_dataclass(value) and not isinstance(value, type) else value
    return hashlib.sha256(json.dumps(plain, sort_keys=True).encode()).hexdigest()


def _approach(name: str, entry: Any, shared_training: dict[str, Any]) -> Any:
    where = f"approaches.{name}"
    if not isinstance(entry, dict):
        raise RecipeError(f"{where} is {entry!r}, but a table was needed: [{where}]")
    kind = entry.get("kind")
    known = known_kinds()
    if not isinstance(kind, str) or kind not in known:
        raise RecipeError(
            f"{where}.kind is {kind!r}{_nearest(str(kind), known)}\n"
            f"Kinds: {', '.join(known)}. A kind of another package is there when that is installed."
        )
    schema = kind_named(kind)
    training = entry.get("training", {})
    if not isinstance(training, dict):
        raise RecipeError(f"{where}.training is {training!r}, but a table was needed: [{where}.training]")
    table = {**entry, "training": {**shared_training, **training}}
    _check_keys(table, schema, where)
    _check_required(table, schema, where)
    return _convert(table, schema, where)


def _each_seed(built: dict[str, ApproachRecipe]) -> dict[str, ApproachRecipe]:
    """One approach for each of its seeds; what is trained by chance takes another one from another name."""
    found = {}
    for name, own in built.items():
        for seed in range(1, own.seeds + 1):
            repeat = name if seed == 1 else f"{name}-seed-{seed}"
            if seed > 1 and (repeat in built or own.needs not in BY_STEPS):
                why = "there is an approach of that name already" if repeat in built else "it is not trained by chance"
                raise RecipeError(f"approaches.{name}.seeds is {own.seeds}, but {repeat} cannot be made: {why}.")
            found[repeat] = replace(own, seeds=1)
    return found


def _convert(table: dict[str, Any], to: type, where: str) -> Any:
    try:
        return msgspec.convert(table, to)
    except msgspec.ValidationError as error:
        text, _, at = str(error).partition(" - at `$")
        key = ".".join(part for part in (where, at.rstrip("`").lstrip(".")) if part)
        raise RecipeError(f"{key}: {text[0].lower() + text[1:]}{_found(table, at)}.") from error


def _found(table: Any, at: str) -> str:
    for part in re.findall(r"[\w-]+", at):
        if not isinstance(table, dict) or part not in table:
            return ""
        table = table[part]
    return f" (found {table!r})"


def _check_keys(table: dict[str, Any], to: type, where: str, also: tuple[str, ...] = ()) -> None:
    known = [field.name for field in fields(to)] + list(also)
    hints = get_type_hints(to)
    for key, value in table.items():
        path = f"{where}.{key}" if where else key
        if key not in known:
            raise RecipeError(
                f"There is no key {path!r} (found {key} = {value!r}){_nearest(key, known)}\n"
                f"Keys here: {', '.join(known)}."
            )
        hint = hints[key]
        if is_dataclass(hint) and isinstance(value, dict):
            _check_keys(value, hint, path)
        for inner in get_args(hint):
            if is_dataclass(inner) and isinstance(value, dict):
                for name, entry in value.items():
                    if isinstance(entry, dict):
                        _check_keys(entry, inner, f"{path}.{name}")


def _check_required(table: dict[str, Any], to: type, where: str, given: tuple[str, ...] = ()) -> None:
    for field in fields(to):
        required = field.default is MISSING and field.default_factory is MISSING
        if required and field.name not in table and field.name not in given:
            path = f"{where}.{field.name}" if where else field.name
            raise RecipeError(f"The recipe does not say {path}, and there is no default.")


def _nearest(word: str, known: Any) -> str:
    near = difflib.get_close_matches(word, list(known), n=1)
    return f"; did you mean {near[0]!r}?" if near else "."


def _apply(table: dict[str, Any], override: str) -> None:
    key, equals, text = override.partition("=")
    if not equals or not key:
        raise RecipeError(f"--set {override!r} was not understood; write key=value, such as training.steps=200")
    try:
        value = tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        value = text
    *parents, last = key.strip().split(".")
    targets = [table]
    if parents[:1] == ["training"] or (not parents and last == "training"):
        targets += [entry for entry in table.get("approaches", {}).values() if isinstance(entry, dict)]
    elif parents[:1] == ["approaches"] and len(parents) > 1 and parents[1] not in table.get("approaches", {}):
        named = table.get("approaches", {})
        raise RecipeError(f"--set {override}: there is no approach {parents[1]!r}{_nearest(parents[1], named)}")
    for target in targets:
        for parent in parents:
            target = target.setdefault(parent, {})
            if not isinstance(target, dict):
                raise RecipeError(f"--set {override}: {parent!r} is a value, not a table.")
        target[last] = value


def _check_meaning(recipe: Recipe) -> None:
    for kind, names in (("city", recipe.cities), ("approach", recipe.approaches)):
        if not names:
            raise RecipeError(f"The recipe names no {kind}.")
        for name in names:
            if not NAME.fullmatch(name):
                raise RecipeError(f"The {kind} {name!r} needs a name of a-z, 0-9 and single hyphens; it names folders.")
    for name, city in recipe.cities.items():
        if bool(city.folder) == bool(city.toytown):
            raise RecipeError(f'cities.{name} must say either folder = "…" or toytown = "…".')
        if city.toytown and city.toytown not in TOYTOWN_CITIES:
            raise RecipeError(
                f"cities.{name}.toytown is {city.toytown!r}{_nearest(city.toytown, TOYTOWN_CITIES)}\n"
                f"Toytown's cities: {', '.join(TOYTOWN_CITIES)}."
            )
        _check_pattern(name, city.group)
    for name in recipe.approaches:
        if name in RESERVED:
            raise RecipeError(f"The approach {name!r} needs another name: that one is a reference row's.")
        _check_approach(recipe, name)
    _check_extractor(recipe.scoring.extractor)
    _check_numbers(recipe)
    _check_video(recipe)


def _check_extractor(name: str) -> None:
    if extractor_named(name) is None:
        known = known_extractors()
        raise RecipeError(
            f"scoring.extractor is {name!r}{_nearest(name, known)}\n"
            f"Extractors: {', '.join(known)}. One of another package is there when that is installed."
        )


def _check_pattern(city: str, pattern: str) -> None:
    try:
        groups = re.compile(pattern).groups
    except re.error as error:
        raise RecipeError(f"cities.{city}.group = {pattern!r} is no regular expression: {error}") from error
    if pattern and groups != 1:
        raise RecipeError(f"cities.{city}.group = {pattern!r} must capture one group in brackets, found {groups}.")


def _check_approach(recipe: Recipe, name: str) -> None:
    approach = recipe.approaches[name]
    approach.check(recipe, name)
    for city in approach.cities(recipe):
        if city not in recipe.cities:
            raise RecipeError(
                f"approaches.{name} speaks of the city {city!r}{_nearest(city, recipe.cities)}\n"
                f"Cities of this recipe: {', '.join(recipe.cities)}."
            )


def _check_video(recipe: Recipe) -> None:
    video = recipe.video
    for name in video.approaches:
        if name not in recipe.approaches:
            raise RecipeError(
                f"video.approaches names {name!r}{_nearest(name, recipe.approaches)}\n"
                f"Approaches of this recipe: {', '.join(recipe.approaches)}."
            )
    for city in video.files:
        if city not in recipe.cities or recipe.cities[city].toytown:
            of_folders = [name for name, own in recipe.cities.items() if not own.toytown]
            raise RecipeError(
                f"video.files names {city!r}, but a city of a folder was needed{_nearest(city, of_folders)}\n"
                "Toytown's cities are driven through and need no file."
            )
    if 0 < video.frames < FEWEST_FRAMES:
        raise RecipeError(f"video.frames is {video.frames}; at least {FEWEST_FRAMES} are needed to see flicker, or 0.")
    way = (video.frames - 1) * video.step_m
    if video.frames and way > LONGEST_DRIVE_M and any(own.toytown for own in recipe.cities.values()):
        raise RecipeError(
            f"video.frames = {video.frames} and video.step_m = {video.step_m} make a drive of {way:g} m, "
            f"but the street is {LONGEST_DRIVE_M:g} m long."
        )


def _check_numbers(recipe: Recipe) -> None:
    for name in recipe.approaches:
        for size in recipe.sizes_of(name):
            if size < 32 or size % 4:
                raise RecipeError(f"approaches.{name}: side {size} found; a multiple of 4, at least 32, was needed.")
    if recipe.data.val_fraction + recipe.data.test_fraction >= 1:
        raise RecipeError("data.val_fraction + data.test_fraction must be less than 1: some pictures are for training.")
