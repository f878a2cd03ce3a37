"""A city's pictures on disk: colour, depth and classes of many layouts, and true pictures of its test views.

The folder is filled as `rgb/<stem>.png`, `depth/<stem>.png` (16 bits, metres x 256, 0 = none),
`classes/<stem>.png` (an index into CLASSES), and of each truth `truth/<name>/<stem>.png`, `classes/<name>/<stem>.png`
and `depth/<name>/<stem>.png`.
What is there already and bears the right content key is kept, so a run that was killed goes on where it was.
"""

from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np

from c2c.recipe.schema import ToytownRecipe
from c2c.toytown import cache
from c2c.toytown.chance import mixed
from c2c.toytown.layout import StreetLayout
from c2c.toytown.render import View, render
from c2c.toytown.scene import build_scene
from c2c.workers import done_in_order

DEPTH_SCALE = 256  # stored value for each metre
SPLITS = ("train", "val", "test")

Split = Literal["train", "val", "test"]
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Truth:
    """How the layouts of a city's test views are drawn once more."""

    massing: str
    dress: str


@dataclass(frozen=True)
class DrawnView:
    """One view of a city on disk."""

    stem: str
    split: Split
    layout_seed: int
    rgb: Path
    depth: Path


@dataclass(frozen=True)
class Job:
    """One view to draw: what, and where its pictures go."""

    massing: str
    dress: str
    layout_seed: int
    size: int
    targets: tuple[tuple[str, Path], ...]  # (name within the cache's folder, path)

    @property
    def key(self) -> str:
        """Content key of the view."""
        return cache.content_key(self.massing, self.dress, self.layout_seed, self.size)

    @property
    def is_done(self) -> bool:
        """Whether every picture is there and shows this view."""
        key = self.key
        return all(cache.bears(path, key) for _, path in self.targets)


def draw_city(
    folder: Path,
    city: str,
    spec: ToytownRecipe,
    seed: int,
    truths: Mapping[str, Truth],
    progress: Progress | None = None,
) -> list[DrawnView]:
    """The views of a city, drawn into `folder` by every core at hand; layouts differ between cities and splits.

    Args:
        truths: for each name, how test views are drawn once more, into `truth/<name>`, `classes/<name>` and
            `depth/<name>`.
        progress: called with views done and views in all.
    """
    views = planned(folder, city, spec, seed)
    jobs = [_own_job(view, city, spec) for view in views]
    jobs += [
        _true_job(folder, name, truth, view, spec)
        for name, truth in truths.items()
        for view in views
        if view.split == "test"
    ]
    _remove_others(folder, {path for job in jobs for _, path in job.targets})
    pending = [job for job in jobs if not job.is_done]
    report = progress or (lambda done, total: None)
    report(len(jobs) - len(pending), len(jobs))
    with closing(done_in_order(draw, pending, together=4)) as drawn:
        for number, _ in enumerate(drawn, start=len(jobs) - len(pending) + 1):
            report(number, len(jobs))
    return views


def planned(folder: Path, city: str, spec: ToytownRecipe, seed: int) -> list[DrawnView]:
    """The views that a city will have; nothing is drawn."""
    views = []
    for split in SPLITS:
        for index in range(getattr(spec, split)):
            stem = f"{split}-{index:04d}"
            layout_seed = mixed("toytown", seed, city, split, index)
            rgb, depth = (folder / layer / f"{stem}.png" for layer in ("rgb", "depth"))
            views.append(DrawnView(stem, split, layout_seed, rgb, depth))
    return views


def draw(job: Job) -> None:
    """Draw one view, or take it from the cache, and put its pictures in their places."""
    key, names = job.key, tuple(name for name, _ in job.targets)
    home = cache.find(key, names)
    if home is None:
        layout = StreetLayout.from_seed(job.layout_seed)
        view = render(build_scene(layout, job.massing, job.dress), layout.view(job.size))
        pictures = {name: cache.png_bytes(pixels, key) for name, pixels in _layers(view).items()}
        try:
            home = cache.store(key, pictures)
        except OSError:  # no cache here: the run does without
            for name, path in job.targets:
                cache.write(pictures[name], path)
            return
    for name, path in job.targets:
        cache.place(home / name, path)


def _layers(view: View) -> dict[str, np.ndarray]:
    depth = np.clip(np.floor(view.depth_m * DEPTH_SCALE + 0.5), 0, 65535).astype(np.uint16)
    return {"rgb.png": view.colour, "depth.png": depth, "classes.png": view.classes}


def _own_job(view: DrawnView, city: str, spec: ToytownRecipe) -> Job:
    classes = view.rgb.parent.parent / "classes" / view.rgb.name
    targets = (("rgb.png", view.rgb), ("depth.png", view.depth), ("classes.png", classes))
    size = spec.train_size if view.split == "train" else spec.test_size
    return Job(city, city, view.layout_seed, size, targets)


def _true_job(folder: Path, name: str, truth: Truth, view: DrawnView, spec: ToytownRecipe) -> Job:
    rgb, depth, classes = (folder / layer / name / view.rgb.name for layer in ("truth", "depth", "classes"))
    targets = (("rgb.png", rgb), ("depth.png", depth), ("classes.png", classes))
    return Job(truth.massing, truth.dress, view.layout_seed, spec.test_size, targets)


def _remove_others(folder: Path, wanted: set[Path]) -> None:
    """Remove pictures that an earlier recipe left in this city's folders."""
    for layer in ("rgb", "depth", "classes", "truth"):
        for path in (folder / layer).rglob("*.png"):
            if path not in wanted and path.is_file():
                path.unlink()
