"""The training loop: the same for every approach that learns by steps."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from c2c.approaches import Approach, build
from c2c.data.datasets import DepthPairs, UnpairedImages, loader
from c2c.data.depth_code import DepthCode
from c2c.data.manifest import Manifest
from c2c.data.samplers import PairedSampler, UnpairedSampler
from c2c.errors import TooFewImages
from c2c.recipe import Pix2PixRecipe, Recipe, resolved
from c2c.records import Provenance
from c2c.training.checkpoint import Checkpoint, load_networks, load_resume, newest, read_description, save_checkpoint
from c2c.training.loss_log import LossLog
from c2c.training.schedule import learning_rate, seed_of, total_steps

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Training:
    """What is to be trained: an approach of a recipe, on these cities, into this folder."""

    recipe: Recipe
    name: str
    cities: dict[str, Manifest]
    folder: Path
    key: str  # hash of all inputs: a checkpoint of another key is not gone on from
    device: torch.device
    provenance: Provenance

    @property
    def data(self) -> dict[str, str]:
        """City -> SHA-256 of its manifest."""
        return {city: manifest.sha256 for city, manifest in self.cities.items()}


def train(training: Training, progress: Progress | None = None) -> Checkpoint:
    """Train an approach to its last step, from its newest checkpoint where there is one; returns the last checkpoint.

    All chance is a function of (seed, approach, step), so a killed training that goes on gives what an unbroken one
    gives.

    Raises:
        TrainingDiverged: a loss is no longer finite; the last checkpoint is kept.
        TooFewImages: a city has no training pictures.
    """
    recipe, own = training.recipe, training.recipe.approaches[training.name].training
    pictures = _count(training)
    steps = total_steps(own, pictures)
    torch.manual_seed(seed_of(recipe.seed, training.name))
    approach = build(recipe, training.name)
    approach.networks.to(training.device).train()
    log = LossLog(steps)
    start, seconds_before = _resume(training, approach, log)
    began = time.perf_counter()
    description = read_description(training.folder) if start == steps else None
    for step, batch in enumerate(_batches(training, start, steps), start + 1):
        torch.manual_seed(seed_of(recipe.seed, training.name, step))
        _set_rates(approach, learning_rate(own, step - 1, steps))
        log.add(step, approach.training_step(_to(batch, training.device)))
        if step % own.checkpoint_every == 0 or step == steps:
            log.close(step)
            seconds = seconds_before + time.perf_counter() - began
            description = _describe(training, step, steps, seconds, log)
            save_checkpoint(training.folder, approach, description)
        if progress:
            progress(step, steps)
    assert description is not None
    return description


def save_fitted(training: Training, approach: Approach, seconds: float) -> Checkpoint:
    """Save an approach that is fitted at once rather than trained by steps."""
    description = _describe(training, 0, 0, seconds, LossLog(0))
    save_checkpoint(training.folder, approach, description)
    return description


def _count(training: Training) -> int:
    """Training pictures of the larger city; where depth is learnt, those without it do not count."""
    pairs = isinstance(training.recipe.approaches[training.name], Pix2PixRecipe)
    counts = {
        city: sum(entry.depth is not None or not pairs for entry in manifest.split("train"))
        for city, manifest in training.cities.items()
    }
    for city, count in counts.items():
        if count == 0:
            raise TooFewImages(training.cities[city].root, 0, 1, f"training on {city}")
    return max(counts.values())


def _resume(training: Training, approach: Approach, log: LossLog) -> tuple[int, float]:
    """Step to start after, and seconds spent so far."""
    if newest(training.folder) is None:
        return 0, 0.0
    description = read_description(training.folder)
    if description.key != training.key:
        return 0, 0.0
    load_networks(training.folder, approach, training.device)
    load_resume(training.folder, approach, training.device)
    log.curves = {name: [tuple(point) for point in points] for name, points in description.losses.items()}
    return description.step, description.seconds


def _batches(training: Training, start: int, stop: int) -> Iterator[Any]:
    recipe, own = training.recipe, training.recipe.approaches[training.name]
    data, batch_size = recipe.data, own.training.batch_size
    manifests = [training.cities[city] for city in recipe.cities_of(training.name)]
    seed = seed_of(recipe.seed, training.name, "sampler")
    size, cache = recipe.size_of(training.name), data.cache_mib * 2**20
    if isinstance(own, Pix2PixRecipe):
        dataset = DepthPairs(manifests[0], size, DepthCode(own.near_m, own.far_m), data.jitter, cache)
        sampler = PairedSampler(len(dataset), batch_size, seed, data.flip)
    else:
        dataset = UnpairedImages(manifests[0], manifests[1], size, data.jitter, cache)
        sampler = UnpairedSampler(len(dataset.domain_a), len(dataset.domain_b), batch_size, seed, data.flip)
    return loader(dataset, sampler, start, stop, data.workers)


def _describe(training: Training, step: int, steps: int, seconds: float, log: LossLog) -> Checkpoint:
    return Checkpoint(
        approach=training.name,
        recipe=resolved(training.recipe),
        key=training.key,
        step=step,
        steps=steps,
        seconds=round(seconds, 3),
        losses=log.curves,
        data=training.data,
        provenance=training.provenance,
    )


def _set_rates(approach: Approach, rate: float) -> None:
    for optimizer in approach.optimizers.values():
        for group in optimizer.param_groups:
            group["lr"] = rate


def _to(batch: Any, device: torch.device) -> Any:
    return type(batch)(*(tensor.to(device, non_blocking=True) for tensor in batch))
