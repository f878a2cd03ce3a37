import io

import httpx
import pytest
from PIL import Image

AGENT = {"User-Agent": "c2c-tests/1 (tests@toytown.example)"}
BOX = "2.345,48.853,2.358,48.862"


def told(service, path, headers=AGENT, **query):
    return httpx.get(f"{service.address}{path}", params=query, headers=headers, timeout=60)


def size_of(url):
    answer = httpx.get(url, timeout=60)
    assert answer.headers["content-type"] == "image/jpeg"
    return Image.open(io.BytesIO(answer.content)).size


class TestPanoramax:
    def pages(self, service, **query):
        answer = told(service, "/panoramax/api/search", **query).json()
        while True:
            yield answer
            onward = [link["href"] for link in answer["links"] if link["rel"] == "next"]
            if not onward:
                return
            answer = httpx.get(onward[0]).json()

    def features(self, service):
        return [feature for page in self.pages(service, bbox=BOX, limit=5) for feature in page["features"]]

    def test_pages_give_every_picture_once(self, toytown_service):
        ids = [feature["id"] for feature in self.features(toytown_service)]
        assert len(ids) == len(set(ids)) == 9 + 18

    def test_panoramas_are_those_with_a_whole_field_of_view_and_link_to_their_neighbours(self, toytown_service):
        views = {
            feature["id"]: feature
            for feature in self.features(toytown_service)
            if feature["properties"]["pers:interior_orientation"]["field_of_view"] == 360
        }
        assert len(views) == 9
        for id, feature in views.items():
            links = [link for link in feature["links"] if link["rel"] in ("prev", "next", "related")]
            assert links
            for link in links:
                assert link["geometry"] == views[link["id"]]["geometry"]
                assert id in {back.get("id") for back in views[link["id"]]["links"]}
                assert httpx.get(link["href"]).json()["id"] == link["id"]

    def test_assets_have_the_sizes_that_an_item_tells(self, toytown_service):
        feature = self.features(toytown_service)[0]
        sizes = feature["properties"]["pers:interior_orientation"]["sensor_array_dimensions"]
        assert size_of(feature["assets"]["hd"]["href"]) == tuple(sizes) == (128, 64)

    def test_one_can_be_asked_for_by_id_and_an_unknown_one_is_not_there(self, toytown_service):
        one = self.features(toytown_service)[4]
        assert told(toytown_service, "/panoramax/api/search", ids=one["id"]).json()["features"] == [one]
        assert told(toytown_service, "/panoramax/api/search", ids="none").json()["features"] == []
        assert told(toytown_service, "/panoramax/api/collections/x/items/y").status_code == 404
        assert told(toytown_service, "/panoramax/api/search", bbox="here").status_code == 400


class TestMapillary:
    HEADERS = {"Authorization": "OAuth token"}  # noqa: RUF012

    def images(self, service, **query):
        return told(service, "/mapillary/images", self.HEADERS, **{"bbox": BOX, "fields": "id,is_pano"} | query)

    def test_panoramas_and_photos_are_told_apart_and_limited_without_pages(self, toytown_service):
        assert [one["is_pano"] for one in self.images(toytown_service, is_pano="true").json()["data"]] == [True] * 9
        assert len(self.images(toytown_service, is_pano="false").json()["data"]) == 18
        assert len(self.images(toytown_service, limit=4).json()["data"]) == 4

    def test_only_the_fields_asked_for_are_told(self, toytown_service):
        one = self.images(toytown_service, fields="id,geometry,thumb_1024_url").json()["data"][0]
        assert set(one) == {"id", "geometry", "thumb_1024_url"}
        assert one["id"].isdigit()
        assert size_of(one["thumb_1024_url"]) == (128, 64)
        again = told(toytown_service, f"/mapillary/{one['id']}", self.HEADERS, fields="id,geometry").json()
        assert again["geometry"] == one["geometry"]

    def test_a_large_box_a_missing_token_and_an_unknown_id_are_refused(self, toytown_service):
        assert self.images(toytown_service, bbox="2,48,3,49").status_code == 400
        assert told(toytown_service, "/mapillary/images", bbox=BOX).status_code == 401
        assert told(toytown_service, "/mapillary/12", self.HEADERS).status_code == 404


