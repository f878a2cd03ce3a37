"""The translation stage: every test picture, through each approach, in each direction, at each size."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Literal

from c2c.approaches import Approach, Direction
from c2c.errors import RecipeError
from c2c.pipeline.cities import DRESSED, WHOLE, manifest_of, test_entries, truth_key, views_of
from c2c.pipeline.fitting import record_which_translates, train_key
from c2c.pipeline.reporter import Progress
from c2c.pipeline.run import Run
from c2c.recipe import Recipe
from c2c.records import Panel, TranslationRecord, write_record
from c2c.records.types import Status
from c2c.training import processes
from c2c.training.checkpoint import kept, load_approach
from c2c.translation.folder import code_of, load_input
from c2c.translation.panels import DEPTH, FAKE, RECONSTRUCTED, Job, translate_jobs

CAPTIONS = {FAKE: "generated", RECONSTRUCTED: "reconstructed", DEPTH: "predicted depth"}
ROLES: dict[str, Literal["output", "reconstruction", "middle"]] = {
    FAKE: "output",
    RECONSTRUCTED: "reconstruction",
    DEPTH: "middle",
}


def directions_by_name(recipe: Recipe) -> dict[str, Direction]:
    """Every direction of a recipe's approaches, by name."""
    return {direction.name: direction for name in recipe.approaches for direction in recipe.directions_of(name)}


def translate_key(run: Run, name: str) -> str:
    """What the pictures of an approach depend on."""
    keep = run.recipe.approaches[name].training.keep
    return run.key(train_key(run, name), keep, run.recipe.sizes_of(name), run.recipe.data.max_test)


def translate_all(run: Run, name: str, progress: Progress) -> str:
    """Translate in every direction and size, and record each; returns a line that tells of it."""
    approach, _ = load_approach(run.folder.checkpoints(name), run.device, run.recipe.approaches[name].training.keep)
    work = [(direction, size) for direction in approach.directions for size in run.recipe.sizes_of(name)]
    counts = [len(test_entries(run, manifest_of(run, direction.source))) for direction, _ in work]
    total, done = sum(counts), 0

    def one_more(stem: str) -> None:
        nonlocal done
        done += 1
        progress(done, total)

    for direction, size in work:
        began = time.perf_counter()
        panels, stems = _translate(run, name, approach, direction, size, one_more)
        if processes.is_first():
            _record(run, name, direction, size, "done", "", panels, stems, time.perf_counter() - began)
    processes.decided_by_first(lambda: record_which_translates(run, name))
    return f"{total} pictures"


def record_failure(run: Run, name: str, message: str) -> None:
    """Record that an approach has no pictures."""
    for direction in run.recipe.directions_of(name):
        for size in run.recipe.sizes_of(name):
            _record(run, name, direction, size, "failed", message, (), (), 0.0)


def _translate(
    run: Run, name: str, approach: Approach, direction: Direction, size: int, one_more: Callable[[str], None]
) -> tuple[tuple[Panel, ...], tuple[str, ...]]:
    own, manifest = run.recipe.approaches[name], manifest_of(run, direction.source)
    entries = test_entries(run, manifest)
    stems = tuple(manifest.stem_of(entry) for entry in entries)
    folder = run.folder.pictures(name, direction.name, size)

    def make_room() -> Path:
        run.folder.start_afresh(folder, run.key(train_key(run, name), own.training.keep, manifest.sha256))
        return views_of(run, manifest, entries, size, direction.takes)

    inputs = processes.decided_by_first(make_room)
    code = code_of(run.recipe, name)
    jobs = [Job(stem, lambda stem=stem: load_input(inputs / f"{stem}.png", direction, code)) for stem in stems]
    translate_jobs(approach, direction, processes.share(jobs), folder, code, run.device, one_more)
    processes.gather(None)  # all of them are there
    made = approach.panels(direction)
    panels = [Panel("input", direction.takes, run.folder.relative(inputs), _input_caption(direction))]
    for panel, modality in made.items():
        if panel not in ROLES:
            raise RecipeError(f"approaches.{name} makes a panel {panel!r}; those known are {', '.join(ROLES)}.")
        where = run.folder.relative(folder / panel)
        panels.append(Panel(ROLES[panel], modality, where, CAPTIONS[panel]))
    if (truth := processes.decided_by_first(lambda: truth_folder(run, direction, size))) is not None:
        modality = "image" if direction.gives == "image" else "depth"
        panels.append(Panel("truth", modality, run.folder.relative(truth), _truth_caption(direction)))
    return tuple(panels), stems


def truth_folder(run: Run, direction: Direction, size: int, form: str | None = None) -> Path | None:
    """The folder of the true pictures of a direction's test set, where there are some.

    Args:
        run: the run.
        direction: what is translated into what.
        size: side in pixels.
        form: "whole" or "dressed"; None: the one that fits the approach.
    """
    manifest = manifest_of(run, direction.source)
    entries = test_entries(run, manifest)
    if direction.source == direction.target:  # the other half of the pair is the truth
        return views_of(run, manifest, entries, size, direction.gives)
    key = truth_key(direction.target, form or (DRESSED if direction.keeps_shape else WHOLE))
    return views_of(run, manifest, entries, size, key) if key in manifest.truths else None


def _input_caption(direction: Direction) -> str:
    city = _proper(direction.source)
    return f"real {city}" if direction.takes == "image" else f"true depth, {city}"


def _truth_caption(direction: Direction) -> str:
    city = _proper(direction.target)
    if direction.source == direction.target:
        return f"real {city}" if direction.gives == "image" else "true depth"
    if direction.keeps_shape:
        return f"the true picture: these shapes in {city}'s dress"
    return f"the true picture: this street in {city}"


def _proper(city: str) -> str:
    return city[:1].upper() + city[1:]


def _record(
    run: Run,
    name: str,
    direction: Direction,
    size: int,
    status: Status,
    message: str,
    panels: tuple[Panel, ...],
    stems: tuple[str, ...],
    seconds: float,
) -> None:
    own = run.recipe.approaches[name]
    found = kept(run.folder.checkpoints(name), own.training.keep)
    record = TranslationRecord(
        approach=name,
        approach_kind=own.kind,
        direction=direction.name,
        source=direction.source,
        target=direction.target,
        status=status,
        message=message,
        trained_size=None if own.needs == "style_pictures" else run.recipe.size_of(name),
        size=size,
        panels=panels,
        pictures=stems,
        seconds=round(seconds, 2),
        checkpoint=run.folder.relative(found) if found else "",
        provenance=run.provenance(),
    )
    write_record(run.folder.records, record)
