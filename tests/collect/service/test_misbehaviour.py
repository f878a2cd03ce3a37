import io
import json
import time

import httpx
import numpy as np
import pytest
from PIL import Image

from c2c.collect.depth_payload import decode
from c2c.collect.service import Catalogue, Order, town_of
from c2c.collect.service.misbehaviour import KNOWN, OF_IDS, OF_PICTURES, OF_REQUESTS, Misbehaviours
from c2c.collect.service.photometa import linked
from c2c.errors import CollectError, PayloadError

SEARCH = "/panoramax/api/search?limit=1"


def asked(service, path, **more):
    return httpx.get(f"{service.address}{path}", timeout=60, **more)


def tile(service, **more):
    id = service.catalogue.street_view_ids[0]
    return asked(service, f"/streetview/v1/tile?panoid={id}&x=0&y=0&zoom=0", **more)


def metadata(service, number=0):
    id = service.catalogue.street_view_ids[number]
    return json.loads(asked(service, f"/streetview/maps/photometa/v1?pb=!1e2!2s{id}").text.split("\n", 1)[1])


def payload(service, number=0):
    return metadata(service, number)[1][0][5][0][5][1][2]


def test_too_many_requests_are_told_to_wait(toytown_service):
    toytown_service.misbehave("throttle", seconds=2)
    answer = asked(toytown_service, SEARCH)
    assert answer.status_code == 429
    assert answer.headers["retry-after"] == "2"


def test_a_service_can_be_unavailable_for_some_requests_and_serve_the_next(toytown_service):
    toytown_service.misbehave("unavailable", after=1, times=2)
    assert [asked(toytown_service, SEARCH).status_code for _ in range(4)] == [200, 503, 503, 200]


def test_a_share_of_the_requests_fails_and_the_same_ones_another_time():
    def struck():
        misbehaviours = Misbehaviours([Order("unavailable", 0.3)])
        return [misbehaviours.due("/search", picture=False) is not None for _ in range(2000)]

    assert 0.27 < sum(struck()) / 2000 < 0.33
    assert struck() == struck()


def test_an_order_can_be_for_some_paths_alone(toytown_service):
    toytown_service.misbehave("throttle", path="/tile")
    assert tile(toytown_service).status_code == 429
    assert asked(toytown_service, SEARCH).status_code == 200


def test_a_stalled_answer_comes_late(toytown_service):
    toytown_service.misbehave("stall", seconds=0.3)
    began = time.monotonic()
    assert asked(toytown_service, SEARCH).status_code == 200
    assert time.monotonic() - began > 0.3
    with pytest.raises(httpx.ReadTimeout):
        httpx.get(f"{toytown_service.address}{SEARCH}", timeout=0.1)


def test_a_block_page_has_status_200(toytown_service):
    toytown_service.misbehave("block")
    answer = asked(toytown_service, SEARCH)
    assert answer.status_code == 200
    assert "unusual traffic" in answer.text


@pytest.mark.parametrize(
    ("name", "address"),
    [("sorry", "/sorry/index?continue=/"), ("consent", "https://consent.google.com/"), ("inward", "http://169.254.")],
)
def test_a_redirect_leads_to(toytown_service, name, address):
    toytown_service.misbehave(name)
    answer = asked(toytown_service, SEARCH)
    assert answer.status_code == 302
    assert answer.headers["location"].startswith(address)
    assert "unusual traffic" in asked(toytown_service, "/sorry/index").text


def test_a_picture_can_be_black(toytown_service):
    toytown_service.misbehave("black")
    assert np.asarray(Image.open(io.BytesIO(tile(toytown_service).content))).max() == 0
    assert asked(toytown_service, SEARCH).json()["features"]


def test_a_picture_can_end_early(toytown_service):
    whole = tile(toytown_service).content
    toytown_service.misbehave("truncated")
    part = tile(toytown_service).content
    assert whole.startswith(part)
    assert len(part) < 0.7 * len(whole)


