"""The scale matrix: trained at S, applied at T. A score at T is read down its column; reduced to S, along its row.

Two scores are compared only where their protocols allow it, and only by the interval of their difference.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass

from c2c.recipe.references import COPY, REAL
from c2c.records import (
    Difference,
    ScaleRecord,
    Score,
    ScoreRecord,
    TrainingRecord,
    comparable,
    difference,
)
from c2c.site.galleries import approach_file
from c2c.site.reading import Filed, RunFolder
from c2c.site.words import (
    approach_name,
    digits_for,
    duration,
    enumerate_words,
    mebibytes,
    metric_of,
    number,
    title_case,
)

METRICS = ("kid", "perceptual", "l1", "abs_rel")  # the most telling first
REFERENCES = {REAL: ("floor", "Real against real"), COPY: ("ceiling", "Copy the input")}
NOT_MEASURED = "not measured"
NO_REFERENCE = "no reference"

Key = tuple[str, str]  # metric, against


@dataclass(frozen=True)
class MatrixCell:
    """One value, or why there is none."""

    text: str
    interval: str = ""
    verdict: str = ""  # "worse", "tie", "better" beside the cell it is compared with
    href: str = ""  # "": blank
    own: bool = False  # applied at the size it was trained at


@dataclass(frozen=True)
class MatrixRow:
    """One trained size, or a reference."""

    name: str
    about: str
    href: str
    role: str  # "approach", "floor" or "ceiling"
    cells: tuple[MatrixCell, ...]


@dataclass(frozen=True)
class Verdict:
    """One comparison in a sentence, with the records of both sides."""

    outcome: str  # "worse", "tie", "better" or "open"
    text: str
    records: tuple[tuple[str, str], ...] = ()  # what it is, address


@dataclass(frozen=True)
class Matrix:
    """Trained sizes down, applied sizes across; and what follows from it."""

    title: str
    caption: str
    columns: tuple[str, ...]
    rows: tuple[MatrixRow, ...]
    verdicts: tuple[Verdict, ...]


@dataclass(frozen=True)
class MetricView:
    """All that one metric says of a family."""

    name: str
    said: str  # the name within a sentence
    about: str
    matrices: tuple[Matrix, ...]


@dataclass(frozen=True)
class Cost:
    """What the training of one row took."""

    name: str
    about: str
    href: str
    time: str
    step: str
    steps: str
    device: str
    memory: str


@dataclass(frozen=True)
class Member:
    """One approach of a family in one direction: what was measured of it, by the size it was applied at."""

    approach: str
    kind: str
    trained: int
    scaled: dict[int, Filed[ScaleRecord]]
    scored: dict[int, Filed[ScoreRecord]]
    trainings: tuple[Filed[TrainingRecord], ...]  # its own or its halves'; none where one of them is not known

    @property
    def any(self) -> ScaleRecord:
        """One of its scale records."""
        return next(iter(self.scaled.values())).record

    @property
    def name(self) -> str:
        """What the approach is called."""
        return approach_name(self.approach, self.kind)

    def at(self, size: int, key: Key) -> tuple[Score, str] | None:
        """Its score at a size, and the record's address; None where it was not measured, or does not count."""
        if size not in self.scored or (size in self.scaled and self.scaled[size].record.refused):
            return None
        return _score(self.scored[size].record.scores, key, self.scored[size].href)

    def reduced(self, size: int, key: Key) -> tuple[Score, str] | None:
        """The score, at the size it was trained at, of what it made at another size."""
        if size == self.trained:
            return self.at(size, key)
        return _score(self.scaled[size].record.scores, key, self.scaled[size].href) if size in self.scaled else None


def members_of(run: RunFolder) -> dict[tuple[tuple[str, ...], str], list[Member]]:
    """Families by their approaches' names and direction, with their members from the smallest trained size up."""
    groups: dict[tuple[tuple[str, ...], str], dict[str, list[Filed[ScaleRecord]]]] = {}
    for filed in run.of(ScaleRecord):
        record = filed.record
        groups.setdefault((record.family, record.direction), {}).setdefault(record.approach, []).append(filed)
    return {
        key: sorted((_member(run, found) for found in group.values()), key=lambda m: (m.trained, m.approach))
        for key, group in groups.items()
    }


