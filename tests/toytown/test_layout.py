from hypothesis import given, settings
from hypothesis import strategies as st

from c2c.toytown.layout import BEHIND_M, EYE_HEIGHT_M, KINDS, StreetLayout

layouts = st.builds(StreetLayout.from_seed, st.integers(0, 2**63 - 1))


def test_a_seed_gives_one_layout_and_another_seed_another():
    assert StreetLayout.from_seed(5) == StreetLayout.from_seed(5)
    assert StreetLayout.from_seed(5) != StreetLayout.from_seed(6)


def test_every_kind_of_street_is_drawn():
    assert {StreetLayout.from_seed(seed).kind for seed in range(40)} == set(KINDS)


@settings(max_examples=30)
@given(layouts)
def test_the_plots_of_a_row_touch_one_another(layout):
    for row in layout.frontages:
        ends = [plot.start_m + plot.width_m for plot in row.plots]
        for end, plot in zip(ends, row.plots[1:], strict=False):
            assert abs(end - plot.start_m) < 1e-9
        assert ends[-1] == row.length_m


@settings(max_examples=30)
@given(layouts)
def test_houses_face_the_street(layout):
    for row in layout.frontages:
        (ax, ay), (nx, ny) = row.along, row.outward
        assert ax * nx + ay * ny == 0
        if abs(row.x) == layout.width_m / 2 and ax == 0:
            assert nx * row.x < 0  # towards the middle


@settings(max_examples=30)
@given(layouts)
def test_a_junction_lies_ahead_and_a_t_junction_ends_the_street(layout):
    assert layout.end_m > 30 - BEHIND_M
    if layout.crossing:
        start, stop = layout.crossing
        assert 0 < start < stop <= layout.end_m
        assert (stop == layout.end_m) == (layout.kind == "t-junction")


@settings(max_examples=30)
@given(layouts)
def test_the_sun_is_up(layout):
    x, y, z = layout.sun
    assert z > 0.5
    assert abs(x * x + y * y + z * z - 1) < 1e-9
    assert abs(x) > 0.2  # it lights one side of the street


def test_a_view_is_square_and_a_panorama_stands_in_the_junction():
    layout = next(x for x in map(StreetLayout.from_seed, range(9)) if x.kind == "crossroads")
    view, panorama = layout.view(64), layout.panorama(32)
    assert (view.camera.width, view.camera.height) == (64, 64)
    assert (panorama.camera.width, panorama.camera.height) == (64, 32)
    assert layout.crossing[0] < panorama.position[1] < layout.crossing[1]
    assert view.position[2] == panorama.position[2] == EYE_HEIGHT_M
