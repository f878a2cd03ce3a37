"""What was measured before: FOLDER/FINGERPRINT/RUN/bench-CASE.json, one folder a machine and one a run.

Histories of several machines merge by copying their folders together. Only records of one fingerprint are ever put
side by side. Nothing that is there is written again.
"""

import itertools
from dataclasses import dataclass
from pathlib import Path

from c2c.errors import RecordError
from c2c.records import BenchRecord, read_record


@dataclass(frozen=True)
class History:
    """The records of one machine, oldest first, and why others could not be read, a line each."""

    records: tuple[BenchRecord, ...]
    problems: tuple[str, ...]

    def newest(self, case: str) -> BenchRecord | None:
        """The last time that a case was measured."""
        found = [record for record in self.records if record.case == case and record.status == "measured"]
        return found[-1] if found else None


def read_history(folder: Path, fingerprint: str) -> History:
    """What a machine measured before; records of another machine, kind or schema are told and left alone."""
    records: list[BenchRecord] = []
    problems: list[str] = []
    for path in sorted((folder / fingerprint).rglob("*.json")):
        try:
            record = read_record(path)
        except RecordError as error:
            problems.append(str(error).splitlines()[0])
            continue
        if isinstance(record, BenchRecord) and record.fingerprint == fingerprint:
            records.append(record)
        else:
            problems.append(f"{path} is no timing of this machine ({fingerprint}); it is left out.")
    ordered = sorted(records, key=lambda record: (record.provenance.created, record.case))
    return History(tuple(ordered), tuple(problems))


def new_folder(folder: Path, fingerprint: str, created: str, commit: str) -> Path:
    """A folder for a run's records that no other run has, made here and now."""
    moment = created.partition("+")[0].replace(":", "")
    name = f"{moment}-{commit[:10] or 'no-commit'}"
    for number in itertools.count(1):
        place = folder / fingerprint / (name if number == 1 else f"{name}-{number}")
        try:
            place.mkdir(parents=True)
        except FileExistsError:
            continue
        return place
    raise AssertionError("there is always another number")
