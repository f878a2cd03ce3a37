import pytest

from c2c.toytown.layout import StreetLayout
from c2c.toytown.massing import MASSINGS, build, houses
from c2c.toytown.shapes import Part

LAYOUT = StreetLayout.from_seed(1)
ROW = max(LAYOUT.frontages, key=lambda row: row.length_m)


@pytest.mark.parametrize("city", MASSINGS)
def test_houses_fill_their_row_and_begin_where_plots_begin(city):
    built = houses(ROW, MASSINGS[city])
    assert sum(house.width_m for house in built) == pytest.approx(ROW.length_m)
    assert {house.seed for house in built} <= {plot.seed for plot in ROW.plots}


def test_burano_builds_on_each_plot_and_the_others_join_plots():
    counts = {city: len(houses(ROW, massing)) for city, massing in MASSINGS.items()}
    assert counts["burano"] == len(ROW.plots) > counts["paris"] > counts["manhattan"]


def test_manhattan_is_taller_than_paris_and_paris_taller_than_burano():
    heights = {city: [h.eaves_m for h in houses(ROW, massing)] for city, massing in MASSINGS.items()}
    assert max(heights["manhattan"]) > max(heights["paris"])
    assert min(heights["paris"]) > max(heights["burano"])


def test_trees_stand_in_paris_and_none_in_burano():
    counts = {city: (build(LAYOUT, massing).shapes.part == Part.CROWN).sum() for city, massing in MASSINGS.items()}
    assert counts["paris"] > counts["manhattan"] >= 0 == counts["burano"]


@pytest.mark.parametrize("city", MASSINGS)
def test_every_plane_of_a_town_has_a_unit_normal_and_a_size(city):
    shapes = build(LAYOUT, MASSINGS[city]).shapes
    assert (shapes.normal**2).sum(axis=1) == pytest.approx(1)
    assert (shapes.size > 0).all()


@pytest.mark.parametrize("city", MASSINGS)
def test_the_eaves_table_is_as_high_as_the_houses_and_open_where_a_street_crosses(city):
    town = build(LAYOUT, MASSINGS[city])
    lowest = min(h.eaves_m for row in LAYOUT.frontages for h in houses(row, MASSINGS[city]))
    for table in (town.shade.eaves_left_m, town.shade.eaves_right_m):
        assert table[0] >= lowest
        assert 20 < (table == 0).sum() < 50  # the crossing, some 15 m in steps of half a metre
