"""A map of a crawl as one SVG picture: what is shown where Leaflet or scripts are not to be had."""

from collections.abc import Iterable
from xml.etree import ElementTree

from c2c.collect.asked import Asked
from c2c.collect.ledger import Dot
from c2c.collect.pictures import Place
from c2c.geometry.earth import east_north_m

SIDE_PX = 720
MARGIN_PX = 12.0
ORDER = ("outside", "queued", "claimed", "failed", "done")  # later ones are drawn over earlier ones
LOOKS = {  # of each state: fill, stroke, radius in px; as the page's own style sheet and script have them
    "outside": ("none", "#9b958a", 2.0),
    "queued": ("none", "#8a5a00", 3.0),
    "claimed": ("#b8391a", "#b8391a", 4.5),
    "failed": ("#6b3fa0", "#6b3fa0", 3.5),
    "done": ("#1c6a8a", "#1c6a8a", 3.0),
}


def picture_of(asked: Asked, dots: Iterable[Dot]) -> str:
    """The map as an SVG document: the radius, the links that were followed, and a dot for each panorama within it."""
    scale = (SIDE_PX / 2 - MARGIN_PX) / asked.radius_m
    placed = {dot.id: dot for dot in dots if dot.place is not None}
    points = {id: _point(asked.centre, dot.place, scale) for id, dot in placed.items() if dot.place is not None}
    svg = ElementTree.Element(
        "svg",
        {
            "xmlns": "http://www.w3.org/2000/svg",
            "viewBox": f"0 0 {SIDE_PX} {SIDE_PX}",
            "width": str(SIDE_PX),
            "height": str(SIDE_PX),
        },
    )
    _circle(svg, (SIDE_PX / 2, SIDE_PX / 2), asked.radius_m * scale, "none", "#9b958a")
    followed = [(dot.parent, dot.id) for dot in placed.values() if dot.state == "done" and dot.parent in points]
    if followed:
        path = "".join("M{:.1f} {:.1f}L{:.1f} {:.1f}".format(*points[a or ""], *points[b]) for a, b in followed)
        ElementTree.SubElement(svg, "path", {"d": path, "fill": "none", "stroke": "#c9c2b4", "stroke-width": "1"})
    for dot in sorted(placed.values(), key=lambda dot: ORDER.index(dot.state)):
        fill, stroke, radius_px = LOOKS[dot.state]
        _circle(svg, points[dot.id], radius_px, fill, stroke)
    return ElementTree.tostring(svg, encoding="unicode")


def _point(centre: Place, place: Place, scale: float) -> tuple[float, float]:
    east_m, north_m = east_north_m(centre.lat_deg, centre.lon_deg, place.lat_deg, place.lon_deg)
    return SIDE_PX / 2 + east_m * scale, SIDE_PX / 2 - north_m * scale


def _circle(svg: ElementTree.Element, point: tuple[float, float], radius_px: float, fill: str, stroke: str) -> None:
    x, y = point
    attributes = {"cx": f"{x:.1f}", "cy": f"{y:.1f}", "r": f"{radius_px:.1f}", "fill": fill, "stroke": stroke}
    ElementTree.SubElement(svg, "circle", attributes)
