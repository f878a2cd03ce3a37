import math
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from c2c.geometry import EquirectangularCamera, PinholeCamera
from c2c.geometry.lookups import KEPT_BANDS, bands, between_four
from c2c.geometry.packed import box_for, pack
from c2c.geometry.planes import DepthPlanes, panorama_rays
from c2c.geometry.views import (
    colour_view,
    colour_views,
    cross,
    depth_view,
    raster_depth_view,
    six_views,
)

AHEAD, RIGHT, BEHIND, LEFT, UP, DOWN = six_views(16)


def painted(x, y, z):
    """A smooth picture on the sphere, of levels from 0 to 255; left and right differ, and so do up and down."""
    red, green, blue = np.sin(2 * x + y), y * z, (np.cos(3 * z) + x) / 2
    return 127.5 + 127 * np.stack([red, green, blue], axis=-1)


def painted_panorama(height):
    return painted(*panorama_rays(height, 2 * height)).astype(np.float32)


def centres(side):
    return np.arange(side) + 0.5


def painted_view(camera):
    return painted(*camera.directions(centres(camera.width), centres(camera.height)))


def room(height=256):
    """A room of 8 m by 12 m, its ceiling and floor 2 m above and below, as planes."""
    planes = np.array(
        [(0, 0, 0, 0), (0, 1, 0, 6), (1, 0, 0, 4), (0, -1, 0, 6), (-1, 0, 0, 4), (0, 0, 1, 2), (0, 0, -1, 2)],
        np.float32,
    )
    return DepthPlanes(met(planes, panorama_rays(height, 2 * height))[0], planes)


def met(planes, rays):
    """Which plane rays meet first, and how far along."""
    with np.errstate(divide="ignore", invalid="ignore"):
        away = planes[1:, 3, None, None] / np.einsum("pi,ihw->phw", planes[1:, :3].astype(float), rays)
    away[~(away > 0)] = np.inf
    return (away.argmin(axis=0) + 1).astype(np.uint8), away.min(axis=0)


@pytest.mark.parametrize(
    "camera",
    [*six_views(264), PinholeCamera(300, 200, 60, 33, 20, 10), PinholeCamera(264, 264, 90.217, 170, -50)],
)
def test_a_view_of_a_painted_sphere_is_within_a_hundredth_of_a_level(camera):
    view = colour_view(painted_panorama(1664), camera)
    assert np.abs(view - painted_view(camera)).max() < 0.01


def test_the_six_views_look_ahead_right_behind_left_up_and_down():
    panorama = np.zeros((64, 128, 3), np.uint8)
    panorama[28:36, 60:68, 0] = 200  # ahead
    panorama[28:36, 92:100, 1] = 200  # a quarter to the right
    panorama[:4, :, 2] = 200  # the upper pole
    middles = [view[7:9, 7:9].mean(axis=(0, 1)) for view in colour_views(pack(panorama, 2), six_views(16))]
    assert [np.flatnonzero(middle > 100).tolist() for middle in middles] == [[0], [1], [], [], [2], []]


def test_a_mirrored_panorama_does_not_give_the_same_views():
    camera = PinholeCamera(64, 64, 90, 40, 10)
    mirrored = painted_panorama(256)[:, ::-1]
    assert np.abs(colour_view(mirrored, camera) - painted_view(camera)).max() > 50


def test_views_go_on_across_the_back_and_the_poles():
    turned = PinholeCamera(33, 33, 20, 180)
    over_the_pole = PinholeCamera(33, 33, 20, 0, 90)
    for camera in (turned, over_the_pole):
        view = colour_view(painted_panorama(128), camera)
        assert np.abs(view - painted_view(camera)).max() < 0.2


