"""Losses over a training: means over short windows, as they travel in checkpoints and records."""

import math

from torch import Tensor

from c2c.errors import TrainingDiverged

POINTS = 200  # on a curve


class LossLog:
    """Sums losses on their device, so that a step need not wait for a number."""

    def __init__(self, steps: int) -> None:
        self.window = max(1, steps // POINTS)
        self.curves: dict[str, list[tuple[int, float]]] = {}
        self._sums: dict[str, Tensor] = {}
        self._count = 0

    def add(self, step: int, losses: dict[str, Tensor]) -> None:
        """Add the losses of a step counted from 1; a full window becomes a point of each curve.

        Raises:
            TrainingDiverged: a loss is not finite.
        """
        for name, loss in losses.items():
            self._sums[name] = self._sums[name] + loss if self._count else loss.clone()
        self._count += 1
        if self._count == self.window:
            self.close(step)

    def close(self, step: int) -> None:
        """End the window here, however short; called before a checkpoint, so that one never holds a broken network.

        Raises:
            TrainingDiverged: a loss is not finite.
        """
        if not self._count:
            return
        means = {name: float(total) / self._count for name, total in self._sums.items()}
        if not all(math.isfinite(mean) for mean in means.values()):
            raise TrainingDiverged(step, means)
        for name, mean in means.items():
            self.curves.setdefault(name, []).append((step, mean))
        self._sums, self._count = {}, 0
