"""The routes of Openverse: open works by words, for those without an account."""

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from c2c.collect.service.catalogue import Catalogue, Photo
from c2c.collect.service.gallery import Gallery
from c2c.collect.service.misbehaviour import Misbehaviours
from c2c.collect.service.offers import photo_route, title, with_words

MOST_PAGE, MOST_WORKS = 20, 240
LICENCES = {  # licence -> name and version as Openverse has them, address
    "CC BY-SA 4.0": ("by-sa", "4.0", "https://creativecommons.org/licenses/by-sa/4.0/"),
    "CC BY 4.0": ("by", "4.0", "https://creativecommons.org/licenses/by/4.0/"),
    "CC0 1.0": ("cc0", "1.0", "https://creativecommons.org/publicdomain/zero/1.0/"),
}


def openverse_routes(catalogue: Catalogue, gallery: Gallery, misbehaviours: Misbehaviours) -> list[Route]:
    """Openverse, below `/openverse`."""
    open_ones = [photo for photo in catalogue.photos if photo.licence in LICENCES]
    by_id = {catalogue.uuid("openverse", photo.number): photo for photo in open_ones}

    def images(request: Request) -> Response:
        asked = request.query_params
        try:
            size, page = int(asked.get("page_size", MOST_PAGE)), int(asked.get("page", 1))
        except ValueError as error:
            return JSONResponse({"detail": f"Invalid input: {error}"}, 400)
        if size > MOST_PAGE or size * page > MOST_WORKS or min(size, page) < 1:
            return JSONResponse({"detail": f"Requests for page {page} of {size} need an account"}, 401)
        found = with_words(catalogue, open_ones, asked.get("q", ""))
        if asked.get("license"):
            found = [photo for photo in found if LICENCES[photo.licence][0] in asked["license"].split(",")]
        listed = [work(photo, str(request.base_url)) for photo in found[(page - 1) * size : page * size]]
        pages = min(-(-len(found) // size), MOST_WORKS // size)
        about = {"result_count": len(found), "page_count": pages, "page_size": size, "page": page}
        return JSONResponse({**about, "results": listed})

    def work(photo: Photo, base: str) -> dict[str, Any]:
        id, named = catalogue.uuid("openverse", photo.number), title(catalogue, photo)
        licence, version, address = LICENCES[photo.licence]
        width, height = gallery.photo_size
        said = "is marked with" if licence == "cc0" else "is licensed under"
        return {
            "id": id,
            "title": named,
            "url": f"{base}openverse/files/{id}.jpg",
            "foreign_landing_url": f"https://toytown.example/photos/{photo.number}",
            "creator": photo.author,
            "creator_url": f"https://toytown.example/people/{photo.author.split()[0].lower()}",
            "license": licence,
            "license_version": version,
            "license_url": address,
            "provider": "toytown",
            "source": "toytown",
            "category": "photograph",
            "filetype": "jpg",
            "width": width,
            "height": height,
            "attribution": f'"{named}" by {photo.author} {said} {photo.licence}. To view it, visit {address}.',
            "mature": False,
        }

    return [
        Route("/v1/images/", images),
        photo_route("/files/{id}.jpg", gallery, misbehaviours, by_id.get),
    ]