def _member(run: RunFolder, found: list[Filed[ScaleRecord]]) -> Member:
    record = found[0].record
    trainings = {filed.record.approach: filed for filed in run.of(TrainingRecord) if filed.record.status == "done"}
    known = all(name in trainings for name in record.trainings)
    return Member(
        approach=record.approach,
        kind=record.approach_kind,
        trained=record.trained_size,
        scaled={filed.record.size: filed for filed in found},
        scored={
            filed.record.size: filed
            for filed in run.of(ScoreRecord)
            if (filed.record.subject, filed.record.direction) == (record.approach, record.direction)
        },
        trainings=tuple(trainings[name] for name in record.trainings) if known else (),
    )


def views_of(run: RunFolder, members: list[Member]) -> tuple[MetricView, ...]:
    """What each metric says of a family, the most telling first: one that was also measured on reduced pictures."""
    direction = members[0].any.direction
    references = [
        filed
        for filed in run.of(ScoreRecord)
        if filed.record.subject in REFERENCES and filed.record.direction == direction
    ]
    views = [_view(key, members, references) for key in _keys(members)]
    return tuple(sorted(views, key=lambda view: -len(view.matrices)))


def costs_of(members: list[Member]) -> tuple[Cost, ...]:
    """What each training took."""
    return tuple(_cost(member) for member in members)


def notes_of(members: list[Member]) -> tuple[str, ...]:
    """What must be said below the matrices."""
    notes = ["Each ± and interval is of 95%, over test pictures. How much another training would differ is not in it."]
    refused = {size: f.record.refused for m in members for size, f in m.scaled.items() if f.record.refused}
    notes += [
        f"No reference at {size} px: {refused[size]}. An enlarged picture is no reference." for size in sorted(refused)
    ]
    notes += [
        f"{_trained(member)}, but from enlarged pictures: {member.any.note}." for member in members if member.any.note
    ]
    return tuple(notes)


def _keys(members: list[Member]) -> list[Key]:
    """The metrics that a family was measured by, against the truth that fits it."""
    found = {(s.metric, s.against) for m in members for f in m.scored.values() for s in f.record.scores}
    truth = "dressed truth" if any(against == "dressed truth" for _, against in found) else "truth"
    fitting = ("reference", truth if members[0].any.keeps_shape else "truth")
    return [(metric, against) for metric in METRICS for against in fitting if (metric, against) in found]


def _view(key: Key, members: list[Member], references: list[Filed[ScoreRecord]]) -> MetricView:
    metric = metric_of(key[0])
    sizes = sorted({size for member in members for size in (*member.scaled, member.trained)})
    columns = tuple(f"{size} px" for size in sizes)
    better = next(s.better for m in members for f in m.scored.values() for s in f.record.scores if s.metric == key[0])
    sense = f"{metric.name}, {'↓ lower' if better == 'lower' else '↑ higher'} is better"
    values = [s.value for m in members for f in m.scored.values() for s in f.record.scores if s.metric == key[0]]
    decimals = min(6, digits_for(max(map(abs, values))))
    across = Matrix(
        title="At the size it was applied at",
        caption=f"{sense}, against references of the size applied at. Read down a column, never along a row.",
        columns=columns,
        rows=(
            *(_row(m, tuple(_cell(m, size, key, decimals, members) for size in sizes)) for m in members),
            *_reference_rows(key, decimals, sizes, _refused(members), references),
        ),
        verdicts=(*_against_larger(key, members), *_untrained(members, sizes)),
    )
    matrices = [across]
    if any(member.reduced(size, key) for member in members for size in sizes if size > member.trained):
        rows = tuple(_row(m, tuple(_reduced_cell(m, size, key, decimals) for size in sizes)) for m in members)
        caption = f"{sense}, against references of the size trained at. Read along a row, never down a column."
        verdicts = tuple(_against_itself(key, members))
        matrices.append(Matrix("Reduced to the size it was trained at", caption, columns, rows, verdicts))
    return MetricView(metric.name, metric.said, metric.about, tuple(matrices))


def _row(member: Member, cells: tuple[MatrixCell, ...]) -> MatrixRow:
    return MatrixRow(_trained(member), member.name, approach_file(member.approach), "approach", cells)


