import pytest

from c2c.recipe import known_kinds
from c2c.site.drawings import drawing_of
from c2c.site.rendering import environment


def test_an_approach_page_draws_each_loss_and_lists_its_settings(pages):
    page = pages["approach-cyclegan.html"]

    for loss in ("generator", "cycle", "identity", "discriminator_a"):
        assert f'aria-label="{loss} by step, ' in page.markup
    assert "learning_rate 0.0002" in page.words
    assert "generator.channels 16" in page.words
    assert "Steps 400 of 400" in page.words


def test_a_curve_that_broke_off_says_so(pages):
    assert "then not finite" in pages["approach-pix2pix-wild.html"].words


def test_every_kind_that_comes_with_c2c_has_a_drawing_with_words(pages):
    draw = environment().get_template("drawings.html").module.drawing

    for kind in known_kinds():
        drawing = drawing_of(kind)
        assert f'<title id="drawing-title">{drawing.title}</title>' in draw(drawing)


def test_a_kind_from_outside_has_no_drawing():
    assert drawing_of("quarters") is None


@pytest.mark.parametrize("page", ["approach-cyclegan.html", "approach-depth_chain.html", "approach-neural_style.html"])
def test_the_drawing_stands_on_the_page_of_its_approach(pages, page):
    (drawing,) = [tag for tag in pages[page].all("svg") if tag.get("class") == "drawing"]

    assert set(drawing["aria-labelledby"].split()) <= pages[page].ids
