"""Which files of a folder are a city's pictures, before any of them is opened."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from c2c.data.pictures import is_picture_name
from c2c.records import Skipped

# Pictures to a person, though c2c does not read them: worth a line in the record.
OTHER_SUFFIXES = frozenset([".apng", ".avif", ".bmp", ".gif", ".heic", ".heif", ".jp2", ".jxl", ".tif", ".tiff"])


class FoundFile(NamedTuple):
    """A file that should be a picture. Paths are relative to the folder searched and use forward slashes."""

    path: str
    depth: str | None  # where its depth map is to be; None outside rgb/ beside depth/


def find_pictures(root: Path) -> tuple[list[FoundFile], list[Skipped]]:
    """Everything below a folder that should be a picture, in the order of the paths, and what could not be listed.

    Links are followed, but no folder is entered twice. Names that start with a dot are passed over. A folder that
    holds `rgb/` beside `depth/` gives the pictures of its `rgb/` alone.
    """
    skipped: list[Skipped] = []
    found = [_found(root, path) for path in _walk(root, root, set(), skipped)]
    nameless = [file.path for file in found if not _is_unicode(file.path)]
    skipped += [Skipped(os.fsencode(path).decode(errors="replace"), "its name is not UTF-8") for path in nameless]
    return sorted(file for file in found if _is_unicode(file.path)), skipped


def _walk(root: Path, folder: Path, entered: set[Path], skipped: list[Skipped]) -> Iterator[Path]:
    real = folder.resolve()
    if real in entered:
        return
    entered.add(real)
    try:
        children = [child for child in sorted(folder.iterdir()) if not child.name.startswith(".")]
        folders = [child for child in children if child.is_dir()]
    except OSError as error:
        reason = f"the folder cannot be listed: {(error.strerror or '').lower()}"
        skipped.append(Skipped(folder.relative_to(root).as_posix(), reason))
        return
    if {"rgb", "depth"} <= {child.name for child in folders}:
        yield from _walk(root, folder / "rgb", entered, skipped)
        return
    for child in children:
        if child in folders:
            yield from _walk(root, child, entered, skipped)
        elif is_picture_name(child.name) or child.suffix.lower() in OTHER_SUFFIXES:
            yield child


def _found(root: Path, path: Path) -> FoundFile:
    relative = path.relative_to(root)
    for above in relative.parents:  # the nearest rgb/ beside depth/
        if above.name == "rgb" and (root / above.parent / "depth").is_dir():
            depth = above.parent / "depth" / relative.relative_to(above).with_suffix(".png")
            return FoundFile(relative.as_posix(), depth.as_posix())
    return FoundFile(relative.as_posix(), None)


def _is_unicode(path: str) -> bool:
    try:
        path.encode()
    except UnicodeEncodeError:
        return False
    return True
