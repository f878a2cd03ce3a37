"""Ticks of axes and legends: round numbers, and how they are written where there is little room."""

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class Tick:
    """A labelled place on an axis."""

    place: float
    label: str


def nice_ticks(low: float, high: float, about: int) -> list[float]:
    """Round numbers, about as many as asked, from at or below `low` to at or below `high`."""
    if high - low < 1e-200:  # nothing to divide
        return [low, low + 1]
    raw = (high - low) / about
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(power * factor for factor in (1, 2, 5, 10) if power * factor >= raw * 0.999)
    first = math.floor(low / step)
    return [i * step for i in range(first, math.floor(high / step + 1e-9) + 1)]


def short(value: float) -> str:
    """A value as an axis has room for: 12,000 as "12k", 0.00015 as "1.5e-4"."""
    if abs(value) >= 10_000:
        return f"{value / 1000:.4g}k"
    if 0 < abs(value) < 0.001:
        digits, power = f"{value:.2e}".split("e")
        return f"{float(digits):g}e{int(power)}"
    return f"{value:.3g}" if abs(value) < 1000 else f"{value:.4g}"
