"""Where pictures come from: a protocol for panoramas that link to each other, and one for photos that are searched."""

from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from c2c.collect.pictures import FoundPicture, Link, Place

if TYPE_CHECKING:
    from c2c.collect.fetching import Fetcher
    from c2c.collect.settings import SourceSettings

CLASSES = {  # by name, which is that of the module too, imported when the source is used
    "panoramax": "Panoramax",
    "mapillary": "Mapillary",
    "streetview": "StreetView",
    "commons": "Commons",
    "flickr": "Flickr",
    "openverse": "Openverse",
    "browser": "Browser",
}


@dataclass(frozen=True)
class PhotoQuery:
    """What photos are wanted; an empty field asks for nothing. A source says where it cannot ask for something."""

    text: str = ""  # words to search for
    category: str = ""  # of Wikimedia Commons, with or without "Category:"
    centre: Place | None = None
    radius_m: float = 1000.0  # around the centre
    taken_from: str = ""  # ISO date, the first day
    taken_until: str = ""  # ISO date, the last day


@runtime_checkable
class PanoramaSource(Protocol):
    """Panoramas that know their neighbours."""

    name: str
    requests_a_look: int  # that `look` takes

    def near(self, centre: Place, radius_m: float) -> Iterator[Link]:
        """Panoramas around a place, nearest first: where a crawl can begin.

        Raises:
            CollectError: as `Fetcher.get`.
        """
        ...

    def look(self, id: str) -> FoundPicture:
        """What the source knows of one panorama.

        Raises:
            Gone: there is no such panorama (any more).
            CollectError: as `Fetcher.get`.
        """
        ...

    def picture(self, found: FoundPicture) -> bytes:
        """The whole panorama as JPEG, tiles stitched.

        Raises:
            CollectError: as `Fetcher.get`; `BadAnswer` for tiles that hold nothing.
        """
        ...


@runtime_checkable
class PhotoSource(Protocol):
    """Photos that are found by words, place or date."""

    name: str

    def search(self, wanted: PhotoQuery) -> Iterator[FoundPicture]:
        """Photos that fit, page after page; a query too large for the source is split.

        Raises:
            CollectError: as `Fetcher.get`, or the source cannot be asked for this.
        """
        ...

    def picture(self, found: FoundPicture) -> bytes:
        """The photo's file, JPEG, PNG or WebP.

        Raises:
            CollectError: as `Fetcher.get`.
        """
        ...


def source(name: str, settings: "SourceSettings", fetcher: "Fetcher") -> PanoramaSource | PhotoSource:
    """The source of a name; some are of both protocols.

    Raises:
        CollectError: there is no such source.
    """
    return getattr(import_module(f"{__name__}.{name}"), CLASSES[name])(settings, fetcher)
