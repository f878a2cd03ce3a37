"""Reads what services answer: JSON in which anything may be missing, of another type, or absurd."""

import math
import re
from html.parser import HTMLParser
from typing import Any

from c2c.collect.pictures import Place

MOST_TEXT = 1000  # characters of a text that are taken
MOST_ITEMS = 5000  # of a list that are looked at
STEERING = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")  # a terminal, not its readers


def at(value: Any, *path: int | str) -> Any:
    """What stands at a place in nested lists and tables; None where there is no such place."""
    for step in path:
        if isinstance(step, str):
            if not isinstance(value, dict) or step not in value:
                return None
        elif not isinstance(value, list) or not 0 <= step < len(value):
            return None
        value = value[step]
    return value


def number(value: Any, *path: int | str) -> float | None:
    """A finite number at a place, also one that is written as a text."""
    found = at(value, *path)
    if isinstance(found, bool) or not isinstance(found, (int, float, str)):
        return None
    try:
        found = float(found[:40] if isinstance(found, str) else found)
    except (ValueError, OverflowError):
        return None
    return found if math.isfinite(found) else None


def count(value: Any, *path: int | str) -> int:
    """A whole number from 0 up at a place; 0 where there is none."""
    found = number(value, *path)
    return int(found) if found is not None and 0 <= found < 2**53 else 0


def text(value: Any, *path: int | str) -> str:
    """A text at a place, of a bearable length, in one line; a whole number is written out."""
    found = at(value, *path)
    if isinstance(found, int) and not isinstance(found, bool) and abs(found) < 2**64:
        return str(found)
    return " ".join(_writable(found[:MOST_TEXT]).split()) if isinstance(found, str) else ""


def items(value: Any, *path: int | str) -> list[Any]:
    """The first items of a list at a place; none where there is no list."""
    found = at(value, *path)
    return found[:MOST_ITEMS] if isinstance(found, list) else []


def place_of(lat: float | None, lon: float | None, elevation_m: float | None = None) -> Place | None:
    """A place, or None where its coordinates are missing or not on earth."""
    if lat is None or lon is None or not (-90 <= lat <= 90 and -180 <= lon <= 180):
        return None
    return Place(lat, lon, elevation_m)


def wrapped_deg(angle_deg: float | None) -> float:
    """The same angle in (-180, 180]; 0 where there is none."""
    return 0.0 if angle_deg is None else 180.0 - (180.0 - angle_deg) % 360.0


def web_address(value: Any, *path: int | str) -> str:
    """An address of the web at a place; "" for anything else, such as a script or a picture within the text."""
    found = at(value, *path)
    if not isinstance(found, str) or len(found) > 2 * MOST_TEXT or _writable(found) != found:
        return ""
    found = f"https:{found}" if found.startswith("//") else found
    return found if found.startswith(("https://", "http://")) and not set(found) & set(' \t\r\n"<>') else ""


def plain(html: str) -> str:
    """The text of a piece of HTML, in one line."""
    reader = _Text()
    reader.feed(html[: 10 * MOST_TEXT])
    reader.close()
    return " ".join(_writable("".join(reader.found)).split())[:MOST_TEXT]


def _writable(text: str) -> str:
    """A text that can be written to a file and shown: what would steer a terminal is left out.

    Half a character, which JSON can hold, becomes a question mark.
    """
    return STEERING.sub("", text).encode("utf-8", "replace").decode()


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_data(self, data: str) -> None:
        """Keep it."""
        self.found.append(data)
