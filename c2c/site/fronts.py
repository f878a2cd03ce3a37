"""Cost against quality: which approaches are worth their time, for each direction and size.

Only like is put beside like: scores that may be compared, and times of the same machine. Who is left out is said.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from c2c.recipe.references import COPY, REAL
from c2c.records import Score, ScoreRecord, TranslationRecord, comparable, is_better
from c2c.site.costs import Cost, picture_cost, training_cost
from c2c.site.plots import Dot, Line, NumberRow, Numbers, Plot, cost_plot
from c2c.site.reading import Filed, RunFolder
from c2c.site.words import direction_name, duration, enumerate_words, interval, metric_of, moment

MEASURED_BY = ("kid", "abs_rel", "perceptual")  # the first that a direction has
LINES = {COPY: "Copy the input", REAL: "Real against real"}
WORDS = {True: "yes", False: "no"}
PICTURE, TRAINING = "Time of a picture", "Time of training"


@dataclass(frozen=True)
class Front:
    """The plots of one direction at one size, and what must be said about them."""

    title: str
    size: int
    plots: tuple[Plot, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True)
class _Scored:
    """One approach's score and what it costs."""

    key: str
    name: str
    score: Score
    href: str
    cost: Cost


def fronts_of(run: RunFolder, names: dict[str, str]) -> tuple[Front, ...]:
    """Cost against quality of every direction and size where at least two approaches can be compared."""
    groups: dict[tuple[str, int], list[Filed[ScoreRecord]]] = {}
    for filed in run.of(ScoreRecord):
        groups.setdefault((filed.record.direction, filed.record.size), []).append(filed)
    fronts = (_front(run, groups[key], names) for key in sorted(groups))
    return tuple(front for front in fronts if front.plots)


def on_front(points: Sequence[tuple[float, float]]) -> list[bool]:
    """For each (cost, value), whether no other is at most as dear and at most as bad, and better in one."""
    return [not any(c <= cost and v <= value and (c, v) != (cost, value) for c, v in points) for cost, value in points]


def _front(run: RunFolder, scored: list[Filed[ScoreRecord]], names: dict[str, str]) -> Front:
    first = scored[0].record
    title = direction_name(first.source, first.target, first.direction)
    found = {filed.record.subject: (score, filed.href) for filed in scored if (score := _telling(filed.record, scored))}
    ours = [f.record.subject for f in scored if f.record.subject_kind == "approach" and f.record.subject in found]
    pictures = {f.record.approach: picture_cost(f) for f in run.of(TranslationRecord)
                if (f.record.direction, f.record.size) == (first.direction, first.size)}  # fmt: skip
    plots, notes = [], []
    for what, cost_of, said in (
        (PICTURE, pictures.get, moment),
        (TRAINING, lambda name: training_cost(run, name), duration),
    ):
        costs = {name: cost for name in ours if (cost := cost_of(name))}
        alike = _alike([_Scored(name, names.get(name, name), *found[name], costs[name]) for name in costs])
        if len(alike) > 1:
            plots.append(_plot(title, first.size, what, said, alike, found))
            notes += _left_out(what, ours, names, costs, {one.key for one in alike})
    return Front(title, first.size, tuple(plots), (*_beside_copying(ours, names, found), *notes))


def _beside_copying(ours: list[str], names: dict[str, str], found: dict[str, tuple[Score, str]]) -> list[str]:
    """Who is no better than what costs nothing."""
    if COPY not in found:
        return []
    copied = found[COPY][0]
    no_better = [
        names.get(n, n) for n in ours if comparable(found[n][0], copied) and not is_better(found[n][0], copied)
    ]
    return [f"Copying the input costs nothing, and {enumerate_words(no_better)} did no better."] if no_better else []


def _telling(record: ScoreRecord, scored: list[Filed[ScoreRecord]]) -> Score | None:
    """The score that a direction is judged by: the same metric for all, lower being better."""
    having = {
        score.metric for filed in scored for score in filed.record.scores if filed.record.subject_kind == "approach"
    }
    metric = next((metric for metric in MEASURED_BY if metric in having), None)
    return next((score for score in record.scores if score.metric == metric and math.isfinite(score.value)), None)


def _alike(scored: list[_Scored]) -> list[_Scored]:
    """The largest part of which all scores may be compared and all times are of one machine."""
    parts = [
        [other for other in scored if comparable(one.score, other.score) and one.cost.machine == other.cost.machine]
        for one in scored
    ]
    return max(parts, key=len, default=[])


def _left_out(what: str, ours: list[str], names: dict[str, str], costs: dict[str, Cost], shown: set[str]) -> list[str]:
    """Who has no cost, and who was measured otherwise than the others."""
    without = [names.get(name, name) for name in ours if name not in costs]
    unlike = [names.get(name, name) for name in ours if name in costs and name not in shown]
    why = "nothing was trained for" if what == TRAINING else "no time was recorded of"
    notes = [f"{what}: {why} {enumerate_words(without)}."] if without else []
    return notes + (
        [f"{what}: {enumerate_words(unlike)} cannot be compared, being measured otherwise."] if unlike else []
    )


def _plot(
    title: str,
    size: int,
    what: str,
    said: Callable[[float], str],
    alike: list[_Scored],
    found: dict[str, tuple[Score, str]],
) -> Plot:
    ordered = sorted(alike, key=lambda one: (one.cost.seconds, one.score.value, one.name))
    front = on_front([(one.cost.seconds, one.score.value) for one in ordered])
    dots = [
        Dot(one.name, one.cost.seconds, one.score.value, one.score.interval, best)
        for one, best in zip(ordered, front, strict=True)
    ]
    lines = [
        Line(name, found[key][0].value)
        for key, name in LINES.items()
        if key in found and comparable(found[key][0], ordered[0].score)
    ]
    metric = metric_of(ordered[0].score.metric).name
    rows = tuple(
        NumberRow(one.name, ((said(one.cost.seconds), one.cost.href), *_linked(one.score, one.href), (WORDS[best], "")))
        for one, best in zip(ordered, front, strict=True)
    )
    rows += tuple(
        NumberRow(LINES[key], (("–", ""), *_linked(score, href), ("–", "")))
        for key, (score, href) in found.items()
        if LINES.get(key) in {line.name for line in lines}
    )
    numbers = Numbers(f"{title} at {size} px", ("", what, metric, "Interval of 95%", "On the front"), rows)
    return cost_plot(f"{title}, {size} px", metric, what, dots, lines, numbers)


def _linked(score: Score, href: str) -> tuple[tuple[str, str], ...]:
    """A value and its interval, each with the record it comes from."""
    return tuple((text, href) for text in interval(score.value, score.interval))
