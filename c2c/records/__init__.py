"""What was measured: record types, written and read as JSON, one file a result."""

from c2c.records.store import (
    file_name,
    of_type,
    read_record,
    read_records,
    write_atomically,
    write_record,
)
from c2c.records.types import (
    CityRecord,
    Panel,
    Provenance,
    Record,
    RunRecord,
    Score,
    ScoreRecord,
    Skipped,
    Stage,
    TimingRecord,
    TrainingRecord,
    TranslationRecord,
)

__all__ = [
    "CityRecord",
    "Panel",
    "Provenance",
    "Record",
    "RunRecord",
    "Score",
    "ScoreRecord",
    "Skipped",
    "Stage",
    "TimingRecord",
    "TrainingRecord",
    "TranslationRecord",
    "file_name",
    "of_type",
    "read_record",
    "read_records",
    "write_atomically",
    "write_record",
]
