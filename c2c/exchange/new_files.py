"""Files that appear whole or not at all, and never in the place of another."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from c2c.errors import OutputError


@contextmanager
def new_files(*paths: Path) -> Iterator[list[Path]]:
    """Paths to write to; when all went well they become `paths`, else nothing is left of them.

    Raises:
        OutputError: a file is there already, or the folder cannot be written to.
    """
    for path in paths:
        if path.exists():
            raise OutputError(f"{path} is there already. Remove it, or say another place with --out.")
    parts = []
    try:
        for path in paths:
            path.parent.mkdir(parents=True, exist_ok=True)
            handle, part = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part")
            os.close(handle)
            parts.append(Path(part))
        yield parts
        for part, path in zip(parts, paths, strict=True):
            with part.open("rb") as file:
                os.fsync(file.fileno())
            part.chmod(0o644)
            part.replace(path)
    except OSError as error:
        raise OutputError(f"{paths[0].parent} cannot be written to: {error.strerror or error}") from error
    finally:
        for part in parts:
            part.unlink(missing_ok=True)
