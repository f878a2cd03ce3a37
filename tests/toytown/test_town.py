import math

import numpy as np
import pytest

from c2c.geometry import EquirectangularCamera, PinholeCamera
from c2c.geometry.earth import distance_m, east_north_m
from c2c.toytown import CITIES, CLASSES, Viewpoint
from c2c.toytown.grid import TownPlan
from c2c.toytown.layout import EYE_HEIGHT_M
from c2c.toytown.shapes import Part
from c2c.toytown.town import ANCHORS, LOOSE, Anchor, CityTown

PLAN = TownPlan.from_seed(1, 12)


@pytest.fixture(scope="module", params=CITIES)
def town(request):
    """A town of each city."""
    return CityTown(PLAN, request.param)


def seen_again(town, here, there, height):
    """For points that one stop sees: how far they are from another stop, and how far that one sees their way."""
    camera, position = EquirectangularCamera(height), np.array(PLAN.stops[here].position)
    distance = town.fixed_depth_m(Viewpoint(camera, PLAN.stops[here].position))
    met = (distance > 0) & (distance < 40)
    points = position + camera.rays()[met] * distance[met][:, None]
    way = points - np.array(PLAN.stops[there].position)
    far = np.sqrt((way**2).sum(axis=1))
    columns = np.floor((np.arctan2(way[:, 0], way[:, 1]) / (2 * np.pi) + 0.5) * 2 * height) % (2 * height)
    rows = np.clip(np.floor((0.5 - np.arcsin(way[:, 2] / far) / np.pi) * height), 0, height - 1)
    other = town.fixed_depth_m(Viewpoint(camera, PLAN.stops[there].position))
    return far, other[rows.astype(int), columns.astype(int)]


def test_what_one_stop_sees_stands_where_its_neighbour_sees_it(town):
    far, seen = seen_again(town, 0, PLAN.stops[0].links[0], 128)
    agree = np.abs(seen / far - 1) < 0.05
    hidden = (seen > 0) & (seen < 0.95 * far)
    assert agree.mean() > 0.6
    assert (agree | hidden).mean() > 0.95


def test_a_house_has_one_class_and_colour_from_two_stops_of_its_street(town):
    street = next(s for s in PLAN.stops if len(s.links) == 2)
    one = PLAN.stops.index(street)
    pictures = [town.view(town.viewpoint(stop, 64)) for stop in (one, PLAN.stops[one].links[0])]
    facade = CLASSES.index("facade")
    colours = [view.colour[view.classes == facade].mean(axis=0) for view in pictures]
    assert np.abs(colours[0] - colours[1]).max() < 60


def test_equal_plans_give_equal_pictures(town):
    again = CityTown(TownPlan.from_seed(1, 12), town.city)
    assert (again.view(again.viewpoint(3, 32)).colour == town.view(town.viewpoint(3, 32)).colour).all()


def test_the_middle_of_a_panorama_is_the_view_that_way(town):
    stop = PLAN.stops[5]
    panorama = town.view(town.viewpoint(5, 256))
    ahead = town.view(town.viewpoint(5, PinholeCamera(64, 64, 20.0, stop.yaw_deg)))
    centre = panorama.colour[124:132, 252:260].mean(axis=(0, 1))
    assert np.abs(centre - ahead.colour[22:42, 22:42].mean(axis=(0, 1))).max() < 12


def test_tight_rows_leave_every_distance_as_it_is(town):
    for number in (0, 7):
        stop = PLAN.stops[number]
        loose = town.view(Viewpoint(EquirectangularCamera(48, stop.yaw_deg), stop.position))
        assert (loose.distance_m == town.view(town.viewpoint(number, 48)).distance_m).all()


