"""How a city's pictures were collected, on the data page."""

import dataclasses
import re

import pytest

from c2c.records import CrawledPlace, CrawlRecord, LicenceCount
from c2c.site import crawls
from c2c.site.crawls import crawl_of, map_of
from c2c.site.reading import Filed

OPEN = LicenceCount("CC BY-SA 4.0", "https://creativecommons.org/licenses/by-sa/4.0/", True, 40)
KEPT = LicenceCount("", "", False, 3)
CENTRE = (48.86, 2.34)


def at(north_m, east_m, state="done", number=0, parent=None):
    return CrawledPlace(CENTRE[0] + north_m / 111_195, CENTRE[1] + east_m / 73_160, state, number, parent)


@pytest.fixture
def record(make):
    return CrawlRecord(
        city="paris",
        sources={"panoramax": 40, "streetview": 3},
        centre=CENTRE,
        radius_m=500.0,
        order="dfs",
        terms={"google-streetview": "2026-11-01T10:00:00+00:00"},
        states={"done": 2, "failed": 1, "queued": 1, "outside": 1},
        failures={"<b>gone</b>": 1},
        licences=(OPEN, KEPT),
        with_depth=3,
        bytes=1000,
        captured=("2019-05", "2021-07-04"),
        fetched=("2026-11-01T10:00:00+00:00", "2026-11-02T11:00:00+00:00"),
        places=(
            at(0, 0, number=1),
            at(100, 0, number=2, parent=0),
            at(0, 200, "failed", parent=0),
            at(-300, 0, "queued", parent=1),
            at(0, -520, "outside", parent=1),
        ),
        provenance=make.WHERE,
    )


def told(record):
    return crawl_of(Filed(record, "crawl-paris.json"))


def test_a_service_that_stood_in_for_the_real_one_is_told(record):
    said = "A private service stood in for the real one, such as Toytown's"

    assert told(dataclasses.replace(record, stood_in=43)).sentences[1] == f"{said}."
    assert told(dataclasses.replace(record, stood_in=3)).sentences[1] == f"{said}, for 3."


def test_sources_dates_place_and_terms_are_told_in_sentences(record):
    assert told(record).sentences == (
        "Collected from Panoramax (40) and Google Street View (3), between 2026-11-01 and 2026-11-02.",
        "Within 500 m of 48.8600, 2.3400, from neighbour to neighbour, depth-first.",
        "Taken between 2019-05 and 2021-07-04.",
        "The terms google-streetview were accepted on 2026-11-01.",
    )


def test_photos_that_were_searched_for_have_no_radius_and_one_day_is_no_span(record):
    day = ("2026-11-01T10:00:00+00:00", "2026-11-01T12:00:00+00:00")
    photos = dataclasses.replace(record, centre=None, radius_m=None, order="", terms={}, captured=("", ""), fetched=day)

    assert told(photos).sentences == ("Collected from Panoramax (40) and Google Street View (3), on 2026-11-01.",)


def test_what_may_not_be_passed_on_is_a_warning(record):
    assert told(record).warning.startswith("3 of these pictures may not be passed on")
    assert told(dataclasses.replace(record, licences=(OPEN,))).warning == ""


def test_each_licence_is_told_with_its_pictures_and_whether_they_may_be_passed_on(record):
    first, second = told(record).licences

    assert (first.name, first.pictures, first.passed_on) == ("CC BY-SA 4.0", 40, "may be passed on")
    assert (second.name, second.pictures, second.passed_on) == ("not stated", 3, "may not be passed on")


def test_the_map_says_what_its_marks_mean_and_how_many_there_are(record):
    plot = map_of(Filed(record, "crawl-paris.json"))

    assert plot.said == "dot: collected, ring: still waiting, cross: failed, speck: outside of the radius"
    assert "2 collected, 1 still waiting, 1 failed, 1 outside of the radius" in plot.svg
    assert [row.values[0][0] for row in plot.numbers.rows] == ["2", "1", "1", "1"]


def test_east_is_right_and_north_is_up_on_the_map(record):
    east = dataclasses.replace(record, places=(at(0, 250, number=1), at(250, 0, number=2)))
    (path,) = re.findall(r'<path d="([^"]*)"[^>]*class="stroke-accent"', map_of(Filed(east, "x")).svg)
    right, up = ((float(x), float(y)) for x, y in re.findall(r"M([\d.]+) ([\d.]+)", path))
    middle, quarter = crawls.SIDE / 2, (crawls.SIDE - 2 * crawls.MARGIN) / 4

    assert right == pytest.approx((middle + quarter, middle), abs=0.5)
    assert up == pytest.approx((middle, middle - quarter), abs=0.5)


def test_three_thousand_panoramas_make_a_small_map(record):
    many = tuple(at(i % 60 * 10, i // 60 * 10, number=i + 1, parent=i - 1 if i else None) for i in range(3000))

    assert len(map_of(Filed(dataclasses.replace(record, places=many), "x")).svg) < 250_000


def test_a_larger_crawl_shows_an_equal_share(record, monkeypatch):
    monkeypatch.setattr(crawls, "MOST_DOTS", 2)
    many = dataclasses.replace(record, places=tuple(at(i, i, number=i + 1) for i in range(5)))
    plot = map_of(Filed(many, "x"))
    (path,) = re.findall(r'<path d="([^"]*)"[^>]*class="stroke-accent"', plot.svg)

    assert path.count("M") == 2
    assert plot.numbers.rows[0].values[0][0] == "5"


@pytest.mark.parametrize(("parent", "links"), [(-1, 0), (99, 0), (1, 1)])
def test_a_record_that_names_a_parent_that_is_none_still_has_a_map(record, parent, links):
    def paths(parent):
        places = (at(0, 0, parent=parent), at(1, 1))
        return map_of(Filed(dataclasses.replace(record, places=places), "x")).svg.count("<path")

    assert paths(parent) == paths(None) + links


def test_one_place_without_a_radius_has_a_map_too(record):
    one = dataclasses.replace(record, places=(at(0, 0, number=1),), radius_m=None, centre=None)

    assert map_of(Filed(one, "x")).svg.count('class="stroke-accent"') == 1


def test_the_data_page_shows_map_licences_and_failures_of_its_city(pages):
    page = pages["data.html"]

    assert page.text.count("How they were collected") == 1
    assert "Map of the panoramas: 9 collected" in page.markup
    assert "it is &lt;not&gt; there" in page.markup
    assert "2 of these pictures may not be passed on to others" in page.text
    assert 'href="records/crawl-paris.json"' in page.markup
