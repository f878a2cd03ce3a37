"""Wikimedia Commons: photos by place, by words, or by category."""

import math
from collections.abc import Iterator
from typing import Any

from c2c.collect.areas import metres_between
from c2c.collect.failures import BadAnswer, Blocked, Transient
from c2c.collect.fetching import Fetcher
from c2c.collect.licences import credit, licence_of
from c2c.collect.pictures import FoundPicture, Place, Rights
from c2c.collect.settings import SourceSettings
from c2c.collect.sources import PhotoQuery
from c2c.collect.sources.answers import at, count, number, place_of, plain, text, web_address
from c2c.collect.sources.splitting import in_parts
from c2c.geometry.earth import METRES_PER_DEGREE

Params = dict[str, str | int | float]
Circle = tuple[Place, float]  # centre, and radius in metres
MOST_AT_ONCE = 500  # files that a search by place can give
FARTHEST_M, NEAREST_M = 10_000.0, 10.0  # radius of a search by place
MOST_PAGES = 1000
MIMES = ("image/jpeg", "image/png", "image/webp")
WANTED: Params = {
    "action": "query",
    "format": "json",
    "formatversion": 2,
    "maxlag": 5,
    "prop": "imageinfo|coordinates",
    "iiprop": "url|size|mime|sha1|extmetadata",
    "iiextmetadatafilter": "LicenseShortName|LicenseUrl|Artist|Attribution|DateTimeOriginal|ObjectName",
    "colimit": 500,
}


class Commons:
    """Wikimedia Commons, or a MediaWiki that answers like it."""

    name = "commons"

    def __init__(self, settings: SourceSettings, fetcher: Fetcher) -> None:
        self.settings, self.fetcher = settings, fetcher

    def search(self, wanted: PhotoQuery) -> Iterator[FoundPicture]:
        """Photos of a category, else around a place, else found by words.

        Raises:
            CollectError: as `Fetcher.get`, or nothing was asked for.
        """
        if wanted.text and (wanted.category or wanted.centre):
            raise BadAnswer("Wikimedia Commons is searched by words, or by category and place: leave out --query.")
        if wanted.category:
            category = wanted.category.removeprefix("Category:")
            found = self._pages(
                {"generator": "categorymembers", "gcmtitle": f"Category:{category}", "gcmtype": "file", "gcmlimit": 50}
            )
        elif wanted.centre is not None:
            found = in_parts((wanted.centre, wanted.radius_m), self._around, _quarters)
        elif wanted.text:
            words = f"filetype:bitmap {wanted.text}"
            found = self._pages({"generator": "search", "gsrsearch": words, "gsrnamespace": 6, "gsrlimit": 50})
        else:
            raise BadAnswer("Wikimedia Commons needs one of --query WORDS, --category NAME or --centre LAT,LON.")
        seen: set[str] = set()
        for page in found:
            picture = self._found(page)
            if picture and picture.id not in seen and _fits(picture, wanted):
                seen.add(picture.id)
                yield picture

    def picture(self, found: FoundPicture) -> bytes:
        """The photo's file.

        Raises:
            CollectError: as `Fetcher.get`.
        """
        return self.fetcher.get(found.urls[0])

    def _around(self, circle: Circle) -> list[Any] | None:
        """Files around a place; None where there are too many for one question."""
        centre, radius_m = circle
        if radius_m > FARTHEST_M:
            return None
        where: Params = {
            "ggscoord": f"{centre.lat_deg}|{centre.lon_deg}",
            "ggsradius": max(round(radius_m), int(NEAREST_M)),
        }
        pages = list(self._pages({"generator": "geosearch", "ggsnamespace": 6, "ggslimit": MOST_AT_ONCE, **where}))
        return pages if len(pages) < MOST_AT_ONCE or radius_m <= 2 * NEAREST_M else None

    def _pages(self, query: Params) -> Iterator[Any]:
        """The files that a query gives, as often as the service says "continue"."""
        whole: Params = {**WANTED, "iiurlwidth": self.settings.photo_px, **query}
        onward: Params = {}
        batch: dict[str, dict[str, Any]] = {}  # what several answers tell of the same files
        for _ in range(MOST_PAGES):
            answer = self.fetcher.json(self.settings.url("w/api.php"), {**whole, **onward}, _refuse_errors)
            for page in _listed(answer):
                batch.setdefault(text(page, "pageid"), {}).update(page)
            following = _onward(answer)
            if "batchcomplete" in answer or not following:
                yield from batch.values()
                batch = {}
            if not following or following == onward:
                return
            onward = following

    def _found(self, page: Any) -> FoundPicture | None:
        """A photo, or None where the file is none."""
        about = at(page, "imageinfo", 0)
        url = web_address(about, "thumburl") or web_address(about, "url")
        id = text(page, "pageid")
        if not id or not url or text(about, "mime") not in MIMES:
            return None
        where = at(page, "coordinates", 0)
        scaled = bool(web_address(about, "thumburl"))
        return FoundPicture(
            source=self.name,
            id=id,
            kind="photo",
            place=place_of(number(where, "lat"), number(where, "lon")),
            captured=plain(_told(about, "DateTimeOriginal"))[:19],
            width_px=count(about, "thumbwidth" if scaled else "width"),
            height_px=count(about, "thumbheight" if scaled else "height"),
            rights=_rights(page, about),
            urls=(url,),
        )


