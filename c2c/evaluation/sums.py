"""The mean and the covariance of features that come in batches, in memory that does not grow with their number."""

import torch
from torch import Tensor

from c2c.errors import ScoreError

BLOCK = 1024  # rows that are brought to float64 at a time


class FeatureSums:
    """How many features there were, their mean (D,) and their covariance (D, D), float64 on the CPU.

    Kept are the mean and the sum of squared deviations from it, and two parts are joined by their means: sums of
    squares would lose the digits in which a large mean's features differ.

    Source: Chan, Golub and LeVeque 1983, eq. 2.1, https://doi.org/10.1080/00031305.1983.10483115
    """

    def __init__(self, dims: int) -> None:
        self.n = 0
        self.mean = torch.zeros(dims, dtype=torch.float64)
        self.scatter = torch.zeros(dims, dims, dtype=torch.float64)  # sum of (x - mean)(x - mean)^T

    @classmethod
    def of(cls, features: Tensor) -> "FeatureSums":
        """The sums of features (N, D), which may lie in a memory-mapped file larger than the memory."""
        sums = cls(features.shape[1])
        for block in features.split(BLOCK):
            sums.update(block)
        return sums

    def update(self, features: Tensor) -> None:
        """Add features (N, D); any device and precision, N may be 0."""
        if not len(features):
            return
        rows = features.detach().to("cpu", torch.float64)
        part = FeatureSums(0)
        part.n, part.mean = len(rows), rows.mean(0)
        rows = rows - part.mean
        part.scatter = rows.T @ rows
        self.join(part)

    def join(self, other: "FeatureSums") -> None:
        """Add what another has seen."""
        n = self.n + other.n
        if not other.n:
            return
        apart = other.mean - self.mean
        self.mean = self.mean + apart * (other.n / n)
        self.scatter += other.scatter
        self.scatter.addr_(apart, apart, alpha=self.n * other.n / n)
        self.n = n

    @property
    def covariance(self) -> Tensor:
        """The unbiased covariance (D, D).

        Raises:
            ScoreError: fewer than 2 features came.
        """
        if self.n < 2:
            raise ScoreError(f"A covariance needs at least 2 feature vectors; {self.n} came.")
        return self.scatter / (self.n - 1)
