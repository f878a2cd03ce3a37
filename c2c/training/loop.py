"""The training loop: the same for every approach that learns by steps."""

import contextlib
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch

from c2c.approaches import Approach, build
from c2c.data.datasets import DepthPairs, UnpairedImages, loader
from c2c.data.depth_code import DepthCode
from c2c.data.manifest import Manifest
from c2c.data.samplers import PairedSampler, UnpairedSampler
from c2c.errors import CheckpointError, TooFewImages, TrainingDiverged
from c2c.recipe import Recipe, TrainingRecipe, resolved
from c2c.records import Provenance
from c2c.training import processes, speed
from c2c.training.average import AveragedWeights
from c2c.training.checkpoint import (
    Best,
    Checkpoint,
    load_networks,
    load_resume,
    newest,
    read_description,
    recipe_of,
    save_checkpoint,
)
from c2c.training.differences import basis, differences
from c2c.training.energy import EnergyMeter
from c2c.training.health import Trouble, trouble_in_means
from c2c.training.log import TrainingLog, best_of
from c2c.training.schedule import learning_rate, seed_of, total_steps
from c2c.training.tensorboard import tensorboard
from c2c.training.window import Window

Progress = Callable[[int, int], None]
LOG = "log.jsonl"


@dataclass(frozen=True)
class Validated:
    """What validation pictures told of a step."""

    scores: dict[str, float]  # by name
    score: float  # of them, the one that decides; lower is better
    samples: tuple[dict[str, str], ...] = ()  # direction, picture, input and output files beside the log
    troubles: tuple[Trouble, ...] = ()


@dataclass(frozen=True)
class Training:
    """What is to be trained: an approach of a recipe, on these cities, into this folder."""

    recipe: Recipe
    name: str
    cities: dict[str, Manifest]
    folder: Path
    key: str  # hash of all inputs, for those who ask whether this training is today's
    device: torch.device
    provenance: Provenance
    validate: Callable[[Approach, int], Validated] | None = None  # an approach that translates, and the step
    start_over: bool = False  # where the folder holds a training of other inputs, put it aside and begin anew

    @property
    def own(self) -> TrainingRecipe:
        """The approach's schedule."""
        return self.recipe.approaches[self.name].training

    @property
    def data(self) -> dict[str, str]:
        """City -> SHA-256 of its manifest."""
        return {city: manifest.sha256 for city, manifest in self.cities.items()}


class _RollBackError(Exception):
    """Go on from the last checkpoint."""


def train(training: Training, progress: Progress | None = None) -> Checkpoint:
    """Train an approach to its last step, from its newest checkpoint where there is one; returns the last checkpoint.

    All chance is a function of (seed, approach, step), so a killed training that goes on gives what an unbroken one
    gives. Every process that works together calls this; the first writes.

    Raises:
        TrainingDiverged: something went wrong that the recipe says to stop at; the last checkpoint is kept.
        CheckpointError: the checkpoint is of other inputs; it says which.
        OutputError: a checkpoint cannot be written; the last one is kept.
        TooFewImages: a city has fewer training pictures than a batch.
    """
    steps = total_steps(training.own, _count(training), processes.world())
    found = processes.decided_by_first(lambda: earlier(training))
    if found and found.step == found.steps:
        return found
    sitting = _Sitting(training, steps)
    while True:
        try:
            return sitting.go(progress)
        except _RollBackError:
            sitting = _Sitting(training, steps, sitting.roll_backs + 1)


def save_fitted(training: Training, approach: Approach, seconds: float) -> Checkpoint:
    """Save an approach that is fitted at once rather than trained by steps."""
    description = _describe(training, 0, 0, seconds)
    save_checkpoint(training.folder, approach, description)
    return description


