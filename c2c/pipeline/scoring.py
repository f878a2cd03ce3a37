"""The scoring stage: every approach, direction and size, beside the reference rows."""

from collections.abc import Iterator
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from c2c.approaches import Direction
from c2c.data.manifest import Manifest
from c2c.data.pictures import read_picture, write_picture
from c2c.data.splits import spread
from c2c.evaluation.colour import colour_map
from c2c.evaluation.features import SetFeatures, features_of
from c2c.evaluation.kept_layers import KeptLayers
from c2c.evaluation.protocol import stating
from c2c.evaluation.score import depth_scores, set_scores, truth_scores
from c2c.evaluation.structure import structure_score
from c2c.models.features import EfficientNetLite0, FeatureNetwork, load_features
from c2c.pipeline.cities import (
    DRESSED,
    WHOLE,
    files_of_tests,
    manifest_of,
    other_entries,
    test_entries,
    views_of,
    views_of_tests,
    why_no_reference,
)
from c2c.pipeline.reporter import Progress
from c2c.pipeline.run import Run
from c2c.pipeline.translating import directions_by_name, translate_key, truth_folder
from c2c.recipe import digest
from c2c.recipe.references import COLOUR, COPY, REAL
from c2c.recipe.schema import BY_STEPS
from c2c.records import Score, ScoreRecord, write_record
from c2c.records.comparing import NO_CHECKPOINT
from c2c.translation.folder import code_of
from c2c.translation.panels import FAKE

COLOUR_PICTURES = 64  # of each city, whose colours are learnt


def is_translated(run: Run, name: str) -> bool:
    """Whether an approach has its pictures, from today's inputs."""
    return run.ledger.is_done(f"translate {name}", translate_key(run, name))


def score_key(run: Run, name: str) -> str:
    """What the scores of an approach depend on."""
    targets = {direction.target for direction in run.recipe.directions_of(name)}
    references = [manifest_of(run, city).sha256 for city in sorted(targets)]
    return run.key(translate_key(run, name), references, run.recipe.scoring.extractor, run.recipe.seed)


def reference_key(run: Run) -> str:
    """What the reference rows depend on."""
    shas = [manifest_of(run, city).sha256 for city in run.recipe.cities]
    return run.key(shas, sorted(_places(run)), run.recipe.scoring.extractor, run.recipe.seed, run.recipe.data.max_test)


