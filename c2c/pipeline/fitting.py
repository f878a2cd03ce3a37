"""The training stage: an approach that learns by steps is trained, the others are fitted at once."""

import time
from dataclasses import asdict, replace
from pathlib import Path

import torch

from c2c.approaches import build
from c2c.approaches.depth_chain import DepthChain
from c2c.approaches.neural_style import NeuralStyle
from c2c.data.datasets import to_tensor
from c2c.data.manifest import Manifest
from c2c.data.pictures import read_picture
from c2c.data.splits import spread
from c2c.data.transforms import test_view
from c2c.errors import CheckpointError, ManifestError
from c2c.exchange.importing import fitted
from c2c.paths import sha256_of
from c2c.pipeline.cities import manifest_of
from c2c.pipeline.reporter import Progress
from c2c.pipeline.run import Run
from c2c.pipeline.validating import validation_of
from c2c.recipe import DepthChainRecipe, NeuralStyleRecipe, PretrainedRecipe
from c2c.recipe.schema import BY_STEPS
from c2c.records import Kept, TrainingRecord, of_type, read_records, write_record
from c2c.records.types import Status
from c2c.training import processes
from c2c.training.checkpoint import Checkpoint, Which, kept, load_approach, newest, read_description, recipe_of
from c2c.training.differences import basis
from c2c.training.log import Entry, clock, curves, events, rates, read_log, samples
from c2c.training.loop import LOG, Training, earlier, save_fitted, train
from c2c.weights import get


def train_key(run: Run, name: str) -> str:
    """What a training depends on: its settings, its cities' pictures, and the parts it is made of."""
    recipe, own = run.recipe, run.recipe.approaches[name]
    shas = {city: manifest.sha256 for city, manifest in _cities(run, name).items()}
    file = Path(own.file) if isinstance(own, PretrainedRecipe) else None
    content = sha256_of(file) if file and file.is_file() else ""
    return run.key(basis(recipe, name, shas), [train_key(run, part) for part in own.parts()], content)


def is_trained(run: Run, name: str) -> bool:
    """Whether an approach has its last checkpoint, from today's inputs."""
    try:
        return run.ledger.is_done(f"train {name}", train_key(run, name)) and bool(newest(run.folder.checkpoints(name)))
    except ManifestError:
        return False


def refuse_other_settings(run: Run, name: str) -> None:
    """Make sure that a training in the way is of today's settings, unless the run starts over.

    Raises:
        CheckpointError: it is not; what differs is named, and nothing was touched.
    """
    if run.recipe.approaches[name].needs in BY_STEPS and not run.start_over:
        processes.decided_by_first(lambda: earlier(_training(run, name, "")))


def fit(run: Run, name: str, key: str, progress: Progress) -> str:
    """Train or fit an approach and record it; returns a line that tells of it."""
    if run.device.type == "cuda":
        torch.cuda.reset_peak_memory_stats(run.device)
    training = replace(_training(run, name, key), validate=validation_of(run, name))
    match run.recipe.approaches[name]:
        case NeuralStyleRecipe() as own:
            done = _fit_style(training, own)
        case DepthChainRecipe() as own:
            done = _join_halves(run, training, own)
        case PretrainedRecipe():
            done = _take_over(training)
        case _:
            done = train(training, progress)
    if processes.is_first():
        record_training(run, name, "done", "", done)
    return f"{done.steps} steps, {done.seconds:.0f} s" if done.steps else ""


def _training(run: Run, name: str, key: str) -> Training:
    return Training(
        recipe=run.recipe,
        name=name,
        cities=_cities(run, name),
        folder=run.folder.checkpoints(name),
        key=key,
        device=run.device,
        provenance=run.provenance(),
        start_over=run.start_over,
    )


