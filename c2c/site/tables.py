"""Score tables: one for each direction and size, with the floor above and the ceiling below the approaches.

A value is ranked only among values of the same metric, direction, size and protocol fingerprint.
"""

import json
import math
import re
import statistics
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import groupby

from c2c.recipe.references import COLOUR, COPY, REAL
from c2c.records import Score, ScoreRecord, TrainingRecord, TranslationRecord, comparable, is_better
from c2c.records.comparing import differing
from c2c.site.galleries import Gallery, in_metric_order
from c2c.site.reading import Filed, RunFolder
from c2c.site.words import approach_name, direction_name, interval, metric_of, slug, spread, title_case

FEWEST_FOR_FRECHET = 2048  # below, the covariance of 2,048 Inception features has no full rank
REFERENCES = {
    REAL: ("floor", "Real against real"),
    COLOUR: ("free", "Shift the colours"),
    COPY: ("ceiling", "Copy the input"),
}
AGAINST = {
    "truth": "the true picture",
    "dressed truth": "the true dress on the same shapes",
    "input": "the input",
}
MORE = (
    "structure",
    "frechet_infinity",
    "fid_infinity",
    "precision",
    "recall",
    "density",
    "coverage",
)  # in a table of their own
HALVED = {"n", "n_reference", "reference_sha256", "subsets", "pictures_used", "checkpoint"}  # of two halves of a set
DEPTH_METRICS = ("abs_rel", "rmse_m", "delta_1.25", "none_share")
FORMATS = {"CSV": "csv", "LaTeX": "tex", "JSON": "json"}
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
    best: bool  # no like approach is better by more than chance
    shares_best: bool  # and another one is not told apart from it
    beside_copy: str  # "better", "tie" or "worse" than copying the input; "" where that is not known
    mark: str  # letter of a protocol that differs from the column's own
    place: float | None  # between floor (0) and ceiling (100), for approaches where both are known
    score: Score  # with every digit


@dataclass(frozen=True)
class Row:
    """One approach or reference of a table."""

    name: str
    about: str
    href: str
    role: str  # "approach", "seeds", "floor", "free", "ceiling" or "reference"
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
    more: "ScoreTable | None" = None  # of metrics that tell why, for those who ask

    @property
    def groups(self) -> list[tuple[str, int]]:
        """What neighbouring columns are measured against, and how many they are."""
        return [(against, len(list(same))) for against, same in groupby(heading.against for heading in self.headings)]

    @property
    def files(self) -> dict[str, str]:
        """Addresses of the whole table to take away, by format; one that shows a single approach has the same."""
        return {name: f"tables/{self.anchor}.{ending}" for name, ending in FORMATS.items()}

    @property
    def marks(self) -> set[str]:
        """Which marks stand at values: "worse" or "tie" beside copying the input, "best" where that is shared."""
        entries = [entry for row in self.rows for entry in row.entries if entry]
        found = {entry.beside_copy for entry in entries} & {"worse", "tie"}
        return found | {"best" for entry in entries if entry.shares_best}


def score_tables(run: RunFolder, galleries: list[Gallery], only: str = "") -> list[ScoreTable]:
    """Tables of a run by direction and size; `only` keeps one approach beside the references."""
    groups: dict[tuple[str, int], list[Filed[ScoreRecord]]] = {}
    for filed in run.of(ScoreRecord):
        if filed.record.subject_kind == "reference" or only in ("", filed.record.subject):
            groups.setdefault((filed.record.direction, filed.record.size), []).append(filed)
    unscored, repeats = _unscored(run, only), _repeats(run)
    names = {(f.record.direction, f.record.size): (f.record.source, f.record.target) for f in run.of(ScoreRecord)}
    names |= {(r.direction, r.size): (r.source, r.target) for r in unscored}
    links = {(gallery.approach_key, gallery.direction_key): gallery.file for gallery in galleries}
    tables = [
        _table(
            names[key], key, groups.get(key, []), [r for r in unscored if (r.direction, r.size) == key], links, repeats
        )
        for key in sorted(names)
    ]
    return [table for table in tables if any(row.role == "approach" for row in table.rows)]


def _repeats(run: RunFolder) -> list[tuple[str, ...]]:
    """The approaches of equal settings, which differ by chance alone."""
    alike: dict[str, list[str]] = {}
    for filed in run.of(TrainingRecord):
        if filed.record.steps:
            settings = json.dumps(filed.record.settings, sort_keys=True)
            alike.setdefault(settings, []).append(filed.record.approach)
    return [tuple(sorted(names, key=lambda name: (len(name), name))) for names in alike.values() if len(names) > 1]


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
    repeats: list[tuple[str, ...]],
) -> ScoreTable:
    direction = key[0]
    files = {approach: file for (approach, its), file in links.items() if its == direction}
    keys = _columns(scored)
    main = _of_columns(cities, key, scored, unscored, files, repeats, [k for k in keys if k[0] not in MORE])
    more = [k for k in keys if k[0] in MORE]
    return replace(main, more=_of_columns(cities, key, scored, [], files, repeats, more) if more else None)


def _of_columns(
    cities: tuple[str, str],
    key: tuple[str, int],
    scored: list[Filed[ScoreRecord]],
    unscored: list[TranslationRecord],
    links: dict[str, str],
    repeats: list[tuple[str, ...]],
    keys: list[Key],
) -> ScoreTable:
    direction, size = key
    columns = [_Column.of(key, scored) for key in keys]
    rows = [_row(filed, columns, links.get(filed.record.subject, "")) for filed in scored]
    rows += [_row_without_scores(record, links.get(record.approach, "")) for record in unscored]
    rows += [
        _row_of_seeds(names, scored, columns) for names in repeats if {f.record.subject for f in scored} >= {*names}
    ]
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


