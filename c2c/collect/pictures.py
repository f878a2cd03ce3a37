"""What is known of one picture: as a source tells it, and as it lies in a collection."""

import json
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Literal, Self

import msgspec

from c2c.collect.licences import Licence
from c2c.errors import CollectError


@dataclass(frozen=True)
class Rights:
    """Who owns a picture, and what others may do with it."""

    licence: str  # as the source or the licence itself names it: "CC BY-SA 4.0"
    licence_url: str
    author: str
    attribution: str  # one line that credits it
    landing_page: str
    redistributable: bool  # whether it may be passed on to others

    @classmethod
    def under(cls, licence: Licence, *, author: str, attribution: str, landing_page: str) -> Self:
        """The rights of a picture that stands under a licence."""
        return cls(licence.name, licence.url, author, attribution, landing_page, licence.redistributable)


@dataclass(frozen=True)
class Place:
    """A place on earth (WGS 84)."""

    lat_deg: float
    lon_deg: float
    elevation_m: float | None = None


@dataclass(frozen=True)
class Link:
    """A neighbour of a panorama. Without a place, look it up before judging whether it is within a radius."""

    id: str
    place: Place | None
    direction_deg: float | None  # compass bearing of the neighbour


@dataclass(frozen=True)
class FoundPicture:
    """What a source tells of one picture before its bytes are here."""

    source: str
    id: str
    kind: Literal["panorama", "photo"]
    place: Place | None
    captured: str  # ISO date or time, or a part of one such as "2019-05"; "" where unknown
    width_px: int  # 0 where unknown
    height_px: int
    rights: Rights
    heading_deg: float | None = None  # compass bearing of the middle column, in [0, 360)
    pitch_deg: float = 0.0
    roll_deg: float = 0.0  # in (-180, 180]
    links: tuple[Link, ...] = ()
    history: tuple[str, ...] = ()  # ids of earlier panoramas of the same place
    urls: tuple[str, ...] = ()  # of the picture or its tiles, without keys
    payload: str | None = None  # depth, as it came
    zoom: int | None = None  # of the tiles; None where the source has none


@dataclass(frozen=True)
class CollectedPicture:
    """What a collection knows of one of its pictures: `records/STEM.json`."""

    source: str
    id: str
    kind: Literal["panorama", "photo"]
    place: Place | None
    captured: str
    width_px: int  # of the picture that was kept
    height_px: int
    rights: Rights
    heading_deg: float | None
    pitch_deg: float
    roll_deg: float
    links: tuple[Link, ...]
    history: tuple[str, ...]
    picture: str  # path within the collection
    payload: str | None  # path within the collection
    sha256: str  # of the picture's file
    bytes: int  # of the picture's file
    fetched: str  # when, UTC, ISO 8601
    fetched_from: str  # without keys
    zoom: int | None = None  # of the tiles; None where the source has none


OWN = ("width_px", "height_px", "payload")  # fields that a record has of its own, by the name that a source uses too
KEPT = [
    field.name
    for field in fields(FoundPicture)
    if field.name in CollectedPicture.__dataclass_fields__ and field.name not in OWN
]


def collected(
    found: FoundPicture,
    *,
    picture: str,
    payload: str | None,
    size_px: tuple[int, int],
    sha256: str,
    bytes: int,
    fetched: str,
    fetched_from: str,
) -> CollectedPicture:
    """The record of a picture that a source told of, once its file lies in a collection.

    Args:
        found: what the source told.
        picture: path of its file within the collection.
        payload: path of its depth payload within the collection.
        size_px: width and height of the file.
        sha256: of the file.
        bytes: of the file.
        fetched: when, UTC, ISO 8601.
        fetched_from: the address, without keys.
    """
    return CollectedPicture(
        **{name: getattr(found, name) for name in KEPT},
        width_px=size_px[0],
        height_px=size_px[1],
        picture=picture,
        payload=payload,
        sha256=sha256,
        bytes=bytes,
        fetched=fetched,
        fetched_from=fetched_from,
    )


def record_text(record: CollectedPicture) -> str:
    """A record as the JSON text of its file."""
    return json.dumps(asdict(record), indent=1, ensure_ascii=False) + "\n"


def read_collected(path: Path) -> CollectedPicture:
    """Read one record.

    Raises:
        CollectError: it is missing, torn, or no record of a picture.
    """
    try:
        return msgspec.json.decode(path.read_bytes(), type=CollectedPicture)
    except (OSError, msgspec.MsgspecError, RecursionError, ValueError) as error:
        raise CollectError(
            f"{path} cannot be read as the record of a collected picture: {error}\n"
            "Remove it with its picture and collect again: what is there is not fetched twice."
        ) from error


def read_all_collected(collection: Path) -> list[CollectedPicture]:
    """The records of a collection, in the order of their files.

    Raises:
        CollectError: there are none, or one cannot be read.
    """
    paths = sorted((collection / "records").glob("*.json"))
    if not paths:
        raise CollectError(
            f"{collection} holds no collected pictures: {collection / 'records'} has no records.\n"
            "Collect some:\n    c2c collect crawl --help\n    c2c collect photos --help"
        )
    return [read_collected(path) for path in paths]


def within(collection: Path, path: str) -> Path:
    """The file that a record names by its path within a collection.

    Raises:
        CollectError: the path, which others may have written, leads out of the collection.
    """
    if not (collection / path).resolve().is_relative_to(collection.resolve()):
        raise CollectError(f"A record names {path!r}, outside of the collection {collection}. Remove that record.")
    return collection / path
