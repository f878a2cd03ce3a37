"""Looking closely, in a real browser: two pictures of a strip, their link, and every key and finger."""

import io
import time

import pytest
from PIL import Image
from selenium.webdriver import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import Select, WebDriverWait

from c2c.site import build_site

GALLERY = "gallery-cyclegan-paris-to-burano.html"
SHOWN = """
const viewer = document.querySelector("dialog.viewer"), stage = viewer.querySelector(".viewer-stage");
const windows = [...viewer.querySelectorAll(".viewer-window")];
const part = (name) => viewer.querySelector(`[data-part="${name}"]`);
return {
  open: viewer.open,
  stem: part("stem").textContent,
  count: part("count").value,
  mode: stage.dataset.mode,
  pressed: [...viewer.querySelectorAll('[aria-pressed="true"]')].map((button) => button.textContent),
  badges: ["first", "second"].map((name) => part(name).querySelector(".badge")?.textContent),
  captions: ["first", "second"].map((name) => part(name).querySelector('[data-is="caption"]').textContent),
  originals: ["first", "second"].map((name) => part(name).querySelector("a[data-is]").getAttribute("href")),
  pictures: windows.map((each) => each.querySelector("img")?.getAttribute("src")),
  said: windows.map((each) => each.querySelector("p")?.textContent),
  scores: part("scores").textContent.replace(/\\s+/g, " ").trim(),
  planes: windows.map((each) => getComputedStyle(each.firstElementChild).transform),
  hidden: windows.map((each) => getComputedStyle(each).visibility === "hidden"),
  clip: getComputedStyle(windows[1]).clipPath,
  blend: getComputedStyle(windows[1]).mixBlendMode,
  filter: getComputedStyle(part("windows")).filter,
  rendering: [...viewer.querySelectorAll(".viewer-plane img")].map((each) => getComputedStyle(each).imageRendering),
  boxes: windows.map((each) => each.getBoundingClientRect().toJSON()),
  hash: location.hash,
  focus: document.activeElement.dataset.part ?? document.activeElement.tagName,
};
"""


def picture(panel, stem, size=128):
    return f"pictures/cyclegan/paris-to-burano/{size}/{panel}/{stem}.png"


@pytest.fixture
def look(browser, whole_run):
    """Opens a page of the whole run, wide and with scripts; a call without a page tells what the viewer shows."""

    class Look:
        def open(self, address=GALLERY, width=1440, height=900, site=whole_run / "site"):
            size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 500}
            browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
            page, _, fragment = address.partition("#")
            browser.get("about:blank")
            browser.get((site / page).as_uri() + (f"#{fragment}" if fragment else ""))
            return self

        @property
        def shown(self):
            return browser.execute_script(SHOWN)

        def keys(self, *keys):
            for key in keys:
                browser.switch_to.active_element.send_keys(key)
            return self.shown

        def press(self, what):
            browser.find_element(By.CSS_SELECTOR, f"dialog.viewer {what}").click()
            return self.shown

        def until(self, condition):
            return WebDriverWait(browser, 5).until(lambda _: condition(self.shown) and self.shown)

        def link(self):
            browser.execute_async_script("setTimeout(arguments[0], 200)")  # the address follows a moment later
            return self.shown["hash"]

    yield Look()
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})
    assert browser.get_log("browser") == []


def click(browser, selector):
    browser.execute_script(
        "arguments[0].scrollIntoView({block: 'center', behavior: 'instant'})", found := css(browser, selector)
    )
    found.click()


def css(browser, selector):
    return browser.find_element(By.CSS_SELECTOR, selector)


def test_a_click_on_a_picture_opens_it_beside_the_input_with_badges_captions_scores_and_originals(browser, look):
    look.open()
    click(browser, "[id='128-street-002'] [data-panel='truth'] img")
    shown = look.shown

    assert shown["open"]
    assert (shown["stem"], shown["count"], shown["mode"]) == ("street-002", "3 of 12", "side")
    assert shown["badges"] == ["Real", "Ground truth"]
    assert shown["captions"] == ["the test picture, paris", "the same layout drawn as burano"]
    assert shown["pictures"] == [picture("real", "street-002"), picture("truth", "street-002")]
    assert shown["originals"] == shown["pictures"]
    assert shown["scores"] == "SSIM0.423 L10.162"
    assert look.link() == "#128-street-002/side/input~truth"


