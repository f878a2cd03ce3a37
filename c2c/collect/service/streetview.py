"""The routes of Street View: metadata, areas and tiles."""

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from c2c.collect.service.catalogue import Catalogue, Shot
from c2c.collect.service.gallery import Gallery
from c2c.collect.service.misbehaviour import Misbehaviours
from c2c.collect.service.photometa import answered, asked_id, asked_tile, coverage, gone, metadata


def street_view_routes(catalogue: Catalogue, gallery: Gallery, misbehaviours: Misbehaviours) -> list[Route]:
    """Street View, below `/streetview`."""

    def found(id: str | None) -> Shot | None:
        return None if not id or misbehaviours.marks("gone", id) else catalogue.shots_by_street_view_id.get(id)

    def one(request: Request) -> Response:
        shot = found(asked_id(request.query_params.get("pb", "")))
        return json_text(answered(metadata(catalogue, gallery, misbehaviours, shot) if shot else gone()))

    def area(request: Request) -> Response:
        tile = asked_tile(request.query_params.get("pb", ""))
        if tile is None:
            return PlainTextResponse("no tile in pb", 400)
        return json_text(answered(coverage(catalogue, misbehaviours, catalogue.today, tile)))

    def tile(request: Request) -> Response:
        asked = request.query_params
        shot = found(asked.get("panoid"))
        place = [asked.get(name, "") for name in ("zoom", "x", "y")]
        if shot is None or not all(text.isdigit() for text in place):
            return PlainTextResponse("", 404 if shot is None else 400)
        return Response(gallery.tile(shot, *map(int, place)), media_type="image/jpeg")

    return [
        Route("/maps/photometa/v1", one),
        Route("/maps/photometa/ac/v1", area),
        Route("/v1/tile", tile),
    ]


def json_text(text: str) -> Response:
    """JSON as Google serves it."""
    return Response(text, media_type="application/json; charset=UTF-8")
