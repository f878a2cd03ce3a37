"""Chance in training as a pure function of the seed and the step: resuming needs no memory of it.

Pictures are gone through in epochs, each in a new order; the crop and flip of each are drawn apart. Everything comes
from raw Philox words, whose stream NumPy keeps from version to version (that of its `permutation` may change).

Source: Salmon et al. 2011, Parallel random numbers: as easy as 1, 2, 3, https://doi.org/10.1145/2063384.2063405
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from c2c.data.transforms import TrainDraw

ORDER_A, ORDER_B, VIEW_A, VIEW_B = range(4)  # streams of chance that never meet


class UnpairedDraw(NamedTuple):
    """One sample of two cities: a picture of each, and how each is cropped."""

    index_a: int
    view_a: TrainDraw
    index_b: int
    view_b: TrainDraw


class PairedDraw(NamedTuple):
    """One sample of pairs: which, and how both its halves are cropped."""

    index: int
    view: TrainDraw


@dataclass(frozen=True)
class UnpairedSampler:
    """Batches of two cities that meet by chance; each goes through its own pictures in its own epochs."""

    n_a: int
    n_b: int
    batch_size: int
    seed: int
    flip: bool = True

    def draws(self, step: int) -> list[UnpairedDraw]:
        """The batch of one step, counted from 0: the same in any process, after any resumption."""
        return [
            UnpairedDraw(
                _index(self.seed, ORDER_A, sample, self.n_a),
                _view(self.seed, VIEW_A, sample, self.flip),
                _index(self.seed, ORDER_B, sample, self.n_b),
                _view(self.seed, VIEW_B, sample, self.flip),
            )
            for sample in range(step * self.batch_size, (step + 1) * self.batch_size)
        ]

    def from_step(self, start: int, stop: int) -> Iterator[list[UnpairedDraw]]:
        """The batches of the steps from `start` to before `stop`: a batch sampler for torch's DataLoader."""
        return (self.draws(step) for step in range(start, stop))


@dataclass(frozen=True)
class PairedSampler:
    """Batches of pictures with their depth."""

    n: int
    batch_size: int
    seed: int
    flip: bool = True

    def draws(self, step: int) -> list[PairedDraw]:
        """The batch of one step, counted from 0: the same in any process, after any resumption."""
        return [
            PairedDraw(_index(self.seed, ORDER_A, sample, self.n), _view(self.seed, VIEW_A, sample, self.flip))
            for sample in range(step * self.batch_size, (step + 1) * self.batch_size)
        ]

    def from_step(self, start: int, stop: int) -> Iterator[list[PairedDraw]]:
        """The batches of the steps from `start` to before `stop`: a batch sampler for torch's DataLoader."""
        return (self.draws(step) for step in range(start, stop))


def _index(seed: int, stream: int, sample: int, n: int) -> int:
    epoch, position = divmod(sample, n)
    return int(_order(seed, stream, epoch, n)[position])


@lru_cache(maxsize=16)
def _order(seed: int, stream: int, epoch: int, n: int) -> np.ndarray:
    return np.argsort(_words(seed, stream, epoch, n), kind="stable")


def _view(seed: int, stream: int, sample: int, flip: bool) -> TrainDraw:
    u, v, side = _words(seed, stream, sample, 3)
    return TrainDraw(_unit(u), _unit(v), flip and bool(side >> np.uint64(63)))


def _words(seed: int, stream: int, number: int, count: int) -> np.ndarray:
    return np.random.Philox(np.random.SeedSequence((seed, stream, number))).random_raw(count)


def _unit(word: np.uint64) -> float:
    return float(word >> np.uint64(11)) * 2.0**-53  # the highest 53 bits, as a float64 in [0, 1)
