"""Pictures that two runs made of the same test pictures: how far they differ, and those that differ most."""

import hashlib
import io
import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from c2c.records import Panel, TranslationRecord
from c2c.site.depth_colours import DEPTH_SCALE
from c2c.site.galleries import Cell
from c2c.site.made import lossless
from c2c.site.placing import Missing, Picture, Placer
from c2c.site.reading import Filed, RunFolder
from c2c.site.thumbnails import BROKEN, FORMAT, made_from
from c2c.site.words import approach_name, direction_name, slug

SHOWN = 4  # of an approach, in one direction and size
BRIGHTENED = 3  # times, so that differences can be seen
METRES_AT_MOST = 20.0  # a difference of depth that is drawn white


@dataclass(frozen=True)
class MovedStrip:
    """One test picture as both runs translated it."""

    stem: str
    anchor: str
    change: str
    cells: tuple[tuple[str, Cell], ...]  # with what the viewer calls them


@dataclass(frozen=True)
class MovedPictures:
    """What two runs made by one approach, in one direction and size."""

    anchor: str
    name: str
    direction: str
    size: int
    total: int  # pictures that both runs have
    changed: int  # of which are not the same
    mean: str  # of those that changed
    about: str
    record: str
    strips: tuple[MovedStrip, ...]
    depth: bool
    weight: float  # the mean of all

    @property
    def title(self) -> str:
        """Approach, direction and size."""
        return f"{self.name}, {self.direction}, {self.size} px"

    @property
    def difference(self) -> str:
        """What the pictures of differences show."""
        if self.depth:
            return f"Difference, white from {METRES_AT_MOST:.0f} m"
        return f"Difference, {BRIGHTENED} times as bright"


@dataclass(frozen=True)
class _Pair:
    """The files of one picture in both runs, and how far they differ."""

    stem: str
    before: bytes
    after: bytes
    change: float  # mean absolute difference, of 255 or in metres; nought for files of the same bytes


def moved_pictures(other: RunFolder, run: RunFolder, placer: Placer, folder: str) -> list[MovedPictures]:
    """Every approach, direction and size that both runs have pictures of, those that changed most first."""
    before = {_key(filed.record): filed.record for filed in other.of(TranslationRecord)}
    found = []
    for filed in run.of(TranslationRecord):
        theirs = before.get(_key(filed.record))
        group = _group(theirs, filed, other.root, placer, folder) if theirs else None
        if group:
            found.append(group)
    return sorted(found, key=lambda group: (group.depth, -group.weight, group.anchor))


def _key(record: TranslationRecord) -> tuple[str, str, int]:
    return record.approach, record.direction, record.size


def _output(record: TranslationRecord) -> Panel | None:
    return next((panel for panel in record.panels if panel.role == "output"), None)


def _group(
    theirs: TranslationRecord, filed: Filed[TranslationRecord], root: Path, placer: Placer, folder: str
) -> MovedPictures | None:
    record = filed.record
    old, new = _output(theirs), _output(record)
    stems = [stem for stem in record.pictures if stem in set(theirs.pictures)]
    if old is None or new is None or old.modality != new.modality or not stems:
        return None
    depth = new.modality == "depth"
    with ThreadPoolExecutor(os.cpu_count()) as pool:  # Pillow lets go of Python's lock
        changes = list(pool.map(lambda stem: _change(root, old, placer.run, new, stem, depth), stems))
    known = [pair for pair in changes if pair is not None]
    if not known:
        return None
    most = sorted((pair for pair in known if pair[1] > 0), key=lambda pair: (-pair[1], pair[0]))
    total = sum(change for _, change in known)
    unit = "m" if depth else "of 255"
    show = _Shown(record, root / old.folder, placer, folder, depth)
    return MovedPictures(
        anchor=f"moved-{slug(record.approach)}-{slug(record.direction)}-{record.size}",
        name=approach_name(record.approach, record.approach_kind),
        direction=direction_name(record.source, record.target, record.direction),
        size=record.size,
        total=len(known),
        changed=len(most),
        mean=f"{total / max(1, len(most)):.1f} {unit}",
        about="mean absolute difference " + ("of depth, where both have one" if depth else "of red, green and blue"),
        record=filed.href,
        strips=tuple(show.strip(stem, f"{change:.1f} {unit}") for stem, change in most[:SHOWN]),
        depth=depth,
        weight=total / len(known),
    )


