"""Ordering and finding pictures in a real browser, and choosing the columns of a comparison."""

import re

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import Select, WebDriverWait

GALLERY = "gallery-cyclegan-paris-to-burano.html"
SHOWN = """
const shown = (strip) => !strip.closest("[hidden]");
const first = [...document.querySelectorAll(".strip:first-child [data-column]")];
const sheets = [...document.querySelectorAll(".sheet")];
return {
  sheets: sheets.map((sheet) => [...sheet.children].filter(shown).map((strip) => Number(strip.id.slice(-1)))),
  count: document.querySelector(".finder").elements.count.value,
  hash: location.hash,
  columns: first.filter(shown).map((one) => one.dataset.column),
};
"""
# the made scores are 0.8, 1.1, 0.9, 1.2, 1.0 and 0.8 times their mean
BY_L1 = [0, 5, 2, 4, 1, 3]


@pytest.fixture
def page(browser, whole_run):
    """Opens a page; a call tells which strips are shown, in which order, by the last digit of their names."""

    class Opened:
        def open(self, address=GALLERY, width=1440):
            size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 500}
            browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
            file, _, fragment = address.partition("#")
            browser.get("about:blank")
            browser.get((whole_run / "site" / file).as_uri() + (f"#{fragment}" if fragment else ""))
            return self.now

        @property
        def now(self):
            return browser.execute_script(SHOWN)

        def field(self, name):
            return browser.find_element(By.NAME, name)

        def set(self, **wanted):
            for name, value in wanted.items():
                if name in ("find", "from", "to"):
                    self.field(name).send_keys(value)
                else:
                    Select(self.field(name)).select_by_visible_text(value)
            return self.settled

        @property
        def settled(self):
            browser.execute_async_script("setTimeout(arguments[0], 120)")  # typing is waited for
            return self.now

    yield Opened()
    assert browser.get_log("browser") == []


def test_pictures_stand_as_recorded_until_an_order_is_chosen(page):
    assert page.open()["sheets"] == [list(range(6))] * 2
    assert page.now["count"] == "all 12 pictures"


def test_the_best_come_first_whether_low_or_high_is_better(page):
    page.open()

    assert page.set(by="L1", order="best first")["sheets"] == [BY_L1] * 2
    assert page.now["hash"] == "#?by=l1&order=best"
    assert page.set(by="SSIM")["sheets"][0] == [3, 1, 4, 2, 0, 5]  # of equals the first stays first
    assert page.set(order="worst first")["sheets"][0] == [5, 0, 2, 4, 1, 3]
    assert page.set(order="as recorded")["sheets"] == [list(range(6))] * 2


def test_pictures_are_found_by_a_part_of_their_name(page):
    page.open()

    assert page.set(find="T-003")["sheets"] == [[3], [3]]
    assert page.now["count"] == "2 of 12 pictures"
    assert page.now["hash"] == "#?find=T-003"


def test_where_nothing_is_found_the_count_says_so_and_a_button_shows_all_again(page, browser):
    page.open()
    assert page.set(find="nowhere")["count"] == "0 of 12 pictures"
    assert page.now["sheets"] == [[], []]
    browser.find_element(By.CSS_SELECTOR, ".finder [type=reset]").click()

    assert page.settled["sheets"] == [list(range(6))] * 2
    assert page.now["hash"] == ""


def test_the_worst_tenth_and_a_range_of_a_score_can_be_looked_at_alone(page):
    page.open()

    assert page.set(by="L1", show="the worst tenth")["sheets"] == [[3], [3]]
    assert page.set(show="the best tenth")["sheets"] == [[0], [0]]
    page.set(show="a range")
    assert page.set(**{"from": "0.15", "to": "0.19"})["sheets"] == [[2, 4], [2, 4]]
    assert page.now["hash"] == "#?by=l1&show=range&from=0.15&to=0.19"


