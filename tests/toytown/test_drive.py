from itertools import pairwise

import numpy as np
import pytest

from c2c.geometry import EquirectangularCamera
from c2c.geometry.motion import motion_between
from c2c.toytown import Viewpoint
from c2c.toytown.drive import FIRST_Y_M, LAST_Y_M, LONGEST_M, drive, drive_layout, filmed, sight_of

FRAMES, SIZE = 4, 48


@pytest.fixture(scope="module")
def paris():
    """Viewpoints and views of a short drive."""
    viewpoints = drive(FRAMES, 0.25, SIZE)
    return viewpoints, list(filmed(drive_layout(0), viewpoints, "paris", "paris"))


def motions_of(viewpoints, views):
    sights = [sight_of(*one) for one in zip(viewpoints, views, strict=True)]
    return [motion_between(now, before) for before, now in pairwise(sights)]


def test_a_drive_goes_ahead_by_even_steps_in_the_middle_of_the_street():
    places = [viewpoint.position for viewpoint in drive(24, 0.25, SIZE)]

    assert {place[0] for place in places} == {0.0}
    assert {round(b[1] - a[1], 9) for a, b in pairwise(places)} == {0.25}


def test_the_longest_drive_stays_on_the_street_and_a_street_is_long_enough():
    places = [viewpoint.position[1] for viewpoint in drive(481, LONGEST_M / 480, SIZE)]

    assert min(places) >= FIRST_Y_M
    assert max(places) <= LAST_Y_M + 1e-6
    assert all(drive_layout(seed).end_m > LAST_Y_M for seed in range(5))


def test_the_same_seed_gives_the_same_drive_and_another_gives_another_street():
    assert drive_layout(3) == drive_layout(3)
    assert drive_layout(3).seed != drive_layout(4).seed


def test_a_frame_moved_by_the_exact_motion_is_nearly_the_next_one(paris):
    viewpoints, views = paris
    for (before, now), motion in zip(pairwise(views), motions_of(viewpoints, views), strict=True):
        rows = np.clip(np.floor(motion.rows), 0, SIZE - 1).astype(int)
        columns = np.clip(np.floor(motion.columns), 0, SIZE - 1).astype(int)
        moved = before.colour[rows, columns].astype(float)
        seen = motion.seen
        by_motion = np.abs(moved - now.colour)[seen].mean()
        by_place = np.abs(before.colour.astype(float) - now.colour)[seen].mean()
        assert by_motion < 0.75 * by_place
        assert seen.mean() > 0.8


def test_another_dress_on_the_same_shapes_moves_in_the_same_way(paris):
    viewpoints, views = paris
    dressed = list(filmed(drive_layout(0), viewpoints, "paris", "burano"))

    for own, other in zip(motions_of(viewpoints, views), motions_of(viewpoints, dressed), strict=True):
        assert (own.columns == other.columns).all()
        assert (own.seen == other.seen).all()


def test_a_panorama_has_no_motion_here(paris):
    with pytest.raises(TypeError):
        sight_of(Viewpoint(EquirectangularCamera(8), (0.0, 0.0, 2.5)), paris[1][0])
