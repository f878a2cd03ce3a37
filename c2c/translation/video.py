"""A video through a checkpoint, frame by frame: into an MP4, or into a folder of PNG files.

An MP4 is made of parts that lie beside it until the last is done, so that a translation that was stopped goes on at the
part where it was. Frames are read and translated one at a time.
"""

import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import torch

from c2c.approaches import Direction
from c2c.data.datasets import to_tensor, to_uint8
from c2c.data.video import Frame, VideoInfo, join_videos, look_into, read_frames, write_video
from c2c.errors import CheckpointError, OutputError
from c2c.models.devices import pick_device
from c2c.records import write_atomically
from c2c.training import processes
from c2c.training.checkpoint import load_approach, recipe_of
from c2c.training.loop import Progress
from c2c.translation.folder import code_of, direction_named
from c2c.translation.panels import generate_one, save_panel

PART = 96  # frames of a part: what is done again at most after a kill
MARK = ".made-by.json"


@dataclass(frozen=True)
class TranslatedVideo:
    """What was read, and what was written."""

    out: Path  # an MP4, or a folder of frames
    info: VideoInfo

    @property
    def notes(self) -> list[str]:
        """What a person should know about the result."""
        notes = []
        if self.info.has_sound:
            notes.append("the sound is left out")
        if self.info.was_uneven:
            notes.append(f"frames came in uneven time: laid out at {float(self.info.rate):.3f} a second")
        if self.out.suffix == ".mp4" and (self.info.width % 2 or self.info.height % 2):
            notes.append(f"{self.info.width} x {self.info.height} px has an odd side: its last pixels stand twice")
        return notes


def translate_video(
    checkpoint: Path, video: Path, out: Path, direction: str | None, device: str, progress: Progress
) -> TranslatedVideo:
    """Translate every frame of a video, as large and as fast as it is.

    A translation that was stopped goes on; one by another checkpoint, direction or video is made anew.

    Args:
        checkpoint: a checkpoint's folder, or the folder of an approach's checkpoints.
        video: the file.
        out: an MP4 file, or a folder that gets frame-000001.png and so on.
        direction: name of the direction; None: the only one.
        device: "cpu", "cuda" or "auto".
        progress: called with the frames done and all frames.

    Raises:
        CheckpointError: there is none, it does not know the direction, or that takes depth.
        OutputError: there is something at `out` that c2c did not make, or it is no place for what comes out.
        VideoError: the video cannot be used.
    """
    chosen = pick_device(device)
    approach, description = load_approach(checkpoint, chosen)
    approach.networks.eval()
    way = direction_named(approach, direction)
    _check(way, out)
    info = look_into(video)
    stat = video.stat()
    made_by = f"{description.key} {description.step} {way.name} {stat.st_size} {stat.st_mtime_ns}"
    code = code_of(recipe_of(description), description.approach)

    def translated(frame: Frame) -> torch.Tensor:
        return generate_one(approach, way, to_tensor(frame).to(chosen))

    frames = _Frames(video, info, progress)
    if out.suffix == ".mp4":
        _make_file(out, frames, made_by, lambda frame: to_uint8(translated(frame)))
    else:
        _make_folder(out, frames, made_by, lambda path, frame: save_panel(path, translated(frame), way.gives, code))
    return TranslatedVideo(out, info)


@dataclass
class _Frames:
    """The frames of a video, with what has been done of them."""

    video: Path
    info: VideoInfo
    progress: Progress

    def numbered(self) -> Iterator[tuple[int, Frame]]:
        """Each frame with its number from 0; what was asked for is told as done when the next is asked for."""
        for number, frame in enumerate(read_frames(self.video, self.info)):
            yield number, frame
            self.progress(number + 1, self.info.frames)


def _make_file(out: Path, frames: _Frames, made_by: str, translate: Callable[[Frame], Frame]) -> None:
    """Translate into an MP4, by way of its parts."""
    parts = out.with_name(f".{out.name}.parts")
    if processes.decided_by_first(lambda: _is_made(out, parts, made_by)):
        return
    count = -(-frames.info.frames // PART)
    paths = [parts / f"{number:06d}.mp4" for number in range(count)]
    mine = set(processes.share(paths))
    numbered = frames.numbered()
    for path in paths:
        own = (frame for _, frame in islice(numbered, PART))
        if path in mine and not path.is_file():
            write_video(path, map(translate, own), frames.info.rate)
        for _ in own:
            pass  # what is there, or another process's: read over

    def join() -> None:
        join_videos(out, paths)
        _note(out.parent, out.name, made_by)
        shutil.rmtree(parts)

    processes.gather(None)  # all of them are there
    processes.decided_by_first(join)


def _make_folder(out: Path, frames: _Frames, made_by: str, save: Callable[[Path, Frame], None]) -> None:
    """Translate into a folder of PNG files."""
    processes.decided_by_first(lambda: _make_room(out, made_by))
    mine = set(processes.share(list(range(frames.info.frames))))
    for number, frame in frames.numbered():
        path = out / f"frame-{number + 1:06d}.png"
        if number in mine and not path.is_file():
            save(path, frame)
    processes.gather(None)


def _is_made(out: Path, parts: Path, made_by: str) -> bool:
    """Whether the video is there; makes room for it where it is not.

    Raises:
        OutputError: there is another one there, which c2c did not make.
    """
    if out.exists():
        maker = _makers(out.parent).get(out.name)
        if maker is None:
            raise OutputError(
                f"{out} is there already, and c2c did not make it. Say another file, such as\n    --out translated.mp4"
            )
        if maker == made_by:
            return True
    if _makers(parts).get(out.name) != made_by:
        shutil.rmtree(parts, ignore_errors=True)
        _note(parts, out.name, made_by)
    return False


def _make_room(out: Path, made_by: str) -> None:
    """Keep the frames in `out` that are of this translation, and remove those of another that c2c made there."""
    there = sorted(out.glob("frame-*.png"))
    maker = _makers(out).get("frames")
    if there and maker is None:
        raise OutputError(
            f"{there[0]} is there already, and c2c did not make it. Say another folder, such as\n    --out translated"
        )
    if maker != made_by:
        for path in there:
            path.unlink()
        _note(out, "frames", made_by)


def _check(way: Direction, out: Path) -> None:
    if way.takes != "image":
        raise CheckpointError(f"{way.name} takes depth, and a video holds images. Translate a folder of depth maps.")
    if out.suffix == ".mp4" and way.gives != "image":
        raise OutputError(
            f"{way.name} gives depth, which an MP4 cannot hold. Say a folder for its PNG files:\n"
            f"    --out {out.with_suffix('')}"
        )
    if out.suffix and out.suffix != ".mp4" and not out.is_dir():
        raise OutputError(
            f"{out} is neither MP4 nor a folder. Say\n    --out {out.with_suffix('.mp4')}    for a video, or\n"
            f"    --out {out.with_suffix('')}    for a folder of frames"
        )


def _makers(folder: Path) -> dict[str, str]:
    mark = folder / MARK
    return json.loads(mark.read_text(encoding="utf-8")) if mark.is_file() else {}


def _note(folder: Path, name: str, made_by: str) -> None:
    write_atomically(folder / MARK, json.dumps(_makers(folder) | {name: made_by}, indent=1) + "\n")
