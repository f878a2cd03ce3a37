"""Answers in the shape of Street View's photometa: lists in lists, whose places alone tell what stands there.

The places are those of recorded answers: only what a crawl needs is filled in, the rest is null as it often is there.
"""

import json
import math
import re
from collections.abc import Sequence
from typing import Any

from c2c.collect.service import payloads
from c2c.collect.service.catalogue import Catalogue, Shot
from c2c.collect.service.gallery import TILE_PX, Gallery
from c2c.collect.service.misbehaviour import Misbehaviours

PREFIX = ")]}'\n"
ZOOM = 17  # of the map tiles that list panoramas


def asked_id(pb: str) -> str | None:
    """The id in a metadata request's `pb`."""
    found = re.search(r"!1e2!2s([^!]+)", pb)
    return found[1] if found else None


def asked_tile(pb: str) -> tuple[int, int] | None:
    """The map tile in an area request's `pb`."""
    found = re.search(r"!1i(\d+)!2i(\d+)!3i17", pb)
    return (int(found[1]), int(found[2])) if found else None


def tile_of(lat_deg: float, lon_deg: float) -> tuple[int, int]:
    """The map tile of a place."""
    tiles, lat = 2**ZOOM, math.radians(lat_deg)
    x = (lon_deg + 180) / 360 * tiles
    y = (1 - math.asinh(math.tan(lat)) / math.pi) / 2 * tiles
    return int(x), int(y)


def answered(message: Any) -> str:
    """The text of an answer."""
    return PREFIX + json.dumps(message, separators=(",", ":"), ensure_ascii=False)


def gone() -> list[Any]:
    """What is told of an id that is no more."""
    return [[], [[[2]]]]


def metadata(catalogue: Catalogue, gallery: Gallery, misbehaviours: Misbehaviours, shot: Shot) -> list[Any]:
    """Everything about one panorama, its depth payload included."""
    id = catalogue.street_view_ids[shot.number]
    height = gallery.height
    levels = [[[size, 2 * size]] for size in gallery.level_heights]
    year, month, _ = map(int, shot.captured.split("-"))
    message = [
        [1],
        [2, id],
        [2, 2, [height, 2 * height], [levels, [TILE_PX, TILE_PX]], *[None] * 5, id],
        [None, None, [[street_name(catalogue, shot), "und"], [catalogue.town.anchor.name, "en"]]],
        [[[["© 2026 Toytown"]]], [[["Toytown"], "//toytown.example/streetview", "//toytown.example/p.jpg"]]],
        [_surroundings(catalogue, gallery, misbehaviours, shot)],
        [3, 4, 1, None, None, [None, None, "launch", [6]], None, [year, month]],
        [f"//toytown.example/local/imagery/report/?image_key=!1e2!2s{id}"],
        *[None] * 4,
        [],
    ]
    return [[], [message]]


def _surroundings(catalogue: Catalogue, gallery: Gallery, misbehaviours: Misbehaviours, shot: Shot) -> list[Any]:
    """Where a panorama was taken, and what is near it."""
    neighbours = linked(catalogue, misbehaviours, shot)
    earlier = [] if shot.earlier is None else [catalogue.shots[shot.earlier]]
    near = [shot, *neighbours, *earlier]
    links = [[place, [None, None, None, bearing(shot, other)]] for place, other in enumerate(neighbours, 1)]
    past = [
        [place, list(map(int, other.captured.split("-")[:2])), None, None, None, 2]
        for place, other in enumerate(earlier, 1 + len(neighbours))
    ]
    return [
        [1],
        [*_where(shot, 90.0), None, catalogue.town.anchor.country],
        None,
        [[_near(catalogue, misbehaviours, other) for other in near]],
        None,
        [None, [None, None, _payload(catalogue, gallery, misbehaviours, shot)]],
        links or None,
        None,
        past or None,
        *[None] * 3,
        [[[[[None, ["1", "2"]]], None, [street_name(catalogue, shot), "und"]], [shot.heading_deg]]],
    ]


def linked(catalogue: Catalogue, misbehaviours: Misbehaviours, shot: Shot) -> list[Shot]:
    """The shots next to one, without those of other streets that it was cut off from; these do not lead here either."""
    stops, ids = catalogue.town.plan.stops, catalogue.street_view_ids

    def cut_off(other: Shot) -> bool:
        pair = " ".join(sorted((ids[shot.number], ids[other.number])))
        return stops[other.stop].street != stops[shot.stop].street and misbehaviours.marks("disconnected", pair)

    return [other for other in (catalogue.shots[number] for number in shot.links) if not cut_off(other)]


def _near(catalogue: Catalogue, misbehaviours: Misbehaviours, shot: Shot) -> list[Any]:
    """An entry of the list of what is near."""
    id = catalogue.street_view_ids[shot.number]
    return [[2, id]] if misbehaviours.marks("null-coordinates", id) else [[2, id], None, _where(shot, 90.0)]


def _payload(catalogue: Catalogue, gallery: Gallery, misbehaviours: Misbehaviours, shot: Shot) -> str:
    payload, id = gallery.payload(shot), catalogue.street_view_ids[shot.number]
    if misbehaviours.marks("torn-payload", id):
        return payloads.torn(payload)
    if misbehaviours.marks("hostile-payload", id):
        return payloads.hostile(payload, shot.number)
    return payloads.mirrored(payload) if misbehaviours.marks("mirrored-payload", id) else payload


def _where(shot: Shot, level: float) -> list[Any]:
    """Place, elevation and heading; `level` is the pitch of a camera that is level."""
    return [[None, None, shot.lat_deg, shot.lon_deg], [shot.elevation_m], [shot.heading_deg, level, 0.0]]


def coverage(
    catalogue: Catalogue, misbehaviours: Misbehaviours, shots: Sequence[Shot], tile: tuple[int, int]
) -> list[Any]:
    """The panoramas of one map tile, and then those just outside that are linked to them; links count in this list."""
    inside = [shot for shot in shots if tile_of(shot.lat_deg, shot.lon_deg) == tile]
    near = dict.fromkeys([*inside, *(other for shot in inside for other in linked(catalogue, misbehaviours, shot))])
    rank = {shot.number: place for place, shot in enumerate(near)}
    listed = [
        [
            [[2, catalogue.street_view_ids[shot.number]], None, _where(shot, 0.0)],
            [rank[other.number] for other in linked(catalogue, misbehaviours, shot) if other.number in rank],
        ]
        for shot in near
    ]
    return [None, [None, listed] if listed else []]


def street_name(catalogue: Catalogue, shot: Shot) -> str:
    """The name of the street that a panorama was taken in."""
    street = catalogue.town.plan.stops[shot.stop].street
    return f"Street {street + 1}"


def bearing(here: Shot, there: Shot) -> float:
    """Compass bearing from one panorama to another, in degrees."""
    north = there.lat_deg - here.lat_deg
    east = (there.lon_deg - here.lon_deg) * math.cos(math.radians(here.lat_deg))
    return math.degrees(math.atan2(east, north)) % 360
