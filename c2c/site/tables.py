"""Score tables: one for each direction and size, with the floor above and the ceiling below the approaches.

A value is ranked only among values of the same metric, direction, size and protocol fingerprint.
"""

import math
import re
from collections import Counter
from dataclasses import dataclass
from itertools import groupby

from c2c.records import Score, ScoreRecord, TranslationRecord
from c2c.site.galleries import Gallery, in_metric_order
from c2c.site.reading import Filed, RunFolder
from c2c.site.words import approach_name, direction_name, metric_of, number, slug, spread, title_case

FEWEST_FOR_FRECHET = 2048  # below, the covariance of 2,048 Inception features has no full rank
FLOOR, CEILING = "real-against-real", "copy-the-input"
REFERENCES = {FLOOR: ("floor", "Real against real"), CEILING: ("ceiling", "Copy the input")}
AGAINST = {
    "truth": "the true picture",
    "dressed truth": "the true dress on the same shapes",
}
HALVED = {"n", "n_reference", "reference_sha256", "subsets"}  # what two halves of a set must differ by
DEPTH_METRICS = ("abs_rel", "rmse_m", "delta_1.25", "none_share")
Key = tuple[str, str]  # metric, against


@dataclass(frozen=True)
class Heading:
    """The head of one column of scores."""

    name: str
    better: str  # "lower" or "higher"
    against: str  # "real pictures, efficientnet-lite0", "the true picture" or "the true depth"
    about: str
    protocol: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Entry:
    """One value of a table with all that is needed to read it."""

    text: str
    spread: str
    spread_is: str
    n: str
    href: str
    best: bool
    no_gain: bool  # no better than copying the input
    mark: str  # letter of a protocol that differs from the column's own
    place: float | None  # between floor (0) and ceiling (100), for approaches where both are known


@dataclass(frozen=True)
class Row:
    """One approach or reference of a table."""

    name: str
    about: str
    href: str
    role: str  # "approach", "floor", "ceiling" or "reference"
    entries: tuple[Entry | None, ...]
    message: str  # said in place of values


@dataclass(frozen=True)
class ScoreTable:
    """All scores of one direction at one size."""

    anchor: str
    direction: str
    direction_key: str
    size: int
    n: str  # how many pictures, where that is the same for every value
    headings: tuple[Heading, ...]
    rows: tuple[Row, ...]
    notes: tuple[str, ...]

    @property
    def groups(self) -> list[tuple[str, int]]:
        """What neighbouring columns are measured against, and how many they are."""
        return [(against, len(list(same))) for against, same in groupby(heading.against for heading in self.headings)]

    @property
    def has_no_gain(self) -> bool:
        """Whether a value is marked as no better than copying the input."""
        return any(entry and entry.no_gain for row in self.rows for entry in row.entries)


def score_tables(run: RunFolder, galleries: list[Gallery], only: str = "") -> list[ScoreTable]:
    """Tables of a run by direction and size; `only` keeps one approach beside the references."""
    groups: dict[tuple[str, int], list[Filed[ScoreRecord]]] = {}
    for filed in run.of(ScoreRecord):
        if filed.record.subject_kind == "reference" or only in ("", filed.record.subject):
            groups.setdefault((filed.record.direction, filed.record.size), []).append(filed)
    unscored = _unscored(run, only)
    names = {(f.record.direction, f.record.size): (f.record.source, f.record.target) for f in run.of(ScoreRecord)}
    names |= {(r.direction, r.size): (r.source, r.target) for r in unscored}
    links = {(gallery.approach_key, gallery.direction_key): gallery.file for gallery in galleries}
    tables = [
        _table(names[key], key, groups.get(key, []), [r for r in unscored if (r.direction, r.size) == key], links)
        for key in sorted(names)
    ]
    return [table for table in tables if any(row.role == "approach" for row in table.rows)]


def _unscored(run: RunFolder, only: str) -> list[TranslationRecord]:
    scored = {(f.record.subject, f.record.direction, f.record.size) for f in run.of(ScoreRecord)}
    records = [filed.record for filed in run.of(TranslationRecord)]
    return [r for r in records if (r.approach, r.direction, r.size) not in scored and only in ("", r.approach)]


