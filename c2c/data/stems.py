"""Names for the files that are made from a picture."""

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from pathlib import PurePosixPath

LONGEST = 180  # bytes; file systems allow 255, and suffixes follow


def unique_stems(paths: Sequence[str]) -> dict[str, str]:
    """A file-safe stem for each path, unique even where A and a are one name to the file system.

    It is the path without its suffix, folders joined by "__", folders named rgb left out; letters, digits, dots and
    hyphens stay and anything else becomes a hyphen. Paths that are left with the same stem all take their suffix
    along ("x-jpg", "x-png"), and if that does not tell them apart, eight digits of the path's hash.

    Args:
        paths: relative paths with forward slashes, none twice.
    """
    stems = {path: _stem(path) for path in paths}
    for mark in (_suffix, _short_hash):
        times = Counter(stem.casefold() for stem in stems.values())
        stems = {path: f"{stem}-{mark(path)}" if times[stem.casefold()] > 1 else stem for path, stem in stems.items()}
    return stems


def _stem(path: str) -> str:
    picture = PurePosixPath(unicodedata.normalize("NFC", path))
    folders = [part for part in picture.parts[:-1] if part != "rgb"]
    stem = re.sub(r"[^\w.-]+", "-", "__".join([*folders, picture.stem]))
    if len(stem.encode()) <= LONGEST:
        return stem
    return f"{stem.encode()[:LONGEST].decode(errors='ignore')}-{_short_hash(path)}"


def _suffix(path: str) -> str:
    return PurePosixPath(path).suffix[1:]


def _short_hash(path: str) -> str:
    return hashlib.sha256(path.encode()).hexdigest()[:8]
