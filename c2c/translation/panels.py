"""Translating a list of pictures into the panels of a gallery: one PNG a picture and panel, whole or not there."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor

from c2c.approaches import Approach, Direction
from c2c.data.datasets import to_uint8
from c2c.data.depth_code import DepthCode
from c2c.data.pictures import write_depth, write_picture
from c2c.recipe import Modality

SHORTEST_PX = 16  # that every network takes; a power of 2, so that it goes with every multiple
FAKE, RECONSTRUCTED, DEPTH, REAL, TRUTH = "fake", "reconstructed", "depth", "real", "truth"


@dataclass(frozen=True)
class Job:
    """One picture to translate."""

    stem: str
    load: Callable[[], Tensor]  # (3, H, W) in [-1, 1], or a depth code (2, H, W)


def translate_jobs(
    approach: Approach,
    direction: Direction,
    jobs: Iterable[Job],
    folder: Path,
    code: DepthCode,
    device: torch.device,
    done: Callable[[str], None] | None = None,
) -> None:
    """Write folder/<panel>/<stem>.png for each job; those that are all there are not made again.

    A picture of any size is taken: its sides are padded by reflection to what the network needs, and cropped back.
    """
    panels = approach.panels(direction)
    approach.networks.to(device).eval()
    for job in jobs:
        paths = {panel: folder / panel / f"{job.stem}.png" for panel in panels}
        if not all(path.is_file() for path in paths.values()):
            made = translate_one(approach, direction, job.load().to(device))
            for panel, path in paths.items():
                save_panel(path, made[panel], panels[panel], code)
        if done:
            done(job.stem)


@torch.inference_mode(False)
@torch.no_grad()
def translate_one(approach: Approach, direction: Direction, picture: Tensor) -> dict[str, Tensor]:
    """The panels of one picture, each (3, H, W) or (2, H, W) like the picture's sides, on the CPU."""
    height, width = picture.shape[1:]
    made = approach.translate(pad_to_multiple(picture[None], approach.multiple), direction)
    return {panel: value[0, :, :height, :width].float().cpu() for panel, value in made.items()}


@torch.inference_mode(False)
@torch.no_grad()
def generate_one(approach: Approach, direction: Direction, picture: Tensor) -> Tensor:
    """The translation of one picture alone, like the picture's sides, on the CPU: the way back is not gone."""
    height, width = picture.shape[1:]
    made = approach.generate(pad_to_multiple(picture[None], approach.multiple), direction)
    return made[0, :, :height, :width].float().cpu()


def pad_to_multiple(picture: Tensor, multiple: int) -> Tensor:
    """The picture (N, C, H, W) padded at the right and below, so that both sides are multiples, and 16 at least.

    The padding mirrors the picture; where a side is too short to mirror, its last row or column is repeated.
    """
    height, width = picture.shape[-2:]
    down, right = (max(-side % multiple, SHORTEST_PX - side) for side in (height, width))
    if not (down or right):
        return picture
    mode = "reflect" if down < height and right < width else "replicate"
    return F.pad(picture, (0, right, 0, down), mode=mode)


def save_panel(path: Path, value: Tensor, modality: Modality, code: DepthCode) -> None:
    """Save one panel: an image as 8-bit PNG, a depth code as 16-bit PNG of metres x 256."""
    if modality == "depth":
        write_depth(path, code.decode(value[None])[0, 0].numpy())
    else:
        write_picture(path, to_uint8(value))
