"""A generator of the authors' code becomes an approach, and a checkpoint of c2c."""

from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Literal

from c2c.approaches import Approach, build
from c2c.errors import CheckpointError, OutputError, RecipeError
from c2c.exchange.layout import Architecture, tell, to_ours
from c2c.exchange.state_dict import read_state_dict
from c2c.paths import sha256_of
from c2c.recipe import PretrainedRecipe, Recipe, digest, recipe_from, resolved
from c2c.records.provenance import provenance
from c2c.training.checkpoint import Checkpoint, newest, save_checkpoint

NAME = "pretrained"  # of the approach in an imported checkpoint
SIZE = 256  # side in pixels that the authors' code trains at unless told otherwise


@dataclass(frozen=True)
class Imported:
    """What was found in a file, and where it lies now."""

    architecture: Architecture
    folder: Path
    direction: str  # its name


def fitted(recipe: Recipe, name: str) -> tuple[Approach, Recipe]:
    """The pretrained approach of that name with its weights, and the recipe with what its file told written in.

    Raises:
        CheckpointError: the file cannot be read, is no generator, or is another one than the recipe says.
        RecipeError: the approach is of another kind, or what the file told does not fit the rest of the recipe.
    """
    own = recipe.approaches[name]
    if not isinstance(own, PretrainedRecipe) or not own.file:
        raise RecipeError(f'approaches.{name} names no file; kind = "pretrained" and file = "…" were needed.')
    path = Path(own.file)
    state = read_state_dict(path)
    architecture = tell(state, path)
    own = _filled(own, architecture, name)
    recipe = replace(recipe, approaches={**recipe.approaches, name: own})
    own.check(recipe, name)
    approach = build(recipe, name)
    generator = approach.networks["generator"]
    generator.load_state_dict(to_ours(state, architecture, generator, path))
    approach.networks.eval()
    return approach, recipe


def import_checkpoint(
    file: Path,
    out: Path,
    source: str,
    target: str,
    norm_at_test: Literal["batch", "running"] = "batch",
    depth_range_m: tuple[float, float] = (1.0, 200.0),
) -> Imported:
    """Write a checkpoint of c2c from a generator of the authors' code.

    Args:
        file: such as latest_net_G_A.pth.
        out: folder of the checkpoint; may not hold another.
        source: the city whose pictures it takes.
        target: the city whose pictures it gives.
        norm_at_test: by what a batch norm normalises: the picture's own statistics, or those of its training.
        depth_range_m: the ends of the depth code, where the network takes or gives depth.

    Raises:
        CheckpointError: the file cannot be used; the message says what it is.
        RecipeError: a city has no name that c2c can use, or the two do not fit what the network does.
        OutputError: there is a checkpoint in `out` already.
    """
    if (there := newest(out)) is not None:
        raise OutputError(f"{there} is a checkpoint already. Say another folder, such as\n    --out {out}-imported")
    state = read_state_dict(file)
    architecture = tell(state, file)
    running = norm_at_test == "running"
    if running and architecture.norm == "instance":
        raise CheckpointError(
            f"{file} is a {architecture}. Instance norm has no statistics of its training: leave out --norm-at-test."
        )
    own = {
        "norm": "batch-running" if running else "",
        "near_m": depth_range_m[0],
        "far_m": depth_range_m[1],
    }
    approach, recipe = fitted(_recipe(file, architecture, source, target, own), NAME)
    description = Checkpoint(
        approach=NAME,
        recipe=resolved(recipe),
        key=digest([resolved(recipe), sha256_of(file)]),
        step=0,
        steps=0,
        seconds=0.0,
        data={},
        provenance=provenance(recipe.name, digest(recipe), recipe.seed),
    )
    save_checkpoint(out, approach, description)
    return Imported(architecture, out, approach.directions[0].name)


def _recipe(file: Path, architecture: Architecture, source: str, target: str, settings: dict[str, Any]) -> Recipe:
    """A recipe of this one generator and its cities, whose pictures nobody knows."""
    own = {
        "kind": "pretrained",
        "source": source,
        "target": target,
        "file": str(file),
        "in_channels": architecture.in_channels,
        "out_channels": architecture.out_channels,
        **settings,
    }
    unknown = {"note": "The pictures that the network was trained on are not known."}
    table = {
        "name": NAME,
        "title": file.name,
        "size": max(SIZE, 2**architecture.levels),
        "cities": {city: {"folder": f"photos/{city}", **unknown} for city in (source, target)},
        "approaches": {NAME: own},
    }
    return recipe_from(table)


def _filled(own: PretrainedRecipe, architecture: Architecture, name: str) -> PretrainedRecipe:
    told = asdict(architecture)
    if own.norm == "batch-running" and told["norm"] == "batch":
        told["norm"] = own.norm
    for key, value in told.items():
        if (said := getattr(own, key)) and said != value:
            raise CheckpointError(
                f"approaches.{name}.{key} is {said!r}, but {own.file} is a {architecture}. Set {key} = {value!r}."
            )
    return replace(own, **told)
