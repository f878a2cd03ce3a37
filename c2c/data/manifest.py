"""The list of a city's pictures: size, hash, split and depth of each, made by looking at every file once.

A folder is walked in sorted order, through links, but not into hidden files and folders, nor twice into the same
folder. Where it finds `rgb/` beside `depth/` it takes the pictures of `rgb/` alone, and `depth/<the same name>.png` is
the depth of each. Folders named `train`, `val` and `test` directly below the root (or its `rgb/`) say the split
themselves. Elsewhere two files of the same bytes are one picture, lest it be trained on and tested with.
"""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path, PurePosixPath

import msgspec

from c2c.data.pictures import DEPTH_SCALE, probe_picture, read_depth
from c2c.data.splits import SPLITS, Split, SplitRules, assign, group_of
from c2c.data.stems import unique_stems
from c2c.data.walk import FoundFile, find_pictures
from c2c.errors import ManifestError, NoPictures, PictureError, SplitError, TooFewImages
from c2c.paths import sha256_of
from c2c.records import Skipped, write_atomically

SCHEMA = 1


@dataclass(frozen=True)
class ManifestEntry:
    """One picture of a city. Paths are relative to the manifest's root and use forward slashes."""

    path: str
    width: int  # px, as it should be seen: after EXIF rotation
    height: int
    sha256: str  # of the file
    split: Split
    group: str  # pictures of one group share a split
    depth: str | None = None  # path of its depth map
    depth_sha256: str | None = None
    stamp: tuple[int, ...] = ()  # bytes and mtime in ns, of picture and depth: where they stay, nobody looks again


@dataclass(frozen=True)
class Manifest:
    """All pictures of one city, in the order of their paths."""

    city: str
    root: str  # the folder that all paths start from
    depth_scale: float  # a depth map's value of one metre
    entries: tuple[ManifestEntry, ...]
    skipped: tuple[Skipped, ...] = ()
    truths: dict[str, str] = field(default_factory=dict)  # key -> folder of true pictures, <stem>.png each

    def split(self, name: str) -> tuple[ManifestEntry, ...]:
        """The entries of one split, in order."""
        return tuple(entry for entry in self.entries if entry.split == name)

    def path_of(self, entry: ManifestEntry) -> Path:
        """Where the picture is."""
        return Path(self.root) / entry.path

    def depth_path_of(self, entry: ManifestEntry) -> Path | None:
        """Where the picture's depth map is; None where it has none."""
        return None if entry.depth is None else Path(self.root) / entry.depth

    def truth_path_of(self, entry: ManifestEntry, key: str) -> Path:
        """Where the true translation of this picture is, which only Toytown has."""
        return Path(self.root) / self.truths[key] / f"{self.stem_of(entry)}.png"

    def stem_of(self, entry: ManifestEntry) -> str:
        """The picture's name for files made from it: unique in this city and safe on any file system.

        "alleys/0007.jpg" gives "alleys__0007", "rgb/0007.png" gives "0007"; see `c2c.data.stems`.
        """
        return self._stems[entry.path]

    @cached_property
    def sha256(self) -> str:
        """Hash of all that training and scores depend on: it changes neither with the root nor with files skipped."""
        entries = [replace(entry, stamp=()) for entry in self.entries]
        content = (self.city, self.depth_scale, entries, sorted(self.truths.items()))
        return hashlib.sha256(msgspec.json.encode(content)).hexdigest()

    @cached_property
    def _stems(self) -> dict[str, str]:
        return unique_stems([entry.path for entry in self.entries])


