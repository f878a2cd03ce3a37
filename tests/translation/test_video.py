import json
import subprocess
from fractions import Fraction

import imageio_ffmpeg
import numpy as np
import pytest

from c2c.data.pictures import read_picture, write_picture
from c2c.data.video import look_into, read_frames, write_video
from c2c.errors import CheckpointError, OutputError
from c2c.translation import video as module
from c2c.translation.folder import translate_folder
from c2c.translation.video import translate_video

DIRECTION, FRAMES = "old-to-new", 7


@pytest.fixture
def drive(tmp_path):
    """A short video of odd things that move."""
    rows, columns = np.mgrid[0:32, 0:36]
    shown = [np.stack([(rows + 9 * n) * 3, columns * 4, rows * 2 + n], axis=-1).astype(np.uint8) for n in range(FRAMES)]
    write_video(tmp_path / "drive.mp4", shown, Fraction(10))
    return tmp_path / "drive.mp4"


@pytest.fixture
def translate(tiny_checkpoint):
    """Translates a video by an untrained CycleGAN; gives what was told of its progress."""

    def go(video, out, name="cyclegan", direction=DIRECTION, stop_after=None):
        told = []

        def progress(done, of_all):
            told.append((done, of_all))
            if done == stop_after:
                raise KeyboardInterrupt

        return translate_video(tiny_checkpoint(name), video, out, direction, "cpu", progress), told

    return go


@pytest.fixture
def short_parts(monkeypatch):
    monkeypatch.setattr(module, "PART", 3)


def test_a_video_keeps_its_size_its_rate_and_its_frames(translate, drive, tmp_path):
    made, told = translate(drive, tmp_path / "out.mp4")

    info = look_into(tmp_path / "out.mp4")
    assert (info.width, info.height, info.rate, info.frames) == (36, 32, 10, FRAMES)
    assert told == [(number, FRAMES) for number in range(1, FRAMES + 1)]
    assert made.notes == []
    assert {path.name for path in tmp_path.iterdir()} == {"drive.mp4", "out.mp4", ".made-by.json"}


def test_a_frame_of_a_video_is_translated_as_a_picture_is(translate, drive, tmp_path, tiny_checkpoint):
    translate(drive, tmp_path / "frames")
    (tmp_path / "pictures").mkdir()
    for number, frame in enumerate(read_frames(drive, look_into(drive)), start=1):
        write_picture(tmp_path / "pictures" / f"frame-{number:06d}.png", frame)
    translate_folder(
        tiny_checkpoint("cyclegan"), tmp_path / "pictures", tmp_path / "same", DIRECTION, "cpu", lambda *_: None
    )

    names = sorted(path.name for path in (tmp_path / "frames").glob("*.png"))
    assert len(names) == FRAMES
    for name in names:
        np.testing.assert_array_equal(read_picture(tmp_path / "frames" / name), read_picture(tmp_path / "same" / name))


def test_a_translation_that_was_killed_goes_on_and_gives_the_same_bytes(
    translate, drive, tmp_path, short_parts, monkeypatch
):
    translate(drive, tmp_path / "whole.mp4")
    with pytest.raises(KeyboardInterrupt):
        translate(drive, tmp_path / "out.mp4", stop_after=5)
    parts = tmp_path / ".out.mp4.parts"
    assert sorted(path.name for path in parts.glob("*.mp4")) == ["000000.mp4"]

    written = []

    def noted(path, *rest):
        written.append(path.name)
        write_video(path, *rest)

    monkeypatch.setattr(module, "write_video", noted)
    translate(drive, tmp_path / "out.mp4")

    assert written == ["000001.mp4", "000002.mp4"]
    assert (tmp_path / "out.mp4").read_bytes() == (tmp_path / "whole.mp4").read_bytes()
    assert not parts.exists()


def test_what_is_made_is_kept_and_another_direction_is_made_anew(translate, drive, tmp_path):
    translate(drive, tmp_path / "out.mp4")
    before = (tmp_path / "out.mp4").read_bytes()

    _, told = translate(drive, tmp_path / "out.mp4")
    assert told == []
    translate(drive, tmp_path / "out.mp4", direction="new-to-old")

    assert (tmp_path / "out.mp4").read_bytes() != before


def test_frames_that_are_there_are_not_made_again(translate, drive, tmp_path):
    with pytest.raises(KeyboardInterrupt):
        translate(drive, tmp_path / "frames", stop_after=4)
    times = {path.name: path.stat().st_mtime_ns for path in (tmp_path / "frames").glob("*.png")}
    translate(drive, tmp_path / "frames")

    after = {path.name: path.stat().st_mtime_ns for path in (tmp_path / "frames").glob("*.png")}
    assert len(times) == 4
    assert len(after) == FRAMES
    assert {name: after[name] for name in times} == times


def test_nothing_is_replaced_that_c2c_did_not_make(translate, drive, tmp_path):
    (tmp_path / "mine.mp4").write_bytes(b"mine")
    (tmp_path / "frames").mkdir()
    (tmp_path / "frames" / "frame-000001.png").write_bytes(b"mine")

    for out in ("mine.mp4", "frames"):
        with pytest.raises(OutputError, match="c2c did not make it"):
            translate(drive, tmp_path / out)
    assert (tmp_path / "mine.mp4").read_bytes() == b"mine"


def test_depth_is_no_video_and_goes_into_a_folder(translate, drive, tmp_path):
    with pytest.raises(CheckpointError, match="takes depth"):
        translate(drive, tmp_path / "out.mp4", "depth-new", "new-depth-to-image")
    with pytest.raises(OutputError, match="gives depth, which an MP4 cannot hold"):
        translate(drive, tmp_path / "out.mp4", "old-depth", "old-image-to-depth")
    with pytest.raises(OutputError, match="neither MP4 nor a folder"):
        translate(drive, tmp_path / "out.webm")

    translate(drive, tmp_path / "depth", "old-depth", "old-image-to-depth")
    assert len(list((tmp_path / "depth").glob("*.png"))) == FRAMES


def test_what_a_person_should_know_of_the_result_is_told(translate, tmp_path):
    picture, sound = "testsrc=size=35x33:rate=10:duration=0.3", "sine=duration=0.3"
    command = ["-v", "error", "-f", "lavfi", "-i", picture, "-f", "lavfi", "-i", sound, "-c:v", "png"]
    subprocess.run([imageio_ffmpeg.get_ffmpeg_exe(), *command, str(tmp_path / "odd.mov")], check=True)
    made, _ = translate(tmp_path / "odd.mov", tmp_path / "out.mp4")

    assert made.notes == ["the sound is left out", "35 x 33 px has an odd side: its last pixels stand twice"]
    assert json.loads((tmp_path / ".made-by.json").read_text()).keys() == {"out.mp4"}
