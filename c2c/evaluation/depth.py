"""Errors of predicted depth in metres, on the pixels where the truth has depth.

AbsRel: mean of |p - t| / t. RMSE: root of the mean squared error, in metres. delta < 1.25: share of pixels where the
larger of p and t is less than 1.25 times the other. Each is taken over one picture's pixels, then averaged over
pictures, as KITTI does. Nothing is scaled or shifted to fit: the prediction is metric or it is wrong.

A pixel that the prediction calls "none" (sky, or unknown) while the truth has depth counts as the far limit, so that
leaving out hard pixels wins nothing. The share of such pixels is reported beside the errors.

Source: Eigen et al. 2014, section 4, https://arxiv.org/abs/1406.2283
"""

from dataclasses import dataclass

import numpy as np

from c2c.errors import ScoreError

DELTA = 1.25


@dataclass(frozen=True)
class DepthErrors:
    """The errors of one picture."""

    abs_rel: float
    rmse_m: float
    delta: float  # share of pixels within a factor of 1.25
    none_share: float  # of the pixels with true depth, those that the prediction gives none


def depth_errors(predicted_m: np.ndarray, true_m: np.ndarray, far_m: float) -> DepthErrors | None:
    """The errors of a depth map, or None where the truth has no depth at all.

    Args:
        predicted_m: (H, W) in metres, 0 = none.
        true_m: same shape.
        far_m: what "none" counts as.

    Raises:
        ScoreError: the shapes differ, or a value is negative or not finite.
    """
    if predicted_m.shape != true_m.shape:
        raise ScoreError(f"The predicted depth is {predicted_m.shape}, the true depth {true_m.shape} (height, width).")
    if not all(np.isfinite(values).all() and (values >= 0).all() for values in (predicted_m, true_m)):
        raise ScoreError("A depth is negative or not a finite number.")
    valid = true_m > 0
    if not valid.any():
        return None
    truth, predicted = true_m[valid], predicted_m[valid]
    none = predicted == 0
    predicted = np.where(none, far_m, predicted)
    error = predicted - truth
    ratio = np.maximum(predicted / truth, truth / predicted)
    return DepthErrors(
        abs_rel=float(np.mean(np.abs(error) / truth)),
        rmse_m=float(np.sqrt(np.mean(error**2))),
        delta=float(np.mean(ratio < DELTA)),
        none_share=float(np.mean(none)),
    )