@pytest.mark.parametrize("dtype", [np.uint8, np.float32])
@pytest.mark.parametrize("box", [1, 2, 4, 32])
def test_boxes_are_averaged_exactly(box, dtype):
    panorama = np.random.default_rng(0).integers(0, 256, (64, 128, 3)).astype(dtype)
    packed = pack(panorama, box)
    means = packed.sums[1:-1, 1:-1, :3] / box**2
    expected = panorama.reshape(64 // box, box, 128 // box, box, 3).mean(axis=(1, 3))
    np.testing.assert_allclose(means, expected, rtol=1e-5)
    assert (packed.height, packed.width) == (64 // box, 128 // box)


@pytest.mark.parametrize("height", [512, 509])
def test_a_view_that_is_coarser_than_its_panorama_is_near_the_true_means_of_its_pixels(height):
    rays = panorama_rays(height, 2 * height)
    stripes = np.where(np.floor(np.arctan2(rays[0], rays[1]) * 40) % 2, 255.0, 0.0)  # some of one pixel of the view
    panorama = np.repeat(stripes[..., None], 3, axis=2).astype(np.uint8)
    camera = PinholeCamera(32, 32, 90)
    fine = PinholeCamera(32 * 16, 32 * 16, 90)
    truth = colour_view(panorama, fine).reshape(32, 16, 32, 16, 3).mean(axis=(1, 3))
    antialiased, aliased = (
        colour_views(pack(panorama, box_for(camera, height)), [camera]),
        colour_views(pack(panorama), [camera]),
    )
    errors = [np.sqrt(((view[0] - truth) ** 2).mean()) for view in (antialiased, aliased)]
    assert errors[0] < 0.6 * errors[1]


@pytest.mark.parametrize(
    ("size", "height", "box"), [(264, 1664, 2), (264, 1024, 1), (264, 8192, 8), (64, 1664, 8), (264, 4001, 4001 / 1001)]
)
def test_the_box_is_half_a_view_s_pixel_or_somewhat_less_and_fills_the_panorama(size, height, box):
    assert box_for(PinholeCamera(size, size, 90), height) == box
    assert height / box == pytest.approx(round(height / box))


@given(st.integers(1, 9000), st.integers(8, 1024))
def test_a_box_is_never_less_than_half_of_what_it_may_be(height, size):
    camera = PinholeCamera(size, size, 90)
    most = max(1, int(height / math.pi / camera.focal_px / 2))
    assert most / 2 < box_for(camera, height) <= most


@pytest.mark.parametrize("dtype", [np.uint8, np.float32])
def test_boxes_of_parts_of_pixels_are_averaged_exactly(dtype):
    panorama = np.random.default_rng(0).integers(0, 256, (45, 90, 3)).astype(dtype)
    packed = pack(panorama, 45 / 20)  # 2.25 px: each is 9 quarters of pixels
    quarters = panorama.astype(float).repeat(4, axis=0).repeat(4, axis=1)
    expected = quarters.reshape(20, 9, 40, 9, 3).mean(axis=(1, 3))
    np.testing.assert_allclose(packed.sums[1:-1, 1:-1, :3] / packed.box**2, expected, rtol=1e-5)
    assert (packed.height, packed.width) == (20, 40)


@pytest.mark.parametrize("height", [1663, 1667])  # primes: boxes of 2 px would be torn
def test_a_view_of_a_panorama_of_any_height_is_within_a_hundredth_of_a_level(height):
    for camera in (AHEAD, BEHIND, UP):
        camera = PinholeCamera(264, 264, 90, camera.yaw_deg, camera.pitch_deg)
        assert 1.9 < box_for(camera, height) < 2
        assert np.abs(colour_view(painted_panorama(height), camera) - painted_view(camera)).max() < 0.01


@pytest.mark.parametrize(("shape", "box"), [((8, 15, 3), 1), ((9, 18, 3), 2), ((9, 18, 3), 2.1)])
def test_what_is_no_panorama_is_not_packed(shape, box):
    with pytest.raises(ValueError, match="twice as wide"):
        pack(np.zeros(shape, np.uint8), box)


def test_threads_at_several_panoramas_give_the_same_views():
    panoramas = np.random.default_rng(0).integers(0, 256, (4, 128, 256, 3), dtype=np.uint8)

    def views(panorama):
        return np.stack(colour_views(pack(panorama, 2), six_views(100)))

    between_four.cache_clear()
    with ThreadPoolExecutor(2) as pool:
        shared = list(pool.map(views, panoramas))
    for one, panorama in zip(shared, panoramas, strict=True):
        assert (one == views(panorama)).all()


def test_black_and_white_stay_black_and_white():
    for level in (0, 255):
        for view in colour_views(pack(np.full((32, 64, 3), level, np.uint8), 2), six_views(20)):
            assert (view == level).all()


def test_six_views_of_the_usual_size_are_looked_up_once():
    between_four.cache_clear()
    for _ in range(2):
        colour_views(pack(np.zeros((64, 128, 3), np.uint8)), six_views())
    assert between_four.cache_info().misses == 6 * len(list(bands(six_views()[0]))) <= KEPT_BANDS


def test_a_cross_has_its_faces_where_a_folded_cube_would():
    faces = [np.full((2, 2, 3), number, np.uint8) for number in range(1, 7)]
    assert cross(faces)[::2, ::2, 0].tolist() == [[0, 5, 0, 0], [4, 1, 2, 3], [0, 6, 0, 0]]


def test_the_edges_of_a_cross_meet():
    unfolded = cross([colour_view(painted_panorama(256), camera) for camera in six_views(64)])
    left, top = unfolded[64:128], unfolded[:, 64:128]
    across, down = np.abs(np.diff(left, axis=1)).max(axis=(0, 2)), np.abs(np.diff(top, axis=0)).max(axis=(1, 2))
    assert across.max() < 12  # no step anywhere, seams included
    assert down.max() < 12


@pytest.mark.parametrize("camera", [*six_views(264), PinholeCamera(200, 100, 75, 33, 20, 10)])
def test_depth_on_planes_is_exact_and_planar(camera):
    planes = room()
    _, distance = met(planes.planes, camera.directions(centres(camera.width), centres(camera.height)))
    truth = camera.planar_depth(distance)
    depth = depth_view(planes, camera, edges=False)
    valid = np.isfinite(depth)
    np.testing.assert_allclose(depth[valid], truth[valid], rtol=0.02)
    exact = np.abs(depth - truth) < 1e-5 * truth
    assert exact[valid].mean() > 0.99
    assert valid.mean() > 0.9


def test_the_wall_ahead_is_6_m_deep_all_over():
    camera = PinholeCamera(32, 32, 30)
    assert depth_view(room(), camera) == pytest.approx(np.full((32, 32), 6.0))


def test_the_wall_on_the_right_is_seen_on_the_right():
    assert depth_view(room(), PinholeCamera(9, 9, 60, 90))[4, 4] == pytest.approx(4)
    mirrored = DepthPlanes(room().index[:, ::-1], room().planes)
    assert np.isnan(depth_view(mirrored, PinholeCamera(9, 9, 60, 90))[4, 4])


def test_at_an_edge_where_planes_disagree_depth_is_left_out_unless_it_is_asked_for():
    index = np.zeros((64, 128), np.uint8)
    index[:, 64:] = 1  # a wall that ends in the sky
    planes = DepthPlanes(index, np.array([(0, 0, 0, 0), (0, 1, 0, 5)], np.float32))
    camera = PinholeCamera(65, 65, 20)
    kept, left_out = depth_view(planes, camera), depth_view(planes, camera, edges=False)
    assert np.isfinite(kept).sum() > np.isfinite(left_out).sum() > 0
    assert np.isnan(left_out[:, :34]).all()
    assert (kept[np.isfinite(left_out)] == 5).all()


def test_depth_of_a_raster_is_planar_and_none_where_it_has_none():
    distance = np.round(room().distance_m() * 256).astype(np.uint16)
    distance[:64] = 0
    view = raster_depth_view(distance, PinholeCamera(64, 64, 60)) / 256
    assert np.median(view) == pytest.approx(6, rel=0.005)
    assert (raster_depth_view(distance, PinholeCamera(64, 64, 60, 0, 90)) == 0).all()


@given(st.floats(-180, 180), st.floats(-90, 90), st.floats(-180, 180), st.floats(10, 140))
def test_any_view_fetches_only_pixels_that_are_there(yaw, pitch, roll, fov):
    camera = PinholeCamera(12, 9, fov, yaw, pitch, roll)
    four = between_four(camera, 0, 9, 16, 32)
    assert four.first.min() >= 0
    assert four.first.max() + 34 + 1 < 18 * 34
    assert ((four.across >= 0) & (four.across <= 1) & (four.down >= 0) & (four.down <= 1)).all()
    assert np.isfinite(colour_view(painted_panorama(16), camera)).all()


def test_a_view_is_within_a_level_of_what_py360convert_makes_of_the_same_panorama():
    stored = Path(__file__).with_name("py360convert_64.png")  # e2p(…, 90, 30, 20, (64, 64)) of version 1.0.4
    wider = 2 * math.degrees(math.atan(64 / 63))  # it puts the outermost pixels on the edges of the view
    panorama = np.rint(painted_panorama(128)).astype(np.uint8)
    view = np.rint(colour_view(panorama, PinholeCamera(64, 64, wider, 30, 20)))
    assert np.abs(view - np.asarray(Image.open(stored)).astype(int)).max() <= 1


def test_a_panorama_s_own_camera_has_the_rays_that_its_views_are_cut_by():
    np.testing.assert_allclose(panorama_rays(8, 16), np.moveaxis(EquirectangularCamera(8).rays(), -1, 0))
