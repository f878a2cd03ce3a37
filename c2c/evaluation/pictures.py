"""Saved pictures as they are scored: 8-bit PNG without alpha, 16-bit PNG for depth, nothing converted on the way.

JPEG is refused, because compression alone moves every distance.
"""

import hashlib
import struct
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from c2c.errors import NoPictures, ScoreError

CODEC = "png uint8"
DEPTH_SCALE = 256  # stored value of one metre; 0 is none

_ALPHA_TYPES = (4, 6)  # colour types of a PNG header
_BROKEN = (OSError, SyntaxError, ValueError, EOFError, struct.error, Image.DecompressionBombError)


def list_pictures(folder: Path) -> list[Path]:
    """The PNG files of a folder, by name.

    Raises:
        NoPictures: there is no such folder, or no PNG in it.
    """
    if not folder.is_dir():
        raise NoPictures(f"There is no folder {folder}.")
    files = sorted(path for path in folder.iterdir() if path.is_file() and not path.name.startswith("."))
    found = [path for path in files if path.suffix.lower() == ".png"]
    if not found:
        other = f"; it holds {len(files)} other files, such as {files[0].name}" if files else ""
        raise NoPictures(
            f"{folder} holds no PNG pictures{other}.\n"
            "Scores read PNG only, because JPEG alone moves them. Save the pictures as 8-bit PNG."
        )
    return found


def picture_size(path: Path) -> tuple[int, int]:
    """Width and height, as the PNG's header states them.

    Raises:
        ScoreError: it cannot be read or is no PNG.
    """
    header = _header(path)
    return header.width, header.height


def read_picture(path: Path) -> Tensor:
    """A picture, uint8 (3, H, W); a grey one has three equal channels.

    Raises:
        ScoreError: it is broken, is no PNG, has alpha or more than one frame, or is not of 8 bits.
    """
    header = _header(path)
    if header.bits > 8:
        raise ScoreError(f"{path} has {header.bits} bits a channel; scores need 8. Save it as 8-bit PNG.")
    try:
        with Image.open(path) as image:
            if header.colour_type in _ALPHA_TYPES or "transparency" in image.info:
                raise ScoreError(f"{path} has an alpha channel; save it without one, on the background it belongs on.")
            if getattr(image, "n_frames", 1) > 1:
                raise ScoreError(f"{path} is animated; save the frames as pictures of their own.")
            pixels = np.array(image.convert("RGB"))
    except _BROKEN as error:
        raise ScoreError(f"{path} is broken: {error}") from error
    return torch.from_numpy(pixels).permute(2, 0, 1)


def read_depth_m(path: Path) -> np.ndarray:
    """A depth map in metres, float64 (H, W); 0 where there is none.

    Raises:
        ScoreError: it is broken or is no 16-bit grey PNG.
    """
    header = _header(path)
    if (header.bits, header.colour_type) != (16, 0):
        raise ScoreError(f"{path} is no depth map: a 16-bit grey PNG is needed, its value metres x {DEPTH_SCALE}.")
    try:
        with Image.open(path) as image:
            return np.array(image).astype(np.float64) / DEPTH_SCALE
    except _BROKEN as error:
        raise ScoreError(f"{path} is broken: {error}") from error


def common_size(sizes: Iterable[tuple[Path, tuple[int, int]]]) -> tuple[int, int]:
    """The one width and height that all the pictures have.

    Raises:
        ScoreError: two pictures differ; both are named.
    """
    first: tuple[Path, tuple[int, int]] | None = None
    for path, size in sizes:
        if first is None:
            first = (path, size)
        elif size != first[1]:
            raise ScoreError(
                f"{first[0]} is {in_words(first[1])} but {path} is {in_words(size)}.\n"
                "A score compares pictures of one size. Translate or prepare them at one size."
            )
    if first is None:
        raise ScoreError("There are no pictures to score.")
    return first[1]


def in_words(size: tuple[int, int]) -> str:
    """Width x height, as a protocol states it."""
    return f"{size[0]}x{size[1]}"


def contents_sha256(digests: Sequence[str]) -> str:
    """One hash of a set of pictures, whatever their names and order, from the hash of each one's pixels."""
    return hashlib.sha256("\n".join(sorted(digests)).encode()).hexdigest()


def pixels_sha256(pixels: Tensor | np.ndarray) -> str:
    """The hash of one picture's shape and pixels, whatever program compressed them."""
    array = np.ascontiguousarray(pixels)
    return hashlib.sha256(f"{array.shape} {array.dtype}".encode() + array.tobytes()).hexdigest()


class _Header(NamedTuple):
    width: int
    height: int
    bits: int  # a channel
    colour_type: int


def _header(path: Path) -> _Header:
    """What a PNG's first 26 bytes state; Pillow would hide that a colour picture has 16 bits."""
    try:
        with path.open("rb") as file:
            start = file.read(26)
    except OSError as error:
        raise ScoreError(f"{path} cannot be read: {error.strerror}.") from error
    if len(start) < 26 or not start.startswith(b"\x89PNG\r\n\x1a\n"):
        raise ScoreError(f"{path} is no PNG. Scores read PNG only, because JPEG alone moves them.")
    return _Header(*struct.unpack(">IIBB", start[16:]))
