"""The stage that translates a video, each frame by itself, and tells how much it flickers: a drive or a file."""

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from fractions import Fraction
from functools import cached_property
from itertools import islice, pairwise
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from c2c.approaches import Approach, Direction
from c2c.data.datasets import to_tensor, to_uint8
from c2c.data.pictures import read_picture, write_picture
from c2c.data.transforms import test_view
from c2c.data.video import look_into, read_frames, write_video
from c2c.evaluation.colour import colour_map
from c2c.evaluation.flicker import EXACT, flicker_scores, matched_motions, matching_in_words
from c2c.evaluation.protocol import stating
from c2c.geometry.motion import Motion, motion_between
from c2c.pipeline.cities import manifest_of
from c2c.pipeline.reporter import Progress
from c2c.pipeline.run import Run
from c2c.pipeline.scoring import training_pictures
from c2c.pipeline.translating import translate_key
from c2c.recipe import Recipe
from c2c.recipe.references import COLOUR, COPY, DRESSED_TRUTH, TRUTH
from c2c.recipe.schema import BY_STEPS
from c2c.records import VideoRecord, write_record
from c2c.records.comparing import NO_CHECKPOINT
from c2c.toytown.drive import drive, drive_layout, filmed, sight_of
from c2c.training.checkpoint import load_approach
from c2c.translation.panels import generate_one

SHOWN = 6  # frames of a strip
NAME = "frame-{:04d}.png"
Picture = NDArray[np.uint8]  # (H, W, 3)


def film_directions(recipe: Recipe, name: str) -> list[Direction]:
    """The directions in which an approach translates a video; none where the recipe asks for none."""
    own, video = recipe.approaches[name], recipe.video
    asked = name in video.approaches if video.approaches else own.needs != "style_pictures"
    if not (video.frames and asked):
        return []
    return [
        direction
        for direction in recipe.directions_of(name)
        if direction.takes == direction.gives == "image" and has_video(recipe, direction.source)
    ]


def has_video(recipe: Recipe, city: str) -> bool:
    """Whether there is a video of a city: Toytown is driven through, a folder needs a file."""
    return bool(recipe.cities[city].toytown or recipe.video.files.get(city))


def film_key(run: Run, name: str) -> str:
    """What the videos of an approach depend on."""
    sources = sorted({direction.source for direction in film_directions(run.recipe, name)})
    return run.key(translate_key(run, name), [_source_key(run, city) for city in sources])


def places_of(recipe: Recipe, name: str) -> set[tuple[str, int]]:
    """Direction and size of every video that an approach translates."""
    return {(direction.name, recipe.size_of(name)) for direction in film_directions(recipe, name)}


def film_places(recipe: Recipe) -> dict[tuple[str, int], Direction]:
    """Direction and size of every video that is translated; of directions that differ in shape only, the first."""
    places: dict[tuple[str, int], Direction] = {}
    for name in recipe.approaches:
        for direction in film_directions(recipe, name):
            places.setdefault((direction.name, recipe.size_of(name)), direction)
    return places


def film_reference_key(run: Run) -> str:
    """What the references beside the videos depend on."""
    places = film_places(run.recipe)
    cities = sorted({city for each in places.values() for city in (each.source, each.target)})
    manifests = [manifest_of(run, city).sha256 for city in cities]
    return run.key(sorted(places), manifests, [_source_key(run, city) for city in cities])


def _source_key(run: Run, city: str) -> list[object]:
    """What the video of a city depends on."""
    recipe, file = run.recipe, run.recipe.video.files.get(city, "")
    stat = Path(file).expanduser().stat() if file and Path(file).expanduser().is_file() else None
    return [asdict(recipe.video), recipe.seed, recipe.cities[city].toytown, stat and [stat.st_size, stat.st_mtime_ns]]


@dataclass(frozen=True)
class Clip:
    """The frames of a video on disk, and what moved in it."""

    folder: Path  # of the frames
    frames: list[Tensor]  # (3, H, W) uint8
    rate: Fraction  # frames a second
    motions: list[Motion]
    how: str  # the motion was found
    origin: str


