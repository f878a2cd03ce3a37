"""Training: whole steps as `c2c train` takes them, with the seconds of data, forward, backward and optimizer apart."""

from pathlib import Path
from typing import Any
from unittest.mock import patch

import torch
from torch import Tensor

from bench.cases.noise import write_city
from bench.cases.registry import Work, case
from bench.cases.scratch import in_scratch
from c2c.approaches import build
from c2c.data.datasets import DepthPairs, UnpairedImages, loader
from c2c.data.depth_code import DepthCode
from c2c.data.manifest import scan
from c2c.data.samplers import PairedSampler, UnpairedSampler
from c2c.recipe import Recipe, load_recipe, recipe_from
from c2c.timing.clock import PartClock
from c2c.training import speed

REGION = (
    "one whole step: cropping a batch out of pictures that are in memory, bringing it to the device, every network's "
    "forward and backward, every optimizer; without logging and validation"
)
ENDLESS = 10**9


@case("{kind} step {size}", region=REGION, kind=("cyclegan", "cut", "fastcut"), size=(128, 256), alone=True)
def unpaired_step(device: torch.device, kind: str, size: int) -> Work:
    """A step with the settings of the approach's own paper."""
    return _work(_recipe(size, {"kind": kind, "a": "a", "b": "b"}), "approach", device)


@case("pix2pix {direction} step 256", region=REGION, direction=("depth_to_image", "image_to_depth"), alone=True)
def paired_step(device: torch.device, direction: str) -> Work:
    """A step of UNet-256 with the paper's settings."""
    return _work(_recipe(256, {"kind": "pix2pix", "city": "a", "direction": direction}), "approach", device)


@case("demo {name} step 128", region=REGION, name=("cyclegan", "depth-paris"), quick=True, alone=True)
def demo_step(device: torch.device, name: str) -> Work:
    """A step of the demo, `c2c run toytown`."""
    return _work(load_recipe("toytown"), name, device)


class Step:
    """A training that goes on for ever, a step at a time."""

    def __init__(self, recipe: Recipe, name: str, device: torch.device, folder: Path) -> None:
        self.own, self.device = recipe.approaches[name].training, device
        self.approach = build(recipe, name)
        self.approach.watching = False  # as in all but one step of a long training's windows
        speed.prepare(self.approach, self.own, device)
        self.precision = speed.precision_of(self.own, device)
        pinned = device.type == "cuda"
        self.batches = loader(*_data(recipe, name, folder), 0, ENDLESS, pinned=pinned)

    def take(self) -> None:
        """One step."""
        self.learn(self.batch())

    def batch(self) -> Any:
        """The next batch, on the device."""
        layout = speed.memory_format_of(self.own)
        drawn = next(self.batches)
        return type(drawn)(*(part.to(self.device, non_blocking=True, memory_format=layout) for part in drawn))

    def learn(self, batch: Any) -> None:
        """Forward, backward and optimizers of one batch."""
        with speed.autocast(self.precision, self.device):
            self.approach.training_step(batch)

    def split(self) -> dict[str, float]:
        """One step; its seconds by part. What is neither data, backward nor optimizer is forward."""
        clock, descend = PartClock(self.device), self.approach.descend
        optimizers = self.approach.optimizers.values()
        hooks = [one.register_step_pre_hook(lambda *_: clock.ends("backward")) for one in optimizers]
        hooks += [one.register_step_post_hook(lambda *_: clock.ends("optimizer")) for one in optimizers]

        def watched(name: str, loss: Tensor) -> None:
            clock.ends("forward")
            descend(name, loss)

        batch = self.batch()
        clock.ends("data")
        with patch.object(self.approach, "descend", watched):
            self.learn(batch)
        clock.ends("forward")
        for hook in hooks:
            hook.remove()
        return clock.seconds()


def _work(recipe: Recipe, name: str, device: torch.device) -> Work:
    def prepared(folder: Path) -> Work:
        step = Step(recipe, name, device, folder)
        return Work(step.take, unit="s/step", split=step.split)

    return in_scratch(prepared)


def _recipe(size: int, approach: dict[str, Any]) -> Recipe:
    cities = {"a": {"folder": "a"}, "b": {"folder": "b"}}
    return recipe_from(
        {"name": "bench", "title": "Bench", "size": size, "cities": cities, "approaches": {"approach": approach}}
    )


def _data(recipe: Recipe, name: str, folder: Path) -> tuple[Any, Any]:
    """The dataset and the sampler of a training on cities of noise."""
    size, batch = recipe.size_of(name), recipe.approaches[name].training.batch_size
    cities = [
        scan(city, write_city(folder / city, first_seed=100 * place), split_of=lambda _: "train")
        for place, city in enumerate("ab")
    ]
    if recipe.approaches[name].needs == "depth_pairs":
        pairs = DepthPairs(cities[0], size, DepthCode(*recipe.approaches[name].depth_range_m(recipe)))
        return pairs, PairedSampler(len(pairs), batch, 0)
    images = UnpairedImages(cities[0], cities[1], size)
    return images, UnpairedSampler(len(images.domain_a), len(images.domain_b), batch, 0)
