"""Predicted depth against the points of a laser scanner, in metres.

A laser map is a 16-bit grey PNG of metres x 256, as KITTI has it, where the few pixels that a beam hit have depth and
all others are 0, none. Errors are those of `c2c.evaluation.depth`, on a mask that the protocol states: the pixels that
a beam hit, in a range of depth, in a part of the picture. Predictions are neither scaled nor clipped.

KITTI's papers count points up to 80 m, many of them inside the crop of Garg et al. only: a margin of the sides, and
the sky above, are left out. Numbers with unlike masks cannot be compared.

Sources: Eigen et al. 2014, section 4, https://arxiv.org/abs/1406.2283; Garg et al. 2016,
https://arxiv.org/abs/1603.04992
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np

from c2c.errors import ScoreError
from c2c.evaluation.depth import DepthErrors, depth_errors
from c2c.evaluation.pictures import (
    common_size,
    contents_sha256,
    list_pictures,
    picture_size,
    pixels_sha256,
    read_depth_m,
)
from c2c.evaluation.score import scores_of_errors
from c2c.records import Score

Crop = Literal["none", "garg"]
GARG = (0.40810811, 0.99189189, 0.03594771, 0.96405229)  # top, bottom, left and right, of a picture's sides


@dataclass(frozen=True)
class Mask:
    """Which points count."""

    near_m: float = 0.0
    far_m: float = 80.0
    crop: Crop = "none"

    def of(self, points_m: np.ndarray) -> np.ndarray:
        """The points (H, W) in metres that count; the others become 0, none."""
        counted = np.zeros_like(points_m)
        inside = self._inside(points_m.shape)
        counted[inside] = points_m[inside]
        counted[(counted < self.near_m) | (counted > self.far_m)] = 0
        return counted

    def __str__(self) -> str:
        where = "the whole picture" if self.crop == "none" else "the crop of Garg et al. 2016"
        return f"pixels with a laser point, {self.near_m:g} to {self.far_m:g} m, {where}"

    def _inside(self, shape: tuple[int, ...]) -> tuple[slice, slice]:
        if self.crop == "none":
            return slice(None), slice(None)
        height, width = shape
        top, bottom, left, right = GARG
        return slice(int(top * height), int(bottom * height)), slice(int(left * width), int(right * width))


def laser_scores(
    predicted: Mapping[str, Path], laser: Mapping[str, Path], mask: Mask | None = None
) -> tuple[Score, ...]:
    """AbsRel, RMSE in metres, delta < 1.25, and the share of points without a prediction; maps are read one by one.

    A prediction of none counts as the mask's far end. A map without a point that counts is left out; `n` counts the
    others, and the protocol tells of how many points, and of what share of their maps' pixels.

    Args:
        predicted: name -> depth map, 16-bit PNG of metres x 256.
        laser: name -> laser map, the same names and the same size; a dense map will do as well.
        mask: which points count; None: those up to 80 m, in the whole picture.

    Raises:
        ScoreError: a name has no partner, a map cannot be used, the sizes differ, or no point counts.
    """
    mask = mask or Mask()
    alone = sorted(predicted.keys() ^ laser.keys())
    if alone or not laser:
        raise ScoreError(
            f"Each predicted map needs its laser map, and each laser map its prediction; {len(predicted)} predicted "
            f"and {len(laser)} laser maps were found" + (f", and {alone[0]!r} stands alone." if alone else ".")
        )
    size = common_size((path, picture_size(path)) for name in sorted(laser) for path in (predicted[name], laser[name]))
    errors: dict[str, DepthErrors] = {}
    digests, points = [], 0
    for name in sorted(laser):
        true_m = mask.of(read_depth_m(laser[name]))
        found = depth_errors(read_depth_m(predicted[name]), true_m, mask.far_m)
        if found is not None:
            errors[name] = found
            digests.append(pixels_sha256(true_m))
            points += int((true_m > 0).sum())
    if not errors:
        raise ScoreError(f"Nothing to measure in {len(laser)} laser maps: no pixel is among the {mask}.")
    stated = {
        "mask": str(mask),
        "points": f"{points}, {100 * points / (len(errors) * size[0] * size[1]):.2f}% of the pixels",
        "none_counts_as": f"{mask.far_m:.3f} m",
        "mean": "over a picture's points, then over pictures",
    }
    return scores_of_errors(errors, size, contents_sha256(digests), stated)


def score_depth_folders(predicted: Path, reference: Path, mask: Mask | None = None) -> tuple[Score, ...]:
    """The depth scores of two folders of 16-bit PNG maps of the same names; the reference may be sparse.

    Raises:
        NoPictures: a folder is missing or holds no PNG.
        ScoreError: see `laser_scores`.
    """
    predictions, points = ({path.stem: path for path in list_pictures(folder)} for folder in (predicted, reference))
    return laser_scores(predictions, points, mask)
