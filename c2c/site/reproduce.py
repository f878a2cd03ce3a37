"""The reproduce page: the command, the recipe, seed, versions and machine, the stages, every record and table."""

import json
from dataclasses import dataclass

import tomli_w

from c2c.records import Provenance, Record, RunRecord, Stage
from c2c.site.exports import ALL_RECORDS, all_records
from c2c.site.reading import RunFolder
from c2c.site.tables import ScoreTable
from c2c.site.training import Setting
from c2c.site.words import duration

RECIPE = "recipe.toml"


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
class TableRow:
    """One score table to take away, in each format."""

    name: str
    files: dict[str, str]  # format -> address


@dataclass(frozen=True)
class Reproduce:
    """How to make this run again."""

    sources: tuple[Source, ...]
    recipe: str  # as TOML
    recipe_file: str
    tables: tuple[TableRow, ...]
    all_records: str  # address of the file
    files: dict[str, str]  # texts of the site that the page links to, by address
    stages: tuple[StageRow, ...]
    total: str
    records: tuple[RecordRow, ...]
    run_record: str


def reproduce_of(run: RunFolder, tables: list[ScoreTable]) -> Reproduce:
    """How a run was made, as far as its records tell; `tables` are its scores."""
    found = next(iter(run.of(RunRecord)), None)
    record = found.record if found else None
    recipe = toml_of(record.recipe) if record else ""
    return Reproduce(
        sources=_sources([filed.record for filed in run.filed]),
        recipe=recipe,
        recipe_file=RECIPE,
        tables=tuple(TableRow(f"{table.direction}, {table.size} px", table.files) for table in tables),
        all_records=ALL_RECORDS if run.filed else "",
        files=({RECIPE: recipe} if recipe else {}) | ({ALL_RECORDS: all_records(run)} if run.filed else {}),
        stages=tuple(_stage_row(stage) for stage in record.stages) if record else (),
        total=duration(record.seconds) if record else "",
        records=tuple(_record_row(filed.record, filed.file, filed.href) for filed in run.filed),
        run_record=found.href if found else "",
    )


def toml_of(recipe: dict) -> str:
    """A resolved recipe as TOML, which `c2c run` takes; what is not set is left out, since TOML has no word for it."""
    return tomli_w.dumps(_set(recipe))


def _set(table: dict) -> dict:
    """A table without what is not set."""
    return {key: _set(value) if isinstance(value, dict) else value for key, value in table.items() if value is not None}


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
