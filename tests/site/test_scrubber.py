"""The slider of samples by step, in a real browser."""

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

STILL = [{"name": "prefers-reduced-motion", "value": "reduce"}]  # so that nothing scrolls when it is clicked


@pytest.fixture
def samples(browser, whole_run):
    """The page of an approach with samples of five steps."""
    size = {"width": 1000, "height": 900, "deviceScaleFactor": 1, "mobile": False}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": STILL})
    browser.get((whole_run / "site" / "approach-cyclegan.html").as_uri())
    yield browser
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})


def shown(browser):
    """Which generated pictures of each row are to be seen, by what is said below them."""
    return browser.execute_script(
        "return [...document.querySelectorAll('.sample')].map(row => [...row.querySelectorAll('.panel-output')]"
        ".filter(panel => panel.offsetParent).map(panel => panel.innerText.replace(/\\D/g, '')).join(' '))"
    )


def test_the_slider_begins_at_the_last_step_and_moves_every_row(samples):
    slider = samples.find_element(By.CSS_SELECTOR, ".scrubber input")
    assert shown(samples) == ["400"] * 6

    slider.send_keys(Keys.ARROW_LEFT)
    assert shown(samples) == ["300"] * 6
    assert slider.get_attribute("aria-valuetext") == "step 300"
    slider.send_keys(Keys.HOME)
    assert shown(samples) == ["50"] * 6


def test_all_steps_can_be_seen_at_once_and_the_real_picture_always(samples):
    samples.find_element(By.CSS_SELECTOR, ".scrubber .all").click()
    assert shown(samples) == ["50 100 200 300 400"] * 6

    samples.find_element(By.CSS_SELECTOR, ".scrubber .all").click()
    assert shown(samples) == ["400"] * 6
    real = "return [...document.querySelectorAll('.sample .panel-input')].every(panel => panel.offsetParent)"
    assert samples.execute_script(real)


def test_playing_begins_anew_at_the_end_and_can_be_stopped(samples):
    play = samples.find_element(By.CSS_SELECTOR, ".scrubber .play")
    play.click()
    assert shown(samples) == ["50"] * 6
    assert play.text == "Pause"
    play.click()
    assert play.text == "Play"


def test_without_scripts_every_step_stands_in_its_row(samples):
    samples.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        samples.refresh()
        seen = samples.find_element(By.CSS_SELECTOR, ".sample").find_elements(By.CSS_SELECTOR, ".panel-output")
        assert len([panel for panel in seen if panel.is_displayed()]) == 5
        assert not samples.find_elements(By.CSS_SELECTOR, ".scrubber")
    finally:
        samples.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})
