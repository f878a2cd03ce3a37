"""Whether one version of a program is slower than another, said from timings that were taken in turns.

A *round* is before, again, after, after, again, before: `again` is a second process of the version before, so every
round tells beside the effect what the machine does to unchanged code at that moment, and a steady drift leaves both
ratios alone. Ratios are of cost (seconds an item), after by before: above 1 is worse.

A case is *worse* when the trimmed mean of its log ratios is above the threshold, and when its chance under "no
difference" is below an allowance that is divided by all looks and all cases, so that a whole check cries wolf once in a
hundred times at the most. It is a *tie* when the interval lies within the smallest effect that matters, and
*inconclusive* otherwise: more rounds are needed.

A process can be slower than its twin for all of its life, by where its memory happens to lie. No number of rounds
averages that away, only more processes do; so every few rounds have processes of their own (a *generation*), and how
much twins differ is learned from the noise of all cases together (`Twins`) and counts in every error.

Source: trimmed means after Yuen 1974, https://doi.org/10.1093/biomet/61.1.165; two one-sided tests for ties after
Schuirmann 1987, https://doi.org/10.1007/BF01068419
"""

import functools
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from c2c.records import CheckVerdict

SMALLEST = 0.05  # the smallest effect that anyone should act on
FALSE_ALARM = 0.01  # of a whole check, over all its cases and looks
LEVEL = 0.95  # of the intervals
TRIMMED = 0.2  # of the rounds, at either end
FEWEST = 8  # rounds that anything is said from
USUAL, USUAL_WEIGHT = 0.025, 4  # how much twins differ until they were seen, and how many sightings that is worth


@dataclass(frozen=True)
class Round:
    """What each of three processes cost in one round, at its first and its second turn, in seconds an item."""

    before: tuple[float, float]
    again: tuple[float, float]
    after: tuple[float, float]

    @property
    def ratio(self) -> float:
        """The cost of after by that of before, the mean of its two processes."""
        return math.exp(_log(self.after) - (_log(self.before) + _log(self.again)) / 2)

    @property
    def noise(self) -> float:
        """The cost of before by that of before, in another process."""
        return math.exp(_log(self.again) - _log(self.before))


@dataclass(frozen=True)
class Decision:
    """What the rounds of a case say together."""

    verdict: CheckVerdict
    effect: float | None  # 0.1: after costs 10% more
    interval: tuple[float, float] | None  # of the effect, see `LEVEL`
    threshold: float | None  # an effect below it is never called worse or better
    p: float | None  # chance of such an effect, to either side, where there is no difference


@dataclass(frozen=True)
class Twins:
    """How much the cost of processes of the same code differs for all of their lives."""

    sd: float = USUAL  # of the logarithm of a process's cost
    freedom: float = USUAL_WEIGHT

    @classmethod
    def seen(cls, noise: Iterable[Sequence[float]]) -> "Twins":
        """Twins as they were seen in the noise of each generation of each case, a ratio of costs a round.

        The square of a generation's centre is twice the variance of a process, and what the scatter of its rounds adds,
        which is taken off. The less of it is left, the fewer degrees of freedom (Satterthwaite) stand behind it.
        """
        centres = [_centre(np.log(rounds), 1.0) for rounds in noise if len(rounds) >= FEWEST]
        left = sum(one.value**2 - one.error**2 for one in centres) / 2
        total = USUAL_WEIGHT * USUAL**2 + max(0.0, left)
        variance = total / (USUAL_WEIGHT + len(centres))
        unsure = 2 * USUAL_WEIGHT * USUAL**4 + sum((2 * variance + one.error**2) ** 2 for one in centres) / 2
        return cls(math.sqrt(variance), 2 * total**2 / unsure)


@dataclass(frozen=True)
class _Centre:
    """A trimmed mean of logarithms, how sure it is, and the degrees of freedom of that."""

    value: float
    error: float
    freedom: float

    def among(self, twins: Twins, processes: float) -> "_Centre":
        """The same, less sure by what the processes' lives add: `processes` times the variance of one of them.

        The degrees of freedom of a sum of variances after Welch and Satterthwaite; one at least.
        """
        rounds, lives = self.error**2, processes * twins.sd**2
        both = rounds + lives
        freedom = both**2 / (rounds**2 / self.freedom + lives**2 / twins.freedom) if both else self.freedom
        return _Centre(self.value, math.sqrt(both), max(1.0, freedom))

    def half_width(self) -> float:
        return t_quantile((1 - LEVEL) / 2, self.freedom) * self.error

    def ends(self) -> tuple[float, float]:
        return self.value - self.half_width(), self.value + self.half_width()

    def p(self) -> float:
        if self.error == 0:
            return 1.0 if self.value == 0 else 0.0
        return min(1.0, 2 * t_tail(abs(self.value) / self.error, self.freedom))


