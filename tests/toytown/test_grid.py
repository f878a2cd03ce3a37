import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from c2c.toytown.grid import SPACING_M, TownPlan

PLAN = TownPlan.from_seed(1, 60)


def reached(plan):
    known = {0}
    for _ in plan.stops:
        known |= {link for stop in known for link in plan.stops[stop].links}
    return known


def test_equal_arguments_give_equal_towns_and_another_seed_another():
    assert TownPlan.from_seed(5, 12) == TownPlan.from_seed(5, 12)
    assert TownPlan.from_seed(5, 12) != TownPlan.from_seed(6, 12)


@settings(max_examples=20)
@given(st.integers(0, 2**31), st.integers(1, 120))
def test_a_town_has_as_many_stops_as_are_wanted_and_all_can_be_reached_from_the_first(seed, count):
    plan = TownPlan.from_seed(seed, count)
    assert len(plan.stops) == count
    assert reached(plan) == set(range(count))


def test_links_go_both_ways_and_lead_no_farther_than_to_the_next_stop():
    for number, stop in enumerate(PLAN.stops):
        for link in stop.links:
            assert number in PLAN.stops[link].links
            assert 0.7 * SPACING_M < math.dist(stop.position, PLAN.stops[link].position) < 1.4 * SPACING_M


def test_the_first_stop_is_in_the_crossing_in_the_middle():
    first = PLAN.stops[0]
    assert math.dist(first.position[:2], (0, 0)) < 1
    assert len(first.links) == 4


def test_every_stop_stands_in_its_street_and_looks_along_it():
    for stop in PLAN.stops:
        street = PLAN.streets[stop.street]
        along, across = stop.position[:2] if street.turned else stop.position[1::-1]
        assert street.low_m < along < street.high_m
        assert abs(across - street.middle_m) < 1
        turn = (stop.yaw_deg - (90 if street.turned else 0)) % 180
        assert min(turn, 180 - turn) <= 4


def test_a_street_alone_is_cut_into_pieces_by_those_that_cross_it():
    upright, turned = TownPlan.from_seed(1, 9).streets
    assert upright.pieces == ((upright.low_m, turned.edges[0]), (turned.edges[1], upright.high_m))
    assert turned.at(7.0, 2.0) == (7.0, turned.middle_m - 2.0)
    assert upright.at(7.0, 2.0) == (upright.middle_m + 2.0, 7.0)


def test_no_house_stands_in_a_street():
    for row in PLAN.frontages:
        (ax, ay), (nx, ny) = row.along, row.outward
        inside = [(row.x + ax * u - nx * v, row.y + ay * u - ny * v) for u in (1, row.length_m - 1) for v in (1, 11)]
        for street in PLAN.streets:
            low, high = street.edges
            for x, y in inside:
                along, across = (x, y) if street.turned else (y, x)
                assert not (low < across < high and street.low_m < along < street.high_m)


@pytest.mark.parametrize("count", [9, 300])
def test_the_sun_is_up_and_the_streets_lie_within_the_extent(count):
    plan = TownPlan.from_seed(2, count)
    assert plan.sun[2] > 0.5
    left, right, low, high = plan.extent
    assert left < 0 < right
    assert low < 0 < high
    assert all(left < stop.position[0] < right and low < stop.position[1] < high for stop in plan.stops)
