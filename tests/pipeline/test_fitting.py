from dataclasses import replace

import pytest
import torch

from c2c.approaches import neural_style
from c2c.errors import CheckpointError
from c2c.exchange.exporting import export_checkpoint
from c2c.models.vgg import CAFFE, VGGFeatures
from c2c.pipeline import fitting, stages
from c2c.records import read_record
from c2c.training.checkpoint import load_approach


@pytest.fixture
def run(folder_run):
    """A run of folders, prepared."""
    run = folder_run()
    for city in run.recipe.cities:
        stages.prepare(run, city)
    return run


@pytest.mark.parametrize(
    ("change", "redone"),
    [
        ({"seed": 1}, {"cyclegan", "old-depth", "depth-new", "chain"}),
        ({"training": {"steps": 5}}, {"cyclegan", "old-depth", "depth-new", "chain"}),
        ({"data": {"test_fraction": 0.34, "flip": False}}, {"cyclegan", "old-depth", "depth-new", "chain"}),
        ({"training": {"steps": 4, "checkpoint_every": 1}}, set()),
        ({"data": {"test_fraction": 0.34, "workers": 2, "cache_mib": 1}}, set()),
        ({"apply_sizes": [64]}, set()),
        ({"title": "Another"}, set()),
        ({"timing": {"measure_s": 9.0}}, set()),
    ],
)
def test_a_training_is_done_again_if_what_it_depends_on_changed_and_only_then(change, redone, run, folder_run):
    other = folder_run(**change)

    changed = {name for name in run.recipe.approaches if fitting.train_key(run, name) != fitting.train_key(other, name)}

    assert changed == redone


def test_a_chain_depends_on_its_halves(run, tiny_table, folder_run):
    tiny_table["approaches"]["depth-new"]["lambda_l1"] = 1.0
    other = folder_run()

    changed = {name for name in run.recipe.approaches if fitting.train_key(run, name) != fitting.train_key(other, name)}

    assert changed == {"depth-new", "chain"}


def test_a_chain_is_made_of_the_weights_of_its_halves(run):
    for name in ("old-depth", "depth-new", "chain"):
        stages.train(run, name)

    chain, _ = load_approach(run.folder.checkpoints("chain"), torch.device("cpu"))
    for name, half in zip(("old-depth", "depth-new"), chain.halves, strict=True):
        trained, _ = load_approach(run.folder.checkpoints(name), torch.device("cpu"))
        found, true = half.generator.state_dict(), trained.generator.state_dict()
        assert all(torch.equal(found[key], true[key]) for key in true)
    assert [stage.message[:8] for stage in run.stages[2:]] == ["4 steps,", "4 steps,", ""]


def test_a_chain_needs_both_halves(run):
    stages.train(run, "old-depth")

    with pytest.raises(CheckpointError, match="chain needs depth-new, which is not trained"):
        stages.train(run, "chain")


def test_an_approach_is_trained_if_it_was_from_todays_inputs_and_its_checkpoint_is_there(run, folder_run):
    assert not fitting.is_trained(run, "old-depth")
    stages.train(run, "old-depth")
    assert fitting.is_trained(run, "old-depth")
    assert not fitting.is_trained(folder_run(seed=1), "old-depth")
    next(run.folder.checkpoints("old-depth").glob("*/checkpoint.json")).unlink()
    assert not fitting.is_trained(run, "old-depth")


def test_an_approach_of_cities_that_are_not_prepared_is_not_trained(folder_run):
    assert not fitting.is_trained(folder_run(), "old-depth")


def test_neural_style_is_fitted_to_the_training_pictures_of_the_style_city(folder_run, tiny_table, monkeypatch):
    layers = [torch.nn.Conv2d(3, 64, 3, padding=1), torch.nn.ReLU()]
    monkeypatch.setattr(
        neural_style, "load_vgg", lambda name: VGGFeatures(name, "0", torch.nn.Sequential(*layers), CAFFE)
    )
    monkeypatch.setattr(neural_style, "STYLE_LAYERS", {"vgg16-hed": {1: 64}})
    monkeypatch.setattr(fitting, "get", lambda name: None)
    tiny_table["approaches"] = {
        "style": {"kind": "neural_style", "content": "old", "style": "new", "style_pictures": 2}
    }
    run = folder_run()
    for city in run.recipe.cities:
        stages.prepare(run, city)

    stages.train(run, "style")

    style, description = load_approach(run.folder.checkpoints("style"), torch.device("cpu"))
    assert style.style["1"].shape == (1, 64, 64)
    assert style.style["1"].abs().sum() > 0
    assert (description.steps, description.best) == (0, None)
    record = read_record(run.folder.records / "training-style.json")
    assert (record.status, record.steps, record.parameters) == ("done", 0, {"style": 64 * 64})


def test_what_an_earlier_training_left_is_not_told_of_one_that_failed(run, folder_run):
    stages.train(run, "old-depth")

    fitting.record_training(folder_run(seed=1), "old-depth", "failed", "no")
    other = read_record(run.folder.records / "training-old-depth.json")
    fitting.record_training(run, "old-depth", "failed", "no")
    own = read_record(run.folder.records / "training-old-depth.json")

    assert (other.step, other.losses, other.checkpoint) == (0, {}, "")
    assert own.step == 4
    assert replace(own, message="") != replace(other, message="")


def test_somebody_elses_generator_stands_beside_ours(folder_run, tiny_table, tiny_checkpoint, tmp_path):
    export_checkpoint(tiny_checkpoint("cyclegan"), tmp_path / "theirs")
    file = tmp_path / "theirs" / "latest_net_G_A.pth"
    theirs = {"kind": "pretrained", "source": "old", "target": "new", "file": str(file)}
    tiny_table["approaches"] = {"theirs": theirs}
    run = folder_run()
    for city in run.recipe.cities:
        stages.prepare(run, city)

    stages.train(run, "theirs")
    stages.translate(run, "theirs")

    approach, _ = load_approach(run.folder.checkpoints("theirs"), torch.device("cpu"))
    ours, _ = load_approach(tiny_checkpoint("cyclegan"), torch.device("cpu"))
    found, true = approach.networks["generator"].state_dict(), ours.networks["generator_ab"].state_dict()
    assert all(torch.equal(found[key], true[key]) for key in true)
    assert len(list(run.folder.pictures("theirs", "old-to-new", 32).glob("fake/*.png"))) == 2
    before = fitting.train_key(run, "theirs")
    file.write_bytes(file.with_name("latest_net_G_B.pth").read_bytes())
    assert fitting.train_key(run, "theirs") != before
