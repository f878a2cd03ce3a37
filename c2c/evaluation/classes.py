"""What becomes what: the classes of a picture's pixels before and after translation, on Toytown.

The classes of the real pictures and of the true translations are known exactly. Those of a generated picture are not:
a small classifier reads them point by point, fitted on real training pictures of both cities. How well it does on real
test pictures is measured and stands beside every table; a class that it does not recognise is not shown.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from PIL import Image
from PIL.Image import Resampling
from torch import Tensor

from c2c.errors import ScoreError
from c2c.evaluation.intervals import DRAWS
from c2c.evaluation.points import PLACES, POINTS, PointNetwork, network_stated, points_of, reduced_size
from c2c.evaluation.protocol import Protocol

LEAST_SHARE = 0.002  # of a city's pixels: of a rarer class too little is seen to measure how well it is recognised
BOUND = 0.6  # of recall and precision: a class below is not shown

Classes = NDArray[np.uint8]  # (N, h, w), a number for each class


class PixelClassifier:
    """Tells the class of each point of a picture.

    A `PointNetwork` fitted by cross-entropy, seeded.
    """

    def __init__(self, pictures: Tensor, classes: Classes, count: int, seed: int) -> None:
        """Fit it.

        Args:
            pictures: (N, 3, h, w) uint8.
            classes: (N, h, w), the true classes.
            count: how many classes there are.
            seed: of the first weights and of the points drawn.

        Raises:
            ScoreError: there is no picture, shapes differ, or a class is not below `count`.
        """
        _check(pictures, classes, count)
        generator = torch.Generator().manual_seed(seed)
        points, truth = _drawn_points(pictures, classes, generator)
        self._network = PointNetwork(points, truth, count, F.cross_entropy, generator)

    def __call__(self, pictures: Tensor) -> Classes:
        """The classes (N, h, w) of pictures (N, 3, h, w) uint8."""
        found = np.empty((len(pictures), *pictures.shape[-2:]), np.uint8)
        with torch.inference_mode():
            for number, picture in enumerate(pictures):
                found[number] = self._network(points_of(picture)).argmax(1).reshape(found.shape[1:]).numpy()
        return found


def reduced_classes(classes: NDArray[np.uint8], places: int = PLACES) -> NDArray[np.uint8]:
    """The class map (H, W) that lies over the `reduced` picture: the class in the middle of each area."""
    height, width = reduced_size(classes.shape[0], classes.shape[1], places)
    return np.array(Image.fromarray(classes).resize((width, height), Resampling.NEAREST))


def read_classes(path: Path) -> NDArray[np.uint8]:
    """A class map (H, W): an 8-bit grey or palette PNG whose values are numbers of classes.

    Raises:
        ScoreError: it is broken or of another kind.
    """
    try:
        with Image.open(path, formats=("PNG",)) as image:
            if image.mode not in ("L", "P"):
                raise ScoreError(f"{path} is no class map: an 8-bit PNG of one channel is needed, it is {image.mode}.")
            return np.array(image)
    except (OSError, SyntaxError, ValueError) as error:
        raise ScoreError(f"{path} cannot be read as a class map: {error}") from error


def write_classes(path: Path, classes: NDArray[np.uint8], colours: Sequence[str]) -> None:
    """Write a class map (h, w) as a palette PNG: a pixel's index is its class, "#rrggbb" its colour."""
    image = Image.fromarray(classes).convert("P")
    image.putpalette([int(colour[i : i + 2], 16) for colour in colours for i in (1, 3, 5)])
    path.parent.mkdir(parents=True, exist_ok=True)
    image.save(path, format="PNG")


# Counting


def transitions(before: Classes, after: Classes, count: int) -> NDArray[np.int64]:
    """How many points of each class before have each class after, (N, count, count): rows before, columns after."""
    if before.shape != after.shape:
        raise ScoreError(f"Class maps of one shape are compared, not {before.shape} with {after.shape}.")
    pairs = before.astype(np.int64) * count + after
    return np.stack([np.bincount(one.ravel(), minlength=count * count) for one in pairs]).reshape(-1, count, count)


@dataclass(frozen=True)
class Shares:
    """What the points of each class became: a row for each class before, whose shares sum to 1 (or all are 0)."""

    value: NDArray[np.float64]  # (count, count), over all points of all pictures
    low: NDArray[np.float64]  # ends of the interval of 95%, over pictures
    high: NDArray[np.float64]


def shares(counts: NDArray[np.int64]) -> Shares:
    """Shares of `transitions` (N, count, count), with intervals: the bootstrap over pictures, its middle 95%."""
    n, count, _ = counts.shape
    drawn = np.random.default_rng(n).multinomial(n, np.full(n, 1 / n), DRAWS) @ counts.reshape(n, -1)
    low, high = np.quantile(_by_row(drawn.reshape(-1, count, count)), (0.025, 0.975), axis=0)
    return Shares(_by_row(counts.sum(0)), low, high)


def _by_row(counts: NDArray) -> NDArray[np.float64]:
    return counts / np.maximum(counts.sum(-1, keepdims=True), 1)


def agreement(seen: Classes, truth: Classes) -> list[float]:
    """The share of each picture's points whose class is the true one."""
    return (seen == truth).mean((1, 2)).tolist()


@dataclass(frozen=True)
class Knowledge:
    """How well the classifier knows the classes of some real pictures, none of which it was fitted on."""

    accuracy: float
    share: NDArray[np.float64]  # of the points that have a class, (count,)
    recall: NDArray[np.float64]  # of the points of a class, those called so; nan where there is none
    precision: NDArray[np.float64]  # of the points called so, those that are; nan where none is

    @classmethod
    def of(cls, seen: Classes, truth: Classes, count: int) -> "Knowledge":
        """What it knows of pictures whose classes are known."""
        table = transitions(truth, seen, count).sum(0).astype(np.float64)
        right = np.diag(table)
        with np.errstate(invalid="ignore"):
            recall, precision = right / table.sum(1), right / table.sum(0)
        return cls(float(right.sum() / table.sum()), table.sum(1) / table.sum(), recall, precision)

    @property
    def occurs(self) -> NDArray[np.bool_]:
        """Which classes are frequent enough to say."""
        return self.share >= LEAST_SHARE

    @property
    def knows(self) -> NDArray[np.bool_]:
        """Which classes it recognises well enough to be shown."""
        return self.occurs & (np.fmin(self.recall, self.precision) >= BOUND)


def stated() -> Protocol:
    """What the classes of a generated picture are read with."""
    return network_stated("classifier")


def _check(pictures: Tensor, classes: Classes, count: int) -> None:
    if not len(pictures) or (len(pictures), *pictures.shape[-2:]) != classes.shape:
        raise ScoreError(f"Each picture needs its class map: found {tuple(pictures.shape)} and {classes.shape}.")
    if classes.max() >= count:
        raise ScoreError(f"A class map holds the class {classes.max()}; there are only {count}, from 0.")


def _drawn_points(pictures: Tensor, classes: Classes, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """Features (P, 15) and classes (P,) of points drawn from every picture."""
    points, truth = [], []
    for picture, known in zip(pictures, torch.from_numpy(classes.astype(np.int64)), strict=True):
        chosen = torch.randperm(known.numel(), generator=generator)[:POINTS]
        points.append(points_of(picture)[chosen])
        truth.append(known.flatten()[chosen])
    return torch.cat(points), torch.cat(truth)
