"""The list of a city's pictures: size, hash, split and depth of each, made by looking at every file once.

A folder is walked in sorted order, through links, but not into hidden files and folders, nor twice into the same
folder. Where it finds `rgb/` beside `depth/` it takes the pictures of `rgb/` alone, and `depth/<the same name>.png` is
the depth of each. Folders named `train`, `val` and `test` directly below the root (or its `rgb/`) say the split
themselves. Elsewhere two files of the same bytes are one picture, lest it be trained on and tested with. Pictures that
are nearly the same and stand on both sides of a split are refused or kept together, see `c2c.data.leaks`.
"""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path, PurePosixPath

import msgspec

from c2c.collect.pictures import Place
from c2c.data.duplicates import Grey, joined, picture_hash
from c2c.data.leaks import in_words, leaks_between, refusal, related
from c2c.data.pictures import DEPTH_SCALE, glance_at, read_depth
from c2c.data.places import assign_by_place
from c2c.data.splits import SPLITS, Split, SplitRules, assign, group_of
from c2c.data.stems import unique_stems
from c2c.data.walk import FoundFile, find_pictures
from c2c.errors import LeakError, ManifestError, NoPictures, PictureError, SplitError, TooFewImages
from c2c.paths import sha256_of
from c2c.records import Skipped, write_atomically

SCHEMA = 1
_RANK = {"train": 0, "val": 1, "test": 2}  # of two pictures that leak, the one of the lower rank is left out
GREYS_KEPT = 20_000  # small grey pictures of 4 KiB that a scan remembers; others are read again where they are needed


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
    look: str = ""  # hash of what it shows, see `c2c.data.duplicates`


