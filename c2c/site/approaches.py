"""Approach pages: how an approach works, its galleries, its scores, what it costs and how it was trained."""

from dataclasses import dataclass

from c2c.records import ScoreRecord, TimingRecord, TrainingRecord, TranslationRecord
from c2c.site.costs import Fact, facts_of
from c2c.site.drawings import Drawing, drawing_of
from c2c.site.galleries import Gallery, approach_file
from c2c.site.placing import Placer
from c2c.site.probes import Probe, probes_of
from c2c.site.reading import RunFolder
from c2c.site.tables import ScoreTable, score_tables
from c2c.site.training import Training, training_of
from c2c.site.words import UNTRAINED, approach_about, approach_name, kind_name


@dataclass(frozen=True)
class Approach:
    """The page of one approach."""

    file: str
    key: str
    name: str
    kind: str
    about: str
    drawing: Drawing | None
    status: str  # "done", "failed", "diverged" or "unfinished"
    message: str
    galleries: tuple[Gallery, ...]
    training: Training | None
    untrained: str  # why there is no training
    tables: tuple[ScoreTable, ...]
    costs: tuple[Fact, ...]
    probes: tuple[Probe, ...]


def approaches_of(run: RunFolder, galleries: list[Gallery], placer: Placer) -> list[Approach]:
    """Every approach that any record names, in alphabetical order; brings their samples into the site."""
    kinds: dict[str, str] = {filed.record.approach: "" for filed in run.of(TimingRecord)}
    scored = [filed.record for filed in run.of(ScoreRecord) if filed.record.subject_kind == "approach"]
    kinds |= {record.subject: record.approach_kind for record in scored}
    kinds |= {filed.record.approach: filed.record.approach_kind for filed in run.of(TranslationRecord)}
    kinds |= {filed.record.approach: filed.record.approach_kind for filed in run.of(TrainingRecord)}
    return [_approach(run, key, kinds[key], galleries, placer) for key in sorted(kinds) if key]


def _approach(run: RunFolder, key: str, kind: str, galleries: list[Gallery], placer: Placer) -> Approach:
    training = next((filed for filed in run.of(TrainingRecord) if filed.record.approach == key), None)
    translations = [filed.record for filed in run.of(TranslationRecord) if filed.record.approach == key]
    own = [gallery for gallery in galleries if gallery.approach_key == key]
    directions = {gallery.direction_key: gallery.direction for gallery in own}
    status, message = _status(training.record if training else None, translations)
    return Approach(
        file=approach_file(key),
        key=key,
        name=approach_name(key, kind),
        kind=kind_name(kind) if kind else "",
        about=approach_about(kind),
        drawing=drawing_of(kind),
        status=status,
        message=message,
        galleries=tuple(own),
        training=training_of(training, directions, placer) if training else None,
        untrained=""
        if training and training.record.steps
        else UNTRAINED.get(kind, "There is no record of its training yet."),
        tables=tuple(score_tables(run, galleries, only=key)),
        costs=facts_of(run, key),
        probes=probes_of(run, key, placer),
    )


def _status(training: TrainingRecord | None, translations: list[TranslationRecord]) -> tuple[str, str]:
    """The first thing that went wrong, else whether there are pictures."""
    outcomes = [*([training] if training else []), *translations]
    for outcome in outcomes:
        if outcome.status != "done":
            return outcome.status, outcome.message
    return ("done", "") if translations else ("unfinished", "No pictures were translated yet.")
