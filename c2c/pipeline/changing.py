"""The stage that measures what changed: where and how strongly pictures change, and on Toytown what becomes what."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from c2c.approaches import Direction
from c2c.data.manifest import Manifest, ManifestEntry
from c2c.data.transforms import test_view_depth
from c2c.evaluation import changes, classes
from c2c.evaluation.changes import Changes, changes_of
from c2c.evaluation.classes import Classes, Knowledge, PixelClassifier
from c2c.evaluation.intervals import mean_with_interval
from c2c.evaluation.pictures import contents_sha256, pixels_sha256, read_picture
from c2c.evaluation.points import reduced
from c2c.evaluation.protocol import Protocol, protocol_of
from c2c.evaluation.score import mean_score
from c2c.pipeline.cities import DRESSED, WHOLE, manifest_of, test_entries, truth_key, views_of
from c2c.pipeline.reporter import Progress
from c2c.pipeline.run import Run
from c2c.pipeline.scene_depths import SceneDepths, training_entries, training_view
from c2c.pipeline.translating import translate_key, truth_folder
from c2c.records import ChangeRecord, ClassChanges, ClassTable, Recognised, Strength, write_record
from c2c.toytown import CLASS_COLOURS, CLASSES
from c2c.translation.panels import FAKE

BUILDING = ("facade", "window", "roof")  # one class here: a window of two pixels cannot be told from its wall
NAMES = tuple(dict.fromkeys("building" if name in BUILDING else name for name in CLASSES))
NUMBERS = np.array([NAMES.index("building" if name in BUILDING else name) for name in CLASSES], np.uint8)
COLOURS = tuple(CLASS_COLOURS[CLASSES[NUMBERS.tolist().index(number)]] for number in range(len(NAMES)))


def image_directions(run: Run, name: str) -> list[Direction]:
    """The directions of an approach that make images out of images."""
    return [direction for direction in run.recipe.directions_of(name) if direction.takes == direction.gives == "image"]


def changes_key(run: Run, name: str) -> str:
    """What the changes of an approach depend on."""
    cities = {city for direction in image_directions(run, name) for city in (direction.source, direction.target)}
    manifests = [manifest_of(run, city) for city in sorted(cities)]
    known = [(m.sha256, sorted(m.classes.items()), sorted(m.truth_depths.items())) for m in manifests]
    return run.key(translate_key(run, name), known, run.recipe.seed)


class Measurer:
    """Measures what the approaches of a run changed; what reads the classes of two cities is fitted once."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self._readers: dict[tuple[str, str, int], _Reader] = {}
        self._depths = SceneDepths(run)

    def measure(self, name: str, progress: Progress) -> None:
        """Measure an approach in every direction, at the size it was trained at, and record it."""
        directions = image_directions(self.run, name)
        for number, direction in enumerate(directions, start=1):
            self._measure(name, direction)
            progress(number, len(directions))

    def _measure(self, name: str, direction: Direction) -> None:
        run, size = self.run, self.run.recipe.size_of(name)
        manifest = manifest_of(run, direction.source)
        entries = test_entries(run, manifest)
        home = run.folder.pictures(name, direction.name, size)
        inputs, outputs, maps = views_of(run, manifest, entries, size), home / FAKE, home / "change"
        run.folder.start_afresh(maps, changes_key(run, name))
        stems = [manifest.stem_of(entry) for entry in entries]
        found = changes_of(_files(inputs, stems), _files(outputs, stems), maps)
        changes.write_map(home / "change-mean.png", found.mean_map)
        truth = truth_folder(run, direction, size)
        true = changes_of(_files(inputs, stems), _files(truth, stems)) if truth else None
        record = ChangeRecord(
            approach=name,
            approach_kind=run.recipe.approaches[name].kind,
            direction=direction.name,
            source=direction.source,
            target=direction.target,
            size=size,
            inputs=run.folder.relative(inputs),
            outputs=run.folder.relative(outputs),
            maps=run.folder.relative(maps),
            mean_map=run.folder.relative(home / "change-mean.png"),
            top=changes.TOP,
            colours=changes.COLOURS,
            strength=_strength(found),
            true_strength=_strength(true) if true else None,
            classes=self._class_changes(direction, size, entries, home, truth) if truth else None,
            depth=self._depths.measure(direction, size, inputs, home / FAKE, truth) if truth else None,
            protocol=changes.stated(size),
            provenance=run.provenance(),
        )
        write_record(run.folder.records, record)

    def _class_changes(
        self, direction: Direction, size: int, entries: list[ManifestEntry], home: Path, truth: Path
    ) -> ClassChanges | None:
        """Which classes became which; None where class maps were not kept."""
        run = self.run
        source, target = manifest_of(run, direction.source), manifest_of(run, direction.target)
        key = truth_key(direction.target, DRESSED if direction.keeps_shape else WHOLE)
        if not ({source.city, key} <= source.classes.keys() and target.city in target.classes):
            return None
        reader = self._reader(source, target, size)
        stems = [source.stem_of(entry) for entry in entries]
        before, aim, true = reader.real(source), reader.real(target), _known(source, entries, key, size)
        output, truth_as_read = reader.read(home / FAKE, stems), reader.read(truth, stems)
        folders = {
            "input": self._write(home / "classes-input", stems, before.known),
            "output": self._write(home / "classes", stems, output),
            "truth": self._write(home / "classes-truth", stems, true),
        }
        sha256 = contents_sha256([pixels_sha256(one) for one in true])
        protocol = protocol_of("class_agreement", (size, size), len(stems), len(stems), sha256) | reader.stated
        agreement = dict(zip(stems, classes.agreement(output, true), strict=True))
        against = "dressed truth" if direction.keeps_shape else "truth"
        return ClassChanges(
            names=NAMES,
            colours=COLOURS,
            input_shares=_rounded(before.knowledge.share),
            output=_table(before.known, output),
            truth=_table(before.known, true),
            truth_as_read=_table(before.known, truth_as_read),
            input_as_read=_table(before.known, before.seen),
            truth_form=against,
            recognised=tuple(_recognised(number, aim, before) for number in range(len(NAMES))),
            accuracy=aim.knowledge.accuracy,
            accuracy_source=before.knowledge.accuracy,
            bound=classes.BOUND,
            agreement=mean_score("class_agreement", "higher", against, agreement, protocol),
            agreement_of_truth=float(np.mean(classes.agreement(truth_as_read, true))),
            agreement_of_input=float(np.mean(classes.agreement(before.seen, true))),
            folders=folders,
            protocol=protocol,
        )

    def _reader(self, source: Manifest, target: Manifest, size: int) -> "_Reader":
        a, b = sorted((source, target), key=lambda manifest: manifest.city)
        key = (a.city, b.city, size)
        if key not in self._readers:
            self._readers[key] = _Reader(self.run, (a, b), size)
        return self._readers[key]

    def _write(self, folder: Path, stems: list[str], maps: Classes) -> str:
        for stem, one in zip(stems, maps, strict=True):
            classes.write_classes(folder / f"{stem}.png", one, COLOURS)
        return self.run.folder.relative(folder)


