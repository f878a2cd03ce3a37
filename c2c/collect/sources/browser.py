"""A search page in a real browser, the way the paper collected photos: scroll, and take what appears.

Nothing tells who owns what such a page finds, so none of it may be passed on.
"""

import hashlib
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx

from c2c.collect.addresses import origin_of, safe_addresses
from c2c.collect.failures import BadAnswer, Blocked, Transient
from c2c.collect.fetching import Fetcher, refuse_block_page
from c2c.collect.pictures import FoundPicture, Rights
from c2c.collect.settings import SourceSettings, refuse_without_terms
from c2c.collect.sources import PhotoQuery
from c2c.collect.sources.answers import text, web_address
from c2c.collect.sources.search_page import STOP, TOYTOWN, SearchPage, address_of, read_search_page
from c2c.errors import CollectError

if TYPE_CHECKING:
    from selenium.webdriver import Chrome

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
SWITCHES = (
    "--headless=new",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--mute-audio",
    "--window-size=1200,700",
)
LOOK_S = 0.2  # between two looks at a page
FIND = """
const [item, ways, landing, title] = arguments;
const value = (hit, way) => {
  if (!way) return "";
  const at = way.lastIndexOf("@"), selector = way.slice(0, at);
  const element = selector ? hit.querySelector(selector) : hit;
  return (element && element.getAttribute(way.slice(at + 1))) || "";
};
const whole = text => { try { return text ? new URL(text, document.baseURI).href : ""; } catch { return ""; } };
return Array.from(document.querySelectorAll(item)).slice(0, 5000).map(hit => ({
  picture: ways.map(way => whole(value(hit, way))).find(url => /^https?:/.test(url)) || "",
  landing: whole(value(hit, landing)),
  title: value(hit, title),
}));
"""
ONWARD = """
const more = arguments[0] && document.querySelector(arguments[0]);
window.scrollTo(0, document.body.scrollHeight);
window.dispatchEvent(new Event("scroll"));  // a page shorter than the window fires none by itself
if (more && !more.hidden && !more.disabled) more.click();
"""


class Browser:
    """A search page that a recipe describes."""

    name = "browser"

    def __init__(self, settings: SourceSettings, fetcher: Fetcher) -> None:
        self.settings, self.fetcher = settings, fetcher
        self.page = _page(settings)

    def search(self, wanted: PhotoQuery) -> Iterator[FoundPicture]:
        """What the page finds for some words, as long as scrolling brings more.

        Raises:
            Blocked: the page asks for consent or for proof that we are human.
            CollectError: there is no browser, or the page cannot be reached.
        """
        if not wanted.text or wanted.category or wanted.centre or wanted.taken_from or wanted.taken_until:
            raise BadAnswer("A search page is asked by words alone: give --query WORDS, and neither a place nor days.")
        url = address_of(self.page, self.settings.base_url, wanted.text)
        if origin_of(url) != self.settings.private_origin:
            refuse_without_terms(self.settings)
        safe_addresses(url, self.settings.private_origin)
        with self._opened(url) as driver:
            yield from self._hits(driver, url)

    def picture(self, found: FoundPicture) -> bytes:
        """The photo's file, fetched without the browser.

        Raises:
            CollectError: as `Fetcher.get`.
        """
        return self.fetcher.get(found.urls[0])

    def _hits(self, driver: "Chrome", url: httpx.URL) -> Iterator[FoundPicture]:
        page, seen = self.page, set()
        last_s = time.monotonic()
        while time.monotonic() - last_s < page.stall_s:
            self._refuse_walls(driver)
            told = _run(driver, FIND, page.item, list(page.picture), page.landing, page.title)
            for hit in told if isinstance(told, list) else []:
                picture = _found(hit, url.host)
                if picture and picture.id not in seen:
                    seen.add(picture.id)
                    yield picture
                    last_s = time.monotonic()
            self.fetcher.pace.wait(url.host)
            _run(driver, ONWARD, page.more)
            time.sleep(LOOK_S)

    def _refuse_walls(self, driver: "Chrome") -> None:
        refuse_block_page(httpx.URL(str(_run(driver, "return location.href"))))
        for selector in (*STOP, *self.page.stop):
            if _run(driver, "return !!document.querySelector(arguments[0])", selector):
                raise Blocked(
                    f"The search page shows {selector}: it wants consent, or proof that a person reads it.\n"
                    "c2c presses no such thing. Look at the page yourself, or collect from an open source."
                )

    @contextmanager
    def _opened(self, url: httpx.URL) -> Iterator["Chrome"]:
        driver = _started(url.host if self.settings.is_ours else "")
        try:
            self.fetcher.pace.wait(url.host)
            with _in_words(Transient, f"{url.host} cannot be shown"):
                driver.set_page_load_timeout(self.settings.timeout_s)
                driver.set_script_timeout(self.settings.timeout_s)
                driver.get(str(url))
            yield driver
        finally:
            driver.quit()


