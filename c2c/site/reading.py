"""A run's folder read for the site: every record beside the file it came from, and what could not be read."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar
from urllib.parse import quote

from c2c.errors import RecordError
from c2c.records import Record, read_record

R = TypeVar("R")


@dataclass(frozen=True)
class Filed(Generic[R]):
    """A record and the name of its file, so that a number can link to where it comes from."""

    record: R
    file: str

    @property
    def href(self) -> str:
        """The record's address in the site."""
        return f"records/{quote(os.fsencode(self.file))}"


@dataclass(frozen=True)
class RunFolder:
    """All that a site is built from."""

    root: Path
    filed: tuple[Filed[Record], ...]
    problems: tuple[str, ...]  # why a record could not be read, a line each

    def of(self, kind: type[R]) -> list[Filed[R]]:
        """The records of one type, in the order of their file names."""
        return [Filed(filed.record, filed.file) for filed in self.filed if isinstance(filed.record, kind)]


def read_run(root: Path) -> RunFolder:
    """Read a run's records; one that cannot be read becomes a problem to show, not an error."""
    filed: list[Filed[Record]] = []
    problems: list[str] = []
    if (root / "records").is_file():
        return RunFolder(root, (), ("records is a file; a folder of records was needed.",))
    for path in sorted((root / "records").glob("*.json")):
        try:
            filed.append(Filed(read_record(path), path.name))
        except RecordError as error:
            problems.append(str(error).replace(f"{root}/", "").splitlines()[0])
    return RunFolder(root, tuple(filed), tuple(problems))
