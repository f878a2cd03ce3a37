"""The sources of photos: on the Toytown service what holds of all, and by given answers what is each one's own."""

from datetime import date, timedelta

import pytest

from c2c.collect.areas import metres_between
from c2c.collect.failures import BadAnswer, Blocked, Gone, Transient
from c2c.collect.pictures import Place
from c2c.collect.sources import PhotoQuery, splitting
from c2c.errors import CollectError

PARIS = Place(48.8566, 2.3522)
NAMES = ("commons", "flickr", "openverse")


@pytest.fixture(params=NAMES)
def photos(request, ask):
    return ask(request.param)


def open_photos(service):
    return [photo for photo in service.catalogue.photos if photo.licence != "all rights reserved"]


def test_words_find_every_open_photo_once(photos, toytown_service):
    found = list(photos.search(PhotoQuery(text="street")))

    assert len({one.id for one in found}) == len(found) == len(open_photos(toytown_service))
    assert {one.kind for one in found} == {"photo"}


def test_who_owns_a_photo_is_told(photos):
    for found in photos.search(PhotoQuery(text="street")):
        rights = found.rights
        assert all((rights.licence, rights.licence_url, rights.author, rights.attribution, rights.landing_page))
        assert rights.author in rights.attribution
        assert rights.licence in ("CC BY-SA 4.0", "CC BY 4.0", "CC0 1.0")
        assert rights.redistributable


def test_an_author_is_plain_text_whatever_the_service_sends(photos, toytown_service):
    authors = {found.rights.author for found in photos.search(PhotoQuery(text="street"))}

    assert authors == {photo.author for photo in open_photos(toytown_service)}


def test_a_photo_comes(photos):
    found = next(iter(photos.search(PhotoQuery(text="street"))))

    assert photos.picture(found)[:3] == b"\xff\xd8\xff"


def test_a_photo_that_is_no_more_is_gone(photos, toytown_service):
    found = next(iter(photos.search(PhotoQuery(text="street"))))
    toytown_service.misbehave("gone")

    with pytest.raises(Gone):
        photos.picture(found)


@pytest.mark.parametrize("name", ["commons", "flickr", "mapillary"])
def test_a_place_finds_the_photos_around_it(ask, centre, name):
    source = ask(name)
    far = list(source.search(PhotoQuery(centre=centre, radius_m=500.0)))
    near = list(source.search(PhotoQuery(centre=centre, radius_m=14.0)))

    assert 0 < len(near) < len(far)
    assert all(metres_between(centre, one.place) <= 14.0 for one in near)


@pytest.mark.parametrize("name", ["commons", "flickr"])
def test_days_narrow_a_search(ask, name, centre):
    source = ask(name)
    everything = [one.captured[:10] for one in source.search(PhotoQuery(centre=centre, radius_m=500.0))]
    first, last = sorted(everything)[2], sorted(everything)[-3]
    some = PhotoQuery(centre=centre, radius_m=500.0, taken_from=first, taken_until=last)

    found = [one.captured[:10] for one in source.search(some)]

    assert sorted(found) == sorted(day for day in everything if first <= day <= last)


def test_a_category_of_commons_finds_its_files(ask):
    plain = {one.id for one in ask("commons").search(PhotoQuery(category="Paris"))}

    assert plain
    assert plain == {one.id for one in ask("commons").search(PhotoQuery(category="Category:Paris"))}


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("commons", PhotoQuery()),
        ("commons", PhotoQuery(text="a", centre=PARIS)),
        ("commons", PhotoQuery(text="a", category="Paris")),
        ("flickr", PhotoQuery()),
        ("flickr", PhotoQuery(category="Paris")),
        ("flickr", PhotoQuery(text="a", taken_from="yesterday")),
        ("openverse", PhotoQuery()),
        ("openverse", PhotoQuery(text="a", centre=PARIS)),
        ("mapillary", PhotoQuery(text="a")),
        ("panoramax", PhotoQuery(text="a")),
        ("browser", PhotoQuery(centre=PARIS)),
        ("browser", PhotoQuery(text="a", taken_from="2024-05-31")),
    ],
)
def test_a_question_that_a_source_cannot_answer_is_refused_before_anything_is_asked(ask, toytown_service, name, wanted):
    source = ask(name)
    before = [noted for noted in toytown_service.requests if "search" in noted.query]

    with pytest.raises(CollectError):
        list(source.search(wanted))
    assert [noted for noted in toytown_service.requests if "search" in noted.query] == before


# What is each service's own


def file_of_commons(id, **more):
    return {"pageid": id, "title": f"File:{id}.jpg", **more}


INFO = {"url": "https://upload.example/1.jpg", "mime": "image/jpeg", "width": 9, "height": 9}


def test_what_commons_tells_of_a_file_in_several_answers_is_put_together(told):
    first = {
        "continue": {"iicontinue": "2", "continue": "||"},
        "query": {"pages": [file_of_commons(1, imageinfo=[INFO])]},
    }
    first["query"]["pages"].append(file_of_commons(2, coordinates=[{"lat": 1.0, "lon": 2.0}]))
    second = {"batchcomplete": True, "query": {"pages": [file_of_commons(1), file_of_commons(2, imageinfo=[INFO])]}}

    found = list(told("commons", first, second).search(PhotoQuery(text="a")))

    assert [(one.id, one.place) for one in found] == [("1", None), ("2", Place(1.0, 2.0))]


def test_a_circle_with_too_many_files_is_covered_by_smaller_ones(told):
    def crowded(params):
        many = range(500) if params["ggsradius"] > 400 else range(3)
        return {"batchcomplete": True, "query": {"pages": [file_of_commons(id, imageinfo=[INFO]) for id in many]}}

    source = told("commons", crowded)
    found = list(source.search(PhotoQuery(centre=PARIS, radius_m=1000.0)))

    assert [one.id for one in found] == ["0", "1", "2"]
    assert sorted({params["ggsradius"] for _, params in source.fetcher.asked}) == [354, 500, 707, 1000]


