import pytest

from c2c.collect.estimate import Estimate, estimate
from c2c.collect.pace import TokenBuckets
from c2c.collect.planning import panoramas_of
from c2c.collect.settings import settings_for


@pytest.fixture
def source(crawls):
    settings = settings_for("streetview", at=crawls.service.address)
    with panoramas_of(settings, TokenBuckets(1000.0)) as source:
        yield source


def test_three_thousand_panoramas_of_nine_requests_are_seven_and_a_half_hours():
    assert Estimate(3000, 9, 1.0).in_words == "3000 panoramas of 9 requests are 27000 requests, at 1 a second 7.5 h."
    assert Estimate(10, 3, 0.5).in_words == "10 panoramas of 3 requests are 30 requests, at 0.5 a second 1 min."


def test_an_estimate_is_what_the_crawl_then_asks_for(crawls, source):
    found = estimate(source, crawls.asked(), 2.0)
    crawls.run()
    beginnings = 9  # tiles of the map that were asked about

    assert found.panoramas == len(crawls.all_ids)
    assert crawls.pace.requests == found.requests + beginnings
    assert found.hours == pytest.approx(found.requests / 2 / 3600)


def test_what_is_done_and_what_is_beyond_the_limit_does_not_count(crawls, source):
    told = []

    found = estimate(source, crawls.asked(limit=7), 1.0, done=3, counted=told.append)

    assert found.panoramas == 4
    assert told == [1, 2, 3, 4, 5, 6, 7]


def test_a_panorama_that_is_gone_is_passed_over_when_one_is_looked_at(crawls, source):
    crawls.service.misbehave("gone", 0.3)

    assert estimate(source, crawls.asked(), 1.0).requests_each > 1


def test_where_all_that_are_looked_at_are_gone_the_cost_is_unknown(crawls, source):
    crawls.service.misbehave("gone")
    found = estimate(source, crawls.asked(), 1.0)

    assert (found.requests, found.hours) == (None, None)
    assert found.in_words == "9 panoramas; requests and time are unknown: those that were looked at are gone."


@pytest.mark.parametrize(("name", "requests"), [("panoramax", 2), ("mapillary", 3)])
def test_a_source_may_need_more_than_one_request_for_a_look(crawls, name, requests):
    pace = TokenBuckets(1000.0)
    with panoramas_of(settings_for(name, at=crawls.service.address), pace) as source:
        assert estimate(source, crawls.asked(name), 1.0).requests_each == requests
        first = next(source.near(crawls.centre, 150.0))
        before = pace.requests
        source.picture(source.look(first.id))
    assert pace.requests - before == requests


def test_nothing_within_the_radius_is_nothing_to_do(crawls, source):
    far = crawls.asked(centre=type(crawls.centre)(0.0, 0.0), radius_m=10.0)

    assert estimate(source, far, 1.0).requests == 0
