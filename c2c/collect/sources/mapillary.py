"""Mapillary: street-level pictures of many cameras. Panoramas name no neighbours there: those nearby are asked for."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from c2c.collect.areas import Box, bearing_deg, box_around, metres_between
from c2c.collect.failures import BadAnswer
from c2c.collect.fetching import Fetcher
from c2c.collect.licences import credit, licence_of
from c2c.collect.pictures import FoundPicture, Link, Place, Rights
from c2c.collect.settings import SourceSettings
from c2c.collect.sources import PhotoQuery
from c2c.collect.sources.answers import at, count, items, number, place_of, text, web_address
from c2c.collect.sources.splitting import in_parts

MOST_AT_ONCE = 2000  # pictures that a question gives, without further pages
LARGEST_SQUARE_DEG = 0.01  # of a question
SMALLEST_SQUARE_DEG = 1e-10  # about a square metre
NEIGHBOURS_M = 30.0
THUMBS = ((1024, "thumb_1024_url"), (2048, "thumb_2048_url"))
FIELDS = (
    "id,computed_geometry,geometry,computed_compass_angle,compass_angle,captured_at,is_pano,"
    "width,height,altitude,creator,sequence"
)
LANDING = "https://www.mapillary.com/app/?focus=photo&pKey="
LICENCE = licence_of("CC BY-SA 4.0")


class Mapillary:
    """Mapillary, or a service that answers like it: panoramas to walk along, and ordinary photos to search."""

    name = "mapillary"
    requests_a_look = 2

    def __init__(self, settings: SourceSettings, fetcher: Fetcher) -> None:
        self.settings, self.fetcher = settings, fetcher

    def near(self, centre: Place, radius_m: float) -> Iterator[Link]:
        """Panoramas around a place, nearest first.

        Raises:
            CollectError: as `Fetcher.get`.
        """
        found = {}
        for picture in self._within(box_around(centre, radius_m), panoramas=True):
            id, place = text(picture, "id"), _place(picture)
            if id and place and (metres := metres_between(centre, place)) <= radius_m:
                found[id] = (metres, place)
        for id, (_, place) in sorted(found.items(), key=lambda item: (item[1][0], item[0])):
            yield Link(id, place, None)

    def look(self, id: str) -> FoundPicture:
        """What Mapillary knows of one picture, with the panoramas around it as its neighbours: two requests.

        Raises:
            Gone: there is no such picture any more.
            CollectError: as `Fetcher.get`, or the answer is of another shape.
        """
        told = self.fetcher.json(self._url(id), {"fields": f"{FIELDS},{self._thumb}"})
        found = self._found(told)
        if found is None or found.id != id:
            raise BadAnswer(f"Mapillary's answer about {id!r} is of another picture, or does not say where it is kept.")
        if found.kind == "photo" or found.place is None:
            return found
        return self._found(told, self._links(found.id, found.place)) or found

    def search(self, wanted: PhotoQuery) -> Iterator[FoundPicture]:
        """Ordinary photos around a place; Mapillary cannot be asked by words.

        Raises:
            CollectError: as `Fetcher.get`, or no place is given.
        """
        if wanted.centre is None or wanted.text or wanted.category:
            raise BadAnswer("Mapillary is searched by place alone: give --centre LAT,LON and --radius METRES.")
        for told in self._within(box_around(wanted.centre, wanted.radius_m), panoramas=False, wanted=wanted):
            found = self._found(told)
            if found and found.place and metres_between(wanted.centre, found.place) <= wanted.radius_m:
                yield found

    def picture(self, found: FoundPicture) -> bytes:
        """The picture's file.

        Raises:
            CollectError: as `Fetcher.get`.
        """
        return self.fetcher.get(found.urls[0])

    @property
    def _thumb(self) -> str:
        return THUMBS[1][1] if self.settings.zoom > 1 else THUMBS[0][1]

    def _url(self, path: str) -> str:
        return self.settings.url(quote(path, safe=""))

    def _links(self, id: str, place: Place) -> tuple[Link, ...]:
        near = (link for link in self.near(place, NEIGHBOURS_M) if link.id != id and link.place)
        return tuple(Link(link.id, link.place, bearing_deg(place, link.place)) for link in near if link.place)

    def _within(self, whole: Box, *, panoramas: bool, wanted: PhotoQuery | None = None) -> Iterator[Any]:
        """The pictures of a box; one that is too large for a question, or holds too many, is quartered."""
        query: dict[str, str | int | float] = {
            "fields": f"{FIELDS},{self._thumb}",
            "is_pano": "true" if panoramas else "false",
            "limit": MOST_AT_ONCE,
        }
        if wanted and wanted.taken_from:
            query["start_captured_at"] = f"{wanted.taken_from}T00:00:00Z"
        if wanted and wanted.taken_until:
            query["end_captured_at"] = f"{wanted.taken_until}T23:59:59Z"

        def ask(box: Box) -> list[Any] | None:
            if box.square_deg >= LARGEST_SQUARE_DEG:
                return None
            told = items(self.fetcher.json(self._url("images"), {**query, "bbox": box.text}), "data")
            return told if len(told) < MOST_AT_ONCE or box.square_deg < SMALLEST_SQUARE_DEG else None

        return in_parts(whole, ask, Box.quarters)

    def _found(self, told: Any, links: tuple[Link, ...] = ()) -> FoundPicture | None:
        """A picture, or None where it has no id or no file."""
        id, url = text(told, "id"), web_address(told, self._thumb)
        if not id or not url:
            return None
        angle = number(told, "computed_compass_angle")
        angle = number(told, "compass_angle") if angle is None else angle
        author = text(told, "creator", "username")
        return FoundPicture(
            source=self.name,
            id=id,
            kind="panorama" if at(told, "is_pano") is True else "photo",
            place=_place(told),
            captured=_moment(number(told, "captured_at")),
            width_px=count(told, "width"),
            height_px=count(told, "height"),
            rights=Rights.under(
                LICENCE,
                author=author,
                attribution=credit("", author, LICENCE, "Mapillary"),
                landing_page=LANDING + quote(id, safe=""),
            ),
            heading_deg=None if angle is None else angle % 360.0,
            links=links,
            urls=(url,),
        )


def _place(told: Any) -> Place | None:
    for name in ("computed_geometry", "geometry"):  # after Mapillary's own reconstruction, else as the camera said
        lon, lat = (number(told, name, "coordinates", axis) for axis in (0, 1))
        if place := place_of(lat, lon, number(told, "altitude")):
            return place
    return None


def _moment(milliseconds: float | None) -> str:
    """ISO time of milliseconds since 1970."""
    if milliseconds is None or not 0 < milliseconds < 1e14:
        return ""
    return datetime.fromtimestamp(milliseconds / 1000, UTC).isoformat(timespec="seconds")