def test_a_link_brings_the_order_back_with_the_picture_that_was_looked_at(page, browser):
    shown = page.open(f"{GALLERY}#128-street-004/side/input~output?by=l1&order=worst&find=street")

    assert shown["sheets"][0] == [3, 1, 4, 2, 5, 0]
    count = browser.find_element(By.CSS_SELECTOR, ".viewer [data-part='count']").text
    assert count == "3 of 12"
    browser.switch_to.active_element.send_keys(Keys.ARROW_RIGHT)
    assert browser.find_element(By.CSS_SELECTOR, ".viewer [data-part='stem']").text == "street-002"


def test_the_order_stays_when_a_plain_anchor_is_followed(page, browser):
    page.open()
    page.set(by="L1", order="worst first")
    browser.find_element(By.CSS_SELECTOR, ".chips a[href='#size-256']").click()
    WebDriverWait(browser, 5).until(lambda _: page.now["hash"] == "#size-256?by=l1&order=worst")

    assert page.now["sheets"][1] == [3, 1, 4, 2, 5, 0]


def test_a_page_without_scores_can_be_searched_only(pages):
    fields = [
        tag["name"] for tag in pages["gallery-pix2pix-wild-paris-depth-to-image.html"].all("select") if "name" in tag
    ]

    assert "by" in [tag.get("name") for tag in pages[GALLERY].all("select")]
    assert fields == []


def test_columns_of_a_comparison_are_chosen_and_the_choice_is_in_the_link(page, browser):
    every = ["input", "cyclegan-128", "cyclegan-256", "depth_chain-128", "neural_style-128", "truth"]
    assert page.open("compare.html")["columns"] == every
    for name in ("cyclegan-128", "truth"):
        browser.find_element(By.NAME, name).click()

    left = [column for column in every if column not in ("cyclegan-128", "truth")]
    assert page.now["columns"] == left
    assert page.now["hash"] == "#?without=cyclegan-128&without=truth"
    assert page.open(f"compare.html{page.now['hash']}")["columns"] == left


def test_the_viewer_offers_the_chosen_columns_only(page, browser):
    page.open("compare.html#?without=cyclegan-128&without=truth")
    browser.find_element(By.CSS_SELECTOR, ".strip [data-panel='neural_style-128'] img").click()
    offered = Select(browser.find_element(By.CSS_SELECTOR, "[data-part='choose-second']")).options

    assert len(offered) == 4
    assert not any("128 px, as trained" in option.text and "CycleGAN" in option.text for option in offered)


def test_a_comparison_is_ordered_by_the_score_of_one_of_its_columns(page):
    page.open("compare.html")

    assert page.set(by="L1: Depth chain, 128 px", order="best first")["sheets"] == [BY_L1]
    assert page.now["hash"] == "#?by=depth_chain-128.l1&order=best"


def test_every_field_is_reached_by_the_tab_key_and_has_a_name(page, browser):
    page.open("compare.html")
    page.set(show="a range")
    browser.find_element(By.CSS_SELECTOR, ".picker input:last-of-type").click()
    names = []
    for _ in range(12):
        browser.switch_to.active_element.send_keys(Keys.TAB)
        names.append(browser.switch_to.active_element.accessible_name)

    fields = ["Find", "Score", "Order", "Show", "from", "to", "Show all again"]
    assert [name for name in names if name in fields] == fields
    assert all(names)


def test_without_scripts_every_picture_stands_there_and_leads_to_its_original(pages):
    page = pages[GALLERY]
    assert all("hidden" in form for form in page.all("form"))
    assert [dialog for dialog in page.all("dialog") if "open" in dialog] == []
    links = [link["href"] for link in page.all("a") if re.fullmatch(r"pictures/.*\.png", link.get("href", ""))]

    assert len(links) == len(page.all("img"))


def test_scripts_of_the_viewer_are_small(whole_run):
    assets = whole_run / "site" / "assets"
    assert sum((assets / f"{name}.js").stat().st_size for name in ("permalink", "finder", "viewer")) < 35_000


@pytest.mark.parametrize("width", [360, 768, 1440])
def test_a_comparison_fits_its_window(page, browser, width):
    page.open("compare.html", width)

    assert browser.execute_script("return document.documentElement.scrollWidth") <= width
