"""Google Street View: panoramas with depth, by the requests that its own page makes. Its terms forbid much: opt-in."""

from collections.abc import Iterator
from urllib.parse import quote, urlencode

from c2c.collect.areas import map_tile, metres_between, ring, tile_side_m
from c2c.collect.failures import BadAnswer
from c2c.collect.fetching import Fetcher
from c2c.collect.pictures import FoundPicture, Link, Place, Rights
from c2c.collect.settings import SourceSettings
from c2c.collect.sources.photometa import TILE_PX, Photometa, read_coverage, read_photometa
from c2c.collect.tiles import grid, stitch

ABOUT = (  # a message in the page's own notation: !, number of the field, type, value; m counts the fields within
    "!1m4!1smaps_sv.tactile!11m2!2m1!1b1!2m2!1sen!2sus!3m3!1m2!1e2!2s{id}"
    "!4m57!1e1!1e2!1e3!1e4!1e5!1e6!1e8!1e12!2m1!1e1!4m1!1i48!5m1!1e1!5m1!1e2!6m1!1e1!6m1!1e2"
    "!9m36!1m3!1e2!2b1!3e2!1m3!1e2!2b0!3e3!1m3!1e3!2b1!3e2!1m3!1e3!2b0!3e3!1m3!1e8!2b0!3e3"
    "!1m3!1e1!2b0!3e3!1m3!1e4!2b0!3e3!1m3!1e10!2b1!3e2!1m3!1e10!2b0!3e3"
)
COVERAGE = "!1m1!1smaps_sv.tactile!6m3!1i{x}!2i{y}!3i{zoom}!8b1"
COVERAGE_ZOOM = 17
LANDING = "https://www.google.com/maps/@?api=1&map_action=pano&pano="
TERMS_URL = "https://www.google.com/help/terms_maps/"
MOST_TILE_BYTES = 4 * 2**20


class StreetView:
    """Street View, or a service that answers like it."""

    name = "streetview"
    requests_a_look = 1

    def __init__(self, settings: SourceSettings, fetcher: Fetcher) -> None:
        self.settings, self.fetcher = settings, fetcher
        self._covered: dict[tuple[int, int], list[Link]] = {}  # by tile, for another try after a failure

    def near(self, centre: Place, radius_m: float) -> Iterator[Link]:
        """Panoramas around a place, nearest first; a tile of the map is asked about only once it can hold the next.

        Raises:
            CollectError: as `Fetcher.get`.
        """
        x, y = map_tile(centre, COVERAGE_ZOOM)
        side_m, count = tile_side_m(centre.lat_deg, COVERAGE_ZOOM), 1 << COVERAGE_ZOOM
        waiting: dict[str, tuple[float, Link]] = {}
        seen: set[str] = set()
        for away in range(int(radius_m / side_m) + 2):
            for column, row in ring(x, y, away, count):
                for link in self._coverage(column, row):
                    if link.id in seen or link.place is None:
                        continue
                    if (metres := metres_between(centre, link.place)) <= radius_m:
                        seen.add(link.id)
                        waiting[link.id] = (metres, link)
            yield from _nearest(waiting, within_m=away * side_m)  # nothing nearer can come from the next ring
        self._covered.clear()
        yield from _nearest(waiting, within_m=radius_m)

    def look(self, id: str) -> FoundPicture:
        """What Street View knows of one panorama, with its depth payload.

        Raises:
            Gone: there is no such panorama any more.
            CollectError: as `Fetcher.get`, or the answer is of another shape.
        """
        params = {"authuser": "0", "hl": "en", "gl": "us", "pb": ABOUT.format(id=_escaped(id))}
        return self._found(read_photometa(self.fetcher.json(self.settings.url("maps/photometa/v1"), params), id))

    def picture(self, found: FoundPicture) -> bytes:
        """The panorama as JPEG, out of its tiles.

        Raises:
            CollectError: as `Fetcher.get`; `BadAnswer` for a black tile.
        """
        tiles = (self.fetcher.get(url, most_bytes=MOST_TILE_BYTES) for url in found.urls)
        return stitch(tiles, found.width_px, found.height_px, TILE_PX)

    def _coverage(self, x: int, y: int) -> list[Link]:
        if (x, y) not in self._covered:
            query = {"pb": COVERAGE.format(x=x, y=y, zoom=COVERAGE_ZOOM)}
            answer = self.fetcher.json(self.settings.url("maps/photometa/ac/v1"), query)
            self._covered[x, y] = read_coverage(answer)
        return self._covered[x, y]

    def _found(self, told: Photometa) -> FoundPicture:
        zoom = min(self.settings.zoom, len(told.sizes_px) - 1)
        width, height = told.sizes_px[zoom]
        if width * height > self.settings.most_pixels:
            raise BadAnswer(
                f"Street View's picture of {told.id!r} has {width}x{height} px; at most {self.settings.most_pixels} "
                "pixels are taken."
            )
        return FoundPicture(
            source=self.name,
            id=told.id,
            kind="panorama",
            place=told.place,
            captured=told.captured,
            width_px=width,
            height_px=height,
            rights=_rights(told),
            heading_deg=told.heading_deg,
            pitch_deg=told.pitch_deg,
            roll_deg=told.roll_deg,
            links=told.links,
            history=told.history,
            urls=tuple(self._tile_url(told.id, zoom, column, row) for column, row in grid(width, height, TILE_PX)),
            payload=told.payload,
            zoom=zoom,
        )

    def _tile_url(self, id: str, zoom: int, column: int, row: int) -> str:
        query = {"cb_client": "maps_sv.tactile", "panoid": id, "x": column, "y": row, "zoom": zoom}
        return f"{self.settings.tiles_url.rstrip('/')}/v1/tile?{urlencode(query)}"


def _nearest(waiting: dict[str, tuple[float, Link]], within_m: float) -> Iterator[Link]:
    """Take out those within a distance, nearest first."""
    near = sorted((metres, id) for id, (metres, _) in waiting.items() if metres <= within_m)
    yield from [waiting.pop(id)[1] for _, id in near]


def _escaped(id: str) -> str:
    """An id as a value of the page's notation, where ! and * have meanings."""
    return id.replace("*", "*2A").replace("!", "*21")


def _rights(told: Photometa) -> Rights:
    credit = told.copyright or "© Google"
    return Rights(
        licence="Google Maps terms of service",
        licence_url=TERMS_URL,
        author=told.author or "Google",
        attribution=f"{credit}, Street View{f', {told.captured}' if told.captured else ''}",
        landing_page=LANDING + quote(told.id, safe=""),
        redistributable=False,
    )
