import subprocess
from fractions import Fraction

import imageio_ffmpeg
import numpy as np
import pytest

from c2c.data.video import is_video, join_videos, look_into, rate_of, read_frames, write_video
from c2c.errors import VideoError


def frames(count=6, size=(32, 48), seed=0):
    """Smooth frames (H, W, 3), each a little brighter than the one before."""
    height, width = size
    rows, columns = np.mgrid[0:height, 0:width]
    first = np.stack([rows * 3, columns * 2, rows + columns], axis=-1) % 120
    return [(first + 10 * number).astype(np.uint8) for number in range(count)]


def drawn_by_ffmpeg(path, *words):
    """A video file of the test picture of ffmpeg."""
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-y", "-f", "lavfi", "-i", *words, str(path)]
    subprocess.run(command, check=True)
    return path


def test_what_is_written_is_read_back_with_its_size_and_rate(tmp_path):
    rate = Fraction(30000, 1001)
    write_video(tmp_path / "a.mp4", frames(), rate)

    info = look_into(tmp_path / "a.mp4")
    found = list(read_frames(tmp_path / "a.mp4", info))

    assert (info.width, info.height, info.rate, info.frames) == (48, 32, rate, 6)
    assert (info.has_sound, info.was_uneven) == (False, False)
    for one, other in zip(found, frames(), strict=True):
        assert np.abs(one.astype(int) - other).mean() < 3


def test_a_browser_can_play_it_from_its_first_bytes(tmp_path):
    write_video(tmp_path / "a.mp4", frames(), Fraction(12))
    content = (tmp_path / "a.mp4").read_bytes()

    assert content.index(b"moov") < content.index(b"mdat")
    assert b"avc1" in content


def test_equal_frames_give_equal_bytes(tmp_path):
    for name in ("a.mp4", "b.mp4"):
        write_video(tmp_path / name, frames(), Fraction(12))

    assert (tmp_path / "a.mp4").read_bytes() == (tmp_path / "b.mp4").read_bytes()


def test_an_odd_side_gets_its_last_row_and_column_twice(tmp_path):
    write_video(tmp_path / "odd.mp4", frames(size=(31, 47)), Fraction(12))

    info = look_into(tmp_path / "odd.mp4")
    assert (info.width, info.height) == (48, 32)


def test_a_video_needs_a_frame(tmp_path):
    with pytest.raises(ValueError, match="needs a frame"):
        write_video(tmp_path / "none.mp4", [], Fraction(12))


def test_a_video_that_breaks_off_while_it_is_made_leaves_nothing(tmp_path):
    def breaking():
        yield from frames(3)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_video(tmp_path / "a.mp4", breaking(), Fraction(12))

    assert list(tmp_path.iterdir()) == []


def test_frames_of_another_size_are_an_error_and_not_a_torn_video(tmp_path):
    (tmp_path / "folder.mp4").mkdir()
    with pytest.raises((VideoError, OSError)):
        write_video(tmp_path / "folder.mp4", frames(), Fraction(12))


def test_parts_joined_are_all_their_frames_in_order(tmp_path):
    whole = frames(9)
    for name, part in (("a", whole[:4]), ("b's", whole[4:8]), ("c", whole[8:])):
        write_video(tmp_path / f"{name}.mp4", part, Fraction(12))
    join_videos(tmp_path / "all.mp4", [tmp_path / "a.mp4", tmp_path / "b's.mp4", tmp_path / "c.mp4"])

    info = look_into(tmp_path / "all.mp4")
    found = list(read_frames(tmp_path / "all.mp4", info))
    assert (info.frames, info.rate, info.was_uneven) == (9, Fraction(12), False)
    for one, other in zip(found, whole, strict=True):
        assert np.abs(one.astype(int) - other).mean() < 3


def test_sound_and_uneven_time_are_noticed(tmp_path):
    sound = drawn_by_ffmpeg(
        tmp_path / "sound.mp4", "testsrc=size=32x32:rate=10:duration=1", "-f", "lavfi", "-i", "sine=duration=1"
    )
    skipping = ("testsrc=size=32x32:rate=20:duration=2", "-vf", "select='not(mod(n,7))+gt(n,20)'", "-fps_mode", "vfr")
    uneven = drawn_by_ffmpeg(tmp_path / "uneven.mp4", *skipping)

    assert look_into(sound).has_sound
    info = look_into(uneven)
    assert info.was_uneven
    assert len(list(read_frames(uneven, info))) == info.frames > 22  # frames that were skipped are held


def test_other_kinds_of_video_are_read_too(tmp_path):
    for name, words in (("a.webm", ("-c:v", "libvpx")), ("a.gif", ()), ("a.avi", ("-c:v", "mjpeg"))):
        path = drawn_by_ffmpeg(tmp_path / name, "testsrc=size=33x32:rate=10:duration=0.5", *words)
        info = look_into(path)
        assert (info.width, info.height, info.rate, len(list(read_frames(path, info)))) == (33, 32, 10, 5)
        assert is_video(path)
    assert not is_video(tmp_path / "a.png")


def test_a_torn_video_is_told_from_one_that_is_none(tmp_path):
    smooth = ("testsrc=size=64x48:rate=25:duration=4", "-movflags", "+faststart")
    whole = drawn_by_ffmpeg(tmp_path / "whole.mp4", *smooth).read_bytes()
    (tmp_path / "torn.mp4").write_bytes(whole[: len(whole) * 2 // 3])
    (tmp_path / "text.mp4").write_text("no video")
    drawn_by_ffmpeg(tmp_path / "sound.mp4", "sine=duration=1")

    with pytest.raises(VideoError, match=r"torn\.mp4 is torn: \d+ frames can be read"):
        look_into(tmp_path / "torn.mp4")
    for name in ("text.mp4", "sound.mp4"):
        with pytest.raises(VideoError, match=f"{name} holds no frame of video"):
            look_into(tmp_path / name)
    with pytest.raises(VideoError, match="does not exist"):
        look_into(tmp_path / "nowhere.mp4")


def test_a_video_that_became_shorter_meanwhile_is_an_error(tmp_path):
    write_video(tmp_path / "a.mp4", frames(6), Fraction(12))
    info = look_into(tmp_path / "a.mp4")
    write_video(tmp_path / "a.mp4", frames(4), Fraction(12))

    with pytest.raises(VideoError, match="after 4 of 6 frames"):
        list(read_frames(tmp_path / "a.mp4", info))


def test_broadcast_rates_are_exact():
    assert rate_of(23.98) == Fraction(24000, 1001)
    assert rate_of(29.97) == Fraction(30000, 1001)
    assert rate_of(25.0) == 25
    assert rate_of(12.5) == Fraction(25, 2)
    assert rate_of(0.0) == 25
