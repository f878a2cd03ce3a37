"""The site in a real browser: headless Chromium, where there is one."""

import pytest


@pytest.mark.parametrize("width", [360, 1440])
def test_every_page_fits_its_window_shows_its_pictures_and_has_nothing_to_complain_of(browser, whole_run, width):
    size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 500}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    for page in sorted((whole_run / "site").glob("*.html")):
        browser.get(page.as_uri())
        assert browser.execute_script("return document.documentElement.scrollWidth") <= width, page.name
        browser.execute_script("document.querySelectorAll('img').forEach(image => { image.loading = 'eager' })")
        broken = "return Promise.all([...document.images].map(i => i.decode().then(() => '', () => i.src)))"
        assert not any(browser.execute_script(broken)), page.name
        assert browser.get_log("browser") == [], page.name


def test_samples_scroll_within_their_box_beneath_the_real_picture_and_its_caption(browser, whole_run):
    size = {"width": 360, "height": 900, "deviceScaleFactor": 1, "mobile": True}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    browser.get((whole_run / "site" / "approach-cyclegan.html").as_uri())
    scrolled, left, above = browser.execute_script(
        "document.querySelector('.scrubber .all').click();"
        "const box = document.querySelector('.samples'), real = box.querySelector('.panel-input');"
        "box.scrollIntoView({behavior: 'instant'}); box.scrollLeft = 90;"
        "const next = box.querySelector('.panel-output').getBoundingClientRect(), own = real.getBoundingClientRect();"
        "const above = document.elementFromPoint(own.right - 5, next.bottom - 5);"
        "return [box.scrollLeft, own.left - box.getBoundingClientRect().left, real.contains(above)]"
    )

    assert (scrolled, left, above) == (90, 0, True)
