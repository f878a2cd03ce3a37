"""How well the depth of the true scene is read off what an approach made, on Toytown."""

from dataclasses import asdict
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from c2c.approaches import Direction
from c2c.data.manifest import Manifest, ManifestEntry
from c2c.data.pictures import read_depth, read_picture
from c2c.data.splits import spread
from c2c.data.transforms import test_view, test_view_depth
from c2c.evaluation import scene_depth
from c2c.evaluation.depth import DepthErrors
from c2c.evaluation.pictures import contents_sha256, pixels_sha256
from c2c.evaluation.pictures import read_picture as read_scored_picture
from c2c.evaluation.points import reduced
from c2c.evaluation.scene_depth import DepthReader, Depths, reduced_depth
from c2c.evaluation.score import scores_of_errors
from c2c.pipeline.cities import WHOLE, manifest_of, test_entries, truth_key
from c2c.pipeline.run import Run
from c2c.records import SceneDepth, Score

TRAINING = 48  # pictures of each city that what reads generated pictures is fitted on


class SceneDepths:
    """Reads depth off the pictures of a run; what reads that of two cities is fitted once."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self._readers: dict[tuple[str, str, int], tuple[DepthReader, DepthReader]] = {}

    def measure(self, direction: Direction, size: int, inputs: Path, outputs: Path, truth: Path) -> SceneDepth | None:
        """The errors of the depth that is read off the outputs of a direction, beside what they can be compared with.

        None where the depth of the true scene was not kept.

        Args:
            direction: image to image.
            size: of the pictures, in px.
            inputs: folder of the real pictures.
            outputs: of what was made of them.
            truth: of the true pictures.
        """
        source, target = manifest_of(self.run, direction.source), manifest_of(self.run, direction.target)
        entries = test_entries(self.run, source)
        paths = _true_depths(source, entries, direction)
        if not paths or any(entry.depth is None for city in (source, target) for entry in training_entries(city)):
            return None
        true = np.stack([_depth(path, source.depth_scale, size) for path in paths])
        reader, placer = self._fitted(source, target, size)
        stems = [source.stem_of(entry) for entry in entries]
        seen = {name: _seen(folder, stems) for name, folder in (("i", inputs), ("o", outputs), ("t", truth))}
        errors = {
            stem: one for stem, one in zip(stems, scene_depth.errors(reader(seen["o"]), true), strict=True) if one
        }
        if not errors:
            return None
        return SceneDepth(
            truth_form="dressed truth" if direction.keeps_shape else "truth",
            output=self._scores(errors, size, true, (source, target)),
            truth=_means(reader(seen["t"]), true),
            input=_means(reader(seen["i"]), true),
            place=_means(placer(seen["t"]), true),
        )

    def _scores(
        self, errors: dict[str, DepthErrors], size: int, true: Depths, cities: tuple[Manifest, Manifest]
    ) -> tuple[Score, ...]:
        count = sum(len(training_entries(city)) for city in cities)
        names = " and ".join(sorted(city.city for city in cities))
        stated = scene_depth.stated() | {
            "reader_fitted_on": f"{count} real training pictures of {names}",
            "reader_seed": str(self.run.recipe.seed),
        }
        sha256 = contents_sha256([pixels_sha256(one) for one in true])
        scores = scores_of_errors(errors, (size, size), sha256, stated)
        return tuple(score for score in scores if score.metric != "none_share")  # every point is given a depth

    def _fitted(self, source: Manifest, target: Manifest, size: int) -> tuple[DepthReader, DepthReader]:
        """What reads pictures, and what knows only where a point lies."""
        a, b = sorted((source, target), key=lambda manifest: manifest.city)
        key = (a.city, b.city, size)
        if key not in self._readers:
            chosen = [(city, entry) for city in (a, b) for entry in training_entries(city)]
            pictures = torch.stack([training_view(city.path_of(entry), size) for city, entry in chosen])
            depths = np.stack([_depth(city.depth_path_of(entry), city.depth_scale, size) for city, entry in chosen])
            seed = self.run.recipe.seed
            self._readers[key] = (DepthReader(pictures, depths, seed), DepthReader(pictures, depths, seed, False))
        return self._readers[key]


def training_entries(manifest: Manifest) -> list[ManifestEntry]:
    """The training pictures that what reads generated pictures is fitted on, spread over all."""
    every = manifest.split("train")
    return spread(every, min(TRAINING, len(every)))


def training_view(path: Path, size: int) -> Tensor:
    """A real picture as generated ones are read, (3, h, w) uint8."""
    return reduced(torch.from_numpy(test_view(read_picture(path), size)).permute(2, 0, 1))


def _true_depths(source: Manifest, entries: list[ManifestEntry], direction: Direction) -> list[Path]:
    """The depth maps of the true scene: the source's own where shapes are kept, else those of the truth, if any."""
    key = truth_key(direction.target, WHOLE)
    if direction.keeps_shape:
        own = [source.depth_path_of(entry) for entry in entries]
        return [path for path in own if path] if all(own) else []
    return [source.truth_depth_path_of(entry, key) for entry in entries] if key in source.truth_depths else []


def _depth(path: Path | None, scale: float, size: int) -> np.ndarray:
    assert path is not None
    return reduced_depth(test_view_depth(read_depth(path, scale), size))


def _seen(folder: Path, stems: list[str]) -> Tensor:
    return torch.stack([reduced(read_scored_picture(folder / f"{stem}.png")) for stem in stems])


def _means(read: Depths, true: Depths) -> dict[str, float]:
    """Means over pictures, by metric."""
    found = [asdict(one) for one in scene_depth.errors(read, true) if one]
    names = {"abs_rel": "abs_rel", "rmse_m": "rmse_m", "delta": "delta_1.25"}
    return {name: float(np.mean([one[key] for one in found])) for key, name in names.items()}
