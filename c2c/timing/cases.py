"""The timed cases of a run: each approach translating at each size, and one of its training steps."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

import torch

from c2c.approaches import Approach, build
from c2c.approaches.pix2pix import CHANNELS
from c2c.data.datasets import DepthBatch, UnpairedBatch
from c2c.recipe import Recipe
from c2c.recipe.schema import BY_STEPS
from c2c.records import Provenance, TimingRecord
from c2c.timing.clock import median_and_spread, time_calls
from c2c.training import speed
from c2c.translation.panels import pad_to_multiple

NO_CUDA = "no CUDA device"


@dataclass(frozen=True)
class Case:
    """One thing to time; its pictures are noise, since a network's speed does not depend on what they show."""

    approach: str
    what: Literal["translate", "train"]
    size: int
    batch: int
    device: Literal["cpu", "cuda"]

    @property
    def name(self) -> str:
        """A name that is the case's file too."""
        return f"{self.approach} {self.what} {self.size} batch {self.batch} {self.device}"


def cases_of(recipe: Recipe) -> Iterator[Case]:
    """Every case of a recipe, on the CPU and on CUDA."""
    for device in ("cpu", "cuda"):
        for name, own in recipe.approaches.items():
            for size in recipe.sizes_of(name):
                yield Case(name, "translate", size, 1, device)
            if own.needs in BY_STEPS:
                yield Case(name, "train", recipe.size_of(name), own.training.batch_size, device)


def time_case(recipe: Recipe, case: Case, approach: Approach, device: torch.device, proof: Provenance) -> TimingRecord:
    """The timing of one case with an approach whose networks are at hand; CUDA without CUDA is skipped.

    Args:
        recipe: says how long to warm up and to measure.
        case: what to time.
        approach: a trained approach for "translate"; "train" times a fresh one.
        device: the run's device; a CPU case is timed on the CPU all the same.
        proof: where the number comes from.
    """
    if case.device == "cuda" and not torch.cuda.is_available():
        return _record(case, proof, "skipped", NO_CUDA, ())
    device = device if device.type == case.device else torch.device(case.device)
    if case.what == "translate":
        call, region = _translating(approach, case, device)
    else:
        call, region = _training(recipe, case, device)
    timed = time_calls(call, device, recipe.timing.warmup_s, recipe.timing.measure_s)
    samples = tuple(case.batch / s if case.what == "translate" else s for s in timed.seconds)
    return _record(case, proof, "measured", "", samples, region, timed.peak_memory_bytes)


def _translating(approach: Approach, case: Case, device: torch.device) -> tuple[Callable[[], object], str]:
    direction = approach.directions[0]
    approach.networks.to(device).eval()
    picture = pad_to_multiple(_noise(case.batch, CHANNELS[direction.takes], case.size, device), approach.multiple)

    @torch.no_grad()
    def call() -> object:
        return approach.generate(picture, direction)

    return call, "the networks alone, float32, pictures already on the device; no reading, no writing"


def _training(recipe: Recipe, case: Case, device: torch.device) -> tuple[Callable[[], object], str]:
    approach, own = build(recipe, case.approach), recipe.approaches[case.approach].training
    speed.prepare(approach, own, device)
    approach.watching = False  # as in all but one step of a long training's windows
    precision = speed.precision_of(own, device)
    image = _noise(case.batch, 3, case.size, device).to(memory_format=speed.memory_format_of(own))
    batch: Any = UnpairedBatch(image, image.flip(3))
    if approach.needs == "depth_pairs":
        batch = DepthBatch(image, _noise(case.batch, CHANNELS["depth"], case.size, device))

    def call() -> object:
        with speed.autocast(precision, device):
            return approach.training_step(batch)

    told = str(precision).removeprefix("torch.")
    return call, f"a whole step of all networks and optimizers, {told}, the batch already on the device"


def _noise(batch: int, channels: int, size: int, device: torch.device) -> torch.Tensor:
    generator = torch.Generator().manual_seed(0)
    return (torch.rand(batch, channels, size, size, generator=generator) * 2 - 1).to(device)


def _record(
    case: Case,
    proof: Provenance,
    status: Literal["measured", "skipped", "failed"],
    reason: str,
    samples: tuple[float, ...],
    region: str = "",
    peak: int | None = None,
) -> TimingRecord:
    median, spread = median_and_spread(samples) if samples else (None, None)
    return TimingRecord(
        case=case.name,
        approach=case.approach,
        what=case.what,
        size=case.size,
        batch=case.batch,
        device=case.device,
        status=status,
        reason=reason,
        unit="images/s" if case.what == "translate" else "s/step",
        samples=samples,
        median=median,
        interquartile_range=spread,
        timed_region=region,
        threads=torch.get_num_threads(),
        peak_memory_bytes=peak,
        provenance=proof,
    )
