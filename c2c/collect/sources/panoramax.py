"""Panoramax: open street-level pictures, found and linked by a STAC service. The default for panoramas."""

from collections.abc import Iterator
from typing import Any

from c2c.collect.areas import Box, bearing_deg, box_around, metres_between
from c2c.collect.failures import BadAnswer, Gone
from c2c.collect.fetching import Fetcher
from c2c.collect.licences import credit, licence_of
from c2c.collect.pictures import FoundPicture, Link, Place, Rights
from c2c.collect.settings import SourceSettings
from c2c.collect.sources import PhotoQuery
from c2c.collect.sources.answers import at, count, items, number, place_of, text, web_address, wrapped_deg

PAGE = 1000  # pictures that one answer tells of, at most
MOST_PAGES = 200
FIRST_M = 30.0  # radius of the first search around a place; each further one is twice as wide
SD_ZOOM = 2  # up to this zoom the version of 2048 px is enough
WHOLE_DEG = 360.0
LINKS = ("next", "prev", "related")
LANDING = "https://api.panoramax.xyz/?focus=pic&pic="


class Panoramax:
    """Panoramax, or a service that answers like it: panoramas to walk along, and ordinary photos to search."""

    name = "panoramax"
    requests_a_look = 1

    def __init__(self, settings: SourceSettings, fetcher: Fetcher) -> None:
        self.settings, self.fetcher = settings, fetcher

    def near(self, centre: Place, radius_m: float) -> Iterator[Link]:
        """Panoramas around a place, nearest first, found in circles that grow.

        Raises:
            CollectError: as `Fetcher.get`.
        """
        told: set[str] = set()
        within_m = min(FIRST_M, radius_m)
        while True:
            found = {}
            for picture in self._around(centre, within_m):
                if picture.kind == "panorama" and picture.id not in told and picture.place:
                    found[picture.id] = (metres_between(centre, picture.place), picture)
            near = sorted((metres, id) for id, (metres, _) in found.items() if metres <= within_m)
            told.update(id for _, id in near)
            yield from (Link(id, found[id][1].place, None) for _, id in near)
            if within_m >= radius_m:
                return
            within_m = min(2 * within_m, radius_m)

    def look(self, id: str) -> FoundPicture:
        """What Panoramax knows of one picture.

        Raises:
            Gone: there is no such picture any more.
            CollectError: as `Fetcher.get`, or the answer is of another shape.
        """
        answer = self.fetcher.json(self._search_url, {"ids": id, "limit": 1})
        if not isinstance(at(answer, "features"), list):
            raise BadAnswer(f"Panoramax's answer about {id!r} holds no list of pictures.")
        features = items(answer, "features")
        if not features:
            raise Gone(f"Panoramax has no picture {id!r} any more.")
        found = self._found(features[0])
        if found is None or found.id != id:
            raise BadAnswer(f"Panoramax's answer about {id!r} is of another picture, or does not say where it is kept.")
        return found

    def search(self, wanted: PhotoQuery) -> Iterator[FoundPicture]:
        """Ordinary photos around a place; Panoramax cannot be asked by words.

        Raises:
            CollectError: as `Fetcher.get`, or no place is given.
        """
        if wanted.centre is None or wanted.text or wanted.category:
            raise BadAnswer("Panoramax is searched by place alone: give --centre LAT,LON and --radius METRES.")
        for picture in self._around(wanted.centre, wanted.radius_m, wanted.taken_from, wanted.taken_until):
            inside = picture.place and metres_between(wanted.centre, picture.place) <= wanted.radius_m
            if picture.kind == "photo" and inside:
                yield picture

    def picture(self, found: FoundPicture) -> bytes:
        """The picture's file.

        Raises:
            CollectError: as `Fetcher.get`.
        """
        return self.fetcher.get(found.urls[0])

    @property
    def _search_url(self) -> str:
        return self.settings.url("api/search")

    def _around(self, centre: Place, radius_m: float, begin: str = "", end: str = "") -> Iterator[FoundPicture]:
        """Every picture of a box, page after page."""
        seen: set[str] = set()
        answer = self.fetcher.json(self._search_url, _query(box_around(centre, radius_m), begin, end))
        for _ in range(MOST_PAGES):
            told = [found for feature in items(answer, "features") if (found := self._found(feature))]
            fresh = {found.id: found for found in told if found.id not in seen}
            seen.update(fresh)
            yield from fresh.values()
            following = next((web_address(link, "href") for link in items(answer, "links") if _rel(link) == "next"), "")
            if not following or not fresh:  # a service that gives the same page again must not hold us
                return
            answer = self.fetcher.json(following)

    def _found(self, feature: Any) -> FoundPicture | None:
        """A picture, or None where it has no id or no file."""
        id, about = text(feature, "id"), at(feature, "properties")
        asset = "sd" if self.settings.zoom <= SD_ZOOM else "hd"
        url = web_address(feature, "assets", asset, "href") or web_address(feature, "assets", "hd", "href")
        if not id or not url:
            return None
        place = _place(at(feature, "geometry"))
        camera = at(about, "pers:interior_orientation")
        width, height = (count(camera, "sensor_array_dimensions", side) for side in (0, 1))
        azimuth = number(about, "view:azimuth")
        return FoundPicture(
            source=self.name,
            id=id,
            kind="panorama" if _is_whole(number(camera, "field_of_view"), width, height) else "photo",
            place=place,
            captured=text(about, "datetime"),
            width_px=width,
            height_px=height,
            rights=_rights(feature, id),
            heading_deg=None if azimuth is None else azimuth % 360.0,
            pitch_deg=wrapped_deg(number(about, "pers:pitch")),
            roll_deg=wrapped_deg(number(about, "pers:roll")),
            links=_links(feature, place),
            urls=(url,),
        )


def _query(box: Box, begin: str, end: str) -> dict[str, str | int | float]:
    query: dict[str, str | int | float] = {"bbox": box.text, "limit": PAGE}
    if begin or end:
        query["datetime"] = f"{begin or '..'}/{end or '..'}"
    return query


def _rel(link: Any) -> str:
    return text(link, "rel")


def _place(geometry: Any) -> Place | None:
    lon, lat = (number(geometry, "coordinates", axis) for axis in (0, 1))
    return place_of(lat, lon, number(geometry, "coordinates", 2))


def _is_whole(field_of_view_deg: float | None, width: int, height: int) -> bool:
    """Whether a picture looks all around; where nothing is said, one twice as wide as high does."""
    if field_of_view_deg is not None:
        return field_of_view_deg >= WHOLE_DEG
    return width == 2 * height > 0


def _links(feature: Any, place: Place | None) -> tuple[Link, ...]:
    found = {}
    for link in items(feature, "links"):
        id = text(link, "id")
        if _rel(link) in LINKS and id and id != text(feature, "id"):
            other = _place(at(link, "geometry"))
            found[id] = Link(id, other, bearing_deg(place, other) if place and other else None)
    return tuple(found.values())


def _rights(feature: Any, id: str) -> Rights:
    licence_link = next((link for link in items(feature, "links") if _rel(link) == "license"), None)
    licence = licence_of(text(feature, "properties", "license"), web_address(licence_link, "href"))
    producers = [
        text(one, "name")
        for one in items(feature, "providers")
        if "producer" in items(one, "roles") and text(one, "name")
    ]
    author = ", ".join(producers) or text(feature, "properties", "geovisio:producer")
    return Rights.under(
        licence,
        author=author,
        attribution=credit("", author, licence, "Panoramax"),
        landing_page=LANDING + id,
    )
