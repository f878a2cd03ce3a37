"""The folder of a site: its files are written whole or not at all, only where they changed, and known by address."""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from c2c.errors import OutputError

LIST_OF_FILES = "files.txt"
UNFINISHED = ".unfinished"  # files on their way; a killed build leaves them here, and the next one removes them


class SiteFiles:
    """The files of a site as they are brought in; what an earlier build made and this one did not is forgotten.

    A build may be killed at any moment: a file's address is listed before the file is there.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.addresses: set[str] = set()
        self._listed = self._read_list()
        self._folders: set[str] = set()
        self._untidy = (folder / UNFINISHED).exists()

    def keep(self, address: str) -> Path:
        """Say that a file belongs to the site; returns where it is or will be."""
        if address not in self.addresses:
            self.addresses.add(address)
            if address not in self._listed:
                self._list(address)
        return self.folder / address

    def write(self, address: str, content: str | bytes) -> None:
        """Write a small file; one that holds this already is left alone."""
        data = content.encode("utf-8", "replace") if isinstance(content, str) else content
        target = self.keep(address)
        if not (target.is_file() and target.read_bytes() == data):
            self._replace(target, lambda part: part.write_bytes(data))

    def write_stamped(self, address: str, data: bytes, stamp_ns: int) -> None:
        """Write a file made from another, with the other's time of change, by which `keep_stamped` knows it."""

        def make(part: Path) -> None:
            part.write_bytes(data)
            os.utime(part, ns=(stamp_ns, stamp_ns))

        self._replace(self.keep(address), make)

    def keep_stamped(self, address: str, stamp_ns: int) -> bool:
        """Keep a file if it was made from another that last changed then; returns whether it was."""
        try:
            found = os.stat(f"{self.folder}/{address}")  # noqa: PTH116, thousands of times, and twice as quick
        except OSError:
            return False
        if found.st_mtime_ns != stamp_ns or found.st_size == 0:
            return False
        self.keep(address)
        return True

    def copy(self, origin: Path, address: str) -> None:
        """Copy a small file; a link would let a later change of the run reach into a finished site."""
        self.write(address, origin.read_bytes())

    def link(self, origin: Path, address: str) -> None:
        """Bring in a large file: a hard link where the disk can, else a copy; nothing if it is there."""
        target = self.keep(address)
        if self.holds(origin, address):
            return
        with self._writing(target):
            self._make_folder(target)
            target.unlink(missing_ok=True)
            try:
                target.hardlink_to(origin)
            except OSError:
                self._replace(target, lambda part: shutil.copy2(origin, part))

    def holds(self, origin: Path, address: str) -> bool:
        """Whether a file was linked or copied to an address already."""
        try:
            theirs = os.stat(f"{self.folder}/{address}")  # noqa: PTH116, as above
        except OSError:
            return False
        ours = origin.stat()
        if (ours.st_dev, ours.st_ino) == (theirs.st_dev, theirs.st_ino):
            return True
        return (ours.st_size, ours.st_mtime_ns) == (theirs.st_size, theirs.st_mtime_ns)

    def finish(self) -> None:
        """Remove what only an earlier build made; files of other origin are left alone."""
        with self._writing(self.folder):
            for address in sorted(self._listed - self.addresses):
                if (self.folder / address).resolve().is_relative_to(self.folder.resolve()):
                    (self.folder / address).unlink(missing_ok=True)
            listed = self.folder / LIST_OF_FILES
            text = "".join(f"{address}\n" for address in sorted(self.addresses))
            if not listed.is_file() or listed.read_text(encoding="utf-8") != text:
                self._replace(listed, lambda part: part.write_text(text, encoding="utf-8"))
            if self._untidy:
                shutil.rmtree(self.folder / UNFINISHED, ignore_errors=True)

    def _read_list(self) -> set[str]:
        try:
            return set((self.folder / LIST_OF_FILES).read_text(encoding="utf-8").splitlines())
        except (OSError, ValueError):
            return set()

    def _list(self, address: str) -> None:
        with self._writing(self.folder):
            self._make_folder(self.folder / LIST_OF_FILES)
            with (self.folder / LIST_OF_FILES).open("a", encoding="utf-8") as file:
                file.write(f"{address}\n")

    def _replace(self, target: Path, make: Callable[[Path], object]) -> None:
        with self._writing(target):
            self._make_folder(target)
            self._make_folder(self.folder / UNFINISHED / "file")
            self._untidy = True
            handle, name = tempfile.mkstemp(dir=self.folder / UNFINISHED)
            os.close(handle)
            part = Path(name)
            make(part)
            part.chmod(0o644)
            part.replace(target)

    def _make_folder(self, file: Path) -> None:
        folder = os.path.dirname(file)  # noqa: PTH120, as above
        if folder not in self._folders:
            Path(folder).mkdir(parents=True, exist_ok=True)
            self._folders.add(folder)

    @contextmanager
    def _writing(self, path: Path) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise OutputError(
                f"The site cannot be written. {path}: {error.strerror or error}.\n"
                "Make room, or say another folder with --out; what is there already is not made again."
            ) from error
