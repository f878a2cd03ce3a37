"""Preparing a city: drawn or scanned, listed in a manifest, and cut into the views that tests are made of."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from statistics import median_low

import numpy as np

from c2c.collect.attribution import write_attribution
from c2c.collect.panoramas import collection_of
from c2c.collect.passed_on import crawl_of, places_in
from c2c.collect.pictures import read_all_collected
from c2c.data.manifest import Manifest, ManifestEntry, read_manifest, scan, write_manifest
from c2c.data.notices import keep_notices
from c2c.data.pictures import read_depth, read_picture, write_depth, write_picture
from c2c.data.splits import SPLITS, Split, SplitRules, spread
from c2c.data.transforms import test_view, test_view_depth
from c2c.pipeline.reporter import Progress
from c2c.pipeline.run import Run
from c2c.recipe import CityRecipe, ToytownRecipe
from c2c.records import CityRecord, write_record
from c2c.toytown.pictures import Truth, draw_city

WHOLE, DRESSED = "whole", "dressed"
NOTICES = "notices"  # folder of the licences and attributions that came with a city's pictures


def truth_key(target: str, form: str) -> str:
    """The name of a set of true pictures: the target city drawn whole, or its dress on the source's shapes."""
    return target if form == WHOLE else f"{target}-dress"


def truths_of(run: Run, city: str) -> dict[str, Truth]:
    """The true pictures that Toytown draws of a city's layouts, one set for each city it is translated into."""
    recipe = run.recipe
    truths = {}
    for name in recipe.approaches:
        named = recipe.cities_of(name)
        if len(named) < 2 or city not in (named[0], named[-1]):
            continue
        other = named[-1] if city == named[0] else named[0]
        if not any(direction.source == city for direction in recipe.directions_of(name)):
            continue
        here, there = recipe.cities[city].toytown, recipe.cities[other].toytown
        if here and there and here != there:
            truths[truth_key(other, WHOLE)] = Truth(massing=there, dress=there)
            truths[truth_key(other, DRESSED)] = Truth(massing=here, dress=there)
    return truths


def prepare_city(run: Run, city: str, progress: Progress) -> str:
    """Draw or scan a city, and write its manifest and record; returns a line that tells of it."""
    manifest = _drawn(run, city, progress) if run.recipe.cities[city].toytown else _scanned(run, city, progress)
    write_manifest(run.folder.manifest(city), manifest)
    counts = {split: len(manifest.split(split)) for split in ("train", "val", "test")}
    own = run.recipe.cities[city]
    record = CityRecord(
        city=city,
        source="toytown" if own.toytown else "folder",
        root="data/" + city if own.toytown else Path(manifest.root).name,
        pictures=counts,
        with_depth=sum(entry.depth is not None for entry in manifest.entries),
        skipped=manifest.skipped,
        manifest=run.folder.relative(run.folder.manifest(city)),
        manifest_sha256=manifest.sha256,
        provenance=run.provenance(),
        note=own.note or ("drawn by c2c, free to use" if own.toytown else ""),
        short_sides=_short_sides(manifest),
        notices=_kept_notices(run, city),
    )
    write_record(run.folder.records, record)
    _keep_story(run, city)
    told = ", ".join(f"{count} {split}" for split, count in counts.items() if count)
    return told + (f"; {len(manifest.skipped)} files skipped" if manifest.skipped else "")


def _short_sides(manifest: Manifest) -> tuple[int, int, int]:
    """The smallest, the median and the largest short side of a city's pictures, in px."""
    sides = sorted(min(entry.width, entry.height) for entry in manifest.entries)
    return sides[0], median_low(sides), sides[-1]


def _kept_notices(run: Run, city: str) -> tuple[str, ...]:
    """The licences and attributions that came with a city's folder, now in the run's."""
    own, folder = run.recipe.cities[city], run.folder.city(city) / NOTICES
    kept = keep_notices(_root(own), folder) if own.folder else []
    collection = collection_of(_root(own)) if own.folder else None
    if collection:
        kept = sorted({*kept, write_attribution(folder, read_all_collected(collection))})
    return tuple(run.folder.relative(path) for path in kept)


def _keep_story(run: Run, city: str) -> None:
    """Keep with the run how a city's pictures were collected, where that is known."""
    own, path = run.recipe.cities[city], run.folder.records / f"crawl-{city}.json"
    story = crawl_of(_root(own), city, run.provenance()) if own.folder else None
    if story:
        write_record(run.folder.records, story)
    else:
        path.unlink(missing_ok=True)


def city_key(run: Run, city: str) -> str:
    """What a city depends on: how it is drawn, or what lies in its folder and how that is split."""
    own = run.recipe.cities[city]
    if own.folder:
        return run.key(asdict(own), asdict(run.recipe.data), run.recipe.seed, _looked_at(_root(own)))
    truths = {key: asdict(truth) for key, truth in truths_of(run, city).items()}
    return run.key(asdict(own), asdict(_toytown(run)), truths, run.recipe.seed)


def manifest_of(run: Run, city: str) -> Manifest:
    """The manifest of a city that was prepared.

    Raises:
        ManifestError: it was not.
    """
    return read_manifest(run.folder.manifest(city))


def test_entries(run: Run, manifest: Manifest) -> list[ManifestEntry]:
    """The test pictures that are used: all, or `data.max_test` of them spread evenly."""
    entries, most = manifest.split("test"), run.recipe.data.max_test
    if not most or len(entries) <= most:
        return list(entries)
    return spread(entries, most)