def _listed(answer: Any) -> Iterator[dict[str, Any]]:
    """The files of an answer, of either version of the format."""
    pages = at(answer, "query", "pages")
    listed = pages.values() if isinstance(pages, dict) else pages if isinstance(pages, list) else ()
    yield from (page for page in listed if isinstance(page, dict))


def _onward(answer: Any) -> Params:
    told = at(answer, "continue")
    return {key: text(told, key) for key in told} if isinstance(told, dict) else {}


def _told(about: Any, name: str) -> str:
    return text(about, "extmetadata", name, "value")


def _rights(page: Any, about: Any) -> Rights:
    licence = licence_of(
        plain(_told(about, "LicenseShortName")), web_address(about, "extmetadata", "LicenseUrl", "value")
    )
    author = plain(_told(about, "Artist"))
    title = text(page, "title").removeprefix("File:")
    return Rights.under(
        licence,
        author=author,
        attribution=plain(_told(about, "Attribution")) or credit(title, author, licence, "Wikimedia Commons"),
        landing_page=web_address(about, "descriptionurl"),
    )


def _fits(picture: FoundPicture, wanted: PhotoQuery) -> bool:
    """Whether a photo lies within the radius and the days, as far as its place and day are known."""
    if wanted.centre and picture.place and metres_between(wanted.centre, picture.place) > wanted.radius_m:
        return False
    day = picture.captured[:10]
    early = bool(wanted.taken_from) and day < wanted.taken_from
    late = bool(wanted.taken_until) and day > wanted.taken_until
    return not (early or late or ((wanted.taken_from or wanted.taken_until) and not day))


def _quarters(circle: Circle) -> list[Circle]:
    """Four circles of 1/sqrt(2) of the radius that cover a circle."""
    centre, radius_m = circle
    up = radius_m / 2 / METRES_PER_DEGREE
    aside = up / max(math.cos(math.radians(centre.lat_deg)), 1e-6)
    corners = [(north, east) for north in (-1, 1) for east in (-1, 1)]
    return [(_moved(centre, north * up, east * aside), radius_m / math.sqrt(2)) for north, east in corners]


def _moved(place: Place, north_deg: float, east_deg: float) -> Place:
    return Place(max(-90.0, min(90.0, place.lat_deg + north_deg)), (place.lon_deg + east_deg + 180) % 360 - 180)


def _refuse_errors(answer: Any) -> None:
    code, info = text(answer, "error", "code"), text(answer, "error", "info")
    if code in ("maxlag", "readonly", "internal_api_error_DBQueryError", "ratelimited"):
        raise Transient(f"Wikimedia Commons is busy ({code}): {info}")
    if code in ("blocked", "permissiondenied"):
        raise Blocked(f"Wikimedia Commons refuses us ({code}): {info}")
    if code or not isinstance(answer, dict):
        raise BadAnswer(f"Wikimedia Commons did not understand the question ({code or 'no table'}): {info}")
