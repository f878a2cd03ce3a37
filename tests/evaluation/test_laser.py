from pathlib import Path

import numpy as np
import pytest

from c2c.errors import ScoreError
from c2c.evaluation.laser import Mask, laser_scores, score_depth_folders
from c2c.evaluation.pictures import read_depth_m
from c2c.evaluation.score import depth_scores

KITTI = Path(__file__).parents[3] / "shared" / "data" / "kitti" / "lidar"


@pytest.fixture
def scores(write_depth):
    """A function that scores one predicted map against one laser map, both in metres."""

    def measure(predicted, laser, **mask):
        sides = {"a": write_depth("predicted.png", predicted)}, {"a": write_depth("laser.png", laser)}
        return {score.metric: score for score in laser_scores(*sides, Mask(**mask))}

    return measure


def test_only_pixels_that_a_beam_hit_count(scores):
    laser = np.zeros((4, 5))
    laser[1, 2], laser[3, 4] = 10, 20
    predicted = np.full((4, 5), 77.0)
    predicted[1, 2], predicted[3, 4] = 11, 16

    found = scores(predicted, laser)

    assert found["abs_rel"].value == pytest.approx((0.1 + 0.2) / 2)
    assert found["rmse_m"].value == pytest.approx(((1 + 16) / 2) ** 0.5)
    assert found["delta_1.25"].value == pytest.approx(0.5)  # 20 / 16 is 1.25, not less
    assert found["none_share"].value == 0


def test_points_beyond_the_range_do_not_count(scores):
    laser = np.array([[0.5, 10.0, 90.0]])
    predicted = np.array([[70.0, 12.0, 1.0]])

    found = scores(predicted, laser, near_m=1.0, far_m=80.0)

    assert found["abs_rel"].value == pytest.approx(0.2)
    assert found["abs_rel"].protocol["points"] == "1, 33.33% of the pixels"


def test_a_point_without_a_prediction_counts_as_the_far_end_of_the_mask(scores):
    found = scores(np.zeros((1, 1)), np.full((1, 1), 20.0), far_m=50.0)

    assert found["rmse_m"].value == pytest.approx(30)
    assert found["none_share"].value == 1


def test_the_crop_of_garg_leaves_out_the_sky_and_the_margins(scores):
    laser = np.full((375, 1242), 10.0)
    counted = Mask(crop="garg").of(laser) > 0
    predicted = np.where(counted, 10.0, 40.0)

    found = scores(predicted, laser, crop="garg")

    assert found["abs_rel"].value == 0
    rows, columns = np.nonzero(counted)
    assert (rows.min(), rows.max() + 1, columns.min(), columns.max() + 1) == (153, 371, 44, 1197)
    assert "crop of Garg et al." in found["abs_rel"].protocol["mask"]


def test_masks_that_differ_give_fingerprints_that_differ(scores):
    laser = np.array([[10.0, 60.0]])

    whole, near = (scores(laser, laser, **mask)["abs_rel"] for mask in ({}, {"far_m": 50.0}))

    assert whole.protocol["mask"] == "pixels with a laser point, 0 to 80 m, the whole picture"
    assert near.protocol["mask"] == "pixels with a laser point, 0 to 50 m, the whole picture"
    assert whole.fingerprint != near.fingerprint


def test_a_dense_map_is_scored_as_depth_scores_does(write_depth):
    chance = np.random.default_rng(0)
    truth = {str(i): write_depth(f"truth/{i}.png", chance.uniform(2, 70, (6, 8))) for i in range(3)}
    predicted = {str(i): write_depth(f"predicted/{i}.png", chance.uniform(0, 70, (6, 8))) for i in range(3)}

    found, dense = laser_scores(predicted, truth), depth_scores(predicted, truth, far_m=80.0)

    assert [(s.metric, s.value, s.per_picture) for s in found] == [(s.metric, s.value, s.per_picture) for s in dense]


def test_a_map_without_a_point_is_left_out_and_not_counted(write_depth):
    laser = {"a": write_depth("la.png", [[10.0, 0.0]]), "b": write_depth("lb.png", [[0.0, 0.0]])}
    predicted = {name: write_depth(f"p{name}.png", [[12.0, 3.0]]) for name in laser}

    found = laser_scores(predicted, laser)[0]

    assert (found.n, found.value) == (1, pytest.approx(0.2))
    assert found.protocol["points"] == "1, 50.00% of the pixels"


def test_maps_that_cannot_be_compared_are_refused_by_name(write_depth):
    small, large = write_depth("small.png", np.ones((2, 2))), write_depth("large.png", np.ones((2, 3)))
    empty = write_depth("empty.png", np.zeros((2, 2)))

    with pytest.raises(ScoreError, match=r"1 predicted and 2 laser maps were found, and 'b' stands alone"):
        laser_scores({"a": small}, {"a": small, "b": small})
    with pytest.raises(ScoreError, match=r"small\.png is 2x2 but .*large\.png is 3x2"):
        laser_scores({"a": small}, {"a": large})
    with pytest.raises(ScoreError, match="no pixel is among the pixels with a laser point, 0 to 80 m"):
        laser_scores({"a": small}, {"a": empty})


def test_two_folders_are_matched_by_name(write_depth, tmp_path):
    for name in ("one.png", "two.png"):
        write_depth(f"predicted/{name}", [[11.0]])
        write_depth(f"laser/{name}", [[10.0]])

    found = score_depth_folders(tmp_path / "predicted", tmp_path / "laser")

    assert found[0].per_picture == pytest.approx({"one": 0.1, "two": 0.1})


@pytest.mark.skipif(not KITTI.is_dir(), reason="KITTI's laser maps are not at hand")
def test_kittis_laser_maps_are_sparse_metres():
    maps = {path.stem: path for path in sorted(KITTI.glob("*.png"))[:3]}

    found = laser_scores(maps, maps)[0]

    metres = read_depth_m(next(iter(maps.values())))
    assert 4 < np.median(metres[metres > 0]) < 40
    assert found.value == 0
    assert 3 < float(found.protocol["points"].split(", ")[1].partition("%")[0]) < 6