class TestCommons:
    AROUND = {  # noqa: RUF012
        "action": "query",
        "generator": "geosearch",
        "ggscoord": "48.8575|2.3514",
        "ggsradius": "500",
        "ggslimit": "50",
        "formatversion": "2",
    }

    def test_what_imageinfo_leaves_out_comes_with_continue(self, toytown_service):
        informed, query = {}, self.AROUND
        for _ in range(9):
            answer = told(toytown_service, "/commons/w/api.php", **query).json()
            pages = answer["query"]["pages"]
            informed |= {page["pageid"]: page["imageinfo"][0] for page in pages if "imageinfo" in page}
            if "continue" not in answer:
                break
            query = self.AROUND | answer["continue"]
        assert len(informed) == len(pages) == 14
        assert {info["extmetadata"]["LicenseShortName"]["value"] for info in informed.values()} == {
            "CC BY-SA 4.0",
            "CC BY 4.0",
            "CC0",
        }
        assert size_of(next(iter(informed.values()))["url"]) == (85, 64)

    def test_authors_come_as_html(self, toytown_service):
        pages = told(toytown_service, "/commons/w/api.php", **self.AROUND).json()["query"]["pages"]
        artists = [page["imageinfo"][0]["extmetadata"]["Artist"]["value"] for page in pages[:7]]
        assert all(artist.startswith('<a href="') for artist in artists)

    @pytest.mark.parametrize(
        ("query", "offset"),
        [
            ({"generator": "search", "gsrsearch": "filetype:bitmap paris", "gsrlimit": 5}, "gsroffset"),
            ({"generator": "categorymembers", "gcmtitle": "Category:Paris", "gcmlimit": 5}, "gcmcontinue"),
        ],
    )
    def test_words_and_categories_go_on_page_by_page(self, toytown_service, query, offset):
        found, more = [], {}
        for _ in range(9):
            answer = told(toytown_service, "/commons/w/api.php", **query, **more).json()
            found += answer["query"]["pages"]
            more = answer.get("continue", {})
            if not more:
                break
            assert offset in more
        assert len(found) == len(set(found)) == 14

    def test_who_names_no_contact_is_refused_and_a_wrong_question_is_told(self, toytown_service):
        assert told(toytown_service, "/commons/w/api.php", {}, **self.AROUND).status_code == 403
        wrong = self.AROUND | {"ggsradius": "20000"}
        assert "error" in told(toytown_service, "/commons/w/api.php", **wrong).json()


class TestFlickr:
    def ask(self, service, method="flickr.photos.search", **query):
        return told(service, "/flickr/services/rest/", method=method, api_key="key", **query).json()

    def test_a_search_gives_pages_by_licence_and_day(self, toytown_service):
        licences = self.ask(toytown_service, "flickr.photos.licenses.getInfo")["licenses"]["license"]
        open_ones = ",".join(str(one["id"]) for one in licences if one["name"] != "All Rights Reserved")
        first = self.ask(toytown_service, text="paris", license=open_ones, per_page=5)["photos"]
        assert (first["pages"], first["total"], len(first["photo"])) == (3, 14, 5)
        second = self.ask(toytown_service, text="paris", license=open_ones, per_page=5, page=2)["photos"]
        days = [photo["datetaken"][:10] for photo in (*first["photo"], *second["photo"])]
        assert days == sorted(days)
        late = self.ask(toytown_service, bbox=BOX, min_taken_date=f"{days[5]} 00:00:00")["photos"]
        assert all(photo["datetaken"][:10] >= days[5] for photo in late["photo"])

    def test_a_photo_tells_where_it_is_and_some_have_no_original(self, toytown_service):
        photos = self.ask(toytown_service, text="paris")["photos"]["photo"]
        assert size_of(photos[0]["url_l"]) == (photos[0]["width_l"], photos[0]["height_l"]) == (85, 64)
        assert 0 < sum("url_o" in photo for photo in photos) < len(photos)

    def test_a_missing_key_and_a_wrong_method_are_refused(self, toytown_service):
        assert told(toytown_service, "/flickr/services/rest/").json()["code"] == 100
        assert self.ask(toytown_service, "flickr.test.none")["stat"] == "fail"


class TestOpenverse:
    def test_open_works_come_in_pages_with_a_line_of_credit(self, toytown_service):
        first = told(toytown_service, "/openverse/v1/images/", q="paris", page_size=10).json()
        second = told(toytown_service, "/openverse/v1/images/", q="paris", page_size=10, page=2).json()
        assert (first["result_count"], first["page_count"]) == (14, 2)
        assert len({work["id"] for work in first["results"] + second["results"]}) == 14
        assert all(work["creator"] in work["attribution"] for work in first["results"])
        assert size_of(first["results"][0]["url"]) == (85, 64)

    def test_a_licence_can_be_asked_for_and_large_pages_need_an_account(self, toytown_service):
        works = told(toytown_service, "/openverse/v1/images/", q="paris", license="by").json()["results"]
        assert {work["license"] for work in works} == {"by"}
        assert told(toytown_service, "/openverse/v1/images/", q="paris", page_size=21).status_code == 401


class TestSearchPage:
    def test_hits_come_in_batches_and_each_has_a_landing_page(self, toytown_service):
        hits, total = [], 1
        while len(hits) < total:
            answer = told(toytown_service, "/photos/hits", q="paris", start=len(hits)).json()
            total = answer["total"]
            hits += answer["hits"]
        assert len({hit["landing"] for hit in hits}) == 18
        page = told(toytown_service, f"/photos/{hits[0]['landing']}").text
        assert hits[0]["title"] in page
        assert size_of(f"{toytown_service.address}/photos/{hits[0]['full']}") == (85, 64)

    def test_words_stand_in_the_page_as_words(self, toytown_service):
        page = told(toytown_service, "/photos/search", q='</script><b>"').text
        assert "</script><b>" not in page
        assert "&lt;/script&gt;&lt;b&gt;" in page
        assert "\\u003c/script\\u003e" in page
