"""The three sources of panoramas, on the Toytown service: what holds of one holds of all."""

import io
import json
from dataclasses import asdict

import pytest
from PIL import Image

from c2c.collect.areas import bearing_deg, metres_between
from c2c.collect.failures import BadAnswer, Blocked, Gone, Throttled
from c2c.collect.sources import PanoramaSource, PhotoSource

NAMES = ("streetview", "panoramax", "mapillary")
KEY = "key-that-nobody-may-see"


@pytest.fixture(params=NAMES)
def panoramas(request, ask):
    return ask(request.param)


def test_sources_are_what_they_are_said_to_be(ask):
    assert all(isinstance(ask(name), PanoramaSource) for name in NAMES)
    assert all(
        isinstance(ask(name), PhotoSource) for name in ("commons", "flickr", "openverse", "panoramax", "mapillary")
    )
    assert not isinstance(ask("streetview"), PhotoSource)
    assert not isinstance(ask("commons"), PanoramaSource)


def test_every_panorama_is_found_once_and_the_nearest_first(panoramas, centre, toytown_service):
    found = list(panoramas.near(centre, 300.0))
    away = [metres_between(centre, link.place) for link in found]

    assert len({link.id for link in found}) == len(found) == len(toytown_service.town.plan.stops)
    assert away == sorted(away)


def test_a_radius_holds(panoramas, centre):
    everything = list(panoramas.near(centre, 300.0))
    within = [link for link in everything if metres_between(centre, link.place) <= 15.0]

    assert [link.id for link in panoramas.near(centre, 15.0)] == [link.id for link in within]
    assert 0 < len(within) < len(everything)


def test_a_panorama_links_to_its_neighbours_in_their_directions(panoramas, centre):
    known = {link.id: link.place for link in panoramas.near(centre, 300.0)}
    found = panoramas.look(next(iter(known)))

    assert found.kind == "panorama"
    assert found.place.lat_deg == pytest.approx(known[found.id].lat_deg, abs=1e-9)
    assert found.links
    for link in found.links:
        assert metres_between(link.place, known[link.id]) < 0.01
        assert link.direction_deg == pytest.approx(bearing_deg(found.place, link.place), abs=0.01)


def test_a_panorama_comes_whole(panoramas, centre, toytown_service):
    found = panoramas.look(next(panoramas.near(centre, 300.0)).id)
    picture = Image.open(io.BytesIO(panoramas.picture(found)))

    assert picture.format == "JPEG"
    assert picture.width == 2 * picture.height <= 2 * toytown_service.gallery.height


def test_who_owns_a_panorama_is_told(panoramas, centre):
    rights = panoramas.look(next(panoramas.near(centre, 300.0)).id).rights

    assert all((rights.licence, rights.licence_url, rights.author, rights.attribution, rights.landing_page))
    assert rights.author in rights.attribution or "©" in rights.attribution
    assert rights.redistributable == (panoramas.name != "streetview")


def test_an_unknown_id_is_gone(panoramas):
    with pytest.raises(Gone):
        panoramas.look("nobody")


def test_a_block_page_stops_at_once(panoramas, centre, toytown_service):
    for name in ("block", "sorry", "consent"):
        toytown_service.misbehave(name)
        with pytest.raises(Blocked):
            next(panoramas.near(centre, 300.0))
        toytown_service.behave()


def test_a_pause_that_is_asked_for_is_told(panoramas, centre, toytown_service):
    toytown_service.misbehave("throttle", seconds=3.0)
    with pytest.raises(Throttled) as error:
        next(panoramas.near(centre, 300.0))

    assert error.value.retry_after_s == 3.0


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("black", "black"),
        ("truncated", "cannot be decoded"),
        ("wrong-magic", "no JPEG, PNG or WebP"),
        ("too-large", "larger than"),
        ("huge-pixels", "gave a"),
        ("inward", "a private address"),
    ],
)
def test_a_picture_that_cannot_be_used_is_refused(panoramas, centre, toytown_service, name, said):
    found = panoramas.look(next(panoramas.near(centre, 300.0)).id)
    toytown_service.misbehave(name)

    with pytest.raises(BadAnswer, match=said):
        panoramas.picture(found)


@pytest.mark.parametrize("name", ["mapillary", "flickr"])
def test_no_key_is_in_what_is_kept(ask, centre, name, caplog):
    from c2c.collect.sources import PhotoQuery

    caplog.set_level("DEBUG")
    source = ask(name, key=KEY)
    found = list(source.search(PhotoQuery(centre=centre, radius_m=300.0)))

    assert found
    assert KEY not in json.dumps([asdict(one) for one in found]) + caplog.text + repr(source.settings)
