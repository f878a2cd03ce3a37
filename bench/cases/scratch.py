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
        work = prepared(Path(folder))
    except BaseException:
        remove()
        raise

    def close() -> None:
        try:
            work.close()
        finally:
            remove()

    return replace(work, close=close)
