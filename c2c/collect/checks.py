"""Whether what came is what was asked for: JSON, or a whole picture of a bearable size."""

import io
import json
import re
import warnings
from typing import Any, NamedTuple

import numpy as np
from PIL import Image

from c2c.collect.failures import BadAnswer, Blocked

MOST_PIXELS = 178_956_970  # beyond which Pillow takes a picture for a bomb and opens none
BLACK = 1  # grey level up to which a picture is black
SUFFIXES = {"JPEG": "jpg", "PNG": "png", "WEBP": "webp"}
GUARD = b")]}'"  # stands before JSON that should not run as a script
HTML = re.compile(rb"\s*(<!--.*?-->\s*)?<(!doctype\s+html|html|head|body)\b", re.IGNORECASE | re.DOTALL)
DEEPEST = 64  # brackets within brackets of an answer; the deepest real one has 16


class Facts(NamedTuple):
    """What a picture's file is."""

    suffix: str  # jpg, png or webp
    width_px: int
    height_px: int


def magic_of(data: bytes) -> str:
    """JPEG, PNG or WEBP by a file's first bytes; "" for anything else."""
    if data.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    return "WEBP" if data[:4] == b"RIFF" and data[8:12] == b"WEBP" else ""


def check_picture(data: bytes, where: str, most_pixels: int = MOST_PIXELS) -> Facts:
    """What a picture is, found by decoding all of it, a JPEG at an eighth of its size.

    Args:
        data: the file.
        where: it came from, for the error.
        most_pixels: it may have.

    Raises:
        Blocked: a web page came in its place.
        BadAnswer: it is no JPEG, PNG or WebP, is broken or all black, or has too many pixels.
    """
    found = magic_of(data)
    if not found:
        _refuse_html(data, where, "a picture")
        raise BadAnswer(f"{where} gave {_beginning(data)}, which is no JPEG, PNG or WebP picture.")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Pillow's remarks on large or oddly tagged files
        try:
            with Image.open(io.BytesIO(data), formats=(found,)) as image:
                width, height = image.size
                if width * height > most_pixels:
                    raise BadAnswer(f"{where} gave a picture of {width}x{height} px; at most {most_pixels} are taken.")
                image.draft(None, (1, 1))
                black = int(np.asarray(image.convert("L")).max()) <= BLACK
        except BadAnswer:
            raise
        except Exception as error:  # a broken file makes Pillow's decoders raise nearly anything
            raise BadAnswer(f"{where} gave a {found} picture that cannot be decoded: {error}") from error
    if black:
        raise BadAnswer(f"{where} gave a picture that is all black: the service has none, and does not say so.")
    return Facts(SUFFIXES[found], width, height)


def read_json(data: bytes, where: str) -> Any:
    """JSON, also behind the mark that keeps it from running as a script.

    Raises:
        Blocked: a web page came in its place.
        BadAnswer: it is no JSON, or nested too deep.
    """
    body = data.removeprefix(b"\xef\xbb\xbf").lstrip()
    body = body.removeprefix(GUARD).lstrip()
    if not body.startswith((b"{", b"[")):
        _refuse_html(data, where, "JSON")
        raise BadAnswer(f"{where} gave {_beginning(data)}, which is no JSON.")
    try:
        found = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise BadAnswer(f"{where} gave JSON that cannot be read: {error}") from error
    if _depth(found) > DEEPEST:
        raise BadAnswer(f"{where} gave JSON that is nested more than {DEEPEST} deep.")
    return found


def _depth(value: Any) -> int:
    """How deep a value is nested, counted level by level, never beyond what is allowed."""
    level, deep = [value], 0
    while level and deep <= DEEPEST:
        contents = [inner for outer in level for inner in (outer.values() if isinstance(outer, dict) else outer)]
        level = [inner for inner in contents if isinstance(inner, (dict, list))]
        deep += 1
    return deep


def _refuse_html(data: bytes, where: str, wanted: str) -> None:
    if HTML.match(data[:4096].removeprefix(b"\xef\xbb\xbf")):
        raise Blocked(
            f"{where} gave a web page where {wanted} was due: the service asks for consent, or has blocked us.\n"
            "Nothing more is asked of it. Open it in a browser to see why, and wait before you go on."
        )


def _beginning(data: bytes) -> str:
    return f"{len(data)} bytes that begin {data[:16]!r}" if data else "nothing"
