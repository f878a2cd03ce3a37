"""Pictures brought into the site: linked or copied, with thumbnails, depth maps in colour; or why one is not shown."""

import os
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import ClassVar, NamedTuple

from PIL import Image

from c2c.records.types import Modality
from c2c.site.files import SiteFiles
from c2c.site.thumbnails import BROKEN, FORMAT, made_from
from c2c.site.words import slug

# Raised when thumbnails or colours are made differently, so that those of an earlier build are not taken for new.
THUMBNAILS, IN_COLOUR = "thumbnails-1", "in-colour-1"
MOST_THREADS = 8

Progress = Callable[[int, int], object]  # done, of all


@dataclass(frozen=True)
class Picture:
    """A picture of the site, ready to be laid out."""

    thumbnail: str  # what a page shows among others
    view: str  # what is looked at closely, in full size: the original, or a depth map in colour
    original: str  # the file that was scored
    width: int  # of the view and the original, in px
    height: int
    alt: str
    depth: bool = False  # a depth map, shown in colour
    shown: ClassVar[bool] = True


@dataclass(frozen=True)
class Missing:
    """A picture that cannot be shown, and why."""

    reason: str
    alt: str
    shown: ClassVar[bool] = False
    depth: ClassVar[bool] = False


class Named(NamedTuple):
    """A picture as records name it; without a modality its bits tell whether it is depth."""

    folder: str
    stem: str
    modality: Modality | None

    @property
    def file(self) -> str:
        """The picture's file within the run's folder."""
        return (PurePosixPath(self.folder) / f"{self.stem}.png").as_posix()


@dataclass(frozen=True)
class Brought:
    """A picture that is in the site now."""

    place: str  # within each of the folders for pictures
    width: int
    height: int
    depth: bool

    @property
    def original(self) -> str:
        """Address of the file that was scored."""
        return f"pictures/{self.place}.png"

    @property
    def view(self) -> str:
        """Address of what is looked at closely."""
        return f"{IN_COLOUR}/{self.place}.png" if self.depth else self.original

    @property
    def thumbnail(self) -> str:
        """Address of what a page shows among others."""
        return f"{THUMBNAILS}/{self.place}.{FORMAT}"


class Unusable(Exception):
    """A picture that cannot be shown; the text says why."""


class Placer:
    """Brings pictures of a run into its site, each once; `files` takes other files for the site."""

    def __init__(self, run: Path, site: Path) -> None:
        self.run, self.site = run, site
        self.files = SiteFiles(site)
        self._root = os.path.realpath(run)
        self._real_folders: dict[str, str] = {}
        self._known: dict[Named, Brought | str] = {}  # a text is why it cannot be shown

    @property
    def missing(self) -> dict[Named, str]:
        """Pictures that were asked for and cannot be shown, and why."""
        return {named: found for named, found in self._known.items() if isinstance(found, str)}

    def bring(self, pictures: Iterable[Named], progress: Progress = lambda done, total: None) -> None:
        """Bring many pictures in at once, some at the same time; to place one of them is a look-up then."""
        waiting = [named for named in dict.fromkeys(pictures) if named not in self._known]
        with ThreadPoolExecutor(min(MOST_THREADS, os.cpu_count() or 1)) as threads:
            for done, (named, brought) in enumerate(zip(waiting, threads.map(self._look_up, waiting), strict=True), 1):
                self._known[named] = brought
                progress(done, len(waiting))

    def place_file(self, file: str, alt: str) -> Picture | Missing:
        """Bring one PNG file of the run into the site; one of 16 bits is a depth map."""
        path = PurePosixPath(file)
        return self.place(str(path.parent), path.stem, None, alt)

    def place(self, folder: str, stem: str, modality: Modality | None, alt: str) -> Picture | Missing:
        """Bring one picture of a panel's folder into the site; without a modality its bits tell whether it is depth."""
        named = Named(folder, stem, modality)
        if named not in self._known:
            self._known[named] = self._look_up(named)
        found = self._known[named]
        if isinstance(found, str):
            return Missing(found, alt)
        return Picture(found.thumbnail, found.view, found.original, found.width, found.height, alt, found.depth)

    def _look_up(self, named: Named) -> Brought | str:
        try:
            return self._bring(named)
        except Unusable as reason:
            return str(reason)

    def _bring(self, named: Named) -> Brought:
        """Bring a picture in with all that is made from it, as far as it is not there from an earlier build."""
        origin, changed_ns = self._origin(named)
        try:
            with Image.open(origin) as image:
                depth = named.modality == "depth" or (named.modality is None and image.mode.startswith("I"))
                brought = Brought(_place_of(named), *image.size, depth)
            if not self._is_made(brought, origin, changed_ns):
                self._make(brought, origin.read_bytes(), changed_ns)
        except BROKEN as error:
            raise Unusable("not a whole picture") from error
        self.files.link(origin, brought.original)
        return brought

    def _is_made(self, brought: Brought, origin: Path, changed_ns: int) -> bool:
        """Whether an earlier build brought this very picture in; then its files stay in the site."""
        made = {brought.thumbnail, brought.view} - {brought.original}
        return self.files.holds(origin, brought.original) and all(
            self.files.keep_stamped(address, changed_ns) for address in made
        )

    def _make(self, brought: Brought, data: bytes, changed_ns: int) -> None:
        made = made_from(data, brought.depth)
        if made.in_colour:
            self.files.write_stamped(brought.view, made.in_colour, changed_ns)
        self.files.write_stamped(brought.thumbnail, made.thumbnail, changed_ns)

    def _origin(self, named: Named) -> tuple[Path, int]:
        """A picture's file with symbolic links followed, and when it last changed."""
        try:
            if named.folder not in self._real_folders:
                self._real_folders[named.folder] = os.path.realpath(self.run / named.folder)
            path = os.path.join(self._real_folders[named.folder], f"{named.stem}.png")  # noqa: PTH118
            if "/" in named.stem or os.path.islink(path):  # noqa: PTH114
                path = os.path.realpath(path)
            if not path.startswith(self._root + os.sep):
                raise Unusable("lies outside the run's folder")
            return Path(path), os.stat(path).st_mtime_ns  # noqa: PTH116
        except (OSError, ValueError) as error:  # the latter for a name that no disk takes
            raise Unusable("no file") from error


def _place_of(named: Named) -> str:
    parts = [slug(part) for part in PurePosixPath(named.folder).parts if part != "pictures"]
    return "/".join([*parts, slug(named.stem)])
