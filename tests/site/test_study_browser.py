"""The blind study in a real browser: headless Chromium, where there is one."""

import json
import time

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from c2c.site.reading import read_run
from c2c.site.study import study_of
from c2c.site.votes import read_votes

READY = """
const open = [...document.querySelectorAll("[data-screen]")].filter((screen) => !screen.hidden);
const stages = open.flatMap((screen) => [...screen.querySelectorAll("[data-stage]")]);
return stages.every((stage) => stage.querySelector("img")) && open.map((screen) => screen.dataset.screen);
"""
STORED = "return Object.entries(localStorage).find(([key]) => key.startsWith('c2c-study'))?.[1] ?? null"


class Visitor:
    """Somebody who takes part."""

    def __init__(self, browser, page):
        self.browser, self.page = browser, page

    def visit(self, address="", forget=True):
        self.browser.get("about:blank")
        self.browser.get(self.page.as_uri())
        if forget:
            self.browser.execute_script("localStorage.clear()")
        self.browser.get("about:blank")
        self.browser.get(self.page.as_uri() + address)
        return self

    def screens(self):
        deadline = time.monotonic() + 20
        while not (found := self.browser.execute_script(READY)):
            assert time.monotonic() < deadline, "the pictures never came"
            time.sleep(0.01)
        return found

    def do(self, what):
        self.browser.execute_script(f"document.querySelector('[data-do={what}]').click()")

    def press(self, *keys):
        self.screens()
        self.browser.find_element(By.TAG_NAME, "body").send_keys(*keys)

    def begin(self, seed=7):
        field = self.browser.find_element(By.CSS_SELECTOR, "[data-field=seed]")
        field.clear()
        field.send_keys(str(seed))
        self.do("begin")
        return self

    def answer_all(self):
        while "end" not in (screens := self.screens()):
            self.press(*("1", Keys.ARROW_RIGHT) if "picture" in screens else (Keys.ARROW_LEFT,))
        return self

    def stored(self):
        found = self.browser.execute_script(STORED)
        return json.loads(found) if found else None

    def shown(self):
        self.screens()
        seen = "[...document.querySelectorAll('[data-screen]:not([hidden]) [data-stage] img')].map((i) => i.src)"
        return self.browser.execute_script(f"return {seen}")

    def text(self):
        return " ".join(self.browser.find_element(By.ID, "study").text.split())


@pytest.fixture
def visitor(browser, whole_run):
    desktop = {"width": 1280, "height": 900, "deviceScaleFactor": 1, "mobile": False}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", desktop)
    return Visitor(browser, whole_run / "site" / "study.html")


def test_a_whole_study_is_answered_with_the_keyboard_saved_and_counted(visitor, whole_run, tmp_path):
    save = {"behavior": "allow", "downloadPath": str(tmp_path)}
    visitor.browser.execute_cdp_cmd("Browser.setDownloadBehavior", save)
    visitor.visit().begin().answer_all().do("save")
    deadline = time.monotonic() + 10
    while not (saved := list(tmp_path.glob("*.json"))):
        assert time.monotonic() < deadline
        time.sleep(0.05)

    votes = read_votes(saved[0], study_of(read_run(whole_run))).votes
    assert (len(votes.pictures), len(votes.pairs), votes.seed) == (12, 12, 7)
    assert all(not vote.real and vote.city == "burano" and vote.seconds >= 0 for vote in votes.pictures)
    assert len({vote.picture for vote in votes.pictures}) == 12
    assert "You told real from translated in 6 of 12 pictures" in visitor.text()
    assert visitor.browser.get_log("browser") == []


def test_before_the_end_nothing_tells_what_a_picture_is(visitor):
    visitor.visit().begin()
    for _ in range(5):
        text = visitor.text().lower()
        assert not any(word in text for word in ("cyclegan", "pix2pix", "generated", "neural", "→ burano"))
        assert all("/study/" in address and "paris" not in address for address in visitor.shown())
        visitor.press("1", Keys.ARROW_LEFT)
    visitor.answer_all()

    visitor.browser.execute_script("document.querySelector('.study-end details').open = true")
    badges = [badge.text for badge in visitor.browser.find_elements(By.CSS_SELECTOR, ".study-seen .badge")]
    assert set(badges) == {"Real", "Generated"}


