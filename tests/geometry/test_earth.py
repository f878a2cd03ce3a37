import pytest

from c2c.geometry.earth import distance_m, east_north_m


def test_a_degree_of_latitude_is_sixty_nautical_miles():
    assert distance_m(48.0, 2.0, 49.0, 2.0) == pytest.approx(60 * 1852, rel=2e-3)


def test_a_degree_of_longitude_shrinks_with_the_cosine_of_the_latitude():
    assert distance_m(60.0, 0.0, 60.0, 0.01) == pytest.approx(distance_m(0.0, 0.0, 0.0, 0.01) / 2, rel=1e-6)


def test_paris_is_344_km_from_london():
    assert distance_m(48.8567, 2.3522, 51.5072, -0.1275) == pytest.approx(343.9e3, rel=1e-2)


def test_the_date_line_is_no_wall():
    assert distance_m(0.0, 179.999, 0.0, -179.999) == pytest.approx(222.4, rel=1e-3)


def test_a_place_is_nowhere_away_from_itself_and_the_poles_are_half_a_turn_apart():
    assert distance_m(45.0, 7.0, 45.0, 7.0) == 0
    assert distance_m(90.0, 0.0, -90.0, 120.0) == pytest.approx(20_015e3, rel=1e-3)


def test_a_place_to_the_north_east_lies_so_many_metres_east_and_north():
    east_m, north_m = east_north_m(48.86, 2.34, 48.864, 2.349)

    assert north_m == pytest.approx(444.8, abs=0.1)
    assert (east_m**2 + north_m**2) ** 0.5 == pytest.approx(distance_m(48.86, 2.34, 48.864, 2.349), rel=1e-4)


def test_east_over_the_date_line_is_counted_the_short_way():
    assert east_north_m(0.0, 179.999, 0.0, -179.999)[0] == pytest.approx(222.4, abs=0.1)
