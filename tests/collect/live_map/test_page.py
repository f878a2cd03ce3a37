"""The page in a browser: dots appear as panoramas arrive, with Leaflet and without."""

from contextlib import closing

import pytest

pytest.importorskip("selenium")

from selenium.webdriver import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

from c2c.collect.live_map.leaflet import PACKAGE
from c2c.collect.live_map.serving import Shown, application
from c2c.collect.sqlite_ledger import SqliteLedger
from c2c.loopback import served
from c2c.npm import cached_files

EVIL = '<img src="x" onerror="document.title=1">'


@pytest.fixture
def show(crawl, browser, tmp_path):
    """A function that opens the map in the browser, with these files of Leaflet."""
    with closing(SqliteLedger(tmp_path / "collection")) as onlooker:
        running = []

        def opened(leaflet):
            server = served(application(onlooker, Shown("paris", crawl.asked, leaflet)))
            running.append(server)
            browser.get(server.__enter__())
            return browser

        yield opened
        browser.get("about:blank")
        for server in running:
            server.__exit__(None, None, None)


def wait_for(browser, true):
    WebDriverWait(browser, 30, poll_frequency=0.05).until(lambda _: true())


def count(browser, state):
    return browser.find_element(By.CSS_SELECTOR, f"#counts .{state} dd").text


def test_dots_appear_on_leaflet_s_map_as_panoramas_arrive(crawl, show):
    leaflet = cached_files(PACKAGE)
    if leaflet is None:
        pytest.skip("Leaflet is not in the cache")
    crawl.tell(EVIL, 0, 0)
    browser = show(leaflet)
    wait_for(browser, lambda: count(browser, "queued") == "1")
    assert browser.title == "c2c: paris"
    assert browser.find_elements(By.CSS_SELECTOR, ".leaflet-container canvas")

    crawl.collect(("b", 20, 0), ("c", 0, 20))
    wait_for(browser, lambda: (count(browser, "done"), count(browser, "queued")) == ("1", "2"))

    ActionChains(browser).move_to_element(browser.find_element(By.ID, "map")).perform()
    wait_for(browser, lambda: browser.find_elements(By.CLASS_NAME, "leaflet-tooltip"))
    assert browser.find_element(By.CLASS_NAME, "leaflet-tooltip").text == f"{EVIL}: done"
    assert browser.title == "c2c: paris"
    assert browser.get_log("browser") == []


def test_without_leaflet_the_picture_follows_the_crawl(crawl, show):
    crawl.tell("a", 0, 0)
    browser = show({})
    wait_for(browser, lambda: count(browser, "queued") == "1")
    picture = browser.find_element(By.CSS_SELECTOR, "img.picture")
    before = picture.get_attribute("src")
    assert browser.execute_script("return arguments[0].decode().then(() => arguments[0].naturalWidth)", picture) == 720

    crawl.collect()
    wait_for(browser, lambda: count(browser, "done") == "1")
    wait_for(browser, lambda: picture.get_attribute("src") != before)
