"""Scoring validation pictures while an approach is trained: never the test pictures, which nothing may be chosen on."""

from collections.abc import Callable
from pathlib import Path

from torch import Tensor

from c2c.approaches import Approach, Direction
from c2c.data.manifest import ManifestEntry
from c2c.data.splits import spread
from c2c.evaluation.features import SetFeatures, features_of
from c2c.evaluation.score import depth_scores, kid_score
from c2c.models.features import FeatureNetwork, load_features
from c2c.pipeline.cities import manifest_of, views_of
from c2c.pipeline.run import Run
from c2c.training.health import Trouble, trouble_in_samples
from c2c.training.loop import Validated
from c2c.translation.folder import code_of, load_input
from c2c.translation.panels import FAKE, save_panel, translate_one

SAMPLES = 4  # pictures of a direction that are shown for each validation


def validation_of(run: Run, name: str) -> Callable[[Approach, int], Validated] | None:
    """What scores an approach's validation pictures; None where there are too few of them, or the recipe wants none."""
    most = run.recipe.approaches[name].training.validation_pictures
    directions = run.recipe.directions_of(name)
    if not most or any(_too_few(run, direction) for direction in directions):
        return None
    return _Validation(run, name, most)


def _too_few(run: Run, direction: Direction) -> bool:
    return any(len(_usable(run, city, direction)) < 2 for city in (direction.source, direction.target))


def _usable(run: Run, city: str, direction: Direction) -> list[ManifestEntry]:
    """The validation pictures of a city; with depth where depth is taken or made."""
    entries = manifest_of(run, city).split("val")
    depth = "depth" in (direction.takes, direction.gives)
    return [entry for entry in entries if entry.depth is not None or not depth]


class _Validation:
    def __init__(self, run: Run, name: str, most: int) -> None:
        self.run, self.name, self.most = run, name, most
        self.size = run.recipe.size_of(name)
        self.code = code_of(run.recipe, name)
        self.folder = run.folder.checkpoints(name)
        self._network: FeatureNetwork | None = None
        self._references: dict[str, SetFeatures] = {}

    def __call__(self, approach: Approach, step: int) -> Validated:
        """Translate, save and score the validation pictures."""
        scores: dict[str, float] = {}
        samples: list[dict[str, str]] = []
        troubles: list[Trouble] = []
        metrics = []
        for direction in approach.directions:
            given, made, files = self._translate(approach, direction)
            metric, value = self._score(direction, files)
            metrics.append(metric)
            scores[f"{metric} {direction.name}"] = value
            stems = [path.stem for path in files[:SAMPLES]]
            samples += self._samples(step, direction, stems, given, made)
            health = self.run.recipe.approaches[self.name].training.health
            troubles += trouble_in_samples(step, direction.name, given, made, health)
        score = sum(scores.values()) / len(scores)
        decides = metrics[0] if len(set(metrics)) == 1 else "score"
        named = scores | {decides: score} if len(scores) > 1 else {decides: score}
        return Validated(named, score, tuple(samples), tuple(troubles))

    def _translate(self, approach: Approach, direction: Direction) -> tuple[list[Tensor], list[Tensor], list[Path]]:
        """The first inputs and outputs, and the files of all outputs."""
        inputs = self._views(direction.source, direction, direction.takes)
        given, made, files = [], [], []
        for path in inputs:
            picture = load_input(path, direction, self.code)
            fake = translate_one(approach, direction, picture.to(self.run.device))[FAKE]
            files.append(self.folder / "validation" / direction.name / path.name)
            save_panel(files[-1], fake, direction.gives, self.code)
            if len(given) < SAMPLES:
                given.append(picture)
                made.append(fake)
        return given, made, files

    def _score(self, direction: Direction, files: list[Path]) -> tuple[str, float]:
        if direction.gives == "depth":
            true = {path.stem: path for path in self._views(direction.target, direction, "depth")}
            abs_rel = depth_scores({path.stem: path for path in files}, true, self.code.far_m)[0]
            return abs_rel.metric, abs_rel.value
        if self._network is None:
            self._network = load_features(self.run.recipe.scoring.extractor, self.run.device)
        if direction.target not in self._references:
            paths = self._views(direction.target, direction, "image")
            self._references[direction.target] = features_of(paths, self._network)
        found = features_of(files, self._network)
        kid = kid_score(found, self._references[direction.target], self._network)
        return kid.metric, kid.value

    def _views(self, city: str, direction: Direction, kind: str) -> list[Path]:
        manifest, usable = manifest_of(self.run, city), _usable(self.run, city, direction)
        entries = spread(usable, min(len(usable), self.most))
        folder = views_of(self.run, manifest, entries, self.size, kind)
        return [folder / f"{manifest.stem_of(entry)}.png" for entry in entries]

    def _samples(
        self, step: int, direction: Direction, stems: list[str], given: list[Tensor], made: list[Tensor]
    ) -> list[dict[str, str]]:
        """Save a few pictures to look at; their files are named from the log's folder."""
        found = []
        for stem, before, after in zip(stems, given, made, strict=True):
            inside = f"samples/input/{direction.name}/{stem}.png"
            outside = f"samples/step-{step:08d}/{direction.name}/{stem}.png"
            save_panel(self.folder / inside, before, direction.takes, self.code)
            save_panel(self.folder / outside, after, direction.gives, self.code)
            found.append({"direction": direction.name, "picture": stem, "input": inside, "output": outside})
        return found
