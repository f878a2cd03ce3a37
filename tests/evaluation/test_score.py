import math

import numpy as np
import pytest
from PIL import Image, ImageFilter

from c2c.errors import NoPictures, ScoreError, TooFewImages
from c2c.evaluation import depth_scores, score_folders, set_scores, truth_scores
from c2c.evaluation.features import features_of
from c2c.models.features import load_features
from c2c.records import Score


@pytest.fixture(scope="module")
def network():
    return load_features()


def by_stem(paths):
    return {path.stem: path for path in paths}


def blurred(paths, radius):
    folder = paths[0].parent.with_name(f"blurred-{radius}")
    folder.mkdir()
    for path in paths:
        Image.open(path).filter(ImageFilter.GaussianBlur(radius)).save(folder / path.name)
    return sorted(folder.iterdir())


def test_a_set_score_states_its_numbers_and_its_protocol(draw, colours):
    scores = set_scores(draw("a", 9), draw("b", 12, seed=1), colours)
    kid, frechet, precision, *_ = scores

    assert [s.metric for s in scores] == ["kid", "frechet", "precision", "recall", "density", "coverage"]
    assert [s.better for s in scores] == ["lower", "lower", "higher", "higher", "higher", "higher"]
    assert {(s.against, s.n, s.n_reference) for s in scores} == {("reference", 9, 12)}
    assert all(s.interval[0] <= s.value <= s.interval[1] for s in scores)
    assert all(len(s.draws) == 200 for s in scores)
    assert kid.interval_is == "random halves of both sides, 200 draws"
    assert kid.protocol["subsets"] == "none: all pictures at once"
    assert kid.protocol["values"] == "RGB, 0 to 255"
    assert kid.protocol["libraries"].startswith("c2c ")
    assert precision.protocol["neighbours"] == "3"
    assert kid.protocol["extractor"] == "mean colours"
    assert frechet.protocol["size"] == "32x24"
    assert kid.fingerprint != frechet.fingerprint


def test_only_inception_features_yield_a_fid(draw, colours):
    colours.name = "inception-fid"

    few, many = (set_scores(draw(f"{n}a", n), draw(f"{n}b", n, seed=1), colours) for n in (3, 24))

    assert [score.metric for score in few] == ["kid", "fid"]
    assert [score.metric for score in many[:3]] == ["kid", "fid", "fid_infinity"]
    assert many[2].spread > 0


def test_features_can_be_kept_and_used_again(draw, colours):
    fakes, reals = draw("a", 5), draw("b", 6, seed=1)

    assert set_scores(fakes, features_of(reals, colours), colours) == set_scores(fakes, reals, colours)


def test_a_set_is_nearer_to_its_like_than_to_another(draw, network):
    one, like, other = draw("a", 10), draw("b", 10, seed=1), draw("c", 10, seed=2, shift=99)

    near, far = set_scores(one, like, network), set_scores(one, other, network)

    assert near[0].value < far[0].value
    assert near[1].value < far[1].value


def test_a_set_against_itself_has_no_frechet_distance_a_kid_below_nought_and_all_its_pictures(draw, network):
    paths = draw("a", 8)

    kid, frechet, precision, recall, _, coverage = set_scores(paths, paths, network)

    assert kid.value < 0
    assert frechet.value == pytest.approx(0, abs=1e-6)
    assert (precision.value, recall.value, coverage.value) == (1, 1, 1)


def test_every_score_worsens_as_pictures_blur(draw, network):
    paths = draw("a", 6, size=(64, 64))
    ladder = [paths, blurred(paths, 2), blurred(paths, 6), blurred(paths, 14)]
    scores = [
        (*set_scores(step, paths, network)[:2], *truth_scores(by_stem(step), by_stem(paths), network))
        for step in ladder
    ]

    for row in zip(*scores, strict=True):
        values = [score.value for score in row]
        assert values == sorted(values, reverse=row[0].better == "higher")


def test_the_true_picture_scores_perfectly(draw, network):
    paths = by_stem(draw("a", 3))

    l1, ssim, perceptual = truth_scores(paths, paths, network)

    assert (l1.value, ssim.value, perceptual.value) == (0, pytest.approx(1), 0)
    assert (l1.better, ssim.better, perceptual.better) == ("lower", "higher", "lower")
    assert perceptual.protocol["extractor"] == "perceptual (efficientnet-lite0)"


