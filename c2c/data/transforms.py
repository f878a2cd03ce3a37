"""What a network sees of a picture: a random crop and flip in training, always the same centre crop in tests.

All functions here are pure: chance comes in as a `TrainDraw`. Pictures are (H, W, 3) uint8 and are resized by
Pillow's bicubic filter, whose support grows with the reduction (it is antialiased; the CycleGAN reference uses the
same). Depth maps are (H, W) float32 metres and take the nearest pixel: a mean of near and far is a place that does
not exist.

Sources: City2City, section 4.1 (centre crop); Isola et al. 2017, section 6.2 (286 and a crop of 256),
https://arxiv.org/abs/1611.07004
"""

from typing import NamedTuple

import numpy as np
from PIL import Image
from PIL.Image import Resampling

JITTER = 286 / 256
MAX_ASPECT = 8  # of a picture longer than this, the middle is used: resizing a strip whole could fill the memory


class TrainDraw(NamedTuple):
    """One training view's chance: where the crop lies, and whether it is flipped."""

    u: float = 0.0  # [0, 1): from the leftmost crop to the rightmost
    v: float = 0.0  # [0, 1): from the topmost crop to the lowest
    flip: bool = False  # left and right swapped


def test_view(picture: np.ndarray, size: int) -> np.ndarray:
    """The centre square of a picture, resized to (size, size, 3) uint8."""
    return _resized(_centre_square(picture), size, size, Resampling.BICUBIC)


def test_view_depth(metres: np.ndarray, size: int) -> np.ndarray:
    """The centre square of a depth map, (size, size) float32; it lies over its picture's `test_view`."""
    return _resized(_centre_square(metres), size, size, Resampling.NEAREST)


def train_view(picture: np.ndarray, size: int, draw: TrainDraw, jitter: float = JITTER) -> np.ndarray:
    """A crop of a picture, (size, size, 3) uint8: the short side becomes size times jitter, and `draw` chooses."""
    return crop(training_size(picture, size, jitter), size, draw)


def train_view_depth(metres: np.ndarray, size: int, draw: TrainDraw, jitter: float = JITTER) -> np.ndarray:
    """A crop of a depth map, (size, size) float32; it lies over the `train_view` of its picture by the same draw."""
    return crop(training_size_depth(metres, size, jitter), size, draw)


def training_size(picture: np.ndarray, size: int, jitter: float = JITTER) -> np.ndarray:
    """The whole picture with its short side at round(size * jitter), (H, W, 3) uint8: what training crops from."""
    return _short_side(picture, round(size * jitter), Resampling.BICUBIC)


def training_size_depth(metres: np.ndarray, size: int, jitter: float = JITTER) -> np.ndarray:
    """The whole depth map with its short side at round(size * jitter), (H, W) float32."""
    return _short_side(metres, round(size * jitter), Resampling.NEAREST)


def crop(pixels: np.ndarray, size: int, draw: TrainDraw) -> np.ndarray:
    """The crop that `draw` chooses out of (H, W, ...) pixels, (size, size, ...), flipped if it says so."""
    height, width = pixels.shape[:2]
    top = int(draw.v * (height - size + 1))
    left = int(draw.u * (width - size + 1))
    cut = pixels[top : top + size, left : left + size]
    return cut[:, ::-1] if draw.flip else cut


def _centre_square(pixels: np.ndarray) -> np.ndarray:
    side = min(pixels.shape[:2])
    return _centre(pixels, side, side)


def _centre(pixels: np.ndarray, height: int, width: int) -> np.ndarray:
    top = (pixels.shape[0] - height) // 2
    left = (pixels.shape[1] - width) // 2
    return pixels[top : top + height, left : left + width]


def _short_side(pixels: np.ndarray, short: int, resampling: Resampling) -> np.ndarray:
    limit = MAX_ASPECT * min(pixels.shape[:2])
    pixels = _centre(pixels, min(pixels.shape[0], limit), min(pixels.shape[1], limit))
    height, width = pixels.shape[:2]
    scale = short / min(height, width)
    return _resized(pixels, round(height * scale), round(width * scale), resampling)


def _resized(pixels: np.ndarray, height: int, width: int, resampling: Resampling) -> np.ndarray:
    if pixels.shape[:2] == (height, width):
        return pixels
    return np.array(Image.fromarray(np.ascontiguousarray(pixels)).resize((width, height), resampling))
