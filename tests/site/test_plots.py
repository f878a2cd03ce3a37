import itertools
import math
import re
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from c2c.site.plots import (
    CURVE,
    MOST_DOTS,
    MOST_ROWS,
    PILE,
    WIDE,
    Bar,
    Dot,
    Line,
    Numbers,
    Pile,
    Stairs,
    bar_plot,
    cost_plot,
    curve_plot,
    distribution_plot,
    interval_plot,
    stairs_plot,
    thinned,
)

finite = st.floats(-1e6, 1e6, allow_nan=False)
NONE = Numbers("", (), ())
NASTY = '<script>alert("x")</script> $\\frac{1}{2}$ 東京 \x00 \ud800'


def elements(plot):
    return list(ElementTree.fromstring(plot.svg).iter())


def curve_of(plot):
    """The points of the one path that is drawn in the accent."""
    (path,) = [e.attrib["d"] for e in elements(plot) if e.get("class") == "stroke-accent"]
    return [tuple(map(float, point.split())) for point in re.split("[ML]", path)[1:]]


def words(plot):
    return [element.text for element in elements(plot) if element.tag == "text"]


def test_a_straight_line_goes_from_corner_to_corner_of_its_axes():
    plot = curve_plot("loss", [(0, 0.0), (50, 0.5), (100, 1.0)], "records/x.json")
    (left, bottom), (x, y), (right, top) = curve_of(plot)

    assert (x, y) == pytest.approx(((left + right) / 2, (top + bottom) / 2))
    assert (plot.title, plot.said) == ("loss", "0 → 1")
    assert {"0", "0.5", "1"} < set(words(plot))


@settings(max_examples=15, deadline=None)
@given(st.lists(finite, min_size=2, max_size=600))
def test_every_point_of_a_curve_lies_inside_the_plot(values):
    for x, y in curve_of(curve_plot("loss", list(enumerate(values)), "")):
        assert 0 <= x <= CURVE[0]
        assert 0 <= y <= CURVE[1]


def test_the_best_step_is_marked_and_said():
    plot = curve_plot("KID", [(10, 1.0), (20, 0.5), (30, 0.75)], "", best=20)

    assert "best, step 20" in words(plot)
    assert 'aria-label="KID by step, from 1 to 0.75; best, step 20"' in plot.svg
    (dot,) = [element for element in elements(plot) if element.get("class") == "fill-ink" and element.tag == "path"]
    assert f"translate({curve_of(plot)[1][0]:g} {curve_of(plot)[1][1]:g})" == dot.get("transform")


def test_a_best_step_that_the_curve_does_not_have_is_not_marked():
    for points, best in (([(10, 1.0), (20, 0.5)], 15), ([(10, 1.0), (20, math.nan)], 20), ([(10, 1.0)], None)):
        assert not any("best" in text for text in words(curve_plot("KID", points, "", best)))


def test_values_that_are_not_finite_are_left_out_and_said():
    plot = curve_plot("loss", [(1, 1.0), (2, 0.5), (3, math.nan)], "")

    assert len(curve_of(plot)) == 2
    assert plot.said == "1 → 0.5, then not finite"
    assert curve_plot("loss", [(1, math.inf)], "") is None
    assert curve_plot("loss", [], "") is None


def test_the_table_beside_a_curve_has_its_ends_and_its_best_and_says_what_it_leaves_out():
    points = [(float(step), 1 / (step + 1)) for step in range(500)]
    table = curve_plot("loss", points, "records/x.json", best=77).numbers

    assert [row.name for row in table.rows if row.name in ("0", "77, best", "499")] == ["0", "77, best", "499"]
    assert len(table.rows) == MOST_ROWS + 1
    assert table.caption == f"loss by step; {500 - MOST_ROWS - 1} more points are in the record"
    assert {href for row in table.rows for _, href in row.values} == {"records/x.json"}


def test_the_same_plot_has_the_same_bytes_whatever_was_drawn_before():
    before = curve_plot("loss", [(0, 1.0), (1, 2.0)], "").svg
    cost_plot("x", "KID", "Time", [Dot("a", 1.0, 0.5, None, True)], [], NONE)
    curve_plot("other", [(0, 1e9), (5, -1e9)], "", best=5)

    assert curve_plot("loss", [(0, 1.0), (1, 2.0)], "").svg == before


def test_hostile_names_are_text_in_every_plot():
    bar = Bar(NASTY, 1.0, 0.5, 1.5, "1")
    plots = [
        curve_plot(NASTY, [(0, 1.0), (1, 2.0)], ""),
        bar_plot(NASTY, "s", [bar], NONE),
        interval_plot(NASTY, "", [bar], [Line("floor", 0.1)], NONE),
        cost_plot(NASTY, "KID", "Time", [Dot(NASTY, 1.0, 0.5, (0.4, 0.6), True)], [], NONE),
    ]

    for plot in plots:
        assert "<script" not in plot.svg
        assert "style=" not in plot.svg
        plot.svg.encode()
        ElementTree.fromstring(plot.svg)
    assert any(text.startswith("<script>") for text in words(plots[1]))


