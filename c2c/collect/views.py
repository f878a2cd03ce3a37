"""Perspective views of many panoramas: colour and depth as files, and a list that says what each one is.

The folder gets `rgb/STEM_VIEW.png`, `depth/STEM_VIEW.png` (planar depth, 16 bits, metres x 256, 0 where there is none),
`views.json`, and the credits that lay beside the panoramas. A later call keeps the views that are there, unless their
panorama or what is asked has changed.
"""

import hashlib
import os
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from c2c.collect.depth_payload import decode
from c2c.collect.panoramas import (
    Panorama,
    collection_of,
    find_panoramas,
    in_unicode,
    opened,
    read_distance,
    read_payload,
    size_of,
    stamp_of,
    strip_of,
)
from c2c.collect.passed_on import pass_on
from c2c.collect.view_files import DEPTH_SCALE, Note, Notes, save_png, stored_depth, tidy, view_name
from c2c.collect.views_list import MadeView, ViewedPanorama, ViewsList, write_views_list
from c2c.errors import OutputError, PayloadError, PictureError
from c2c.geometry import PinholeCamera
from c2c.geometry.packed import box_for, pack_strips
from c2c.geometry.views import colour_views, cross, depth_view, raster_depth_view, six_views
from c2c.records import Skipped
from c2c.workers import done_in_order, one_at_a_time

LARGE_PX = 40_000_000  # panoramas of more pixels are worked on one at a time, for the memory

Progress = Callable[[int, int], object]


@dataclass(frozen=True)
class ViewsAsked:
    """What is made of each panorama."""

    cameras: tuple[PinholeCamera, ...] = six_views()
    depth: bool = True  # where there is any; without it, payloads are not read at all
    edges: bool = False  # whether depth is kept where it is a guess, see `c2c.geometry.views.depth_view`
    distance_scale: float = DEPTH_SCALE  # value of one metre in distance maps of one's own
    cubes: bool = False  # also `cubes/STEM.png`, a cross of six views


def make_views(
    source: Path,
    out: Path,
    asked: ViewsAsked = ViewsAsked(),
    workers: int = 0,
    progress: Progress | None = None,
) -> ViewsList:
    """Make the views of every panorama of a collection or a folder, and list them in `views.json`.

    Args:
        source: a collection, or a folder as `c2c.collect.panoramas.find_panoramas` has it.
        out: the folder of the views.
        asked: which views.
        workers: processes; 0: one for each core.
        progress: called with panoramas done and panoramas in all.

    Raises:
        NoPictures: there are no panoramas.
        OutputError: none could be used, the disk is full, one of the folders lies in the other, or `out` holds views
            of another source.
    """
    _check_apart(source, out)
    panoramas, nameless = find_panoramas(source)
    maker = _Maker(out, asked)
    maker.notes.keep_source(_told_from(out, source))
    tidy(out)
    for stem in maker.notes.stems() - {panorama.stem for panorama in panoramas}:
        maker.notes.remove(stem)
    for folder in ("rgb", "depth"):  # both, for a folder of pairs is known by them
        (out / folder).mkdir(parents=True, exist_ok=True)
    results: list[ViewedPanorama | Skipped] = []
    with _disk(), closing(done_in_order(maker.made_or_skipped, panoramas, workers)) as done:
        for result in done:
            results.append(result)
            if progress:
                progress(len(results), len(panoramas))
    views = ViewsList(
        tuple(result for result in results if isinstance(result, ViewedPanorama)),
        (*nameless, *(result for result in results if isinstance(result, Skipped))),
    )
    if not views.panoramas:
        first = views.skipped[0]
        raise OutputError(
            f"None of the {len(views.skipped)} panoramas of {source} can be used.\n{first.path}: {first.reason}"
        )
    write_views_list(out, views)
    return replace(views, skipped=(*views.skipped, *pass_on(source, out, views.panoramas)))


def _whole(source: Path) -> Path:
    """The collection that the source belongs to, or the source itself, with links followed."""
    return (collection_of(source) or source).resolve()


def _check_apart(source: Path, out: Path) -> None:
    """Refuse views among the panoramas, which the next run would take for some of them, or the other way round."""
    ours, theirs = out.resolve(), _whole(source)
    if ours.is_relative_to(theirs) or theirs.is_relative_to(ours):
        raise OutputError(
            f"The views of {source} cannot be kept in {out}: one of the folders lies in the other.\n"
            "Name a folder of its own for them, such as views/paris."
        )


