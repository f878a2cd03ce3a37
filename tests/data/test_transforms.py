import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from c2c.data import transforms
from c2c.data.transforms import TrainDraw

draws = st.builds(TrainDraw, st.floats(0, 1, exclude_max=True), st.floats(0, 1, exclude_max=True), st.booleans())
sides = st.integers(1, 90)


def coordinates(height: int, width: int) -> np.ndarray:
    """A picture whose red says the column and whose green says the row."""
    y, x = np.mgrid[0:height, 0:width]
    return np.stack([x, y, np.zeros_like(x)], axis=-1).astype(np.uint8)


def test_the_test_view_is_the_centre_square():
    view = transforms.test_view(coordinates(100, 200), 100)

    assert (view == coordinates(100, 200)[:, 50:150]).all()


def test_the_test_view_of_a_tall_picture_is_its_middle():
    assert (transforms.test_view(coordinates(200, 100), 100) == coordinates(200, 100)[50:150]).all()


def test_the_test_view_is_antialiased():
    stripes = np.zeros((256, 256, 3), np.uint8)
    stripes[:, ::2] = 255  # a plain bicubic of every fourth column would be black or white

    assert np.ptp(transforms.test_view(stripes, 64)[:, 2:-2]) <= 1
    assert abs(int(transforms.test_view(stripes, 64).mean()) - 127) <= 1


def test_the_train_view_of_the_paper_crops_256_out_of_286():
    assert transforms.training_size(coordinates(143, 143), 256).shape == (286, 286, 3)
    assert transforms.training_size(coordinates(100, 200), 128).shape == (143, 286, 3)


def test_the_draw_reaches_both_ends_and_the_flip_swaps_left_and_right():
    whole = coordinates(143, 200)  # already the size to crop 128 from
    first = transforms.train_view(whole, 128, TrainDraw(0, 0, False))
    last = transforms.train_view(whole, 128, TrainDraw(0.999, 0.999, False))

    assert (first == whole[:128, :128]).all()
    assert (last == whole[-128:, -128:]).all()
    assert (transforms.train_view(whole, 128, TrainDraw(0.999, 0, False)) == whole[:128, -128:]).all()
    assert (transforms.train_view(whole, 128, TrainDraw(0, 0, True)) == first[:, ::-1]).all()


def test_without_jitter_a_square_is_seen_whole():
    assert (
        transforms.train_view(coordinates(64, 64), 64, TrainDraw(0.9, 0.9), jitter=1.0) == coordinates(64, 64)
    ).all()


@given(sides, sides, st.integers(1, 40), draws)
def test_views_of_any_shape_are_squares_of_the_size_asked_for(height, width, size, draw):
    picture, metres = coordinates(height, width), np.ones((height, width), np.float32)

    assert transforms.test_view(picture, size).shape == (size, size, 3)
    assert transforms.train_view(picture, size, draw).shape == (size, size, 3)
    assert transforms.test_view_depth(metres, size).shape == (size, size)
    assert transforms.train_view_depth(metres, size, draw).shape == (size, size)


@given(sides, sides, st.integers(1, 40), draws)
def test_depth_is_never_mixed_into_depths_that_are_not_there(height, width, size, draw):
    metres = np.random.default_rng(0).choice([0.0, 3.0, 90.0], (height, width)).astype(np.float32)

    for view in (transforms.test_view_depth(metres, size), transforms.train_view_depth(metres, size, draw)):
        assert view.dtype == np.float32
        assert set(view.ravel()) <= {0.0, 3.0, 90.0}


@given(st.integers(40, 90), st.integers(40, 90), draws)
def test_depth_lies_over_its_picture(height, width, draw):
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    picture = coordinates(height, width)
    views = [
        (transforms.test_view(picture, 32), transforms.test_view_depth(x, 32), transforms.test_view_depth(y, 32)),
        (
            transforms.train_view(picture, 32, draw),
            transforms.train_view_depth(x, 32, draw),
            transforms.train_view_depth(y, 32, draw),
        ),
    ]
    one_pixel = min(height, width) / 32  # of the view, in pixels of the picture

    for colour, column, row in views:
        assert np.abs(colour[..., 0] - column).max() <= one_pixel + 1
        assert np.abs(colour[..., 1] - row).max() <= one_pixel + 1


def test_a_long_strip_keeps_its_middle_and_little_memory():
    strip = np.zeros((2, 100_000, 3), np.uint8)
    strip[:, 50_000 - 8 : 50_000 + 8] = 255

    assert transforms.training_size(strip, 128).shape == (143, 8 * 143, 3)
    assert transforms.training_size(strip, 128).min() == 255


def test_a_view_leaves_the_picture_as_it_was():
    picture = coordinates(50, 70)
    transforms.train_view(picture, 32, TrainDraw(0.5, 0.5, True))
    transforms.test_view(picture, 32)

    assert (picture == coordinates(50, 70)).all()


def test_the_resize_is_pillows_bicubic():
    picture = coordinates(100, 100)
    expected = np.asarray(Image.fromarray(picture).resize((37, 37), Image.Resampling.BICUBIC))

    assert transforms.test_view(picture, 37) == pytest.approx(expected)
