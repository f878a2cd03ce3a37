import numpy as np
import pytest
from click.testing import CliRunner
from PIL import Image

from c2c.cli import main


@pytest.fixture
def invoke(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    return lambda *words: CliRunner().invoke(main, ["translate", *(str(word) for word in words)])


@pytest.fixture
def holiday(tmp_path):
    """Two pictures of odd sizes."""
    (tmp_path / "holiday").mkdir()
    for name, size in (("a.jpg", (45, 37)), ("b.png", (33, 70))):
        colours = np.random.default_rng(0).integers(0, 256, (*size[::-1], 3), dtype=np.uint8)
        Image.fromarray(colours).save(tmp_path / "holiday" / name)
    return tmp_path / "holiday"


def test_a_folder_of_any_sizes_becomes_png_of_the_same_names(invoke, tiny_checkpoint, holiday, tmp_path):
    result = invoke(tiny_checkpoint("cyclegan"), "holiday", "--out", "out", "--direction", "old-to-new")

    assert result.exit_code == 0, result.output
    assert result.stdout == "2 pictures in out\n"
    assert "2 pictures had sides that are no multiples of 4 pixels" in " ".join(result.stderr.split())
    sizes = {}
    for path in (tmp_path / "out").glob("*.png"):
        with Image.open(path) as image:
            sizes[path.name] = image.size
    assert sizes == {"a.png": (45, 37), "b.png": (33, 70)}


def test_a_trained_approach_of_a_run_translates_too(invoke, tiny_run, holiday):
    result = invoke(tiny_run.folder / "checkpoints" / "depth-chain", "holiday/a.jpg", "--out", "out")

    assert result.exit_code == 0, result.output
    assert result.stdout == "1 pictures in out\n"


def test_what_was_skipped_is_told_on_stderr_with_its_brackets(invoke, tiny_checkpoint, holiday):
    (holiday / "[red].png").write_bytes(b"broken")

    result = invoke(tiny_checkpoint("cyclegan"), "holiday", "--out", "out", "--direction", "old-to-new")

    assert result.exit_code == 0, result.output
    assert "[red].png" in result.stderr
    assert result.stdout == "2 pictures in out\n"


def test_a_missing_direction_is_answered_with_those_there_are(invoke, tiny_checkpoint, holiday):
    result = invoke(tiny_checkpoint("cyclegan"), "holiday", "--out", "out")

    assert result.exit_code == 1
    assert "--direction old-to-new" in result.stderr


def test_pictures_need_a_folder_to_go_to(invoke, tiny_checkpoint, holiday):
    result = invoke(tiny_checkpoint("cyclegan"), "holiday")

    assert result.exit_code == 2
    assert "--out FOLDER" in result.stderr


def test_pictures_that_are_not_there_are_an_error(invoke, tiny_checkpoint):
    result = invoke(tiny_checkpoint("chain"), "nowhere", "--out", "out")

    assert result.exit_code == 1
    assert "nowhere does not exist" in result.stderr
