"""Each stage as a verb, one after the other, on picture folders."""

import json
import shutil
import tomllib

import pytest
from click.testing import CliRunner

from c2c.cli import main
from c2c.records import read_records


@pytest.fixture
def invoke(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    return lambda *words: CliRunner().invoke(main, [str(word) for word in words])


RECIPE = """
title = "By hand"
size = 32

[cities]
old = { folder = "photos/old" }
new = { folder = "photos/new" }

[data]
test_fraction = 0.34
val_fraction = 0.34

[timing]
warmup_s = 0.0
measure_s = 0.0

[training]
steps = 2

[approaches.cyclegan]
kind = "cyclegan"
a = "old"
b = "new"
base_channels = 2
blocks = 1
discriminator_channels = 2
"""


def test_a_run_can_be_made_verb_by_verb(invoke, make_city, tmp_path):
    for seed, name in enumerate(("old", "new")):
        make_city(tmp_path / "photos" / name, seed=seed)
    (tmp_path / "by-hand.toml").write_text(RECIPE)
    told = {}

    for words in (
        ("prepare", "by-hand.toml", "--out", "run"),
        ("train", "run", "cyclegan", "--device", "cpu"),
        ("translate", "run"),
        ("score", "run"),
        ("time", "run"),
        ("site", "run"),
    ):
        result = invoke(*words)
        assert result.exit_code == 0, result.output
        told[words[0]] = result.stdout

    assert told["prepare"].splitlines() == [
        "prepare old: 2 train, 2 val, 2 test",
        "prepare new: 2 train, 2 val, 2 test",
    ]
    assert told["train"] == "cyclegan: run/checkpoints/cyclegan\n"
    assert told["translate"] == "cyclegan: run/pictures/cyclegan\n"
    assert "old-to-new" in told["score"]
    assert "real-against-real" in told["score"]
    assert "s/step" in told["time"]
    assert told["site"] == "run/site/index.html\n"
    kinds = {record.kind for record in read_records(tmp_path / "run" / "records")}
    assert kinds == {"city", "training", "translation", "score", "probe", "change", "timing"}


def test_prepare_takes_settings_and_lists_what_was_skipped(invoke, make_city, tmp_path):
    for seed, name in enumerate(("old", "new")):
        make_city(tmp_path / "photos" / name, seed=seed)
    (tmp_path / "photos" / "new" / "rgb" / "broken.jpg").write_bytes(b"broken")
    (tmp_path / "by-hand.toml").write_text(RECIPE)

    result = invoke("prepare", "by-hand.toml", "--out", "run", "--set", "data.val_fraction=0.0")

    assert result.stdout.splitlines()[0] == "prepare old: 4 train, 2 test"
    assert "1 files skipped" in result.stdout
    assert json.loads((tmp_path / "run" / "recipe.json").read_text())["data"]["val_fraction"] == 0.0
    assert tomllib.loads(RECIPE)["data"]["val_fraction"] == 0.34


def test_an_approach_that_is_not_there_is_answered_with_those_that_are(invoke, tiny_run):
    result = invoke("train", tiny_run.folder, "cycelgan")

    assert result.exit_code == 1
    assert "cyclegan, paris-depth, depth-burano, depth-chain" in result.stderr


def test_two_folders_can_be_scored_for_people_and_for_machines(invoke, tiny_run):
    views = tiny_run.folder / "data" / "paris" / "views"
    fake = tiny_run.folder / "pictures" / "cyclegan" / "paris-to-burano" / "32" / "fake"

    table = invoke("score", fake, views / "burano-32", "--paired")
    machine = invoke("score", fake, views / "burano-32", "--json")

    assert table.exit_code == machine.exit_code == 0
    for heading in ("KID", "L1", "SSIM", "3 / 3", "efficientnet-lite0"):
        assert heading in table.stdout
    assert [score["metric"] for score in json.loads(machine.stdout)] == ["kid", "frechet"]


def test_depth_maps_of_two_folders_can_be_scored(invoke, tiny_run, tmp_path):
    predicted = tiny_run.folder / "pictures" / "paris-depth" / "paris-image-to-depth" / "32" / "fake"
    views, true = tiny_run.folder / "data" / "paris" / "views" / "depth-32", tmp_path / "true"
    true.mkdir()
    for path in predicted.glob("*.png"):
        shutil.copy(views / path.name, true)

    result = invoke("score", predicted, true, "--depth", "--far-m", "50", "--json")

    scores = {score["metric"]: score for score in json.loads(result.stdout)}
    assert set(scores) == {"abs_rel", "rmse_m", "delta_1.25", "none_share"}
    assert scores["rmse_m"]["protocol"]["mask"] == "pixels with a laser point, 0 to 50 m, the whole picture"