def test_a_picture_can_be_something_else(toytown_service):
    toytown_service.misbehave("wrong-magic")
    answer = tile(toytown_service)
    assert answer.headers["content-type"] == "image/jpeg"
    assert not answer.content.startswith(b"\xff\xd8")


def test_a_picture_can_go_on_and_on(toytown_service):
    toytown_service.misbehave("too-large")
    id = toytown_service.catalogue.street_view_ids[0]
    with httpx.stream("GET", f"{toytown_service.address}/streetview/v1/tile?panoid={id}&x=0&y=0&zoom=0") as answer:
        taken = 0
        for chunk in answer.iter_bytes():
            taken += len(chunk)
            if taken > 4 << 20:
                break
    assert taken > 4 << 20


def test_a_picture_can_speak_of_billions_of_pixels(toytown_service):
    toytown_service.misbehave("huge-pixels")
    content = tile(toytown_service).content
    assert len(content) < 10_000
    with pytest.raises(Image.DecompressionBombError):
        Image.open(io.BytesIO(content))


def test_a_share_of_the_ids_is_gone_in_metadata_and_tiles_alike(toytown_service):
    toytown_service.misbehave("gone", 0.5)
    ids = toytown_service.catalogue.street_view_ids
    gone = [metadata(toytown_service, number)[1][0][0][0] == 2 for number in range(len(ids))]
    tiles = [asked(toytown_service, f"/streetview/v1/tile?panoid={id}&x=0&y=0&zoom=0").status_code for id in ids]
    assert 0 < sum(gone) < len(ids)
    assert [status == 404 for status in tiles] == gone


def test_links_can_come_without_a_place(toytown_service):
    toytown_service.misbehave("null-coordinates")
    about = metadata(toytown_service)[1][0][5][0]
    assert about[3][0][1] == [
        [2, toytown_service.catalogue.street_view_ids[toytown_service.catalogue.shots[0].links[0]]]
    ]
    links = asked(toytown_service, SEARCH).json()["features"][0]["links"]
    assert {link["geometry"] for link in links if link["rel"] == "next"} == {None}


def test_streets_can_be_cut_off_from_each_other(toytown_service):
    toytown_service.misbehave("disconnected")
    catalogue = toytown_service.catalogue
    about = metadata(toytown_service)[1][0][5][0]
    linked = [catalogue.shots_by_street_view_id[about[3][0][place][0][1]] for place, _ in about[6]]
    assert 0 < len(linked) < len(catalogue.shots[0].links)
    assert {catalogue.town.plan.stops[shot.stop].street for shot in linked} == {0}


@pytest.mark.parametrize("name", ["torn-payload", "hostile-payload", "mirrored-payload"])
def test_a_bad_payload_is_refused(toytown_service, name):
    toytown_service.misbehave(name)
    for number in range(1, 5):
        text = payload(toytown_service, number)
        with pytest.raises(PayloadError):
            decode(text)


def test_orders_can_be_given_and_taken_back_from_outside(toytown_service):
    address = f"{toytown_service.address}/misbehave"
    given = httpx.post(address, json={"name": "throttle", "share": 0.5}).json()
    assert given == [{"name": "throttle", "share": 0.5, "path": "", "after": 0, "times": None, "seconds": None}]
    assert httpx.get(address).json() == given
    assert httpx.post(address, json=[{"name": "nonsense"}]).status_code == 400
    assert httpx.delete(address).json() == []


def test_every_request_is_noted(toytown_service):
    before = len(toytown_service.requests)
    asked(toytown_service, SEARCH)
    toytown_service.misbehave("throttle")
    asked(toytown_service, "/flickr/services/rest/")
    noted = toytown_service.requests[before:]
    assert [(one.path, one.status) for one in noted] == [
        ("/panoramax/api/search", 200),
        ("/flickr/services/rest/", 429),
    ]
    assert asked(toytown_service, "/requests").json()[-1]["path"] == "/flickr/services/rest/"