@dataclass(frozen=True)
class Manifest:
    """All pictures of one city, in the order of their paths."""

    city: str
    root: str  # the folder that all paths start from
    depth_scale: float  # a depth map's value of one metre
    entries: tuple[ManifestEntry, ...]
    skipped: tuple[Skipped, ...] = ()
    truths: dict[str, str] = field(default_factory=dict)  # key -> folder of true pictures, <stem>.png each
    classes: dict[str, str] = field(default_factory=dict)  # the city or a truth's key -> folder of class maps
    truth_depths: dict[str, str] = field(default_factory=dict)  # a truth's key -> folder of its depth maps

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

    def classes_path_of(self, entry: ManifestEntry, key: str) -> Path:
        """Where the class map of this picture is, or of its true translation of that key; only Toytown has them."""
        return Path(self.root) / self.classes[key] / f"{self.stem_of(entry)}.png"

    def truth_depth_path_of(self, entry: ManifestEntry, key: str) -> Path:
        """Where the depth map of the true translation of that key is; only Toytown has them."""
        return Path(self.root) / self.truth_depths[key] / f"{self.stem_of(entry)}.png"

    def stem_of(self, entry: ManifestEntry) -> str:
        """The picture's name for files made from it: unique in this city and safe on any file system.

        "alleys/0007.jpg" gives "alleys__0007", "rgb/0007.png" gives "0007"; see `c2c.data.stems`.
        """
        return self._stems[entry.path]

    @cached_property
    def sha256(self) -> str:
        """Hash of all that training and scores depend on.

        It changes neither with the root nor with files skipped, nor with class maps and the depths of truths, which
        follow from what is drawn.
        """
        entries = [msgspec.to_builtins(replace(entry, stamp=())) for entry in self.entries]
        for entry in entries:
            del entry["look"]  # the file's own hash says more
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
    place_of: Mapping[str, Place] | None = None,
    depth_scale: float = DEPTH_SCALE,
    truths: Mapping[str, str] | None = None,
    classes: Mapping[str, str] | None = None,
    truth_depths: Mapping[str, str] | None = None,
    earlier: Manifest | None = None,
    progress: Callable[[int, int], object] | None = None,
) -> Manifest:
    """The manifest of a folder of pictures; every file is decoded and hashed, and a broken one is listed as skipped.

    Args:
        city: its name.
        root: a folder of JPEG, PNG or WebP pictures at any depth, or of rgb/ beside depth/.
        rules: how pictures are grouped and the groups split, and what becomes of leaks.
        split_of: gives the split of a path where it is known; the rules then only group, and leaks are not looked for.
        place_of: where each picture was taken, by its path; needed to split by place.
        depth_scale: a depth map's value of one metre.
        truths: folders of true translations by key, relative to the root.
        classes: folders of class maps, relative to the root: of the city's own pictures, and of each truth by its key.
        truth_depths: folders of depth maps of each truth by its key, relative to the root.
        earlier: a manifest of this folder; files of unchanged bytes and time are taken from it unread.
        progress: called with the files looked at and all files, after each.

    Raises:
        NoPictures: the folder is missing, is no folder, or holds no usable picture.
        TooFewImages: it holds a single picture.
        SplitError: there is none left for training or for the test.
        LeakError: pictures of one split give away another's, and the rules refuse that.
    """
    if not root.is_dir():
        what = "is no folder" if root.exists() else "does not exist"
        raise NoPictures(f"{root} {what}. The city {city!r} needs a folder of JPEG, PNG or WebP pictures.")
    known = earlier.entries if earlier and Path(earlier.root).resolve() == root.resolve() else ()
    greys = _Greys(root)
    entries, skipped = _look_through(root, depth_scale, {entry.path: entry for entry in known}, greys, progress)
    if not entries:
        raise NoPictures(_none_usable(root, skipped))
    entries = [replace(entry, group=group_of(entry.path, rules.group)) for entry in entries]
    if split_of is not None:
        splits = {entry.path: split_of(entry.path) for entry in entries}
    elif any(folder_split(entry.path) in ("train", "test") for entry in entries):
        splits = _by_folders(root, entries, skipped)
    else:
        entries = _without_copies(entries, skipped)
        _refuse_idle_pattern(root, entries, rules)
        if rules.leaks == "regroup" and rules.rule == "hash":
            entries = _regrouped(city, entries, greys)
        splits = _by_rules(root, entries, rules, place_of or {}, skipped)
    entries = [replace(entry, split=splits[entry.path]) for entry in entries if entry.path in splits]
    if split_of is None and rules.leaks != "allow":
        entries = _without_leaks(city, root, entries, rules, greys, skipped)
    folders = (dict(named or {}) for named in (truths, classes, truth_depths))
    return Manifest(city, str(root), depth_scale, tuple(entries), tuple(skipped), *folders)


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
    greys: "_Greys",
    progress: Callable[[int, int], object] | None,
) -> tuple[list[ManifestEntry], list[Skipped]]:
    """The entry of every usable file, not grouped and not split yet, and the files that are not usable."""
    found, skipped = find_pictures(root)
    entries: list[ManifestEntry] = []
    for number, file in enumerate(found, start=1):
        try:
            entries.append(_look_at(root, file, known.get(file.path), depth_scale, greys, skipped))
        except PictureError as error:
            skipped.append(_skipped(root, file.path, error))
        if progress:
            progress(number, len(found))
    return entries, skipped


def _look_at(
    root: Path,
    file: FoundFile,
    known: ManifestEntry | None,
    depth_scale: float,
    greys: "_Greys",
    skipped: list[Skipped],
) -> ManifestEntry:
    """The entry of one file; a depth map that cannot be used is left out and added to `skipped`."""
    stamp = _stamp(root, file)
    if known and known.look and known.stamp == stamp and known.depth == file.depth:
        return known
    width, height, grey = glance_at(root / file.path)
    greys.keep(file.path, grey)
    sha256, look = sha256_of(root / file.path), picture_hash(grey)
    entry = ManifestEntry(file.path, width, height, sha256, "train", file.path, stamp=stamp, look=look)
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


def folder_split(path: str) -> Split | None:
    """The split that the path's first folder names, behind an rgb/; None where it names none."""
    folders = [*PurePosixPath(path).parts[:-1], ""]
    first = folders[1] if folders[0] == "rgb" and len(folders) > 1 else folders[0]
    return next((split for split in SPLITS if split == first), None)


def _by_folders(root: Path, entries: list[ManifestEntry], skipped: list[Skipped]) -> dict[str, Split]:
    """The split of each path in train/, val/ or test/; others are added to `skipped`."""
    named = {entry.path: folder_split(entry.path) for entry in entries}
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


