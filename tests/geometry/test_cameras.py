import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from c2c.geometry import EquirectangularCamera, PinholeCamera, sine_cosine

AHEAD, RIGHT, UP = (0, 1, 0), (1, 0, 0), (0, 0, 1)

angles = st.floats(-80, 80)
pinholes = st.builds(PinholeCamera, st.just(12), st.just(8), st.floats(30, 120), st.floats(-180, 180), angles, angles)


def meets(rays, normal, offset_m):
    """Distance along rays to the plane of points whose product with the normal is the offset."""
    return offset_m / (rays @ np.array(normal, float))


def test_the_middle_of_a_pinhole_looks_ahead():
    rays = PinholeCamera(5, 5, 90).rays()
    assert rays[2, 2].tolist() == [0, 1, 0]


def test_at_90_degrees_the_right_edge_looks_45_degrees_to_the_right():
    edge = PinholeCamera(4, 4, 90).directions(np.array([4.0]), np.array([2.0]))[:, 0, 0]
    np.testing.assert_allclose(edge, np.array([1, 1, 0]) / np.sqrt(2), atol=1e-12)


def test_columns_go_right_and_rows_go_down():
    rays = PinholeCamera(8, 8, 60).rays()
    assert rays[4, 7, 0] > 0 > rays[4, 0, 0]
    assert rays[0, 4, 2] > 0 > rays[7, 4, 2]


@pytest.mark.parametrize(("yaw", "direction"), [(0, AHEAD), (90, RIGHT), (-90, (-1, 0, 0)), (180, (0, -1, 0))])
def test_yaw_turns_clockwise(yaw, direction):
    for camera in (PinholeCamera(3, 3, 60, yaw_deg=yaw), EquirectangularCamera(5, yaw_deg=yaw)):
        middle = camera.directions(np.array([camera.width / 2]), np.array([camera.height / 2]))
        assert middle[:, 0, 0].tolist() == list(direction)


def test_pitch_looks_up():
    assert PinholeCamera(3, 3, 60, pitch_deg=90).rays()[1, 1].tolist() == list(UP)


def test_a_roll_of_90_degrees_tips_the_view_clockwise_so_that_the_right_edge_looks_down():
    rays = PinholeCamera(9, 9, 60, roll_deg=90).rays()
    assert rays[4, 8, 2] < 0 < rays[4, 0, 2]


def test_a_wall_10_m_ahead_is_10_m_deep_at_every_pixel_while_its_distance_grows():
    camera = PinholeCamera(16, 12, 100)
    distance = meets(camera.rays(), AHEAD, 10.0)
    np.testing.assert_allclose(camera.planar_depth(distance), 10.0, rtol=1e-12)
    assert distance[0, 0] > distance[6, 0] > distance[6, 8] >= 10


def test_ground_under_a_camera_1_m_up_is_as_deep_as_focal_length_over_rows_below_the_horizon():
    camera = PinholeCamera(8, 8, 90)  # a focal length of 4 pixels
    depth = camera.planar_depth(meets(camera.rays(), UP, -1.0))
    np.testing.assert_allclose(depth[4:, 0], 4 / np.array([0.5, 1.5, 2.5, 3.5]), rtol=1e-12)


def test_a_mirrored_picture_is_not_taken_for_the_camera_s_own():
    rays = PinholeCamera(8, 8, 90, yaw_deg=20).rays()
    wall_on_the_right = meets(rays, RIGHT, 5.0)
    assert (wall_on_the_right[:, 6:] > 0).all()
    assert not np.allclose(wall_on_the_right, wall_on_the_right[:, ::-1])


def test_a_quarter_right_of_a_panorama_s_middle_looks_right_and_its_top_looks_up():
    camera = EquirectangularCamera(8)
    assert camera.width == 16
    assert camera.directions(np.array([12.0]), np.array([4.0]))[:, 0, 0].tolist() == list(RIGHT)
    assert camera.directions(np.array([5.0]), np.array([0.0]))[:, 0, 0].tolist() == list(UP)


def test_a_panorama_s_depth_is_distance():
    distance = np.linspace(1, 9, 32).reshape(4, 8)
    assert (EquirectangularCamera(4).planar_depth(distance) == distance).all()


@given(pinholes)
def test_rays_have_unit_length(camera):
    np.testing.assert_allclose(np.linalg.norm(camera.rays(), axis=-1), 1, rtol=1e-11)  # sines have 12 digits


@given(pinholes, st.floats(1, 30))
def test_points_on_a_ray_land_where_the_ray_left(camera, far_m):
    points = camera.rays().reshape(-1, 1, 3) * far_m
    row, column = np.mgrid[: camera.height, : camera.width] + 0.5
    bounds = camera.bounds(points)
    np.testing.assert_allclose(bounds[:, 0], column.ravel(), atol=1e-6)
    np.testing.assert_allclose(bounds[:, 3], row.ravel(), atol=1e-6)


def test_a_hull_behind_a_pinhole_has_no_bounds_and_one_that_passes_it_reaches_over_the_edge():
    camera = PinholeCamera(10, 10, 90)
    square = np.array([(-1, 0, -1), (1, 0, -1), (1, 0, 1), (-1, 0, 1)], float)
    behind = camera.bounds(square[None] + [0, -5, 0])[0]
    assert behind[0] > behind[1]
    floor = np.array([[(-1, -5, -1), (1, -5, -1), (1, 5, -1), (-1, 5, -1)]], float)
    left, right, top, bottom = camera.bounds(floor)[0]
    assert left < 0
    assert right > 10
    assert top == pytest.approx(5 + 5 / 5)
    assert bottom > 10


@given(st.floats(-170, 170), st.floats(2, 30))
def test_a_panorama_s_bounds_hold_every_corner(turn, far_m):
    camera = EquirectangularCamera(16)
    sin, cos = sine_cosine(turn)
    quad = np.array([[(far_m * sin + side * cos, far_m * cos - side * sin, z) for side in (-1, 1) for z in (-1, 1)]])
    left, right, _, _ = camera.bounds(quad)[0]
    columns = (np.degrees(np.arctan2(quad[0, :, 0], quad[0, :, 1])) / 360 + 0.5) * camera.width
    assert left <= columns.min() + 1e-9
    assert right >= columns.max() - 1e-9


@pytest.mark.parametrize("fov", [0, 180, -5])
def test_an_impossible_field_of_view_is_refused(fov):
    with pytest.raises(ValueError, match="between 0 and 180"):
        PinholeCamera(4, 4, fov)


def test_sines_of_right_angles_are_exact():
    assert [sine_cosine(angle) for angle in (0, 90, 180, -90)] == [(0, 1), (1, 0), (0, -1), (-1, 0)]