def test_bars_are_as_long_as_their_values():
    bars = [Bar("a", 10.0, 9.0, 11.0, "10"), Bar("b", 5.5, 5.5, 5.5, "5.5")]
    plot = bar_plot("Translating", "images/s", bars, NONE)
    paths = [e.attrib["d"] for e in elements(plot) if e.get("class") == "fill-accent"]
    ends = [[float(n) for n in re.findall(r"-?[\d.]+", path)][0::2] for path in paths]
    longest, half = (max(across) - min(across) for across in ends)

    assert half / longest == pytest.approx(0.55, abs=0.002)
    assert words(plot) == ["a", "10", "b", "5.5"]


def test_a_dot_stands_between_the_ends_of_its_interval():
    plot = interval_plot("KID", "", [Bar("a", 0.3, 0.2, 0.6, "0.3")], [Line("floor", 0.0), Line("ceiling", 1.0)], NONE)
    (line,) = [e.attrib["d"] for e in elements(plot) if e.get("class") == "stroke-accent"]
    (dot,) = [e.attrib["transform"] for e in elements(plot) if e.get("class") == "fill-accent"]
    low, _, high, _ = (float(number) for number in re.findall(r"[\d.]+", line))

    assert (float(re.findall(r"[\d.]+", dot)[0]) - low) / (high - low) == pytest.approx(0.25, abs=0.01)
    assert {"floor", "ceiling", "a", "0.3"} < set(words(plot))


def test_names_of_dots_do_not_stand_on_each_other():
    dots = [Dot(f"approach {i}", 1.0, 0.5 + 0.001 * i, None, False) for i in range(4)]
    plot = cost_plot("x", "KID", "Time", [*dots, Dot("best", 0.9, 0.1, None, True)], [], NONE)
    heights = sorted(float(e.get("y")) for e in elements(plot) if (e.text or "").startswith("approach"))

    assert all(b - a >= 13 for a, b in itertools.pairwise(heights))


def test_thinning_keeps_the_mean():
    points = [(float(i), float(i * i)) for i in range(1000)]
    thin = thinned(points, 100)

    assert len(thin) == 100
    assert sum(y for _, y in thin) / 100 == pytest.approx(sum(y for _, y in points) / 1000)


@pytest.mark.parametrize("value", [0.0, -5.0, 1e-12, 1e30])
def test_a_value_that_never_moves_has_a_plot_too(value):
    for points in ([(1, value)], [(1, value), (2, value)]):
        assert all(math.isfinite(y) for _, y in curve_of(curve_plot("loss", points, "")))
    assert bar_plot("a", "s", [Bar("a", max(value, 0), max(value, 0), max(value, 0), "x")], NONE).svg
    assert cost_plot("a", "KID", "Time", [Dot("a", 1.0, value, None, True)], [Line("floor", value)], NONE).svg


def dots_of(plot, role):
    """The places of the dots that are drawn in a role's colour."""
    uses = [e for e in elements(plot) if e.get("class") == f"fill-{role}" and "translate" in e.get("transform", "")]
    return [tuple(map(float, re.findall(r"-?[\d.]+", e.get("transform"))[:2])) for e in uses]


def test_a_pile_has_a_dot_for_each_value_and_at_most_forty():
    few, many = Pile("few", (1.0, 2.0, 3.0), "2"), Pile("many", tuple(range(1000)), "500", accent=True)
    plot = distribution_plot("x", "s", [few, many], NONE)

    assert len(dots_of(plot, "soft")) == 3
    assert len(dots_of(plot, "accent")) == MOST_DOTS
    assert {"few", "many", "500"} < set(words(plot))


@settings(max_examples=15, deadline=None)
@given(st.lists(st.floats(-1e3, 1e3, allow_nan=False), min_size=1, max_size=200))
def test_every_dot_of_a_pile_stays_in_its_row(values):
    plot = distribution_plot("x", "s", [Pile("a", tuple(values), ""), Pile("b", tuple(values), "")], NONE)

    for x, y in dots_of(plot, "soft"):
        assert 0 <= x <= WIDE
        assert any(18 <= y - row * PILE <= PILE for row in range(2))


def test_a_staircase_goes_down_where_a_better_score_was_taken_and_on_to_its_end():
    stairs = [Stairs("a", ((10.0, 0.5), (40.0, 0.25)), 160.0, accent=True), Stairs("b", ((20.0, 1.0),), 20.0)]
    plot = stairs_plot("x", "KID", "Time", stairs, NONE)
    places = list(dict.fromkeys(curve_of(plot)))

    assert len(places) == 4
    (ax, ay), (bx, by), (cx, cy), (dx, dy) = places
    assert (ay, bx, cy) == (by, cx, dy)
    assert ax < bx < dx
    assert ay < cy  # lower on the page
    assert "a reaches 0.250; b reaches 1.00" in plot.svg
