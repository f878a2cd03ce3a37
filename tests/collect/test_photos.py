import json

import pytest

from c2c.collect.failures import Transient
from c2c.collect.pace import TokenBuckets
from c2c.collect.patient import PatientFetcher
from c2c.collect.photos import IN_A_ROW, collect_photos, note_question
from c2c.collect.pictures import read_all_collected
from c2c.collect.settings import settings_for
from c2c.collect.sources import PhotoQuery, source
from c2c.errors import CollectError, CrawlStopped

STREETS = PhotoQuery(text="street")


@pytest.fixture
def commons(toytown_service):
    with PatientFetcher(settings_for("commons", at=toytown_service.address), TokenBuckets(1e6)) as fetcher:
        yield source("commons", fetcher.settings, fetcher)


def asked_for_pictures(service):
    return [noted for noted in service.requests if "/upload/" in noted.path]


def test_photos_lie_in_the_collection_with_who_owns_them(commons, tmp_path):
    counts = collect_photos(commons, tmp_path, STREETS, 5)
    kept = read_all_collected(tmp_path)

    assert (counts.kept, counts.here, counts.failed) == (5, 0, 0)
    assert len(kept) == 5
    for record in kept:
        assert (tmp_path / record.picture).stat().st_size == record.bytes
        assert record.rights.author
        assert record.kind == "photo"
        assert record.fetched_from.startswith("http://127.0.0.1")


def test_the_same_call_goes_on_and_fetches_nothing_twice(commons, tmp_path, toytown_service):
    collect_photos(commons, tmp_path, STREETS, 4)
    before = len(asked_for_pictures(toytown_service))

    counts = collect_photos(commons, tmp_path, STREETS, 6)

    assert (counts.here, counts.kept) == (4, 2)
    assert len(asked_for_pictures(toytown_service)) - before == 2
    assert collect_photos(commons, tmp_path, STREETS, 6).kept == 0


def test_the_same_file_is_kept_once_and_not_fetched_again(commons, tmp_path, toytown_service, monkeypatch):
    first = commons.picture(next(iter(commons.search(STREETS))))
    monkeypatch.setattr(commons, "picture", lambda found: first)

    counts = collect_photos(commons, tmp_path, STREETS, 100)

    assert (counts.kept, counts.twice) == (1, len(list(commons.search(STREETS))) - 1)
    again = collect_photos(commons, tmp_path, STREETS, 100)
    assert (again.kept, again.here, again.twice) == (0, 1, 0)


def test_photos_that_are_gone_or_broken_are_noted_and_not_asked_for_again(commons, tmp_path, toytown_service):
    toytown_service.misbehave("wrong-magic", path="/upload/", times=2)
    counts = collect_photos(commons, tmp_path, STREETS, 100)
    noted = [json.loads(line) for line in (tmp_path / "left-out.jsonl").read_text().splitlines()]
    before = len(asked_for_pictures(toytown_service))

    assert (counts.failed, counts.reasons) == (2, {"BadAnswer": 2})
    assert ["no JPEG, PNG or WebP" in line["why"] for line in noted] == [True, True]
    assert collect_photos(commons, tmp_path, STREETS, 100).kept == 0
    assert len(asked_for_pictures(toytown_service)) == before


def test_a_line_that_a_kill_tore_is_passed_over(commons, tmp_path, toytown_service):
    toytown_service.misbehave("wrong-magic", path="/upload/", times=1)
    collect_photos(commons, tmp_path, STREETS, 2)
    with (tmp_path / "left-out.jsonl").open("a") as file:
        file.write('\n{"stem": "x')

    toytown_service.misbehave("wrong-magic", path="/upload/", times=1)
    collect_photos(commons, tmp_path, STREETS, 4)

    assert len((tmp_path / "left-out.jsonl").read_text().splitlines()) == 3
    assert len(read_all_collected(tmp_path)) == 4


def test_a_block_page_stops_it_with_everything_kept(commons, tmp_path, toytown_service):
    toytown_service.misbehave("block", path="/upload/", after=3)

    with pytest.raises(CrawlStopped, match="The 3 photos that are there are kept"):
        collect_photos(commons, tmp_path, STREETS, 100)
    assert len(read_all_collected(tmp_path)) == 3


def test_a_foreign_host_that_refuses_one_photo_of_openverse_stops_nothing(tmp_path, toytown_service):
    toytown_service.misbehave("block", path="/files/", times=2)
    with PatientFetcher(settings_for("openverse", at=toytown_service.address), TokenBuckets(1e6)) as fetcher:
        counts = collect_photos(source("openverse", fetcher.settings, fetcher), tmp_path, STREETS, 5)

    assert (counts.kept, counts.reasons) == (5, {"Blocked": 2})


def test_a_pause_that_is_too_long_stops_it_with_everything_kept(commons, tmp_path, toytown_service):
    toytown_service.misbehave("throttle", path="/upload/", after=3, seconds=86400)

    with pytest.raises(CrawlStopped, match=r"a pause of 86400 s.\n.* The 3 photos that are there are kept"):
        collect_photos(commons, tmp_path, STREETS, 100)


def test_a_foreign_host_that_wants_a_long_pause_is_not_asked_again_this_time(tmp_path, toytown_service):
    toytown_service.misbehave("throttle", path="/files/", after=2, seconds=86400)
    with PatientFetcher(settings_for("openverse", at=toytown_service.address), TokenBuckets(1e6)) as fetcher:
        found = source("openverse", fetcher.settings, fetcher)
        many = list(found.search(STREETS))
        found.search = lambda wanted: iter(many)
        counts = collect_photos(found, tmp_path, STREETS, 5)

    assert (counts.kept, counts.reasons) == (2, {"Throttled": 1})


def test_too_many_failures_in_a_row_stop_it(commons, tmp_path, monkeypatch):
    def broken(found):
        raise Transient("the cable is out")

    many = list(commons.search(STREETS)) * 3
    monkeypatch.setattr(commons, "picture", broken)
    monkeypatch.setattr(commons, "search", lambda wanted: iter(many))

    with pytest.raises(CrawlStopped, match=f"{IN_A_ROW} photos in a row"):
        collect_photos(commons, tmp_path, STREETS, 100)


def test_what_was_asked_is_noted_once_with_the_terms(tmp_path):
    settings = settings_for("browser", at="http://127.0.0.1:1", accepted_terms=["search-page"])
    note_question(tmp_path, STREETS, settings)
    note_question(tmp_path, STREETS, settings)
    note_question(tmp_path, PhotoQuery(text="canal"), settings)

    asked = json.loads((tmp_path / "questions.json").read_text())

    assert [one["wanted"]["text"] for one in asked] == ["street", "canal"]
    assert asked[0]["terms"] == ["search-page"]
    assert asked[0]["first_asked"]


def test_notes_that_cannot_be_read_are_an_error(tmp_path):
    (tmp_path / "questions.json").write_text("{")

    with pytest.raises(CollectError, match=r"questions\.json cannot be read"):
        note_question(tmp_path, STREETS, settings_for("commons", at="http://127.0.0.1:1"))