def _by_rules(
    root: Path,
    entries: list[ManifestEntry],
    rules: SplitRules,
    place_of: Mapping[str, Place],
    skipped: list[Skipped],
) -> dict[str, Split]:
    """The split of each path by the rules; by place, pictures without one are added to `skipped`."""
    if len(entries) < 2:
        raise TooFewImages(root, len(entries), 2, "a city (one picture to learn from, one to test with)")
    if rules.rule == "place":
        placed = {entry.path: place_of[entry.path] for entry in entries if entry.path in place_of}
        if not placed:
            raise SplitError(
                f"{root} does not say where any of its pictures was taken, so that they cannot be split by place.\n"
                'Name the folder that `c2c views` made, or a collection; or take split = "hash".'
            )
        skipped += [Skipped(entry.path, "no place is known of it") for entry in entries if entry.path not in placed]
        return assign_by_place(placed, rules)
    split_of_group = assign([entry.group for entry in entries], rules)
    return {entry.path: split_of_group[entry.group] for entry in entries}


def _refuse_idle_pattern(root: Path, entries: list[ManifestEntry], rules: SplitRules) -> None:
    if rules.group and rules.rule == "place":
        raise SplitError(
            f'{root} cannot be split by place and by the group pattern {rules.group!r}: with split = "place" a '
            'neighbourhood is the group.\nLeave out group, or take split = "hash".'
        )
    if rules.group and all(entry.group == entry.path for entry in entries):
        raise SplitError(
            f"The group pattern {rules.group!r} captures nothing in any path below {root}; the first is "
            f"{entries[0].path}"
        )


class _Greys:
    """Small grey pictures by path; those not kept are read again."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.kept: dict[str, Grey] = {}

    def keep(self, path: str, grey: Grey) -> None:
        if len(self.kept) < GREYS_KEPT:
            self.kept[path] = grey

    def of(self, entries: list[ManifestEntry]) -> Callable[[int], Grey]:
        """What gives the grey picture of an entry by its number."""

        def grey(number: int) -> Grey:
            path = entries[number].path
            return self.kept[path] if path in self.kept else glance_at(self.root / path).grey

        return grey


def _regrouped(city: str, entries: list[ManifestEntry], greys: _Greys) -> list[ManifestEntry]:
    """The entries with the groups of all that would leak made one."""
    paths, looks = [entry.path for entry in entries], [entry.look for entry in entries]
    first: dict[str, int] = {}
    pairs = [(first.setdefault(entry.group, number), number) for number, entry in enumerate(entries)]
    pairs += [(pair.a, pair.b) for pair in related(paths, looks, greys.of(entries))]
    groups = joined(len(entries), pairs)
    if len(entries) > 1 and len(set(groups)) == 1:
        raise LeakError(
            f"All {len(entries)} pictures of {city} hang together, each is nearly the same as the next: none can be "
            f'held out.\nSplit a drive or a video by time: cities.{city}.split = "time", with a gap of some pictures.'
        )
    return [replace(entry, group=entries[group].group) for entry, group in zip(entries, groups, strict=True)]


def _without_leaks(
    city: str, root: Path, entries: list[ManifestEntry], rules: SplitRules, greys: _Greys, skipped: list[Skipped]
) -> list[ManifestEntry]:
    """The entries without those that give away a picture of the test or, in training, one of the validation.

    Those left out are added to `skipped`.

    Raises:
        LeakError: there are some, and they are refused.
    """
    paths, looks, splits = zip(*((entry.path, entry.look, entry.split) for entry in entries), strict=True)
    found = leaks_between(paths, looks, greys.of(entries), splits)
    leaks = [leak for leak in found if "gap" not in (leak.side_a, leak.side_b)]
    if leaks and rules.leaks == "refuse":
        raise refusal(city, root, leaks, rules)
    out = {}
    for leak in leaks:
        (path, _), (kept, split) = sorted([(leak.a, leak.side_a), (leak.b, leak.side_b)], key=lambda one: _RANK[one[1]])
        out.setdefault(path, Skipped(path, f"leaks from {split}: with {kept}, {in_words(leak)}"))
    skipped += out.values()
    return [entry for entry in entries if entry.path not in out]
