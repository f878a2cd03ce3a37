import re

import pytest
from jinja2 import UndefinedError

from c2c.site.rendering import assets, depth_scale, environment, shipped_templates


def test_text_is_escaped():
    assert environment().from_string("{{ name }}").render(name="<b>") == "&lt;b&gt;"


def test_a_name_that_a_page_does_not_have_is_an_error():
    with pytest.raises(UndefinedError, match="score"):
        environment().from_string("{{ score }}").render()


def test_templates_styles_and_scripts_are_shipped():
    assert (shipped_templates() / "base.html").is_file()
    assert set(assets()) >= {"icon.svg", "theme.css", "style.css", "theme.js"}


def test_the_depth_legend_goes_from_near_to_far():
    scale = depth_scale()
    places = [tick.place for tick in scale["ticks"]]

    assert places == sorted(places)
    assert scale["ticks"][-1].label == "100"
    assert places[-1] == 100.0
    assert (scale["colours"][0].label, scale["colours"][-1].label) == ("#fde725", "#440154")


def test_colours_stand_in_the_theme_alone_each_for_light_and_for_dark():
    styles = {name: path.read_text(encoding="utf-8") for name, path in assets().items() if name.endswith(".css")}
    theme = styles.pop("theme.css")

    for line in theme.splitlines():
        assert "#" not in line or "light-dark(" in line
    for name, style in styles.items():
        assert not re.search(r"#[0-9a-fA-F]{3,8}\b", style), name
