"""Distances between two sets of pictures, given as feature vectors (N, D).

Fréchet distance: how far apart two Gaussians fitted to the sets are. Biased by N, and by how much depends on the
pictures; below N = D + 1 a covariance has no full rank. It is the FID only on the features of the Inception network of
Heusel et al. 2017, https://arxiv.org/abs/1706.08500. Extrapolated to infinitely many pictures it is FID∞, Chong and
Forsyth 2020, https://arxiv.org/abs/1911.07023.

KID: squared maximum mean discrepancy with a cubic kernel. Unbiased at any N, so it may be slightly negative.
Binkowski et al. 2018, https://arxiv.org/abs/1801.01401.

All sums are float64 on the CPU, over blocks of bounded size, so features may be of any number and lie in a file.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import ceil, sqrt

import torch
from torch import Tensor

from c2c.errors import ScoreError
from c2c.evaluation.intervals import MOST_HALVED, halving_draws
from c2c.evaluation.sums import FeatureSums

ROWS = 2048  # that are looked at a time
KID_BLOCK = 5000  # pictures a side whose kernel is held at a time
SHARES = (0.5, 0.6, 0.7, 0.8, 0.9, 1.0)  # of the pictures, from which infinitely many are extrapolated


@dataclass(frozen=True)
class FeatureStatistics:
    """A Gaussian fitted to features: its mean, and its covariance or a factor of it, whichever is smaller."""

    n: int
    mean: Tensor  # (D,)
    factor: Tensor | None  # (N, D) where N <= D; factor.T @ factor is the covariance
    covariance: Tensor | None  # (D, D) where N > D

    @classmethod
    def of(cls, features: Tensor) -> "FeatureStatistics":
        """The statistics of features (N, D), N at least 2.

        Raises:
            ScoreError: too few rows, or a value that is not finite.
        """
        rows = usable(features)
        n, dims = rows.shape
        if n <= dims:
            exact = rows.double()
            mean = exact.mean(0)
            return cls(n, mean, (exact - mean) / sqrt(n - 1), None)
        return cls.from_sums(FeatureSums.of(rows))

    @classmethod
    def from_sums(cls, sums: FeatureSums) -> "FeatureStatistics":
        """The statistics of more features than dimensions, from their sums."""
        return cls(sums.n, sums.mean, None, sums.covariance)

    @property
    def trace(self) -> Tensor:
        """Of the covariance."""
        return self.covariance.trace() if self.covariance is not None else _present(self.factor).square().sum()


def frechet_distance(a: FeatureStatistics, b: FeatureStatistics) -> float:
    """Squared distance of the means plus the distance of the covariances, at least 0."""
    return max(0.0, float((a.mean - b.mean).square().sum() + a.trace + b.trace - 2 * _shared(a, b)))


def _shared(a: FeatureStatistics, b: FeatureStatistics) -> Tensor:
    """The trace of the root of the covariances' product, without a matrix root.

    With factors F and G of the two, it is the sum of the singular values of F Gᵀ, or of the roots of the eigenvalues of
    F (GᵀG) Fᵀ; with fewer pictures than features, neither is larger than N x N.
    """
    if a.factor is not None and b.factor is not None:
        return torch.linalg.svdvals(a.factor @ b.factor.T).sum()
    if a.factor is None and b.factor is None:
        a = FeatureStatistics(a.n, a.mean, _root(_present(a.covariance)), None)
    elif a.factor is None:
        a, b = b, a
    factor = _present(a.factor)
    return torch.linalg.eigvalsh(factor @ _present(b.covariance) @ factor.T).clamp(min=0).sqrt().sum()


def _root(covariance: Tensor) -> Tensor:
    """A factor F (D, D) with F.T @ F = covariance: Cholesky's, or one from eigenvalues where a feature never varies."""
    lower, failed = torch.linalg.cholesky_ex(covariance)
    if not failed:
        return lower.T
    values, vectors = torch.linalg.eigh(covariance)
    return (vectors * values.clamp(min=0).sqrt()).T


def _present(tensor: Tensor | None) -> Tensor:
    assert tensor is not None
    return tensor


def frechet_at_infinity(a: Tensor, b: Tensor) -> tuple[float, float] | None:
    """The Fréchet distance of infinitely many pictures and its standard error; None for fewer than 2 D pictures.

    The bias falls as 1 / N. Distances of random shares of both sides lie on a line over 1 / share; where it meets
    nought, there is no bias. Unlike Chong and Forsyth, both sides are thinned out, so that the reference's bias goes
    too, and pictures are drawn by plain chance.

    Args:
        a: features (N, D).
        b: features (M, D).
    """
    if min(len(a), len(b)) < 2 * a.shape[1]:
        return None
    generator = torch.Generator().manual_seed(0)

    def some(side: Tensor, share: float) -> FeatureStatistics:
        chosen = torch.randperm(len(side), generator=generator)[: int(share * len(side))]
        return FeatureStatistics.of(side[chosen.sort().values])

    x = torch.tensor([1 / share for share in SHARES], dtype=torch.float64)
    y = torch.tensor([frechet_distance(some(a, s), some(b, s)) for s in SHARES], dtype=torch.float64)
    design = torch.stack((torch.ones_like(x), x), 1)
    inverse = torch.linalg.inv(design.T @ design)
    line = inverse @ design.T @ y
    noise = (y - design @ line).square().sum() / (len(x) - 2)
    return float(line[0]), float((noise * inverse[0, 0]).sqrt())