def scan(
    city: str,
    root: Path,
    *,
    rules: SplitRules = SplitRules(),  # noqa: B008 - frozen
    split_of: Callable[[str], Split] | None = None,
    depth_scale: float = DEPTH_SCALE,
    truths: Mapping[str, str] | None = None,
    earlier: Manifest | None = None,
    progress: Callable[[int, int], object] | None = None,
) -> Manifest:
    """The manifest of a folder of pictures; every file is decoded and hashed, and a broken one is listed as skipped.

    Args:
        city: its name.
        root: a folder of JPEG, PNG or WebP pictures at any depth, or of rgb/ beside depth/.
        rules: how pictures are grouped and the groups split.
        split_of: gives the split of a path where it is known; the rules then only group.
        depth_scale: a depth map's value of one metre.
        truths: folders of true translations by key, relative to the root.
        earlier: a manifest of this folder; files of unchanged bytes and time are taken from it unread.
        progress: called with the files looked at and all files, after each.

    Raises:
        NoPictures: the folder is missing, is no folder, or holds no usable picture.
        TooFewImages: it holds a single picture.
        SplitError: there is none left for training or for the test.
    """
    if not root.is_dir():
        what = "is no folder" if root.exists() else "does not exist"
        raise NoPictures(f"{root} {what}. The city {city!r} needs a folder of JPEG, PNG or WebP pictures.")
    known = earlier.entries if earlier and Path(earlier.root).resolve() == root.resolve() else ()
    entries, skipped = _look_through(root, depth_scale, {entry.path: entry for entry in known}, progress)
    if not entries:
        raise NoPictures(_none_usable(root, skipped))
    entries = [replace(entry, group=group_of(entry.path, rules.group)) for entry in entries]
    if split_of is not None:
        splits = {entry.path: split_of(entry.path) for entry in entries}
    elif any(_folder_split(entry.path) in ("train", "test") for entry in entries):
        splits = _by_folders(root, entries, skipped)
    else:
        entries = _without_copies(entries, skipped)
        splits = _by_rules(root, entries, rules)
    entries = [replace(entry, split=splits[entry.path]) for entry in entries if entry.path in splits]
    return Manifest(city, str(root), depth_scale, tuple(entries), tuple(skipped), dict(truths or {}))


def write_manifest(path: Path, manifest: Manifest) -> None:
    """Write a manifest as JSON. A root at or below the manifest's own folder is kept relative, so both can move."""
    root, home = Path(manifest.root).resolve(), path.parent.resolve()
    kept = root.relative_to(home).as_posix() if root.is_relative_to(home) else str(root)
    data = {"kind": "manifest", "schema": SCHEMA, **msgspec.to_builtins(replace(manifest, root=kept))}
    write_atomically(path, msgspec.json.format(msgspec.json.encode(data), indent=1).decode() + "\n")


def read_manifest(path: Path) -> Manifest:
    """Read a manifest.

    Raises:
        ManifestError: the file is missing, torn, no manifest, or of a newer schema.
    """
    try:
        data = msgspec.json.decode(path.read_bytes())
    except (OSError, msgspec.DecodeError) as error:
        raise ManifestError(f"{path} cannot be read as a manifest: {error}") from error
    if not isinstance(data, dict) or data.get("kind") != "manifest":
        raise ManifestError(f"{path} is no manifest of a city's pictures.")
    if data.get("schema") != SCHEMA:
        raise ManifestError(f"{path} has schema {data.get('schema')}; this c2c reads {SCHEMA}. Prepare the city anew.")
    try:
        manifest = msgspec.convert(data, Manifest)
    except msgspec.ValidationError as error:
        raise ManifestError(f"{path} is no whole manifest: {error}") from error
    return replace(manifest, root=str(path.parent / manifest.root))


def _look_through(
    root: Path,
    depth_scale: float,
    known: dict[str, ManifestEntry],
    progress: Callable[[int, int], object] | None,
) -> tuple[list[ManifestEntry], list[Skipped]]:
    """The entry of every usable file, not grouped and not split yet, and the files that are not usable."""
    found, skipped = find_pictures(root)
    entries: list[ManifestEntry] = []
    for number, file in enumerate(found, start=1):
        try:
            entries.append(_look_at(root, file, known.get(file.path), depth_scale, skipped))
        except PictureError as error:
            skipped.append(_skipped(root, file.path, error))
        if progress:
            progress(number, len(found))
    return entries, skipped


