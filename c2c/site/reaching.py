"""Time to quality: how long each training took to reach a given score on validation pictures.

Only like is put beside like: the same metric in the same direction at the same size, on the same machine.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from c2c.records import TrainingRecord, TranslationRecord
from c2c.site.charts import nice_ticks, short
from c2c.site.costs import machine_of
from c2c.site.plots import NumberRow, Numbers, Plot, Stairs, stairs_plot
from c2c.site.reading import Filed, RunFolder
from c2c.site.words import direction_name, duration, enumerate_words, metric_of, number

TARGETS = 4  # scores of which the time to them is told
TIME = "Time of training"


@dataclass(frozen=True)
class Reaching:
    """The plot of one metric in one direction at one size, and what must be said about it."""

    plot: Plot
    notes: tuple[str, ...]


@dataclass(frozen=True)
class _Course:
    """The scores of one training in one direction, with the seconds at which each was known."""

    name: str
    metric: str
    direction: str
    size: int
    machine: str
    href: str
    scores: tuple[tuple[float, float], ...]  # (s, value)
    energy: str  # until the best score, with the parts that tell it; "" where none does

    @property
    def best_so_far(self) -> tuple[tuple[float, float], ...]:
        """The scores that were better than all before."""
        best: list[tuple[float, float]] = []
        for seconds, value in self.scores:
            if not best or value < best[-1][1]:
                best.append((seconds, value))
        return tuple(best)

    def reached(self, target: float) -> float | None:
        """The seconds after which a score was at most `target`."""
        return next((seconds for seconds, value in self.scores if value <= target), None)


def reaching_of(run: RunFolder, names: dict[str, str]) -> tuple[Reaching, ...]:
    """Time to quality of every training that was validated and timed; `names` says what approaches are called."""
    groups: dict[tuple[str, str, int, str], list[_Course]] = {}
    for course in _courses(run, names):
        groups.setdefault((course.metric, course.direction, course.size, course.machine), []).append(course)
    return tuple(_reaching(groups[key]) for key in sorted(groups))


def so_far_at(curve: Sequence[tuple[int, float]], step: int) -> float | None:
    """What a training had taken at a step, seconds or joules, between the steps that were noted; None outside."""
    noted = [(0, 0.0), *curve]
    exact = [value for noted_at, value in noted if noted_at == step]
    if step and exact:
        return exact[-1]  # the scoring of a step is noted after it
    for (before, early), (after, late) in pairwise(noted):
        if before <= step <= after and after > before:
            return early + (late - early) * (step - before) / (after - before)
    return None


def _courses(run: RunFolder, names: dict[str, str]) -> Iterator[_Course]:
    """Every training in every direction; trainings whose scores or times are not known are left out."""
    for filed in run.of(TrainingRecord):
        for direction, curve in _by_direction(filed.record, run).items():
            timed = [(so_far_at(filed.record.clock, step), value, step) for step, value in curve]
            finite = [(s, value, step) for s, value, step in timed if s and math.isfinite(value)]
            size = filed.record.settings.get("size")
            if finite and isinstance(size, int):
                best_step = min(finite, key=lambda one: one[1])[2]
                scores = tuple((s, value) for s, value, _ in finite)
                yield _course(filed, names, direction, size, scores, best_step)


def _course(
    filed: Filed[TrainingRecord],
    names: dict[str, str],
    direction: str,
    size: int,
    scores: tuple[tuple[float, float], ...],
    best_step: int,
) -> _Course:
    record = filed.record
    return _Course(
        name=names.get(record.approach, record.approach),
        metric=record.score_name,
        direction=direction,
        size=size,
        machine=machine_of(record.provenance),
        href=filed.href,
        scores=scores,
        energy=_energy(record, best_step),
    )


def _energy(record: TrainingRecord, step: int) -> str:
    """What the parts that tell it took until a step: "12.3 kJ (processor)"."""
    spent = [so_far_at(curve, step) for curve in record.energy.values()]
    told = [joules for joules in spent if joules is not None]
    parts = enumerate_words(sorted(record.energy))
    return f"{short(sum(told) / 1000)} kJ ({parts})" if told and len(told) == len(spent) else ""


def _by_direction(record: TrainingRecord, run: RunFolder) -> dict[str, list[tuple[int, float]]]:
    """The validation curves by direction as it is read; that of a training of one direction has no name of its own."""
    said = {
        f.record.direction: direction_name(f.record.source, f.record.target, f.record.direction)
        for f in run.of(TranslationRecord)
        if f.record.approach == record.approach
    }
    own = {
        direction: record.validation[f"{record.score_name} {direction}"]
        for direction in said
        if f"{record.score_name} {direction}" in record.validation
    }
    if not own and len(said) == 1 and record.score_name in record.validation:
        own = {next(iter(said)): record.validation[record.score_name]}
    return {said[direction]: curve for direction, curve in own.items()}


def _reaching(courses: list[_Course]) -> Reaching:
    """The courses that share a plot, the one that gets furthest in the accent."""
    ordered = sorted(courses, key=lambda course: (course.best_so_far[-1][1], course.name))
    first = ordered[0]
    stairs = [
        Stairs(course.name, course.best_so_far, course.scores[-1][0], accent=course is first) for course in ordered
    ]
    title = f"{first.direction}, {first.size} px"
    metric = f"Validation {metric_of(first.metric).said}"
    return Reaching(stairs_plot(title, metric, TIME, stairs, _numbers(title, ordered)), tuple(_notes(ordered)))


def targets_of(courses: Sequence[Sequence[tuple[float, float]]]) -> list[float]:
    """A few round scores, from one that all have passed or nearly to one that only the best has, hardest last."""
    best = min(value for course in courses for _, value in course)
    worst = max(course[0][1] for course in courses)
    inside = [tick for tick in nice_ticks(best, worst, TARGETS) if best <= tick <= worst]
    return sorted(inside, reverse=True)[-TARGETS:]


def _numbers(title: str, ordered: list[_Course]) -> Numbers:
    targets = targets_of([course.best_so_far for course in ordered])
    metric = metric_of(ordered[0].metric).name
    headings = ("Approach", *(f"to {metric} {short(target)}" for target in targets), "Best", "after", "Energy")
    return Numbers(f"{title}: time to {metric}", headings, tuple(_row(course, targets) for course in ordered))


def _row(course: _Course, targets: list[float]) -> NumberRow:
    seconds, best = course.best_so_far[-1]
    times = [course.reached(target) for target in targets]
    told = ["not reached" if time is None else duration(time) for time in times]
    return NumberRow(
        course.name, (*((text, course.href) for text in (*told, number(best), duration(seconds), course.energy)),)
    )


def _notes(ordered: list[_Course]) -> Iterator[str]:
    """Who did not get better after its best score."""
    past = [course.name for course in ordered if course.best_so_far[-1][0] < course.scores[-1][0]]
    if past:
        yield f"Trained on past the best score: {enumerate_words(past)}."
