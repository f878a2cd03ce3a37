"""Charts as plain geometry, computed at build time; a template draws them as inline SVG."""

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

WIDTH, HEIGHT = 320, 160
LEFT, RIGHT, TOP, BOTTOM = 40, 10, 12, 24
MOST_POINTS = 240  # more than the chart has room for

Points = Sequence[tuple[float, float]]


@dataclass(frozen=True)
class Tick:
    """A labelled place on an axis, in px."""

    place: float
    label: str


@dataclass(frozen=True)
class Mark:
    """A point of a curve that is pointed out, in px."""

    across: float
    down: float
    label: str
    anchor: Literal["start", "middle", "end"]  # of the label, so that it stays inside


@dataclass(frozen=True)
class LineChart:
    """One curve with its axes, in px from the top left."""

    title: str
    first: str
    last: str
    points: str  # as SVG's polyline takes them
    x_ticks: tuple[Tick, ...]
    y_ticks: tuple[Tick, ...]
    broke_off: bool  # values that are not finite were left out
    best: Mark | None = None
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT
    top: int = TOP
    bottom: int = HEIGHT - BOTTOM


def line_chart(title: str, points: Points, best: float | None = None) -> LineChart | None:
    """A chart of (x, y) points in order of x, or None where no y is finite; the point at x = `best` is marked."""
    finite = [(float(x), float(y)) for x, y in points if math.isfinite(y)]
    if not finite:
        return None
    thin = thinned(finite, MOST_POINTS)
    x_ticks = nice_ticks(finite[0][0], finite[-1][0], 4)
    y_ticks = nice_ticks(min(0.0, min(y for _, y in thin)), max(y for _, y in thin), 3)
    x_range = (finite[0][0], finite[-1][0])
    y_range = (min(y_ticks), max(*y_ticks, max(y for _, y in thin)))
    placed = [(_across(x, x_range), _down(y, y_range)) for x, y in thin]
    return LineChart(
        title=title,
        first=short(finite[0][1]),
        last=short(finite[-1][1]),
        points=" ".join(f"{x:.1f},{y:.1f}" for x, y in placed),
        x_ticks=tuple(Tick(_across(x, x_range), short(x)) for x in x_ticks if x_range[0] <= x <= x_range[1]),
        y_ticks=tuple(Tick(_down(y, y_range), short(y)) for y in y_ticks),
        broke_off=len(finite) < len(points),
        best=next((_mark(x, y, x_range, y_range) for x, y in finite if x == best), None),
    )


def thinned(points: Points, most: int) -> Points:
    """At most `most` points: each the mean of an equal share of the points in order."""
    if len(points) <= most:
        return points
    edges = [round(i * len(points) / most) for i in range(most + 1)]
    shares = [points[a:b] for a, b in itertools.pairwise(edges)]
    return [(sum(x for x, _ in s) / len(s), sum(y for _, y in s) / len(s)) for s in shares]


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


def _mark(x: float, y: float, x_range: tuple[float, float], y_range: tuple[float, float]) -> Mark:
    across = _across(x, x_range)
    third = (across - LEFT) * 3 / (WIDTH - LEFT - RIGHT)
    anchor = "start" if third < 1 else "middle" if third < 2 else "end"
    return Mark(across, min(HEIGHT - BOTTOM, max(TOP, _down(y, y_range))), f"best, step {x:,.0f}", anchor)


def _across(x: float, between: tuple[float, float]) -> float:
    share = (x - between[0]) / (between[1] - between[0] or 1.0)
    return LEFT + share * (WIDTH - LEFT - RIGHT)


def _down(y: float, between: tuple[float, float]) -> float:
    share = (y - between[0]) / (between[1] - between[0] or 1.0)
    return HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM)
