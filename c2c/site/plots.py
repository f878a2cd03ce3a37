"""Plots, drawn by matplotlib when a site is built, each with the numbers that it shows for those who cannot see it."""

import itertools
import math
import statistics
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from markupsafe import Markup

from c2c.site.charts import nice_ticks, short
from c2c.site.inline_svg import COLOURS
from c2c.site.sheets import drawn, fitting, frame, grid, shifted, time_axis
from c2c.site.words import number

if TYPE_CHECKING:
    from matplotlib.axes import Axes

CURVE = (320, 166)  # width and height in px of a small plot among others
WIDE = 440  # width of a plot that stands alone
ROW = 38  # height of a bar with its name above it
PILE = 64  # height of a pile of dots with its name above it
MOST_DOTS = 40  # of a pile: each stands for as many of the values
MOST_POINTS = 160  # more than a curve has room for
MOST_ROWS = 12  # of a table beside a curve; the record holds all of them
Points = Sequence[tuple[float, float]]


@dataclass(frozen=True)
class NumberRow:
    """One line of the table beside a plot."""

    name: str
    values: tuple[tuple[str, str], ...]  # each with the address of the record that it comes from


def row(name: str, href: str, *values: str) -> NumberRow:
    """A line whose values all come from one record."""
    return NumberRow(name, tuple((value, href) for value in values))


@dataclass(frozen=True)
class Numbers:
    """The table beside a plot."""

    caption: str
    headings: tuple[str, ...]  # the first is that of the names
    rows: tuple[NumberRow, ...]


@dataclass(frozen=True)
class Plot:
    """A drawing with its title and its numbers."""

    title: str
    said: str  # beside the title
    svg: Markup
    numbers: Numbers


@dataclass(frozen=True)
class Bar:
    """One row of a plot: a value, with the middle half of its samples or its interval."""

    name: str
    value: float
    low: float
    high: float
    text: str  # the value in words


@dataclass(frozen=True)
class Dot:
    """One approach in a plot of cost against quality."""

    name: str
    cost: float  # in s
    value: float
    interval: tuple[float, float] | None
    on_front: bool


@dataclass(frozen=True)
class Line:
    """A value that dots or bars are held against."""

    name: str
    value: float


@dataclass(frozen=True)
class Pile:
    """All values of one kind, to be seen as a distribution."""

    name: str
    values: tuple[float, ...]
    text: str  # their median in words
    accent: bool = False


@dataclass(frozen=True)
class Stairs:
    """The best value so far, by the time that it took."""

    name: str
    points: tuple[tuple[float, float], ...]  # (s, value), each lower than the one before
    until: float  # s: no later value was better
    accent: bool = False


def curve_plot(title: str, points: Points, href: str, best: float | None = None) -> Plot | None:
    """The curve of (step, value) points in order, or None where no value is finite; the step `best` is marked."""
    finite = [(float(x), float(y)) for x, y in points if math.isfinite(y)]
    if not finite:
        return None
    said = f"{short(finite[0][1])} → {short(finite[-1][1])}" + (
        ", then not finite" if len(finite) < len(points) else ""
    )
    marked = next((point for point in finite if point[0] == best), None)
    label = f"{title} by step, from {short(finite[0][1])} to {short(finite[-1][1])}"
    label += f"; best, step {marked[0]:,.0f}" if marked else ""
    svg = drawn(*CURVE, label, lambda axes: _draw_curve(axes, finite, marked))
    return Plot(title, said, svg, _numbers_of_curve(title, finite, marked, href))


def bar_plot(title: str, unit: str, bars: Sequence[Bar], numbers: Numbers) -> Plot:
    """Bars from nought, each with its name above it and a whisker over the middle half of its samples."""
    label = f"{title}, in {unit}: " + "; ".join(f"{bar.name} {bar.text}" for bar in bars)
    svg = drawn(WIDE, ROW * len(bars) + 8, label, lambda axes: _draw_bars(axes, bars))
    return Plot(title, unit, svg, numbers)


def cost_plot(title: str, metric: str, cost: str, dots: Sequence[Dot], lines: Sequence[Line], numbers: Numbers) -> Plot:
    """Quality over cost, both better when lower; a staircase joins the dots that no other beats in both."""
    best = [dot.name for dot in dots if dot.on_front]
    label = f"{metric} against {cost}, {title}; on the front: {', '.join(best)}"
    svg = drawn(WIDE, 300, label, lambda axes: _draw_costs(axes, metric, cost, dots, lines))
    return Plot(title, "", svg, numbers)


