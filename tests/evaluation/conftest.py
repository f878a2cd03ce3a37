"""Pictures on disk, and a feature network that can be worked out by hand."""

import numpy as np
import pytest
import torch
from PIL import Image


class MeanColours:
    """Twelve features: the mean colours of a picture's quarters, in [0, 1]."""

    name = "mean colours"
    weights_sha256 = "0" * 64
    size_px = 2
    dims = 12
    resize = "means of quarters"

    def __call__(self, images):
        return torch.nn.functional.adaptive_avg_pool2d(images.float() / 255, 2).flatten(1)


@pytest.fixture
def colours():
    return MeanColours()


@pytest.fixture
def draw(tmp_path):
    """A function that writes random pictures into a folder and returns their paths."""

    def write(folder, count, size=(32, 24), seed=0, shift=0):
        generator = np.random.default_rng(seed)
        (tmp_path / folder).mkdir(exist_ok=True)
        paths = []
        for index in range(count):
            coarse = Image.fromarray(generator.integers(0, 156, (4, 4, 3), dtype=np.uint8) + np.uint8(shift))
            paths.append(tmp_path / folder / f"{index:03d}.png")
            coarse.resize(size, Image.Resampling.BILINEAR).save(paths[-1])
        return paths

    return write


@pytest.fixture
def write_depth(tmp_path):
    """A function that writes a depth map in metres and returns its path."""

    def write(name, metres):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        Image.fromarray((np.asarray(metres, dtype=np.float64) * 256).round().astype(np.uint16)).save(path)
        return path

    return write
