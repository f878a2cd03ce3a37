import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from c2c.collect.areas import Box, bearing_deg, box_around, map_tile, metres_between, ring, tile_side_m
from c2c.collect.pictures import Place

lats = st.floats(-84, 84)
lons = st.floats(-179, 179)


def test_tiles_end_where_those_of_a_recorded_answer_do():
    north, south, west, east = 47.15050142570566, 47.14863351130145, 11.13189697265625, 11.1346435546875
    inside = {
        map_tile(Place(lat, lon), 17) for lat in (north - 1e-7, south + 1e-7) for lon in (west + 1e-7, east - 1e-7)
    }

    assert len(inside) == 1
    x, y = inside.pop()
    assert map_tile(Place(north + 1e-7, west + 1e-7), 17) == (x, y - 1)
    assert map_tile(Place(south - 1e-7, east + 1e-7), 17) == (x + 1, y + 1)


def test_bearings_are_those_of_the_compass():
    assert bearing_deg(Place(0, 0), Place(1, 0)) == pytest.approx(0)
    assert bearing_deg(Place(0, 0), Place(0, 1)) == pytest.approx(90)
    assert bearing_deg(Place(0, 0), Place(-1, 0)) == pytest.approx(180)
    assert bearing_deg(Place(0, 0), Place(0, -1)) == pytest.approx(270)


def test_rings_of_tiles_cover_a_square_once():
    tiles = [tile for radius in range(3) for tile in ring(10, 20, radius, 64)]

    assert sorted(tiles) == sorted((x, y) for x in range(8, 13) for y in range(18, 23))


def test_rings_go_on_beyond_the_date_line_and_end_at_the_poles():
    assert set(ring(0, 0, 1, 8)) == {(7, 0), (1, 0), (7, 1), (0, 1), (1, 1)}


def test_quarters_are_the_whole():
    box = Box(2.0, 48.0, 3.0, 49.0)

    assert sum(quarter.square_deg for quarter in box.quarters()) == pytest.approx(box.square_deg)


@given(lats, lons, st.floats(1, 5000), st.floats(0, 360))
def test_a_box_holds_its_circle(lat, lon, radius_m, bearing):
    box = box_around(Place(lat, lon), radius_m)
    up = radius_m * 0.999 / 111_195
    place = Place(
        lat + up * math.cos(math.radians(bearing)),
        lon + up * math.sin(math.radians(bearing)) / math.cos(math.radians(lat)),
    )
    inside = box.south_deg <= place.lat_deg <= box.north_deg and box.west_deg <= place.lon_deg <= box.east_deg

    assert inside or abs(place.lon_deg) > 180


@given(lats, lons)
def test_a_tile_is_as_wide_as_it_is_said_to_be(lat, lon):
    here, tile = Place(lat, lon), map_tile(Place(lat, lon), 17)
    wide = 360 / (1 << 17)

    assert metres_between(here, Place(lat, lon + wide)) == pytest.approx(tile_side_m(lat, 17), rel=1e-3)
    assert map_tile(Place(lat, min(lon + wide, 179.99)), 17)[0] - tile[0] in (0, 1, 2)