def interval_plot(title: str, said: str, bars: Sequence[Bar], lines: Sequence[Line], numbers: Numbers) -> Plot:
    """Values as dots on their intervals, a row for each name, beside the values that they are held against."""
    label = f"{title}: " + "; ".join(f"{bar.name} {bar.text}" for bar in bars)
    height = ROW * len(bars) + 15 * len(lines) + 26
    svg = drawn(WIDE, height, label, lambda axes: _draw_intervals(axes, bars, lines))
    return Plot(title, said, svg, numbers)


def dated_plot(title: str, unit: str, values: Sequence[tuple[str, Bar]], numbers: Numbers) -> Plot:
    """Values in the order in which they were measured, with the dates of the first and the last."""
    first, last = values[0][1], values[-1][1]
    label = f"{title}, from {first.text} on {values[0][0]} to {last.text} on {values[-1][0]}"
    svg = drawn(*CURVE, label, lambda axes: _draw_dated(axes, values))
    return Plot(title, f"{first.text} → {last.text} {unit}", svg, numbers)


def distribution_plot(
    title: str, unit: str, piles: Sequence[Pile], numbers: Numbers, line: float | None = None
) -> Plot:
    """Piles of dots on one scale, a row for each name: every dot an equal share of the values, a stroke the median.

    Args:
        title: of the plot.
        unit: of the values.
        piles: one a row, none of them empty.
        numbers: the table beside it.
        line: a value that means "no difference".
    """
    label = f"{title}, in {unit}: " + "; ".join(f"{pile.name}, median {pile.text}" for pile in piles)
    svg = drawn(WIDE, PILE * len(piles) + 26, label, lambda axes: _draw_piles(axes, piles, line))
    return Plot(title, unit, svg, numbers)


def stairs_plot(title: str, metric: str, cost: str, stairs: Sequence[Stairs], numbers: Numbers) -> Plot:
    """The best value so far over the time that it took, both better when lower: a staircase for each name."""
    label = f"{metric} over {cost}, {title}: " + "; ".join(
        f"{one.name} reaches {number(one.points[-1][1])}" for one in stairs
    )
    svg = drawn(WIDE, 300, label, lambda axes: _draw_stairs(axes, metric, cost, stairs))
    return Plot(title, "", svg, numbers)


def thinned(points: Points, most: int) -> Points:
    """At most `most` points: each the mean of an equal share of the points in order."""
    if len(points) <= most:
        return points
    edges = [round(i * len(points) / most) for i in range(most + 1)]
    shares = [points[a:b] for a, b in itertools.pairwise(edges)]
    return [(sum(x for x, _ in s) / len(s), sum(y for _, y in s) / len(s)) for s in shares]


def _draw_curve(axes: "Axes", points: Points, best: tuple[float, float] | None) -> None:
    thin = thinned(points, MOST_POINTS)
    values = [y for _, y in thin]
    y_ticks = nice_ticks(min(0.0, *values), max(values), 3)
    x_ticks = [x for x in nice_ticks(points[0][0], points[-1][0], 4) if points[0][0] <= x <= points[-1][0]]
    frame(axes, left=40, right=10, top=16, bottom=22)
    axes.set_xlim(points[0][0], points[-1][0] if points[-1][0] > points[0][0] else points[0][0] + 1)
    axes.set_ylim(y_ticks[0], max(y_ticks[-1], *values))
    grid(axes, y_ticks)
    axes.set_xticks(x_ticks, [short(x) for x in x_ticks])
    axes.plot(*zip(*thin, strict=True), color=COLOURS["accent"], linewidth=1.75, clip_on=False)
    if best:
        _mark_best(axes, best)


def _mark_best(axes: "Axes", best: tuple[float, float]) -> None:
    (left, right), (bottom, top) = axes.get_xlim(), axes.get_ylim()
    x, y = best[0], min(max(best[1], bottom), top)
    third = (x - left) * 3 / (right - left)
    side = "left" if third < 1 else "center" if third < 2 else "right"
    axes.vlines(x, bottom, top, color=COLOURS["soft"], linewidth=1, linestyle=(0, (3, 3)), clip_on=False)
    axes.plot([x], [y], "o", color=COLOURS["ink"], markersize=6, markeredgewidth=0, clip_on=False)
    axes.annotate(
        f"best, step {x:,.0f}", (x, top), (0, 4), textcoords="offset pixels", ha=side, color=COLOURS["ink"],
        annotation_clip=False,
    )  # fmt: skip