def _change(before: Path, old: Panel, after: Path, new: Panel, stem: str, depth: bool) -> tuple[str, float] | None:
    """How far one picture differs, nought for files of the same bytes; None where it cannot be told."""
    paths = before / old.folder / f"{stem}.png", after / new.folder / f"{stem}.png"
    if not all(
        path.resolve().is_relative_to(root.resolve()) for path, root in zip(paths, (before, after), strict=True)
    ):
        return None
    try:
        a, b = (path.read_bytes() for path in paths)
        if a == b:
            return stem, 0.0
        first, second = (_values(data, depth) for data in (a, b))
    except BROKEN:
        return None
    return (stem, _mean_difference(first, second, depth)) if first.shape == second.shape else None


def _values(data: bytes, depth: bool) -> NDArray[np.float32]:
    """Red, green and blue, (H, W, 3), 0 to 255; or depth in metres, (H, W), 0 for none."""
    with Image.open(io.BytesIO(data)) as image:
        if depth:
            return np.asarray(image.convert("I"), np.float32) / np.float32(DEPTH_SCALE)
        return np.asarray(image.convert("RGB"), np.float32)


def _mean_difference(a: NDArray[np.float32], b: NDArray[np.float32], depth: bool) -> float:
    apart = np.abs(a - b)
    if depth:
        both = (a > 0) & (b > 0)
        return float(apart[both].mean()) if both.any() else 0.0
    return float(apart.mean())


@dataclass(frozen=True)
class _Shown:
    """Lays out the strips of one approach, and brings the other run's pictures into the site."""

    record: TranslationRecord
    before: Path  # folder of the other run's pictures
    placer: Placer
    folder: str
    depth: bool

    def strip(self, stem: str, change: str) -> MovedStrip:
        """One test picture: the other run's, this run's, where they differ, and the input."""
        new = _output(self.record)
        old_data = (self.before / f"{stem}.png").read_bytes()
        new_data = (self.placer.run / new.folder / f"{stem}.png").read_bytes() if new else b""
        kind = "Predicted depth" if self.depth else "Generated"
        cells = [
            ("before", Cell("output", f"{kind}, other run", self._copied(old_data, stem))),
            ("output", Cell("output", f"{kind}, this run", self._placed(new, stem, "this run"))),
            ("difference", Cell("change", "Difference", self._difference(old_data, new_data, stem))),
        ]
        real = next((panel for panel in self.record.panels if panel.role == "input"), None)
        if real:
            badge = "Real depth" if real.modality == "depth" else "Real"
            cells.append(("input", Cell("input", badge, self._placed(real, stem, "input"))))
        key = f"{slug(self.record.approach)}-{slug(self.record.direction)}-{self.record.size}"
        return MovedStrip(stem, f"{key}-{slug(stem)}", change, tuple(cells))

    def _placed(self, panel: Panel | None, stem: str, said: str) -> Picture | Missing:
        if panel is None:
            return Missing("no file", f"{said}, picture {stem}")
        return self.placer.place(panel.folder, stem, panel.modality, f"{panel.caption}, {said}, picture {stem}")

    def _copied(self, data: bytes, stem: str) -> Picture:
        """A picture of the other run."""
        name = f"{self.folder}/{hashlib.sha256(data).hexdigest()[:16]}"
        made = made_from(data, self.depth)
        self.placer.files.write(f"{name}.png", data)
        self.placer.files.write(f"{name}-small.{FORMAT}", made.thumbnail)
        if made.in_colour:
            self.placer.files.write(f"{name}-colour.png", made.in_colour)
        view = f"{name}-colour.png" if made.in_colour else f"{name}.png"
        with Image.open(io.BytesIO(data)) as image:
            size = image.size
        alt = f"generated by the other run, picture {stem}"
        return Picture(f"{name}-small.{FORMAT}", view, f"{name}.png", *size, alt, self.depth)

    def _difference(self, old: bytes, new: bytes, stem: str) -> Picture:
        """Where the two differ, as grey: brighter is more."""
        address = f"{self.folder}/{hashlib.sha256(old + new).hexdigest()[:16]}-difference.webp"
        before, after = _values(old, self.depth), _values(new, self.depth)
        if self.depth:
            apart = np.where((before > 0) & (after > 0), np.abs(after - before), 0) / METRES_AT_MOST
        else:
            apart = np.abs(after - before).mean(-1) * BRIGHTENED / 255
        grey = Image.fromarray(np.round(255 * apart.clip(0, 1)).astype(np.uint8)).convert("RGB")
        self.placer.files.write(address, lossless(grey))
        alt = f"difference between the two runs, picture {stem}"
        return Picture(address, address, address, *grey.size, alt)
