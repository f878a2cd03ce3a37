import io
import re
from contextlib import suppress
from itertools import islice

import pytest
from PIL import Image

from c2c.collect.failures import BadAnswer, Transient
from c2c.collect.pictures import Place
from c2c.collect.sources.streetview import ABOUT


def top_level(parts):
    """The fields of a message in the page's notation; each message within must hold as many as it says."""
    found, place = [], 0
    while place < len(parts):
        number, kind, value = re.fullmatch(r"(\d+)([a-z])(.*)", parts[place]).groups()
        inner = int(value) if kind == "m" else 0
        assert len(parts[place + 1 : place + 1 + inner]) == inner
        top_level(parts[place + 1 : place + 1 + inner])
        found.append(int(number))
        place += 1 + inner
    return found


def test_the_question_about_a_panorama_counts_its_fields_rightly():
    assert top_level(ABOUT.split("!")[1:]) == [1, 2, 3, 4]


def test_the_nearest_panorama_is_found_before_the_whole_area_was_asked_for(ask, centre, toytown_service):
    before = len(toytown_service.requests)
    list(islice(ask("streetview").near(centre, 5000.0), 1))

    assert len(toytown_service.requests) - before <= 9


def test_a_panorama_has_its_depth_its_history_and_its_date(ask, centre):
    source = ask("streetview")
    found = [source.look(link.id) for link in source.near(centre, 300.0)]

    assert all(one.payload and one.payload.startswith("C") for one in found)
    assert any(one.history for one in found)
    assert all(len(one.captured) == 7 for one in found)


def test_an_earlier_panorama_of_the_same_place_can_be_looked_at(ask, centre):
    source = ask("streetview")
    found = next(one for link in source.near(centre, 300.0) if (one := source.look(link.id)).history)

    assert source.look(found.history[0]).place == found.place


def test_a_zoom_that_does_not_exist_becomes_the_largest_that_does(ask, centre, toytown_service):
    source = ask("streetview", zoom=5)
    found = source.look(next(source.near(centre, 300.0)).id)

    assert (found.width_px, found.height_px) == (2 * toytown_service.gallery.height, toytown_service.gallery.height)
    assert Image.open(io.BytesIO(source.picture(found))).size == (found.width_px, found.height_px)


def test_links_without_coordinates_have_no_place(ask, centre, toytown_service):
    toytown_service.misbehave("null-coordinates")
    source = ask("streetview")
    found = source.look(next(source.near(centre, 300.0)).id)

    assert found.links
    assert all(link.place is None for link in found.links)


def test_a_tile_that_is_black_spoils_the_panorama(ask, centre, toytown_service):
    source = ask("streetview")
    found = source.look(next(source.near(centre, 300.0)).id)
    toytown_service.misbehave("black", path="/v1/tile")

    with pytest.raises(BadAnswer, match="black"):
        source.picture(found)


def test_where_to_begin_is_asked_again_from_where_it_failed(told):
    calls = []

    def covered(params):
        calls.append(params["pb"])
        if len(calls) == 3:
            raise Transient("the cable is out")
        return []

    source = told("streetview", covered)
    for _ in range(2):
        with suppress(Transient):
            assert list(source.near(Place(48.85, 2.35), 10.0)) == []

    assert len(calls) == 9 + 1
    assert calls[2] == calls[3]


def test_a_picture_with_too_many_pixels_is_refused_before_its_tiles_are_asked_for(ask, toytown_service):
    id = toytown_service.catalogue.street_view_ids[0]

    with pytest.raises(BadAnswer, match="at most 100 pixels are taken"):
        ask("streetview", most_pixels=100).look(id)
