"""Folders for cases that need files."""

import shutil
import tempfile
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

from bench.cases.registry import Work


def in_scratch(prepared: Callable[[Path], Work]) -> Work:
    """The work that is prepared in a new folder; the folder goes when the work is closed, or cannot be prepared."""
    folder = tempfile.mkdtemp(prefix="c2c-bench-")
    remove = partial(shutil.rmtree, folder, ignore_errors=True)
    try:
        return replace(prepared(Path(folder)), close=remove)
    except BaseException:
        remove()
        raise
