"""On drawings of matplotlib's own, so that a new version of it is noticed."""

import io
from xml.etree import ElementTree

import pytest
from matplotlib import rc_context
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

from c2c.site.inline_svg import COLOURS, inline_svg


@pytest.fixture
def drawn():
    """Draws on axes that fill 200 by 100 px, and gives the inline SVG's elements."""

    def draw(how):
        figure = Figure(figsize=(200 / 72, 100 / 72), dpi=72)
        axes = figure.add_axes((0, 0, 1, 1))
        axes.set_axis_off()
        axes.set(xlim=(0, 200), ylim=(0, 100))
        how(axes)
        made = io.StringIO()
        with rc_context({"svg.fonttype": "none"}):
            FigureCanvasSVG(figure).print_svg(made)
        return ElementTree.fromstring(inline_svg(made.getvalue(), 200, 100, "a plot"))

    return draw


def test_a_colour_becomes_the_class_of_its_role(drawn):
    line = drawn(lambda axes: axes.plot([10, 190], [50, 50], color=COLOURS["accent"], clip_on=False)).find(
        "path[@class='stroke-accent']"
    )

    assert line.attrib["d"] == "M10 50L190 50"
    assert line.attrib["fill"] == "none"


def test_a_marker_stands_where_it_is_used_and_nothing_refers_to_anything(drawn):
    root = drawn(lambda axes: axes.plot([40], [25], "o", color=COLOURS["ink"], clip_on=False))

    assert [path.get("transform") for path in root.iter("path") if path.get("transform")] == ["translate(40 75)"]
    assert not {"id", "clip-path", "href", "style"} & {name for element in root.iter() for name in element.attrib}


def test_text_stays_text_with_its_anchor_and_colour(drawn):
    (text,) = drawn(lambda axes: axes.text(100, 50, "a <b> & c", ha="right", color=COLOURS["soft"])).iter("text")

    assert (text.text, text.get("text-anchor"), text.get("class")) == ("a <b> & c", "end", "fill-soft")


def test_the_drawing_has_the_size_that_was_asked_for_and_says_what_it_is(drawn):
    root = drawn(lambda axes: None)

    assert root.attrib == {"viewBox": "0 0 200 100", "role": "img", "aria-label": "a plot"}
