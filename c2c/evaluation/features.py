"""Features of a set of saved pictures, with what identifies the set, for any number of pictures.

Threads read and hash the next batches while the network looks at one. What is held at a time is a few batches, and the
features: in memory while they are few, else in a file that is mapped into memory.
"""

import os
import tempfile
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cached_property, partial
from pathlib import Path
from typing import IO, TypeVar

import numpy as np
import torch
from torch import Tensor, nn

from c2c.errors import ScoreError
from c2c.evaluation import cache
from c2c.evaluation.pictures import (
    CODEC,
    common_form,
    contents_sha256,
    in_words,
    pixels_sha256,
    read_picture,
)
from c2c.evaluation.sums import FeatureSums
from c2c.models.features import FeatureNetwork
from c2c.training import processes

T = TypeVar("T")
R = TypeVar("R")
Looked = tuple[Tensor, list[str]]  # the features (N, D) and the hash of each picture of a batch

BATCH = 8  # the fastest on a CPU
BATCH_CUDA = 64
READERS_CUDA = 16  # threads that read; beside a network on the CPU, a quarter of its threads are plenty
MOST_PIXELS = 1 << 24  # of a batch; larger pictures come fewer at a time
HELD_BYTES = 1 << 28  # features beyond this go into a file


@dataclass(frozen=True)
class SetFeatures:
    """A set of pictures as a network sees it."""

    folder: Path  # where the first of them lies, for messages
    features: Tensor  # (N, D) float32 on the CPU, perhaps mapped from a file
    size: tuple[int, int]  # width and height of every picture
    sha256: str  # of all pixels, whatever the names and the order
    codec: str = CODEC
    kept: Path | None = field(default=None, compare=False)  # its entry in the cache

    @property
    def n(self) -> int:
        """How many pictures."""
        return len(self.features)

    @cached_property
    def sums(self) -> FeatureSums:
        """The mean and the covariance of the features; of a set in the cache they are kept beside it."""
        found = cache.find_sums(self.kept, self.features) if self.kept else None
        if found is None:
            found = FeatureSums.of(self.features)
            if self.kept:
                cache.store_sums(self.kept, found)
        return found


def features_of(
    paths: Sequence[Path], network: FeatureNetwork, together: bool = False, cached: bool = False, jpeg: bool = False
) -> SetFeatures:
    """The features of saved pictures, in the order of `paths`.

    Args:
        paths: of the pictures.
        network: what looks at them.
        together: every process calls this with the same paths, and each looks at its share of them.
        cached: take them from `c2c.evaluation.cache` where these very files were seen before, and keep them there.
        jpeg: take JPEG too; it is stated in `codec`.

    Raises:
        ScoreError: there is none, one cannot be used, sizes or codecs differ, or a feature is not a finite number.
    """
    request = cache.request_for(paths, network, jpeg) if cached else None
    kept = cache.find(request) if request else None
    if together and not all(processes.gather(kept is not None)):
        kept = None  # all processes look, or none does
    if kept is not None:
        return SetFeatures(paths[0].parent, kept.features, kept.size, kept.sha256, kept.codec, kept.folder)
    size, codec = common_form(paths, jpeg)
    batches = _batches(paths, _batch_of(size, network))
    look = partial(_look, network=network, size=size, jpeg=jpeg)
    if together and processes.world() > 1:
        from c2c.evaluation.sharing import look_together  # torchmetrics takes seconds to import

        looked = look_together(batches, network.dims, look)
    else:
        looked = look(batches)
    digests: list[str] = []
    with _Rows(len(paths)) as rows:
        for found, hashes in looked:
            rows.append(found)
            digests += hashes
        features = rows.whole()
    entry = None
    if request is not None and processes.is_first():
        entry = cache.store(request, cache.Seen(features, size, codec, digests))
    if cached and together:
        entry = processes.gather(entry)[0]
    return SetFeatures(paths[0].parent, features, size, contents_sha256(digests), codec, entry)


