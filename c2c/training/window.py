"""Losses, summed over short windows of steps on their device, so that a step need not wait for a number."""

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from c2c.training.processes import mean, smallest

POINTS = 200  # on a curve


@dataclass(frozen=True)
class Means:
    """The mean losses over a window, and the norms of the gradients at its end."""

    losses: dict[str, float]
    gradient_norms: dict[str, float]
    first_bad: int | None  # the first step of the window where a loss was not finite

    @property
    def not_finite(self) -> dict[str, float]:
        """Those that are not finite numbers."""
        both = self.losses | {f"gradient of {name}": value for name, value in self.gradient_norms.items()}
        return {name: value for name, value in both.items() if not math.isfinite(value)}


class Window:
    """Sums up to `length` steps."""

    def __init__(self, steps: int) -> None:
        self.length = max(1, steps // POINTS)
        self.clear()

    def clear(self) -> None:
        """Forget the steps so far."""
        self._count = 0
        self._names: list[str] = []
        self._sum: Tensor | None = None
        self._first_bad: Tensor | None = None

    @property
    def fills_next(self) -> bool:
        """Whether the next step fills the window."""
        return self._count + 1 == self.length

    def add(self, step: int, losses: dict[str, Tensor]) -> bool:
        """Add a step counted from 1; true where the window is full."""
        values = torch.stack([value.detach().float() for value in losses.values()])
        bad = torch.where(values.isfinite().all(), torch.inf, float(step))
        if self._sum is None or self._first_bad is None:
            self._names = list(losses)
            self._sum, self._first_bad = values.double(), bad
        else:
            self._sum, self._first_bad = self._sum + values, torch.minimum(self._first_bad, bad)
        self._count += 1
        return self._count == self.length

    def close(self, gradient_norms: dict[str, Tensor]) -> Means | None:
        """The means of the window, over all processes; None where there was no step. A new window begins."""
        if self._sum is None or self._first_bad is None:
            return None
        values = mean(self._sum / self._count).tolist()
        first_bad = float(smallest(self._first_bad))
        means = Means(
            losses=dict(zip(self._names, values, strict=True)),
            gradient_norms={name: float(norm) for name, norm in gradient_norms.items()},
            first_bad=int(first_bad) if math.isfinite(first_bad) else None,
        )
        self.clear()
        return means
