import json

import numpy as np
import pytest
from click.testing import CliRunner
from PIL import Image

from c2c.cli import main


@pytest.fixture
def towns(tmp_path):
    """Eight pictures of a city of stripes, eight of a city of blobs."""
    generator = np.random.default_rng(0)
    for name, cells in (("stripes", (1, 12)), ("blobs", (6, 6))):
        (tmp_path / name).mkdir()
        for number in range(8):
            small = Image.fromarray(generator.integers(0, 256, (*cells, 3), dtype=np.uint8))
            small.resize((72, 64), Image.Resampling.NEAREST).save(tmp_path / name / f"{number}.png")
    return tmp_path


def ask(*words):
    return CliRunner().invoke(main, ["signal", *map(str, words), "--device", "cpu", "--size", "64"])


def test_it_tells_the_verdict_the_pictures_and_writes_the_sheet(towns, monkeypatch):
    monkeypatch.setenv("COLUMNS", "300")

    result = ask(towns / "stripes", towns / "blobs", "--sheet", towns / "sheet.png")

    assert result.exit_code == 0, result.output
    assert "8 pictures of stripes and 8 pictures of blobs, at 64 px" in result.stdout
    assert "efficientnet-lite0, 1280 features" in result.stdout
    assert "mean colour alone, 3 numbers" in result.stdout
    assert "stripes most like itself: " in result.stdout
    assert "blobs most like stripes: " in result.stdout
    assert "The contact sheet is in" in result.stdout
    assert "looking" in result.stderr
    with Image.open(towns / "sheet.png") as sheet:
        assert sheet.format == "PNG"


def test_json_holds_everything_and_nothing_else_is_on_stdout(towns):
    found = json.loads(ask(towns / "stripes", towns / "blobs", "--json").stdout)

    assert found["verdict"] in ("moderate", "strong")
    assert found["network"]["accuracy"] > 0.9
    assert len(found["a"]["pictures"]) == len(found["b"]["pictures"]) == 8


def test_a_wrong_folder_is_an_error_that_says_so(towns):
    result = ask(towns / "stripes", towns / "nowhere")

    assert result.exit_code == 1
    assert "There is no folder" in result.stderr
