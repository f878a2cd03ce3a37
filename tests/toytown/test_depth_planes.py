import numpy as np
import pytest

from c2c.toytown import CITIES
from c2c.toytown.depth_planes import RASTER_PX, depth_planes
from c2c.toytown.grid import TownPlan
from c2c.toytown.layout import Viewpoint
from c2c.toytown.town import CityTown, TownCamera

PLAN = TownPlan.from_seed(1, 12)


@pytest.fixture(scope="module", params=CITIES)
def seen(request):
    """A town, a stop, and the planes seen there."""
    town, stop = CityTown(PLAN, request.param), PLAN.stops[4]
    return town, stop, depth_planes(town, stop.position, stop.yaw_deg)


def test_every_pixel_is_as_far_as_what_was_drawn_there(seen):
    town, stop, planes = seen
    exact = town.fixed_depth_m(Viewpoint(TownCamera(RASTER_PX, stop.yaw_deg), stop.position))
    told = np.nan_to_num(planes.distance_m())
    assert planes.index.shape == (256, 512)
    assert ((told > 0) == (exact > 0)).all()
    assert np.abs(told - exact).max() < 1e-3


def test_the_frame_is_that_of_the_panorama(seen):
    assert seen[2].negative_share() == 0


def test_the_first_plane_is_none_and_the_ground_lies_flat_below(seen):
    town, stop, planes = seen
    assert (planes.planes[0] == 0).all()
    ground = planes.planes[planes.index[-1, 0]]
    assert ground[:3] == pytest.approx([0, 0, -1])
    assert ground[3] == pytest.approx(stop.position[2] - town.scene.town.bed_m, abs=1e-5)


def test_houses_in_one_line_share_a_plane(seen):
    planes = seen[2].planes[1:]
    assert len(planes) <= 255
    assert len(np.unique(np.round(planes, 3), axis=0)) == len(planes)
    assert np.sqrt((planes[:, :3] ** 2).sum(axis=1)) == pytest.approx(1, abs=1e-5)


def test_of_too_many_planes_those_stay_that_cover_most(seen, monkeypatch):
    town, stop, planes = seen
    monkeypatch.setattr("c2c.toytown.depth_planes.MOST_PLANES", 5)
    fewer = depth_planes(town, stop.position, stop.yaw_deg)
    counts = np.bincount(planes.index.ravel())[1:]
    assert len(fewer.planes) == 6
    assert (fewer.index > 0).sum() == np.sort(counts)[-5:].sum()
    kept = fewer.index > 0
    assert fewer.distance_m()[kept] == pytest.approx(planes.distance_m()[kept])
