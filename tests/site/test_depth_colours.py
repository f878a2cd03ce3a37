import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from c2c.site.depth_colours import DEPTH_SCALE, FARTHEST_M, NEAREST_M, colour_depth, place_on_scale


def stored(*metres):
    return np.array([metres], dtype=np.float64) * DEPTH_SCALE


def test_near_is_yellow_and_far_is_violet():
    near, far = colour_depth(stored(NEAREST_M, FARTHEST_M).astype(np.uint16))[0]

    assert tuple(near) == (0xFD, 0xE7, 0x25)
    assert tuple(far) == (0x44, 0x01, 0x54)


def test_beyond_the_scale_colours_stay_at_its_ends():
    colours = colour_depth(stored(0.1, NEAREST_M, FARTHEST_M, 250).astype(np.uint16))[0]

    assert (colours[0] == colours[1]).all()
    assert (colours[2] == colours[3]).all()


def test_the_scale_is_logarithmic():
    middle = (NEAREST_M * FARTHEST_M) ** 0.5

    assert place_on_scale(np.array([NEAREST_M, middle, FARTHEST_M])) == pytest.approx([1, 0.5, 0])


@given(st.integers(1, 65534))
def test_farther_is_never_brighter(value):
    nearer, farther = colour_depth(np.array([[value, value + 1]], dtype=np.uint16))[0].astype(float)

    assert farther @ (0.2126, 0.7152, 0.0722) <= nearer @ (0.2126, 0.7152, 0.0722) + 1.0


def test_none_is_grey_and_striped_and_unlike_any_depth():
    none = colour_depth(np.zeros((32, 32), dtype=np.uint16))
    depths = colour_depth(np.arange(1, 65536, dtype=np.uint16)[None])[0]

    assert np.ptp(none.astype(int), axis=2).max() <= 2
    assert len(np.unique(none.reshape(-1, 3), axis=0)) == 2
    assert np.ptp(depths.astype(int), axis=1).min() > 40
