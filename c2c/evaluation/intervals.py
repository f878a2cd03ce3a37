"""How far to trust a number: what it would be on other pictures of the same kind, by resampling those there are.

A mean over pictures is taken anew over pictures drawn with replacement: the bootstrap, Efron and Tibshirani 1993, An
Introduction to the Bootstrap, chapter 6. A distance between sets cannot be: the same picture twice in a set brings its
distance down or up by itself. So both sets are cut into random halves instead, and the distances of the halves are
compared; see `halving_draws`.

Sets of equal size are resampled alike, so that draws of two approaches can be subtracted (`c2c.records.comparing`).
"""

from collections.abc import Callable, Sequence
from math import sqrt

import torch
from torch import Tensor

from c2c.records.comparing import Interval, interval_around

DRAWS = 200
MOST_HALVED = 500  # pictures a side; of larger sets, random parts of half as many are compared
FEWEST_HALVED = 4  # pictures a side
DIGITS = 6  # of a draw in a record


def mean_with_interval(values: Sequence[float], side: int = 0) -> tuple[float, Interval | None, tuple[float, ...]]:
    """The mean of one number a picture, its interval of 95% and its draws; no interval for a single picture.

    Args:
        values: one a picture.
        side: 0 for pictures that are scored, 1 for those of a reference, whose draws are others.
    """
    tensor = torch.tensor(list(values), dtype=torch.float64)
    mean, n = float(tensor.mean()), len(tensor)
    if n < 2:
        return mean, None, ()
    chosen = torch.randint(n, (DRAWS, n), generator=_chance(n, side))
    draws = around(mean, tensor[chosen].mean(1))
    return mean, interval_around(mean, draws, n), draws


def halving_draws(n: int, m: int, measure: Callable[[Tensor, Tensor], float]) -> Tensor:
    """What a distance between two sets may be off by, (DRAWS,) float64; empty for fewer than 4 pictures a side.

    Each draw cuts both sets at random into halves and takes half the difference of the two halves' distances. What
    biases small sets is the same in both halves and drops out. To first order a draw varies as the distance of the
    whole sets does. To second order, which rules where two sets are nearly alike, it varies twice as much; the mean of
    both halves' distances varies once as much and not to first order, so its variance is taken off. In sets of more
    than `MOST_HALVED` pictures, parts of half as many stand for halves: their draws are scaled to the whole sets, and
    are too wide where two sets are nearly alike.

    Half-samples go back to McCarthy 1969, https://doi.org/10.2307/1402116; the orders are those of Hoeffding 1948,
    https://doi.org/10.1214/aoms/1177730196.

    Args:
        n: pictures of the one set.
        m: pictures of the other.
        measure: the distance between two parts of the sets, from the numbers of the pictures in them.
    """
    if min(n, m) < FEWEST_HALVED:
        return torch.zeros(0, dtype=torch.float64)
    share = min(1.0, MOST_HALVED / max(n, m))
    sides = [(count, max(FEWEST_HALVED, round(share * count)), _chance(count, k)) for k, count in enumerate((n, m))]

    def halves() -> list[float]:
        parts = [torch.randperm(count, generator=chance)[:used].tensor_split(2) for count, used, chance in sides]
        return [measure(i, j) for i, j in zip(*parts, strict=True)]

    found = torch.tensor([halves() for _ in range(DRAWS)], dtype=torch.float64)
    draws = (found[:, 0] - found[:, 1]) / 2
    if share < 1:
        return draws * sqrt(share)
    second_order = float(found.mean(1).var() / draws.var().clamp(min=torch.finfo(torch.float64).tiny))
    return draws * sqrt(max(1 - second_order, 0.5))  # it cannot be more than half


def around(value: float, draws: Tensor) -> tuple[float, ...]:
    """Draws as a record holds them: moved so that their mean is the value."""
    moved = (draws - draws.mean() + value).tolist() if len(draws) else []
    return tuple(float(f"{draw:.{DIGITS}g}") for draw in moved)


def _chance(n: int, side: int) -> torch.Generator:
    """The same for the same number of pictures."""
    return torch.Generator().manual_seed(2 * n + side)
