import io
import json
import math
import os
from collections import Counter
from pathlib import Path

import httpx
import numpy as np
import pytest
from PIL import Image

from c2c.collect.depth_payload import decode
from c2c.collect.service.photometa import asked_id, asked_tile, bearing, tile_of

SHARED = Path(os.environ.get("C2C_SHARED", Path(__file__).parents[4] / "shared"))
RECORDED = SHARED / "data" / "streetview" / "photometa"


def asked(service, path, **query):
    answer = httpx.get(f"{service.address}/streetview{path}", params=query, timeout=60)
    assert answer.status_code == 200
    return answer


def metadata(service, id):
    text = asked(service, "/maps/photometa/v1", pb=f"!1m4!1smaps_sv.tactile!3m3!1m2!1e2!2s{id}!4m6!1e1").text
    prefix, body = text.split("\n", 1)
    assert prefix == ")]}'"
    return json.loads(body)


def tile(service, id, zoom=0, x=0, y=0):
    content = asked(service, "/v1/tile", cb_client="maps_sv.tactile", panoid=id, x=x, y=y, zoom=zoom).content
    return Image.open(io.BytesIO(content))


def test_an_answer_tells_id_place_heading_size_and_date_where_recorded_answers_do(toytown_service):
    catalogue = toytown_service.catalogue
    for id, shot in zip(catalogue.street_view_ids, catalogue.shots, strict=True):
        message = metadata(toytown_service, id)[1][0]
        assert message[0][0] == 1
        assert message[1][1] == id
        assert message[2][2] == [64, 128]
        assert message[2][3] == [[[[64, 128]]], [512, 512]]
        (_, _, lat, lon), (elevation,), (heading, level, roll) = message[5][0][1][:3]
        assert (lat, lon, elevation) == (shot.lat_deg, shot.lon_deg, shot.elevation_m)
        assert (heading, level, roll) == (shot.heading_deg, 90, 0)
        assert message[6][7] == [int(part) for part in shot.captured.split("-")[:2]]
        assert message[4][0][0][0][0] == "© 2026 Toytown"


def test_links_name_the_neighbours_and_the_way_to_them(toytown_service):
    catalogue = toytown_service.catalogue
    about = metadata(toytown_service, catalogue.street_view_ids[0])[1][0][5][0]
    others = about[3][0]
    for (place, (_, _, _, direction)), number in zip(about[6], catalogue.shots[0].links, strict=True):
        assert others[place][0] == [2, catalogue.street_view_ids[number]]
        assert direction == bearing(catalogue.shots[0], catalogue.shots[number])


def test_an_earlier_panorama_is_named_with_its_date_and_looks_the_other_way(toytown_service):
    catalogue = toytown_service.catalogue
    about = metadata(toytown_service, catalogue.street_view_ids[0])[1][0][5][0]
    ((place, date, *_),) = about[8]
    id = about[3][0][place][0][1]
    earlier = catalogue.shots_by_street_view_id[id]
    assert date == [int(part) for part in earlier.captured.split("-")[:2]]
    assert abs((earlier.heading_deg - catalogue.shots[0].heading_deg) % 360 - 180) < 1e-6
    now, then = (
        np.asarray(tile(toytown_service, one).crop((0, 0, 128, 64)), int) for one in (catalogue.street_view_ids[0], id)
    )
    assert np.abs(np.roll(now, 64, axis=1) - then).mean() < 3
    assert np.abs(now - then).mean() > 10


def test_the_payload_holds_the_depth_of_the_town_from_there(toytown_service):
    catalogue, town = toytown_service.catalogue, toytown_service.town
    answer = metadata(toytown_service, catalogue.street_view_ids[3])
    planes = decode(answer[1][0][5][0][5][1][2])
    exact = town.fixed_depth_m(town.viewpoint(3, 256))
    assert np.abs(np.nan_to_num(planes.distance_m()) - exact).max() < 1e-3


def test_two_ids_differ_by_case_alone(toytown_service):
    first, second, *others = toytown_service.catalogue.street_view_ids
    assert first != second
    assert first.lower() == second.lower()
    assert all(len(id) == 22 for id in (first, second, *others))


