from xml.etree import ElementTree

import pytest

from c2c.collect.live_map.picture import LOOKS, MARGIN_PX, SIDE_PX, picture_of

SVG = "{http://www.w3.org/2000/svg}"


def circles(crawl):
    root = ElementTree.fromstring(picture_of(crawl.asked, crawl.ledger.dots()))
    return [circle.attrib for circle in root.iter(f"{SVG}circle")]


def test_east_is_right_and_north_is_up(crawl):
    crawl.tell("east", 250, 0)
    crawl.tell("north", 0, 250)
    _, east, north = circles(crawl)
    middle, step = SIDE_PX / 2, (SIDE_PX / 2 - MARGIN_PX) / 2

    assert (float(east["cx"]), float(east["cy"])) == pytest.approx((middle + step, middle), abs=0.1)
    assert (float(north["cx"]), float(north["cy"])) == pytest.approx((middle, middle - step), abs=0.1)


def test_each_state_has_its_look_and_followed_links_are_lines(crawl):
    crawl.tell("a", 0, 0)
    crawl.collect(("b", 10, 0), ("c", 0, 10), ("d", 600, 0), ("e", 20, 20))
    crawl.collect()
    crawl.ledger.failed(crawl.ledger.claim("w", 60).id, "gone", True, None)
    crawl.ledger.claim("w", 60)
    crawl.tell("f", 30, 30)
    document = picture_of(crawl.asked, crawl.ledger.dots())
    root = ElementTree.fromstring(document)

    assert [one["fill"] for one in circles(crawl)[1:]] == [
        LOOKS[state][0] for state in ("outside", "queued", "claimed", "failed", "done", "done")
    ]
    assert root.find(f"{SVG}path").attrib["d"].count("M") == 1


def test_a_crawl_without_panoramas_is_an_empty_circle(crawl):
    assert len(circles(crawl)) == 1
