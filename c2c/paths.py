"""Files and folders: where c2c keeps what it can make or fetch again, and what a file is known by."""

import hashlib
import os
from pathlib import Path


def cache_folder(name: str) -> Path:
    """The cache folder of one part of c2c, not created yet.

    `C2C_CACHE` names the place outright; else it is `c2c` in `XDG_CACHE_HOME`, else in `~/.cache`.
    """
    if chosen := os.environ.get("C2C_CACHE"):
        return Path(chosen).expanduser() / name
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base).expanduser() if base else Path.home() / ".cache") / "c2c" / name


def sha256_of(path: Path) -> str:
    """SHA-256 of a file's content, in hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