def frechet_draws(a: Tensor, b: Tensor) -> Tensor:
    """What the Fréchet distance of features (N, D) and (M, D) may be off by, (DRAWS,); see `halving_draws`."""
    products = _products(usable(a), usable(b))
    return halving_draws(len(a), len(b), lambda i, j: _frechet_from_products(*products(i, j)))


def _frechet_from_products(within_a: Tensor, within_b: Tensor, between: Tensor) -> float:
    """The Fréchet distance from the inner products of all feature vectors: (N, N), (M, M) and (N, M)."""
    n, m = between.shape
    means = within_a.mean() + within_b.mean() - 2 * between.mean()
    trace_a = (within_a.trace() - n * within_a.mean()) / (n - 1)
    trace_b = (within_b.trace() - m * within_b.mean()) / (m - 1)
    centred = between - between.mean(0) - between.mean(1, keepdim=True) + between.mean()
    shared = torch.linalg.svdvals(centred).sum() / sqrt((n - 1) * (m - 1))
    return float(means + trace_a + trace_b - 2 * shared)


def kid(a: Tensor, b: Tensor) -> float:
    """The KID of all pictures: the unbiased estimate of least variance, not a mean over random subsets.

    Above `KID_BLOCK` pictures a side it is the mean over as many disjoint blocks as are needed, still unbiased.

    Args:
        a: features (N, D), N at least 2.
        b: features (M, D), M at least 2.

    Raises:
        ScoreError: a side is too small, or holds a value that is not finite.
    """
    a, b = usable(a), usable(b)
    blocks = kid_blocks(len(a), len(b))
    values = [squared_discrepancy(a[i::blocks].double(), b[i::blocks].double()) for i in range(blocks)]
    return float(torch.stack(values).mean())


def kid_blocks(n: int, m: int) -> int:
    """Into how many disjoint blocks n and m pictures are dealt."""
    return max(1, min(ceil(max(n, m) / KID_BLOCK), min(n, m) // 2))


def kid_draws(a: Tensor, b: Tensor) -> Tensor:
    """What the KID of features (N, D) and (M, D) may be off by, (DRAWS,); see `halving_draws`."""
    products, dims = _products(usable(a), usable(b)), a.shape[1]
    return halving_draws(
        len(a), len(b), lambda i, j: float(_discrepancy(_cubic(each, dims) for each in products(i, j)))
    )


def _products(a: Tensor, b: Tensor) -> Callable[[Tensor, Tensor], tuple[Tensor, Tensor, Tensor]]:
    """A function that gives the inner products of some rows of A, of B, and between them, float64."""
    if max(len(a), len(b)) > MOST_HALVED:
        return lambda i, j: _all_products(a[i].double(), b[j].double())
    within_a, within_b, between = _all_products(a.double(), b.double())
    return lambda i, j: (within_a[i][:, i], within_b[j][:, j], between[i][:, j])


def _all_products(a: Tensor, b: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    return a @ a.T, b @ b.T, a @ b.T


def squared_discrepancy(a: Tensor, b: Tensor) -> Tensor:
    """Unbiased squared maximum mean discrepancy of features (N, D) and (M, D), float64, a scalar.

    Source: Gretton et al. 2012, eq. 3, https://jmlr.org/papers/v13/gretton12a.html
    """
    return _discrepancy(_cubic(one @ other.T, a.shape[1]) for one, other in ((a, a), (b, b), (a, b)))


def _discrepancy(kernels: Iterator[Tensor]) -> Tensor:
    """From the kernels within A, within B, and between them, of which one is held at a time."""
    within = _mean_of_others(next(kernels)) + _mean_of_others(next(kernels))
    return within - 2 * next(kernels).mean()


def _cubic(products: Tensor, dims: int) -> Tensor:
    return products.div(dims).add_(1).pow_(3)


def _mean_of_others(kernel: Tensor) -> Tensor:
    """Mean of a square kernel without its diagonal: no picture is compared with itself."""
    n = len(kernel)
    return (kernel.sum() - kernel.trace()) / (n * (n - 1))


def usable(features: Tensor) -> Tensor:
    """The features (N, D) on the CPU, which are at least two rows of finite numbers.

    Raises:
        ScoreError: they are not.
    """
    rows = features.detach().cpu()
    if rows.ndim != 2 or len(rows) < 2:
        raise ScoreError(f"A distance needs at least 2 feature vectors a side, (N, D); found {tuple(rows.shape)}.")
    wrong = sum(int((~block.isfinite()).any(1).sum()) for block in rows.split(ROWS))
    if wrong:
        raise ScoreError(f"{wrong} of {len(rows)} feature vectors hold values that are not finite numbers.")
    return rows
