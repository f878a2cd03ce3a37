"""Approach pages: how an approach works, its galleries, its training and its scores."""

from dataclasses import dataclass

from c2c.records import ScoreRecord, TimingRecord, TrainingRecord, TranslationRecord
from c2c.site.charts import LineChart, line_chart
from c2c.site.galleries import Gallery, approach_file
from c2c.site.reading import Filed, RunFolder
from c2c.site.tables import ScoreTable, score_tables
from c2c.site.words import UNTRAINED, approach_about, approach_name, duration, kind_name, mebibytes


@dataclass(frozen=True)
class Setting:
    """One line of a list of settings."""

    name: str
    value: str


@dataclass(frozen=True)
class Training:
    """How a training went."""

    status: str
    message: str
    facts: tuple[Setting, ...]
    settings: tuple[Setting, ...]
    charts: tuple[LineChart, ...]
    record: str


@dataclass(frozen=True)
class Approach:
    """The page of one approach."""

    file: str
    key: str
    name: str
    kind: str
    about: str
    status: str  # "done", "failed", "diverged" or "unfinished"
    message: str
    galleries: tuple[Gallery, ...]
    training: Training | None
    untrained: str  # why there is no training
    tables: tuple[ScoreTable, ...]


def approaches_of(run: RunFolder, galleries: list[Gallery]) -> list[Approach]:
    """Every approach that any record names, in alphabetical order."""
    kinds: dict[str, str] = {filed.record.approach: "" for filed in run.of(TimingRecord)}
    scored = [filed.record for filed in run.of(ScoreRecord) if filed.record.subject_kind == "approach"]
    kinds |= {record.subject: record.approach_kind for record in scored}
    kinds |= {filed.record.approach: filed.record.approach_kind for filed in run.of(TranslationRecord)}
    kinds |= {filed.record.approach: filed.record.approach_kind for filed in run.of(TrainingRecord)}
    return [_approach(run, key, kinds[key], galleries) for key in sorted(kinds) if key]


def _approach(run: RunFolder, key: str, kind: str, galleries: list[Gallery]) -> Approach:
    training = next((filed for filed in run.of(TrainingRecord) if filed.record.approach == key), None)
    translations = [filed.record for filed in run.of(TranslationRecord) if filed.record.approach == key]
    status, message = _status(training.record if training else None, translations)
    return Approach(
        file=approach_file(key),
        key=key,
        name=approach_name(key, kind),
        kind=kind_name(kind) if kind else "",
        about=approach_about(kind),
        status=status,
        message=message,
        galleries=tuple(gallery for gallery in galleries if gallery.approach_key == key),
        training=_training(training) if training else None,
        untrained=""
        if training and training.record.steps
        else UNTRAINED.get(kind, "There is no record of its training yet."),
        tables=tuple(score_tables(run, galleries, only=key)),
    )


def _status(training: TrainingRecord | None, translations: list[TranslationRecord]) -> tuple[str, str]:
    """The first thing that went wrong, else whether there are pictures."""
    outcomes = [*([training] if training else []), *translations]
    for outcome in outcomes:
        if outcome.status != "done":
            return outcome.status, outcome.message
    return ("done", "") if translations else ("unfinished", "No pictures were translated yet.")


def _training(filed: Filed[TrainingRecord]) -> Training:
    record = filed.record
    charts = [line_chart(name, points) for name, points in sorted(record.losses.items())]
    return Training(
        status=record.status,
        message=record.message,
        facts=_facts(record),
        settings=flattened(record.settings),
        charts=tuple(chart for chart in charts if chart),
        record=filed.href,
    )


def _facts(record: TrainingRecord) -> tuple[Setting, ...]:
    facts = {
        **({"Steps": f"{record.step:,} of {record.steps:,}"} if record.steps else {}),
        "Time": duration(record.seconds),
        "Device": f"{record.device}, {record.precision}",
        **{f"Parameters, {name}": f"{count:,}" for name, count in record.parameters.items()},
        "Peak memory": mebibytes(record.peak_memory_bytes),
        "Checkpoint": record.checkpoint,
        **{f"Data, {city}": f"SHA-256 {sha[:12]}…" for city, sha in record.data.items()},
    }
    return tuple(Setting(name, value) for name, value in facts.items())


def flattened(settings: dict, prefix: str = "") -> tuple[Setting, ...]:
    """Nested settings as lines with dotted names."""
    lines: list[Setting] = []
    for name, value in settings.items():
        if isinstance(value, dict):
            lines += flattened(value, f"{prefix}{name}.")
        else:
            lines.append(Setting(f"{prefix}{name}", _value(value)))
    return tuple(lines)


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        return ", ".join(_value(item) for item in value) or "none"
    if isinstance(value, float):
        return f"{value:.6g}"
    return "none" if value is None or value == "" else str(value)
