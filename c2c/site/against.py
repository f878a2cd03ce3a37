"""What moved between two runs: the numbers, times, settings and pictures that changed most come first.

A change is this run's value less the other's. Scores are compared only where they were measured alike, and on the same
pictures; their intervals hold the chance of the pictures, not that of the training.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from c2c.records import (
    CityRecord,
    Provenance,
    Record,
    RunRecord,
    Score,
    ScoreRecord,
    TimingRecord,
    TrainingRecord,
    TranslationRecord,
    comparable,
    difference,
    is_better,
)
from c2c.records.comparing import differing
from c2c.site.moved_pictures import MovedPictures, moved_pictures
from c2c.site.pages import Page
from c2c.site.placing import Placer
from c2c.site.reading import Filed, RunFolder, read_run
from c2c.site.speed import quartiles
from c2c.site.tables import AGAINST, REFERENCES
from c2c.site.words import approach_name, direction_name, duration, interval, metric_of, number, title_case

FILE = "what-moved.html"
FOLDER = "against"  # of the other run's records and pictures, in the site
NO_RECIPE = "A run that has not ended has no record of its recipe, so recipes are not compared."
SHOWN = 20  # scores, at once
FACTOR_AT_LEAST = 1.01  # between two times; closer ones are the same
SHARE_AT_LEAST = 0.001  # a smaller change of a number without an interval is none


@dataclass(frozen=True)
class Side:
    """One of the two runs."""

    called: str
    title: str
    made: str


@dataclass(frozen=True)
class MovedNumber:
    """One score in both runs."""

    name: str
    direction: str
    metric: str
    better: str  # "lower" or "higher"
    before: str
    after: str
    change: str
    interval: str
    outcome: str  # "better", "worse" or "tie"
    before_href: str
    after_href: str
    weight: float  # how far the change is beyond chance


@dataclass(frozen=True)
class MovedTime:
    """One timed case, or a whole training, in both runs."""

    name: str
    before: str
    after: str
    factor: str  # "1.4 times as long"
    said: str  # why it may be nothing
    before_href: str
    after_href: str


@dataclass(frozen=True)
class Setting:
    """A setting, version or machine in which the two runs differ."""

    name: str
    before: str
    after: str


@dataclass(frozen=True)
class Moved:
    """All that differs between two runs."""

    before: Side
    after: Side
    sentence: str
    numbers: tuple[MovedNumber, ...]  # told apart, those that changed most
    more: tuple[MovedNumber, ...]  # told apart, the rest
    ties: tuple[MovedNumber, ...]  # not told apart
    unchanged: int  # scores that are the same in both
    unlike: tuple[str, ...]  # why some scores cannot be compared
    times: tuple[MovedTime, ...]
    settings: tuple[Setting, ...]
    settings_note: str  # what the settings leave out
    pictures: tuple[MovedPictures, ...]
    same_pictures: tuple[str, ...]  # of whom all are the same
    only_before: tuple[str, ...]
    only_after: tuple[str, ...]
    problems: tuple[str, ...]


def moved_pages(run: RunFolder, other: Path | None, placer: Placer) -> list[Page]:
    """The page of what moved since another run, where one is given; brings its records and pictures into the site."""
    if other is None:
        return []
    moved = moved_between(read_run(other), run, placer)
    return [Page(FILE, "what-moved.html", "What moved", {"moved": moved}, link="What moved")]


def moved_between(other: RunFolder, run: RunFolder, placer: Placer) -> Moved:
    """What differs between another run and this one."""
    for filed in other.filed:
        placer.files.copy(other.root / "records" / filed.file, f"{FOLDER}/records/{filed.file}")
    numbers, unchanged, unlike = _numbers(other, run)
    told = tuple(moved for moved in numbers if moved.outcome != "tie")
    pictures = moved_pictures(other, run, placer, FOLDER)
    return Moved(
        before=_side("The other run", other),
        after=_side("This run", run),
        sentence=_sentence(told, numbers, unchanged, pictures),
        numbers=told[:SHOWN],
        more=told[SHOWN:],
        ties=tuple(moved for moved in numbers if moved.outcome == "tie"),
        unchanged=unchanged,
        unlike=unlike,
        times=tuple(_times(other, run)),
        settings=tuple(_settings(other, run)),
        settings_note="" if run.of(RunRecord) and other.of(RunRecord) else NO_RECIPE,
        pictures=tuple(group for group in pictures if group.changed),
        same_pictures=tuple(group.title for group in pictures if not group.changed),
        only_before=_only(other, run),
        only_after=_only(run, other),
        problems=other.problems,
    )


def _side(called: str, run: RunFolder) -> Side:
    found = next(iter(run.of(RunRecord)), None)
    provenance = _provenance(run)
    made = f"{provenance.created[:10]}, seed {provenance.seed}" if provenance else "no records"
    return Side(called, found.record.title if found else "A run in progress", made)


def _sentence(
    told: tuple[MovedNumber, ...], numbers: list[MovedNumber], unchanged: int, pictures: list[MovedPictures]
) -> str:
    """What moved, in one sentence."""
    if not numbers and not unchanged and not pictures:
        return "The two runs have nothing in common that could be compared."
    if not numbers and not unchanged:
        scores = "No score of the two runs was measured alike on the same pictures"
        return f"{scores}; {_changed(pictures)}"
    better = sum(moved.outcome == "better" for moved in told)
    scores = (
        f"Of {len(numbers) + unchanged} scores that both runs have, {better} became better and {len(told) - better} "
        "worse by more than chance"
    )
    return f"{scores}; {_changed(pictures)}"


def _changed(pictures: list[MovedPictures]) -> str:
    changed, total = sum(group.changed for group in pictures), sum(group.total for group in pictures)
    return f"{changed:,} of {total:,} pictures are not the same."


def _href(file: str) -> str:
    """The address of a record of the other run."""
    return f"{FOLDER}/records/{quote(file)}"


Key = tuple[str, str, int, str, str]  # subject, direction, size, metric, against
Scores = dict[Key, tuple[Filed[ScoreRecord], Score]]


def _numbers(other: RunFolder, run: RunFolder) -> tuple[list[MovedNumber], int, tuple[str, ...]]:
    """The scores that differ, those furthest beyond chance first; how many do not; and which are not comparable."""
    before, after = _scores(other), _scores(run)
    same_data = _same_data(other, run)
    moved: list[MovedNumber] = []
    unlike: dict[str, list[str]] = {}
    unchanged = 0
    for key in sorted(before.keys() & after.keys()):
        (its_file, old), (our_file, new) = before[key], after[key]
        why = _why_unlike(old, new, our_file.record, same_data)
        if why:
            unlike.setdefault(why, []).append(f"{metric_of(new.metric).said} of {_named(our_file.record)}")
        elif old.value == new.value:
            unchanged += 1
        else:
            moved.append(_moved(old, new, its_file, our_file))
    moved.sort(key=lambda one: (-one.weight, one.name, one.direction, one.metric))
    return moved, unchanged, tuple(_several(why, whose) for why, whose in unlike.items())


def _several(why: str, whose: list[str]) -> str:
    """How many scores share a reason."""
    rest = f", and {len(whose) - 1} more" if len(whose) > 1 else ""
    return title_case(f"{whose[0]}{rest}: {why}.")


def _scores(run: RunFolder) -> Scores:
    return {
        (f.record.subject, f.record.direction, f.record.size, s.metric, s.against): (f, s)
        for f in run.of(ScoreRecord)
        for s in f.record.scores
    }


def _same_data(other: RunFolder, run: RunFolder) -> dict[str, bool]:
    """City -> whether both runs have the same pictures of it; a city that one lacks is left out."""
    before, after = (
        {filed.record.city: filed.record.manifest_sha256 for filed in side.of(CityRecord)} for side in (other, run)
    )
    return {city: before[city] == after[city] for city in before.keys() & after.keys()}


def _why_unlike(old: Score, new: Score, record: ScoreRecord, same_data: Mapping[str, bool]) -> str:
    """Why two scores may not be compared; "" where they may."""
    if not comparable(new, old):
        said = ", ".join(sorted(differing(new, old))) or "fingerprint"
        return f"measured another way ({said})"
    changed = [city for city in (record.source, record.target) if not same_data.get(city, True)]
    return f"measured on other pictures of {changed[0]}" if changed else ""


def _named(record: ScoreRecord) -> str:
    direction = direction_name(record.source, record.target, record.direction)
    return f"{_subject(record)}, {direction}, {record.size} px"


def _subject(record: ScoreRecord) -> str:
    if record.subject_kind == "reference":
        return REFERENCES.get(record.subject, ("", record.subject))[1]
    return approach_name(record.subject, record.approach_kind)


def _moved(old: Score, new: Score, its_file: Filed[ScoreRecord], our_file: Filed[ScoreRecord]) -> MovedNumber:
    record, found = our_file.record, difference(new, old)
    ends = (found.interval.low, found.interval.high) if found else None
    change, between = interval(new.value - old.value, ends)
    better = is_better(new, old)
    slight = not found and abs(new.value - old.value) < SHARE_AT_LEAST * max(abs(old.value), abs(new.value))
    outcome = "tie" if better is None or slight else ("better" if better else "worse")
    beside = AGAINST.get(new.against, "real pictures")
    return MovedNumber(
        name=_subject(record),
        direction=f"{direction_name(record.source, record.target, record.direction)}, {record.size} px",
        metric=f"{metric_of(new.metric).name}, against {beside}",
        better=new.better,
        before=number(old.value),
        after=number(new.value),
        change=f"+{change}" if new.value > old.value else change,
        interval=between,
        outcome=outcome,
        before_href=_href(its_file.file),
        after_href=our_file.href,
        weight=_weight(old, new, ends),
    )


def _weight(old: Score, new: Score, ends: tuple[float, float] | None) -> float:
    """The change in half-widths of its interval, else as a share of the value."""
    change = abs(new.value - old.value)
    half = (ends[1] - ends[0]) / 2 if ends else max(abs(old.value), abs(new.value))
    return change / half if half else float("inf")


def _times(other: RunFolder, run: RunFolder) -> Iterator[MovedTime]:
    """Timed cases and whole trainings of both runs, the largest factors first."""
    found = [*_timings(other, run), *_trainings(other, run)]
    moved = [pair for pair in found if pair[0] >= FACTOR_AT_LEAST]
    yield from (time for _, time in sorted(moved, key=lambda pair: (-pair[0], pair[1].name)))


def _timings(other: RunFolder, run: RunFolder) -> Iterator[tuple[float, MovedTime]]:
    before = {filed.record.case: filed for filed in other.of(TimingRecord)}
    for filed in run.of(TimingRecord):
        theirs, ours = before.get(filed.record.case), filed.record
        if theirs is None or not ours.median or not theirs.record.median or theirs.record.unit != ours.unit:
            continue
        faster = ours.median > theirs.record.median
        if ours.unit != "images/s":
            faster = not faster
        factor = max(ours.median / theirs.record.median, theirs.record.median / ours.median)
        said = _same_conditions(theirs.record.provenance, ours.provenance) or _overlap(theirs.record, ours)
        name = f"{ours.approach}, {ours.what} {ours.size} px, batch {ours.batch}, {ours.device}"
        before_text, after_text = (f"{number(one.median)} {one.unit}" for one in (theirs.record, ours))
        hrefs = _href(theirs.file), filed.href
        yield factor, MovedTime(name, before_text, after_text, _factor(factor, faster), said, *hrefs)


def _trainings(other: RunFolder, run: RunFolder) -> Iterator[tuple[float, MovedTime]]:
    before = {filed.record.approach: filed for filed in other.of(TrainingRecord)}
    for filed in run.of(TrainingRecord):
        theirs, ours = before.get(filed.record.approach), filed.record
        if theirs is None or not ours.seconds or not theirs.record.seconds or not ours.steps:
            continue
        factor = max(ours.seconds / theirs.record.seconds, theirs.record.seconds / ours.seconds)
        said = _same_conditions(theirs.record.provenance, ours.provenance)
        if not said and theirs.record.step != ours.step:
            said = f"{theirs.record.step:,} steps, then {ours.step:,}"
        before_text, after_text = (duration(one.seconds) for one in (theirs.record, ours))
        faster = ours.seconds < theirs.record.seconds
        name = f"{ours.approach}, the whole training"
        hrefs = _href(theirs.file), filed.href
        yield factor, MovedTime(name, before_text, after_text, _factor(factor, faster), said, *hrefs)


def _factor(factor: float, faster: bool) -> str:
    return f"{factor:.2f} times as {'fast' if faster else 'slow'}"


def _same_conditions(before: Provenance, after: Provenance) -> str:
    """Why times may differ without anything having become faster."""
    for key in ("processor", "gpu", "cores", "threads"):
        if before.machine.get(key) != after.machine.get(key):
            return f"another machine ({key})"
    return ""


def _overlap(before: TimingRecord, after: TimingRecord) -> str:
    """Whether the middle halves of the samples overlap."""
    if min(len(before.samples), len(after.samples)) < 2:
        return "a single sample"
    (low, high), (low_now, high_now) = (quartiles(record.samples, record.median) for record in (before, after))
    return "not told apart: the middle halves overlap" if low <= high_now and low_now <= high else ""


def _settings(other: RunFolder, run: RunFolder) -> Iterator[Setting]:
    both = all(side.of(RunRecord) for side in (other, run))
    before, after = (_all_settings(side, recipe=both) for side in (other, run))
    for name in sorted(before.keys() | after.keys()):
        if before.get(name) != after.get(name):
            yield Setting(name, before.get(name, "–"), after.get(name, "–"))


def _all_settings(run: RunFolder, recipe: bool) -> dict[str, str]:
    """The recipe, the versions and the machine of a run, by dotted names."""
    found = next(iter(run.of(RunRecord)), None)
    provenance = _provenance(run)
    parts: dict[str, object] = dict(found.record.recipe) if found and recipe else {}
    if provenance:
        parts["version of"] = provenance.versions
        parts["machine"] = {key: value for key, value in provenance.machine.items() if key != "load"}
    return dict(_flat(parts))


def _flat(value: object, name: str = "") -> Iterator[tuple[str, str]]:
    """Nested settings by dotted names; entries of a list are known by their own name where they have one."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _flat(inner, f"{name}.{key}" if name else str(key))
    elif isinstance(value, list | tuple) and value and all(isinstance(v, Mapping) and "name" in v for v in value):
        for inner in value:
            yield from _flat(inner, f"{name}.{inner['name']}")
    else:
        yield name, value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _provenance(run: RunFolder) -> Provenance | None:
    """The run's own, else that of its first record."""
    filed = [*run.of(RunRecord), *run.filed]
    return filed[0].record.provenance if filed else None


def _only(run: RunFolder, other: RunFolder) -> tuple[str, ...]:
    """What one run has and the other has not, by the files of the records."""
    there = {filed.file for filed in other.filed}
    return tuple(_in_words(filed.record) for filed in run.filed if filed.file not in there)


def _in_words(record: Record) -> str:
    match record:
        case TranslationRecord():
            direction = direction_name(record.source, record.target, record.direction)
            return f"pictures: {record.approach}, {direction}, {record.size} px"
        case ScoreRecord():
            return f"scores: {_named(record)}"
        case TrainingRecord():
            return f"training: {record.approach}"
        case CityRecord():
            return f"city: {record.city}"
        case TimingRecord():
            return f"timing: {record.case}"
        case RunRecord():
            return "the record of the whole run"
    named = [str(getattr(record, key)) for key in ("approach", "direction", "size") if hasattr(record, key)]
    return f"{record.kind}: {', '.join(named)}" if named else record.kind