def _batch_of(size: tuple[int, int], network: FeatureNetwork) -> int:
    """How many pictures of a size the network looks at together."""
    return max(1, min(BATCH_CUDA if _on_cuda(network) else BATCH, MOST_PIXELS // max(1, size[0] * size[1])))


def _batches(items: Sequence[T], size: int) -> list[list[T]]:
    return [list(items[start : start + size]) for start in range(0, len(items), size)]


def _on_cuda(network: FeatureNetwork) -> bool:
    return isinstance(network, nn.Module) and any(parameter.is_cuda for parameter in network.parameters())


def _look(
    batches: Iterable[list[Path]], network: FeatureNetwork, size: tuple[int, int], jpeg: bool
) -> Iterator[Looked]:
    """The features and hashes of each batch."""
    cuda = _on_cuda(network)
    threads = min(READERS_CUDA, os.cpu_count() or 1) if cuda else max(1, torch.get_num_threads() // 4)
    for batch, pictures, digests in _ahead(partial(_read, size=size, jpeg=jpeg, pinned=cuda), batches, threads):
        rows = network(pictures).float().cpu()
        if rows.ndim != 2 or len(rows) != len(batch):
            raise ScoreError(f"{network.name} gives {tuple(rows.shape)} for {len(batch)} pictures, not one row each.")
        if not rows.isfinite().all():
            wrong = batch[int((~rows.isfinite()).any(1).nonzero()[0])]
            raise ScoreError(f"{network.name} gives values that are not finite numbers for {wrong}.")
        yield rows, digests


def _read(batch: list[Path], size: tuple[int, int], jpeg: bool, pinned: bool) -> tuple[list[Path], Tensor, list[str]]:
    """A batch as it is on disk: its pictures, uint8 (N, 3, H, W), and the hash of each."""
    pixels, digests = [], []
    for path in batch:
        picture = read_picture(path, jpeg)
        if picture.shape[1:] != size[::-1]:
            raise ScoreError(f"{path} was {in_words(size)} a moment ago and is no more; score it when it is finished.")
        pixels.append(picture.permute(1, 2, 0).numpy())
        digests.append(pixels_sha256(picture))
    # Stacked by numpy, because torch would ask its own threads for help; as (N, H, W, 3), the layout of the files, in
    # which nothing is turned round and the network's resize takes a quarter less.
    pictures = torch.from_numpy(np.stack(pixels))
    return batch, (pictures.pin_memory() if pinned else pictures).permute(0, 3, 1, 2), digests


def _ahead(work: Callable[[T], R], items: Iterable[T], threads: int) -> Iterator[R]:
    """What `work` makes of each item, in order, while threads are at most two items each ahead."""
    with ThreadPoolExecutor(threads) as pool:
        under_way: deque[Future[R]] = deque()
        try:
            for item in items:
                under_way.append(pool.submit(work, item))
                if len(under_way) > 2 * threads:
                    yield under_way.popleft().result()
            while under_way:
                yield under_way.popleft().result()
        finally:
            for future in under_way:
                future.cancel()


class _Rows:
    """N rows that come in order: in one piece of memory where they are few, else in a file that nobody else sees.

    Tensors that were kept one by one would lie between what the network leaves behind, and the memory would grow with
    every batch although most of it is free.
    """

    def __init__(self, n: int) -> None:
        self._n, self._done = n, 0
        self._held: Tensor | None = None
        self._file: IO[bytes] | None = None

    def __enter__(self) -> "_Rows":
        return self

    def __exit__(self, *_: object) -> None:
        if self._file is not None:
            self._file.close()  # what was mapped from it stays

    def append(self, rows: Tensor) -> None:
        if not self._done:
            self._begin(rows.shape[1])
        if self._file is not None:
            rows.numpy().tofile(self._file)
        elif self._held is not None:
            self._held[self._done : self._done + len(rows)] = rows
        self._done += len(rows)

    def _begin(self, dims: int) -> None:
        if self._n * dims * 4 <= HELD_BYTES:
            self._held = torch.empty(self._n, dims)
        else:
            self._file = tempfile.TemporaryFile()  # noqa: SIM115 -- closed at the end of the with

    def whole(self) -> Tensor:
        """All rows (N, D)."""
        if self._file is not None:
            self._file.flush()
            mapped = np.memmap(self._file, np.float32, mode="c")
            return torch.from_numpy(mapped.reshape(self._n, -1))
        assert self._held is not None  # there is a picture
        return self._held
