"""Scoring: features of pictures in memory, and distances of features in memory."""

import torch

from bench.cases.noise import noise
from bench.cases.registry import Work, case
from c2c.evaluation.distances import FeatureStatistics, frechet_distance, frechet_draws, kid, kid_draws
from c2c.models.features import load_features


@case(
    "features efficientnet-lite0 256 batch {batch}",
    region="resizing {batch} pictures that are on the device, the network, and its features brought to the CPU",
    batch=(1, 8, 32),
    quick=lambda batch: batch == 8,
)
def features(device: torch.device, batch: int) -> Work:
    network = load_features("efficientnet-lite0", device)
    pictures = noise(batch, 3, 256, 256, device=device)
    return Work(lambda: network(pictures).cpu(), batch, "images/s")


@case(
    "frechet 500 of {dims}",
    region="both means and covariances of 500 features in memory, and the distance, in float64",
    devices=("cpu",),
    dims=(1280, 2048),
    quick=lambda dims: dims == 1280,
)
def frechet(device: torch.device, dims: int) -> Work:
    a, b = _two_sets(500, dims)
    return Work(lambda: frechet_distance(FeatureStatistics.of(a), FeatureStatistics.of(b)))


@case("kid 500 of 1280", region="the distance of 500 features in memory", devices=("cpu",), quick=True)
def kernel_distance(device: torch.device) -> Work:
    a, b = _two_sets(500, 1280)
    return Work(lambda: kid(a, b))


@case(
    "intervals of frechet and kid 100 of 1280",
    region="the bootstrap draws of both distances of 100 features in memory",
    devices=("cpu",),
)
def intervals(device: torch.device) -> Work:
    a, b = _two_sets(100, 1280)
    return Work(lambda: (kid_draws(a, b), frechet_draws(a, b)))


def _two_sets(count: int, dims: int) -> tuple[torch.Tensor, torch.Tensor]:
    a = noise(count, dims)
    return a, a.flip(1) + 0.1
