"""What the documentation tells of each template is what the template has, and what it is given."""

import importlib.util
import sys
from pathlib import Path

import pytest

from c2c.site import build, build_site
from c2c.site.rendering import shipped_templates

SHARED = {"here", "title", "site", "depth_scale"}


@pytest.fixture(scope="module")
def generated():
    path = Path(__file__).parents[2] / "docs" / "_ext" / "generated.py"
    spec = importlib.util.spec_from_file_location("generated_for_templates", path)
    sys.modules[spec.name] = module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def described(generated):
    return {found.name: found for found in generated.described_templates()}


def is_one(value, kind, named):
    """Whether a value is what a template says that it is given: "X", "list of X", "X or None", or a plain type."""
    if kind.endswith(" or None") and value is None:
        return True
    cls = named(kind) or {"str": str}[kind]
    if " of " in kind:
        return isinstance(value, list | tuple) and all(isinstance(each, cls) for each in value)
    return isinstance(value, cls)


def test_every_template_says_what_it_is(described):
    assert [name for name, found in described.items() if not found.about] == []


def test_every_page_is_given_what_its_template_says(whole_run, tmp_path, monkeypatch, described, generated):
    given = {}
    monkeypatch.setattr(build, "lay_out", lambda made, template, values, own: given.setdefault(template, values) and "")
    build_site(whole_run, tmp_path / "site")

    assert {"index.html", "approach.html", "gallery.html", "data.html", "depth-chain.html"} <= set(given)
    for template, values in given.items():
        own, said = {name: values[name] for name in values.keys() - SHARED}, described[template].given
        assert own.keys() == said.keys(), f"{template}: the comment that it opens with names other objects"
        for name, value in own.items():
            assert is_one(value, said[name], generated._named), f"{template}: {name} is no {said[name]}"


def test_blocks_macros_and_objects_stand_in_the_reference(generated):
    templates, objects = generated.templates(), generated.objects()

    for path in shipped_templates().glob("*.html"):
        assert f"### `{path.name}`" in templates
    assert "| blocks | `head`, `content`, `opening`, `cities`, `gaps`, `tried`, `works`" in templates
    assert "`badge(role, text)`" in templates
    assert "[`c2c.site.home.Home`](#c2csitehomehome)" in templates
    assert "| `in_short` | `str` |" in objects.partition("### `c2c.site.home.Tried`")[2].partition("###")[0]
    assert "| `mark` | `Mark` or none |" in objects
    assert "### `c2c.site.placing.Picture`" in objects