def record_training(run: Run, name: str, status: Status, message: str, done: Checkpoint | None = None) -> None:
    """Write the record of a training that ended, well or not."""
    own, folder = run.recipe.approaches[name], run.folder.checkpoints(name)
    if done is None:
        done = _last_description(run, name)
    entries = read_log(folder / LOG) if done or status == "diverged" else []
    place = run.folder.relative(folder)
    record = TrainingRecord(
        approach=name,
        approach_kind=own.kind,
        status=status,
        message=message,
        settings=asdict(own) | {"size": run.recipe.size_of(name)},
        step=done.step if done else 0,
        steps=done.steps if done else 0,
        seconds=done.seconds if done else 0.0,
        losses=curves(entries, "losses"),
        parameters=_parameters(done),
        checkpoint=_place(run, name, "last") if done else "",
        device=str(run.device),
        precision=done.precision if done else "float32",
        peak_memory_bytes=torch.cuda.max_memory_allocated() if run.device.type == "cuda" else None,
        data=done.data if done else {},
        provenance=run.provenance(),
        rates=rates(entries),
        gradient_norms=curves(entries, "gradient_norms"),
        validation=curves(entries, "validation"),
        score_name=_score_name(entries),
        last=Kept(done.step, done.score, _place(run, name, "last")) if done and done.steps else None,
        best=Kept(done.best.step, done.best.score, _place(run, name, "best")) if done and done.best else None,
        translates=own.training.keep,
        events=events(entries),
        samples=samples(entries, place),
        log=f"{place}/{LOG}" if entries else "",
        processes=done.processes if done else 1,
        clock=clock(entries),
        energy=curves(entries, "joules"),
    )
    write_record(run.folder.records, record)


def record_which_translates(run: Run, name: str) -> None:
    """Bring the record of a training up to date with which of its checkpoints the recipe now translates with."""
    keep = run.recipe.approaches[name].training.keep
    for record in of_type(read_records(run.folder.records), TrainingRecord):
        if record.approach == name and record.translates != keep:
            write_record(run.folder.records, replace(record, translates=keep))


def _place(run: Run, name: str, which: Which) -> str:
    found = kept(run.folder.checkpoints(name), which)
    return run.folder.relative(found) if found else ""


def _score_name(entries: list[Entry]) -> str:
    """The score that decides which step is best: the last one of a validation."""
    named = [list(entry["validation"]) for entry in entries if "validation" in entry]
    return named[0][-1] if named else ""


def _last_description(run: Run, name: str) -> Checkpoint | None:
    """What the newest checkpoint of a training that failed says; None where it comes from other inputs."""
    try:
        found = read_description(run.folder.checkpoints(name))
    except CheckpointError:
        return None
    return found if found.key == train_key(run, name) else None


def _fit_style(training: Training, own: NeuralStyleRecipe) -> Checkpoint:
    began = time.perf_counter()
    get(own.network)
    approach = build(training.recipe, training.name)
    assert isinstance(approach, NeuralStyle)
    manifest, size = training.cities[own.style], training.recipe.size_of(training.name)
    chosen = spread(manifest.split("train"), own.style_pictures)
    views = [to_tensor(test_view(read_picture(manifest.path_of(entry)), size)) for entry in chosen]
    approach.networks.to(training.device)
    approach.fit(torch.stack(views).to(training.device))
    return save_fitted(training, approach, time.perf_counter() - began)


def _join_halves(run: Run, training: Training, own: DepthChainRecipe) -> Checkpoint:
    began = time.perf_counter()
    approach = build(training.recipe, training.name)
    assert isinstance(approach, DepthChain)
    for name, half in zip(own.parts(), approach.halves, strict=True):
        if not is_trained(run, name):
            raise CheckpointError(f"{training.name} needs {name}, which is not trained.")
        trained, _ = load_approach(
            run.folder.checkpoints(name), training.device, run.recipe.approaches[name].training.keep
        )
        half.networks.load_state_dict(trained.networks.state_dict())
    return save_fitted(training, approach, time.perf_counter() - began)


def _take_over(training: Training) -> Checkpoint:
    began = time.perf_counter()
    approach, recipe = fitted(training.recipe, training.name)
    return save_fitted(replace(training, recipe=recipe), approach, time.perf_counter() - began)


def _cities(run: Run, name: str) -> dict[str, Manifest]:
    return {city: manifest_of(run, city) for city in run.recipe.cities_of(name)}


def _parameters(done: Checkpoint | None) -> dict[str, int]:
    if done is None:
        return {}
    approach = build(recipe_of(done), done.approach)
    return {
        name: sum(parameter.numel() for parameter in network.parameters())
        for name, network in approach.networks.items()
    }