def _trained(member: Member) -> str:
    return f"Trained at {member.trained} px"


def _refused(members: list[Member]) -> set[int]:
    """The sizes that have no reference."""
    return {size for member in members for size, filed in member.scaled.items() if filed.record.refused}


def _cell(member: Member, size: int, key: Key, decimals: int, members: list[Member]) -> MatrixCell:
    if size in _refused(members):
        return MatrixCell(NO_REFERENCE)
    found = member.at(size, key)
    if found is None:
        return MatrixCell(NOT_MEASURED)
    own = next((m.at(size, key) for m in members if m.trained == size and m is not member), None)
    verdict = _outcome(found[0], own[0]) if own and size != member.trained else ""
    return _measured(*found, decimals, verdict, size == member.trained)


def _reduced_cell(member: Member, size: int, key: Key, decimals: int) -> MatrixCell:
    found, own = member.reduced(size, key), member.at(member.trained, key)
    if found is None:
        return MatrixCell("would be enlarged" if size < member.trained else NOT_MEASURED)
    verdict = _outcome(found[0], own[0]) if own and size != member.trained else ""
    return _measured(*found, decimals, verdict, size == member.trained)


def _measured(score: Score, href: str, decimals: int, verdict: str = "", own: bool = False) -> MatrixCell:
    value, *ends = (_fixed(one, decimals) for one in (score.value, *(score.interval or ())))
    return MatrixCell(value, " to ".join(ends), verdict, href, own)


def _fixed(value: float, decimals: int) -> str:
    return f"{round(value, decimals) + 0.0:,.{decimals}f}".replace("-", "−")  # the 0.0 makes nought of minus nought


def _reference_rows(
    key: Key, decimals: int, sizes: list[int], refused: set[int], references: list[Filed[ScoreRecord]]
) -> list[MatrixRow]:
    rows = []
    for subject, (role, name) in REFERENCES.items():
        own = {filed.record.size: filed for filed in references if filed.record.subject == subject}
        found = {size: _score(own[size].record.scores, key, own[size].href) for size in sizes if size in own}
        if any(found.values()):
            cells = (_reference_cell(found.get(size), decimals, size in refused) for size in sizes)
            rows.append(MatrixRow(name, role, "", role, tuple(cells)))
    return rows


def _reference_cell(found: tuple[Score, str] | None, decimals: int, refused: bool) -> MatrixCell:
    if refused:
        return MatrixCell(NO_REFERENCE)
    return _measured(*found, decimals) if found else MatrixCell(NOT_MEASURED)


def _against_larger(key: Key, members: list[Member]) -> Iterable[Verdict]:
    """What was trained small against what was trained large, both applied at the large size."""
    for small in members:
        for large in members:
            found, own = small.at(large.trained, key), large.at(large.trained, key)
            if small.trained < large.trained and found and own:
                subject = f"Trained at {small.trained} px and applied at {large.trained} px"
                other = f"trained at {large.trained} px"
                if sum(member.trained in (small.trained, large.trained) for member in members) > 2:
                    subject, other = f"{subject}, {small.name}", f"{other}, {large.name},"
                yield _verdict(subject, other, found, own, (small.name, large.name), _cost_clause(small, large))


def _untrained(members: list[Member], sizes: list[int]) -> Iterable[Verdict]:
    """That nothing was trained at a larger size, where that is so."""
    smallest = members[0].trained
    if sizes[-1] > smallest and members[-1].trained == smallest:
        larger = " or ".join(f"{size} px" for size in sizes if size > smallest)
        text = (
            f"Nothing was trained at {larger} with these settings: what training at {smallest} px loses is not known."
        )
        yield Verdict("open", text)


def _against_itself(key: Key, members: list[Member]) -> Iterable[Verdict]:
    """What each network makes at larger sizes, reduced, against what it makes at its own."""
    for member in members:
        own = member.at(member.trained, key)
        for size in sorted(member.scaled):
            found = member.reduced(size, key)
            if own and found and size > member.trained:
                subject = f"Trained at {member.trained} px, applied at {size} px and reduced to {member.trained} px"
                yield _verdict(
                    subject, f"applied at {member.trained} px", found, own, ("reduced", f"at {member.trained} px")
                )


