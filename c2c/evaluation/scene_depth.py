"""The depth of a scene as it is read off a picture, on Toytown, where the depth of every true scene is known.

Nobody knows the depth of a generated picture. A small network reads it point by point, fitted on real training pictures
of both cities, whose depth is known. It is no good judge of depth, so three figures stand beside its own: what it reads
off the true pictures (more cannot be reached), off the input handed back, and what is known from the place in the
picture alone, without looking at anything (less is worth nothing).

Points where the true scene has no depth (sky) are left out.
"""

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from PIL import Image
from PIL.Image import Resampling
from torch import Tensor

from c2c.errors import ScoreError
from c2c.evaluation.depth import DepthErrors, depth_errors
from c2c.evaluation.points import FEATURES, PLACES, POINTS, WHERE, PointNetwork, network_stated, points_of, reduced_size
from c2c.evaluation.protocol import Protocol

Depths = NDArray[np.float32]  # (N, h, w) in metres, 0 = none


class DepthReader:
    """Reads the depth of each point of a picture: a `PointNetwork` fitted by the mean error of the logarithm."""

    def __init__(self, pictures: Tensor, depths: Depths, seed: int, looking: bool = True) -> None:
        """Fit it.

        Args:
            pictures: (N, 3, h, w) uint8.
            depths: (N, h, w) in metres, 0 = none.
            seed: of the first weights and of the points drawn.
            looking: False: it is told nothing but where in the picture a point lies.

        Raises:
            ScoreError: there is no picture, or no depth, or shapes differ.
        """
        if not len(pictures) or (len(pictures), *pictures.shape[-2:]) != depths.shape or not (depths > 0).any():
            raise ScoreError(f"Each picture needs its depth: found {tuple(pictures.shape)} and {depths.shape}.")
        generator = torch.Generator().manual_seed(seed)
        self._first = 0 if looking else FEATURES - WHERE
        points, logs = self._drawn_points(pictures, torch.from_numpy(depths), generator)
        self._mean = logs.mean()
        self._network = PointNetwork(points, logs - self._mean, 1, _error, generator)

    def __call__(self, pictures: Tensor) -> Depths:
        """Depths (N, h, w) in metres of pictures (N, 3, h, w) uint8; every point has one."""
        with torch.inference_mode():
            read = [self._network(self._points(picture))[:, 0] + self._mean for picture in pictures]
        return torch.stack(read).exp().reshape(len(pictures), *pictures.shape[-2:]).numpy()

    def _points(self, picture: Tensor) -> Tensor:
        return points_of(picture)[:, self._first :]

    def _drawn_points(self, pictures: Tensor, depths: Tensor, chance: torch.Generator) -> tuple[Tensor, Tensor]:
        """Features and logarithms of depth of points that have one, drawn from every picture."""
        points, logs = [], []
        for picture, depth in zip(pictures, depths, strict=True):
            known = depth.flatten().nonzero()[:, 0]
            chosen = known[torch.randperm(len(known), generator=chance)[:POINTS]]
            points.append(self._points(picture)[chosen])
            logs.append(depth.flatten()[chosen].log())
        return torch.cat(points), torch.cat(logs)


def reduced_depth(metres: NDArray[np.float32], places: int = PLACES) -> NDArray[np.float32]:
    """The depth map (H, W) that lies over the reduced picture: the depth in the middle of each area."""
    height, width = reduced_size(metres.shape[0], metres.shape[1], places)
    return np.array(Image.fromarray(metres).resize((width, height), Resampling.NEAREST))


def errors(read: Depths, true: Depths) -> list[DepthErrors | None]:
    """The errors of each picture's depth, None where its true scene has none."""
    return [depth_errors(one, truth, far_m=float("inf")) for one, truth in zip(read, true, strict=True)]


def stated() -> Protocol:
    """What the depth of a generated picture is read with."""
    network = network_stated("reader", "log depth, L1, ")
    return network | {
        "codec": "png uint8, as the picture that is read",
        "points": f"{network['points']}, where the true scene has depth",
    }


def _error(found: Tensor, truth: Tensor) -> Tensor:
    return F.l1_loss(found[:, 0], truth)
