"""Video files: what one holds, its frames one at a time, and new ones, by the ffmpeg that imageio-ffmpeg brings.

New videos are H.264 in MP4, as every browser plays it. The same frames give the same bytes: one thread, no dates.
"""

import re
import subprocess
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import chain
from pathlib import Path
from subprocess import DEVNULL, PIPE

import imageio_ffmpeg
import numpy as np
from numpy.typing import NDArray

from c2c.errors import VideoError

SUFFIXES = {".mp4", ".m4v", ".mov", ".avi", ".mkv", ".webm", ".mpg", ".mpeg", ".ogv", ".wmv", ".flv", ".gif"}
UNEVEN_S = 0.002  # spacings of frames that differ by no more are even: some files round to milliseconds
BROADCAST = tuple(Fraction(each * 1000, 1001) for each in (24, 30, 48, 60, 120))  # ffmpeg prints 23.98 for the first
AS_THEY_ARE = ("-fps_mode", "passthrough")
FASTEST_FPS = 120.0
H264 = (
    *("-c:v", "libx264", "-profile:v", "baseline", "-preset", "medium", "-crf", "17", "-threads", "1"),
    *("-vf", "scale=out_color_matrix=bt709:out_range=tv:flags=bicubic+accurate_rnd+bitexact,format=yuv420p"),
    *("-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709", "-flags:v", "+bitexact"),
)
MP4 = ("-map_metadata", "-1", "-fflags", "+bitexact", "-movflags", "+faststart", "-f", "mp4")

Frame = NDArray[np.uint8]  # (H, W, 3) RGB


@dataclass(frozen=True)
class VideoInfo:
    """What a video file holds."""

    width: int
    height: int
    rate: Fraction  # frames a second
    frames: int
    has_sound: bool
    was_uneven: bool  # frames came in uneven time, and are read at the constant rate

    @property
    def pacing(self) -> tuple[str, ...]:
        """How ffmpeg is asked for the frames: as they are, or at a constant rate."""
        return ("-fps_mode", "cfr", "-r", str(self.rate)) if self.was_uneven else AS_THEY_ARE


def is_video(path: Path) -> bool:
    """Whether a file is called like a video."""
    return path.suffix.lower() in SUFFIXES


def look_into(path: Path) -> VideoInfo:
    """What a video holds, found by decoding all of it.

    Raises:
        VideoError: the file is missing, no video, torn, or empty; says which.
    """
    if not path.is_file():
        raise VideoError(f"{path} does not exist. A video file was needed.")
    found = _decoded(path, AS_THEY_ARE)
    if not found.frames:
        raise VideoError(f"{path} holds no frame of video{_because(found.complaint)}.")
    if found.complaint:
        raise VideoError(
            f"{path} is torn: {found.frames} frames can be read before it breaks off{_because(found.complaint)}.\n"
            "Copy the file once more, or cut off what is broken."
        )
    uneven = found.unevenness_s > UNEVEN_S
    rate = rate_of(found.finest_fps if uneven and found.finest_fps <= FASTEST_FPS else found.fps)
    info = VideoInfo(*found.size, rate, found.frames, found.has_sound, uneven)
    return replace(info, frames=_decoded(path, info.pacing).frames) if uneven else info


def rate_of(fps: float) -> Fraction:
    """The exact frame rate that ffmpeg printed with two decimals; 25 where it knows none."""
    exact = [rate for rate in BROADCAST if abs(float(rate) - fps) < 0.006]
    return exact[0] if exact else Fraction(fps).limit_denominator(1000) or Fraction(25)


def read_frames(path: Path, info: VideoInfo) -> Iterator[Frame]:
    """The frames of a video, upright, one in memory at a time.

    Raises:
        VideoError: it ends before its last frame.
    """
    size, number = info.width * info.height * 3, 0
    asked = ("-map", "0:v:0", *info.pacing, "-pix_fmt", "rgb24", "-f", "rawvideo", "-")
    with subprocess.Popen(_command("-i", str(path), *asked), stdin=DEVNULL, stdout=PIPE, stderr=DEVNULL) as decoder:
        assert decoder.stdout is not None
        try:
            while len(content := decoder.stdout.read(size)) == size:
                number += 1
                yield np.frombuffer(content, np.uint8).reshape(info.height, info.width, 3).copy()
        finally:
            decoder.kill()  # who stops reading needs no more of it
    if number < info.frames:
        raise VideoError(f"{path} ended after {number} of {info.frames} frames. Has it changed?")