def test_the_same_number_gives_the_same_questions_and_another_gives_others(visitor):
    def first_three(seed):
        visitor.visit(f"#seed={seed}").do("begin")
        found = []
        for _ in range(3):
            found += visitor.shown()
            visitor.press("2", Keys.ARROW_RIGHT)
        return found

    assert first_three(5) == first_three(5) != first_three(6)


def test_no_place_is_seen_twice_one_by_one_and_half_of_the_pictures_are_real(visitor, whole_run):
    groups = study_of(read_run(whole_run)).groups
    known = {picture.id: (group, picture) for group in groups for picture in group.pictures}
    visitor.visit().begin(11).answer_all()
    shown = [known[vote["picture"]] for vote in visitor.stored()["pictures"]]

    assert len({picture.scene for _, picture in shown}) == len(shown) == 12
    assert sum(group.real for group, _ in shown) == 6


def test_answers_stay_in_the_browser_and_can_be_taken_back_and_forgotten(visitor):
    visitor.visit().begin()
    for _ in range(3):
        visitor.press("1", Keys.ARROW_LEFT)
    fourth = visitor.shown()
    visitor.visit(forget=False)
    assert visitor.shown() == fourth
    assert "Question 4 of" in visitor.text()

    visitor.press(Keys.BACKSPACE)
    assert "Question 3 of" in visitor.text()
    visitor.answer_all()
    visitor.do("clear")
    assert "Your votes are not saved yet" in visitor.text()
    visitor.do("clear")
    assert visitor.stored() is None
    assert visitor.screens() == ["start"]


def test_saved_votes_are_taken_up_again_and_wrong_files_are_refused(visitor, tmp_path):
    visitor.visit().begin()
    for _ in range(2):
        visitor.press("1", Keys.ARROW_LEFT)
    kept = visitor.stored()
    visitor.visit()
    field = visitor.browser.find_element(By.CSS_SELECTOR, "[data-field=file]")
    for wrong, why in (
        ("{", "no votes file"),
        (json.dumps(kept | {"study": "other"}), "about other pictures"),
        (json.dumps(kept | {"version": 2}), "newer version"),
        (json.dumps(kept | {"seed": kept["seed"] + 1}), "do not fit"),
    ):
        (tmp_path / "wrong.json").write_text(wrong)
        field.send_keys(str(tmp_path / "wrong.json"))
        deadline = time.monotonic() + 5
        while why not in visitor.text():
            assert time.monotonic() < deadline, why
    (tmp_path / "votes.json").write_text(json.dumps(kept))
    field.send_keys(str(tmp_path / "votes.json"))
    deadline = time.monotonic() + 5
    while "Question 3 of" not in visitor.text():
        assert time.monotonic() < deadline

    assert visitor.stored()["session"] == kept["session"]


def test_both_answers_of_a_picture_are_needed_and_a_tap_is_as_good_as_a_key(visitor):
    visitor.visit().begin()
    visitor.screens()
    visitor.browser.find_element(By.CSS_SELECTOR, "[data-real=no]").click()
    assert "Question 1 of" in visitor.text()
    visitor.browser.find_element(By.CSS_SELECTOR, "[data-city=paris]").click()

    assert "Question 2 of" in visitor.text()
    assert visitor.stored()["pictures"][0]["city"] == "paris"


@pytest.mark.parametrize("width", [360, 768])
def test_every_screen_fits_a_narrow_window(visitor, width):
    size = {"width": width, "height": 740, "deviceScaleFactor": 1, "mobile": True}
    visitor.browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    visitor.visit().begin()
    seen = set()
    while True:
        screens = visitor.screens()
        seen |= {*screens}
        assert visitor.browser.execute_script("return document.documentElement.scrollWidth") <= width, screens
        if "end" in screens:
            break
        visitor.press(*("1", Keys.ARROW_RIGHT) if "picture" in screens else (Keys.ARROW_LEFT,))

    assert {"picture", "pair", "end"} <= seen


def test_without_scripts_the_page_says_what_it_needs_and_shows_what_people_said(visitor):
    visitor.browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        visitor.browser.get(visitor.page.as_uri())
        text = visitor.browser.find_element(By.TAG_NAME, "main").text
    finally:
        visitor.browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})

    assert "The questions need JavaScript" in text
    assert "What people said" in text
    assert "Begin" not in text
