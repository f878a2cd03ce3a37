import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from c2c.collect.pictures import Place
from c2c.data.places import assign_by_place, neighbourhood_of
from c2c.data.splits import SplitRules
from c2c.errors import SplitError
from c2c.geometry.earth import RADIUS_M, distance_m

RULES = SplitRules(test=0.2, val=0.1, rule="place", neighbourhood_m=50.0, gap_m=20.0)


def place(east_m, north_m, lat_deg=45.0):
    """A place so many metres from 12 degrees east at a latitude."""
    per_deg = math.radians(1) * RADIUS_M
    return Place(lat_deg + north_m / per_deg, 12 + east_m / per_deg / math.cos(math.radians(lat_deg)))


def street_grid(count=20, step_m=12.0):
    """Pictures every 12 m, two views each."""
    return {
        f"rgb/{row}-{column}_{view}.png": place(step_m * column, step_m * row)
        for row in range(count)
        for column in range(count)
        for view in ("000", "180")
    }


def closest_m(places, splits, one, other):
    ours, theirs = ({places[path] for path, split in splits.items() if split == name} for name in (one, other))
    return min(distance_m(a.lat_deg, a.lon_deg, b.lat_deg, b.lon_deg) for a in ours for b in theirs)


def test_no_picture_to_train_with_was_taken_within_the_gap_of_one_to_test_with():
    places = street_grid()
    splits = assign_by_place(places, RULES)
    assert set(splits.values()) == {"train", "val", "test", "gap"}
    for one, other in (("train", "test"), ("train", "val"), ("val", "test")):
        assert closest_m(places, splits, one, other) >= RULES.gap_m


def test_all_views_of_one_place_share_a_split():
    splits = assign_by_place(street_grid(), RULES)
    assert all(splits[path] == splits[path.replace("_000", "_180")] for path in splits)


def test_without_a_gap_every_picture_is_used():
    splits = assign_by_place(street_grid(), SplitRules(test=0.2, rule="place", neighbourhood_m=50.0, gap_m=0.0))
    assert set(splits.values()) == {"train", "test"}
    share = sum(split == "test" for split in splits.values()) / len(splits)
    assert 0.1 < share < 0.3


def test_new_pictures_of_known_neighbourhoods_move_none_from_training_to_the_test():
    places = street_grid()
    before = assign_by_place(places, RULES)
    after = assign_by_place(places | {"rgb/new.png": place(0.5, 0.5)}, RULES)
    assert {path: after[path] for path in places} == before


def test_neighbourhoods_are_drawn_by_the_seed():
    draws = [
        assign_by_place(street_grid(), SplitRules(0.2, seed=seed, rule="place", neighbourhood_m=50)) for seed in (0, 1)
    ]
    assert draws[0] != draws[1]


@given(st.floats(-89, 89), st.floats(-179, 179), st.floats(5, 2000))
def test_a_neighbourhood_is_hardly_wider_than_its_side(lat, lon, side_m):
    here = Place(lat, lon)
    far = Place(lat, lon + math.degrees(2.1 * side_m / RADIUS_M / math.cos(math.radians(lat))))
    above = Place(lat + math.degrees(1.01 * side_m / RADIUS_M), lon)
    assert neighbourhood_of(here, side_m) not in (neighbourhood_of(far, side_m), neighbourhood_of(above, side_m))


@pytest.mark.parametrize("place", [Place(90, 0), Place(-90, 180), Place(0, -180), Place(89.9999, 179.9)])
def test_the_poles_have_neighbourhoods_too(place):
    assert neighbourhood_of(place, 100.0)


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.tuples(st.floats(0, 400), st.floats(0, 400)), min_size=2, max_size=40),
    st.floats(0.1, 0.5),
    st.floats(0, 0.4),
    st.floats(1, 80),
)
def test_any_places_are_split_with_their_gap_or_refused(spots, test, val, gap_m):
    places = {f"{number}.jpg": place(*spot) for number, spot in enumerate(spots)}
    try:
        splits = assign_by_place(places, SplitRules(test, val, rule="place", neighbourhood_m=60, gap_m=gap_m))
    except SplitError:
        return
    assert closest_m(places, splits, "train", "test") >= gap_m * 0.999


def test_one_neighbourhood_cannot_be_split_and_a_smaller_one_is_advised():
    with pytest.raises(SplitError, match=r"neighbourhood_m = 4\b"):
        assign_by_place({"a": place(1, 1), "b": place(1, 17)}, SplitRules(rule="place", neighbourhood_m=1e5))


def test_pictures_of_one_spot_are_better_split_by_hash():
    with pytest.raises(SplitError, match=r'at one spot(.|\n)*split = "hash"'):
        assign_by_place({"a": place(1, 1), "b": place(1, 1)}, SplitRules(rule="place", neighbourhood_m=50))


def test_a_gap_that_leaves_nothing_of_the_validation_that_was_drawn_is_refused():
    spots = {str(number): place(30 * number, 0) for number in range(3)}
    refused = 0
    for seed in range(20):
        rules = SplitRules(0.34, 0.33, seed=seed, rule="place", neighbourhood_m=30, gap_m=35)
        try:
            assert "val" in assign_by_place(spots, rules).values()
        except SplitError as error:
            refused += "leaves no picture for val" in str(error)
    assert refused


def test_a_gap_that_leaves_nothing_is_refused():
    with pytest.raises(SplitError, match="leaves no picture for train"):
        assign_by_place(street_grid(6), SplitRules(test=0.5, rule="place", neighbourhood_m=30, gap_m=500))
