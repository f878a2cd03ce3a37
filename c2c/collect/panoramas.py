"""Panoramas that views can be made of: those of a collection, or a folder of one's own."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

from c2c.collect.asked import FILE as ASKED
from c2c.collect.names import stem_of
from c2c.collect.pictures import Place, Rights, read_all_collected, read_collected, within
from c2c.errors import CollectError, NoPictures, PictureError
from c2c.records import Skipped

SUFFIXES = {".jpg", ".jpeg", ".png", ".webp"}
FORMATS = ("JPEG", "PNG", "WEBP")
PICTURES = ("panoramas", "photos")  # folders of a collection
OWN = "folder"  # in the names of files, the source of a picture of one's own


@dataclass(frozen=True)
class Panorama:
    """An equirectangular picture, and what is known of it."""

    stem: str  # of the files made from it
    name: str  # the picture's path within what was searched
    picture: Path
    payload: Path | None = None  # text of a depth payload
    distance: Path | None = None  # 16-bit PNG of the distance along each pixel's ray
    source: str = ""
    id: str = ""
    place: Place | None = None
    captured: str = ""
    heading_deg: float | None = None
    rights: Rights | None = None


def collection_of(folder: Path) -> Path | None:
    """The collection that a folder is, or whose pictures it holds; None where it is neither.

    A collection has records beside its `collection.json`, or records that can be read as those of pictures: others
    keep JSON files in a folder called `records` too.
    """
    roots = (folder, folder.parent) if folder.name in PICTURES else (folder,)
    return next((root for root in roots if _is_collection(root)), None)


def _is_collection(root: Path) -> bool:
    paths = sorted((root / "records").glob("*.json"))
    return bool(paths) and ((root / ASKED).is_file() or any(map(_is_record, paths)))


def _is_record(path: Path) -> bool:
    try:
        read_collected(path)
    except CollectError:
        return False
    return True


def find_panoramas(root: Path) -> tuple[list[Panorama], list[Skipped]]:
    """The panoramas of a collection, or every picture of a folder, in order; and files whose names cannot be told.

    A folder may hold `rgb/` beside `depth/` or `payloads/`: `depth/NAME.png` is the distance along each pixel's ray,
    `payloads/NAME.txt` a depth payload.

    Raises:
        NoPictures: there are none.
        CollectError: a record of the collection cannot be read.
    """
    if not root.is_dir():
        raise NoPictures(f"{root} is no folder. Views need a collection, or a folder of equirectangular pictures.")
    collection = collection_of(root)
    found, skipped = (_collected(collection), []) if collection else _own(root)
    if not found and not skipped:
        raise NoPictures(
            f"{root} holds no panoramas. Views need a collection with some, or a folder of equirectangular JPEG, "
            "PNG or WebP pictures, twice as wide as high.\nCollect some:\n    c2c collect crawl --help"
        )
    return found, skipped


def _collected(root: Path) -> list[Panorama]:
    return [
        Panorama(
            stem=stem_of(one.source, one.id),
            name=one.picture,
            picture=within(root, one.picture),
            payload=within(root, one.payload) if one.payload else None,
            source=one.source,
            id=one.id,
            place=one.place,
            captured=one.captured,
            heading_deg=one.heading_deg,
            rights=one.rights,
        )
        for one in read_all_collected(root)
        if one.kind == "panorama"
    ]


def _own(root: Path) -> tuple[list[Panorama], list[Skipped]]:
    pictures = root / "rgb" if (root / "rgb").is_dir() else root
    found, skipped = [], []
    for path in sorted(pictures.rglob("*")):
        inside = path.relative_to(pictures)
        if path.suffix.lower() in SUFFIXES and path.is_file() and not any(p.startswith(".") for p in inside.parts):
            if in_unicode(inside) == inside.as_posix():
                found.append(_of_one_s_own(root, pictures, inside))
            else:
                skipped.append(Skipped(in_unicode(path.relative_to(root)), "its name is not UTF-8"))
    return found, skipped


def _of_one_s_own(root: Path, pictures: Path, inside: Path) -> Panorama:
    distance = (root / "depth" / inside).with_suffix(".png") if pictures != root else None
    payload = (root / "payloads" / inside).with_suffix(".txt")
    return Panorama(
        stem=stem_of(OWN, inside.as_posix()),
        name=(pictures / inside).relative_to(root).as_posix(),
        picture=pictures / inside,
        payload=payload if payload.is_file() else None,
        distance=distance if distance and distance.is_file() else None,
        id=inside.as_posix(),
    )


def in_unicode(path: Path) -> str:
    """A path as text that can be written anywhere; what is not UTF-8 is replaced."""
    return os.fsencode(path.as_posix()).decode(errors="replace")


def size_of(path: Path) -> tuple[int, int]:
    """Width and height of a panorama, by its file's head.

    Raises:
        PictureError: it is no picture, or not twice as wide as high.
    """
    with _pictures_errors(), Image.open(path, formats=FORMATS) as image:
        return _checked(image.size)


@contextmanager
def opened(path: Path) -> Iterator[Image.Image]:
    """A panorama's file, decoded whole; whatever goes wrong leaves as a `PictureError`.

    Only Pillow's own copy is in memory then: take it strip by strip, see `strip_of`.
    """
    with _pictures_errors(), Image.open(path, formats=FORMATS) as image:
        _checked(image.size)
        image.load()
        yield image


@contextmanager
def _pictures_errors() -> Iterator[None]:
    try:
        yield
    except PictureError:
        raise
    except UnidentifiedImageError as error:
        raise PictureError("it cannot be read as a JPEG, PNG or WebP picture") from error
    except Exception as error:  # a broken file makes Pillow's decoders raise nearly anything
        told = error.strerror if isinstance(error, OSError) else None  # without the path, for lists that travel
        raise PictureError(f"it cannot be read: {told or error}") from error


def _checked(size: tuple[int, int]) -> tuple[int, int]:
    width, height = size
    if width != 2 * height:
        raise PictureError(
            f"it is {width}x{height}, but a whole panorama is twice as wide as high: pad one that shows a part"
        )
    return size


def strip_of(image: Image.Image, first: int, last: int) -> NDArray[np.uint8]:
    """Rows of a panorama, (rows, W, 3) uint8, from `first` to before `last`."""
    rows = image.crop((0, first, image.width, last))
    if image.mode.startswith("I"):  # 16-bit grey, which Pillow would clip
        rows = Image.fromarray(np.rint(np.asarray(rows) / 257).astype(np.uint8))
    return np.asarray(rows.convert("RGB"))


def stamp_of(path: Path) -> tuple[int, int]:
    """A file's bytes and time.

    Raises:
        PictureError: it is missing, or not ours to read.
    """
    with _pictures_errors():
        facts = path.stat()
    return facts.st_size, facts.st_mtime_ns


def read_payload(path: Path) -> str:
    """The text of a depth payload, not looked at yet.

    Raises:
        PictureError: the file is missing, or not ours to read.
    """
    with _pictures_errors():
        return path.read_text(encoding="ascii", errors="replace")


def read_distance(path: Path) -> NDArray[np.uint16]:
    """A distance map as it is on disk, (H, W) uint16.

    Raises:
        PictureError: it is no 16-bit PNG, or not twice as wide as high.
    """
    with opened(path) as image:
        if image.format != "PNG" or not image.mode.startswith("I"):
            raise PictureError(f"its depth is {image.format} of mode {image.mode}; a 16-bit grey PNG was needed")
        return np.asarray(image).astype(np.uint16)
