"""How well two sets of pictures can be told apart: a linear probe on their features, judged on pictures it did not see.

A probe is logistic regression with an L2 penalty, both classes of equal weight. It is cross-validated in folds that
never tear a group apart: near-duplicates and neighbours are one group, else the probe would recognise a place instead
of a city. The balanced accuracy is the mean over the two classes of the share told right, so a guess has 0.5 whatever
the numbers. Its 95% interval is that of the posterior of Brodersen et al. 2010
(https://doi.org/10.1109/ICPR.2010.764), with Jeffreys' prior, and counts a group as one picture. It holds for the
pictures as a sample; that the folds share training pictures is left out of it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from c2c.errors import ScoreError

Verdict = Literal["strong", "moderate", "weak"]

FOLDS = 5
REPEATS = 3  # other folds each time; a picture's score is the mean
PENALTY = 1e-3  # of the squared weights, for features of unit variance divided by the root of their number
MOST_STEPS, FLAT = 50, 1e-9  # of Newton's method, and the slope at which it ends
DRAWS = 20_000  # from the posterior
STRONG, WEAK = 0.8, 0.6  # the interval's lower end from which a signal is strong, and below which it is weak


@dataclass(frozen=True)
class Probe:
    """What a linear probe found."""

    accuracy: float  # balanced, held out, in [0, 1]; a guess has 0.5
    interval: tuple[float, float]  # of 95%
    auc: float  # chance that a picture of B scores above one of A, held out; a guess has 0.5
    groups: tuple[int, int]  # how many of each class the interval counts
    margins: tuple[float, ...]  # of each row, held out: log odds of its own class

    @property
    def verdict(self) -> Verdict:
        """By the lower end of the interval."""
        low = self.interval[0]
        return "strong" if low >= STRONG else "moderate" if low >= WEAK else "weak"


def probe(features: Tensor, is_b: Sequence[bool], groups: Sequence[int], seed: int = 0) -> Probe:
    """The cross-validated linear probe of two classes.

    Args:
        features: (N, D).
        is_b: of each row, whether it is of the second class.
        groups: of each row; rows of one group are never on both sides of a fold.
        seed: of folds and draws.

    Raises:
        ScoreError: a class has fewer groups than there are folds, or a feature is not a finite number.
    """
    rows, labels = features.detach().to("cpu", torch.float64), torch.tensor(list(is_b))
    if not rows.isfinite().all():
        raise ScoreError("The features to tell apart hold values that are not finite numbers.")
    chance = np.random.default_rng(seed)
    logits = torch.stack([_held_out(rows, labels, _folds(is_b, groups, chance)) for _ in range(REPEATS)])
    right = ((logits > 0) == labels).double().mean(0).tolist()
    counts = [_told_right(right, is_b, groups, of_b) for of_b in (False, True)]
    accuracy = float(np.mean([told / n for told, n in counts]))
    own = torch.where(labels, logits, -logits).mean(0)
    return Probe(
        accuracy,
        _interval(counts, accuracy, chance),
        float(np.mean([_auc(one, labels) for one in logits])),
        (counts[0][1], counts[1][1]),
        tuple(own.tolist()),
    )


def fit(features: Tensor, is_b: Tensor) -> tuple[Tensor, Tensor]:
    """Weights (D,) and bias () of a logistic regression, both classes of equal weight; float64.

    They minimise the mean of the classes' mean log losses plus PENALTY times the squared weights, to rounding, by
    Newton's method. The weights lie in the span of the rows, so with D > N it works on N coordinates.

    Args:
        features: (N, D) float64.
        is_b: (N,) bool, whether a row is of the second class; both are there.
    """
    basis = (
        torch.linalg.qr(features.T).Q if features.shape[1] > len(features) else torch.eye(features.shape[1]).double()
    )
    rows = torch.cat([features @ basis, torch.ones(len(features), 1)], dim=1)
    target = is_b.double()
    share = torch.where(is_b, 0.5 / target.sum(), 0.5 / (1 - target).sum())
    penalty = torch.full((rows.shape[1],), PENALTY, dtype=torch.float64)
    penalty[-1] = 0  # the bias is free

    def loss(found: Tensor) -> Tensor:
        logits = rows @ found
        return (share * F.softplus(torch.where(is_b, -logits, logits))).sum() + (penalty * found.square()).sum()

    found = torch.zeros(rows.shape[1], dtype=torch.float64)
    for _ in range(MOST_STEPS):
        chance = torch.sigmoid(rows @ found)
        slope = rows.T @ (share * (chance - target)) + 2 * penalty * found
        if slope.abs().max() < FLAT:
            break
        bend = rows.T @ (rows * (share * chance * (1 - chance))[:, None]) + torch.diag(2 * penalty)
        bend[-1, -1] += FLAT  # else singular where every chance is 0 or 1
        step = torch.linalg.solve(bend, slope)
        while loss(found - step) > loss(found) and step.abs().max() > FLAT:
            step = step / 2
        found = found - step
    return basis @ found[:-1], found[-1]


def _held_out(rows: Tensor, is_b: Tensor, folds: NDArray[np.int64]) -> Tensor:
    """The log odds of class B of every row (N,), by a probe that was fitted without its fold."""
    logits = torch.empty(len(rows), dtype=torch.float64)
    for fold in range(FOLDS):
        test = torch.from_numpy(folds == fold)
        seen = rows[~test]
        spread = seen.std(0)
        scale = torch.where(spread > 1e-12, spread, 1.0) * rows.shape[1] ** 0.5
        weights, bias = fit((seen - seen.mean(0)) / scale, is_b[~test])
        logits[test] = (rows[test] - seen.mean(0)) / scale @ weights + bias
    return logits


def _folds(is_b: Sequence[bool], groups: Sequence[int], chance: np.random.Generator) -> NDArray[np.int64]:
    """The fold of every row: groups in random order, the large ones first, each to where its classes are fewest."""
    members: dict[int, list[int]] = {}
    for row, group in enumerate(groups):
        members.setdefault(group, []).append(row)
    classes = np.array(is_b, int)
    totals = np.bincount(classes, minlength=2)
    for of_b in (0, 1):
        found = len({group for group, one in zip(groups, classes, strict=True) if one == of_b})
        if found < FOLDS:
            raise ScoreError(f"{FOLDS} folds need at least {FOLDS} unlike pictures of each city; one has {found}.")
    load = np.zeros((FOLDS, 2))
    folds = np.zeros(len(classes), np.int64)
    order = [list(members)[at] for at in chance.permutation(len(members))]
    for group in sorted(order, key=lambda group: -len(members[group])):
        mine = np.bincount(classes[members[group]], minlength=2) / totals
        fold = min(range(FOLDS), key=lambda fold: ((load[fold] * (mine > 0)).sum(), load[fold].sum()))
        folds[members[group]] = fold
        load[fold] += mine
    return folds


def _told_right(right: list[float], is_b: Sequence[bool], groups: Sequence[int], of_b: bool) -> tuple[float, int]:
    """How many groups of a class were told right, in parts where a group was so in part, and how many there are."""
    shares: dict[int, list[float]] = {}
    for share, label, group in zip(right, is_b, groups, strict=True):
        if label == of_b:
            shares.setdefault(group, []).append(share)
    return sum(float(np.mean(one)) for one in shares.values()), len(shares)


def _interval(counts: list[tuple[float, int]], accuracy: float, chance: np.random.Generator) -> tuple[float, float]:
    """The middle 95% of the posterior; it reaches as far as the accuracy itself, which may be 1."""
    draws = np.mean([chance.beta(told + 0.5, n - told + 0.5, DRAWS) for told, n in counts], axis=0)
    low, high = np.quantile(draws, [0.025, 0.975]).tolist()
    return min(low, accuracy), max(high, accuracy)


def _auc(logits: Tensor, is_b: Tensor) -> float:
    a, b = logits[~is_b], logits[is_b]
    above = (b[:, None] > a[None]).double() + 0.5 * (b[:, None] == a[None]).double()
    return float(above.mean())
