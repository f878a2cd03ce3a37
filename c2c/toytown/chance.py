"""Chance without a library's generator: integer hashes, so that a seed means the same town on any machine."""

import hashlib
from collections.abc import Sequence
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

T = TypeVar("T")
Floats = NDArray[np.floating]  # float32 throughout

MASK = (1 << 64) - 1
FACTORS = (0x9E3779B1, 0x85EBCA77, 0xC2B2AE3D, 0x27D4EB2F, 0x165667B1)


def mixed(*parts: int | str) -> int:
    """A seed of 63 bits made from names and numbers."""
    digest = hashlib.blake2b("/".join(map(str, parts)).encode(), digest_size=8).digest()
    return int.from_bytes(digest, "little") >> 1


class Draws:
    """A stream of draws from one seed.

    Source: SplitMix64, Steele, Lea and Flood 2014, https://doi.org/10.1145/2660193.2660195
    """

    def __init__(self, *parts: int | str) -> None:
        self.state = mixed(*parts)

    def bits(self) -> int:
        """The next 64 bits."""
        self.state = (self.state + 0x9E3779B97F4A7C15) & MASK
        z = self.state
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
        return z ^ (z >> 31)

    def uniform(self, low: float = 0.0, high: float = 1.0) -> float:
        """A number in [low, high)."""
        return low + (high - low) * ((self.bits() >> 11) / (1 << 53))

    def integer(self, low: int, high: int) -> int:
        """A whole number in [low, high]."""
        return low + self.bits() % (high - low + 1)

    def chance(self, probability: float) -> bool:
        """True with this probability."""
        return self.uniform() < probability

    def choice(self, options: Sequence[T]) -> T:
        """One of the options."""
        return options[self.bits() % len(options)]


def hash01(*keys: NDArray[np.integer] | int) -> Floats:
    """One number in [0, 1) for each element, from at most five integer keys that broadcast to one shape."""
    return _scattered(_joined(*keys))


def noise(x: Floats, y: Floats, seed: NDArray[np.integer] | int = 0) -> Floats:
    """Smooth noise in [0, 1) with one bump for each unit of x and y."""
    column, row = np.floor(x), np.floor(y)
    across, up = _eased(x - column), _eased(y - row)
    here = _joined(column.astype(np.int32), row.astype(np.int32), seed)
    right, above = np.uint32(FACTORS[0]), np.uint32(FACTORS[1])
    low = _between(_scattered(here), _scattered(here + right), across)
    here += above
    high = _between(_scattered(here), _scattered(here + right), across)
    return _between(low, high, up)


def _joined(*keys: NDArray[np.integer] | int) -> NDArray[np.uint32]:
    """One integer for each element: the keys times odd factors, summed modulo 2**32."""
    total = np.full(np.broadcast_shapes(*(np.shape(key) for key in keys)), 0x2545F491, np.uint32)
    for key, factor in zip(keys, FACTORS, strict=False):
        if isinstance(key, int):
            total += np.uint32(key * factor & 0xFFFFFFFF)
        else:
            total += np.asarray(key).astype(np.uint32, copy=False) * np.uint32(factor)
    return total


def _scattered(h: NDArray[np.uint32]) -> Floats:
    """A number in [0, 1) for each integer, unlike those of its neighbours.

    Source: the finaliser of MurmurHash3, https://github.com/aappleby/smhasher
    """
    h = h ^ (h >> np.uint32(16))
    h *= np.uint32(0x85EBCA6B)
    h ^= h >> np.uint32(13)
    h *= np.uint32(0xC2B2AE35)
    h >>= np.uint32(8)
    return h.astype(np.float32) * (1 / (1 << 24))


def _eased(part: Floats) -> Floats:
    return part * part * (3 - 2 * part)


def _between(a: Floats, b: Floats, part: Floats) -> Floats:
    return a + (b - a) * part
