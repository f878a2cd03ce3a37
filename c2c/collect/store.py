"""The files of a collection: pictures, raw depth payloads and records, each written whole or not at all."""

import contextlib
import errno
import hashlib
import os
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from c2c.collect.checks import check_picture
from c2c.collect.names import stem_of
from c2c.collect.pictures import CollectedPicture, FoundPicture, collected, record_text
from c2c.errors import DiskFull

FOLDERS = {"panorama": "panoramas", "photo": "photos"}
PART = ".part"
FREE_BYTES = 64 * 2**20  # that stay free for the ledger, and for whatever else this disk is for


class Store:
    """Keeps pictures in a collection. The record is written last: what has a record is whole."""

    def __init__(self, collection: Path, free_bytes: int = FREE_BYTES) -> None:
        """Name the folder; nothing is written yet.

        Args:
            collection: its folder.
            free_bytes: of the disk that are left alone.
        """
        self.collection, self.free_bytes = collection, free_bytes

    def keep(self, found: FoundPicture, picture: bytes) -> CollectedPicture:
        """Write a picture, its depth payload and its record, and wait until they are on the disk.

        Args:
            found: what the source told of it.
            picture: the file, JPEG, PNG or WebP.

        Raises:
            BadAnswer: the bytes are no whole picture.
            DiskFull: there is no room.
        """
        facts = check_picture(picture, f"{found.source} {found.id}")
        stem = stem_of(found.source, found.id)
        path = f"{FOLDERS[found.kind]}/{stem}.{facts.suffix}"
        payload = None if found.payload is None else f"payloads/{stem}.txt"
        record = collected(
            found,
            picture=path,
            payload=payload,
            size_px=(facts.width_px, facts.height_px),
            sha256=hashlib.sha256(picture).hexdigest(),
            bytes=len(picture),
            fetched=datetime.now(UTC).isoformat(timespec="seconds"),
            fetched_from=found.urls[0] if found.urls else found.rights.landing_page,
        )
        with self._room_for(len(picture)):
            self._write(path, picture)
            if payload is not None:
                self._write(payload, (found.payload or "").encode())
            self._write(f"records/{stem}.json", record_text(record).encode())
        return record

    def tidy(self) -> int:
        """Remove what a killed process left half written; returns how many files these were.

        What another process writes at this moment is left alone.
        """
        parts = [path for folder in ("panoramas", "photos", "payloads", "records") for path in self._parts(folder)]
        left = [path for path in parts if not _is_being_written(path)]
        for path in left:
            path.unlink(missing_ok=True)
        return len(left)

    def _parts(self, folder: str) -> list[Path]:
        return list((self.collection / folder).glob(f"*{PART}"))

    def _write(self, path: str, content: bytes) -> None:
        target = self.collection / path
        target.parent.mkdir(parents=True, exist_ok=True)
        part = target.with_name(f"{target.name}.{os.getpid()}{PART}")
        try:
            with part.open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            part.replace(target)
            _sync(target.parent)
        except BaseException:
            part.unlink(missing_ok=True)
            raise

    @contextlib.contextmanager
    def _room_for(self, bytes: int) -> Iterator[None]:
        self.collection.mkdir(parents=True, exist_ok=True)
        free = shutil.disk_usage(self.collection).free
        if free < bytes + self.free_bytes:
            raise DiskFull(
                f"The disk of {self.collection} has {free / 2**20:.0f} MiB left, and "
                f"{(bytes + self.free_bytes) / 2**20:.0f} MiB were needed."
            )
        try:
            yield
        except OSError as error:
            if error.errno not in (errno.ENOSPC, errno.EDQUOT):
                raise
            raise DiskFull(f"There is no room left for {self.collection}: {error.strerror}.") from error


def _is_being_written(part: Path) -> bool:
    """Whether the process that a half-written file is named after is another one, and still there."""
    pid = part.suffixes[-2][1:] if len(part.suffixes) > 1 else ""
    if not pid.isdecimal() or int(pid) == os.getpid() or os.name == "nt":  # where a look would end it
        return False
    try:
        os.kill(int(pid), 0)
    except PermissionError:  # it is another user's
        return True
    except (ProcessLookupError, OverflowError):
        return False
    return True


def _sync(folder: Path) -> None:
    """Make a rename last; systems that cannot open a folder have no need of it."""
    if os.name != "nt":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
