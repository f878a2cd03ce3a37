import json

import numpy as np
import pytest
from click.testing import CliRunner
from PIL import Image

from c2c.cli import main


@pytest.fixture
def photos(tmp_path):
    """Unlike pictures in train/ and test/."""
    generator = np.random.default_rng(0)
    for split in ("train", "test"):
        (tmp_path / split).mkdir()
        for number in range(6):
            small = Image.fromarray(generator.integers(0, 256, (12, 12, 3), dtype=np.uint8))
            small.resize((96, 96)).save(tmp_path / split / f"{split}-{chr(97 + number)}.png")
    return tmp_path


def ask(*words):
    return CliRunner().invoke(main, ["leaks", *map(str, words)])


def leak(photos):
    Image.open(photos / "train" / "train-a.png").resize((48, 48)).save(photos / "test" / "taken.jpg")


def test_without_leaks_the_status_is_nought(photos):
    result = ask(photos / "train", photos / "test")

    assert result.exit_code == 0, result.output
    assert "12 pictures, 0 leaks between" in result.stdout


def test_a_leak_is_named_and_the_status_is_one(photos):
    leak(photos)

    result = ask(photos)

    assert result.exit_code == 1
    assert "13 pictures, 1 leak between test, train" in result.stdout
    assert "test/taken.jpg (test) and train/train-a.png (train): nearly the same picture (" in result.stdout


def test_json_lists_every_pair(photos):
    leak(photos)

    result = ask(photos / "train", photos / "test", "--json")

    (found,) = json.loads(result.stdout)
    assert result.exit_code == 1
    assert [(pair["side_a"], pair["side_b"]) for pair in found["leaks"]] == [
        (str(photos / "train"), str(photos / "test"))
    ]
    assert found["leaks"][0]["why"] == "near-duplicates"
    assert found["leaks"][0]["likeness"] > 0.9


def test_a_run_is_searched_city_by_city(tiny_run):
    result = ask(tiny_run.folder)

    assert result.exit_code == 0, result.output
    assert result.stdout.splitlines() == [
        "burano: 9 pictures, 0 leaks between test, train, val",
        "paris: 9 pictures, 0 leaks between test, train, val",
    ]


def test_a_folder_that_is_not_there_is_an_error(photos):
    result = ask(photos / "nowhere")

    assert result.exit_code == 1
    assert "There is no folder" in result.stderr
