"""The reproduce page: the command, the recipe, seed, versions and machine, the stages, and every record."""

import json
from dataclasses import dataclass

from c2c.records import Provenance, Record, RunRecord, Stage
from c2c.site.reading import RunFolder
from c2c.site.training import Setting
from c2c.site.words import duration


@dataclass(frozen=True)
class Source:
    """Where a set of records comes from: records made alike share one."""

    commands: tuple[str, ...]
    facts: tuple[Setting, ...]
    versions: tuple[Setting, ...]
    machine: tuple[Setting, ...]


@dataclass(frozen=True)
class StageRow:
    """One stage of the run."""

    name: str
    status: str
    time: str
    message: str


@dataclass(frozen=True)
class RecordRow:
    """One record of the run, to open or to save."""

    file: str
    href: str
    kind: str
    created: str
    seed: int
    command: str


@dataclass(frozen=True)
class Reproduce:
    """How to make this run again."""

    sources: tuple[Source, ...]
    recipe: str
    stages: tuple[StageRow, ...]
    total: str
    records: tuple[RecordRow, ...]
    run_record: str


def reproduce_of(run: RunFolder) -> Reproduce:
    """How a run was made, as far as its records tell."""
    found = next(iter(run.of(RunRecord)), None)
    record = found.record if found else None
    return Reproduce(
        sources=_sources([filed.record for filed in run.filed]),
        recipe=json.dumps(record.recipe, indent=2, ensure_ascii=False) if record else "",
        stages=tuple(_stage_row(stage) for stage in record.stages) if record else (),
        total=duration(record.seconds) if record else "",
        records=tuple(_record_row(filed.record, filed.file, filed.href) for filed in run.filed),
        run_record=found.href if found else "",
    )


def _stage_row(stage: Stage) -> StageRow:
    return StageRow(stage.name, stage.status, duration(stage.seconds), stage.message)


def _sources(records: list[Record]) -> tuple[Source, ...]:
    """One source for all records of like recipe, seed, versions and machine; load and threads may differ."""
    groups: dict[str, list[Provenance]] = {}
    for record in records:
        where = record.provenance
        still = {k: v for k, v in where.machine.items() if k not in ("load", "threads")}
        alike = json.dumps([where.recipe, where.recipe_sha256, where.seed, where.versions, still], sort_keys=True)
        groups.setdefault(alike, []).append(where)
    return tuple(_source(group) for group in groups.values())


def _source(group: list[Provenance]) -> Source:
    where = group[0]
    times = sorted(other.created for other in group)
    facts = {
        "Recipe": where.recipe,
        "Recipe, SHA-256": where.recipe_sha256,
        "Seed": str(where.seed),
        "First record": times[0],
        "Last record": times[-1],
    }
    return Source(
        commands=tuple(dict.fromkeys(other.command for other in group)),
        facts=tuple(Setting(name, value) for name, value in facts.items()),
        versions=tuple(Setting(name, value) for name, value in where.versions.items()),
        machine=tuple(_machine(group)),
    )


def _machine(group: list[Provenance]) -> list[Setting]:
    names = list(dict.fromkeys(name for where in group for name in where.machine))
    lines = []
    for name in names:
        values = sorted({where.machine[name] for where in group if name in where.machine}, key=str)
        said = f"{values[0]} to {values[-1]}" if name in ("load", "threads") and len(values) > 1 else f"{values[0]}"
        lines.append(Setting(name.replace("_gib", " (GiB)"), said))
    return lines


def _record_row(record: Record, file: str, href: str) -> RecordRow:
    where = record.provenance
    return RecordRow(file, href, record.kind, where.created, where.seed, where.command)