def _draw_bars(axes: "Axes", bars: Sequence[Bar]) -> None:
    longest = max((max(bar.value, bar.high) for bar in bars), default=0.0) or 1.0
    frame(axes, left=1, right=1, top=0, bottom=8)
    axes.set_xlim(0, longest)
    places = _names(axes, bars)
    axes.barh(places, [bar.value for bar in bars], height=0.2, color=COLOURS["accent"], linewidth=0)
    for place, bar in zip(places, bars, strict=True):
        if bar.high > bar.low:
            axes.hlines(place, bar.low, bar.high, color=COLOURS["ink"], linewidth=1.5, clip_on=False)


def _draw_intervals(axes: "Axes", bars: Sequence[Bar], lines: Sequence[Line]) -> None:
    every = [each for bar in bars for each in (bar.value, bar.low, bar.high)] + [line.value for line in lines] + [0.0]
    ticks = nice_ticks(min(every), max(every), 4)
    frame(axes, left=6, right=10, top=15 * len(lines), bottom=26)
    axes.set_xlim(min(ticks[0], *every), max(ticks[-1], *every))
    places = _names(axes, bars)
    axes.hlines(places, *axes.get_xlim(), color=COLOURS["line"], linewidth=1, clip_on=False)
    for above, line in enumerate(lines):
        axes.vlines(line.value, -0.5, len(bars) - 0.5, color=COLOURS["soft"], linewidth=1, linestyle=(0, (3, 3)))
        right = line.value > sum(axes.get_xlim()) * 0.6
        axes.annotate(
            line.name, (line.value, -0.5), (0, 4 + 15 * above), textcoords="offset pixels", color=COLOURS["soft"],
            ha="right" if right else "left", annotation_clip=False,
        )  # fmt: skip
    for place, bar in zip(places, bars, strict=True):
        axes.hlines(place, bar.low, bar.high, color=COLOURS["accent"], linewidth=2.5, clip_on=False)
        axes.plot([bar.value], [place], "o", color=COLOURS["accent"], markersize=8, markeredgewidth=0, clip_on=False)
    axes.set_xticks(ticks, [short(tick) for tick in ticks])


def _names(axes: "Axes", bars: Sequence[Bar]) -> list[float]:
    """The names of rows with their values at the other end, from the top down; gives the places of the rows."""
    axes.set_ylim(len(bars) - 0.5, -0.5)
    low, high = axes.get_xlim()
    for place, bar in enumerate(bars):
        axes.text(low, place - 0.06, fitting(bar.name), color=COLOURS["ink"], parse_math=False)
        axes.text(high, place - 0.06, bar.text, ha="right", color=COLOURS["soft"], parse_math=False)
    return [place + 0.2 for place in range(len(bars))]


def _draw_costs(axes: "Axes", metric: str, cost: str, dots: Sequence[Dot], lines: Sequence[Line]) -> None:
    frame(axes, left=42, right=14, top=30, bottom=44)
    _scale_costs(axes, dots, lines)
    _say_axes(axes, metric, cost)
    for line in lines:
        axes.hlines(line.value, *axes.get_xlim(), color=COLOURS["soft"], linewidth=1, linestyle=(0, (3, 3)))
        side = _side_with_room(axes, line, dots)
        axes.annotate(
            line.name, (axes.get_xlim()[side == "right"], line.value), (0, 4), textcoords="offset pixels", ha=side,
            color=COLOURS["soft"],
        )  # fmt: skip
    _draw_front(axes, [dot for dot in dots if dot.on_front])
    for dot, (across, down, side) in zip(dots, _label_places(axes, dots), strict=True):
        _draw_dot(axes, dot)
        axes.annotate(fitting(dot.name), (across, down), xycoords="figure pixels", ha=side, color=COLOURS["ink"],
                      parse_math=False)  # fmt: skip


def _say_axes(axes: "Axes", metric: str, cost: str) -> None:
    axes.text(0, 1, f"{metric}, lower is better", transform=shifted(axes, -40, 16), color=COLOURS["soft"])
    axes.text(1, 0, cost, transform=shifted(axes, 0, -38), ha="right", color=COLOURS["soft"])