def test_an_area_lists_each_panorama_of_today_once_with_links_into_its_list(toytown_service):
    catalogue = toytown_service.catalogue
    today = catalogue.shots[:9]
    listed = {}
    for x, y in {tile_of(shot.lat_deg, shot.lon_deg) for shot in today}:
        text = asked(
            toytown_service, "/maps/photometa/ac/v1", pb=f"!1m1!1smaps_sv.tactile!6m3!1i{x}!2i{y}!3i17!8b1"
        ).text
        entries = json.loads(text.split("\n", 1)[1])[1][1]
        ids = [entry[0][0][1] for entry in entries]
        listed |= {id: {ids[place] for place in entry[1]} for id, entry in zip(ids, entries, strict=True)}
    assert set(listed) == set(catalogue.street_view_ids[:9])
    for shot in today:
        assert listed[catalogue.street_view_ids[shot.number]] <= {catalogue.street_view_ids[n] for n in shot.links}


def test_an_area_without_panoramas_lists_none(toytown_service):
    text = asked(toytown_service, "/maps/photometa/ac/v1", pb="!1m1!1smaps_sv.tactile!6m3!1i5!2i6!3i17!8b1").text
    assert json.loads(text.split("\n", 1)[1]) == [None, []]


def test_an_id_that_never_was_has_status_2(toytown_service):
    assert metadata(toytown_service, "never")[1][0][0][0] == 2


def test_a_tile_has_512_pixels_a_side_and_is_black_beyond_the_panorama(toytown_service):
    id = toytown_service.catalogue.street_view_ids[0]
    shown = np.asarray(tile(toytown_service, id))
    assert shown.shape == (512, 512, 3)
    assert shown[:64, :128].mean() > 40
    assert shown[96:].max() == 0
    assert np.asarray(tile(toytown_service, id, zoom=0, x=1)).max() == 0
    assert np.asarray(tile(toytown_service, id, zoom=4)).max() == 0


def test_a_tile_of_an_unknown_id_is_not_there(toytown_service):
    answer = httpx.get(f"{toytown_service.address}/streetview/v1/tile?panoid=never&x=0&y=0&zoom=0")
    assert answer.status_code == 404


def test_the_id_and_the_tile_are_read_where_clients_put_them():
    assert asked_id("!1m4!1smaps_sv.tactile!11m2!2m1!1b1!2m2!1sen!2sus!3m3!1m2!1e2!2sab-_1!4m57!1e1") == "ab-_1"
    assert asked_id("!1sen!2sus") is None
    assert asked_tile("!1m1!1smaps_sv.tactile!6m3!1i69590!2i45801!3i17!8b1") == (69590, 45801)
    assert asked_tile("!1i69590") is None


@pytest.mark.skipif(not RECORDED.is_dir(), reason="needs recorded answers")
def test_recorded_answers_have_the_same_things_in_the_same_places(toytown_service):
    catalogue = toytown_service.catalogue
    recorded = json.loads((RECORDED / "find_by_id.json").read_text(encoding="utf-8"))
    made = metadata(toytown_service, catalogue.street_view_ids[0])
    assert len(made[1][0]) == len(recorded[1][0])
    for path in (
        (0,),
        (1,),
        (2, 2),
        (2, 3, 0),
        (2, 3, 1),
        (2, 9),
        (3, 2),
        (4, 0),
        (4, 1),
        (5, 0, 1, 0, 3),
        (5, 0, 1, 1, 0),
        (5, 0, 1, 2, 2),
        (5, 0, 1, 4),
        (5, 0, 3, 0, 1, 2, 2),
        (5, 0, 6, 0, 1, 3),
        (5, 0, 8, 0, 1),
        (5, 0, 12),
        (6, 5, 2),
        (6, 7),
        (7,),
    ):
        found = [one[1][0] for one in (made, recorded)]
        for place in path:
            found = [one[place] for one in found]
        assert isinstance(found[0], (int, float) if isinstance(found[1], float) else type(found[1])), path


@pytest.mark.skipif(not RECORDED.is_dir(), reason="needs recorded answers")
def test_map_tiles_are_counted_as_in_recorded_answers(toytown_service):
    recorded = json.loads((RECORDED / "coverage_tile.json").read_text(encoding="utf-8"))
    tiles = [tile_of(entry[0][2][0][2], entry[0][2][0][3]) for entry in recorded[1][1]]
    ((tile, count),) = Counter(tiles).most_common(1)
    assert count == len(tiles) - 1  # the last is a neighbour just outside
    (_, _, south, west), (_, _, north, east) = recorded[3][2:]
    assert tile_of((south + north) / 2, (west + east) / 2) == tile


def test_a_bearing_is_a_compass_course(toytown_service):
    first, *_ = toytown_service.catalogue.shots
    ahead = max(first.links, key=lambda n: math.cos(math.radians(bearing(first, toytown_service.catalogue.shots[n]))))
    assert toytown_service.catalogue.shots[ahead].lat_deg > first.lat_deg