def _page(settings: SourceSettings) -> SearchPage:
    if settings.recipe:
        return read_search_page(Path(settings.recipe))
    if settings.base_url:
        return TOYTOWN
    raise CollectError(
        "A search page needs a recipe that describes it; the how-to page on collecting photos shows one:\n"
        "    --set sources.browser.recipe=my-page.toml"
    )


def _started(only_host: str) -> "Chrome":
    """A browser without a window; one that is for a single host finds no other."""
    try:
        from selenium.webdriver import Chrome
        from selenium.webdriver.chrome.options import Options
        from selenium.webdriver.chrome.service import Service
    except ImportError as error:
        raise CollectError('The browser source needs Selenium:\n    pip install "c2c[browser]"') from error
    program = next(filter(None, map(shutil.which, BROWSERS)), None)
    driver = shutil.which("chromedriver")
    if not program or not driver:
        raise CollectError(
            f"There is no {'chromedriver' if program else 'chromium'} on this machine. On Debian:\n"
            "    apt install chromium chromium-driver"
        )
    options = Options()
    options.binary_location = program
    for switch in SWITCHES:
        options.add_argument(switch)
    if only_host:
        options.add_argument(f"--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE {only_host}")
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        options.add_argument("--no-sandbox")  # the sandbox refuses to run as root
    with _in_words(CollectError, f"{program} does not start with {driver}; they must be of one version"):
        return Chrome(options=options, service=Service(driver))


def _run(driver: "Chrome", script: str, *values: object) -> Any:
    with _in_words(BadAnswer, "The search page cannot be read"):
        return driver.execute_script(script, *values)


@contextmanager
def _in_words(kind: type[CollectError], what: str) -> Iterator[None]:
    """Turn what Selenium raises, also where the browser or its driver is gone, into an error that says what failed."""
    from selenium.common.exceptions import WebDriverException
    from urllib3.exceptions import HTTPError

    try:
        yield
    except (WebDriverException, HTTPError) as error:
        said = getattr(error, "msg", None) or str(error)
        raise kind(f"{what}: {said.splitlines()[0] if said else type(error).__name__}") from None


def _found(hit: Any, host: str) -> FoundPicture | None:
    """A photo, or None where the hit has no address of the web yet."""
    url, landing = web_address(hit, "picture"), web_address(hit, "landing")
    if not url:
        return None
    return FoundPicture(
        source="browser",
        id=hashlib.sha256(url.encode()).hexdigest()[:24],
        kind="photo",
        place=None,
        captured="",
        width_px=0,
        height_px=0,
        rights=Rights(
            licence="unknown",
            licence_url="",
            author="",
            attribution=f"“{text(hit, 'title') or 'untitled'}”, found on {host}; owner unknown",
            landing_page=landing or url,
            redistributable=False,
        ),
        urls=(url,),
    )