def _scale_costs(axes: "Axes", dots: Sequence[Dot], lines: Sequence[Line]) -> None:
    """Time across, as logarithms, and quality upwards from nought."""
    every = [dot.value for dot in dots] + [line.value for line in lines]
    every += [end for dot in dots for end in dot.interval or ()]
    ticks = nice_ticks(min(0.0, *every), max(every), 5)
    axes.set_xscale("log")
    axes.set_xlim(min(dot.cost for dot in dots) / 1.8, max(dot.cost for dot in dots) * 1.8)
    axes.set_ylim(min(ticks[0], *every), max(ticks[-1], *(1.06 * each for each in every)))
    grid(axes, ticks)
    time_axis(axes)


def _side_with_room(axes: "Axes", line: Line, dots: Sequence[Dot]) -> str:
    """The end of a line at which its name is in no dot's way."""
    middle, level = sum(axes.bbox.intervalx) / 2, axes.transData.transform((1, line.value))[1]
    places = [axes.transData.transform((dot.cost, dot.value)) for dot in dots]
    return "left" if any(x > middle and abs(y - level) < 30 for x, y in places) else "right"


def _draw_front(axes: "Axes", front: Sequence[Dot]) -> None:
    """A staircase: what the best for its cost reaches, up to the cost of the next better one."""
    ordered = sorted(front, key=lambda dot: dot.cost)
    costs = [*(dot.cost for dot in ordered), axes.get_xlim()[1]]
    values = [*(dot.value for dot in ordered), ordered[-1].value]
    axes.step(costs, values, where="post", color=COLOURS["accent"], linewidth=1.25, clip_on=False)


def _draw_dot(axes: "Axes", dot: Dot) -> None:
    colour = COLOURS["accent" if dot.on_front else "soft"]
    if dot.interval:
        axes.vlines(dot.cost, *dot.interval, color=colour, linewidth=1.5, clip_on=False)
    filled = colour if dot.on_front else COLOURS["paper"]
    axes.plot([dot.cost], [dot.value], "o", color=filled, markeredgecolor=colour, markersize=8, clip_on=False)


def _label_places(axes: "Axes", dots: Sequence[Dot]) -> list[tuple[float, float, str]]:
    """Where names stand, in px: beside their dots, on the side with more room, none on top of another."""
    places = [tuple(axes.transData.transform((dot.cost, dot.value))) for dot in dots]
    middle = sum(axes.bbox.intervalx) / 2
    found: dict[int, tuple[float, float, str]] = {}
    lowest = {"left": math.inf, "right": math.inf}  # of the names on each side so far, from the top down
    for which in sorted(range(len(dots)), key=lambda i: -places[i][1]):
        x, y = places[which]
        side, shift = ("left", 9) if x < middle else ("right", -9)
        lowest[side] = min(y + 6, lowest[side] - 14)
        found[which] = (x + shift, lowest[side], side)
    return [found[which] for which in range(len(dots))]


def _draw_dated(axes: "Axes", values: Sequence[tuple[str, Bar]]) -> None:
    bars = [bar for _, bar in values]
    ticks = nice_ticks(0.0, max(max(bar.high, bar.value) for bar in bars), 3)
    frame(axes, left=40, right=10, top=16, bottom=22)
    axes.set_xlim(0, max(1, len(bars) - 1))
    axes.set_ylim(0, max(ticks[-1], *(bar.high for bar in bars)))
    grid(axes, ticks)
    for place, text, side in ((0, values[0][0], "left"), (1, values[-1][0], "right")):
        axes.text(place, 0, text, transform=shifted(axes, 0, -16), ha=side, color=COLOURS["soft"])
    axes.vlines(range(len(bars)), [b.low for b in bars], [b.high for b in bars], color=COLOURS["accent"], linewidth=1.5,
                clip_on=False)  # fmt: skip
    axes.plot(range(len(bars)), [bar.value for bar in bars], "o-", color=COLOURS["accent"], linewidth=1.25,
              markersize=5, markeredgewidth=0, clip_on=False)  # fmt: skip