def test_files_that_are_no_photos_are_left_out(told):
    pages = [file_of_commons(1, imageinfo=[{**INFO, "mime": "image/svg+xml"}]), file_of_commons(2, imageinfo=[INFO])]

    found = told("commons", {"batchcomplete": True, "query": {"pages": pages}}).search(PhotoQuery(text="a"))

    assert [one.id for one in found] == ["2"]


@pytest.mark.parametrize(
    ("code", "kind"), [("maxlag", Transient), ("ratelimited", Transient), ("blocked", Blocked), ("badvalue", BadAnswer)]
)
def test_an_error_of_commons_says_what_to_do_next(told, code, kind):
    with pytest.raises(kind, match=code):
        list(told("commons", {"error": {"code": code, "info": "x"}}).search(PhotoQuery(text="a")))


@pytest.mark.parametrize(("code", "kind"), [(100, Blocked), (105, Transient), (4, BadAnswer), (None, BadAnswer)])
def test_an_error_of_flickr_says_what_to_do_next(told, code, kind):
    with pytest.raises(kind):
        list(told("flickr", {"stat": "fail", "code": code, "message": "x"}).search(PhotoQuery(text="a")))


LICENCES = {
    "stat": "ok",
    "licenses": {"license": [{"id": 4, "name": "CC BY 2.0"}, {"id": 0, "name": "All Rights Reserved"}]},
}


def flickr_of(taken):
    """A Flickr with one photo on each of some days, that never gives more than 4000."""

    def answer(params):
        if params["method"].endswith("getInfo"):
            return LICENCES
        found = [day for day in taken if params["min_taken_date"][:10] <= str(day) <= params["max_taken_date"][:10]]
        page, size = params["page"], params["per_page"]
        shown = found[: len(found) if len(found) <= 4000 else 4000][(page - 1) * size : page * size]
        photos = [
            {"id": str(day), "owner": "o", "license": "4", "url_l": "https://live.example/1.jpg"} for day in shown
        ]
        return {"stat": "ok", "photos": {"total": str(len(found)), "pages": -(-len(found) // size), "photo": photos}}

    return answer


def test_days_are_halved_until_flickr_gives_all_photos_of_them(told):
    days = [date(2000, 1, 1) + timedelta(days=number) for number in range(9000)]

    found = [one.id for one in told("flickr", flickr_of(days)).search(PhotoQuery(text="a"))]

    assert sorted(found) == [str(day) for day in days]
    assert found[0] >= str(days[len(days) // 2])  # what a limit takes is not the oldest


def test_flickr_is_asked_for_open_licences_alone(told):
    source = told("flickr", flickr_of([date(2020, 1, 1)]))
    list(source.search(PhotoQuery(text="a")))

    assert {params["license"] for _, params in source.fetcher.asked[1:]} == {"4"}


def test_the_picture_that_flickr_shows_for_a_photo_that_is_no_more_is_not_taken(told):
    source = told("flickr", flickr_of([date(2020, 1, 1)]))
    found = next(iter(source.search(PhotoQuery(text="a"))))
    source.fetcher.get = lambda url: b"\x89PNG\r\n\x1a\n"

    with pytest.raises(Gone, match="no photo 2020-01-01 any more"):
        source.picture(found)


def test_a_service_that_never_has_little_enough_is_given_up(told, monkeypatch):
    monkeypatch.setattr(splitting, "MOST_QUESTIONS", 50)
    crowd = {"stat": "ok", "photos": {"total": 10**9, "pages": 1, "photo": []}, **LICENCES}

    with pytest.raises(BadAnswer, match="given up"):
        list(told("flickr", LICENCES, crowd).search(PhotoQuery(text="a")))


def test_a_box_is_quartered_where_mapillary_gives_as_many_as_it_can(told):
    def crowded(params):
        west, south, east, north = map(float, params["bbox"].split(","))
        assert (east - west) * (north - south) < 0.01
        count = 2000 if east - west > 0.05 else 1
        place, url = {"coordinates": [west, south]}, "https://a.example/1"
        return {"data": [{"id": f"{west}{south}{n}", "thumb_2048_url": url, "geometry": place} for n in range(count)]}

    source = told("mapillary", crowded)
    found = list(source.search(PhotoQuery(centre=Place(0.0, 0.0), radius_m=9000.0)))

    assert 0 < len(found) <= 16
    assert len(source.fetcher.asked) == 4 + 16


def test_openverse_is_asked_for_each_licence_and_never_for_more_than_it_gives(told):
    def answer(params):
        start = params["page"] * 20
        works = [
            {"id": f"{params['license']}{start + n}", "url": "https://a.example/1", "license": "by"} for n in range(20)
        ]
        return {"page_count": 12, "results": works}

    source = told("openverse", answer)
    found = list(source.search(PhotoQuery(text="a")))

    assert len(found) == 4 * 240
    assert max(params["page"] * params["page_size"] for _, params in source.fetcher.asked) == 240


def test_a_page_that_comes_again_and_again_ends_a_search_of_panoramax(told):
    feature = {
        "id": "p",
        "geometry": {"coordinates": [2.3522, 48.8566]},
        "assets": {"sd": {"href": "https://a.example/sd.jpg"}},
        "links": [],
    }
    page = {"features": [feature], "links": [{"rel": "next", "href": "https://a.example/next"}]}

    assert [one.id for one in told("panoramax", page).search(PhotoQuery(centre=PARIS))] == ["p"]