def _table(
    cities: tuple[str, str],
    key: tuple[str, int],
    scored: list[Filed[ScoreRecord]],
    unscored: list[TranslationRecord],
    links: dict[tuple[str, str], str],
) -> ScoreTable:
    direction, size = key
    keys = _columns(scored)
    columns = [_Column.of(key, scored) for key in keys]
    rows = [_row(filed, columns, links.get((filed.record.subject, direction), "")) for filed in scored]
    rows += [_row_without_scores(record, links.get((record.approach, direction), "")) for record in unscored]
    return ScoreTable(
        anchor=f"scores-{slug(direction)}-{size}",
        direction=direction_name(*cities, direction),
        direction_key=direction,
        size=size,
        n=_common_n(scored),
        headings=tuple(column.heading() for column in columns),
        rows=tuple(sorted(rows, key=lambda row: (_ROLE_ORDER.index(row.role), row.name.lower()))),
        notes=tuple(note for column in columns for note in column.notes()),
    )


_ROLE_ORDER = ("floor", "approach", "ceiling", "reference")


def _columns(scored: list[Filed[ScoreRecord]]) -> list[Key]:
    """The metrics of a table, each once, the most telling first."""
    scores = in_metric_order(score for filed in scored for score in filed.record.scores)
    return list(dict.fromkeys((score.metric, score.against) for score in scores))


@dataclass(frozen=True)
class _Column:
    """One metric's scores of a table, ranked within each protocol."""

    key: Key
    scores: dict[str, Score]  # subject -> score
    approaches: frozenset[str]

    @classmethod
    def of(cls, key: Key, scored: list[Filed[ScoreRecord]]) -> "_Column":
        scores = {f.record.subject: s for f in scored for s in f.record.scores if (s.metric, s.against) == key}
        return cls(key, scores, frozenset(f.record.subject for f in scored if f.record.subject_kind == "approach"))

    @property
    def fingerprints(self) -> list[str]:
        """The protocols of the column, the most common first; the floor's only where it is really another."""
        counts = Counter(s.fingerprint for subject, s in self.scores.items() if subject != FLOOR)
        usual = sorted(counts, key=lambda fingerprint: (-counts[fingerprint], fingerprint))
        floor = self.scores.get(FLOOR)
        if floor and floor.fingerprint not in usual and not (usual and self._is_half(floor, usual[0])):
            usual.append(floor.fingerprint)
        return usual

    def _is_half(self, floor: Score, usual: str) -> bool:
        """Whether the floor differs only by what its two halves must differ by."""
        return _differing(self._protocol(usual), floor.protocol) <= HALVED

    def heading(self) -> Heading:
        usual = self.fingerprints[0] if self.fingerprints else ""
        score = next((s for s in self.scores.values() if s.fingerprint == usual), next(iter(self.scores.values())))
        metric = metric_of(score.metric)
        protocol = {key: _brief(value) for key, value in score.protocol.items()}
        stated = {**protocol, "fingerprint": score.fingerprint, **({"±": score.spread_is} if score.spread_is else {})}
        return Heading(metric.name, score.better, _against(score), metric.about, tuple(stated.items()))

    def entry(self, subject: str, href: str) -> Entry | None:
        score = self.scores.get(subject)
        if score is None:
            return None
        fingerprints = self.fingerprints
        place = fingerprints.index(score.fingerprint) if score.fingerprint in fingerprints else 0
        return Entry(
            text=number(score.value),
            spread=spread(score.value, score.spread),
            spread_is=score.spread_is,
            n=_n(score),
            href=href,
            best=subject in self.approaches and self._is_best(score),
            no_gain=subject in self.approaches and self._no_gain(score),
            mark="" if place == 0 else chr(ord("a") + (place - 1) % 26),
            place=self._place(score) if subject in self.approaches else None,
        )

    def _is_best(self, score: Score) -> bool:
        """Whether no like approach is better, of at least two."""
        like = [self.scores[s].value for s in self.approaches & self.scores.keys()
                if self.scores[s].fingerprint == score.fingerprint]  # fmt: skip
        return len(like) > 1 and score.value == (min(like) if score.better == "lower" else max(like))

    def _place(self, score: Score) -> float | None:
        """Where a value stands on the way from floor to ceiling, in percent, kept inside."""
        floor, ceiling = self.scores.get(FLOOR), self.scores.get(CEILING)
        if floor is None or ceiling is None or ceiling.fingerprint != score.fingerprint:
            return None
        span = ceiling.value - floor.value
        share = (score.value - floor.value) / span if span else math.nan
        return round(100 * min(1.0, max(0.0, share)), 1) if math.isfinite(share) else None

    def _no_gain(self, score: Score) -> bool:
        copied = self.scores.get(CEILING)
        if copied is None or copied.fingerprint != score.fingerprint:
            return False
        return score.value >= copied.value if score.better == "lower" else score.value <= copied.value

    def notes(self) -> list[str]:
        """What must be said below the table about this column."""
        name = title_case(metric_of(self.key[0]).said)
        notes = []
        fewest = min(min(score.n, score.n_reference) for score in self.scores.values())
        if self.key[0] in ("frechet", "fid") and fewest < FEWEST_FOR_FRECHET:
            notes.append(
                f"{name} from N = {fewest} pictures: below {FEWEST_FOR_FRECHET:,} it is biased upwards, and by how "
                "much depends on the approach. Read KID first."
            )
        first = self._protocol(self.fingerprints[0])
        for place, fingerprint in enumerate(self.fingerprints[1:]):
            said = _difference(first, self._protocol(fingerprint))
            letter = chr(ord("a") + place % 26)
            notes.append(f"({letter}) {name} by another protocol, not ranked with the rest: {said}.")
        return notes

    def _protocol(self, fingerprint: str) -> dict[str, str]:
        return next(score.protocol for score in self.scores.values() if score.fingerprint == fingerprint)


