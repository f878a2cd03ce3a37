"""A panorama out of the tiles that it comes in."""

import io
from collections.abc import Iterable

import numpy as np
from PIL import Image

from c2c.collect.checks import BLACK
from c2c.collect.failures import BadAnswer

QUALITY = 95  # of the JPEG that is written; the tiles were compressed once already


def grid(width_px: int, height_px: int, tile_px: int) -> list[tuple[int, int]]:
    """Column and row of each tile of a picture, row by row."""
    columns, rows = -(-width_px // tile_px), -(-height_px // tile_px)
    return [(column, row) for row in range(rows) for column in range(columns)]


def stitch(tiles: Iterable[bytes], width_px: int, height_px: int, tile_px: int) -> bytes:
    """The picture as JPEG; what tiles reach beyond its edge is cut off.

    Args:
        tiles: JPEG files in the order of `grid`, which are taken one by one.
        width_px: of the picture.
        height_px: of the picture.
        tile_px: side of a tile.

    Raises:
        BadAnswer: a tile is black, of another size, or no picture.
    """
    whole = Image.new("RGB", (width_px, height_px))
    for (column, row), data in zip(grid(width_px, height_px, tile_px), tiles, strict=True):
        tile = _read(data, column, row)
        left, top = column * tile_px, row * tile_px
        needed = (min(tile_px, width_px - left), min(tile_px, height_px - top))
        if tile.width < needed[0] or tile.height < needed[1]:
            raise BadAnswer(
                f"Tile {column},{row} is {tile.width}x{tile.height} px; {needed[0]}x{needed[1]} were needed."
            )
        seen = tile.crop((0, 0, *needed))
        if np.asarray(seen).max() <= BLACK:
            raise BadAnswer(f"Tile {column},{row} is black: the service has no such tile.")
        whole.paste(seen, (left, top))
    file = io.BytesIO()
    whole.save(file, format="JPEG", quality=QUALITY)
    return file.getvalue()


def _read(data: bytes, column: int, row: int) -> Image.Image:
    try:
        with Image.open(io.BytesIO(data), formats=("JPEG",)) as image:
            return image.convert("RGB")
    except Exception as error:  # a broken file makes Pillow's decoders raise nearly anything
        raise BadAnswer(f"Tile {column},{row} cannot be decoded: {error}") from error