def test_the_input_opens_beside_the_output(browser, look):
    look.open()
    click(browser, "[id='128-street-000'] [data-panel='input'] img")

    assert look.shown["badges"] == ["Real", "Generated"]


def test_side_by_side_shows_both_whole_and_next_to_each_other(look):
    first, second = look.open(f"{GALLERY}#128-street-000/side/input~output").shown["boxes"]

    assert first["right"] < second["left"]
    assert (first["width"], first["height"]) == (second["width"], second["height"])


def test_the_slider_shows_the_first_left_of_its_edge_and_the_second_right_of_it(browser, look):
    shown = look.open(f"{GALLERY}#128-street-000/slider/input~output?at=25").shown
    first, second = shown["boxes"]
    edge = float(shown["clip"].removeprefix("inset(0px 0px 0px ").removesuffix("px)"))
    width = 128 * float(shown["planes"][0].removeprefix("matrix(").split(",")[0])

    assert first == second
    assert edge == pytest.approx(first["width"] / 2 - width / 2 + width / 4, abs=0.5)
    assert look.press("[data-mode='slider']")["mode"] == "slider"
    field = css(browser, ".viewer-windows")
    ActionChains(browser).move_to_element(field).click_and_hold().move_by_offset(-100, 0).release().perform()
    expected = 50 - 100 * 100 / width
    assert look.link() == f"#128-street-000/slider/input~output?at={round(expected)}"


def test_the_edge_of_the_slider_is_moved_by_keys_too(browser, look):
    look.open(f"{GALLERY}#128-street-000/slider/input~output")
    css(browser, "[data-part='wipe']").send_keys(Keys.ARROW_LEFT, Keys.ARROW_LEFT)

    assert look.link() == "#128-street-000/slider/input~output?at=48"


def test_blinking_shows_one_picture_at_a_time_until_it_is_stopped(look):
    shown = look.open(f"{GALLERY}#128-street-000/blink/input~output").shown

    assert sorted(shown["hidden"]) == [False, True]
    assert shown["badges"] == ["Real", "Generated"]
    before = shown["hidden"]
    look.until(lambda now: now["hidden"] != before)
    stopped = look.keys(" ")["hidden"]
    time.sleep(1)
    assert look.shown["hidden"] == stopped
    assert look.keys(" ")["hidden"] == stopped[::-1]


def test_nothing_blinks_by_itself_where_less_motion_is_wished(browser, look):
    wish = {"features": [{"name": "prefers-reduced-motion", "value": "reduce"}]}
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", wish)
    before = look.open(f"{GALLERY}#128-street-000/blink/input~output").shown["hidden"]
    time.sleep(1)

    assert look.shown["hidden"] == before
    look.press("[data-do='blink']")
    look.until(lambda now: now["hidden"] != before)


def test_the_difference_is_drawn_and_can_be_amplified(browser, look):
    shown = look.open(f"{GALLERY}#128-street-000/difference/output~truth").shown
    assert (shown["blend"], shown["filter"]) == ("difference", "brightness(1)")
    Select(css(browser, "[data-part='gain']")).select_by_value("8")

    assert look.shown["filter"] == "brightness(8)"
    assert look.link().endswith("?gain=8")


