import numpy as np
import pytest

from c2c.geometry.planes import DepthPlanes, panorama_rays

NOTHING = (0, 0, 0, 0)
GROUND = (0, 0, -1, 2.5)  # 2.5 m under the camera
WALL_AHEAD = (0, 1, 0, 10)
WALL_ON_THE_RIGHT = (1, 0, 0, 4)


def world(height=32, *, mirrored=False):
    """Ground, a wall 10 m ahead and one 4 m to the right, under the sky."""
    rays = panorama_rays(height, 2 * height)
    planes = np.array([NOTHING, GROUND, WALL_AHEAD, WALL_ON_THE_RIGHT], np.float32)
    with np.errstate(divide="ignore"):
        away = planes[1:, 3, None, None] / np.einsum("pi,ihw->phw", planes[1:, :3], rays)
    away[~(away > 0)] = np.inf
    high = away * rays[2]
    away[1:][high[1:] > 20] = np.inf  # where the walls end
    index = np.where(np.isfinite(away.min(axis=0)), away.argmin(axis=0) + 1, 0).astype(np.uint8)
    return DepthPlanes(index[:, ::-1] if mirrored else index, planes)


def test_the_ground_below_is_as_far_as_the_camera_is_high():
    distance = world().distance_m()
    assert distance[-1].tolist() == pytest.approx([2.5] * 64, rel=2e-3)


def test_a_wall_ahead_is_as_far_as_it_stands_in_the_middle_column():
    planes = DepthPlanes(np.full((33, 67), 2, np.uint8), world().planes)
    assert planes.distance_m()[16, 33] == pytest.approx(10)


def test_the_sky_has_no_depth():
    distance = world().distance_m()
    assert np.isnan(distance[0]).all()
    assert distance.dtype == np.float32


def test_a_plane_behind_the_ray_has_no_depth():
    everywhere = DepthPlanes(np.full((16, 32), 2, np.uint8), world().planes)
    distance = everywhere.distance_m()
    assert (distance[:, 8:24] > 0).all()  # the half that looks ahead
    assert np.isnan(distance[:, :8]).all()
    assert np.isnan(distance[:, 24:]).all()
    assert everywhere.negative_share() == pytest.approx(0.5)


def test_the_negative_share_is_nothing_in_the_right_frame_and_gives_away_a_mirrored_one():
    assert world().negative_share() == 0
    assert world(mirrored=True).negative_share() > 0.05


def test_where_there_is_only_sky_nothing_is_negative():
    assert DepthPlanes(np.zeros((4, 8), np.uint8), np.zeros((1, 4), np.float32)).negative_share() == 0


def test_a_plane_that_is_no_number_has_no_depth_and_counts_as_negative():
    planes = np.array([NOTHING, (np.nan, 0, 1, 1), (np.inf, 0, 0, 1), (0, 0, 0, np.inf)], np.float32)
    broken = DepthPlanes(np.arange(8, dtype=np.uint8).reshape(2, 4) % 3 + 1, planes)
    assert np.isnan(broken.distance_m()).all()
    assert broken.negative_share() == 1


def test_the_rays_of_a_panorama_go_all_around_and_stay_as_they_are():
    rays = panorama_rays(16, 48)
    np.testing.assert_allclose((rays**2).sum(axis=0), 1, rtol=1e-11)
    np.testing.assert_allclose(rays.sum(axis=(1, 2)), 0, atol=1e-9)
    with pytest.raises(ValueError, match="read-only"):
        rays[0] = 1
