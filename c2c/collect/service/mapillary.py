"""The routes of Mapillary's graph: panoramas and photos by box and by id, never in pages."""

from datetime import UTC, datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from c2c.collect.service.catalogue import AUTHORS, Catalogue, Photo, Shot
from c2c.collect.service.gallery import Gallery
from c2c.collect.service.misbehaviour import Misbehaviours
from c2c.collect.service.offers import within_box

MOST_AT_ONCE = 2000
LARGEST_SQUARE_DEG = 0.01
THUMBS_PX = {"thumb_256_url": 256, "thumb_1024_url": 1024, "thumb_2048_url": 2048, "thumb_original_url": 1 << 16}


def mapillary_routes(catalogue: Catalogue, gallery: Gallery, misbehaviours: Misbehaviours) -> list[Route]:
    """Mapillary, below `/mapillary`."""
    images = _Images(catalogue, gallery)

    def found_by(id: str) -> Shot | Photo | None:
        return None if misbehaviours.marks("gone", id) else images.by_id.get(id)

    def listed(request: Request) -> Response:
        asked = request.query_params
        if not _may(request):
            return _failed(401, "Invalid OAuth access token - Cannot parse access token", 190)
        try:
            west, south, east, north = map(float, asked["bbox"].split(","))
            if (east - west) * (north - south) > LARGEST_SQUARE_DEG:
                return _failed(400, "The bbox is too large: its area must be below 0.01 degrees squared", 100)
            limit = min(int(asked.get("limit", MOST_AT_ONCE)), MOST_AT_ONCE)
            shots = within_box(images.shots, asked["bbox"]) if asked.get("is_pano", "true") == "true" else []
            photos = within_box(catalogue.photos, asked["bbox"]) if asked.get("is_pano", "false") == "false" else []
        except (KeyError, ValueError) as error:
            return _failed(400, f"Param bbox must be a valid bounding box: {error}", 100)
        fields, base = asked.get("fields", "id").split(","), str(request.base_url)
        found = [images.told(one, fields, base) for one in (*shots, *photos)]
        return JSONResponse({"data": found[:limit]})

    def one(request: Request) -> Response:
        if not _may(request):
            return _failed(401, "Invalid OAuth access token - Cannot parse access token", 190)
        id = request.path_params["id"]
        found = found_by(id)
        if found is None:
            return _failed(404, f"Object with ID '{id}' does not exist", 100)
        fields = request.query_params.get("fields", "id").split(",")
        return JSONResponse(images.told(found, fields, str(request.base_url)))

    def thumb(request: Request) -> Response:
        found = found_by(request.path_params["id"])
        if found is None:
            return _failed(404, "no such picture", 100)
        content = (
            gallery.photo_jpeg(found)
            if isinstance(found, Photo)
            else gallery.panorama_jpeg(found, request.path_params["width"] // 2)
        )
        return Response(content, media_type="image/jpeg")

    return [Route("/images", listed), Route("/thumbs/{id}/{width:int}.jpg", thumb), Route("/{id}", one)]


class _Images:
    """Today's panoramas and the photos as images of Mapillary."""

    def __init__(self, catalogue: Catalogue, gallery: Gallery) -> None:
        self.catalogue, self.gallery = catalogue, gallery
        self.shots = catalogue.today
        self.by_id: dict[str, Shot | Photo] = {self._id(one): one for one in (*self.shots, *catalogue.photos)}

    def _id(self, one: Shot | Photo) -> str:
        return self.catalogue.whole_number(f"mapillary {type(one).__name__}", one.number, 16)

    def told(self, one: Shot | Photo, fields: list[str], base: str) -> dict[str, Any]:
        """The fields that were asked for, and the id."""
        id, place = self._id(one), {"type": "Point", "coordinates": [one.lon_deg, one.lat_deg]}
        size = self.gallery.photo_size if isinstance(one, Photo) else (2 * self.gallery.height, self.gallery.height)
        known = {
            "geometry": place,
            "computed_geometry": place,
            "compass_angle": one.heading_deg,
            "computed_compass_angle": one.heading_deg,
            "captured_at": int(datetime.fromisoformat(one.captured).replace(tzinfo=UTC).timestamp()) * 1000,
            "is_pano": isinstance(one, Shot),
            "camera_type": "spherical" if isinstance(one, Shot) else "perspective",
            "width": size[0],
            "height": size[1],
            "altitude": self.catalogue.town.anchor.elevation_m,
            "creator": {"username": AUTHORS[one.stop % len(AUTHORS)], "id": str(10**9 + one.stop)},
            "sequence": self.catalogue.uuid("sequence", self.catalogue.town.plan.stops[one.stop].street),
            **{name: f"{base}mapillary/thumbs/{id}/{width}.jpg" for name, width in THUMBS_PX.items()},
        }
        return {"id": id, **{name: known[name] for name in fields if name in known}}


def _may(request: Request) -> bool:
    """Whether a token came along."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return (scheme == "OAuth" and bool(token)) or bool(request.query_params.get("access_token"))


def _failed(status: int, message: str, code: int) -> Response:
    return JSONResponse({"error": {"message": message, "type": "MLYApiException", "code": code}}, status)
