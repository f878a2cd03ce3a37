import numpy as np
import pytest

from c2c.geometry import PinholeCamera
from c2c.geometry.motion import Motion, Sight, motion_between

CAMERA = PinholeCamera(40, 40, 90.0)


def wall(distance_m, y=0.0, x=0.0, camera=CAMERA):
    """A view of an endless wall straight ahead."""
    rays = camera.rays()
    return Sight(camera, (x, y, 0.0), distance_m / rays[..., 1])


def test_a_camera_that_stands_still_sees_every_pixel_where_it_was():
    motion, still = motion_between(wall(5.0), wall(5.0)), Motion.still(40, 40)

    np.testing.assert_allclose(motion.columns, still.columns, atol=1e-4)
    np.testing.assert_allclose(motion.rows, still.rows, atol=1e-4)
    assert motion.seen.all()


def test_a_step_sideways_moves_a_wall_by_the_focal_length_over_its_depth():
    motion = motion_between(wall(5.0, x=0.5), wall(5.0))

    np.testing.assert_allclose(motion.columns - Motion.still(40, 40).columns, 20 * 0.5 / 5, atol=1e-4)  # focal 20 px
    assert motion.seen[:, :38].all()
    assert not motion.seen[:, 38:].any()  # came into view


def test_a_step_ahead_lets_a_wall_come_nearer_from_its_middle():
    motion = motion_between(wall(4.0, y=1.0), wall(5.0))

    assert motion.columns[0, 0] - 20 == pytest.approx((0.5 - 20) * 4 / 5, abs=1e-4)
    assert motion.seen.all()


def test_the_sky_turns_with_the_camera_and_does_not_come_nearer():
    sky = np.zeros((40, 40))
    turned = PinholeCamera(40, 40, 90.0, yaw_deg=45.0)

    ahead = motion_between(Sight(CAMERA, (0.0, 9.0, 0.0), sky), Sight(CAMERA, (0.0, 0.0, 0.0), sky))
    aside = motion_between(Sight(turned, (0.0, 0.0, 0.0), sky), Sight(CAMERA, (0.0, 0.0, 0.0), sky))

    np.testing.assert_allclose(ahead.columns, Motion.still(40, 40).columns, atol=1e-3)
    assert ahead.seen.all()
    assert aside.columns[20, 0] == pytest.approx(20.0, abs=0.6)  # 45 degrees to the left is straight ahead now
    assert not aside.seen[:, 25:].any()


def test_what_stood_behind_something_nearer_was_not_seen():
    before = wall(10.0)
    hidden = before.distance_m.copy()
    hidden[10:30, 10:30] *= 0.3
    motion = motion_between(wall(10.0), Sight(CAMERA, (0.0, 0.0, 0.0), hidden))

    assert not motion.seen[10:30, 10:30].any()
    assert motion.seen[:9].all()


def test_the_floor_far_away_is_seen_although_its_depth_changes_fast():
    rays = CAMERA.rays()
    floor = np.where(rays[..., 2] < -0.02, 2.0 / np.maximum(-rays[..., 2], 1e-6), 0.0)
    motion = motion_between(Sight(CAMERA, (0.0, 0.0, 0.0), floor), Sight(CAMERA, (0.0, 0.0, 0.0), floor))

    assert motion.seen.all()