def _difference(usual: dict[str, str], other: dict[str, str]) -> str:
    """In which settings one protocol differs from another."""
    said = [
        f"{key} is {_brief(other.get(key, 'not stated'))}, not {_brief(usual.get(key, 'stated'))}"
        for key in sorted(_differing(usual, other))
    ]
    return "; ".join(said) or "its fingerprint differs"


def _differing(usual: dict[str, str], other: dict[str, str]) -> set[str]:
    return {key for key in {*usual, *other} if usual.get(key) != other.get(key)}


def _brief(value: str) -> str:
    """A long hash by its first digits."""
    return f"{value[:8]}…" if re.fullmatch("[0-9a-f]{32,}", value) else value


def _n(score: Score) -> str:
    return f"N {score.n}" if score.n == score.n_reference else f"N {score.n} / {score.n_reference}"


def _common_n(scored: list[Filed[ScoreRecord]]) -> str:
    found = {_n(score) for filed in scored for score in filed.record.scores}
    return found.pop() if len(found) == 1 else ""


def _against(score: Score) -> str:
    if score.metric in DEPTH_METRICS:
        return "the true depth"
    if score.against in AGAINST:
        return AGAINST[score.against]
    extractor = score.protocol.get("extractor")
    return f"real pictures, {extractor}" if extractor else "real pictures"


def _row(filed: Filed[ScoreRecord], columns: list[_Column], link: str) -> Row:
    record = filed.record
    entries = tuple(column.entry(record.subject, filed.href) for column in columns)
    if record.subject_kind == "reference":
        role, name = REFERENCES.get(record.subject, ("reference", title_case(record.subject)))
        about = ": ".join(part for part in (role if role != "reference" else "", record.note) if part)
        return Row(name, about, "", role, entries, "")
    return Row(approach_name(record.subject, record.approach_kind), record.note, link, "approach", entries, "")


def _row_without_scores(record: TranslationRecord, link: str) -> Row:
    message = "not scored yet" if record.status == "done" else f"{record.status}: {record.message}"
    return Row(approach_name(record.approach, record.approach_kind), "", link, "approach", (), message)