def other_entries(manifest: Manifest, count: int, size: int) -> list[ManifestEntry]:
    """Up to `count` real pictures that are not in the test, at least as large as `size`: validation first."""
    others = [*manifest.split("val"), *manifest.split("train")]
    return [entry for entry in others if min(entry.width, entry.height) >= size][:count]


def why_no_reference(run: Run, city: str, size: int) -> str:
    """Why the test pictures of a city are no reference at a size: some would have to be enlarged. "" where none is."""
    tests = test_entries(run, manifest_of(run, city))
    return too_small(tests, size, f"test pictures of {city}")


def too_small(entries: Sequence[ManifestEntry], size: int, what: str) -> str:
    """How many of some pictures are smaller than a size, in words; "" where none is."""
    sides = [min(entry.width, entry.height) for entry in entries]
    smaller = [side for side in sides if side < size]
    if not smaller:
        return ""
    return f"{len(smaller)} of {len(sides)} {what} are smaller than {size} px, the smallest {min(smaller)} px"


def views_of(run: Run, manifest: Manifest, entries: list[ManifestEntry], size: int, kind: str = "image") -> Path:
    """The folder of the test views of some entries at a size: the centre square of each, as PNG.

    Args:
        run: the run.
        manifest: the city's.
        entries: of the manifest.
        size: side in pixels.
        kind: "image", "depth", or the key of a set of true pictures.
    """
    folder = run.folder.city(manifest.city) / "views" / f"{kind}-{size}"
    run.folder.start_afresh(folder, run.key(manifest.sha256, kind, size))
    make = _view_maker(manifest, size, kind)
    for entry in entries:
        path = folder / f"{manifest.stem_of(entry)}.png"
        if not path.is_file():
            make(entry, path)
    return folder


def files_of_tests(run: Run, city: str, folder: Path) -> list[Path]:
    """Where a folder has each test picture of a city, in order."""
    manifest = manifest_of(run, city)
    return [folder / f"{manifest.stem_of(entry)}.png" for entry in test_entries(run, manifest)]


def views_of_tests(run: Run, city: str, size: int) -> list[Path]:
    """The views of a city's test pictures at a size, in order."""
    manifest = manifest_of(run, city)
    return files_of_tests(run, city, views_of(run, manifest, test_entries(run, manifest), size))


def _view_maker(manifest: Manifest, size: int, kind: str) -> Callable[[ManifestEntry, Path], None]:
    def image(entry: ManifestEntry, path: Path) -> None:
        write_picture(path, test_view(read_picture(manifest.path_of(entry)), size))

    def depth(entry: ManifestEntry, path: Path) -> None:
        source = manifest.depth_path_of(entry)
        metres = np.zeros((size, size), np.float32)
        if source is not None:
            metres = test_view_depth(read_depth(source, manifest.depth_scale), size)
        write_depth(path, metres)

    def truth(entry: ManifestEntry, path: Path) -> None:
        write_picture(path, test_view(read_picture(manifest.truth_path_of(entry, kind)), size))

    return {"image": image, "depth": depth}.get(kind, truth)


def _drawn(run: Run, city: str, progress: Progress) -> Manifest:
    folder, truths = run.folder.city(city), truths_of(run, city)
    own = run.recipe.cities[city].toytown
    draw_city(folder, own, _toytown(run), run.recipe.seed, truths, progress)
    return scan(
        city,
        folder,
        split_of=_drawn_split,
        truths={key: f"truth/{key}" for key in truths},
        classes={city: "classes", **{key: f"classes/{key}" for key in truths}},
        truth_depths={key: f"depth/{key}" for key in truths},
    )


def _toytown(run: Run) -> ToytownRecipe:
    """How Toytown is drawn: views to test with are as large as the largest size that anything is applied at."""
    recipe = run.recipe
    largest = max(size for name in recipe.approaches for size in recipe.sizes_of(name))
    return replace(recipe.toytown, test_size=max(recipe.toytown.test_size, largest))


def _drawn_split(path: str) -> Split:
    """The split that a drawn view's name begins with: "rgb/train-0000.png"."""
    name = Path(path).stem
    return next(split for split in SPLITS if name.startswith(split))


def _scanned(run: Run, city: str, progress: Progress) -> Manifest:
    own, data, path = run.recipe.cities[city], run.recipe.data, run.folder.manifest(city)
    rules = SplitRules(
        test=data.test_fraction,
        val=data.val_fraction,
        seed=run.recipe.seed,
        rule=own.split,
        group=own.group,
        gap=own.gap,
        neighbourhood_m=own.neighbourhood_m,
        gap_m=own.gap_m,
        leaks=data.leaks,
    )
    return scan(
        city,
        _root(own),
        rules=rules,
        place_of=places_in(_root(own)) if own.split == "place" else None,
        depth_scale=own.depth_scale,
        earlier=read_manifest(path) if path.is_file() else None,
        progress=progress,
    )


def _root(own: CityRecipe) -> Path:
    return Path(own.folder).expanduser().resolve()


def _looked_at(root: Path) -> list[tuple[str, int, int]]:
    """The files that a city is made of: its folder's, and the records of a collection whose pictures these are."""
    collection = collection_of(root)
    beside = _listing(collection / "records") if collection and collection != root else []
    return [*_listing(root), *beside]


def _listing(root: Path) -> list[tuple[str, int, int]]:
    """Path, bytes and time of every file below a folder."""
    found = ((path, path.stat()) for path in sorted(root.rglob("*")) if path.is_file())
    return [(path.relative_to(root).as_posix(), stat.st_size, stat.st_mtime_ns) for path, stat in found]
