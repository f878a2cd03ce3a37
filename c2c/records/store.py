"""Records on disk: written whole or not at all, read back into their types."""

import json
import os
import re
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from c2c.errors import RecordError
from c2c.records.types import (
    SCHEMA,
    TYPES,
    BenchRecord,
    ChangeRecord,
    CheckRecord,
    CityRecord,
    CrawlRecord,
    PeersRecord,
    ProbeRecord,
    Record,
    RunRecord,
    ScaleRecord,
    ScoreRecord,
    TimingRecord,
    TrainingRecord,
    TranslationRecord,
    VideoRecord,
    VotesRecord,
)

T = TypeVar("T")


def write_atomically(path: Path, text: str) -> None:
    """Write a text file so that a reader, or a kill, sees the old file or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).chmod(0o644)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def write_json(path: Path, data: Any) -> None:
    """Write a JSON file that people can read too, as `write_atomically` does."""
    write_atomically(path, json.dumps(data, indent=1, ensure_ascii=False) + "\n")


def file_name(record: Record) -> str:
    """The file a record belongs in; the same result always lands in the same file."""
    match record:
        case RunRecord():
            parts = ["run"]
        case CityRecord():
            parts = ["city", record.city]
        case TrainingRecord():
            parts = ["training", record.approach]
        case TranslationRecord():
            parts = ["translation", record.approach, record.direction, str(record.size)]
        case ScoreRecord():
            parts = ["score", record.subject, record.direction, str(record.size)]
        case ScaleRecord():
            parts = ["scale", record.approach, record.direction, str(record.size)]
        case ProbeRecord():
            parts = ["probe", record.approach, record.direction, str(record.size)]
        case ChangeRecord():
            parts = ["change", record.approach, record.direction, str(record.size)]
        case VideoRecord():
            parts = ["video", record.subject, record.direction, str(record.size)]
        case TimingRecord():
            parts = ["timing", record.case]
        case BenchRecord():
            parts = ["bench", record.case]
        case VotesRecord():
            parts = ["votes"]
        case CheckRecord():
            parts = ["check"]
        case PeersRecord():
            parts = ["peers"]
        case CrawlRecord():
            parts = ["crawl", record.city]
    return re.sub(r"[^a-z0-9.-]+", "-", "-".join(parts).lower()) + ".json"


def write_record(folder: Path, record: Record) -> Path:
    """Write one record into `folder`; returns its path."""
    path = folder / file_name(record)
    write_json(path, asdict(record))
    return path


def read_record(path: Path) -> Record:
    """Read one record.

    Raises:
        RecordError: the file is no record, is torn, or is of a newer schema.
    """
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise RecordError(f"{path} cannot be read as a record: {error}") from error
    kind = data.get("kind") if isinstance(data, dict) else None
    if not isinstance(kind, str) or kind not in TYPES:
        raise RecordError(f"{path} is no c2c record: its kind is {kind!r}, one of {', '.join(TYPES)} was needed.")
    schema = data.get("schema")
    if isinstance(schema, int) and schema > SCHEMA:
        raise RecordError(
            f"{path} has schema {schema}, newer than {SCHEMA}, the newest that this c2c reads.\n"
            "Update c2c, or rebuild the record with this one."
        )
    try:
        return msgspec.convert(data, TYPES[kind])
    except msgspec.ValidationError as error:
        raise RecordError(f"{path} is no whole {kind} record: {error}") from error


def read_records(folder: Path) -> list[Record]:
    """Read every record of a folder, in the order of their file names."""
    return [read_record(path) for path in sorted(folder.glob("*.json"))]


def of_type(records: list[Record], kind: type[T]) -> list[T]:
    """The records of one type, in order."""
    return [record for record in records if isinstance(record, kind)]