_ROLE_ORDER = ("floor", "approach", "seeds", "free", "ceiling", "reference")


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

    @cached_property
    def protocols(self) -> list[Score]:
        """A score of each protocol, the most common first; the floor's only where it is really another."""
        kinds: list[list[Score]] = []
        for subject, score in sorted(self.scores.items(), key=lambda item: (item[0] not in self.approaches, item[0])):
            like = next((kind for kind in kinds if comparable(kind[0], score)), None)
            if like is not None and subject in self.approaches:
                like.append(score)
            elif like is None and (subject != REAL or not any(_is_half(score, kind[0]) for kind in kinds)):
                kinds.append([score])
        return [kind[0] for kind in sorted(kinds, key=len, reverse=True)]

    def heading(self) -> Heading:
        score = self.protocols[0]
        metric = metric_of(score.metric)
        protocol = {key: _brief(value) for key, value in score.protocol.items()}
        stated = {**protocol, "fingerprint": score.fingerprint}
        if score.interval_is:
            stated["interval of 95%"] = score.interval_is
        elif score.spread_is:
            stated["±"] = score.spread_is
        return Heading(metric.name, score.better, _against(score), metric.about, tuple(stated.items()))

    def entry(self, subject: str, href: str) -> Entry | None:
        score = self.scores.get(subject)
        if score is None:
            return None
        place = next((number for number, other in enumerate(self.protocols) if comparable(score, other)), 0)
        ours = subject in self.approaches
        best, shares = self._standing(score) if ours else (False, False)
        text, ends = interval(score.value, score.interval)
        return Entry(
            text=text,
            spread=ends or spread(score.value, score.spread),
            spread_is=score.interval_is or score.spread_is,
            n=_n(score),
            href=href,
            best=best,
            shares_best=shares,
            beside_copy=self._beside_copy(score) if ours or subject == COLOUR else "",
            mark="" if place == 0 else chr(ord("a") + (place - 1) % 26),
            place=self._place(score) if ours else None,
            score=score,
        )

    def over_seeds(self, names: tuple[str, ...], href: str) -> Entry | None:
        """The mean over approaches that differ by chance alone, from the least to the largest; None if not alike."""
        scores = [self.scores[name] for name in names if name in self.scores]
        if len(scores) < len(names) or not all(comparable(scores[0], other) for other in scores):
            return None
        values = [score.value for score in scores]
        mean = statistics.fmean(values)
        text, ends = interval(mean, (min(values), max(values)))
        said = f"least and largest of {len(values)} seeds"
        over = replace(
            scores[0], value=mean, interval=(min(values), max(values)), interval_is=said, spread=None, spread_is=""
        )
        return Entry(text, ends, said, _n(over), href, False, False, "", "", None, over)

    def _standing(self, score: Score) -> tuple[bool, bool]:
        """Whether no like approach is better than chance explains, of at least two, and whether one is a tie."""
        others = [self.scores[name] for name in self.approaches & self.scores.keys()]
        rivals = [is_better(score, other) for other in others if other is not score and comparable(score, other)]
        best = bool(rivals) and False not in rivals
        return best, best and None in rivals

    def _place(self, score: Score) -> float | None:
        """Where a value stands on the way from floor to ceiling, in percent, kept inside."""
        floor, ceiling = self.scores.get(REAL), self.scores.get(COPY)
        if floor is None or ceiling is None or not comparable(ceiling, score):
            return None
        span = ceiling.value - floor.value
        share = (score.value - floor.value) / span if span else math.nan
        return round(100 * min(1.0, max(0.0, share)), 1) if math.isfinite(share) else None

    def _beside_copy(self, score: Score) -> str:
        copied = self.scores.get(COPY)
        if copied is None or not comparable(score, copied):
            return ""
        return {True: "better", False: "worse", None: "tie"}[is_better(score, copied)]

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
        for place, other in enumerate(self.protocols[1:]):
            said = _difference(self.protocols[0], other)
            letter = chr(ord("a") + place % 26)
            notes.append(f"({letter}) {name} by another protocol, not ranked with the rest: {said}.")
        return notes


def _is_half(floor: Score, usual: Score) -> bool:
    """Whether a floor differs only by what its two halves must differ by."""
    return differing(usual, floor) <= HALVED


def _difference(usual: Score, other: Score) -> str:
    """In which settings one protocol differs from another."""
    said = [
        f"{key} is {_brief(other.protocol.get(key, 'not stated'))}, not {_brief(usual.protocol.get(key, 'stated'))}"
        for key in sorted(differing(usual, other))
    ]
    return "; ".join(said) or "its fingerprint differs"


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


def _row_of_seeds(names: tuple[str, ...], scored: list[Filed[ScoreRecord]], columns: list[_Column]) -> Row:
    first = next(filed for filed in scored if filed.record.subject == names[0])
    entries = tuple(column.over_seeds(names, first.href) for column in columns)
    name = approach_name(names[0], first.record.approach_kind)
    return Row(f"{name}, {len(names)} seeds", "mean, least to largest", "", "seeds", entries, "")


def _row_without_scores(record: TranslationRecord, link: str) -> Row:
    message = "not scored yet" if record.status == "done" else f"{record.status}: {record.message}"
    return Row(approach_name(record.approach, record.approach_kind), "", link, "approach", (), message)
