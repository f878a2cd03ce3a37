"""Flickr: openly licensed photos by words, place and date."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

from c2c.collect.areas import box_around, metres_between
from c2c.collect.checks import magic_of
from c2c.collect.failures import BadAnswer, Blocked, Gone, Transient
from c2c.collect.fetching import Fetcher
from c2c.collect.licences import Licence, credit, licence_of
from c2c.collect.pictures import FoundPicture, Rights
from c2c.collect.settings import SourceSettings
from c2c.collect.sources import PhotoQuery
from c2c.collect.sources.answers import at, count, items, number, place_of, text, web_address
from c2c.collect.sources.splitting import in_parts

Params = dict[str, str | int | float]
Days = tuple[date, date]  # the first and the last
MOST_AT_ONCE = 4000  # photos that a query gives; further pages repeat what came before
PAGE, PAGE_WITH_PLACE = 500, 250
FIRST_DAY = date(1900, 1, 1)
EXTRAS = "license,owner_name,geo,date_taken,url_l,url_o,media"
KEY_CODES = ("96", "97", "98", "99", "100")  # a missing, wrong or refused key
BUSY_CODES = ("0", "10", "105", "106")
LANDING = "https://www.flickr.com/photos"


class Flickr:
    """Flickr, or a service that answers like it."""

    name = "flickr"

    def __init__(self, settings: SourceSettings, fetcher: Fetcher) -> None:
        self.settings, self.fetcher = settings, fetcher
        self._licences: dict[str, Licence] = {}

    def search(self, wanted: PhotoQuery) -> Iterator[FoundPicture]:
        """Photos of licences that let them travel.

        Raises:
            CollectError: as `Fetcher.get`, or nothing was asked for.
        """
        if wanted.category or not (wanted.text or wanted.centre):
            raise BadAnswer("Flickr needs --query WORDS or --centre LAT,LON; it has no categories.")
        self._licences = self._licences or self._ask_licences()
        open_ones = [id for id, licence in self._licences.items() if licence.redistributable]
        query: Params = {"license": ",".join(open_ones), "extras": EXTRAS, "content_types": "0", "media": "photos"}
        query |= {"safe_search": 1, "sort": "relevance" if wanted.text else "interestingness-desc"}
        if wanted.text:
            query["text"] = wanted.text
        if wanted.centre:
            query |= {"bbox": box_around(wanted.centre, wanted.radius_m).text, "has_geo": 1}
        seen: set[str] = set()
        for photo in in_parts(_days(wanted), lambda days: self._between(query, days), _halves):
            picture = self._found(photo)
            if picture and picture.id not in seen and _within(picture, wanted):
                seen.add(picture.id)
                yield picture

    def picture(self, found: FoundPicture) -> bytes:
        """The photo's file.

        Raises:
            Gone: Flickr has a picture that says so in its place, a PNG.
            CollectError: as `Fetcher.get`.
        """
        picture = self.fetcher.get(found.urls[0])
        if magic_of(picture) == "PNG" and found.urls[0].lower().endswith((".jpg", ".jpeg")):
            raise Gone(f"Flickr has no photo {found.id} any more: a picture that says so came in its place.")
        return picture

    def _between(self, query: Params, days: Days) -> Iterator[Any] | None:
        """The photos of some days, page after page; None where there are too many for one question."""
        first, last = days
        size = PAGE_WITH_PLACE if "bbox" in query else PAGE
        whole: Params = {
            **query,
            "min_taken_date": f"{first} 00:00:00",
            "max_taken_date": f"{last} 23:59:59",
            "per_page": size,
        }
        answer = self._ask("flickr.photos.search", {**whole, "page": 1})
        if count(answer, "photos", "total") > MOST_AT_ONCE and first < last:
            return None
        return self._pages(whole, answer, min(count(answer, "photos", "pages"), MOST_AT_ONCE // size))

    def _pages(self, whole: Params, answer: Any, pages: int) -> Iterator[Any]:
        yield from items(answer, "photos", "photo")
        for page in range(2, pages + 1):
            yield from items(self._ask("flickr.photos.search", {**whole, "page": page}), "photos", "photo")

    def _ask_licences(self) -> dict[str, Licence]:
        answer = self._ask("flickr.photos.licenses.getInfo", {})
        found = {
            text(one, "id"): licence_of(text(one, "name"), web_address(one, "url"))
            for one in items(answer, "licenses", "license")
        }
        if not any(licence.redistributable for licence in found.values()):
            raise BadAnswer("Flickr's list of licences holds no open one; nothing can be asked for.")
        return found

    def _ask(self, method: str, params: Params) -> Any:
        base = {"method": method, "format": "json", "nojsoncallback": 1}
        return self.fetcher.json(self.settings.url("services/rest/"), {**base, **params}, self._refuse_errors)

    def _refuse_errors(self, answer: Any) -> None:
        if text(answer, "stat") == "ok":
            return
        code, said = text(answer, "code"), text(answer, "message")
        if code in KEY_CODES:
            raise Blocked(f"Flickr refuses us ({code}): {said}\n{self.settings.about_access}")
        if code in BUSY_CODES:
            raise Transient(f"Flickr is busy ({code}): {said}")
        raise BadAnswer(f"Flickr did not understand the question ({code or 'no code'}): {said}")

    def _found(self, photo: Any) -> FoundPicture | None:
        """A photo, or None where it has no file of a useful size."""
        id, size = text(photo, "id"), "l" if web_address(photo, "url_l") else "o"
        url = web_address(photo, f"url_{size}")
        if not id or not url:
            return None
        lat, lon = number(photo, "latitude"), number(photo, "longitude")
        placed = count(photo, "accuracy") > 0 or bool(lat or lon)  # without a place both are 0
        return FoundPicture(
            source=self.name,
            id=id,
            kind="photo",
            place=place_of(lat, lon) if placed else None,
            captured="" if text(photo, "datetakenunknown") == "1" else text(photo, "datetaken"),
            width_px=count(photo, f"width_{size}"),
            height_px=count(photo, f"height_{size}"),
            rights=self._rights(photo),
            urls=(url,),
        )

    def _rights(self, photo: Any) -> Rights:
        licence = self._licences.get(text(photo, "license")) or licence_of("")
        author = text(photo, "ownername") or text(photo, "owner")
        return Rights.under(
            licence,
            author=author,
            attribution=credit(text(photo, "title") or text(at(photo, "title"), "_content"), author, licence, "Flickr"),
            landing_page=f"{LANDING}/{text(photo, 'owner')}/{text(photo, 'id')}",
        )


def _within(picture: FoundPicture, wanted: PhotoQuery) -> bool:
    """Whether a photo lies within the radius: what Flickr is asked for is a box."""
    if wanted.centre is None:
        return True
    return picture.place is not None and metres_between(wanted.centre, picture.place) <= wanted.radius_m


def _halves(days: Days) -> list[Days]:
    first, last = days
    middle = first + (last - first) // 2
    return [(middle + timedelta(days=1), last), (first, middle)]  # later ones first: the earliest are scans


def _days(wanted: PhotoQuery) -> Days:
    try:
        first = date.fromisoformat(wanted.taken_from) if wanted.taken_from else FIRST_DAY
        last = date.fromisoformat(wanted.taken_until) if wanted.taken_until else datetime.now(UTC).date()
    except ValueError as error:
        raise BadAnswer(f"{error}; days are written as 2024-05-31.") from error
    return first, last