def test_the_difference_of_a_picture_from_itself_is_black(browser, look):
    look.open(f"{GALLERY}#128-street-000/difference/output~output?gain=8")
    loaded = "return [...document.querySelectorAll('.viewer img')].every((image) => image.complete)"
    WebDriverWait(browser, 5).until(lambda _: browser.execute_script(loaded))
    drawn = Image.open(io.BytesIO(css(browser, ".viewer-windows").screenshot_as_png)).convert("RGB")

    assert drawn.getpixel((drawn.width // 2, drawn.height // 2)) == (0, 0, 0)
    assert drawn.getpixel((2, 2)) != (0, 0, 0)  # beside the picture


def test_zoom_and_place_are_shared_by_both_and_pixels_stay_pixels(browser, look):
    look.open(f"{GALLERY}#256-street-000/side/input~output")
    whole = look.shown
    field = css(browser, ".viewer-window")
    wheel = {"type": "mouseWheel", "deltaX": 0, "deltaY": -600, "modifiers": 0}
    browser.execute_cdp_cmd("Input.dispatchMouseEvent", wheel | point_of(browser, field, 0.3))
    zoomed = look.until(lambda now: now["planes"] != whole["planes"])

    assert zoomed["planes"][0] == zoomed["planes"][1]
    assert zoomed["rendering"] == ["pixelated", "pixelated"]
    ActionChains(browser).move_to_element(field).click_and_hold().move_by_offset(60, 40).release().perform()
    moved = look.shown["planes"]
    assert moved[0] == moved[1] != zoomed["planes"][0]
    assert "zoom=" in look.link()
    assert look.keys("0")["planes"] == whole["planes"]
    assert "zoom" not in look.link()


def point_of(browser, element, across):
    box = browser.execute_script("return arguments[0].getBoundingClientRect().toJSON()", element)
    return {"x": box["left"] + across * box["width"], "y": box["top"] + box["height"] / 2}


def test_what_the_wheel_points_at_stays_where_it_is(browser, look):
    look.open(f"{GALLERY}#128-street-000/slider/input~output")
    field = css(browser, ".viewer-window")
    point = point_of(browser, field, 0.45)
    under = (
        "const plane = document.querySelector('.viewer-plane').getBoundingClientRect();"
        "return [(arguments[0] - plane.left) / plane.width, (arguments[1] - plane.top) / plane.height]"
    )
    before = browser.execute_script(under, point["x"], point["y"])
    wheel = {"type": "mouseWheel", "deltaX": 0, "deltaY": -500} | point
    old = look.shown["planes"]
    browser.execute_cdp_cmd("Input.dispatchMouseEvent", wheel)
    look.until(lambda now: now["planes"] != old)

    assert browser.execute_script(under, point["x"], point["y"]) == pytest.approx(before, abs=1e-3)


def test_every_state_comes_back_from_its_link(browser, look):
    look.open()
    click(browser, "[id='256-street-004'] [data-panel='output'] img")
    look.keys("s", "+", "+", "+", Keys.SHIFT + Keys.ARROW_RIGHT + Keys.NULL, "4")
    link, before = look.link(), look.shown
    look.open(f"{GALLERY}{link}")
    after = look.shown

    assert link.startswith("#256-street-004/slider/input~truth?zoom=3.375-0.")
    for name in ("stem", "count", "mode", "badges", "pictures", "clip"):
        assert after[name] == before[name], name
    scale = [float(value) for value in after["planes"][0].removeprefix("matrix(").removesuffix(")").split(",")]
    again = [float(value) for value in before["planes"][0].removeprefix("matrix(").removesuffix(")").split(",")]
    assert scale == pytest.approx(again, abs=2)


@pytest.mark.parametrize(
    "link",
    ["#nobody/slider/input~output", "#128-street-000/wipe/input~output", "#main/side/input~output", "#?order=up&by=x",
     "#128-street-000/", "#%", "#128-street-000"],
)  # fmt: skip
def test_a_link_to_what_is_not_there_shows_the_page(look, link):
    assert not look.open(f"{GALLERY}{link}").shown["open"]


def test_a_link_with_pictures_and_numbers_that_are_not_there_shows_the_usual_ones(look):
    shown = look.open(f"{GALLERY}#128-street-000/side/whatever~nobody?zoom=abc-x&at=-7&gain=3").shown

    assert shown["badges"] == ["Real", "Generated"]
    assert shown["planes"][0] == shown["planes"][1]


def test_keys_lead_through_pictures_modes_and_panels(look):
    look.open(f"{GALLERY}#128-street-000/side/input~output")

    assert look.keys(Keys.ARROW_RIGHT)["stem"] == "street-001"
    assert look.keys(Keys.ARROW_LEFT, Keys.ARROW_LEFT)["stem"] == "street-000"
    assert [look.keys(key)["pressed"] for key in "sbdt"] == [["Slider"], ["Blink"], ["Difference"], ["Side by side"]]
    assert look.keys("3")["badges"] == ["Real", "Reconstructed"]
    assert look.keys(Keys.SHIFT + "4" + Keys.NULL)["badges"] == ["Ground truth", "Reconstructed"]
    assert look.keys(" ")["badges"] == ["Reconstructed", "Ground truth"]
    assert look.keys("9")["badges"] == ["Reconstructed", "Ground truth"]


def test_the_last_picture_of_one_size_is_followed_by_the_first_of_the_next(look):
    look.open(f"{GALLERY}#128-street-005/side/input~output")

    assert look.keys(Keys.ARROW_RIGHT)["pictures"][1] == picture("fake", "street-000", 256)
    assert look.shown["count"] == "7 of 12"


def test_question_mark_shows_the_keys_and_escape_closes_these_and_then_the_viewer(browser, look):
    look.open()
    click(browser, "[id='128-street-001'] [data-panel='output'] img")
    look.keys("?")
    assert css(browser, "#viewer-keys").is_displayed()
    assert look.keys(Keys.ESCAPE)["open"]
    assert not css(browser, "#viewer-keys").is_displayed()

    assert not look.keys(Keys.ESCAPE)["open"]
    look.until(lambda now: now["hash"] == "")
    focused = "return document.activeElement.closest('.strip')?.id"
    assert browser.execute_script(focused) == "128-street-001"


def test_closing_leads_to_the_picture_that_was_looked_at_last(browser, look):
    look.open()
    click(browser, "[id='128-street-000'] [data-panel='output'] img")
    look.keys(*[Keys.ARROW_RIGHT] * 9, Keys.ESCAPE)
    look.until(lambda now: now["hash"] == "")

    strip = browser.execute_script("return document.activeElement.closest('.strip')?.id")
    top, bottom = browser.execute_script(
        "const box = document.activeElement.getBoundingClientRect(); return [box.top, box.bottom]"
    )
    assert strip == "256-street-003"
    assert bottom > 0
    assert top < 900


def test_back_closes_the_viewer_and_forward_opens_it_again(browser, look):
    look.open()
    click(browser, "[id='128-street-003'] [data-panel='output'] img")
    browser.back()
    assert not look.until(lambda now: not now["open"])["open"]
    browser.forward()

    assert look.until(lambda now: now["open"])["stem"] == "street-003"


def test_a_walk_with_the_tab_key_stays_in_the_viewer_and_meets_nothing_without_a_name(browser, look):
    look.open(f"{GALLERY}#128-street-000/slider/input~output")
    met = []
    for _ in range(40):
        browser.switch_to.active_element.send_keys(Keys.TAB)
        focused = browser.switch_to.active_element
        if focused.tag_name != "body":
            inside = browser.execute_script("return arguments[0].closest('dialog.viewer') !== null", focused)
            met.append((inside, focused.accessible_name))

    assert all(inside and name for inside, name in met)
    assert {"Previous picture", "Slider", "Edge", "First picture", "Larger", "Close"} <= {name for _, name in met}


def test_the_link_is_copied(browser, look):
    look.open(f"{GALLERY}#128-street-000/side/input~output")
    look.press("[data-do='copy']")

    assert look.until(lambda _: css(browser, "[data-part='said']").text)


def finger(browser, kind, *points):
    touches = [{"x": x, "y": y, "id": number} for number, (x, y) in enumerate(points)]
    browser.execute_cdp_cmd("Input.dispatchTouchEvent", {"type": kind, "touchPoints": touches})


def test_a_swipe_leads_to_the_next_picture_and_two_fingers_zoom(browser, look):
    browser.execute_cdp_cmd("Emulation.setTouchEmulationEnabled", {"enabled": True, "maxTouchPoints": 2})
    try:
        look.open(f"{GALLERY}#128-street-000/side/input~output", width=360, height=780)
        finger(browser, "touchStart", (250, 300))
        finger(browser, "touchMove", (180, 305))
        finger(browser, "touchMove", (100, 305))
        finger(browser, "touchEnd")
        before = look.until(lambda now: now["stem"] == "street-001")
        finger(browser, "touchStart", (170, 300), (190, 300))
        finger(browser, "touchMove", (120, 300), (240, 300))
        finger(browser, "touchEnd")
        after = look.until(lambda now: now["planes"] != before["planes"])
    finally:
        browser.execute_cdp_cmd("Emulation.setTouchEmulationEnabled", {"enabled": False})

    assert after["stem"] == "street-001"
    assert after["planes"][0] == after["planes"][1]


@pytest.mark.parametrize(("width", "height"), [(360, 640), (768, 1024), (1440, 900)])
@pytest.mark.parametrize("mode", ["side", "slider", "blink", "difference"])
def test_badges_and_pictures_are_in_view_at_every_size_of_window(browser, look, width, height, mode):
    look.open(f"{GALLERY}#128-street-000/{mode}/output~truth", width, height)
    outside = browser.execute_script(
        "return [...document.querySelectorAll('.viewer .badge, .viewer button, .viewer select, .viewer input')]"
        ".filter((each) => each.checkVisibility()).filter((each) => {"
        "  const box = each.getBoundingClientRect();"
        "  return box.left < 0 || box.top < 0 || box.right > innerWidth || box.bottom > innerHeight; })"
        ".map((each) => each.outerHTML)"
    )

    assert outside == []
    assert look.shown["badges"] == ["Generated", "Ground truth"]
    assert all(box["width"] > 150 and box["height"] > 80 for box in look.shown["boxes"])


def test_depth_is_looked_at_in_colour_and_its_original_is_the_file_that_was_scored(browser, look, whole_run):
    look.open("gallery-depth_chain-paris-to-burano.html#128-street-000/difference/middle~output")
    shown = look.shown

    assert shown["badges"] == ["Predicted depth", "Generated"]
    assert shown["originals"][0] == "pictures/depth_chain/paris-to-burano/128/depth/street-000.png"
    assert shown["pictures"][0] != shown["originals"][0]
    assert (whole_run / "site" / shown["pictures"][0]).is_file()
    assert "not of metres" in css(browser, "[data-part='depth-note']").text


def test_a_picture_that_is_missing_says_so_in_the_viewer_too(own_run, look):
    (own_run / picture("fake", "street-001")).unlink()
    site = build_site(own_run).page.parent
    look.open(f"{GALLERY}#128-street-000/side/input~output", site=site)
    shown = look.keys(Keys.ARROW_RIGHT)

    assert shown["said"] == [None, "No picture: no file"]
    assert shown["pictures"] == [picture("real", "street-001"), None]
    assert shown["badges"] == ["Real", "Generated"]


def test_names_are_text_in_the_viewer_whatever_they_hold(own_run, make, browser, look):
    nasty = '<img src=x onerror="document.title=1"> \'&amp; 東京'
    columns = [("input", "image", "real", "paris"), ("output", "image", "fake", "burano")]
    make.translation(own_run, "cut", "cut", "paris", "burano", 128, columns, stems=(nasty,))
    site = build_site(own_run).page.parent
    look.open("gallery-cut-paris-to-burano.html", site=site)
    click(browser, ".strip img")
    link = look.link()

    assert look.shown["stem"] == nasty
    assert look.open(f"gallery-cut-paris-to-burano.html{link}", site=site).shown["stem"] == nasty


def test_a_comparison_puts_any_two_columns_beside_each_other(browser, look):
    look.open("compare.html#picture-street-001/side/cyclegan-256~neural_style-128")
    shown = look.shown

    assert shown["badges"] == ["Generated", "Generated"]
    assert shown["captions"] == ["CycleGAN 256 px, trained at 128 px", "Neural style 128 px"]
    assert shown["pictures"][0] == picture("fake", "street-001", 256)
    Select(css(browser, "[data-part='choose-second']")).select_by_visible_text(
        "Ground truth: The same layout drawn as burano 256 px"
    )
    assert look.link() == "#picture-street-001/side/cyclegan-256~truth"
