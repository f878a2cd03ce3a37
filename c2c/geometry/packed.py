"""A panorama made ready for views: averaged in boxes, four channels a pixel, with a border that goes around."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from c2c.geometry.cameras import PinholeCamera

Strip = Callable[[int, int], NDArray[np.generic]]  # rows from, to before: (rows, W, 3), uint8 or float32
Edges = NDArray[np.floating]

STRIP_BYTES = 2**20  # of rows that are averaged together: they stay in a core's cache
CHANNELS = 4  # the fourth is empty: a pixel of a power of two bytes is fetched three times as fast
FETCHED_AS = {1: np.uint32, 2: np.uint64, 4: np.complex128}  # one item of that type is one pixel


@dataclass(frozen=True)
class PackedPanorama:
    """Sums over boxes of pixels, with one pixel around: beyond a pole lies the other side of the world."""

    sums: NDArray[np.generic]  # (H / box + 2, W / box + 2, 4); uint8 or uint16 where they hold them exactly, or float32
    box: float  # side of the boxes in pixels; not whole where that does not divide the height

    @property
    def height(self) -> int:
        """Height without the border."""
        return self.sums.shape[0] - 2

    @property
    def width(self) -> int:
        """Width without the border."""
        return self.sums.shape[1] - 2

    @property
    def pixels(self) -> NDArray[np.generic]:
        """All pixels row by row, one item each, whose parts are its channels."""
        return self.sums.reshape(-1).view(FETCHED_AS[self.sums.itemsize])


def box_for(camera: PinholeCamera, height: int) -> float:
    """Side of the boxes that a panorama of that height is averaged in for a view.

    A view's pixel in the middle spans twice that, and the mean of four neighbouring boxes does the rest. Of boxes of
    1, 2, 4 and 8 pixels for a view 4 times as coarse as its panorama, 2 came nearest to the true means of its pixels.
    So that none is torn at the border, a whole number of boxes fills the height: those of whole pixels are summed up
    faster, so they may be up to a half smaller; where none of these fits, a box has parts of pixels.
    """
    most = max(1, int(height / math.pi / camera.focal_px / 2))
    whole = (box for box in range(most, most // 2, -1) if height % box == 0)
    return next(whole, height / math.ceil(height / most))


def pack(panorama: NDArray[np.generic], box: float = 1) -> PackedPanorama:
    """A panorama (H, 2H, 3), uint8 or float32, made ready.

    Raises:
        ValueError: its shape is not that of a panorama, or no whole number of boxes fills it.
    """
    height, width = panorama.shape[:2]
    return pack_strips(lambda first, last: panorama[first:last], height, width, box, panorama.dtype)


def pack_strips(read: Strip, height: int, width: int, box: float, dtype: np.dtype) -> PackedPanorama:
    """A panorama made ready that is read a few rows at a time, as a large one should be.

    Raises:
        ValueError: its shape is not that of a panorama, or no whole number of boxes fills it.
    """
    rows = round(height / box)
    if width != 2 * height or not math.isclose(rows * box, height):
        raise ValueError(f"a panorama is twice as wide as high and a multiple of {box} px, not {width} x {height}")
    sums = np.zeros((rows + 2, 2 * rows + 2, CHANNELS), _sum_type(dtype, box))
    step = max(1, int(STRIP_BYTES / (3 * width * box * dtype.itemsize)))
    for first in range(0, rows, step):
        last = min(first + step, rows)
        target = sums[1 + first : 1 + last, 1:-1]
        if isinstance(box, int):
            _add_boxes(read(first * box, last * box), box, target)
        else:
            _add_parts(read, np.arange(first, last + 1) * box, np.arange(2 * rows + 1) * box, target)
    _go_around(sums)
    return PackedPanorama(sums, box)


def _sum_type(dtype: np.dtype, box: float) -> type:
    if dtype == np.uint8 and isinstance(box, int) and box <= 16:
        return np.uint8 if box == 1 else np.uint16
    return np.float32


def _add_boxes(strip: NDArray[np.generic], box: int, sums: NDArray[np.generic]) -> None:
    """The sums over boxes of a strip (rows * box, W, 3), written to (rows, W / box, 3 or 4)."""
    if box == 1:
        sums[..., :3] = strip
        return
    rows, width = len(strip) // box, strip.shape[1]
    lines = strip.reshape(rows, box, width * 3)
    total = lines[:, 0].astype(sums.dtype)
    for line in range(1, box):
        np.add(total, lines[:, line], out=total)
    for channel in range(3):
        target = sums[..., channel]
        np.add(total[:, channel :: 3 * box], total[:, channel + 3 :: 3 * box], out=target)
        for column in range(2, box):
            np.add(target, total[:, channel + 3 * column :: 3 * box], out=target)


def _add_parts(read: Strip, lines: Edges, columns: Edges, sums: NDArray[np.generic]) -> None:
    """The sums over boxes between these lines and columns, in pixels, written to (rows, columns, 3 or 4)."""
    first, last = math.floor(lines[0]), math.ceil(lines[-1] - 1e-6)  # no row for what was lost in rounding
    strip = read(first, last)
    rows = np.stack([_between_lines(strip, top, bottom) for top, bottom in pairwise(lines - first)])
    whole = np.minimum(columns.astype(int), strip.shape[1] - 1)
    cut = (columns - whole).astype(np.float32)[:, None] * rows[:, whole]  # what lies before an edge of the pixel there
    totals = np.add.reduceat(rows, whole[:-1], axis=1)
    totals[:, -1] -= rows[:, -1]  # the last ends beyond its edge's pixel, the others before
    sums[..., :3] = totals + np.diff(cut, axis=1)


def _between_lines(strip: NDArray[np.generic], top: float, bottom: float) -> NDArray[np.float32]:
    """The sum of a strip's rows from one line to another, (W, 3); of a row that is cut in two, its part."""
    first, last = math.floor(top), min(math.ceil(bottom), len(strip))
    row = np.arange(first, last)
    share = np.minimum(row + 1, bottom) - np.maximum(row, top)
    rows = strip[first:last].astype(np.float32).reshape(len(row), -1)
    return (share.astype(np.float32) @ rows).reshape(-1, 3)


def _go_around(sums: NDArray[np.generic]) -> None:
    width = sums.shape[1] - 2
    sums[0, 1:-1] = np.roll(sums[1, 1:-1], width // 2, axis=0)
    sums[-1, 1:-1] = np.roll(sums[-2, 1:-1], width // 2, axis=0)
    sums[:, 0], sums[:, -1] = sums[:, -2], sums[:, 1]
