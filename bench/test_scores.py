"""Scoring: features of pictures in memory, and distances of features in memory."""

from c2c.evaluation.distances import FeatureStatistics, frechet_distance, frechet_draws, kid, kid_draws
from c2c.models.features import load_features


def test_features_of_eight_pictures_of_256_pixels(benchmark, noise, device):
    network = load_features("efficientnet-lite0", device)
    pictures = noise(8, 3, 256, 256).to(device)
    benchmark.pedantic(lambda: network(pictures).cpu(), rounds=5, warmup_rounds=1)


def test_frechet_distance_of_500_features_of_2048(benchmark, noise):
    a, b = noise(500, 2048), noise(500, 2048).flip(1) + 0.1
    benchmark(lambda: frechet_distance(FeatureStatistics.of(a), FeatureStatistics.of(b)))


def test_kid_of_500_features_of_1280(benchmark, noise):
    a, b = noise(500, 1280), noise(500, 1280).flip(1) + 0.1
    benchmark.pedantic(lambda: kid(a, b), rounds=3)


def test_intervals_of_both_distances_of_100_features_of_1280(benchmark, noise):
    a, b = noise(100, 1280), noise(100, 1280).flip(1) + 0.1
    benchmark.pedantic(lambda: (kid_draws(a, b), frechet_draws(a, b)), rounds=3)
