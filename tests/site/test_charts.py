import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from c2c.site.charts import BOTTOM, HEIGHT, LEFT, RIGHT, TOP, WIDTH, line_chart, nice_ticks, short, thinned

finite = st.floats(-1e6, 1e6, allow_nan=False)


def places(chart):
    return [tuple(map(float, point.split(","))) for point in chart.points.split()]


def test_a_straight_line_goes_from_corner_to_corner():
    chart = line_chart("loss", [(0, 0.0), (50, 0.5), (100, 1.0)])

    assert places(chart) == [
        (LEFT, HEIGHT - BOTTOM),
        ((LEFT + WIDTH - RIGHT) / 2, (TOP + HEIGHT - BOTTOM) / 2),
        (WIDTH - RIGHT, TOP),
    ]
    assert (chart.first, chart.last) == ("0", "1")


@given(st.lists(finite, min_size=1, max_size=600))
def test_every_point_and_tick_lies_inside_the_frame(values):
    chart = line_chart("loss", list(enumerate(values)))

    for x, y in places(chart):
        assert LEFT - 0.1 <= x <= WIDTH - RIGHT + 0.1
        assert TOP - 0.1 <= y <= HEIGHT - BOTTOM + 0.1
    for tick in chart.y_ticks:
        assert TOP - 0.1 <= tick.place <= HEIGHT - BOTTOM + 0.1


@given(st.lists(finite, min_size=1, max_size=600), st.data())
def test_the_best_point_is_marked_on_the_curve_and_its_label_stays_inside(values, data):
    best = data.draw(st.sampled_from(range(len(values))))
    chart = line_chart("score", list(enumerate(values)), best)

    if len(values) <= 240:  # not thinned
        assert (chart.best.across, chart.best.down) == pytest.approx(places(chart)[best], abs=0.06)
    assert TOP <= chart.best.down <= HEIGHT - BOTTOM
    room = {"start": WIDTH - chart.best.across, "end": chart.best.across, "middle": 2 * (WIDTH - chart.best.across)}
    assert room[chart.best.anchor] >= (WIDTH - LEFT - RIGHT) / 3
    assert chart.best.label == f"best, step {best}"


def test_a_best_step_that_the_curve_does_not_have_is_not_marked():
    assert line_chart("score", [(10, 1.0), (20, 0.5)], 15).best is None
    assert line_chart("score", [(10, 1.0), (20, math.nan)], 20).best is None
    assert line_chart("score", [(10, 1.0)]).best is None


def test_values_that_are_not_finite_are_left_out_and_said():
    chart = line_chart("loss", [(1, 1.0), (2, 0.5), (3, math.nan)])

    assert len(places(chart)) == 2
    assert chart.broke_off
    assert line_chart("loss", [(1, math.inf)]) is None
    assert line_chart("loss", []) is None


def test_thinning_keeps_the_mean():
    points = [(float(i), float(i * i)) for i in range(1000)]
    thin = thinned(points, 100)

    assert len(thin) == 100
    assert sum(y for _, y in thin) / 100 == pytest.approx(sum(y for _, y in points) / 1000)


def test_ticks_are_round_numbers():
    assert nice_ticks(0, 1, 4) == pytest.approx([0, 0.5, 1])
    assert nice_ticks(0, 1500, 3) == [0, 500, 1000, 1500]
    assert nice_ticks(2, 2, 3) == [2, 3]


def test_axis_labels_are_short():
    assert [short(value) for value in (0, 0.00015, -4e-6, 12.345)] == ["0", "1.5e-4", "-4e-6", "12.3"]
    assert [short(value) for value in (0.001, 1200, 60_000)] == ["0.001", "1200", "60k"]
