"""Reads Street View's answers: nested lists without names, parts of which may be missing.

Where things stand was found on recorded answers; whatever is missing or of another type is left out, and only what a
picture cannot do without is an error.
"""

from dataclasses import dataclass
from typing import Any

from c2c.collect.areas import bearing_deg
from c2c.collect.failures import BadAnswer, Gone
from c2c.collect.pictures import Link, Place
from c2c.collect.sources.answers import at, items, number, place_of, text, wrapped_deg

OFFICIAL = 2  # the kind of panoramas that Google's own cameras took
OK, NOT_FOUND = 1, 2
MOST_ID = 200  # characters
LARGEST_PX = 32768  # side of a picture
TILE_PX = 512


@dataclass(frozen=True)
class Photometa:
    """What an answer tells of one panorama."""

    id: str
    place: Place | None
    heading_deg: float | None
    pitch_deg: float
    roll_deg: float
    captured: str
    author: str
    copyright: str
    sizes_px: tuple[tuple[int, int], ...]  # width and height, by zoom
    links: tuple[Link, ...]
    history: tuple[str, ...]
    payload: str | None


def read_photometa(answer: Any, id: str) -> Photometa:
    """What the answer to a request by id tells.

    Args:
        answer: JSON.
        id: that was asked for.

    Raises:
        Gone: there is no such panorama any more.
        BadAnswer: the answer is of another shape, or of another panorama.
    """
    told = at(answer, 1, 0)
    status = at(told, 0, 0)
    if status == NOT_FOUND:
        raise Gone(f"Street View has no panorama {id!r} any more.")
    if status != OK or at(told, 1, 1) != id:
        raise BadAnswer(f"Street View's answer about {id!r} is not what it should be: status {status!r:.50}.")
    sizes = _sizes(at(told, 2, 3, 0))
    if not sizes or at(told, 2, 3, 1) != [TILE_PX, TILE_PX]:
        raise BadAnswer(f"Street View's answer about {id!r} does not say how large the picture and its tiles are.")
    about = at(told, 5, 0)
    place, tilt = _place(at(about, 1)), number(about, 1, 2, 1)
    heading, roll = number(about, 1, 2, 0), number(about, 1, 2, 2)
    history = _history(about)
    payload = at(about, 5, 1, 2)
    return Photometa(
        id=id,
        place=place,
        heading_deg=None if heading is None else heading % 360.0,
        pitch_deg=0.0 if tilt is None else wrapped_deg(90.0 - tilt),
        roll_deg=wrapped_deg(roll),
        captured=_date(at(told, 6, 7)),
        author=text(told, 4, 1, 0, 0, 0),
        copyright=text(told, 4, 0, 0, 0, 0),
        sizes_px=sizes,
        links=_links(about, place, id, history),
        history=tuple(history),
        payload=payload if isinstance(payload, str) and payload.isascii() and payload else None,
    )


def read_coverage(answer: Any) -> list[Link]:
    """The panoramas of Google's own that an answer about a map tile tells of; those without a place are left out."""
    found = []
    for entry in items(at(answer, 1, 1)):
        id, place = _official_id(at(entry, 0, 0)), _place(at(entry, 0, 2))
        if id and place:
            found.append(Link(id, place, None))
    return found


def _place(value: Any) -> Place | None:
    return place_of(number(value, 0, 2), number(value, 0, 3), number(value, 1, 0))


def _official_id(value: Any) -> str:
    id = at(value, 1)
    good = at(value, 0) == OFFICIAL and isinstance(id, str) and id.isascii() and 0 < len(id) <= MOST_ID
    return id if good else ""


def _sizes(value: Any) -> tuple[tuple[int, int], ...]:
    sizes = []
    for entry in items(value)[:6]:
        height, width = at(entry, 0, 0), at(entry, 0, 1)
        if not all(isinstance(side, int) and 0 < side <= LARGEST_PX for side in (height, width)):
            return ()
        sizes.append((width, height))
    return tuple(sizes)


def _links(about: Any, place: Place | None, id: str, history: list[str]) -> tuple[Link, ...]:
    others, found = at(about, 3, 0), {}
    for entry in items(at(about, 6)):
        index = at(entry, 0)
        other = at(others, index) if isinstance(index, int) else None
        other_id, other_place = _official_id(at(other, 0)), _place(at(other, 2))
        if other_id and other_id != id and other_id not in history:
            found[other_id] = Link(other_id, other_place, _direction(number(entry, 1, 3), place, other_place))
    return tuple(found.values())


def _direction(told_deg: float | None, place: Place | None, other: Place | None) -> float | None:
    if told_deg is not None:
        return told_deg % 360.0
    return bearing_deg(place, other) if place and other else None


def _history(about: Any) -> list[str]:
    others, found = at(about, 3, 0), []
    for entry in items(at(about, 8)):
        index = at(entry, 0)
        id = _official_id(at(others, index, 0)) if isinstance(index, int) else ""
        if id and id not in found:
            found.append(id)
    return found


def _date(value: Any) -> str:
    year, month, day = (at(value, index) for index in range(3))
    if not isinstance(year, int) or not 1900 <= year <= 2200:
        return ""
    if not isinstance(month, int) or not 1 <= month <= 12:
        return f"{year:04}"
    return f"{year:04}-{month:02}-{day:02}" if isinstance(day, int) and 1 <= day <= 31 else f"{year:04}-{month:02}"
