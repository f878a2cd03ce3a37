"""The overview: what was translated, the best pictures, the score tables and the data."""

from dataclasses import dataclass

from c2c.records import CityRecord, RunRecord, Skipped, TranslationRecord
from c2c.site.approaches import Approach
from c2c.site.galleries import Best, Gallery
from c2c.site.reading import Filed, RunFolder
from c2c.site.tables import ScoreTable
from c2c.site.words import direction_in_words, duration, enumerate_words, title_case

SPLITS = {"val": "validation"}
MOST_SKIPPED = 50  # the record holds all of them


@dataclass(frozen=True)
class Highlight:
    """The best picture of a gallery."""

    gallery: Gallery
    best: Best


@dataclass(frozen=True)
class City:
    """The pictures of one city."""

    name: str
    source: str
    counts: tuple[tuple[str, int], ...]
    with_depth: int
    note: str
    skipped: tuple[Skipped, ...]
    skipped_more: int
    record: str


@dataclass(frozen=True)
class Home:
    """The first page."""

    title: str
    sentence: str
    facts: tuple[tuple[str, str], ...]
    highlights: tuple[Highlight, ...]
    approaches: tuple[Approach, ...]
    tables: tuple[ScoreTable, ...]
    cities: tuple[City, ...]
    gaps: tuple[str, ...]


def home_of(run: RunFolder, approaches: list[Approach], tables: list[ScoreTable]) -> Home:
    """The first page of a run."""
    found = next(iter(run.of(RunRecord)), None)
    galleries = [gallery for approach in approaches for gallery in approach.galleries]
    return Home(
        title=found.record.title if found else "A run in progress",
        sentence=_sentence(run, approaches),
        facts=_facts(run, found.record if found else None),
        highlights=tuple(Highlight(gallery, gallery.best) for gallery in galleries if gallery.best),
        approaches=tuple(approaches),
        tables=tuple(tables),
        cities=tuple(_city(filed) for filed in run.of(CityRecord)),
        gaps=_gaps(run, found.record if found else None, galleries, tables),
    )


def _sentence(run: RunFolder, approaches: list[Approach]) -> str:
    """What was translated, in one sentence."""
    records = [filed.record for filed in run.of(TranslationRecord) if filed.record.pictures]
    if not records:
        return "Nothing is translated yet."
    names = [approach.name for approach in approaches if any(r.approach == approach.key for r in records)]
    cities = {(record.source, record.target): record.direction for record in records}
    ways = [
        direction_in_words(source, target, direction)
        + (" and back" if source < target and (target, source) in cities else "")
        for (source, target), direction in cities.items()
        if source <= target or (target, source) not in cities
    ]
    sizes = [f"{size}" for size in sorted({record.size for record in records})]
    verb = "turn" if len(names) > 1 else "turns"
    return f"{enumerate_words(names)} {verb} {enumerate_words(ways)}, at {enumerate_words(sizes)} pixels."


def _facts(run: RunFolder, record: RunRecord | None) -> tuple[tuple[str, str], ...]:
    """A few figures for the head of the page, as (figure, unit)."""
    made = sum(len(filed.record.pictures) for filed in run.of(TranslationRecord))
    tested = len(
        {
            (f.record.source.removesuffix(" depth"), stem)
            for f in run.of(TranslationRecord)
            for stem in f.record.pictures
        }
    )
    facts = [(f"{tested:,}", "test pictures"), (f"{made:,}", "translations shown")] if made else []
    if record:
        facts += [(duration(record.seconds), "for the whole run"), (f"{record.provenance.seed}", "seed")]
    return tuple(facts)


def _city(filed: Filed[CityRecord]) -> City:
    record = filed.record
    return City(
        name=title_case(record.city),
        source="Toytown" if record.source == "toytown" else "a folder of pictures",
        counts=tuple((SPLITS.get(split, split), count) for split, count in record.pictures.items()),
        with_depth=record.with_depth,
        note=record.note,
        skipped=record.skipped[:MOST_SKIPPED],
        skipped_more=max(0, len(record.skipped) - MOST_SKIPPED),
        record=filed.href,
    )


def _gaps(
    run: RunFolder, record: RunRecord | None, galleries: list[Gallery], tables: list[ScoreTable]
) -> tuple[str, ...]:
    """What this site should hold and does not, a sentence each."""
    gaps = [f"A record cannot be read. {problem}" for problem in run.problems]
    if not run.filed:
        gaps.append("This run has no records yet: nothing was prepared, trained, translated or scored.")
    elif record is None:
        gaps.append("The run's own record is missing: the run has not ended yet, or was broken off.")
    else:
        gaps += [f"Stage “{s.name}” failed. {s.message}" for s in record.stages if s.status == "failed"]
    if run.of(TranslationRecord) and not any(table.headings for table in tables):
        gaps.append("There are no scores yet.")
    for gallery in galleries:
        missing = sum(section.missing for section in gallery.sections)
        if missing:
            gaps.append(f"{gallery.title}: {missing} pictures are missing.")
    return tuple(gaps)
