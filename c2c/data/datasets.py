"""Pictures as batches of tensors, as a sampler draws them for training.

Tensors are float32: images (3, H, W) in [-1, 1], depth as a code (2, H, W), see `c2c.data.depth_code`.
"""

from collections.abc import Callable, Hashable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import DataLoader, Dataset, get_worker_info

from c2c.data import transforms
from c2c.data.depth_code import DepthCode
from c2c.data.manifest import Manifest
from c2c.data.pictures import read_depth, read_picture
from c2c.data.samplers import PairedDraw, PairedSampler, UnpairedDraw, UnpairedSampler
from c2c.errors import TooFewImages

GIB = 2**30


class UnpairedBatch(NamedTuple):
    """Pictures of two cities that have nothing to do with each other, each (N, 3, H, W); a sample has no N."""

    real_a: Tensor
    real_b: Tensor


class DepthBatch(NamedTuple):
    """Pictures (N, 3, H, W) and the code of their depth (N, 2, H, W); a sample has no N."""

    picture: Tensor
    depth: Tensor


class UnpairedImages(Dataset[UnpairedBatch]):
    """A training picture of city A beside one of city B; the seeded sampler decides which two meet.

    Args:
        manifest_a, manifest_b: the cities; their "train" split is used.
        size: side of the crops in pixels.
        jitter: a picture's short side over `size`, before the crop.
        cache_bytes: how much of the resized pictures may be kept in memory, all workers together.

    Raises:
        TooFewImages: a city has no training picture.
    """

    def __init__(
        self,
        manifest_a: Manifest,
        manifest_b: Manifest,
        size: int,
        jitter: float = transforms.JITTER,
        cache_bytes: int = GIB,
    ) -> None:
        self.size, self.jitter = size, jitter
        self.domain_a, self.domain_b = _training_paths(manifest_a), _training_paths(manifest_b)
        self._cache = _Cache(cache_bytes)

    def __getitem__(self, index: UnpairedDraw) -> UnpairedBatch:
        return UnpairedBatch(
            self._view(self.domain_a[index.index_a], index.view_a),
            self._view(self.domain_b[index.index_b], index.view_b),
        )

    def _view(self, path: Path, view: transforms.TrainDraw) -> Tensor:
        return to_tensor(transforms.crop(self._cache.get(path, lambda: self._read(path)), self.size, view))

    def _read(self, path: Path) -> np.ndarray:
        twice = 2 * round(self.size * self.jitter)  # the rest of the reduction is the antialiased resize's
        return transforms.training_size(read_picture(path, at_least=twice), self.size, self.jitter)


class DepthPairs(Dataset[DepthBatch]):
    """A training picture with its depth, cropped and flipped alike; pictures without depth are passed over.

    Args:
        manifest: the city; its "train" split is used.
        size: side of the crops in pixels.
        code: how depth becomes two channels.
        jitter: a picture's short side over `size`, before the crop.
        cache_bytes: how much of the resized pictures and depth may be kept in memory, all workers together.

    Raises:
        TooFewImages: the city has no training picture with depth.
    """

    def __init__(
        self,
        manifest: Manifest,
        size: int,
        code: DepthCode,
        jitter: float = transforms.JITTER,
        cache_bytes: int = GIB,
    ) -> None:
        self.size, self.code, self.jitter, self.depth_scale = size, code, jitter, manifest.depth_scale
        self.pairs = [
            (manifest.path_of(entry), depth)
            for entry in manifest.split("train")
            if (depth := manifest.depth_path_of(entry)) is not None
        ]
        if not self.pairs:
            raise TooFewImages(manifest.root, 0, 1, "training on depth (rgb/ beside depth/)")
        self._cache = _Cache(cache_bytes)

    def __len__(self) -> int:
        return len(self.pairs)

    def __getitem__(self, index: PairedDraw) -> DepthBatch:
        picture_path, depth_path = self.pairs[index.index]
        picture = self._cache.get(picture_path, lambda: self._read(picture_path))
        depth = self._cache.get(depth_path, lambda: self._read_depth(depth_path))
        metres = torch.from_numpy(transforms.crop(depth, self.size, index.view).copy())[None, None]
        return DepthBatch(to_tensor(transforms.crop(picture, self.size, index.view)), self.code.encode(metres)[0])

    def _read(self, path: Path) -> np.ndarray:
        return transforms.training_size(read_picture(path), self.size, self.jitter)

    def _read_depth(self, path: Path) -> np.ndarray:
        return transforms.training_size_depth(read_depth(path, self.depth_scale), self.size, self.jitter)


def loader(
    dataset: UnpairedImages | DepthPairs,
    sampler: UnpairedSampler | PairedSampler,
    start_step: int,
    stop_step: int,
    workers: int = 0,
    share: Callable[[list[Any]], list[Any]] = list,
    pinned: bool = False,
) -> Iterator[Any]:
    """The batches of the steps from `start_step` to before `stop_step`, the same with any number of workers.

    Torch's own chance is left untouched. `share` picks this process's part of a batch; `pinned`
    puts it where a GPU can fetch it while something else goes on.
    """
    batches = DataLoader(
        dataset,
        batch_sampler=(share(draws) for draws in sampler.from_step(start_step, stop_step)),
        num_workers=workers,
        pin_memory=pinned,
        generator=torch.Generator(),  # else every loader would draw a number from the global one
    )
    return iter(batches)


def to_tensor(picture: np.ndarray) -> Tensor:
    """A picture (H, W, 3) uint8 as float32 (3, H, W) in [-1, 1]."""
    return torch.from_numpy(np.ascontiguousarray(picture.transpose(2, 0, 1))).float() / 127.5 - 1


def to_uint8(image: Tensor) -> np.ndarray:
    """An image (3, H, W) in [-1, 1] as (H, W, 3) uint8, rounded to the nearest; values beyond are clipped.

    Raises:
        ValueError: the image holds NaN, which has no colour.
    """
    if torch.isnan(image).any():
        raise ValueError("the image holds NaN; the network that made it has diverged")
    levels = ((image.detach().float() + 1) * 127.5).round().clamp(0, 255)
    return levels.to(torch.uint8).permute(1, 2, 0).contiguous().cpu().numpy()


class _Cache:
    """Arrays kept until a bound of bytes is reached; what came first stays, for every epoch asks for all again.

    Each worker has its own cache and its share of the bound.
    """

    def __init__(self, bytes_bound: int) -> None:
        self.bytes_bound = bytes_bound
        self.bytes_used = 0
        self._kept: dict[Hashable, np.ndarray] = {}

    def get(self, key: Hashable, make: Callable[[], np.ndarray]) -> np.ndarray:
        """The array kept under a key, made where it is not."""
        if key in self._kept:
            return self._kept[key]
        made = make()
        worker = get_worker_info()
        if self.bytes_used + made.nbytes <= self.bytes_bound // (worker.num_workers if worker else 1):
            self._kept[key] = made
            self.bytes_used += made.nbytes
        return made


def _training_paths(manifest: Manifest) -> list[Path]:
    entries = manifest.split("train")
    if not entries:
        raise TooFewImages(manifest.root, 0, 1, "training")
    return [manifest.path_of(entry) for entry in entries]