class Filmer:
    """Films the cities of a run and translates the videos; each is drawn or read once."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self._clips: dict[tuple[str, str, int], Clip] = {}

    @cached_property
    def layout(self):
        """The street that all drives go along."""
        return drive_layout(self.run.recipe.seed)

    def film(self, name: str, progress: Progress) -> str:
        """Translate the video of each direction by an approach, and record how much it flickers."""
        run, recipe = self.run, self.run.recipe
        own = recipe.approaches[name]
        approach, _ = load_approach(run.folder.checkpoints(name), run.device, own.training.keep)
        approach.networks.to(run.device).eval()
        directions, size = film_directions(recipe, name), recipe.size_of(name)
        key, done = film_key(run, name), 0
        for direction in directions:
            given = self.input(direction, size)
            folder = run.folder.pictures(name, direction.name, size) / "video"
            run.folder.start_afresh(folder, key)
            for _ in self._each(folder, given, self._translation(approach, direction)):
                done += 1
                progress(done, len(directions) * len(given.frames))
            rule = own.training.keep if own.needs in BY_STEPS else NO_CHECKPOINT
            self._record(name, direction, size, folder, given, rule)
        return f"{done} frames"

    def film_references(self, progress: Progress) -> None:
        """Record the input itself, a shift of its colours, and on Toytown the true translations."""
        places = film_places(self.run.recipe)
        for number, ((_, size), direction) in enumerate(sorted(places.items()), start=1):
            given = self.input(direction, size)
            self._record(COPY, direction, size, given.folder, given, NO_CHECKPOINT, note="the input, not translated")
            self._shift_colours(direction, size, given)
            self._draw_truths(direction, size, given)
            progress(number, len(places))

    def input(self, direction: Direction, size: int) -> Clip:
        """The video of a direction's source city."""
        city = direction.source
        toytown = self.run.recipe.cities[city].toytown
        return self._drive(toytown, toytown, size) if toytown else self._from_file(city, size)

    def _translation(self, approach: Approach, direction: Direction) -> Callable[[Picture], Picture]:
        device = self.run.device
        return lambda frame: to_uint8(generate_one(approach, direction, to_tensor(frame).to(device)))

    def _each(self, folder: Path, given: Clip, change: Callable[[Picture], Picture]) -> Iterator[Path]:
        """Write what becomes of each frame of a video, unless it is there."""
        for number, frame in enumerate(given.frames, start=1):
            path = folder / NAME.format(number)
            if not path.is_file():
                write_picture(path, change(_picture(frame)))
            yield path

    def _shift_colours(self, direction: Direction, size: int, given: Clip) -> None:
        source, target = (manifest_of(self.run, city) for city in (direction.source, direction.target))
        folder = self.run.folder.pictures(COLOUR, direction.name, size) / "video"
        self.run.folder.start_afresh(folder, film_reference_key(self.run))
        move = colour_map(training_pictures(source), training_pictures(target))
        for _ in self._each(folder, given, move):
            pass
        note = f"the input in {direction.target}'s colours: one linear map for all frames"
        self._record(COLOUR, direction, size, folder, given, NO_CHECKPOINT, note=note)

    def _draw_truths(self, direction: Direction, size: int, given: Clip) -> None:
        """The same drive in the other city, and in its dress on the same shapes."""
        here, there = (self.run.recipe.cities[city].toytown for city in (direction.source, direction.target))
        if not (here and there) or here == there:
            return
        whole, dressed = self._drive(there, there, size), self._drive(here, there, size)
        note = f"this street in {direction.target}, by its own motion: its shapes are others"
        self._record(TRUTH, direction, size, whole.folder, given, NO_CHECKPOINT, own=whole.motions, note=note)
        note = f"these shapes in {direction.target}'s dress"
        self._record(DRESSED_TRUTH, direction, size, dressed.folder, given, NO_CHECKPOINT, note=note)

    def _drive(self, massing: str, dress: str, size: int) -> Clip:
        """A drive along the run's street, drawn unless it is there; its motion is exact."""
        if (massing, dress, size) not in self._clips:
            run, video = self.run, self.run.recipe.video
            folder = run.folder.root / "data" / "drives" / f"{massing}-in-{dress}-{size}"
            run.folder.start_afresh(folder, run.key(asdict(video), run.recipe.seed, massing, dress, size))
            viewpoints = drive(video.frames, video.step_m, size)
            sights = []
            for number, view in enumerate(filmed(self.layout, viewpoints, massing, dress), start=1):
                sights.append(sight_of(viewpoints[number - 1], view))
                path = folder / NAME.format(number)
                if not path.is_file():
                    write_picture(path, view.colour)
            motions = [motion_between(now, before) for before, now in pairwise(sights)]
            rate = Fraction(video.frames_per_second).limit_denominator(1000)
            frames = _read(folder, video.frames)
            origin = "a drive through Toytown"
            self._clips[massing, dress, size] = Clip(folder, frames, rate, motions, EXACT, origin)
        return self._clips[massing, dress, size]

    def _from_file(self, city: str, size: int) -> Clip:
        """The first frames of a city's video: the centre square of each. Motion is found by matching."""
        if (city, "", size) not in self._clips:
            run, video = self.run, self.run.recipe.video
            file = Path(video.files[city]).expanduser()
            info = look_into(file)
            folder = run.folder.city(city) / "video" / str(size)
            run.folder.start_afresh(folder, run.key(_source_key(run, city), size))
            found = 0
            for found, frame in enumerate(islice(read_frames(file, info), video.frames), start=1):
                path = folder / NAME.format(found)
                if not path.is_file():
                    write_picture(path, test_view(frame, size))
            frames = _read(folder, found)
            motions, how = matched_motions(frames), matching_in_words((size, size))
            self._clips[city, "", size] = Clip(folder, frames, info.rate, motions, how, file.name)
        return self._clips[city, "", size]

    def _record(
        self,
        subject: str,
        direction: Direction,
        size: int,
        folder: Path,
        given: Clip,
        rule: str,
        own: list[Motion] | None = None,
        note: str = "",
    ) -> None:
        """Measure a video, lay it out to look at, and record it."""
        run, frames = self.run, _read(folder, len(given.frames))
        approach = run.recipe.approaches.get(subject)
        scores = flicker_scores(frames, given.frames, given.motions, given.how, own or ())
        shown = _shown(len(frames))
        write_video(folder / "video.mp4", map(_picture, frames), given.rate)
        write_picture(folder / "strip.png", np.concatenate([_picture(frames[number - 1]) for number in shown], axis=1))
        record = VideoRecord(
            subject=subject,
            subject_kind="approach" if approach else "reference",
            approach_kind=approach.kind if approach else "",
            direction=direction.name,
            source=direction.source,
            target=direction.target,
            size=size,
            file=run.folder.relative(folder / "video.mp4"),
            folder=run.folder.relative(folder),
            strip=run.folder.relative(folder / "strip.png"),
            shown=shown,
            frames=len(frames),
            frames_per_second=float(given.rate),
            origin=given.origin,
            scores=tuple(stating(score, checkpoint=rule) for score in scores),
            provenance=run.provenance(),
            note=note,
            keeps_shape=direction.keeps_shape,
        )
        write_record(run.folder.records, record)


def _read(folder: Path, count: int) -> list[Tensor]:
    """The frames of a folder, (3, H, W) uint8."""
    pictures = (read_picture(folder / NAME.format(number)) for number in range(1, count + 1))
    return [torch.from_numpy(np.ascontiguousarray(picture.transpose(2, 0, 1))) for picture in pictures]


def _picture(frame: Tensor) -> Picture:
    return np.ascontiguousarray(frame.numpy().transpose(1, 2, 0))


def _shown(count: int) -> tuple[int, ...]:
    """The numbers of a few frames, spread evenly from the first to the last."""
    few = min(SHOWN, count)
    return tuple(1 + round(place * (count - 1) / max(few - 1, 1)) for place in range(few))
