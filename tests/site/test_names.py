"""Names of any kind as approach, city and picture: they are shown as text and change nothing."""

import json

import pytest

from c2c.site import build_site

MARKUP = '<script>alert("x")</script><b>&amp;{{ 7 * 7 }}'
QUOTES = "it's  \"two\" words' onerror=alert(1)"
UNICODE = "東京 né 🌃 \u202eabc"
LETTERS, WORDS = "x" * 300, "as long as this " * 19
NAMES = {  # approach, city, picture
    "markup": (MARKUP, QUOTES, UNICODE),
    "long": (LETTERS, WORDS, MARKUP.replace("/", "∕")),
    "upwards": ("../../..", UNICODE, LETTERS),
    "other": (QUOTES, MARKUP, WORDS[:240]),
}


def renamed(value, names):
    """A record's data with some texts, wherever they stand, replaced by others."""
    if isinstance(value, dict):
        return {names.get(key, key): renamed(each, names) for key, each in value.items()}
    if isinstance(value, list):
        return [renamed(each, names) for each in value]
    return names.get(value, value) if isinstance(value, str) else value


def rename(run, approach, city, stem):
    """Call an approach, a city and a picture of a run by other names; a picture's file only where a disk takes it."""
    names = {"cyclegan": approach, "paris": city, "paris-to-burano": f"{city}-to-burano", "street-000": stem}
    for path in sorted((run / "records").iterdir()):
        path.write_text(json.dumps(renamed(json.loads(path.read_text()), names)))
    if len(stem.encode()) < 250:
        for path in sorted((run / "pictures").rglob("street-000.png")):
            path.rename(path.with_name(f"{stem}.png"))


@pytest.fixture(scope="module", params=NAMES)
def named(request, make, tmp_path_factory):
    """A built site of a run with odd names, and those names; the build wrote nowhere else."""
    place = tmp_path_factory.mktemp("named")
    run = make.write_run(place / "run")
    rename(run, *NAMES[request.param])
    before = set(place.rglob("*"))
    built = build_site(run)
    assert all(path.is_relative_to(run / "site") for path in set(place.rglob("*")) - before)
    return built, NAMES[request.param]


def test_names_are_shown_as_text_and_run_nothing(named, read_page):
    built, names = named
    read = [read_page(path) for path in built.page.parent.glob("*.html")]

    for name in names:
        assert any(name in page.text for page in read), name
    for page in read:
        assert all(script.get("src", "").startswith("assets/") for script in page.all("script")), page.path.name
        assert not [tag for tag, attributes in page.tags if "onerror" in attributes or tag == "b"], page.path.name


def test_links_and_pictures_are_files_of_the_site_whatever_the_names(named, read_page, broken_references):
    built, (_, _, stem) = named

    assert broken_references(built.page.parent, read_page) == []
    assert any("no file" in gap for gap in built.gaps) == (len(stem.encode()) >= 250)


def test_pages_fit_a_phone_whatever_the_names(named, browser):
    size = {"width": 360, "height": 900, "deviceScaleFactor": 1, "mobile": True}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    for page in sorted(named[0].page.parent.glob("*.html")):
        browser.get(page.as_uri())
        assert browser.execute_script("return document.documentElement.scrollWidth") <= 360, page.name
        assert browser.get_log("browser") == [], page.name