@dataclass(frozen=True)
class _Real:
    """The real test pictures of a city: their classes as they are, and as the classifier reads them."""

    city: str
    known: Classes
    seen: Classes
    knowledge: Knowledge


class _Reader:
    """Reads the classes of pictures by a classifier fitted on real training pictures of two cities."""

    def __init__(self, run: Run, cities: tuple[Manifest, Manifest], size: int) -> None:
        self.run, self.size = run, size
        pictures, known = [], []
        for manifest in cities:
            entries = training_entries(manifest)
            pictures += [training_view(manifest.path_of(entry), size) for entry in entries]
            known.append(_known(manifest, entries, manifest.city, size))
        self.classifier = PixelClassifier(torch.stack(pictures), np.concatenate(known), len(NAMES), run.recipe.seed)
        fitted_on = f"{len(pictures)} real training pictures of {' and '.join(manifest.city for manifest in cities)}"
        self.stated: Protocol = classes.stated() | {
            "classifier_fitted_on": fitted_on,
            "classifier_seed": str(run.recipe.seed),
            "classes": ", ".join(NAMES),
            "building": ", ".join(BUILDING),
        }
        self._real: dict[str, _Real] = {}

    def read(self, folder: Path, stems: list[str]) -> Classes:
        """The classes of some pictures of a folder."""
        return self.classifier(torch.stack([reduced(read_picture(folder / f"{stem}.png")) for stem in stems]))

    def real(self, manifest: Manifest) -> _Real:
        """What is known, and what the classifier reads, of a city's real test pictures."""
        if manifest.city not in self._real:
            entries = test_entries(self.run, manifest)
            folder = views_of(self.run, manifest, entries, self.size)
            known = _known(manifest, entries, manifest.city, self.size)
            seen = self.read(folder, [manifest.stem_of(entry) for entry in entries])
            self._real[manifest.city] = _Real(manifest.city, known, seen, Knowledge.of(seen, known, len(NAMES)))
        return self._real[manifest.city]


def _known(manifest: Manifest, entries: list[ManifestEntry], key: str, size: int) -> Classes:
    """The true classes of some pictures, or of their truth of that key, where they are read."""
    maps = [classes.read_classes(manifest.classes_path_of(entry, key)) for entry in entries]
    # the nearest pixel is taken, as for depth: between two classes there is no third
    return np.stack([classes.reduced_classes(NUMBERS[test_view_depth(one, size)]) for one in maps])


def _files(folder: Path, stems: list[str]) -> dict[str, Path]:
    return {stem: folder / f"{stem}.png" for stem in stems}


def _strength(found: Changes) -> Strength:
    value, interval, _ = mean_with_interval(list(found.per_picture.values()))
    return Strength(value, (interval.low, interval.high) if interval else None, found.thirds, found.per_picture)


def _table(before: Classes, after: Classes) -> ClassTable:
    found = classes.shares(classes.transitions(before, after, len(NAMES)))
    return ClassTable(*(tuple(_rounded(row) for row in rows) for rows in (found.value, found.low, found.high)))


def _recognised(number: int, target: "_Real", source: "_Real") -> Recognised:
    """How well a class is known: in the target, or in the source where the target has too little of it."""
    where = target if target.knowledge.occurs[number] else source
    known = where.knowledge
    recall, precision = (
        None if np.isnan(values[number]) else float(values[number]) for values in (known.recall, known.precision)
    )
    return Recognised(where.city, float(known.share[number]), recall, precision, shown=bool(known.knows[number]))


def _rounded(values: np.ndarray) -> tuple[float, ...]:
    """Shares as a record keeps them, to a millionth."""
    return tuple(round(float(value), 6) for value in values)
