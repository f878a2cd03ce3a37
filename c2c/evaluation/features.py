"""Features of a set of saved pictures, with what identifies the set."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import torch
from torch import Tensor

from c2c.errors import ScoreError
from c2c.evaluation.pictures import common_size, contents_sha256, picture_size, pixels_sha256, read_picture
from c2c.models.features import FeatureNetwork
from c2c.training import processes

T = TypeVar("T")
BATCH = 8  # the fastest on a CPU


@dataclass(frozen=True)
class SetFeatures:
    """A set of pictures as a network sees it."""

    folder: Path  # where the first of them lies, for messages
    features: Tensor  # (N, D) float32 on the CPU
    size: tuple[int, int]  # width and height of every picture
    sha256: str  # of all pixels, whatever the names and the order

    @property
    def n(self) -> int:
        """How many pictures."""
        return len(self.features)


def features_of(paths: Sequence[Path], network: FeatureNetwork, together: bool = False) -> SetFeatures:
    """The features of saved pictures, in the order of `paths`.

    Args:
        paths: of the pictures.
        network: what looks at them.
        together: every process calls this with the same paths, and each looks at its share of them.

    Raises:
        ScoreError: there is none, one cannot be used, sizes differ, or a feature is not a finite number.
    """
    size = common_size((path, picture_size(path)) for path in paths)
    mine = processes.share(list(paths)) if together else list(paths)
    digests, rows = _look(mine, network)
    if together:
        digests, rows = _interleaved(processes.gather(digests)), _interleaved(processes.gather(rows))
    return SetFeatures(paths[0].parent, torch.stack(rows), size, contents_sha256(digests))


def _look(paths: list[Path], network: FeatureNetwork) -> tuple[list[str], list[Tensor]]:
    """The hash and the features (D,) of each picture."""
    digests: list[str] = []
    rows: list[Tensor] = []
    for start in range(0, len(paths), BATCH):
        batch = paths[start : start + BATCH]
        pictures = [read_picture(path) for path in batch]
        found = network(torch.stack(pictures)).float().cpu()
        if not found.isfinite().all():
            wrong = batch[int((~found.isfinite()).any(1).nonzero()[0])]
            raise ScoreError(f"{network.name} gives values that are not finite numbers for {wrong}.")
        digests += [pixels_sha256(picture) for picture in pictures]
        rows += found.unbind()
    return digests, rows


def _interleaved(shares: list[list[T]]) -> list[T]:
    """What was dealt out to the processes in turn, in its old order."""
    everything: list[Any] = [None] * sum(map(len, shares))
    for rank, share in enumerate(shares):
        everything[rank :: len(shares)] = share
    return everything