def _draw_piles(axes: "Axes", piles: Sequence[Pile], line: float | None) -> None:
    shares = [_equal_shares(pile.values) for pile in piles]
    every = [value for share in shares for value in share] + ([] if line is None else [line])
    ticks = nice_ticks(min(every), max(every), 5)
    frame(axes, left=10, right=10, top=0, bottom=26)
    axes.set_xlim(min(ticks[0], *every), max(ticks[-1], *every))
    axes.set_ylim(len(piles) * PILE, 0)
    if line is not None:
        axes.vlines(line, 0, len(piles) * PILE, color=COLOURS["soft"], linewidth=1, linestyle=(0, (3, 3)))
    for place, (pile, share) in enumerate(zip(piles, shares, strict=True), start=1):
        _draw_pile(axes, pile, share, place * PILE - 6)
    axes.set_xticks(ticks, [short(tick) for tick in ticks])


def _draw_pile(axes: "Axes", pile: Pile, share: Sequence[float], ground: float) -> None:
    """One row: its name and median, then dots that rise from the ground where values are close."""
    low, high = axes.get_xlim()
    axes.text(low, ground - PILE + 20, fitting(pile.name), color=COLOURS["ink"], parse_math=False)
    axes.text(high, ground - PILE + 20, pile.text, ha="right", color=COLOURS["soft"], parse_math=False)
    wide = (high - low) * 6 / (WIDE - 20)  # of a dot
    places = [round((value - low) / wide) for value in share]
    rise = min(5.0, 26 / max(Counter(places).values()))
    heights = [ground - 3 - rise * places[:i].count(place) for i, place in enumerate(places)]
    colour = COLOURS["accent" if pile.accent else "soft"]
    axes.hlines(ground, low, high, color=COLOURS["line"], linewidth=1, clip_on=False)
    axes.plot([low + place * wide for place in places], heights, "o", color=colour, markersize=4.5, markeredgewidth=0,
              clip_on=False)  # fmt: skip
    middle = statistics.median(pile.values)
    axes.vlines(middle, ground - 6, ground + 5, color=COLOURS["ink"], linewidth=2, clip_on=False)


def _equal_shares(values: Sequence[float]) -> list[float]:
    """At most `MOST_DOTS` values in order, each the middle of an equal share of all."""
    ordered = sorted(values)
    count = min(len(ordered), MOST_DOTS)
    return [ordered[int((i + 0.5) * len(ordered) / count)] for i in range(count)]


def _draw_stairs(axes: "Axes", metric: str, cost: str, stairs: Sequence[Stairs]) -> None:
    every = [value for one in stairs for _, value in one.points]
    ticks = nice_ticks(min(0.0, *every), max(every), 5)
    frame(axes, left=42, right=14, top=30, bottom=44)
    axes.set_xscale("log")
    axes.set_xlim(min(one.points[0][0] for one in stairs) / 1.5, max(one.until for one in stairs) * 1.2)
    axes.set_ylim(ticks[0], max(ticks[-1], *every))
    grid(axes, ticks)
    time_axis(axes)
    _say_axes(axes, metric, cost)
    lowest = math.inf  # of the names so far, from the top down
    for one in sorted(stairs, key=lambda one: -one.points[-1][1]):
        _draw_one_stairs(axes, one)
        x, y = axes.transData.transform((one.until, one.points[-1][1]))
        lowest = min(y + 5, lowest - 14)
        axes.annotate(fitting(one.name), (x, lowest), xycoords="figure pixels", ha="right", color=COLOURS["ink"],
                      parse_math=False)  # fmt: skip


def _draw_one_stairs(axes: "Axes", one: Stairs) -> None:
    colour = COLOURS["accent" if one.accent else "soft"]
    times = [*(seconds for seconds, _ in one.points), one.until]
    values = [*(value for _, value in one.points), one.points[-1][1]]
    axes.step(times, values, where="post", color=colour, linewidth=1.5, clip_on=False)
    axes.plot(times[:-1], values[:-1], "o", color=colour, markersize=6, markeredgewidth=0, clip_on=False)


def _numbers_of_curve(title: str, points: Points, best: tuple[float, float] | None, href: str) -> Numbers:
    """Points of a curve, evenly chosen, with the first, the last and the best."""
    places = {round(i * (len(points) - 1) / (MOST_ROWS - 1)) for i in range(MOST_ROWS)}
    places |= {points.index(best)} if best else set()
    chosen = [points[place] for place in sorted(places)]
    left_out = len(points) - len(chosen)
    caption = f"{title} by step" + (f"; {left_out:,} more points are in the record" if left_out else "")
    rows = tuple(row(f"{x:,.0f}{', best' if (x, y) == best else ''}", href, number(y)) for x, y in chosen)
    return Numbers(caption, ("Step", title), rows)
