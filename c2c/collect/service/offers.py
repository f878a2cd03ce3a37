"""What the open collections of the Toytown service have in common: photos found by words, places and days."""

import re
from collections.abc import Callable, Iterable
from typing import TypeVar

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from c2c.collect.areas import metres_between
from c2c.collect.pictures import Place
from c2c.collect.service.catalogue import Catalogue, Photo, Shot
from c2c.collect.service.gallery import Gallery
from c2c.collect.service.misbehaviour import Misbehaviours

Offer = TypeVar("Offer", bound=Shot | Photo)


def title(catalogue: Catalogue, photo: Photo) -> str:
    """What a photo is called."""
    street = catalogue.town.plan.stops[photo.stop].street
    return f"{catalogue.town.anchor.name}, Street {street + 1}, façades, {photo.number + 1}"


def with_words(catalogue: Catalogue, photos: Iterable[Photo], words: str) -> list[Photo]:
    """The photos whose title or city has every one of these words; what looks like an operator is no word."""
    wanted = [word.lower() for word in re.findall(r"[^\s,+]+", words) if ":" not in word]

    def has(photo: Photo) -> bool:
        return all(word in f"{title(catalogue, photo)} {catalogue.town.city}".lower() for word in wanted)

    return [photo for photo in photos if has(photo)]


def within_box(offers: Iterable[Offer], bbox: str) -> list[Offer]:
    """Those inside of west, south, east, north.

    Raises:
        ValueError: these are no four numbers.
    """
    west, south, east, north = (float(part) for part in bbox.split(","))
    return [one for one in offers if west <= one.lon_deg <= east and south <= one.lat_deg <= north]


def within_circle(offers: Iterable[Offer], lat_deg: float, lon_deg: float, radius_m: float) -> list[Offer]:
    """Those no farther from a place, nearest first."""
    away = [(metres_between(Place(lat_deg, lon_deg), Place(one.lat_deg, one.lon_deg)), one) for one in offers]
    return [one for metres, one in sorted(away, key=lambda pair: pair[0]) if metres <= radius_m]


def photo_route(
    path: str, gallery: Gallery, misbehaviours: Misbehaviours, found: Callable[[str], Photo | None]
) -> Route:
    """The route of photos' files; the path names the photo as `{id}`."""

    def file(request: Request) -> Response:
        id = request.path_params["id"]
        photo = None if misbehaviours.marks("gone", id) else found(id)
        if photo is None:
            return PlainTextResponse("not found", 404)
        return Response(gallery.photo_jpeg(photo), media_type="image/jpeg")

    return Route(path, file)
