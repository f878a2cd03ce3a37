"""`views.json`: which views were made of which panoramas, where these stand, and who owns them."""

from dataclasses import asdict, dataclass
from pathlib import Path

import msgspec

from c2c.collect.pictures import Place, Rights
from c2c.errors import CollectError
from c2c.geometry import PinholeCamera
from c2c.records import Skipped, write_json

FILE = "views.json"
SCHEMA = 1


@dataclass(frozen=True)
class MadeView:
    """One view on disk. Paths are relative to the folder of views and use forward slashes."""

    picture: str
    depth: str | None  # planar depth, 16-bit PNG, metres x 256; None where the panorama has none
    camera: PinholeCamera  # yaw is measured from the panorama's middle column
    bearing_deg: float | None  # compass bearing of the camera's axis, in [0, 360)


@dataclass(frozen=True)
class ViewedPanorama:
    """A panorama and the views made of it."""

    source: str  # "" for a picture of one's own
    id: str
    place: Place | None
    captured: str  # "" where unknown
    heading_deg: float | None  # compass bearing of the middle column
    rights: Rights | None  # None where unknown
    views: tuple[MadeView, ...]


@dataclass(frozen=True)
class ViewsList:
    """All views of a folder, in the order of their panoramas."""

    panoramas: tuple[ViewedPanorama, ...]
    skipped: tuple[Skipped, ...] = ()  # panoramas that could not be used, by their picture's path, and why

    def place_of(self) -> dict[str, Place]:
        """The place of each view's picture, where it is known."""
        return {view.picture: one.place for one in self.panoramas if one.place for view in one.views}


def write_views_list(folder: Path, views: ViewsList) -> None:
    """Write the list of a folder's views beside them."""
    write_json(folder / FILE, {"kind": "views", "schema": SCHEMA, **asdict(views)})


def read_views_list(folder: Path) -> ViewsList:
    """Read the list of a folder's views.

    Raises:
        CollectError: it is missing, torn, no such list, or of a newer schema.
    """
    path = folder / FILE
    try:
        data = msgspec.json.decode(path.read_bytes())
        if not isinstance(data, dict) or (data.get("kind"), data.get("schema")) != ("views", SCHEMA):
            raise ValueError(f"it is no list of views of schema {SCHEMA}")
        return msgspec.convert(data, ViewsList)
    except (OSError, msgspec.MsgspecError, RecursionError, ValueError) as error:
        raise CollectError(
            f"{path} cannot be read as a list of views: {error}\n"
            "Make it anew from the panoramas; what is there already is kept:\n    c2c views --help"
        ) from error
