"""Saved pictures as they are scored: 8-bit PNG without alpha, 16-bit PNG for depth, nothing converted on the way.

Grey pictures and palettes become RGB, which loses nothing. JPEG is refused, because compression alone moves every
distance; where it is asked for, all pictures must be JPEG, and the codec is stated: `JPEG` instead of `CODEC`.
"""

import hashlib
import struct
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from c2c.errors import NoPictures, ScoreError

CODEC = "png uint8"
JPEG = "jpeg uint8"
DEPTH_SCALE = 256  # stored value of one metre; 0 is none

_PNG, _JPEG = b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"  # what the files begin with
_JPEG_SUFFIXES = (".jpg", ".jpeg")
_ALPHA_TYPES = (4, 6)  # colour types of a PNG header
_ORIENTATION = 0x0112  # the EXIF tag
_BROKEN = (OSError, SyntaxError, ValueError, EOFError, struct.error, Image.DecompressionBombError)


def list_pictures(folder: Path, jpeg: bool = False) -> list[Path]:
    """The PNG files of a folder, by name.

    Args:
        folder: where they lie, directly.
        jpeg: take JPEG files instead, where the folder holds those.

    Raises:
        NoPictures: there is no such folder, or no picture in it.
        ScoreError: JPEG was asked for, but there is PNG beside JPEG.
    """
    if not folder.is_dir():
        raise NoPictures(f"There is no folder {folder}.")
    files = sorted(path for path in folder.iterdir() if path.is_file() and not path.name.startswith("."))
    found = [path for path in files if path.suffix.lower() == ".png"]
    jpegs = [path for path in files if path.suffix.lower() in _JPEG_SUFFIXES] if jpeg else []
    if found and jpegs:
        raise ScoreError(
            f"{folder} holds {len(found)} PNG and {len(jpegs)} JPEG pictures, such as {found[0].name} and "
            f"{jpegs[0].name}.\nThe codec alone moves a score. Keep one of them in a folder of its own."
        )
    if not (found or jpegs):
        other = f"; it holds {len(files)} other files, such as {files[0].name}" if files else ""
        kinds, only = ("PNG or JPEG", "PNG, and JPEG where that is asked for") if jpeg else ("PNG", "PNG only")
        raise NoPictures(
            f"{folder} holds no {kinds} pictures{other}.\n"
            f"Scores read {only}, because JPEG alone moves them. Save the pictures as 8-bit PNG."
            + ("" if jpeg else " If both sides are JPEG: --jpeg")
        )
    return found or jpegs


def picture_size(path: Path, jpeg: bool = False) -> tuple[int, int]:
    """Width and height, as the file's header states them.

    Raises:
        ScoreError: it cannot be read or is no PNG (nor JPEG, where that is allowed).
    """
    header = _header(path, jpeg)
    return header.width, header.height


def read_picture(path: Path, jpeg: bool = False) -> Tensor:
    """A picture, uint8 (3, H, W); a grey one has three equal channels.

    Args:
        path: of the file, whose content decides what it is.
        jpeg: take JPEG too.

    Raises:
        ScoreError: it is broken, is no PNG, has alpha or more than one frame, is not of 8 bits, or is a JPEG in CMYK or
            one that is to be turned.
    """
    header = _header(path, jpeg)
    if header.bits > 8:
        raise ScoreError(f"{path} has {header.bits} bits a channel; scores need 8. Save it as 8-bit PNG.")
    try:
        with Image.open(path) as image:
            if header.colour_type in _ALPHA_TYPES or "transparency" in image.info:
                raise ScoreError(f"{path} has an alpha channel; save it without one, on the background it belongs on.")
            if getattr(image, "n_frames", 1) > 1:
                raise ScoreError(f"{path} is animated; save the frames as pictures of their own.")
            if header.codec == JPEG:
                _check_jpeg(path, image)
            pixels = np.array(image if image.mode == "RGB" else image.convert("RGB"))
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


def common_form(paths: Iterable[Path], jpeg: bool = False) -> tuple[tuple[int, int], str]:
    """The one size and the one codec that all the pictures have, as their headers state them.

    Raises:
        ScoreError: there is none, one is no picture, or two differ; both are named.
    """
    first: dict[str, Path] = {}  # of each codec

    def sizes() -> Iterator[tuple[Path, tuple[int, int]]]:
        for path in paths:
            header = _header(path, jpeg)
            first.setdefault(header.codec, path)
            yield path, (header.width, header.height)

    size = common_size(sizes())
    if len(first) > 1:
        raise ScoreError(f"{first[CODEC]} is PNG but {first[JPEG]} is JPEG. The codec alone moves a score; save alike.")
    return size, next(iter(first))


def in_words(size: tuple[int, int]) -> str:
    """Width x height, as a protocol states it."""
    return f"{size[0]}x{size[1]}"


def contents_sha256(digests: Sequence[str]) -> str:
    """One hash of a set of pictures, whatever their names and order, from the hash of each one's pixels."""
    return hashlib.sha256("\n".join(sorted(digests)).encode()).hexdigest()


def pixels_sha256(pixels: Tensor | np.ndarray) -> str:
    """The hash of one picture's shape and pixels, whatever program compressed them."""
    array = np.ascontiguousarray(pixels)
    digest = hashlib.sha256(f"{array.shape} {array.dtype}".encode())
    digest.update(array.data)
    return digest.hexdigest()


class _Header(NamedTuple):
    width: int
    height: int
    bits: int  # a channel
    colour_type: int  # as PNG numbers them
    codec: str


def _header(path: Path, jpeg: bool = False) -> _Header:
    """What a PNG's first 26 bytes state; Pillow would hide that a colour picture has 16 bits."""
    try:
        with path.open("rb") as file:
            start = file.read(26)
    except OSError as error:
        raise ScoreError(f"{path} cannot be read: {error.strerror}.") from error
    if jpeg and start.startswith(_JPEG):
        return _jpeg_header(path)
    if len(start) < 26 or not start.startswith(_PNG):
        why = "no PNG or JPEG" if jpeg else "no PNG. Scores read PNG only, because JPEG alone moves them"
        raise ScoreError(f"{path} is {why}.")
    width, height, bits, colour_type = struct.unpack(">IIBB", start[16:])
    return _Header(width, height, bits, colour_type, CODEC)


def _jpeg_header(path: Path) -> _Header:
    try:
        with Image.open(path) as image:
            return _Header(image.width, image.height, 8, 0 if image.mode == "L" else 2, JPEG)
    except _BROKEN as error:
        raise ScoreError(f"{path} is broken: {error}") from error


def _check_jpeg(path: Path, image: Image.Image) -> None:
    if image.mode not in ("RGB", "L"):
        raise ScoreError(f"{path} is in {image.mode}; scores need RGB or grey. Save it so.")
    if (turn := image.getexif().get(_ORIENTATION, 1)) != 1:
        raise ScoreError(f"{path} is to be turned before it is looked at (EXIF orientation {turn}); save it upright.")