def decide(
    ratios: Sequence[float],
    noise: Sequence[float],
    tests: int = 1,
    twins: Twins = Twins(),
    generations: int = 1,
) -> Decision:
    """The verdict on one case.

    Args:
        ratios: cost of after by before, one a round, in the order in which they were taken.
        noise: cost of before by before, of the same rounds.
        tests: by how many looks and cases the allowance for false alarms is shared.
        twins: how much processes of the same code differ.
        generations: how many times three new processes were asked.
    """
    if len(ratios) < FEWEST or len(noise) < FEWEST:
        return Decision("inconclusive", None, None, None, None)
    stretch = max(_stretch(np.log(ratios)), _stretch(np.log(noise)))
    # after less the mean of two: 1 + 1/2 variances of a process
    found = _centre(np.log(ratios), stretch).among(twins, 1.5 / generations)
    still = _centre(np.log(noise), stretch)
    matters = math.log1p(SMALLEST)
    threshold = max(matters, *(abs(end) for end in still.ends()))
    low, high = found.ends()
    verdict: CheckVerdict = "inconclusive"
    if found.p() / 2 < FALSE_ALARM / tests and abs(found.value) > threshold:
        verdict = "worse" if found.value > 0 else "better"
    elif -matters < low and high < matters:
        verdict = "tie"
    return Decision(
        verdict,
        math.expm1(found.value),
        (math.expm1(low), math.expm1(high)),
        math.expm1(threshold),
        found.p(),
    )


def looks_within(rounds: int, first: int) -> int:
    """How often a case is looked at until it has so many rounds, when every look doubles them."""
    return max(1, math.ceil(math.log2(rounds / first)) + 1)


def t_tail(t: float, freedom: float) -> float:
    """The chance that Student's t exceeds t >= 0.

    The density is summed over the angle whose tangent is t / sqrt(freedom), where it is a power of the cosine.
    """
    angles = np.linspace(math.atan(t / math.sqrt(freedom)), math.pi / 2, 4001)
    whole = math.exp(math.lgamma(freedom / 2) - math.lgamma((freedom + 1) / 2)) * math.sqrt(math.pi)
    return float(np.trapezoid(np.cos(angles) ** (freedom - 1), angles)) / whole


@functools.cache
def t_quantile(tail: float, freedom: float) -> float:
    """The t that Student's t exceeds with the chance `tail`, below a half."""
    low, high = 0.0, 1.0
    while t_tail(high, freedom) > tail:
        high *= 2
    for _ in range(50):
        middle = (low + high) / 2
        low, high = (middle, high) if t_tail(middle, freedom) > tail else (low, middle)
    return (low + high) / 2


def _log(turns: tuple[float, float]) -> float:
    return (math.log(turns[0]) + math.log(turns[1])) / 2


def _centre(logs: np.ndarray, stretch: float) -> _Centre:
    """The trimmed mean, with the error of the winsorised values, stretched for rounds that resemble each other."""
    n, kept = len(logs), _trimmed(logs)
    winsorised = np.clip(logs, kept[0], kept[-1])
    error = float(winsorised.std(ddof=1)) * n / (len(kept) * math.sqrt(n))
    return _Centre(float(kept.mean()), error * stretch, len(kept) - 1)


def _trimmed(logs: np.ndarray) -> np.ndarray:
    """The logarithms in order, without those at either end."""
    cut = int(TRIMMED * len(logs))
    return np.sort(logs)[cut : len(logs) - cut]


def _stretch(logs: np.ndarray) -> float:
    """By how much the error grows when each round resembles the one before it (a first-order autoregression)."""
    ranks = np.argsort(np.argsort(logs)) - (len(logs) - 1) / 2
    alike = float((ranks[1:] * ranks[:-1]).sum() / (ranks**2).sum())
    alike = min(max(alike, 0.0), 0.9)
    return math.sqrt((1 + alike) / (1 - alike))
