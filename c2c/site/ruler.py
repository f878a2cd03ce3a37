"""A ruler: values with their intervals of 95%, placed on one line from left to right, in percent."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

from c2c.records import Score

MARGIN = 0.04  # of the ruler's length, at each end


@dataclass(frozen=True)
class Mark:
    """Where one value stands, and the ends of its interval."""

    at: float
    low: float
    high: float


@dataclass(frozen=True)
class Ruler:
    """A line that begins and ends at values of its own."""

    start: float
    end: float

    @classmethod
    def over(cls, scores: Iterable[Score]) -> "Ruler":
        """A ruler on which some scores find room with their intervals."""
        ends = [end for score in scores for end in (score.value, *(score.interval or ())) if math.isfinite(end)]
        if not ends:
            return cls(0.0, 1.0)
        length = (max(ends) - min(ends)) or abs(ends[0]) or 1.0
        return cls(min(ends) - MARGIN * length, max(ends) + MARGIN * length)

    def mark(self, score: Score) -> Mark | None:
        """Where a score stands; None for one that is not a finite number."""
        ends = (score.value, *(score.interval or (score.value, score.value)))
        return Mark(*map(self._place, ends)) if all(map(math.isfinite, ends)) else None

    def _place(self, value: float) -> float:
        return round(100 * min(1.0, max(0.0, (value - self.start) / (self.end - self.start))), 2)
