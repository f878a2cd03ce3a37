"""Leaks in what lies on disk: in folders of any program, and in a city that was prepared."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from c2c.data.duplicates import Grey, picture_hash
from c2c.data.leaks import Leak, related
from c2c.data.manifest import Manifest, folder_split
from c2c.data.pictures import glance_at
from c2c.data.walk import find_pictures
from c2c.errors import NoPictures, PictureError
from c2c.records import Skipped


@dataclass(frozen=True)
class Search:
    """What was found in one place."""

    place: str
    sides: tuple[str, ...]  # splits or folders that were compared; empty: every picture with every other
    pictures: int
    leaks: tuple[Leak, ...]
    skipped: tuple[Skipped, ...]


class _File(NamedTuple):
    name: str  # as it is shown
    path: str  # without its folder, by which sequences are told
    place: Path
    side: str  # "": compared with every other


def search_folders(folders: Sequence[Path], progress: Callable[[int, int], object] | None = None) -> Search:
    """The leaks between several folders; or between train/, val/ and test/ of one; or all pairs of one without these.

    Args:
        folders: of JPEG, PNG or WebP pictures at any depth.
        progress: called with the pictures looked at and all pictures.

    Raises:
        NoPictures: a folder is missing, or holds no picture.
    """
    files: list[_File] = []
    unlisted: list[Skipped] = []
    for folder in folders:
        if not folder.is_dir():
            raise NoPictures(f"There is no folder {folder}. Name folders of JPEG, PNG or WebP pictures, or a run.")
        found, skipped = find_pictures(folder)
        if not found:
            raise NoPictures(f"{folder} holds no JPEG, PNG or WebP pictures.")
        if len(folders) > 1:
            files += [_File((folder / one.path).as_posix(), one.path, folder / one.path, str(folder)) for one in found]
        else:
            splits = len({folder_split(one.path) for one in found} - {None}) > 1
            sides = [folder_split(one.path) or "elsewhere" if splits else "" for one in found]
            files += [
                _File(one.path, one.path, folder / one.path, side) for one, side in zip(found, sides, strict=True)
            ]
        unlisted += skipped
    return _searched(" and ".join(map(str, folders)), files, unlisted, progress)


def search_manifest(manifest: Manifest, progress: Callable[[int, int], object] | None = None) -> Search:
    """The leaks between the splits of a city that was prepared."""
    entries = [entry for entry in manifest.entries if entry.split != "gap"]
    files = [_File(entry.path, entry.path, manifest.path_of(entry), entry.split) for entry in entries]
    return _searched(manifest.city, files, [], progress)


def _searched(
    place: str, files: list[_File], unlisted: Iterable[Skipped], progress: Callable[[int, int], object] | None
) -> Search:
    seen: list[_File] = []
    greys: list[Grey] = []
    skipped = list(unlisted)
    for number, file in enumerate(files, start=1):
        try:
            greys.append(glance_at(file.place).grey)
            seen.append(file)
        except PictureError as error:
            skipped.append(Skipped(file.name, str(error).removeprefix(f"{file.place}: ")))
        if progress:
            progress(number, len(files))
    sides = [file.side for file in seen]
    apart = sides if any(sides) else None
    pairs = related([file.path for file in seen], [picture_hash(grey) for grey in greys], greys.__getitem__, apart)
    leaks = [Leak(seen[p.a].name, seen[p.b].name, sides[p.a], sides[p.b], p.why, p.likeness) for p in pairs]
    return Search(place, tuple(dict.fromkeys(filter(None, sides))), len(seen), tuple(leaks), tuple(skipped))
