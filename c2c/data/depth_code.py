"""Depth as a network sees it: a stated, invertible code of two channels in [-1, 1].

Channel 0 is log depth, -1 at the near end and +1 at the far end: an error of a tenth counts the same near and far.
Channel 1 is a mask, +1 where there is depth and -1 where there is none (sky, unknown); there channel 0 is +1, far.
Metres outside the range are moved to its nearer end; inside, `decode` undoes `encode` to float32's rounding.
"""

import math
from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor


@dataclass(frozen=True)
class DepthCode:
    """The code of one range of depth."""

    near_m: float = 1.0
    far_m: float = 200.0
    channels: ClassVar[int] = 2

    def __post_init__(self) -> None:
        if not 0 < self.near_m < self.far_m < math.inf:
            raise ValueError(f"a depth code needs 0 < near_m < far_m, not {self.near_m} and {self.far_m}")

    def encode(self, metres: Tensor) -> Tensor:
        """The code of depth, (N, 2, H, W).

        Args:
            metres: planar depth, (N, 1, H, W); 0, below 0, NaN or infinite where there is none.
        """
        known = torch.isfinite(metres) & (metres > 0)
        clipped = torch.where(known, metres, self.far_m).clamp(self.near_m, self.far_m)
        log_depth = 2 * torch.log(clipped / self.near_m) / self._log_range - 1
        return torch.cat([log_depth, known.to(metres.dtype) * 2 - 1], dim=1)

    def decode(self, code: Tensor) -> Tensor:
        """Planar depth in metres, (N, 1, H, W), 0 where the mask of a code (N, 2, H, W) is 0 or below."""
        return torch.where(code[:, 1:] > 0, self.decode_everywhere(code), 0.0)

    def decode_everywhere(self, code: Tensor) -> Tensor:
        """Planar depth in metres, (N, 1, H, W), whatever the mask says: for errors where the true depth is known."""
        share = (code[:, :1].clamp(-1, 1) + 1) / 2  # of the way from near to far
        return self.near_m * torch.exp(share * self._log_range)

    @property
    def _log_range(self) -> float:
        return math.log(self.far_m / self.near_m)
