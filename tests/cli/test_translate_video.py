from fractions import Fraction

import numpy as np
import pytest
from click.testing import CliRunner

from c2c.cli import main
from c2c.data.video import look_into, write_video


@pytest.fixture
def invoke(monkeypatch, tmp_path, tiny_checkpoint):
    """Translates something by an untrained CycleGAN, in a folder that holds a video of odd size."""
    monkeypatch.chdir(tmp_path)
    chance = np.random.default_rng(0)
    write_video(tmp_path / "drive.mp4", chance.integers(0, 256, (4, 32, 36, 3), dtype=np.uint8), Fraction(10))

    def go(*words):
        options = ("--direction", "old-to-new", "--device", "cpu")
        return CliRunner().invoke(main, ["translate", str(tiny_checkpoint("cyclegan")), *words, *options])

    return go


def test_a_video_becomes_a_video(invoke, tmp_path):
    result = invoke("drive.mp4", "--out", "new.mp4")

    assert result.exit_code == 0, result.output
    assert result.stdout == "4 frames in new.mp4\n"
    assert look_into(tmp_path / "new.mp4").frames == 4


def test_a_video_becomes_a_folder_of_frames(invoke, tmp_path):
    result = invoke("drive.mp4", "--out", "frames")

    assert result.exit_code == 0, result.output
    assert sorted(path.name for path in (tmp_path / "frames").glob("*.png"))[-1] == "frame-000004.png"


def test_what_is_no_video_is_an_error_in_words(invoke, tmp_path):
    (tmp_path / "text.mp4").write_text("no video")

    for name, said in (("text.mp4", "holds no frame of video"), ("nowhere.mp4", "does not exist")):
        result = invoke(name, "--out", "new.mp4")
        assert (result.exit_code, result.exception.__class__) == (1, SystemExit)
        assert said in " ".join(result.stderr.split())


def test_pictures_do_not_go_into_a_file(invoke, tmp_path):
    (tmp_path / "holiday").mkdir()
    result = invoke("holiday", "--out", "drive.mp4")

    assert result.exit_code == 1
    assert "drive.mp4 is a file" in result.stderr
