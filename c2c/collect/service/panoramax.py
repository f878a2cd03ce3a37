"""The routes of a Panoramax instance: a STAC API whose items are the panoramas and whose collections the streets."""

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from c2c.collect.service.catalogue import AUTHORS, Catalogue, Photo, Shot
from c2c.collect.service.gallery import Gallery
from c2c.collect.service.misbehaviour import Misbehaviours
from c2c.collect.service.offers import within_box
from c2c.collect.service.photometa import linked

PAGE, MOST_PAGE = 10, 1000
ASSETS = {"hd": 1 << 16, "sd": 2048, "thumb": 500}  # name -> width in pixels, at most
LICENCE = "CC-BY-SA-4.0"


def panoramax_routes(catalogue: Catalogue, gallery: Gallery, misbehaviours: Misbehaviours) -> list[Route]:
    """Panoramax, below `/panoramax`."""
    items = Items(catalogue, gallery, misbehaviours)

    def search(request: Request) -> Response:
        asked = request.query_params
        try:
            limit = min(max(1, int(asked.get("limit", PAGE))), MOST_PAGE)
            start = int(asked.get("start", 0))
            chosen = items.found(asked.get("bbox"), asked.get("ids"))
        except ValueError as error:
            return JSONResponse({"message": f"unreadable: {error}", "status_code": 400}, 400)
        page = chosen[start : start + limit]
        links = [{"rel": "root", "type": "application/json", "href": f"{request.base_url}panoramax/api/"}]
        if start + limit < len(chosen):
            onward = request.url.include_query_params(start=start + limit)
            links.append({"rel": "next", "type": "application/geo+json", "href": str(onward)})
        features = [items.item(shot, str(request.base_url)) for shot in page]
        return JSONResponse({"type": "FeatureCollection", "features": features, "links": links})

    def item(request: Request) -> Response:
        shot = items.get(request.path_params["item"])
        if shot is None or items.collection(shot) != request.path_params["collection"]:
            return JSONResponse({"message": "Item doesn't exist", "status_code": 404}, 404)
        return JSONResponse(items.item(shot, str(request.base_url)))

    def asset(request: Request) -> Response:
        shot, name = items.get(request.path_params["item"]), request.path_params["asset"]
        if shot is None or name not in ASSETS:
            return JSONResponse({"message": "Picture doesn't exist", "status_code": 404}, 404)
        content = (
            gallery.photo_jpeg(shot) if isinstance(shot, Photo) else gallery.panorama_jpeg(shot, ASSETS[name] // 2)
        )
        return Response(content, media_type="image/jpeg")

    return [
        Route("/api/search", search),
        Route("/api/collections/{collection}/items/{item}", item),
        Route("/api/pictures/{item}/{asset}.jpg", asset),
    ]


class Items:
    """The panoramas of today, and the photos, as STAC items."""

    def __init__(self, catalogue: Catalogue, gallery: Gallery, misbehaviours: Misbehaviours) -> None:
        self.catalogue, self.gallery, self.misbehaviours = catalogue, gallery, misbehaviours
        self.by_id: dict[str, Shot | Photo] = {self.id(one): one for one in (*catalogue.today, *catalogue.photos)}

    def id(self, one: Shot | Photo) -> str:
        """The id of a picture."""
        return self.catalogue.uuid(f"panoramax {type(one).__name__}", one.number)

    def collection(self, one: Shot | Photo) -> str:
        """The id of the sequence that a picture belongs to: its street."""
        return self.catalogue.uuid("panoramax street", self._street(one))

    def get(self, id: str) -> Shot | Photo | None:
        """The picture that bears an id."""
        return None if self.misbehaviours.marks("gone", id) else self.by_id.get(id)

    def _street(self, one: Shot | Photo) -> int:
        return self.catalogue.town.plan.stops[one.stop].street

    def found(self, bbox: str | None, ids: str | None) -> list[Shot | Photo]:
        """The pictures that lie in a box, or bear these ids.

        Raises:
            ValueError: these are no four numbers.
        """
        chosen = list(self.by_id.values())
        if ids:
            asked = ids.strip("[]").replace('"', "").split(",")
            chosen = [one for one in map(self.get, asked) if one is not None]
        return within_box(chosen, bbox) if bbox else chosen

    def item(self, one: Shot | Photo, base: str) -> dict[str, Any]:
        """One item."""
        id, collection, root = self.id(one), self.collection(one), f"{base}panoramax/api"
        author = AUTHORS[self._street(one) % len(AUTHORS)]
        whole = isinstance(one, Shot)
        size = (2 * self.gallery.height, self.gallery.height) if whole else self.gallery.photo_size
        return {
            "type": "Feature",
            "stac_version": "1.0.0",
            "id": id,
            "collection": collection,
            "geometry": _point(one),
            "bbox": [one.lon_deg, one.lat_deg, one.lon_deg, one.lat_deg],
            "providers": [{"name": "toytown", "roles": ["host"]}, {"name": author, "roles": ["producer"]}],
            "properties": {
                "datetime": f"{one.captured}T10:00:00+00:00",
                "license": LICENCE,
                "view:azimuth": round(one.heading_deg) % 360,
                "pers:pitch": 0 if whole else round(one.pitch_deg),
                "pers:roll": 0,
                "pers:interior_orientation": {
                    "field_of_view": 360 if whole else round(one.fov_deg),
                    "sensor_array_dimensions": list(size),
                },
                "geovisio:status": "ready",
                "geovisio:producer": author,
            },
            "links": [
                {"rel": "self", "type": "application/geo+json", "href": f"{root}/collections/{collection}/items/{id}"},
                {"rel": "license", "title": LICENCE, "href": f"https://spdx.org/licenses/{LICENCE}.html"},
                *(self._links(one, root) if whole else ()),
            ],
            "assets": {
                name: {
                    "title": name.upper(),
                    "roles": ["thumbnail" if name == "thumb" else "data"],
                    "type": "image/jpeg",
                    "href": f"{root}/pictures/{id}/{name}.jpg",
                }
                for name in ASSETS
            },
        }

    def _links(self, shot: Shot, root: str) -> list[dict[str, Any]]:
        """Neighbours: `prev` and `next` in the same sequence, `related` in others."""
        links, same = [], ["prev", "next"]
        for other in linked(self.catalogue, self.misbehaviours, shot):
            id = self.id(other)
            links.append(
                {
                    "rel": same.pop(0) if self._street(other) == self._street(shot) and same else "related",
                    "type": "application/geo+json",
                    "id": id,
                    "geometry": None if self.misbehaviours.marks("null-coordinates", id) else _point(other),
                    "href": f"{root}/collections/{self.collection(other)}/items/{id}",
                }
            )
        return links


def _point(one: Shot | Photo) -> dict[str, Any]:
    return {"type": "Point", "coordinates": [one.lon_deg, one.lat_deg]}