def test_street_level_depth_knows_the_ground_and_houses_and_nothing_loose(town):
    assert not np.isin(town.fixed.part, LOOSE).any()
    viewpoint = town.viewpoint(0, PinholeCamera(48, 48, 90.0, 40.0))
    view, fixed = town.view(viewpoint), town.fixed_depth_m(viewpoint)
    loose = np.isin(view.classes, [CLASSES.index(name) for name in ("tree", "vehicle", "boat")])
    same = np.abs(fixed - view.depth_m) < 1e-3
    assert same[~loose].mean() > 0.98  # posts are of the class of houses in some cities
    assert (fixed[loose] >= view.depth_m[loose] - 1e-3)[fixed[loose] > 0].all()


def test_the_ground_is_as_deep_below_the_camera_as_it_stands_high(town):
    straight_down = town.fixed_depth_m(town.viewpoint(0, PinholeCamera(9, 9, 5.0, 0.0, -90.0)))
    assert straight_down[4, 4] == pytest.approx(PLAN.stops[0].position[2] - town.scene.town.bed_m, abs=1e-4)
    assert abs(PLAN.stops[0].position[2] - EYE_HEIGHT_M) < 0.1


def test_streets_along_both_axes_have_trees_and_vehicles():
    shapes = CityTown(TownPlan.from_seed(1, 60), "paris").scene.shapes
    for part in (Part.CROWN, Part.CABIN):
        places = [*shapes.origin[shapes.part[: len(shapes.origin)] == part].tolist()]
        places += shapes.centre[shapes.part[len(shapes.origin) :] == part].tolist()
        for axis in (0, 1):
            assert any(9 < abs(place[axis]) < 36 and abs(place[1 - axis]) < 9 for place in places)


def test_nothing_drives_beside_a_stop():
    town = CityTown(TownPlan.from_seed(3, 60), "manhattan")
    origin, part = town.scene.shapes.origin, town.scene.shapes.part[: len(town.scene.shapes.origin)]
    for stop in town.plan.stops:
        away = np.sqrt(((origin[part == Part.CABIN] - np.array(stop.position)) ** 2).sum(axis=1))
        assert away.min() > 2.0


def test_houses_shade_the_side_of_the_street_that_lies_away_from_the_sun(town):
    shade, (sx, sy, sz) = town.scene.town.shade, PLAN.sun
    under = shade.over_m > 0.5
    assert 0.2 < under.mean() < 0.9
    rows, columns = np.nonzero(under)
    level = math.hypot(sx, sy)
    highest = shade.over_m.max() / (sz / level)
    step = 0.5
    for row, column in zip(rows[::997].tolist(), columns[::997].tolist(), strict=True):
        x, y = shade.left_m + (column + 0.5) * step, shade.low_m + (row + 0.5) * step
        towards = [(x + sx / level * far, y + sy / level * far) for far in np.arange(0.5, highest + 30, 0.5)]
        assert any(in_house(town, px, py) for px, py in towards)


def in_house(town, x, y):
    """Whether a point lies on the ground of a row of houses."""
    for row in town.plan.frontages:
        (ax, ay), (nx, ny) = row.along, row.outward
        u, v = (x - row.x) * ax + (y - row.y) * ay, -(x - row.x) * nx - (y - row.y) * ny
        if -0.5 <= u <= row.length_m + 0.5 and -0.5 <= v <= 12.5:
            return True
    return False


@pytest.mark.parametrize("city", CITIES)
def test_a_step_along_y_leads_towards_the_anchors_bearing(city):
    anchor = ANCHORS[city]
    lat, lon = anchor.lat_lon(0.0, 100.0)
    east, north = east_north_m(anchor.lat_deg, anchor.lon_deg, lat, lon)
    assert math.hypot(east, north) == pytest.approx(100.0)
    as_a_crawl_measures = distance_m(anchor.lat_deg, anchor.lon_deg, lat, lon)
    assert as_a_crawl_measures == pytest.approx(100.0, abs=0.001)
    assert math.degrees(math.atan2(east, north)) % 360 == pytest.approx(anchor.bearing_deg)


def test_x_points_east_where_the_bearing_is_north():
    lat, lon = Anchor(0.0, 0.0, 0.0, 0.0, "", "").lat_lon(111_195.08, 0.0)
    assert (lat, lon) == (0.0, pytest.approx(1.0, abs=1e-7))