def test_an_order_is_written_as_a_name_and_a_share():
    assert Order.from_text("throttle") == Order("throttle")
    assert Order.from_text("gone:0.25") == Order("gone", 0.25)
    assert (Order("throttle").wait_s, Order("stall").wait_s, Order("stall", seconds=3).wait_s) == (1, 120, 3)


@pytest.mark.parametrize("text", ["nonsense", "gone:2", "gone:some"])
def test_a_wrong_order_tells_what_can_be_ordered(text):
    with pytest.raises(CollectError, match="gone"):
        Order.from_text(text)


def test_every_kind_of_order_is_one_of_requests_pictures_or_ids():
    assert len(KNOWN) == len(OF_REQUESTS) + len(OF_PICTURES) + len(OF_IDS)
    assert Misbehaviours([Order("black")]).due("/search", picture=False) is None
    assert Misbehaviours([Order("gone", 0.0)]).marks("gone", "id") is False


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b'{"name": "throttle", "share": "much"}', "Expected `float`"),
        (b'{"name": "throttle", "after": "2"}', "Expected `int`"),
        (b'{"name": "throttle", "times": 0.5}', "Expected `int | null`"),
        (b'{"name": "throttle", "path": 3}', "Expected `str`"),
        (b'{"name": "throttle", "seconds": -1}', "0 or more"),
        (b'{"name": "throttle", "shares": 0.1}', "shares"),
        (b"{}", "name"),
        (b"3", "Expected"),
        (b"", "truncated"),
        (b'{"name": "\xff"}', "utf-8"),
        (b"[" * 100_000, "Expected"),
    ],
)
def test_an_order_that_cannot_be_read_is_refused_in_words_and_nothing_comes_of_it(content, told, toytown_service):
    answer = httpx.post(f"{toytown_service.address}/misbehave", content=content)
    assert answer.status_code == 400
    assert told in answer.json()["error"]
    assert asked(toytown_service, SEARCH).status_code == 200


@pytest.mark.parametrize("more", [{"after": 1}, {"times": 1}, {"path": "/tile"}, {"seconds": 1}])
def test_what_marks_ids_takes_no_order_for_some_requests(more):
    with pytest.raises(CollectError, match="gone is for ids"):
        Order("gone", **more)


def test_a_share_of_the_links_between_streets_is_cut_off_on_both_sides():
    catalogue = Catalogue(town_of("paris", 60))

    def links(*orders):
        ordered = Misbehaviours(orders)
        return {(one.number, other.number) for one in catalogue.shots for other in linked(catalogue, ordered, one)}

    every, half, within_streets = links(), links(Order("disconnected", 0.5)), links(Order("disconnected"))
    assert within_streets < half < every
    today = {(a, b) for a, b in half if a < 60}
    assert today == {(b, a) for a, b in today}


def test_a_photo_that_is_gone_is_gone_at_mapillary_too(toytown_service):
    lat, lon = toytown_service.town.anchor.lat_lon(0.0, 0.0)
    search = f"/mapillary/images?bbox={lon - 0.01},{lat - 0.01},{lon + 0.01},{lat + 0.01}&is_pano=false"
    found = asked(toytown_service, f"{search}&fields=id,thumb_256_url&access_token=any").json()["data"]
    toytown_service.misbehave("gone", 0.5)
    gone = {one["id"] for one in found if toytown_service.misbehaviours.marks("gone", one["id"])}
    assert 0 < len(gone) < len(found)
    for one in found:
        assert (httpx.get(one["thumb_256_url"], timeout=60).status_code == 404) == (one["id"] in gone)


@pytest.mark.parametrize("path", [SEARCH, "/requests", "/misbehave"])
def test_a_site_that_gave_its_name_to_this_machine_is_not_answered(path, toytown_service):
    assert asked(toytown_service, path, headers={"Host": "example.org"}).status_code == 400
    assert asked(toytown_service, path).status_code == 200
