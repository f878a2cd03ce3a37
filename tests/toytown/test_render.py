import hashlib

import numpy as np
import pytest

from c2c.geometry import EquirectangularCamera
from c2c.toytown import CITIES, CLASS_COLOURS, CLASSES, StreetLayout, Viewpoint, build_scene, render

LAYOUT = StreetLayout.from_seed(3)
STORED = {
    "manhattan": {"colour": "7245d327491c080a", "depth": "469dbdde8e7ed557", "classes": "84c3228206dba5a9"},
    "paris": {"colour": "89e413bfc29d9c6e", "depth": "9cc73179849fe508", "classes": "b4a43d2a18da37c6"},
    "burano": {"colour": "c3b0dd06f2bb9bed", "depth": "474927aaf69d86c7", "classes": "e6f8a651a6b00dd2"},
    "paris in burano's dress": {
        "colour": "097536ea52211953",
        "depth": "9cc73179849fe508",
        "classes": "2f84fd6c9de5638b",
    },
    "burano panorama": {"colour": "67e4016d80ed3de3", "depth": "ad53a520c8fcc4df", "classes": "7ca78a18485c7109"},
}


def view(city, dress=None, size=48, layout=LAYOUT):
    return render(build_scene(layout, city, dress), layout.view(size))


def classes_of(*views):
    return {CLASSES[number] for shown in views for number in np.unique(shown.classes)}


@pytest.mark.parametrize("city", CITIES)
def test_a_view_has_colour_depth_distance_and_classes_of_one_size(city):
    shown = view(city)
    assert (shown.colour.shape, shown.colour.dtype) == ((48, 48, 3), np.uint8)
    assert (shown.depth_m.shape, shown.depth_m.dtype) == ((48, 48), np.float32)
    assert (shown.distance_m.shape, shown.distance_m.dtype) == ((48, 48), np.float32)
    assert (shown.classes.shape, shown.classes.dtype) == ((48, 48), np.uint8)


@pytest.mark.parametrize("city", CITIES)
def test_sky_and_only_sky_has_no_depth_and_depth_fits_16_bits(city):
    shown = view(city)
    sky = shown.classes == CLASSES.index("sky")
    assert (sky == (shown.depth_m == 0)).all()
    assert (sky == (shown.distance_m == 0)).all()
    assert 0 < shown.depth_m.max() < 65535 / 256


def test_depth_is_planar():
    viewpoint, shown = LAYOUT.view(48), view("paris")
    np.testing.assert_allclose(shown.depth_m, viewpoint.camera.planar_depth(shown.distance_m), rtol=1e-6)
    met = shown.depth_m > 0
    assert (shown.depth_m[met] <= shown.distance_m[met]).all()


def test_the_road_is_as_deep_as_its_row_says():
    viewpoint, shown = LAYOUT.view(48), view("manhattan")
    rays = viewpoint.camera.rays()
    road = shown.classes == CLASSES.index("road")
    below = viewpoint.position[2] + 0.15  # a kerb lower than the pavement
    assert road.sum() > 300
    np.testing.assert_allclose(shown.distance_m[road], below / -rays[..., 2][road], rtol=1e-4)


@pytest.mark.parametrize("massing", CITIES)
def test_a_dress_changes_no_depth_at_all(massing):
    own = view(massing)
    for dress in CITIES:
        other = view(massing, dress)
        assert (other.depth_m == own.depth_m).all()
        assert (other.distance_m == own.distance_m).all()
        assert (dress == massing) == bool((other.colour == own.colour).all())


def test_each_city_has_its_own_classes():
    layouts = [StreetLayout.from_seed(seed) for seed in range(6)]
    found = {city: classes_of(*(view(city, layout=layout) for layout in layouts)) for city in CITIES}
    common = {"sky", "facade", "window", "roof", "pavement"}
    assert found["paris"] == common | {"road", "tree", "vehicle"}
    assert found["burano"] == common | {"water", "boat"}
    assert found["manhattan"] >= {"sky", "facade", "window", "road", "pavement", "vehicle"}
    assert not found["manhattan"] & {"water", "boat"}


def test_in_burano_s_dress_a_car_is_a_boat_a_road_is_water_and_a_tree_stays_a_tree():
    paris, dressed = view("paris"), view("paris", "burano")
    number = CLASSES.index
    assert (paris.classes == number("vehicle")).any()
    assert (dressed.classes[paris.classes == number("vehicle")] == number("boat")).all()
    assert (dressed.classes[paris.classes == number("road")] == number("water")).all()
    assert ((dressed.classes == number("tree")) == (paris.classes == number("tree"))).all()


def test_cities_are_told_apart_by_their_mean_colours():
    facades = {}
    for city in ("paris", "burano"):
        views = [view(city, layout=StreetLayout.from_seed(seed)) for seed in range(4)]
        pixels = np.concatenate([v.colour[v.classes == CLASSES.index("facade")] for v in views]).astype(float)
        facades[city] = np.abs(pixels - pixels.mean(axis=1, keepdims=True)).mean()
    assert facades["burano"] > 2 * facades["paris"]  # saturation


def test_a_panorama_s_middle_column_looks_along_the_street_and_a_quarter_right_of_it_stands_the_right_row():
    layout = next(x for x in map(StreetLayout.from_seed, range(40)) if x.kind == "dead end")
    eye = (1.0, 0.0, 2.5)
    shown = render(build_scene(layout, "paris"), Viewpoint(EquirectangularCamera(32), eye))
    assert (shown.depth_m == shown.distance_m).all()
    row = 15  # just above the horizon
    assert shown.distance_m[row, 32] == pytest.approx(layout.end_m, rel=0.02)
    assert shown.distance_m[row, 48] == pytest.approx(layout.width_m / 2 - 1, rel=0.02)
    assert shown.distance_m[row, 16] == pytest.approx(layout.width_m / 2 + 1, rel=0.02)


@pytest.mark.parametrize("city", CITIES)
def test_no_ray_below_the_horizon_slips_out_of_the_town(city):
    for seed in range(8):
        layout = StreetLayout.from_seed(seed)
        viewpoint = layout.view(40)
        shown = render(build_scene(layout, city), viewpoint)
        assert (shown.depth_m[viewpoint.camera.rays()[..., 2] < 0] > 0).all()


def test_the_canal_mirrors_the_houses():
    """On water the reds and blues of the houses appear, which the water's own green has not."""
    shown = view("burano", size=64)
    water = shown.colour[shown.classes == CLASSES.index("water")].astype(int)
    assert (water[:, 0] > water[:, 2] + 10).any()  # something warmer than water
    assert water.std(axis=0).min() > 8


@pytest.mark.parametrize("name", STORED)
def test_equal_seeds_give_equal_bytes_on_any_machine(name):
    city = name.split()[0]
    layout = StreetLayout.from_seed(11)
    viewpoint = layout.panorama(16) if "panorama" in name else layout.view(32)
    shown = render(build_scene(layout, city, "burano" if "dress" in name else None), viewpoint)
    assert hashlib.sha256(shown.colour.tobytes()).hexdigest()[:16] == STORED[name]["colour"]
    assert hashlib.sha256(shown.depth_m.tobytes()).hexdigest()[:16] == STORED[name]["depth"]
    assert hashlib.sha256(shown.classes.tobytes()).hexdigest()[:16] == STORED[name]["classes"]


def test_every_class_has_a_colour_of_its_own():
    assert len(set(CLASS_COLOURS.values())) == len(CLASSES) == 10
