import numpy as np
import pytest

from c2c.geometry import PinholeCamera
from c2c.toytown import cast as casting
from c2c.toytown.cast import cast, ray_boxes
from c2c.toytown.shapes import Builder, Part

EYE = (0.0, 0.0, 0.0)


def seen(builder, camera=None):
    camera = camera or PinholeCamera(16, 16, 90)
    rays = np.moveaxis(camera.rays(), -1, 0).astype(np.float32)
    shapes = builder.build()
    hits = cast(shapes, EYE, rays, ray_boxes(camera, EYE, shapes, 1, rays.shape[1:]))
    return hits, camera.planar_depth(hits.distance_m)


def wall(builder, y, part=Part.FRONT, half=50.0, taper=0.0):
    builder.quad(part, 0, (-half, y, -half), (2 * half, 0, 0), (0, 0, 2 * half), taper)


def test_a_wall_10_m_ahead_is_10_m_deep_everywhere():
    builder = Builder()
    wall(builder, 10.0)
    hits, depth = seen(builder)
    np.testing.assert_allclose(depth, 10, rtol=1e-6)
    assert hits.distance_m[0, 0] > 14


def test_u_runs_to_the_right_and_v_up_in_metres():
    builder = Builder()
    wall(builder, 10.0, half=50)
    hits, _ = seen(builder)
    np.testing.assert_allclose(hits.u[8] - 50, 10 * (np.arange(16) - 7.5) / 8, rtol=1e-4, atol=1e-4)
    np.testing.assert_allclose(hits.v[:, 8] - 50, 10 * (7.5 - np.arange(16)) / 8, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("small", [0, 10**9])
def test_the_nearest_of_several_walls_is_seen_whichever_way_quads_are_met(small, monkeypatch):
    monkeypatch.setattr(casting, "SMALL", small)
    builder = Builder()
    for y in (10.0, 4.0, 7.0):
        wall(builder, y)
    hits, depth = seen(builder)
    assert (hits.shape == 1).all()
    np.testing.assert_allclose(depth, 4, rtol=1e-6)


def test_a_wall_is_not_seen_from_behind():
    builder = Builder()
    builder.quad(Part.FRONT, 0, (50, 10, -50), (-100, 0, 0), (0, 0, 100))
    hits, _ = seen(builder)
    assert (hits.shape == -1).all()
    assert np.isinf(hits.distance_m).all()


@pytest.mark.parametrize("small", [0, 10**9])
def test_a_taper_makes_a_triangle_of_half_the_area(small, monkeypatch):
    monkeypatch.setattr(casting, "SMALL", small)
    builder = Builder()
    builder.quad(Part.GABLE, 0, (-5, 10, -5), (10, 0, 0), (0, 0, 10), taper=0.5)
    hits, _ = seen(builder, PinholeCamera(200, 200, 90))
    assert (hits.shape == 0).sum() == pytest.approx(100 * 100 / 2, rel=0.02)


def test_a_box_shows_its_front_at_its_distance_and_its_top_from_above():
    builder = Builder()
    builder.box(Part.BODY, Part.DECK, 0, (-2, 6, -3), (1, 0), 4, 4, 2)
    hits, depth = seen(builder, PinholeCamera(64, 64, 90))
    parts = np.append(builder.build().part, 255)[hits.shape]
    assert set(np.unique(parts)) == {Part.BODY, Part.DECK, 255}
    np.testing.assert_allclose(depth[parts == Part.BODY], 6, rtol=1e-5)
    assert depth[parts == Part.DECK].min() >= 6


def test_a_sphere_2_m_wide_5_m_ahead_begins_4_m_ahead():
    builder = Builder()
    builder.ellipsoid(Part.CROWN, 0, (0, 5, 0), 1, 1)
    hits, depth = seen(builder, PinholeCamera(65, 65, 60))
    assert depth[32, 32] == pytest.approx(4, rel=1e-6)
    assert (depth[hits.shape == 0] >= 4 - 1e-5).all()
    assert hits.shape[0, 0] == -1


def test_walls_that_meet_leave_no_gap():
    builder = Builder()
    for left in np.arange(-60, 60, 1.7):
        builder.quad(Part.FRONT, 0, (float(left), 10, -50), (1.7, 0, 0), (0, 0, 100))
    hits, _ = seen(builder, PinholeCamera(301, 20, 90))
    assert (hits.shape >= 0).all()
