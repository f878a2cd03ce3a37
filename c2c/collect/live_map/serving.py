"""The server of the live map: one page on this machine, its dots out of the ledger, and nothing beside.

Ids come from a service that nobody here controls: they travel as JSON, and the page shows them as text. The page may
load nothing from elsewhere, except tiles where a person asked for some.
"""

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from c2c.collect.asked import Asked
from c2c.collect.known import KNOWN
from c2c.collect.ledger import Dot, Ledger
from c2c.collect.live_map.picture import picture_of
from c2c.errors import C2CError, CollectError
from c2c.loopback import ONLY_THIS_MACHINE

HERE = Path(__file__).parent
TYPES = {".html": "text/html", ".css": "text/css", ".js": "text/javascript", "": "text/plain"}
MOST_DOTS = 5000  # of one answer; the page asks again for the rest
SUBDOMAINS = "abc"  # what Leaflet puts in the place of {s}
HOST = re.compile(r"[a-z0-9_.-]+(:\d+)?|\[[0-9a-f:.]+\](:\d+)?")
Endpoint = Callable[[Request], Awaitable[Response]]


@dataclass(frozen=True)
class Shown:
    """What a map shows besides its dots."""

    title: str
    asked: Asked
    leaflet: Mapping[str, Path] = field(default_factory=dict)  # by name; without them a picture is shown
    tiles: str = ""  # address of map tiles with {z}, {x} and {y}; none by default: nobody is asked for any
    credit: str = ""  # of the tiles

    def __post_init__(self) -> None:
        if self.tiles and not (self.tiles_origins and all(part in self.tiles for part in ("{z}", "{x}", "{y}"))):
            raise CollectError(
                f"--tiles {self.tiles!r} is no address of map tiles; {{z}}, {{x}} and {{y}} must stand in its path, "
                "at most {s} in the name of its host, and no user or password before it, as in\n"
                "    --tiles 'https://tile.example.org/{z}/{x}/{y}.png' --credit '© their authors'"
            )

    @property
    def tiles_origins(self) -> list[str]:
        """Schemes and hosts of the tiles, as browsers compare them; none where there are none."""
        found = [_origin(self.tiles.replace("{s}", name)) for name in SUBDOMAINS]
        return sorted({origin for origin in found if origin is not None})

    @property
    def headers(self) -> dict[str, str]:
        """What every answer says to the browser."""
        tiles = " ".join(self.tiles_origins)
        policy = f"default-src 'self'; img-src 'self' data: {tiles}; base-uri 'none'; form-action 'none'"
        return {
            "Content-Security-Policy": policy,
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "strict-origin-when-cross-origin" if self.tiles else "no-referrer",
            "Cache-Control": "no-store",
        }


def application(ledger: Ledger, shown: Shown) -> Starlette:
    """What answers the page; it asks for this machine by name, so that no other site can make it ask.

    Args:
        ledger: of the crawl; it is asked from the thread of the server alone, so give it one of its own.
        shown: what else the page shows.
    """

    async def about(_: Request) -> Response:
        return JSONResponse(_about(shown), headers=shown.headers)

    async def dots(request: Request) -> Response:
        return JSONResponse(_changed(ledger, _number(request.query_params.get("since", ""))), headers=shown.headers)

    async def picture(_: Request) -> Response:
        return Response(picture_of(shown.asked, ledger.dots()), headers=shown.headers, media_type="image/svg+xml")

    async def unanswered(_: Request, error: Exception) -> Response:
        return PlainTextResponse(str(error), 503, shown.headers)

    files = {"/": HERE / "page.html", "/page.css": HERE / "page.css", "/page.js": HERE / "page.js"}
    files |= {f"/leaflet/{name}": path for name, path in shown.leaflet.items()}
    routes = [Route(address, _file(path, shown)) for address, path in files.items()]
    routes += [Route("/about.json", about), Route("/dots.json", dots), Route("/map.svg", picture)]
    return Starlette(routes=routes, middleware=[ONLY_THIS_MACHINE], exception_handlers={C2CError: unanswered})


def _origin(address: str) -> str | None:
    """Scheme and host of an address of the web, the host in ASCII; None where it is none, or names a user."""
    try:
        url = httpx.URL(address)
    except httpx.InvalidURL:
        return None
    host = url.netloc.decode()
    usable = url.scheme in ("http", "https") and not url.userinfo and HOST.fullmatch(host)
    return f"{url.scheme}://{host}" if usable else None


def _file(path: Path, shown: Shown) -> Endpoint:
    async def answer(_: Request) -> Response:
        return FileResponse(path, headers=shown.headers, media_type=TYPES[path.suffix])

    return answer


def _about(shown: Shown) -> dict[str, Any]:
    asked = shown.asked
    place = f"{asked.centre.lat_deg:g}, {asked.centre.lon_deg:g}"
    source = KNOWN[asked.source].title if asked.source in KNOWN else asked.source
    return {
        "title": shown.title,
        "said": f"{source}, {asked.radius_m:,.0f} m around {place}",
        "lat_deg": asked.centre.lat_deg,
        "lon_deg": asked.centre.lon_deg,
        "radius_m": asked.radius_m,
        "tiles": shown.tiles,
        "credit": shown.credit,
    }


def _changed(ledger: Ledger, since: int) -> dict[str, Any]:
    found = ledger.dots(since, MOST_DOTS)
    last, more = found[-1].changed if found else since, len(found) == MOST_DOTS
    return {"counts": asdict(ledger.counts()), "last": last, "more": more, "dots": [_plain(dot) for dot in found]}


def _plain(dot: Dot) -> dict[str, Any]:
    lat_deg, lon_deg = (dot.place.lat_deg, dot.place.lon_deg) if dot.place else (None, None)
    return {"id": dot.id, "lat_deg": lat_deg, "lon_deg": lon_deg, "state": dot.state, "parent": dot.parent}


def _number(text: str) -> int:
    """A count of changes out of an address; 0 where it is none."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else 0