def _told_from(out: Path, source: Path) -> str:
    """The way from a folder of views to its source, which stays the same where both are moved."""
    return in_unicode(Path(os.path.relpath(_whole(source), out.resolve())))


@contextmanager
def _disk() -> Iterator[None]:
    """Whoever writes views may find the disk full.

    Raises:
        OutputError: it is, or cannot be written to.
    """
    try:
        yield
    except OSError as error:
        raise OutputError(
            f"Views cannot be written: {error.strerror or error}.\nMake room; the same command goes on from here."
        ) from error


@dataclass(frozen=True)
class _Maker:
    out: Path
    asked: ViewsAsked

    @property
    def notes(self) -> Notes:
        return Notes(self.out)

    def made_or_skipped(self, panorama: Panorama) -> ViewedPanorama | Skipped:
        """The views of a panorama, kept or made; or why there are none."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Pillow's remarks on large or oddly tagged files
            try:
                key = self._key(panorama)
                return self.notes.made(panorama.stem, key) or self._made(panorama, key)
            except (PictureError, PayloadError) as error:
                self.notes.remove(panorama.stem)
                return Skipped(panorama.name, str(error))

    def _key(self, panorama: Panorama) -> str:
        """What the views depend on: the files, by bytes and time, what is known of them, and what is asked.

        Where the files lie is no part of it.
        """
        facts = {name: stamp_of(value) if isinstance(value, Path) else value for name, value in vars(panorama).items()}
        return hashlib.sha256(repr((facts, self.asked)).encode()).hexdigest()

    def _made(self, panorama: Panorama, key: str) -> ViewedPanorama:
        self.notes.remove(panorama.stem)
        with self._turn(panorama.picture):
            depths = self._depths(panorama)
            colours = self._colours(panorama.picture)
        names = [f"{panorama.stem}_{view_name(camera)}.png" for camera in self.asked.cameras]
        files: dict[str, NDArray[np.generic]] = {f"rgb/{name}": one for name, one in zip(names, colours, strict=True)}
        if depths:
            files |= {f"depth/{name}": one for name, one in zip(names, depths, strict=True)}
        if self.asked.cubes:
            files[f"cubes/{panorama.stem}.png"] = cross(colours)
        note = Note(key, tuple(files), _listed(panorama, self.asked.cameras, names, bool(depths)))
        self.notes.write(panorama.stem, replace(note, key=""))  # so that what a kill leaves has a name
        for file, pixels in files.items():
            save_png(self.out / file, pixels)
        self.notes.write(panorama.stem, note)
        return note.made

    @contextmanager
    def _turn(self, picture: Path) -> Iterator[None]:
        width, height = size_of(picture)
        if width * height <= LARGE_PX:
            yield
            return
        with one_at_a_time():
            yield

    def _colours(self, picture: Path) -> list[NDArray[np.uint8]]:
        with opened(picture) as image:
            width, height = image.size
            box = min(box_for(camera, height) for camera in self.asked.cameras)
            packed = pack_strips(
                lambda first, last: strip_of(image, first, last), height, width, box, np.dtype(np.uint8)
            )
        return colour_views(packed, self.asked.cameras)

    def _depths(self, panorama: Panorama) -> list[NDArray[np.uint16]]:
        if not self.asked.depth:
            return []
        if panorama.payload:
            planes = decode(read_payload(panorama.payload))
            return [stored_depth(depth_view(planes, camera, self.asked.edges)) for camera in self.asked.cameras]
        if panorama.distance:
            raster, scale = read_distance(panorama.distance), self.asked.distance_scale
            return [stored_depth(raster_depth_view(raster, camera) / scale) for camera in self.asked.cameras]
        return []


def _listed(
    panorama: Panorama, cameras: Sequence[PinholeCamera], names: Sequence[str], with_depth: bool
) -> ViewedPanorama:
    heading = panorama.heading_deg
    views = [
        MadeView(
            picture=f"rgb/{name}",
            depth=f"depth/{name}" if with_depth else None,
            camera=camera,
            bearing_deg=None if heading is None else (heading + camera.yaw_deg) % 360,
        )
        for name, camera in zip(names, cameras, strict=True)
    ]
    return ViewedPanorama(
        source=panorama.source,
        id=panorama.id,
        place=panorama.place,
        captured=panorama.captured,
        heading_deg=heading,
        rights=panorama.rights,
        views=tuple(views),
    )
