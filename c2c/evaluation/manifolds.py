"""How much of what is made looks real, and how much of what is real is made: two pairs of shares of two sets.

Around each feature vector of a set lies a ball that reaches to its k-th neighbour of the same set; together the balls
are the set's manifold.

Precision: share of made pictures inside the real manifold. Recall: share of real pictures inside the made one. k = 3,
Kynkäänniemi et al. 2019, https://arxiv.org/abs/1904.06991.

Density: in how many real balls a made picture lies, over k; may be above 1. Coverage: share of real balls that hold a
made picture. k = 5, Naeem et al. 2020, https://arxiv.org/abs/2002.09797. They mind outliers less than the first two.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from c2c.evaluation.distances import usable

PRECISION_NEIGHBOURS, DENSITY_NEIGHBOURS = 3, 5
FEWEST = DENSITY_NEIGHBOURS + 1  # pictures a side
MOST = 10_000  # pictures a side; of larger sets, so many by chance
ROWS = 1024


@dataclass(frozen=True)
class Manifolds:
    """One number a picture, float64; the means are the four shares."""

    precision: Tensor  # (N,) of the made pictures: 1 inside, 0 outside
    recall: Tensor  # (M,) of the real ones
    density: Tensor  # (N,)
    coverage: Tensor  # (M,)


def manifolds(made: Tensor, real: Tensor) -> Manifolds:
    """How two sets of at least `FEWEST` features, (N, D) and (M, D), lie in each other's manifolds."""
    made, real = usable(made).double(), usable(real).double()
    real_radii = _radii(real, (PRECISION_NEIGHBOURS, DENSITY_NEIGHBOURS))
    made_radii = _radii(made, (PRECISION_NEIGHBOURS,))[:, 0]
    precision, density = [], []
    recall, coverage = (torch.zeros(len(real), dtype=torch.bool) for _ in range(2))
    for rows, radii in zip(made.split(ROWS), made_radii.split(ROWS), strict=True):
        distances = torch.cdist(rows, real)  # (rows, M)
        precision.append((distances <= real_radii[:, 0]).any(1))
        inside = distances <= real_radii[:, 1]
        density.append(inside.sum(1) / DENSITY_NEIGHBOURS)
        recall |= (distances <= radii[:, None]).any(0)
        coverage |= inside.any(0)
    return Manifolds(torch.cat(precision).double(), recall.double(), torch.cat(density).double(), coverage.double())


def _radii(features: Tensor, neighbours: tuple[int, ...]) -> Tensor:
    """The distance from each feature vector to its k-th neighbour, (N, len(neighbours))."""
    found = [torch.cdist(rows, features).kthvalue(k + 1, dim=1).values  # the nearest is itself
             for rows in features.split(ROWS) for k in neighbours]  # fmt: skip
    count = len(neighbours)
    return torch.stack([torch.cat(found[i::count]) for i in range(count)], 1)
