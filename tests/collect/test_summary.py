from dataclasses import replace

import pytest

from c2c.collect.ledger import Dot
from c2c.collect.pictures import Place, read_all_collected, read_collected, record_text
from c2c.collect.summary import crawl_record, licence_counts, places_of
from c2c.errors import CollectError
from c2c.records import read_record, write_record


def test_a_crawl_in_figures_is_a_record_with_a_map(crawls, proof, tmp_path):
    crawls.service.misbehave("gone", 0.3)
    gone = crawls.struck("gone")
    crawls.run(crawls.asked(radius_m=15.0, order="bfs"))

    record = crawl_record(crawls.folder, "paris", proof)

    assert read_record(write_record(tmp_path / "run", record)) == record
    pictures = read_all_collected(crawls.folder)
    assert record.sources == {"streetview": len(pictures)}
    assert record.stood_in == len(pictures)
    assert (record.radius_m, record.order) == (15.0, "bfs")
    assert record.states["done"] == record.with_depth == len(pictures)
    assert record.states["failed"] == sum(record.failures.values()) <= len(gone)
    assert record.bytes == sum((crawls.folder / one.picture).stat().st_size for one in pictures)
    assert [(one.licence, one.redistributable, one.pictures) for one in record.licences] == [
        ("Google Maps terms of service", False, len(pictures))
    ]
    assert sorted(place.number for place in record.places if place.number) == list(range(1, len(pictures) + 1))


def test_the_map_knows_who_led_where(crawls, proof):
    crawls.run()

    places = crawl_record(crawls.folder, "paris", proof).places

    first, *others = sorted(places, key=lambda place: place.number)
    assert first.parent is None
    assert all(places[other.parent].number < other.number for other in others)


def test_panoramas_without_a_place_are_not_on_the_map():
    here = Place(48.85, 2.35)
    dots = [Dot("a", None, "queued", None, 1), Dot("b", here, "claimed", "a", 2), Dot("c", here, "done", "b", 3)]

    assert [(place.state, place.number, place.parent) for place in places_of(dots)] == [
        ("queued", 0, None),
        ("done", 1, 0),
    ]


def test_pictures_that_were_not_crawled_are_told_of_as_far_as_their_records_go(crawls, proof):
    crawls.run()
    for name in ("collection.json", "collection.sqlite"):
        (crawls.folder / name).unlink()

    record = crawl_record(crawls.folder, "paris", proof)

    assert (record.centre, record.order, record.states) == (None, "", {"done": 9})
    assert [place.number for place in record.places] == list(range(1, 10))


def test_the_commonest_licence_comes_first(crawls):
    crawls.run(crawls.asked("panoramax"))
    one = read_all_collected(crawls.folder)[0]
    other = replace(one, rights=replace(one.rights, licence="another"))

    counts = licence_counts([other, one, other, one, other])

    assert [(count.licence, count.pictures) for count in counts] == [("another", 3), (one.rights.licence, 2)]


def test_an_empty_folder_is_no_collection(tmp_path, proof):
    with pytest.raises(CollectError, match="holds no collected pictures"):
        crawl_record(tmp_path, "paris", proof)


def test_an_address_that_cannot_be_read_counts_as_not_private(crawls, proof):
    crawls.run()
    path = next((crawls.folder / "records").glob("*.json"))
    path.write_text(record_text(replace(read_collected(path), fetched_from="http://[::1")))

    assert crawl_record(crawls.folder, "paris", proof).stood_in == 8
