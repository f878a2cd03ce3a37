"""Which pictures are nearly the same: recompressed, resized, brightened, slightly cropped, or taken from one spot.

Two steps. A hash of the picture and of its inner part finds candidates among all pairs at once. Each candidate is then
laid over its partner, in several sizes and places, and the fine structure of the two is correlated: different streets
share the layout of sky, walls and ground, which the hash sees, but not the structure.

The hash is a difference hash: 8 x 8 bits, set where a picture gets brighter from left to right. It is after
https://www.hackerfactor.com/blog/index.php?/archives/529-Kind-of-Like-That.html
"""

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray
from PIL import Image
from PIL.Image import Resampling

Grey = NDArray[np.uint8]
Floats = NDArray[np.float32]
Words = NDArray[np.uint64]

BITS = 64
INNER = 0.88  # of either side: the part that is hashed a second time, so that a picture meets its crop
CANDIDATE_BITS = 16  # that may differ; unrelated pictures differ in about 32
OVERLAY_PX = 32  # side at which pictures are laid over each other
ZOOMS = (1.0, 0.95, 0.9, 0.85)  # of either side: the crops that are tried
STRUCTURE_PX = 4  # what is coarser than this is taken away before the correlation
FLAT_LEVELS = 0.5  # standard deviation of the structure, of 255, below which there is none
SAME = 0.76  # correlation of structure from which two pictures are nearly the same
ROWS = 1024  # of the table of all pairs that are compared at once


class Near(NamedTuple):
    """Two pictures that are nearly the same, by their numbers, a before b."""

    a: int
    b: int
    likeness: float  # correlation of their fine structure, from SAME to 1


def picture_hash(grey: Grey) -> str:
    """The hashes of a grey picture (H, W) and of its inner part, as 32 hexadecimal digits."""
    image = Image.fromarray(grey)
    width, height = image.size
    left, top = width * (1 - INNER) / 2, height * (1 - INNER) / 2
    inner = (left, top, width - left, height - top)
    return "".join(_difference_hash(image, box) for box in ((0, 0, width, height), inner))


def words_of(hashes: Sequence[str]) -> Words:
    """Hashes as numbers to count with, (N, 2): of the whole and of the inner part."""
    return np.frombuffer(bytes.fromhex("".join(hashes)), ">u8").astype(np.uint64).reshape(-1, 2)


def bits_apart(a: Words, b: Words) -> NDArray[np.uint8]:
    """How many of 64 bits differ, (...): the least of whole to whole, whole to inner and inner to whole.

    Args:
        a: (..., 2), by `words_of`.
        b: the same, or of a shape that goes with it.
    """
    ways = ((0, 0), (0, 1), (1, 0))
    return np.min([np.bitwise_count(a[..., i] ^ b[..., j]) for i, j in ways], axis=0)


def near_duplicates(
    hashes: Sequence[str],
    grey_of: Callable[[int], Grey],
    sides: Sequence[str] | None = None,
) -> list[Near]:
    """Every pair of pictures that are nearly the same, in order.

    Args:
        hashes: of the pictures, by `picture_hash`.
        grey_of: gives a picture's small grey version by its number; asked only for candidates, once each.
        sides: a name for each picture; then only pairs of different names are looked at.
    """
    partners: dict[int, list[int]] = {}
    for a, b in _candidates(hashes, sides):
        partners.setdefault(a, []).append(b)
        partners.setdefault(b, []).append(a)
    greys = {number: grey_of(number) for number in partners}
    flat = {number: _structures(grey, OVERLAY_PX)[0] for number, grey in greys.items()}
    likeness: dict[tuple[int, int], float] = {}
    for number, others in partners.items():
        crops = np.concatenate([_structures(greys[number], round(OVERLAY_PX / zoom)) for zoom in ZOOMS])
        best = (crops @ np.stack([flat[other] for other in others]).T).max(axis=0)
        for other, value in zip(others, best.tolist(), strict=True):
            pair = (min(number, other), max(number, other))
            likeness[pair] = max(value, likeness.get(pair, -1.0))
    return sorted(Near(*pair, round(min(value, 1.0), 3)) for pair, value in likeness.items() if value >= SAME)


def joined(count: int, pairs: Sequence[tuple[int, int]]) -> list[int]:
    """The number of the first member of each one's group, where pairs are of one group and so are their partners'.

    `joined(4, [(1, 3)])` is [0, 1, 2, 1].
    """
    first = list(range(count))

    def root(number: int) -> int:
        while first[number] != number:
            first[number] = first[first[number]]
            number = first[number]
        return number

    for a, b in pairs:
        low, high = sorted((root(a), root(b)))
        first[high] = low
    return [root(number) for number in range(count)]


def _candidates(hashes: Sequence[str], sides: Sequence[str] | None) -> Iterator[tuple[int, int]]:
    words = words_of(hashes)
    for start in range(0, len(hashes), ROWS):
        close = bits_apart(words[start : start + ROWS, None], words[None]) <= CANDIDATE_BITS
        for row, column in np.argwhere(close).tolist():
            a = start + row
            if a < column and (sides is None or sides[a] != sides[column]):
                yield a, column


def _difference_hash(image: Image.Image, box: tuple[float, float, float, float]) -> str:
    small = np.asarray(image.resize((9, 8), Resampling.BILINEAR, box=box)).astype(np.int16)
    return np.packbits(small[:, 1:] > small[:, :-1]).tobytes().hex()


def _structures(grey: Grey, side: int) -> Floats:
    """The fine structure of every crop of OVERLAY_PX of a picture resized to `side`, (crops, pixels), of unit length.

    A crop without structure is zero: it is like nothing.
    """
    small = np.asarray(Image.fromarray(grey).resize((side, side), Resampling.BILINEAR), np.float32)
    around = np.pad(small, STRUCTURE_PX, mode="edge")
    window = 2 * STRUCTURE_PX + 1
    fine = small - sliding_window_view(around, (window, window)).mean((2, 3))
    crops = sliding_window_view(fine, (OVERLAY_PX, OVERLAY_PX)).reshape(-1, OVERLAY_PX**2)
    crops = crops - crops.mean(1, keepdims=True)
    length = np.sqrt((crops**2).sum(1, keepdims=True))
    return np.where(length > FLAT_LEVELS * OVERLAY_PX, crops / np.maximum(length, 1e-6), 0)