def write_video(path: Path, frames: Iterable[Frame], rate: Fraction) -> None:
    """Write frames of one size as MP4, whole or not at all; an odd side gets its last row or column twice.

    Raises:
        ValueError: there is no frame.
        VideoError: the video cannot be written.
    """
    frames = iter(frames)
    first = next(frames, None)
    if first is None:
        raise ValueError("a video needs a frame")
    height, width = even(first).shape[:2]
    source = ("-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{width}x{height}", "-r", str(rate), "-i", "-")
    part = _part_of(path)
    command = _command(*source, *H264, *MP4, str(part))
    try:
        with subprocess.Popen(command, stdin=PIPE, stderr=PIPE) as encoder:
            assert encoder.stdin is not None
            assert encoder.stderr is not None
            try:
                for frame in chain([first], frames):
                    encoder.stdin.write(even(frame).tobytes())
                encoder.stdin.close()
            except BrokenPipeError:
                pass  # it ended early, and says why
            except BaseException:
                encoder.kill()
                raise
            complaint = encoder.stderr.read().decode(errors="replace")
        if encoder.returncode:
            raise VideoError(f"{path} cannot be written{_because(complaint)}.")
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def join_videos(path: Path, parts: list[Path]) -> None:
    """One MP4 out of several with frames of one size and rate, in this order, without encoding them again.

    Raises:
        VideoError: the video cannot be written.
    """
    part = _part_of(path)
    listing = path.with_name(f".{path.name}.list")
    command = _command("-f", "concat", "-safe", "0", "-i", str(listing), "-c", "copy", *MP4, str(part))
    try:
        listing.write_text("".join(f"file '{_quoted(each)}'\n" for each in parts), encoding="utf-8")
        done = subprocess.run(command, stdin=DEVNULL, capture_output=True, check=False)
        if done.returncode:
            raise VideoError(f"{path} cannot be written{_because(done.stderr.decode(errors='replace'))}.")
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
        listing.unlink(missing_ok=True)


def even(frame: Frame) -> Frame:
    """A frame with even sides, as H.264 needs them for browsers: the last row or column twice where a side is odd."""
    height, width = frame.shape[:2]
    if height % 2 or width % 2:
        return np.pad(frame, ((0, height % 2), (0, width % 2), (0, 0)), mode="edge")
    return frame


@dataclass(frozen=True)
class _Decoded:
    """What ffmpeg told when it decoded a video."""

    size: tuple[int, int]  # width and height, upright
    frames: int
    fps: float  # on average
    finest_fps: float  # at which no frame is lost
    unevenness_s: float  # longest spacing of frames less the shortest
    has_sound: bool
    complaint: str  # the first, "" where there is none


def _decoded(path: Path, pacing: tuple[str, ...]) -> _Decoded:
    """What a video holds, decoded from its beginning to its end."""
    asked = ("-map", "0:v:0", "-vf", "settb=AVTB,vfrdet", *pacing, "-progress", "pipe:1", "-f", "null", "-")
    told = ("-nostats", "-v", "level+info")
    done = subprocess.run(_command("-i", str(path), *asked, told=told), stdin=DEVNULL, capture_output=True, check=False)
    lines = done.stderr.decode(errors="replace").splitlines()
    counts = re.findall(rb"^frame=(\d+)", done.stdout, re.MULTILINE)
    streams = [line for line in lines if " Video: " in line]
    spacings = [found.groups() for line in lines if (found := re.search(r"VFR:.* min: (\d+) max: (\d+)", line))]
    width, height = next(iter(re.findall(r" (\d+)x(\d+)[, ]", streams[-1])), (0, 0)) if streams else (0, 0)
    return _Decoded(
        size=(int(width), int(height)),
        frames=int(counts[-1]) if counts and streams else 0,
        fps=_number(r"([\d.]+) fps", streams[:1]),
        finest_fps=_number(r"([\d.]+) fps", streams[-1:]),
        unevenness_s=(int(spacings[-1][1]) - int(spacings[-1][0])) / 1e6 if spacings else 0.0,
        has_sound=any(" Audio: " in line for line in lines),
        complaint=next((line for line in lines if re.search(r"\[(error|fatal)\]", line)), ""),
    )


def _number(pattern: str, lines: list[str]) -> float:
    found = re.search(pattern, lines[0]) if lines else None
    return float(found[1]) if found else 0.0


def _command(*words: str, told: tuple[str, ...] = ("-v", "error")) -> list[str]:
    return [imageio_ffmpeg.get_ffmpeg_exe(), "-hide_banner", "-y", *told, *words]


def _part_of(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    return path.with_name(f".{path.name}.part")


def _quoted(path: Path) -> str:
    return str(path.resolve()).replace("'", r"'\''")


def _because(complaint: str) -> str:
    """What ffmpeg said, without the addresses in its memory."""
    line = complaint.strip().splitlines()[0] if complaint.strip() else ""
    said = re.sub(r"\[[^\]]*\]\s*", "", line).strip().rstrip(".")
    return f": {said}" if said else ""
