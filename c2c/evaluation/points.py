"""What is read off single points of a picture: their features, and a small network that is fitted on them.

A point is described by the colour at three blurs, the contrast around, and where in the picture it lies. A picture is
read at PLACES x PLACES points at most.
"""

from collections.abc import Callable
from itertools import pairwise

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image
from PIL.Image import Resampling
from torch import Tensor

from c2c.evaluation.changes import blurred
from c2c.evaluation.protocol import Protocol

PLACES = 64  # a side: finer ones would cost more than they tell of shares of pixels
BLURS = (1.0, 4.0)  # sigma in points, beside the colour itself
FEATURES, HIDDEN = 15, 64
WHERE = 2  # the last features: how far down, and how far from the middle
POINTS = 512  # drawn from each training picture
STEPS, BATCH, RATE = 300, 1024, 6e-3

Loss = Callable[[Tensor, Tensor], Tensor]  # of outputs (B, outputs) and targets (B,)


class PointNetwork:
    """Two hidden layers on each point's features by itself, fitted by Adam."""

    def __init__(self, points: Tensor, targets: Tensor, outputs: int, loss: Loss, generator: torch.Generator) -> None:
        """Fit it.

        Args:
            points: features (P, F) float32.
            targets: (P,), what `loss` compares the outputs with.
            outputs: of each point.
            loss: its mean over a batch.
            generator: the only chance; torch's own is left alone.
        """
        self._mean, self._deviation = points.mean(0), points.std(0).clamp(min=1e-6)
        sides = (points.shape[1], HIDDEN, HIDDEN, outputs)
        self._layers = [
            (torch.randn(out, into, generator=generator) * (2 / into) ** 0.5, torch.zeros(out))  # He et al. 2015
            for into, out in pairwise(sides)
        ]
        self._fit(points, targets, loss, generator)

    def __call__(self, points: Tensor) -> Tensor:
        """Outputs (P, outputs) of points with features (P, F)."""
        *hidden, last = self._layers
        points = (points - self._mean) / self._deviation
        for weight, bias in hidden:
            points = torch.addmm(bias, points, weight.T).relu()
        return torch.addmm(last[1], points, last[0].T)

    def _fit(self, points: Tensor, targets: Tensor, loss: Loss, generator: torch.Generator) -> None:
        parameters = [tensor.requires_grad_() for layer in self._layers for tensor in layer]
        optimizer = torch.optim.Adam(parameters, RATE)
        schedule = torch.optim.lr_scheduler.LinearLR(optimizer, 1.0, 0.02, STEPS)
        for _ in range(STEPS):
            chosen = torch.randint(len(points), (BATCH,), generator=generator)
            optimizer.zero_grad()
            loss(self(points[chosen]), targets[chosen]).backward()
            optimizer.step()
            schedule.step()
        self._layers = [(weight.detach(), bias.detach()) for weight, bias in self._layers]


def network_stated(network: str, reads: str = "") -> Protocol:
    """What a fitted network is, for a protocol, under its name; `reads` says more of what it was fitted for."""
    return {
        "points": f"at most {PLACES} x {PLACES} a picture, means of areas",
        network: f"{FEATURES} features a point, {HIDDEN} and {HIDDEN} hidden, {reads}float32",
        f"{network}_points": f"{POINTS} of each training picture",
        f"{network}_training": f"{STEPS} batches of {BATCH}, Adam, rate from {RATE:g} to a fiftieth",
    }


def features(pictures: Tensor) -> Tensor:
    """What is looked at, (N, 15, h, w) float32, of pictures (N, 3, h, w) uint8.

    The colour in [0, 1], itself and blurred twice; the deviation of its lightness around, at both blurs; how much it
    changes across and down; how far down and how far from the middle.
    """
    colour = pictures.float() / 255
    grey = colour.mean(1, keepdim=True)
    across, down = (F.pad(d, pad).abs() for d, pad in ((grey.diff(dim=3), (0, 1)), (grey.diff(dim=2), (0, 0, 0, 1))))
    parts = [colour]
    for sigma in BLURS:
        near = blurred(torch.cat((colour, grey * grey), 1), sigma)
        light = near[:, :3].mean(1, keepdim=True)
        parts += [near[:, :3], (near[:, 3:] - light * light).clamp(min=0).sqrt()]
    parts.append(blurred(torch.cat((across, down), 1), BLURS[0]))
    height, width = pictures.shape[-2:]
    rows, columns = torch.linspace(0, 1, height), torch.linspace(-1, 1, width).abs()
    where = torch.stack(torch.meshgrid(rows, columns, indexing="ij"))
    return torch.cat((*parts, where.expand(len(pictures), -1, -1, -1)), 1)


def reduced(picture: Tensor, places: int = PLACES) -> Tensor:
    """A picture (3, H, W) uint8 as its points are read: its longer side at most `places`, means of areas."""
    height, width = reduced_size(picture.shape[1], picture.shape[2], places)
    if (height, width) == tuple(picture.shape[1:]):
        return picture
    image = Image.fromarray(picture.permute(1, 2, 0).numpy()).resize((width, height), Resampling.BOX)
    return torch.from_numpy(np.array(image)).permute(2, 0, 1)


def points_of(picture: Tensor) -> Tensor:
    """The features (h * w, 15) of every point of a picture (3, h, w) uint8, row by row."""
    return features(picture[None])[0].flatten(1).T


def reduced_size(height: int, width: int, places: int) -> tuple[int, int]:
    """Height and width with the longer side at most `places`."""
    factor = min(1.0, places / max(height, width))
    return max(1, round(height * factor)), max(1, round(width * factor))
