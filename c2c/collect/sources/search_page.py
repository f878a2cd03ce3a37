"""How a search page is read: a small recipe in TOML."""

import tomllib
from dataclasses import dataclass, fields
from pathlib import Path
from urllib.parse import quote_plus

import httpx
import msgspec

from c2c.errors import CollectError

STOP = (  # what asks for consent or for proof that we are human; it is never touched
    "form[action*='consent']",
    "[id*='captcha' i]",
    "[class*='captcha' i]",
    "iframe[src*='captcha' i]",
)
EXAMPLE = """    url = "https://pictures.example/search?q={query}"
    item = "a.hit"
    picture = ["@data-full", "img@src"]
    landing = "@href"
"""


@dataclass(frozen=True)
class SearchPage:
    """A search page. Where a value is taken from is written SELECTOR@ATTRIBUTE; without a selector, the item itself."""

    url: str  # with {query} where the words go
    item: str  # CSS selector of one hit
    picture: tuple[str, ...]  # the first of these that holds an address of the web
    landing: str  # the page that the picture belongs to
    title: str = ""
    more: str = ""  # CSS selector of what shows further hits when it is pressed
    stop: tuple[str, ...] = ()  # further CSS selectors of what means: do not go on
    stall_s: float = 5.0  # without a new hit, after which the page has no more


TOYTOWN = SearchPage(
    url="{base}/search?q={query}",
    item="a.hit",
    picture=("@data-full", "img@src"),
    landing="@href",
    title="img@alt",
    more="#more",
    stall_s=2.0,
)


def read_search_page(path: Path) -> SearchPage:
    """Read a recipe.

    Raises:
        CollectError: it is missing, no TOML, or describes no page.
    """
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        page = msgspec.convert(table, SearchPage, strict=False)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise CollectError(f"{path} describes no search page: {error}\nSuch a recipe says\n{EXAMPLE}") from error
    known = {field.name for field in fields(SearchPage)}
    if unknown := sorted(set(table) - known):
        raise CollectError(f"{path} says {', '.join(unknown)}, but a search page has {', '.join(sorted(known))}.")
    if "{query}" not in page.url or not page.item or not page.picture:
        raise CollectError(f"{path} must say url with {{query}}, item and picture, such as\n{EXAMPLE}")
    return page


def address_of(page: SearchPage, base: str, words: str) -> httpx.URL:
    """The address of the page for some words.

    Raises:
        CollectError: it is none.
    """
    text = page.url.replace("{base}", base.rstrip("/")).replace("{query}", quote_plus(words))
    try:
        url = httpx.URL(text)
    except httpx.InvalidURL as error:
        raise CollectError(f"{text!r} is no address: {error}") from error
    if url.scheme not in ("http", "https") or not url.host:
        raise CollectError(f"{text!r} is no address of the web; begin url with https://")
    return url
