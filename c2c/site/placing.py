"""Pictures brought into the site: linked or copied, and depth maps coloured; one that cannot be shown says why."""

import os
import shutil
import tempfile
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import ClassVar

import numpy as np
from PIL import Image

from c2c.records.types import Modality
from c2c.site.depth_colours import colour_depth
from c2c.site.words import slug


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


@dataclass
class Placer:
    """Brings pictures of a run into its site, each once, and knows which files the site holds."""

    run: Path
    site: Path
    placed: dict[str, tuple[int, int]] = field(default_factory=dict)  # address -> width, height

    def place_file(self, file: str, alt: str) -> Picture | Missing:
        """Bring one PNG file of the run into the site; one of 16 bits is a depth map."""
        path = PurePosixPath(file)
        return self.place(str(path.parent), path.stem, None, alt)

    def place(self, folder: str, stem: str, modality: Modality | None, alt: str) -> Picture | Missing:
        """Bring one picture of a panel's folder into the site; without a modality its bits tell whether it is depth."""
        origin = self.run / folder / f"{stem}.png"
        if not origin.resolve().is_relative_to(self.run.resolve()):
            return Missing("lies outside the run's folder", alt)
        parts = [slug(part) for part in Path(folder).parts if part != "pictures"]
        address = "/".join(["pictures", *parts, f"{slug(stem)}.png"])
        try:
            width, height = self._original(origin, address)
            depth = modality == "depth" or (modality is None and _has_16_bits(origin))
            shown = self._coloured(origin, address) if depth else address
        except FileNotFoundError:
            return Missing("no file", alt)
        except (OSError, SyntaxError, ValueError):  # what Pillow raises for a torn or foreign file
            return Missing("not a whole picture", alt)
        return Picture(shown, shown, address, width, height, alt, depth)

    def _original(self, origin: Path, address: str) -> tuple[int, int]:
        """Width and height of a picture that is now in the site."""
        if address not in self.placed:
            size = _checked_size(origin)
            link_or_copy(origin, self.site / address)
            self.placed[address] = size
        return self.placed[address]

    def _coloured(self, origin: Path, address: str) -> str:
        """Address of a depth map's coloured picture, drawn again only when the depth map changed."""
        preview = address.replace("pictures/", "previews/", 1)
        if preview not in self.placed:
            target = self.site / preview
            changed = origin.stat().st_mtime_ns
            if not target.exists() or target.stat().st_mtime_ns != changed:
                _write_coloured(origin, target)
                os.utime(target, ns=(changed, changed))
            self.placed[preview] = self.placed[address]
        return preview


def link_or_copy(origin: Path, target: Path) -> None:
    """Bring a file to a second place: a hard link where the file system can, else a copy; nothing if it is there."""
    target.parent.mkdir(parents=True, exist_ok=True)
    if target.exists():
        if target.samefile(origin) or _same_stamp(origin, target):
            return
        target.unlink()
    try:
        target.hardlink_to(origin)
    except OSError:
        shutil.copy2(origin, target)


def _same_stamp(origin: Path, target: Path) -> bool:
    ours, theirs = origin.stat(), target.stat()
    return (ours.st_size, ours.st_mtime_ns) == (theirs.st_size, theirs.st_mtime_ns)


def _checked_size(path: Path) -> tuple[int, int]:
    """Width and height of a picture whose file is whole."""
    with Image.open(path) as image:
        size = image.size
        image.verify()
    return size


def _has_16_bits(path: Path) -> bool:
    with Image.open(path) as image:
        return image.mode.startswith("I")


def _write_coloured(origin: Path, target: Path) -> None:
    with Image.open(origin) as image:
        stored = np.asarray(image.convert("I") if image.mode not in ("I;16", "I", "L") else image)
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=target.parent, suffix=".part")
    with os.fdopen(handle, "wb") as file:
        Image.fromarray(colour_depth(stored)).save(file, format="PNG")
    Path(temporary).chmod(0o644)
    Path(temporary).replace(target)
