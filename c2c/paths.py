"""Folders outside a run: where c2c keeps what it can make or fetch again."""

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
