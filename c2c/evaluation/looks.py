"""What is kept of each picture of two folders to tell them apart, and which pictures belong together."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from c2c.data.duplicates import Grey, joined
from c2c.data.leaks import Related
from c2c.data.pictures import glance_at, read_picture
from c2c.data.splits import natural_key
from c2c.data.transforms import test_view
from c2c.data.walk import find_pictures
from c2c.errors import NoPictures, PictureError
from c2c.evaluation.separability import FOLDS
from c2c.models.features import FeatureNetwork
from c2c.records import Skipped

BATCH = 8  # the fastest on a CPU
CHAIN = 10  # alike pictures up to which they stay together, however few there are


@dataclass(frozen=True)
class Look:
    """What is kept of one picture."""

    path: str
    features: Tensor  # (D,)
    colour: Tensor  # (3,), mean RGB
    file: Tensor  # (3,), log width, log height, log bytes a pixel
    grey: Grey


def listed(folder: Path) -> tuple[list[str], list[Skipped]]:
    """The paths of a folder's pictures, and what could not be listed.

    Raises:
        NoPictures: the folder is missing, or holds none.
    """
    if not folder.is_dir():
        raise NoPictures(f"There is no folder {folder}. Name two folders of JPEG, PNG or WebP pictures.")
    found, skipped = find_pictures(folder)
    if not found:
        raise NoPictures(f"{folder} holds no JPEG, PNG or WebP pictures.")
    return [file.path for file in found], skipped


def look_at(
    folder: Path, paths: Sequence[str], network: FeatureNetwork, size: int, progress: Callable[[int], object]
) -> tuple[list[Look], list[Skipped]]:
    """What is kept of every picture that can be read, and those that cannot.

    Args:
        folder: where they are.
        paths: of the pictures, relative to it.
        network: what turns pictures into features.
        size: side in pixels at which pictures are looked at.
        progress: called with how many were.
    """
    seen, skipped = [], []
    waiting: list[tuple[str, Tensor, Tensor, Grey]] = []

    def flush() -> None:
        if not waiting:
            return
        rows = network(torch.stack([view for _, view, _, _ in waiting])).float().cpu()
        for (path, view, file, grey), row in zip(waiting, rows, strict=True):
            seen.append(Look(path, row, view.double().mean((1, 2)), file, grey))
        waiting.clear()

    for number, path in enumerate(paths, start=1):
        try:
            width, height, grey = glance_at(folder / path)
            view = test_view(read_picture(folder / path, at_least=2 * size), size)
        except PictureError as error:
            skipped.append(Skipped(path, str(error).removeprefix(f"{folder / path}: ")))
        else:
            weight = (folder / path).stat().st_size / (width * height)
            file = torch.tensor([math.log(width), math.log(height), math.log(weight)])
            waiting.append((path, torch.from_numpy(view).permute(2, 0, 1), file, grey))
        if len(waiting) == BATCH:
            flush()
        progress(number)
    flush()
    return seen, skipped


def groups_of(labelled: Sequence[str], is_b: Sequence[bool], pairs: Sequence[Related]) -> tuple[list[int], int]:
    """The group of every picture, and how many pictures hang together in chains that had to be cut.

    A chain of more pictures than a fold may hold is cut into blocks of neighbours, half a fold each: neighbours meet at
    the ends of blocks only.
    """
    groups, cut = joined(len(labelled), [(pair.a, pair.b) for pair in pairs]), 0
    for of_b in (False, True):
        members: dict[int, list[int]] = {}
        for number, group in enumerate(groups):
            if is_b[number] == of_b:
                members.setdefault(group, []).append(number)
        fold = sum(map(len, members.values())) / FOLDS
        for chain in members.values():
            if len(chain) > max(fold, CHAIN):
                cut += len(chain)
                chain.sort(key=lambda number: natural_key(labelled[number]))
                block = math.ceil(fold / 2)
                for start in range(0, len(chain), block):
                    for number in chain[start : start + block]:
                        groups[number] = len(labelled) + chain[start]
    return groups, cut
