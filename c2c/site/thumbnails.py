"""Small pictures for pages that show many, and depth maps in colour: made from one reading of the picture.

Thumbnails are AVIF with colour in full resolution. WebP, like most JPEG, halves it, and so hides the coloured stripes
that a generator leaves: its pictures look better than they are. At equal bytes (13.5 kB for 256 px) and in equal time,
colours are 4.1 of 255 off instead of 5.1. A Pillow that cannot write AVIF writes WebP.
"""

import io
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, features

from c2c.site.depth_colours import colour_depth

LONGER_SIDE_PX = 320
FORMAT = "avif" if features.check("avif") else "webp"
SETTINGS = {  # one thread, since that repeats exactly; pictures are made beside each other
    "avif": {"quality": 70, "subsampling": "4:4:4", "speed": 10, "max_threads": 1},
    "webp": {"quality": 86, "method": 4},
}
BROKEN = (OSError, SyntaxError, ValueError, Image.DecompressionBombError)  # what Pillow raises for a torn or odd file


@dataclass(frozen=True)
class Made:
    """What a page needs of a picture besides the picture itself."""

    thumbnail: bytes
    in_colour: bytes | None  # a depth map in full size, as PNG


def made_from(data: bytes, depth: bool) -> Made:
    """The thumbnail of a picture's file, and of a depth map the whole of it in colour.

    Raises:
        OSError, SyntaxError, ValueError, DecompressionBombError: the file is torn, or no picture; see `BROKEN`.
    """
    with Image.open(io.BytesIO(data)) as image:
        image.verify()  # the checksums, which decoding does not look at
    with Image.open(io.BytesIO(data)) as image:
        if not depth:
            return Made(thumbnail_of(image), None)
        coloured = Image.fromarray(colour_depth(_stored_depth(image)))
    return Made(thumbnail_of(coloured), _saved(coloured, "png"))


def thumbnail_of(image: Image.Image, form: str = FORMAT) -> bytes:
    """A picture at most `LONGER_SIDE_PX` long, as the bytes of a file; a smaller one keeps its size."""
    small = image.convert("RGBA" if image.has_transparency_data else "RGB")
    small.thumbnail((LONGER_SIDE_PX, LONGER_SIDE_PX), Image.Resampling.LANCZOS)
    return _saved(small, form, **SETTINGS[form])


def _stored_depth(image: Image.Image) -> NDArray[np.integer]:
    return np.asarray(image if image.mode in ("I;16", "I", "L") else image.convert("I"))


def _saved(image: Image.Image, form: str, **settings: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, form, **settings)
    return buffer.getvalue()
