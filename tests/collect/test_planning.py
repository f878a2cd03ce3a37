from dataclasses import replace

import pytest

from c2c.collect.asked import write_asked
from c2c.collect.pictures import Place
from c2c.collect.planning import Wish, pace_of, planned
from c2c.collect.settings import settings_for
from c2c.errors import CollectError

HERE = Place(48.85, 2.35)
AT = "http://127.0.0.1:8123"


def test_a_new_crawl_asks_panoramax_within_the_papers_radius_depth_first(tmp_path):
    asked, settings = planned(tmp_path / "paris", Wish(centre=HERE))

    assert (asked.source, asked.radius_m, asked.order, asked.zoom) == ("panoramax", 1500.0, "dfs", 2)
    assert asked.urls == {"base": settings.base_url}
    assert not (tmp_path / "paris").exists()


def test_a_crawl_that_was_begun_needs_nothing_said_twice(tmp_path):
    wish = Wish("streetview", HERE, 300.0, "nearest", at=AT, overrides=["sources.streetview.zoom=3"])
    asked, _ = planned(tmp_path, wish)
    write_asked(tmp_path, asked)

    again, settings = planned(tmp_path, Wish())

    assert again == asked
    assert settings.zoom == 3


def test_another_zoom_needs_a_collection_of_its_own(tmp_path):
    write_asked(tmp_path, planned(tmp_path, Wish("streetview", HERE, at=AT))[0])

    with pytest.raises(CollectError, match="begun with zoom 2, and now zoom 4"):
        planned(tmp_path, Wish(at=AT, overrides=["sources.streetview.zoom=4"]))


def test_terms_are_recorded_with_the_moment_and_hold_for_the_collection(tmp_path):
    with pytest.raises(CollectError, match="--accept-terms google-streetview"):
        planned(tmp_path, Wish("streetview", HERE))

    asked, _ = planned(tmp_path, Wish("streetview", HERE, terms=["google-streetview", "search-page"]))
    assert list(asked.terms) == ["google-streetview"]  # the other ones are not this source's
    write_asked(tmp_path, asked)
    assert planned(tmp_path, Wish())[0].source == "streetview"


def test_a_limit_holds_until_another_one_is_given(tmp_path):
    write_asked(tmp_path, planned(tmp_path, Wish(centre=HERE, limit=5))[0])

    assert planned(tmp_path, Wish())[0].limit == 5
    assert planned(tmp_path, Wish(limit=9))[0].limit == 9


def test_a_crawl_of_a_stand_in_never_goes_on_at_the_real_service(tmp_path):
    wish = Wish("streetview", HERE, at=AT, terms=["google-streetview"])
    asked, first = planned(tmp_path, wish)
    assert asked.terms == {}  # nobody has asked Google
    write_asked(tmp_path, asked)

    again, settings = planned(tmp_path, Wish())

    assert again == asked
    assert settings == replace(first, accepted_terms=())


def test_addresses_that_were_set_are_kept_too(tmp_path):
    base = "https://panoramax.example/geo"
    write_asked(tmp_path, planned(tmp_path, Wish(centre=HERE, overrides=[f"sources.panoramax.base_url={base}"]))[0])

    assert planned(tmp_path, Wish())[1].base_url == base


@pytest.mark.parametrize(
    "wish",
    [
        Wish(at="http://127.0.0.1:9"),
        Wish(overrides=["sources.panoramax.base_url=https://api.panoramax.xyz"]),
        Wish(at="https://127.0.0.1:8123"),
    ],
)
def test_pictures_of_two_services_are_not_mixed(tmp_path, wish):
    write_asked(tmp_path, planned(tmp_path, Wish(centre=HERE, at=AT))[0])

    with pytest.raises(CollectError, match=r"the service at http://127.0.0.1:8123, and now http.* is asked"):
        planned(tmp_path, wish)


def test_a_source_of_photos_is_refused(tmp_path):
    with pytest.raises(CollectError, match="c2c collect photos --source openverse"):
        planned(tmp_path, Wish("openverse", HERE))


def test_hosts_of_one_source_share_one_bucket():
    settings = settings_for("streetview", accepted_terms=["google-streetview"])

    pace = pace_of(replace(settings, requests_per_second=0.5))

    assert pace.together == {"www.google.com", "streetviewpixels-pa.googleapis.com"}
    assert pace.requests_per_second == 0.5
