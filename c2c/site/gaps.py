"""What a site should hold and does not, in sentences: for the first page, for the terminal, for the exit status."""

import json
from collections.abc import Iterator

from c2c.records import RunRecord, ScoreRecord, TimingRecord, TranslationRecord
from c2c.site.placing import Named, Placer
from c2c.site.reading import RunFolder
from c2c.site.words import approach_name, direction_name


def gaps_of(run: RunFolder, placer: Placer) -> tuple[str, ...]:
    """What is missing or went wrong, a sentence each; call it once all pictures were asked for."""
    gaps = [f"A record cannot be read. {problem}" for problem in run.problems]
    if not run.filed:
        return *gaps, "This run has no records yet: nothing was prepared, trained, translated or scored."
    ended = next(iter(run.of(RunRecord)), None)
    unfinished = tuple(_unfinished(run, () if ended else _planned(run)))
    if ended:
        gaps += [f"Stage “{s.name}” failed. {s.message}" for s in ended.record.stages if s.status == "failed"]
    elif unfinished:
        gaps.append("The run's own record is missing: the run has not ended yet, or was broken off.")
    return *gaps, *unfinished, *_missing_pictures(run, placer)


def named_pictures(run: RunFolder) -> Iterator[Named]:
    """Every picture that a translation of the run names: nearly all that its site shows."""
    for filed in run.of(TranslationRecord):
        yield from _pictures(filed.record)


def _pictures(record: TranslationRecord) -> Iterator[Named]:
    for panel in record.panels:
        for stem in record.pictures:
            yield Named(panel.folder, stem, panel.modality)


def _unfinished(run: RunFolder, planned: tuple[str, ...]) -> Iterator[str]:
    """What a run that goes on would still do; a run made verb by verb has no record of its own."""
    translated = {filed.record.approach for filed in run.of(TranslationRecord)}
    for name in planned:
        if name not in translated:
            yield f"“{name}” is not translated yet."
    if translated and not any(filed.record.subject_kind == "approach" for filed in run.of(ScoreRecord)):
        yield "There are no scores yet."
    if translated and not run.of(TimingRecord):
        yield "Nothing is timed yet."


def _planned(run: RunFolder) -> tuple[str, ...]:
    """The approaches of the run's recipe, where it lies in the folder and can be read."""
    try:
        approaches = json.loads((run.root / "recipe.json").read_text(encoding="utf-8"))["approaches"]
    except (OSError, ValueError, KeyError, TypeError):
        return ()
    return tuple(approaches) if isinstance(approaches, dict) else ()


def _missing_pictures(run: RunFolder, placer: Placer) -> Iterator[str]:
    """A sentence for each gallery that lacks pictures, and one for all that other pages lack."""
    missing, galleries = placer.missing, dict[str, list[Named]]()
    for filed in run.of(TranslationRecord):
        record = filed.record
        title = f"{approach_name(record.approach, record.approach_kind)}: "
        title += direction_name(record.source, record.target, record.direction)
        galleries.setdefault(title, []).extend(named for named in _pictures(record) if named in missing)
    for title, lacking in galleries.items():
        if lacking:
            yield f"{title}: {_counted(lacking, missing)}"
    told = {named for lacking in galleries.values() for named in lacking}
    others = sorted(missing.keys() - told, key=lambda named: named.file)
    if others:
        yield f"Of other pages, {_counted(others, missing)}"


def _counted(lacking: list[Named], missing: dict[Named, str]) -> str:
    first = lacking[0]
    if len(lacking) == 1:
        return f"1 picture is missing. {first.file}: {missing[first]}."
    return f"{len(lacking)} pictures are missing. The first is {first.file}: {missing[first]}."