def _verdict(
    subject: str, other: str, found: tuple[Score, str], own: tuple[Score, str], names: tuple[str, str], clause: str = ""
) -> Verdict:
    (score, href), (own_score, own_href) = found, own
    outcome, metric = _outcome(score, own_score), metric_of(score.metric).said
    records = tuple(zip(names, (href, own_href), strict=True))
    apart = difference(score, own_score)
    if apart is None:
        why = "no interval was measured" if comparable(score, own_score) else "they were measured by unlike protocols"
        return Verdict("open", f"{subject} cannot be compared with {other}: {why}.", records)
    amount = _amount(apart)
    said = {
        "worse": f"{subject} loses {amount} {metric} against {other}",
        "tie": f"{subject} ties with {other} ({amount} {metric} apart)",
        "better": f"{subject} gains {amount} {metric} against {other}",
    }[outcome]
    return Verdict(outcome, f"{said}{clause}.", records)


def _outcome(score: Score, own: Score) -> str:
    """Whether a score is worse than another, better, or a tie; "" where nobody can tell."""
    apart = difference(score, own)
    if apart is None:
        return ""
    if apart.is_tie:
        return "tie"
    return "worse" if (apart.value > 0) == (score.better == "lower") else "better"


def _amount(apart: Difference) -> str:
    """How far apart, with half its interval, to two digits of that half."""
    half = (apart.interval.high - apart.interval.low) / 2
    decimals = _decimals(half) if half > 0 else min(6, digits_for(apart.value))
    return f"{abs(apart.value):.{decimals}f} ± {half:.{decimals}f}"


def _decimals(half: float) -> int:
    """Decimals that show half an interval with two digits."""
    return min(6, max(0, 1 - math.floor(math.log10(half)))) if half > 0 else 6


def _score(scores: Iterable[Score], key: Key, href: str) -> tuple[Score, str] | None:
    return next(((score, href) for score in scores if (score.metric, score.against) == key), None)


def _cost_clause(small: Member, large: Member) -> str:
    """ ", for 1/3.6 of the cost", where both were measured alike."""
    seconds = [sum(filed.record.seconds for filed in member.trainings) for member in (small, large)]
    if not all(seconds):
        return "; what the trainings cost was not measured"
    unlike = {_circumstances(filed.record) for member in (small, large) for filed in member.trainings}
    if len(unlike) > 1:
        return "; their costs cannot be compared, for they were trained on unlike machines or in unlike ways"
    times = seconds[1] / seconds[0]
    return f", for 1/{times:.2g} of the cost" if times >= 1 else f", at {1 / times:.2g} times the cost"


def _circumstances(training: TrainingRecord) -> tuple[object, ...]:
    """What must be alike for two durations to be compared."""
    machine = training.provenance.machine
    where = (machine.get("processor"), machine.get("gpu"), machine.get("threads"))
    return training.device, training.precision, training.processes, *where


def _cost(member: Member) -> Cost:
    records = [filed.record for filed in member.trainings]
    if not records or not sum(record.seconds for record in records):
        return Cost(_trained(member), member.name, "", *[NOT_MEASURED] * 5)
    seconds = sum(record.seconds for record in records)
    peaks = [record.peak_memory_bytes for record in records]
    known = [peak for peak in peaks if peak is not None]
    return Cost(
        name=_trained(member),
        about=member.name,
        href=member.trainings[0].href,
        time=duration(seconds),
        step=f"{number(records[0].seconds / records[0].steps)} s" if len(records) == 1 and records[0].steps else "–",
        steps=" + ".join(f"{record.steps:,}" for record in records),
        device=enumerate_words(list(dict.fromkeys(_device(record) for record in records))),
        memory=mebibytes(max(known)) if len(known) == len(peaks) else NOT_MEASURED,
    )


def _device(training: TrainingRecord) -> str:
    """ "CPU, 2 threads, float32"."""
    machine = training.provenance.machine
    if training.device.startswith("cuda"):
        return f"{machine.get('gpu') or 'GPU'}, {training.precision}"
    threads = machine.get("threads")
    return title_case(
        ", ".join(
            filter(
                None, ["CPU", f"{threads} thread{'' if threads == 1 else 's'}" if threads else "", training.precision]
            )
        )
    )
