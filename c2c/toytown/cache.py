"""Drawn pictures by what is drawn on them: a per-user cache, from which a run's folder takes links.

Every picture bears its content key in a PNG text chunk, so that a run's folder can tell what is on a picture,
and a picture that was changed in place is never taken for the cache's own. The cache may be deleted at any time.
"""

import hashlib
import io
import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, PngImagePlugin, UnidentifiedImageError

import c2c
from c2c.paths import cache_folder

KEY_CHUNK = "c2c-key"


def _source_digest() -> str:
    """A hash of the code that draws, so that no change to it can show an old picture."""
    package = Path(__file__).parent
    files = sorted([*package.rglob("*.py"), *(package.parent / "geometry").glob("*.py")])
    if not files:
        return c2c.__version__
    return hashlib.sha256(b"\0".join(file.read_bytes() for file in files)).hexdigest()[:16]


DRAWING_VERSION = _source_digest()


def content_key(massing: str, dress: str, layout_seed: int, size: int) -> str:
    """The key of one view: a hash of all that decides its bytes."""
    parts = (DRAWING_VERSION, massing, dress, layout_seed, size)
    return hashlib.sha256("/".join(map(str, parts)).encode()).hexdigest()[:32]


def png_bytes(pixels: NDArray[np.uint8] | NDArray[np.uint16], key: str) -> bytes:
    """A PNG file of the pixels (H, W) or (H, W, 3), 8 or 16 bits, that bears a content key."""
    chunks = PngImagePlugin.PngInfo()
    chunks.add_text(KEY_CHUNK, key)
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG", pnginfo=chunks, compress_level=4)
    return file.getvalue()


def bears(path: Path, key: str) -> bool:
    """Whether this file is a picture that bears the key."""
    try:
        with Image.open(path) as picture:
            return picture.info.get(KEY_CHUNK) == key
    except (OSError, UnidentifiedImageError, SyntaxError):
        return False


def find(key: str, names: tuple[str, ...]) -> Path | None:
    """The cache's folder of a view that holds every named picture, or None."""
    folder = _home(key)
    return folder if all(bears(folder / name, key) for name in names) else None


def store(key: str, pictures: Mapping[str, bytes]) -> Path:
    """Keep a view's pictures; returns its folder. A reader sees all of them or none.

    Raises:
        OSError: the cache cannot be written.
    """
    folder = _home(key)
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=f".{key}.", ignore_cleanup_errors=True) as scratch:
        made = Path(scratch) / key
        made.mkdir()
        for name, content in pictures.items():
            (made / name).write_bytes(content)
        if find(key, tuple(pictures)) is None:
            shutil.rmtree(folder, ignore_errors=True)
            try:
                made.rename(folder)
            except OSError:
                if find(key, tuple(pictures)) is None:  # else another process was first
                    raise
    return folder


def place(source: Path, target: Path) -> None:
    """Make `target` the same picture as `source`: a hard link, or a copy where links cannot be."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=f".{target.name}.") as scratch:
        made = Path(scratch) / target.name
        try:
            os.link(source, made)
        except OSError:
            shutil.copyfile(source, made)
        made.replace(target)


def write(content: bytes, target: Path) -> None:
    """Write a picture whole or not at all."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=f".{target.name}.") as scratch:
        made = Path(scratch) / target.name
        made.write_bytes(content)
        made.replace(target)


def _home(key: str) -> Path:
    return cache_folder("toytown") / key[:2] / key
