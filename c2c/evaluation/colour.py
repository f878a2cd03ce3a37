"""The translation that anyone gets for free: colours moved so that one city's have the mean and spread of another's.

The linear map of RGB values that turns a Gaussian of the source's colours into one of the target's and moves colours as
little as it can: the Monge-Kantorovich map, Pitié and Kokaram 2007, https://doi.org/10.1049/cp:20070055, section 4.3.
An approach that is no better than this has learnt colours and nothing else.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

STEP = 4  # every so many pixels, each way: colours of neighbours are alike
SMALLEST = 1e-3  # variance of a colour axis, so that grey pictures can be mapped too

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class ColourMap:
    """A linear map of RGB values, 0 to 255."""

    source_mean: Floats  # (3,)
    matrix: Floats  # (3, 3), symmetric
    target_mean: Floats  # (3,)

    def __call__(self, picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """A picture (H, W, 3) in the target's colours; what leaves the range is cut off."""
        moved = (picture - self.source_mean) @ self.matrix + self.target_mean
        return np.clip(np.rint(moved), 0, 255).astype(np.uint8)


def colour_map(source: Iterable[NDArray[np.uint8]], target: Iterable[NDArray[np.uint8]]) -> ColourMap:
    """The map from the colours of some pictures (H, W, 3) to those of others."""
    mean_a, covariance_a = _colours(source)
    mean_b, covariance_b = _colours(target)
    root = _power(covariance_a, 0.5)
    inverse = _power(covariance_a, -0.5)
    return ColourMap(mean_a, inverse @ _power(root @ covariance_b @ root, 0.5) @ inverse, mean_b)


def _colours(pictures: Iterable[NDArray[np.uint8]]) -> tuple[Floats, Floats]:
    values = np.concatenate([picture[::STEP, ::STEP].reshape(-1, 3) for picture in pictures]).astype(np.float64)
    return values.mean(0), np.cov(values, rowvar=False) + SMALLEST * np.eye(3)


def _power(symmetric: Floats, exponent: float) -> Floats:
    values, vectors = np.linalg.eigh(symmetric)
    return (vectors * np.maximum(values, SMALLEST**2) ** exponent) @ vectors.T
