"""What was asked of a crawl: `collection.json`, the first file of a collection."""

from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Literal

import msgspec

from c2c.collect.areas import metres_between
from c2c.collect.pictures import Place
from c2c.errors import CollectError
from c2c.records import write_json

Order = Literal["dfs", "bfs", "nearest"]
FILE = "collection.json"


@dataclass(frozen=True)
class Asked:
    """Panoramas of one source within a radius, and in which order they are visited."""

    source: str
    centre: Place
    radius_m: float
    order: Order = "dfs"
    limit: int | None = None  # panoramas
    zoom: int = 2  # of the pictures, 2 to the power of which they are 512 px wide, as far as the source has them so
    terms: dict[str, str] = field(default_factory=dict)  # accepted by name -> when first, UTC, ISO 8601
    urls: dict[str, str] = field(default_factory=dict)  # "base" and "tiles" that are asked, without keys; "at": --at

    def distance_m(self, place: Place) -> float:
        """How far a place lies from the centre."""
        return metres_between(self.centre, place)

    def holds(self, place: Place) -> bool:
        """Whether a place lies within the radius."""
        return self.distance_m(place) <= self.radius_m


def check_same(before: Asked, now: Asked) -> None:
    """Refuse to go on with one collection for something else.

    Order, limit and terms may change from one sitting to the next.

    Raises:
        CollectError: source, centre, radius, zoom or the service that is asked differ.
    """
    for name in ("source", "centre", "radius_m", "zoom"):
        was, is_now = getattr(before, name), getattr(now, name)
        if was != is_now:
            raise CollectError(
                f"This collection was begun with {_said(name, was)}, and now {_said(name, is_now)} is asked of it.\n"
                "Give the new crawl a name of its own, or leave the options out to go on with what was asked first."
            )
    for name in ("base", "tiles"):
        was, is_now = before.urls.get(name, ""), now.urls.get(name, "")
        if was and is_now and _service(was) != _service(is_now):
            raise CollectError(
                f"This collection was begun with the service at {_service(was)}, and now {_service(is_now)} is asked.\n"
                "Pictures of two services are not mixed. Give the new crawl a name of its own, or leave --at and --set "
                "out to go on with the first service; a Toytown service keeps its address with --port."
            )


def _service(url: str) -> str:
    import httpx

    from c2c.collect.addresses import origin_of

    parsed = httpx.URL(url)
    return f"{parsed.scheme}://{origin_of(parsed)}"


def _said(name: str, value: object) -> str:
    if isinstance(value, Place):
        return f"--centre {value.lat_deg},{value.lon_deg}"
    if name == "radius_m":
        return f"--radius {value:g}"
    return f"{name} {value}"


def write_asked(collection: Path, asked: Asked) -> None:
    """Write `collection.json`; terms keep the moment at which they were first accepted."""
    path = collection / FILE
    before = read_asked(collection).terms if path.is_file() else {}
    write_json(path, asdict(asked) | {"terms": asked.terms | before})


def read_asked(collection: Path) -> Asked:
    """Read `collection.json`.

    Raises:
        CollectError: there is none, or it cannot be read.
    """
    path = collection / FILE
    try:
        return msgspec.json.decode(path.read_bytes(), type=Asked)
    except FileNotFoundError as error:
        raise CollectError(
            f"{collection} holds no collection: {path} is not there.\nBegin one:\n    c2c collect crawl --help"
        ) from error
    except (OSError, msgspec.MsgspecError, RecursionError) as error:
        raise CollectError(f"{path} cannot be read: {error}\nPut it right, or begin a new collection.") from error