def test_a_truth_score_is_the_mean_of_its_pictures_with_a_bootstrap_interval(tmp_path, network):
    for folder, levels in (("fake", (0, 0)), ("true", (51, 153))):
        (tmp_path / folder).mkdir()
        for name, level in zip("ab", levels, strict=True):
            Image.new("RGB", (16, 16), (level,) * 3).save(tmp_path / folder / f"{name}.png")
    fake, true = (by_stem(sorted((tmp_path / folder).iterdir())) for folder in ("fake", "true"))

    l1, *_ = truth_scores(fake, true, network)

    assert l1.per_picture == {"a": pytest.approx(0.2), "b": pytest.approx(0.6)}
    assert l1.value == pytest.approx(0.4)
    assert set(l1.draws) <= {0.2, 0.4, 0.6} or max(l1.draws) - min(l1.draws) == pytest.approx(0.4, abs=1e-5)
    assert l1.interval_is == "bootstrap over 2 pictures, 200 draws"
    assert (l1.against, l1.n) == ("truth", 2)


def test_a_picture_left_out_is_noticed(draw, network):
    paths = by_stem(draw("a", 3))
    fewer = {name: path for name, path in paths.items() if name != "001"}

    with pytest.raises(ScoreError, match="no picture to score named '001'"):
        truth_scores(fewer, paths, network)
    with pytest.raises(ScoreError, match="no true picture named '001'"):
        truth_scores(paths, fewer, network)
    with pytest.raises(ScoreError, match="no true pictures"):
        truth_scores({}, {}, network)


def test_sizes_that_differ_are_refused_with_both_sizes(draw, colours, network):
    small, large = draw("a", 3), draw("b", 3, size=(64, 48))

    with pytest.raises(ScoreError, match=r"are 32x24, those in .* 64x48"):
        set_scores(small, large, colours)
    with pytest.raises(ScoreError, match=r"is 32x24 but .* is 64x48"):
        truth_scores(by_stem(small), by_stem(large), network)


@pytest.mark.parametrize("count", [0, 1])
def test_one_picture_is_no_set(draw, colours, count):
    with pytest.raises(TooFewImages, match=f"holds {count} usable pictures"):
        set_scores(draw("a", count), draw("b", 3), colours)
    with pytest.raises(TooFewImages, match="holds 1 usable pictures"):
        set_scores(draw("b", 3), features_of(draw("a", 1), colours), colours)


def test_two_pictures_have_a_kid_without_an_interval(draw, colours):
    kid, frechet = set_scores(draw("a", 2), draw("b", 3, seed=1), colours)

    assert math.isfinite(kid.value)
    assert math.isfinite(frechet.value)
    assert (kid.interval, kid.interval_is, kid.draws) == (None, "", ())


def test_a_broken_picture_is_named(draw, colours):
    paths = draw("a", 3, size=(64, 64))
    paths[1].write_bytes(paths[1].read_bytes()[:100])

    with pytest.raises(ScoreError, match=r"001\.png is broken"):
        set_scores(paths, draw("b", 3, size=(64, 64)), colours)


def test_depth_scores_average_over_pictures_and_leave_out_those_without_truth(write_depth):
    truth = {
        "a": write_depth("truth/a.png", [[10, 20]]),
        "b": write_depth("truth/b.png", [[40, 0]]),
        "c": write_depth("truth/c.png", [[0, 0]]),
    }
    predicted = {
        "a": write_depth("predicted/a.png", [[12, 20]]),
        "b": write_depth("predicted/b.png", [[0, 7]]),  # none where there is depth: counts as 40 m, the farthest
        "c": write_depth("predicted/c.png", [[5, 5]]),
    }

    abs_rel, rmse, delta, none_share = depth_scores(predicted, truth)

    assert abs_rel.per_picture == {"a": pytest.approx(0.1), "b": 0}
    assert abs_rel.value == pytest.approx(0.05)
    assert rmse.per_picture["a"] == pytest.approx(math.sqrt(2))
    assert (delta.value, delta.better, delta.metric) == (1, "higher", "delta_1.25")
    assert none_share.per_picture == {"a": 0, "b": 1}
    assert {score.n for score in (abs_rel, rmse, delta, none_share)} == {2}
    assert abs_rel.protocol["none_counts_as"] == "40.000 m"
    assert depth_scores(predicted, truth, far_m=80)[0].per_picture["b"] == pytest.approx(1)


def test_depth_without_any_truth_is_refused(write_depth):
    blank = {"a": write_depth("truth/a.png", np.zeros((2, 2)))}

    with pytest.raises(ScoreError, match=r"No true depth map in .* holds any depth"):
        depth_scores(blank, blank)


def test_any_two_folders_can_be_scored(draw, tmp_path, network):
    draw("a", 4), draw("b", 4, seed=1)

    plain = score_folders(tmp_path / "a", tmp_path / "b")
    paired = score_folders(tmp_path / "a", tmp_path / "b", network, paired=True)

    assert [score.metric for score in plain] == ["kid", "frechet"]
    assert [score.metric for score in paired] == ["kid", "frechet", "l1", "ssim", "perceptual"]
    assert all(isinstance(score, Score) for score in paired)
    with pytest.raises(NoPictures):
        score_folders(tmp_path / "a", tmp_path / "nowhere", network)