def _look_at(
    root: Path, file: FoundFile, known: ManifestEntry | None, depth_scale: float, skipped: list[Skipped]
) -> ManifestEntry:
    """The entry of one file; a depth map that cannot be used is left out and added to `skipped`."""
    stamp = _stamp(root, file)
    if known and known.stamp == stamp and known.depth == file.depth:
        return known
    width, height = probe_picture(root / file.path)
    entry = ManifestEntry(file.path, width, height, sha256_of(root / file.path), "train", file.path, stamp=stamp)
    if file.depth is None:
        return entry
    try:
        found = read_depth(root / file.depth, depth_scale).shape
        if found != (height, width):
            raise PictureError(f"{root / file.depth}: is {found[1]}x{found[0]}, its picture is {width}x{height}")
    except PictureError as error:
        skipped.append(_skipped(root, file.depth, error))
        return entry
    return replace(entry, depth=file.depth, depth_sha256=sha256_of(root / file.depth))


def _stamp(root: Path, file: FoundFile) -> tuple[int, ...]:
    try:
        facts = [(root / path).stat() for path in (file.path, file.depth) if path]
    except OSError:
        return ()  # a broken link, or no depth: looked at anew every time
    return tuple(number for fact in facts for number in (fact.st_size, fact.st_mtime_ns))


def _skipped(root: Path, path: str, error: PictureError) -> Skipped:
    return Skipped(path, str(error).removeprefix(f"{root / path}: "))


def _none_usable(root: Path, skipped: list[Skipped]) -> str:
    text = f"{root} holds no picture that can be used; JPEG, PNG or WebP pictures were needed."
    if skipped:
        text += f"\n{len(skipped)} skipped, the first: {skipped[0].path}: {skipped[0].reason}"
    return text


def _folder_split(path: str) -> Split | None:
    """The split that the path's first folder names, behind an rgb/; None where it names none."""
    folders = [*PurePosixPath(path).parts[:-1], ""]
    first = folders[1] if folders[0] == "rgb" and len(folders) > 1 else folders[0]
    return next((split for split in SPLITS if split == first), None)


def _by_folders(root: Path, entries: list[ManifestEntry], skipped: list[Skipped]) -> dict[str, Split]:
    """The split of each path in train/, val/ or test/; others are added to `skipped`."""
    named = {entry.path: _folder_split(entry.path) for entry in entries}
    skipped += [Skipped(path, "lies outside train/, val/ and test/") for path, split in named.items() if split is None]
    for needed in ("train", "test"):
        if needed not in named.values():
            raise SplitError(f"{root} says its splits by folders, but holds no usable picture in {needed}/.")
    return {path: split for path, split in named.items() if split is not None}


def _without_copies(entries: list[ManifestEntry], skipped: list[Skipped]) -> list[ManifestEntry]:
    """The entries without those whose file equals an earlier one; these are added to `skipped`."""
    first: dict[str, ManifestEntry] = {}
    for entry in entries:
        if first.setdefault(entry.sha256, entry) is not entry:
            skipped.append(Skipped(entry.path, f"is the same file as {first[entry.sha256].path}"))
    return list(first.values())


def _by_rules(root: Path, entries: list[ManifestEntry], rules: SplitRules) -> dict[str, Split]:
    """The split of each path, its group assigned by the rules."""
    if len(entries) < 2:
        raise TooFewImages(root, len(entries), 2, "a city (one picture to learn from, one to test with)")
    if rules.group and all(entry.group == entry.path for entry in entries):
        raise SplitError(
            f"The group pattern {rules.group!r} captures nothing in any path below {root}; the first is "
            f"{entries[0].path}"
        )
    split_of_group = assign([entry.group for entry in entries], rules)
    return {entry.path: split_of_group[entry.group] for entry in entries}
