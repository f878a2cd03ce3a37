import json
from pathlib import Path

import pytest

from c2c.collect.failures import BadAnswer, Gone
from c2c.collect.pictures import Place
from c2c.collect.sources.photometa import read_coverage, read_photometa

RECORDED = Path(__file__).parents[4] / "shared" / "data" / "streetview" / "photometa"
BY_ID = [
    "ari_with_timestamp_in_12",
    "ari_with_uuid_in_12",
    "find_by_id",
    "missing_date",
    "missing_historical_date",
    "missing_level_name",
    "missing_link_direction",
    "nepal_links",
    "places",
    "street_names",
]


def recorded(name):
    path = RECORDED / f"{name}.json"
    if not path.is_file():
        pytest.skip("the recorded answers are not here")
    return json.loads(path.read_text(encoding="utf-8"))


def read(name):
    answer = recorded(name)
    return read_photometa(answer, answer[1][0][1][1])


def an_answer(**changes):
    """A small answer in the service's shape."""
    about = [
        [1],
        [[None, None, 48.0, 2.0], [35.0], [350.0, 88.0, 359.0]],
        None,
        [[[[2, "me"]], [[2, "b"], None, [[None, None, 48.001, 2.0]]], [[2, "old"]], [[10, "visitor"]]]],
        None,
        [None, [None, None, "CAAA"]],
        [[1, [None, None, None, 5.0]], [2, [None, None, None, 9.0]], [3], [0], [99], ["1"], None],
        None,
        [[2, [2019, 5]]],
    ]
    sizes = [[[[256, 512]], [[512, 1024]]], [512, 512]]
    message = [[1], [2, "me"], [2, 2, [512, 1024], sizes], [], [[[["© 2026"]]], [[["Toytown"]]]], [about]]
    message += [[3, 4, 1, None, None, None, None, [2021, 3]]]
    for place, value in changes.items():
        message[int(place[1:])] = value
    return [[], [message]]


@pytest.mark.parametrize("name", BY_ID)
def test_recorded_answers_are_read(name):
    told = read(name)

    assert told.place
    assert told.sizes_px[0][0] <= 512
    assert all(width == 2 * height for width, height in told.sizes_px)
    assert all(link.id != told.id for link in told.links)


def test_a_recorded_answer_tells_what_is_known_of_it():
    told = read("find_by_id")

    assert told.place == Place(47.15048822721601, 11.13385612403307, 1681.763549804688)
    assert told.heading_deg == pytest.approx(1.0103446)
    assert told.pitch_deg == pytest.approx(90 - 85.1731491)
    assert told.roll_deg == pytest.approx(1.8068612)
    assert (told.captured, told.author, told.copyright) == ("2021-03", "Google", "© 2023 Google")
    assert told.sizes_px[-1] == (16384, 8192)
    assert [(link.id, round(link.direction_deg, 2)) for link in told.links] == [
        ("AAjvI78af4vr-4DBoGoA8g", 182.49),
        ("f4TfGXWvYXCWO0KA4SK0vA", 359.85),
    ]
    assert told.history == ("5gRo2zq0ReiokwiVOWVTjw",)


def test_recorded_links_without_coordinates_have_no_place():
    assert [(link.place, round(link.direction_deg, 2)) for link in read("nepal_links").links] == [
        (None, 71.31),
        (None, 247.37),
    ]


def test_a_recorded_link_without_a_direction_gets_that_of_its_place():
    assert all(0 <= link.direction_deg < 360 for link in read("missing_link_direction").links)


def test_a_recorded_answer_without_a_date_has_none():
    assert read("missing_date").captured == ""


def test_a_recorded_tile_of_the_map_tells_every_panorama_with_its_place():
    answer = recorded("coverage_tile")
    found = read_coverage(answer)

    assert [link.id for link in found] == [entry[0][0][1] for entry in answer[1][1]]
    assert all(47.14 < link.place.lat_deg < 47.16 and 11.12 < link.place.lon_deg < 11.14 for link in found)


def test_an_answer_is_read_by_the_places_of_its_parts():
    told = read_photometa(an_answer(), "me")

    assert (told.heading_deg, told.pitch_deg, told.roll_deg) == (350.0, 2.0, -1.0)
    assert (told.payload, told.history) == ("CAAA", ("old",))
    assert [(link.id, link.place, link.direction_deg) for link in told.links] == [("b", Place(48.001, 2.0), 5.0)]


def test_an_id_that_is_no_more_is_gone():
    with pytest.raises(Gone, match="no panorama 'me' any more"):
        read_photometa(an_answer(_0=[2]), "me")


@pytest.mark.parametrize(
    "changes",
    [{"_0": [3]}, {"_0": None}, {"_1": [2, "other"]}, {"_2": None}, {"_2": [2, 2, [1, 2], [[[[0, 5]]], [512, 512]]]}],
)
def test_an_answer_of_another_shape_is_refused(changes):
    with pytest.raises(BadAnswer, match="Street View's answer about 'me'"):
        read_photometa(an_answer(**changes), "me")


@pytest.mark.parametrize("answer", [None, [], {}, [[], []], [[], [[]]], "x", 7])
def test_no_answer_at_all_is_refused(answer):
    with pytest.raises(BadAnswer):
        read_photometa(answer, "me")
    assert read_coverage(answer) == []


def test_coordinates_that_are_not_on_earth_are_none():
    answer = an_answer()
    answer[1][0][5][0][1][0] = [None, None, 91.0, 2.0]

    assert read_photometa(answer, "me").place is None
