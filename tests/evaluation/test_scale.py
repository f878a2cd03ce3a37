import numpy as np
import pytest
from PIL import Image

from c2c.errors import ScoreError
from c2c.evaluation.scale import l1_score, reduce_pictures
from c2c.evaluation.score import truth_scores
from c2c.records import comparable


@pytest.fixture
def saved(tmp_path):
    """A function that saves pixels as a PNG."""

    def save(name, pixels):
        path = tmp_path / "made" / f"{name}.png"
        path.parent.mkdir(exist_ok=True)
        Image.fromarray(pixels).save(path)
        return path

    return save


def read(path):
    return np.array(Image.open(path))


def test_one_colour_stays_that_colour(saved, tmp_path):
    path = saved("a", np.full((64, 64, 3), (200, 30, 77), np.uint8))

    (reduced,) = reduce_pictures([path], tmp_path / "out", 32)

    assert reduced == tmp_path / "out" / "a.png"
    assert (read(reduced) == np.full((32, 32, 3), (200, 30, 77), np.uint8)).all()


def test_stripes_of_one_pixel_become_their_mean_and_no_pattern(saved, tmp_path):
    stripes = np.zeros((96, 96, 3), np.uint8)
    stripes[:, ::2] = 255

    (reduced,) = reduce_pictures([saved("stripes", stripes)], tmp_path / "out", 32)

    inside = read(reduced)[:, 2:-2].astype(float)
    assert abs(inside - 127.5).max() < 12  # every third column alone would be 0 and 255


def test_a_picture_is_reduced_as_real_pictures_are(saved, tmp_path):
    pixels = np.random.default_rng(0).integers(0, 256, (48, 48, 3), dtype=np.uint8)

    (reduced,) = reduce_pictures([saved("a", pixels)], tmp_path / "out", 32)

    assert (read(reduced) == np.array(Image.fromarray(pixels).resize((32, 32), Image.Resampling.BICUBIC))).all()


def test_nothing_is_enlarged_and_nothing_is_written_where_one_picture_is_too_small(saved, tmp_path):
    large, small = saved("large", np.zeros((64, 64, 3), np.uint8)), saved("small", np.zeros((24, 64, 3), np.uint8))

    with pytest.raises(ScoreError, match=r"small.png is 64x24; it cannot be reduced to 32x32"):
        reduce_pictures([large, small], tmp_path / "out", 32)

    assert not (tmp_path / "out").exists()


@pytest.fixture
def noise(saved):
    """Two pictures of noise."""
    return [
        saved(f"noise-{seed}", np.random.default_rng(seed).integers(0, 256, (32, 32, 3), dtype=np.uint8))
        for seed in (1, 2)
    ]


def test_black_and_white_are_1_apart_and_a_fifth_of_the_way_is_a_fifth(saved):
    black, white, grey = (saved(name, np.full((32, 32, 3), value, np.uint8)) for name, value in
                          (("black", 0), ("white", 255), ("grey", 51)))  # fmt: skip

    score = l1_score([black, grey], [white, black], "truth")

    assert score.per_picture == {"black": 1.0, "grey": pytest.approx(0.2)}
    assert score.value == pytest.approx(0.6)
    assert (score.metric, score.better, score.against, score.n) == ("l1", "lower", "truth", 2)


def test_it_is_the_l1_of_the_scores_against_the_truth_and_may_be_compared_with_it(saved, noise):
    others = [saved(f"other-{n}", np.full((32, 32, 3), 40 * n, np.uint8)) for n in (1, 2)]
    names = ("a", "b")

    alone = l1_score(others, noise, "truth")
    beside = truth_scores(dict(zip(names, others, strict=True)), dict(zip(names, noise, strict=True)))[0]

    assert alone.value == beside.value
    assert alone.draws == beside.draws
    assert comparable(alone, beside)


def test_pictures_of_unlike_sizes_have_no_l1(saved, noise):
    with pytest.raises(ScoreError, match=r"32x32 but .*small.png is 24x24"):
        l1_score(noise, [noise[0], saved("small", np.zeros((24, 24, 3), np.uint8))], "truth")