class _Sitting:
    """One stretch of a training: from a checkpoint, or the beginning, to its end or a trouble.

    Args:
        training: what is to be trained.
        steps: of the whole training.
        roll_backs: how often the training was rolled back; None: as its checkpoint says.
    """

    def __init__(self, training: Training, steps: int, roll_backs: int | None = None) -> None:
        self.training, self.steps, self.own = training, steps, training.own
        torch.manual_seed(seed_of(training.recipe.seed, training.name))
        self.approach = build(training.recipe, training.name)
        speed.prepare(self.approach, self.own, training.device)
        self.precision = speed.precision_of(self.own, training.device)
        self.average = self._average()
        self.log = TrainingLog(training.folder / LOG if processes.is_first() else None)
        self.window = Window(steps)
        found = self._resume()
        self.start = found.step if found else 0
        self.seconds_before = found.seconds if found else 0.0
        self.energy = EnergyMeter(training.device, found.joules if found else None)
        self.roll_backs = roll_backs if roll_backs is not None else found.roll_backs if found else 0
        self.log.keep_until(self.start)
        self.approach.wrap(processes.distributed)
        self.began = time.perf_counter()

    def go(self, progress: Progress | None) -> Checkpoint:
        """Take every step that is left."""
        description = None
        writer = tensorboard(self.training.folder, self.log) if self.own.tensorboard else contextlib.nullcontext()
        with writer:
            for step, batch in enumerate(self._batches(), self.start + 1):
                self._step(step, batch)
                self.energy.joules()  # so that no counter comes round unseen
                validating, saving = self._is_due(step)
                if validating or saving:
                    self._close_window(step)
                    description = self._save(step, self._validate(step) if validating else None)
                if progress:
                    progress(step, self.steps)
        assert description is not None
        return description

    def _average(self) -> AveragedWeights | None:
        if not self.own.ema_decay:
            return None
        twin = build(self.training.recipe, self.training.name)
        twin.networks.to(self.training.device)
        return AveragedWeights(twin, self.approach, self.own.ema_decay)

    def _resume(self) -> Checkpoint | None:
        folder, device = self.training.folder, self.training.device
        if newest(folder) is None:
            return None
        load_networks(folder, self.approach, device)
        twin = self.average.twin if self.average else None
        load_resume(folder, self.approach, device, twin, processes.rank())
        return read_description(folder)

    def _batches(self) -> Iterator[Any]:
        """The batches of all steps that are left; after a roll back they are others."""
        training, data = self.training, self.training.recipe.data
        manifests = list(training.cities.values())
        batch_size = self.own.batch_size * processes.world()
        seed = seed_of(training.recipe.seed, training.name, "sampler", *self._again)
        size, cache = training.recipe.size_of(training.name), data.cache_mib * 2**20
        if _needs_pairs(training):
            code = DepthCode(*training.recipe.approaches[training.name].depth_range_m(training.recipe))
            dataset = DepthPairs(manifests[0], size, code, data.jitter, cache)
            sampler = PairedSampler(len(dataset), batch_size, seed, data.flip)
        else:
            dataset = UnpairedImages(manifests[0], manifests[1], size, data.jitter, cache)
            sampler = UnpairedSampler(len(dataset.domain_a), len(dataset.domain_b), batch_size, seed, data.flip)
        return loader(
            dataset, sampler, self.start, self.steps, data.workers, processes.share, training.device.type == "cuda"
        )

    @property
    def _again(self) -> tuple[str, ...]:
        """What makes the chance of this stretch another than that before it was rolled back."""
        return (f"roll back {self.roll_backs}",) if self.roll_backs else ()

    def _step(self, step: int, batch: Any) -> None:
        training = self.training
        rank = (f"process {processes.rank()}",) if processes.rank() else ()
        torch.manual_seed(seed_of(training.recipe.seed, training.name, step, *self._again, *rank))
        for optimizer in self.approach.optimizers.values():
            for group in optimizer.param_groups:
                group["lr"] = self._rate(step)
        self.approach.watching = self.window.fills_next or any(self._is_due(step))
        with speed.autocast(self.precision, training.device):
            losses = self.approach.training_step(_to(batch, training.device, speed.memory_format_of(self.own)))
        if self.average:
            self.average.update(step)
        if self.window.add(step, losses):
            self._close_window(step)

    def _rate(self, step: int) -> float:
        return learning_rate(self.own, step - 1, self.steps) * 0.5**self.roll_backs

    def _is_due(self, step: int) -> tuple[bool, bool]:
        """Whether to validate and whether to save after a step; where one is validated, it is saved too."""
        every = self.own.validate_every or max(1, self.steps // 10)
        last = step == self.steps
        return self.training.validate is not None and (last or step % every == 0), (
            last or step % self.own.checkpoint_every == 0
        )

    def _close_window(self, step: int) -> None:
        """Log the window's means; what is wrong with them is dealt with before anything is saved."""
        means = self.window.close(self.approach.gradient_norms)
        if means is None:
            return
        self._deal_with(trouble_in_means(step, means, self.own.health))
        self.log.add(
            step,
            losses=means.losses,
            gradient_norms=means.gradient_norms,
            rate=self._rate(step),
            **self._spent(),
        )

    def _validate(self, step: int) -> Validated:
        """Score the networks that would translate, in the first process alone."""
        approach, validate = self.average.twin if self.average else self.approach, self.training.validate
        assert validate is not None
        approach.networks.eval()
        found = processes.decided_by_first(lambda: validate(approach, step))
        self.approach.networks.train()
        self._deal_with(found.troubles)
        best = best_of(self.log.entries)
        is_best = processes.decided_by_first(lambda: best is None or found.score < best[1])
        self.log.add(step, validation=found.scores, score=found.score, best=is_best, **self._spent())
        if found.samples:
            self.log.add(step, samples=list(found.samples))
        return found

    def _save(self, step: int, validated: Validated | None) -> Checkpoint:
        best = best_of(self.log.entries)
        description = replace(
            _describe(self.training, step, self.steps, self._seconds()),
            best=Best(*best) if best else None,
            score=validated.score if validated else None,
            roll_backs=self.roll_backs,
            joules=self.energy.joules(),
            precision=str(self.precision).removeprefix("torch."),
        )
        memories = processes.gather(self.approach.memory())
        average = self.average.state() if self.average else None

        def save() -> Checkpoint:
            self.log.flush()
            save_checkpoint(self.training.folder, self.approach, description, memories, average)
            return description

        return processes.decided_by_first(save)

    def _deal_with(self, troubles: list[Trouble] | tuple[Trouble, ...]) -> None:
        """Log what was noticed, then stop or go back if the recipe says so."""
        for trouble in troubles:
            if trouble.remedy == "note":
                if not any(entry.get("event") == trouble.what for entry in self.log.entries):  # the first time is told
                    self.log.add(trouble.step, event=trouble.what, message=trouble.message)
            elif trouble.remedy == "roll_back" and self.roll_backs < self.own.health.roll_backs:
                back_to = self._last_saved()
                self.log.keep_until(back_to)
                message = (
                    f"{trouble.what} at step {trouble.step} ({trouble.message}); roll back {self.roll_backs + 1}: "
                    "other chance, half the learning rate"
                )
                self.log.add(back_to, event="rolled back", message=message)
                raise _RollBackError
            else:
                self.log.add(trouble.step, event=trouble.what, message=trouble.message)
                self.log.flush()
                raise TrainingDiverged(trouble.step, trouble.what, trouble.message)

    def _last_saved(self) -> int:
        found = newest(self.training.folder)
        return read_description(found).step if found else 0

    def _spent(self) -> dict[str, Any]:
        """What the log says of the training's cost so far."""
        joules = self.energy.joules()
        return {"seconds": round(self._seconds(), 3), **({"joules": joules} if joules else {})}

    def _seconds(self) -> float:
        return self.seconds_before + time.perf_counter() - self.began


def _needs_pairs(training: Training) -> bool:
    return training.recipe.approaches[training.name].needs == "depth_pairs"


def _count(training: Training) -> int:
    """Training pictures of the larger city; where depth is learnt, those without it do not count."""
    pairs, needed = _needs_pairs(training), training.own.batch_size * processes.world()
    counts = {
        city: sum(entry.depth is not None or not pairs for entry in manifest.split("train"))
        for city, manifest in training.cities.items()
    }
    for city, count in counts.items():
        if count < needed:
            purpose = f"training on {city} in batches of {needed}" if count else f"training on {city}"
            raise TooFewImages(training.cities[city].root, count, needed, purpose)
    return max(counts.values())


def earlier(training: Training) -> Checkpoint | None:
    """The newest checkpoint in the folder, if it is of this very training.

    Raises:
        CheckpointError: it is of another; what differs is named.
    """
    if newest(training.folder) is None:
        return None
    try:
        found = read_description(training.folder)
        other = _differences(found, training)
    except CheckpointError:
        if not training.start_over:
            raise
        other, found = ["it cannot be read"], None
    if not other:
        return found
    if training.start_over:
        _put_aside(training.folder)
        return None
    told = "\n".join(f"    {line}" for line in other)
    raise CheckpointError(
        f"{training.folder} holds a training of {training.name} that differs from what is asked now:\n{told}\n"
        "Ask for the same again to go on with it. Or add --start-over: it is kept beside, and the training begins anew."
    )


def _differences(found: Checkpoint, training: Training) -> list[str]:
    then = basis(recipe_of(found), found.approach, found.data)
    other = differences(then, basis(training.recipe, training.name, training.data))
    if found.step < found.steps and found.processes != processes.world():
        other.append(f"processes: {found.processes} then, {processes.world()} now")
    return other


def _put_aside(folder: Path) -> None:
    number = 1
    while (aside := folder.with_name(f"{folder.name}.before-{number}")).exists():
        number += 1
    folder.rename(aside)


def _describe(training: Training, step: int, steps: int, seconds: float) -> Checkpoint:
    return Checkpoint(
        approach=training.name,
        recipe=resolved(training.recipe),
        key=training.key,
        step=step,
        steps=steps,
        seconds=round(seconds, 3),
        data=training.data,
        provenance=training.provenance,
        processes=processes.world(),
    )


def _to(batch: Any, device: torch.device, memory_format: torch.memory_format) -> Any:
    return type(batch)(*(tensor.to(device, non_blocking=True, memory_format=memory_format) for tensor in batch))