class Scorer:
    """Scores pictures of one run; the features of a set of pictures are computed once."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self._features: dict[tuple[Path, ...], SetFeatures] = {}

    @cached_property
    def looks(self) -> EfficientNetLite0:
        """What tells how alike two pictures look and are laid out, loaded when it is first needed."""
        return KeptLayers().to(self.run.device)

    @cached_property
    def network(self) -> FeatureNetwork:
        """The extractor that sets are compared by."""
        name = self.run.recipe.scoring.extractor
        return self.looks if name == self.looks.name else load_features(name, self.run.device)

    def score_approach(self, name: str, progress: Progress) -> None:
        """Score an approach in every direction and size, and record it."""
        run, recipe = self.run, self.run.recipe
        kind = recipe.approaches[name].kind
        work = [(d, size) for d in recipe.directions_of(name) for size in recipe.sizes_of(name)]
        for number, (direction, size) in enumerate(work, start=1):
            fake = run.folder.pictures(name, direction.name, size) / FAKE
            if direction.gives == "depth":
                scores = self._depth(name, direction, size, fake)
            else:
                made = files_of_tests(run, direction.source, fake)
                scores = self._against_city(made, direction, size)
                scores += self._against_truth(made, direction, size)
                scores += self._against_input(made, direction, size, recipe.size_of(name))
            trained_size = None if recipe.approaches[name].needs == "style_pictures" else recipe.size_of(name)
            self._record(name, kind, direction, size, trained_size, scores, "")
            progress(number, len(work))

    def score_references(self, progress: Progress) -> None:
        """Score real-against-real, copy-the-input and colour-shift wherever an image is made, and record them."""
        directions, places = directions_by_name(self.run.recipe), sorted(_places(self.run))
        for number, (name, size) in enumerate(places, start=1):
            self._score_copy(directions[name], size)
            self._score_colour(directions[name], size)
            self._score_real(directions[name], size)
            progress(number, len(places))

    def _score_copy(self, direction: Direction, size: int) -> None:
        if direction.takes != "image":
            return
        inputs = views_of_tests(self.run, direction.source, size)
        scores = self._against_city(inputs, direction, size)
        scores += self._against_truth(inputs, direction, size)
        self._record(COPY, "", direction, size, None, scores, "the input, not translated at all")

    def _score_colour(self, direction: Direction, size: int) -> None:
        """The colours of the source city, moved to those of the target city by what its training pictures tell."""
        if direction.takes != "image" or direction.source == direction.target:
            return
        source, target = (manifest_of(self.run, city) for city in (direction.source, direction.target))
        folder = self.run.folder.pictures(COLOUR, direction.name, size)
        self.run.folder.start_afresh(folder, self.run.key(source.sha256, target.sha256, COLOUR_PICTURES))
        move = colour_map(training_pictures(source), training_pictures(target))
        moved = files_of_tests(self.run, direction.source, folder / FAKE)
        for path, to in zip(views_of_tests(self.run, direction.source, size), moved, strict=True):
            write_picture(to, move(read_picture(path)))
        scores = self._against_city(moved, direction, size)
        scores += self._against_truth(moved, direction, size)
        scores += self._against_input(moved, direction, size, self.run.recipe.size)
        note = f"the input in {direction.target}'s colours: one linear map for all pictures"
        self._record(COLOUR, "", direction, size, None, scores, note)

    def _score_real(self, direction: Direction, size: int) -> None:
        manifest = manifest_of(self.run, direction.target)
        tests = test_entries(self.run, manifest)
        others = other_entries(manifest, len(tests), size)
        if len(others) < 2:
            return
        folder = views_of(self.run, manifest, others, size)
        scores = self._against_city([folder / f"{manifest.stem_of(entry)}.png" for entry in others], direction, size)
        note = f"{len(others)} other real pictures of {direction.target}, none of them in the test"
        self._record(REAL, "", direction, size, None, scores, note)

    def _against_city(self, pictures: list[Path], direction: Direction, size: int) -> tuple[Score, ...]:
        reference = self.features_of(views_of_tests(self.run, direction.target, size))
        return set_scores(self.features_of(pictures), reference, self.network)

    def _against_truth(self, made: list[Path], direction: Direction, size: int) -> tuple[Score, ...]:
        """Against the target city drawn whole, and against its dress on the source's shapes."""
        found: dict[Literal["truth", "dressed truth"], Path | None] = {
            "truth": truth_folder(self.run, direction, size, WHOLE)
        }
        if direction.source != direction.target:
            found["dressed truth"] = truth_folder(self.run, direction, size, DRESSED)
        pictures = _by_stem(made)
        scores: tuple[Score, ...] = ()
        for against, truth in found.items():
            if truth is not None:
                true = _by_stem(files_of_tests(self.run, direction.source, truth))
                scores += tuple(replace(score, against=against) for score in truth_scores(pictures, true, self.looks))
        return scores

    def _against_input(self, made: list[Path], direction: Direction, size: int, at: int) -> tuple[Score, ...]:
        """How much of the input's layout is kept, at one size: it says the same at others, and takes a while."""
        if direction.takes != "image" or size != at:
            return ()
        given = views_of_tests(self.run, direction.source, size)
        return (structure_score(_by_stem(made), _by_stem(given), self.looks),)

    def _depth(self, name: str, direction: Direction, size: int, fake: Path) -> tuple[Score, ...]:
        truth = truth_folder(self.run, direction, size)
        assert truth is not None  # a pair has both halves
        predicted, true = (_by_stem(files_of_tests(self.run, direction.source, folder)) for folder in (fake, truth))
        return depth_scores(predicted, true, code_of(self.run.recipe, name).far_m)

    def _checkpoint_rule(self, name: str) -> str:
        """Which checkpoints of an approach and its parts translate."""
        recipe = self.run.recipe
        own = [recipe.approaches[each] for each in (name, *recipe.approaches[name].parts())]
        return ", ".join(dict.fromkeys(each.training.keep for each in own if each.needs in BY_STEPS)) or NO_CHECKPOINT

    def features_of(self, paths: list[Path]) -> SetFeatures:
        """The features of pictures of this run, computed once."""
        key = tuple(paths)
        if key not in self._features:
            self._features[key] = features_of(paths, self.network, cached=True)
        return self._features[key]

    def _record(
        self,
        subject: str,
        kind: str,
        direction: Direction,
        size: int,
        trained_size: int | None,
        scores: tuple[Score, ...],
        note: str,
    ) -> None:
        split = digest([manifest_of(self.run, city).sha256 for city in (direction.source, direction.target)])
        rule = self._checkpoint_rule(subject) if kind else NO_CHECKPOINT
        note = "; ".join(part for part in (note, why_no_reference(self.run, direction.target, size)) if part)
        record = ScoreRecord(
            subject=subject,
            subject_kind="approach" if kind else "reference",
            approach_kind=kind,
            direction=direction.name,
            source=direction.source,
            target=direction.target,
            trained_size=trained_size,
            size=size,
            scores=tuple(stating(score, split_sha256=split, checkpoint=rule) for score in scores),
            provenance=self.run.provenance(),
            note=note,
            keeps_shape=direction.keeps_shape,
        )
        write_record(self.run.folder.records, record)


def training_pictures(manifest: Manifest) -> Iterator[NDArray[np.uint8]]:
    """The training pictures that tell a city's colours, spread evenly."""
    train = manifest.split("train")
    return (read_picture(manifest.path_of(e)) for e in spread(train, min(len(train), COLOUR_PICTURES)))


def _places(run: Run) -> set[tuple[str, int]]:
    """Direction and size of every table that images are scored in."""
    recipe = run.recipe
    return {
        (direction.name, size)
        for name in recipe.approaches
        for direction in recipe.directions_of(name)
        for size in recipe.sizes_of(name)
        if direction.gives == "image"
    }


def _by_stem(paths: list[Path]) -> dict[str, Path]:
    return {path.stem: path for path in paths}
