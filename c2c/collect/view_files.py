"""The files of views: what they are called, how they are written, and the notes of what is whole."""

import os
import threading
from dataclasses import dataclass
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from c2c.collect.views_list import ViewedPanorama
from c2c.errors import OutputError
from c2c.geometry import PinholeCamera
from c2c.records import write_atomically

DEPTH_SCALE = 256.0  # stored value of one metre
MOST_M = 65535 / DEPTH_SCALE  # what is farther cannot be stored: it is left out
NAMES = {(0.0, 90.0): "up", (0.0, -90.0): "down"}
NOTES = ".views"
SOURCE = "source"  # among the notes: where the panoramas lie
PNG_LEVEL = 3  # in 10 ms a view, against 24 ms at Pillow's own 6, for 5% more bytes


def view_name(camera: PinholeCamera) -> str:
    """What the files of a view are called after their panorama: its yaw in [0, 360), and its pitch unless it is 0."""
    if (camera.yaw_deg, camera.pitch_deg) in NAMES:
        return NAMES[camera.yaw_deg, camera.pitch_deg]
    yaw = f"{camera.yaw_deg % 360}".removesuffix(".0").zfill(3)  # all digits: other views have other names
    return yaw if camera.pitch_deg == 0 else f"{yaw}{camera.pitch_deg:+}".removesuffix(".0")


def stored_depth(metres: NDArray[np.floating]) -> NDArray[np.uint16]:
    """Depth (H, W) as it is stored: metres x 256; 0 where there is none, or it is farther than 255.99 m."""
    known = (metres > 0) & (metres <= MOST_M)  # never so where it is NaN
    return np.rint(np.where(known, metres, 0) * DEPTH_SCALE).astype(np.uint16)


def save_png(path: Path, pixels: NDArray[np.generic]) -> None:
    """Write a picture so that a reader, or a kill, sees the old file or the whole new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{os.getpid()}-{threading.get_ident()}.part")
    try:
        Image.fromarray(pixels).save(part, format="PNG", compress_level=PNG_LEVEL)
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def tidy(out: Path) -> None:
    """Remove what a killed run left half written; only one run at a time works on a folder of views."""
    for folder in ("rgb", "depth", "cubes", NOTES):
        for part in (out / folder).glob(".*.part"):
            part.unlink(missing_ok=True)


@dataclass(frozen=True)
class Note:
    """What is made of one panorama."""

    key: str  # of the panorama's files and of what was asked; "" until all of it is there
    files: tuple[str, ...]
    made: ViewedPanorama


class Notes:
    """The notes in a folder of views."""

    def __init__(self, out: Path) -> None:
        self.out = out

    def keep_source(self, source: str) -> None:
        """Note where the panoramas lie.

        Raises:
            OutputError: there are views already, of panoramas that lie elsewhere.
        """
        path = self.out / NOTES / SOURCE
        before = path.read_text(encoding="utf-8", errors="replace") if path.is_file() else source
        if before != source and self.stems():
            raise OutputError(
                f"{self.out} holds the views of another source, {before} as seen from there, and a run would remove "
                f"them.\nName another folder for these views; if the panoramas were only moved, remove {path}."
            )
        write_atomically(path, source)

    def made(self, stem: str, key: str) -> ViewedPanorama | None:
        """The views of a panorama if they were made under this key and are all there."""
        note = self._read(stem)
        whole = note and note.key == key and all((self.out / file).is_file() for file in note.files)
        return note.made if note and whole else None

    def write(self, stem: str, note: Note) -> None:
        """Note what was made."""
        write_atomically(self._path(stem), msgspec.json.encode(note).decode())

    def remove(self, stem: str) -> None:
        """Remove the files that a panorama's note names, then the note: a kill leaves none without a name."""
        note = self._read(stem)
        for file in note.files if note else ():
            if (self.out / file).resolve().is_relative_to(self.out.resolve()):
                (self.out / file).unlink(missing_ok=True)
        self._path(stem).unlink(missing_ok=True)

    def stems(self) -> set[str]:
        """The panoramas that there are notes of."""
        return {path.stem for path in (self.out / NOTES).glob("*.json")}

    def _path(self, stem: str) -> Path:
        return self.out / NOTES / f"{stem}.json"

    def _read(self, stem: str) -> Note | None:
        try:
            return msgspec.json.decode(self._path(stem).read_bytes(), type=Note)
        except (OSError, msgspec.MsgspecError, RecursionError, ValueError):
            return None  # none, or a torn one: the views are made anew
