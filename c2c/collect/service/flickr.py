"""The routes of Flickr: the methods that a search for open photos needs."""

from typing import Any

from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from c2c.collect.service.catalogue import Catalogue, Photo
from c2c.collect.service.gallery import Gallery
from c2c.collect.service.misbehaviour import Misbehaviours
from c2c.collect.service.offers import photo_route, title, with_words, within_box

LICENCES = {  # id -> name, address
    "0": ("All Rights Reserved", "https://www.flickrhelp.com/hc/en-us/articles/10710266545556"),
    "2": ("CC BY-NC 2.0", "https://creativecommons.org/licenses/by-nc/2.0/"),
    "9": ("CC0 1.0", "https://creativecommons.org/publicdomain/zero/1.0/"),
    "11": ("CC BY 4.0", "https://creativecommons.org/licenses/by/4.0/"),
    "14": ("CC BY-SA 4.0", "https://creativecommons.org/licenses/by-sa/4.0/"),
}
IDS = {name.lower(): id for id, (name, _) in LICENCES.items()}


def flickr_routes(catalogue: Catalogue, gallery: Gallery, misbehaviours: Misbehaviours) -> list[Route]:
    """Flickr, below `/flickr`."""
    ids = {photo.number: catalogue.whole_number("flickr", photo.number, 11) for photo in catalogue.photos}
    by_id = {ids[photo.number]: photo for photo in catalogue.photos}

    def rest(request: Request) -> Response:
        asked = request.query_params
        if not asked.get("api_key"):
            return _failed(100, "Invalid API Key (Key has invalid format)")
        try:
            match asked.get("method"):
                case "flickr.photos.search":
                    return JSONResponse(search(asked, str(request.base_url)))
                case "flickr.photos.licenses.getInfo":
                    listed = [{"id": int(id), "name": name, "url": url} for id, (name, url) in LICENCES.items()]
                    return JSONResponse({"licenses": {"license": listed}, "stat": "ok"})
                case other:
                    return _failed(112, f'Method "{other}" not found')
        except ValueError as error:
            return _failed(4, f"Bad value: {error}")

    def search(asked: QueryParams, base: str) -> dict[str, Any]:
        found = _found(catalogue, asked)
        size = min(max(1, int(asked.get("per_page", 100))), 250 if "bbox" in asked else 500)
        page, pages = max(1, int(asked.get("page", 1))), -(-len(found) // size)
        listed = [photo_of(photo, base) for photo in found[(page - 1) * size : page * size]]
        about = {"page": page, "pages": pages, "perpage": size, "total": len(found)}
        return {"photos": {**about, "photo": listed}, "stat": "ok"}

    def photo_of(photo: Photo, base: str) -> dict[str, Any]:
        id, (width, height) = ids[photo.number], gallery.photo_size
        address = f"{base}flickr/live/{id}_b.jpg"
        sizes = {"url_l": address, "width_l": width, "height_l": height}
        if photo.number % 5 == 0:
            sizes |= {"url_o": address, "width_o": width, "height_o": height}
        return {
            "id": id,
            "owner": f"{photo.author.split()[0].lower()}@N01",
            "title": title(catalogue, photo),
            "license": IDS[photo.licence.lower()],
            "ownername": photo.author,
            "datetaken": f"{photo.captured} 12:00:00",
            "datetakengranularity": 0,
            "datetakenunknown": "0",
            "latitude": f"{photo.lat_deg:.6f}",
            "longitude": f"{photo.lon_deg:.6f}",
            "accuracy": "16",
            "media": "photo",
            **sizes,
        }

    return [
        Route("/services/rest/", rest),
        photo_route("/live/{id}_b.jpg", gallery, misbehaviours, by_id.get),
    ]


def _found(catalogue: Catalogue, asked: QueryParams) -> list[Photo]:
    """The photos that a search gives, oldest first.

    Raises:
        ValueError: a parameter cannot be read.
    """
    found = with_words(catalogue, catalogue.photos, asked.get("text", ""))
    found = with_words(catalogue, found, asked.get("tags", "").replace(",", " "))
    if "bbox" in asked:
        found = within_box(found, asked["bbox"])
    if asked.get("license"):
        found = [photo for photo in found if IDS[photo.licence.lower()] in asked["license"].split(",")]
    first, last = asked.get("min_taken_date", "")[:10], asked.get("max_taken_date", "9999")[:10]
    return sorted((photo for photo in found if first <= photo.captured <= last), key=lambda photo: photo.captured)


def _failed(code: int, message: str) -> Response:
    return JSONResponse({"stat": "fail", "code": code, "message": message})
