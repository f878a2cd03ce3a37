"""Is there anything to learn between two folders of pictures? Asked before a GPU is kept busy for days.

Every picture is seen as a training at the given size would see it, as its centre square, so that pictures of unlike
sizes are compared at one sharpness. A probe on the features of a network tells how far the two cities can be told apart
(see `c2c.evaluation.separability`); two more look at trivial things alone, the mean colour and the files themselves,
because two sets that differ only in those are as easy to tell apart and teach nothing about cities.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from c2c.data.duplicates import picture_hash
from c2c.data.leaks import related
from c2c.data.splits import spread
from c2c.errors import TooFewImages
from c2c.evaluation.looks import Look, groups_of, listed, look_at
from c2c.evaluation.separability import FOLDS, WEAK, Probe, Verdict, probe
from c2c.models.features import FeatureNetwork
from c2c.records import Skipped

SAYS = {
    "strong": "There is much to learn.",
    "moderate": "There is something to learn, but it is not plain to see in every picture.",
    "weak": (
        "There is little to learn here. City2City trained 200 epochs on pictures without what is typical of their "
        "cities, and they remained largely unchanged. Choose others first."
    ),
}


@dataclass(frozen=True)
class Seen:
    """One picture, as the probe judged it without having been fitted on it."""

    path: str  # relative to its folder
    own: float  # the chance that the probe gives its own city, in [0, 1]


@dataclass(frozen=True)
class City:
    """One of the two folders."""

    name: str
    folder: str
    found: int  # pictures in the folder
    pictures: tuple[Seen, ...]  # those looked at, the most typical first
    skipped: tuple[Skipped, ...]


@dataclass(frozen=True)
class Told:
    """How well the pictures can be told apart by one kind of look."""

    by: str
    accuracy: float  # balanced, held out, in [0, 1]; a guess has 0.5
    interval: tuple[float, float]  # of 95%
    auc: float
    verdict: Verdict


@dataclass(frozen=True)
class Alike:
    """Two pictures that are nearly the same, or alike neighbours in a sequence; each as CITY/PATH."""

    a: str
    b: str
    why: str
    likeness: float | None


@dataclass(frozen=True)
class Signal:
    """What there is to learn between two cities."""

    a: City
    b: City
    size: int  # side in pixels at which pictures were compared
    verdict: Verdict
    says: str
    network: Told
    trivial: tuple[Told, ...]
    notes: tuple[str, ...]
    alike: tuple[Alike, ...]


def signal_between(
    folder_a: Path,
    folder_b: Path,
    network: FeatureNetwork,
    size: int = 128,
    most: int = 500,
    seed: int = 0,
    progress: Callable[[int, int], object] | None = None,
) -> Signal:
    """How well the pictures of two folders can be told apart, and by which of them.

    Args:
        folder_a, folder_b: of JPEG, PNG or WebP pictures of any sizes, at any depth.
        network: what turns pictures into features.
        size: side in pixels at which pictures are compared.
        most: pictures of a folder that are looked at, spread evenly; 0: all.
        seed: of the folds.
        progress: called with the pictures looked at and all pictures.

    Raises:
        NoPictures: a folder is missing, or holds no usable picture.
        TooFewImages: a folder holds fewer pictures than there are folds, near-duplicates counted once.
    """
    folders, names = (folder_a, folder_b), _names(folder_a, folder_b)
    found = [listed(folder) for folder in folders]
    chosen = [spread(paths, most) if most and len(paths) > most else paths for paths, _ in found]
    seen, broken = _look_at_both(folders, chosen, network, size, progress)
    skipped = [unlisted + more for (_, unlisted), more in zip(found, broken, strict=True)]
    looks, is_b = seen[0] + seen[1], [False] * len(seen[0]) + [True] * len(seen[1])
    labels = [f"{names[of_b]}/{look.path}" for look, of_b in zip(looks, is_b, strict=True)]
    pairs = related(labels, [picture_hash(look.grey) for look in looks], lambda number: looks[number].grey)
    groups, cut = groups_of(labels, is_b, pairs)
    for folder, side in zip(folders, (groups[: len(seen[0])], groups[len(seen[0]) :]), strict=True):
        _refuse_few(folder, len(set(side)), "telling two cities apart, near-duplicates counted once,")

    def ask(rows: list[Tensor]) -> Probe:
        return probe(torch.stack(rows), is_b, groups, seed)

    judged = ask([look.features for look in looks])
    by_network = _told(f"{network.name}, {network.dims} features", judged)
    by_colour = _told("mean colour alone, 3 numbers", ask([look.colour for look in looks]))
    by_file = _told("the files alone: sides, bytes a pixel", ask([look.file for look in looks]))
    own = torch.sigmoid(torch.tensor(judged.margins, dtype=torch.float64)).tolist()
    ranked = [_ranked(seen[0], own[: len(seen[0])]), _ranked(seen[1], own[len(seen[0]) :])]
    cities = [City(names[n], str(folders[n]), len(found[n][0]), ranked[n], tuple(skipped[n])) for n in (0, 1)]
    across = sum(is_b[pair.a] != is_b[pair.b] for pair in pairs)
    return Signal(
        a=cities[0],
        b=cities[1],
        size=size,
        verdict=judged.verdict,
        says=SAYS[judged.verdict],
        network=by_network,
        trivial=(by_colour, by_file),
        notes=tuple(_notes(by_network, by_colour, by_file, across, cut, judged.groups, size)),
        alike=tuple(Alike(labels[pair.a], labels[pair.b], pair.why, pair.likeness) for pair in pairs),
    )


def _look_at_both(
    folders: tuple[Path, Path],
    chosen: list[list[str]],
    network: FeatureNetwork,
    size: int,
    progress: Callable[[int, int], object] | None,
) -> tuple[list[list[Look]], list[list[Skipped]]]:
    """What was seen in each folder, and what could not be."""
    seen: list[list[Look]] = []
    skipped: list[list[Skipped]] = []
    done, total = 0, sum(map(len, chosen))
    for folder, paths in zip(folders, chosen, strict=True):
        looks, broken = look_at(
            folder, paths, network, size, lambda n, done=done: progress and progress(done + n, total)
        )
        _refuse_few(folder, len(looks), "telling two cities apart")
        seen.append(looks)
        skipped.append(broken)
        done += len(paths)
    return seen, skipped


def _ranked(looks: list[Look], own: list[float]) -> tuple[Seen, ...]:
    seen = [Seen(look.path, chance) for look, chance in zip(looks, own, strict=True)]
    return tuple(sorted(seen, key=lambda one: -one.own))


def _told(by: str, found: Probe) -> Told:
    return Told(by, found.accuracy, found.interval, found.auc, found.verdict)


def _refuse_few(folder: Path, found: int, purpose: str) -> None:
    if found < FOLDS:
        raise TooFewImages(folder, found, FOLDS, purpose)


def _notes(
    by_network: Told, by_colour: Told, by_file: Told, across: int, cut: int, counted: tuple[int, int], size: int
) -> list[str]:
    notes = []
    if by_colour.interval[0] >= WEAK:
        notes.append(
            f"Mean colour alone tells {by_colour.accuracy:.0%} right: part of the signal is a shift of colour, which a "
            "plain colour transfer gives as well."
        )
    if by_file.interval[0] >= WEAK:
        notes.append(
            f"The files alone tell {by_file.accuracy:.0%} right: the sets come from unlike sources. All pictures were "
            f"compared at {size} px, but framing, compression or a watermark may still give a city away. Look at them."
        )
    if across:
        pairs = "1 pair" if across == 1 else f"{across} pairs"
        notes.append(f"{pairs} of nearly the same picture stand in both folders.")
    if cut:
        notes.append(
            f"{cut} pictures hang together as a drive or a video does; they were cut into blocks of neighbours, each "
            "counted as one picture."
        )
    if by_network.verdict != "strong" and min(counted) < 30:
        notes.append(
            f"{min(counted)} unlike pictures of a city are few: the interval is wide. Add some, and ask again."
        )
    return notes


def _names(folder_a: Path, folder_b: Path) -> tuple[str, str]:
    """What the cities are called: their folders' names, made unlike where they are the same."""
    a, b = folder_a.resolve(), folder_b.resolve()
    if a.name != b.name:
        return a.name, b.name
    if a.parent.name != b.parent.name:
        return f"{a.parent.name}-{a.name}", f"{b.parent.name}-{b.name}"
    return f"{a.name}-1", f"{b.name}-2"
