"""Whether two scores may be compared, and whether they differ by more than chance.

A score carries the values it takes on resampled pictures (`Score.draws`). Scores of the same pictures against the same
reference were drawn with the same resamples, so that the draws of their difference leave out what both share: two
approaches can be told apart although their intervals overlap.
"""

import math
import statistics
from dataclasses import dataclass

from c2c.records.types import Score

LEVEL = 0.95
NO_CHECKPOINT = "none"  # of the reference rows, which are not trained
_Z = statistics.NormalDist().inv_cdf((1 + LEVEL) / 2)


@dataclass(frozen=True)
class Interval:
    """Two ends that hold the true value in 95 of 100 cases."""

    low: float
    high: float


@dataclass(frozen=True)
class Difference:
    """How far one score is above another, with its interval of 95%."""

    value: float
    interval: Interval

    @property
    def is_tie(self) -> bool:
        """Whether it may be chance: nought is inside."""
        return self.interval.low <= 0 <= self.interval.high


def interval_around(value: float, draws: tuple[float, ...], n: int) -> Interval | None:
    """The interval of a value from its bootstrap draws over n pictures; None where there are too few.

    The deviation of the draws times Student's t, and times sqrt(n / (n - 1)), since resamples vary less than samples.
    """
    if len(draws) < 2 or n < 2:
        return None
    half = student_t(n - 1) * statistics.stdev(draws) * math.sqrt(n / (n - 1))
    return Interval(value - half, value + half)


def student_t(freedom: int) -> float:
    """The two-sided 95% point of Student's t, to a thousandth from 10 degrees of freedom on.

    Source: Abramowitz and Stegun 1964, 26.7.5
    """
    z = _Z
    first = (z**3 + z) / 4
    second = (5 * z**5 + 16 * z**3 + 3 * z) / 96
    third = (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384
    return z + first / freedom + second / freedom**2 + third / freedom**3


def comparable(a: Score, b: Score) -> bool:
    """Whether two scores were measured alike; a reference row goes with any rule of which checkpoint translates."""
    if a.metric != b.metric or a.against != b.against:
        return False
    return a.fingerprint == b.fingerprint or (
        NO_CHECKPOINT in (a.protocol.get("checkpoint"), b.protocol.get("checkpoint"))
        and differing(a, b) == {"checkpoint"}
    )


def differing(a: Score, b: Score) -> set[str]:
    """The settings in which two protocols differ."""
    return {key for key in {*a.protocol, *b.protocol} if a.protocol.get(key) != b.protocol.get(key)}


def difference(a: Score, b: Score) -> Difference | None:
    """How far a is above b; None where they may not be compared, or where nobody knows how much is chance."""
    if not comparable(a, b) or len(a.draws) != len(b.draws):
        return None
    draws = tuple(x - y for x, y in zip(a.draws, b.draws, strict=True))
    interval = interval_around(a.value - b.value, draws, min(a.n, a.n_reference))
    return Difference(a.value - b.value, interval) if interval else None


def is_better(a: Score, b: Score) -> bool | None:
    """Whether a is better than b; None where they are a tie, or may not be compared.

    Without draws the plain values decide.
    """
    if not comparable(a, b):
        return None
    found = difference(a, b)
    if a.value == b.value or (found and found.is_tie):
        return None
    return (a.value < b.value) == (a.better == "lower")
