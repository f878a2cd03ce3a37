import numpy as np
import pytest

from c2c.evaluation.colour import colour_map


def pictures(count=6, seed=0, mean=(120, 100, 80), mix=((20, 5, 0), (0, 15, 4), (0, 0, 10))):
    chance = np.random.default_rng(seed)
    values = chance.normal(size=(count, 128, 128, 3)) @ np.array(mix) + mean
    return list(np.clip(np.rint(values), 0, 255).astype(np.uint8))


def test_colours_of_one_city_get_the_mean_and_the_covariance_of_the_other():
    paris, burano = pictures(), pictures(seed=1, mean=(90, 140, 150), mix=((8, 0, 6), (0, 22, 0), (3, 0, 12)))

    moved = [colour_map(paris, burano)(picture) for picture in paris]

    found, wanted = (np.concatenate([p.reshape(-1, 3) for p in side]).astype(float) for side in (moved, burano))
    assert found.mean(0) == pytest.approx(wanted.mean(0), abs=1)
    assert np.cov(found.T) == pytest.approx(np.cov(wanted.T), rel=0.1, abs=14)


def test_a_city_mapped_to_itself_stays_as_it_is():
    paris = pictures()

    assert all(np.abs(colour_map(paris, paris)(p).astype(int) - p).max() <= 1 for p in paris)


def test_a_map_to_brighter_colours_of_equal_spread_adds_the_difference():
    paris = pictures(mix=np.eye(3) * 8)
    brighter = [picture + np.uint8(30) for picture in paris]

    assert colour_map(paris, brighter)(paris[0]) == pytest.approx(brighter[0], abs=1)


def test_grey_pictures_can_be_mapped_and_stay_in_range():
    grey = [np.full((8, 8, 3), 100, np.uint8), np.full((8, 8, 3), 140, np.uint8)]

    moved = colour_map(grey, pictures(mean=(250, 250, 250)))(grey[1])

    assert moved.dtype == np.uint8
    assert moved.min() > 200
