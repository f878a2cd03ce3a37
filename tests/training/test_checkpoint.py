import dataclasses
import importlib.metadata
import json
import os
from pathlib import Path

import pytest
import torch

from c2c.approaches import build
from c2c.data.datasets import UnpairedBatch
from c2c.errors import CheckpointError, OutputError
from c2c.recipe import resolved
from c2c.training.average import AveragedWeights
from c2c.training.checkpoint import (
    Best,
    Checkpoint,
    kept,
    load_approach,
    load_networks,
    load_resume,
    newest,
    read_description,
    recipe_of,
    save_checkpoint,
)

CPU = torch.device("cpu")


@pytest.fixture
def approach(tiny_recipe):
    """One that has learnt from two steps."""
    made = build(tiny_recipe, "cyclegan")
    for _ in range(2):
        made.training_step(UnpairedBatch(torch.rand(1, 3, 32, 32), torch.rand(1, 3, 32, 32)))
    return made


@pytest.fixture
def describe(tiny_recipe, proof):
    """A function that describes a checkpoint at a step."""

    def describe(step, best=None):
        return Checkpoint("cyclegan", resolved(tiny_recipe), "key", step, 9, 1.5, {"old": "ab"}, proof, best=best)

    return describe


def same_weights(a, b):
    return same_state(a.networks.state_dict(), b.networks.state_dict())


def same_state(a, b):
    return a.keys() == b.keys() and all(torch.equal(a[key], b[key]) for key in a)


def test_what_is_saved_comes_back(approach, describe, tiny_recipe, tmp_path):
    place = save_checkpoint(tmp_path, approach, describe(2))

    loaded, description = load_approach(tmp_path, CPU)
    load_resume(tmp_path, loaded, CPU)

    assert place == tmp_path / "step-00000002" == newest(tmp_path)
    assert same_weights(loaded, approach)
    assert description == describe(2)
    assert recipe_of(description) == tiny_recipe
    for name, optimizer in approach.optimizers.items():
        found, true = loaded.optimizers[name].state_dict()["state"], optimizer.state_dict()["state"]
        assert all(torch.equal(found[i][key], true[i][key]) for i in true for key in true[i])
    assert all(torch.equal(a, b) for a, b in zip(loaded.pool_a.images, approach.pool_a.images, strict=True))


def test_a_checkpoints_own_folder_can_be_named_too(approach, describe, tmp_path):
    place = save_checkpoint(tmp_path, approach, describe(2))

    assert newest(place) == place
    assert same_weights(load_approach(place, CPU)[0], approach)


def test_only_the_last_is_kept(approach, describe, tmp_path):
    for step in (2, 4, 100_000_000):
        save_checkpoint(tmp_path, approach, describe(step))

    assert [path.name for path in tmp_path.iterdir()] == ["step-100000000"]
    assert read_description(tmp_path).step == 100_000_000


def test_the_best_is_kept_beside_the_last_without_what_only_a_resume_needs(approach, describe, tmp_path):
    save_checkpoint(tmp_path, approach, describe(2, Best(2, 0.5)))
    best = {name: tensor.clone() for name, tensor in approach.networks.state_dict().items()}
    for step in (4, 6):
        approach.training_step(UnpairedBatch(torch.rand(1, 3, 32, 32), torch.rand(1, 3, 32, 32)))
        save_checkpoint(tmp_path, approach, describe(step, Best(2, 0.5)))

    assert sorted(path.name for path in tmp_path.iterdir()) == ["step-00000002", "step-00000006"]
    assert not (tmp_path / "step-00000002" / "resume.pt").exists()
    assert kept(tmp_path, "last").name == "step-00000006"
    assert kept(tmp_path, "best").name == "step-00000002"
    loaded, description = load_approach(tmp_path, CPU, "best")
    assert description.step == 2
    assert all(torch.equal(tensor, best[name]) for name, tensor in loaded.networks.state_dict().items())
    assert same_weights(load_approach(tmp_path, CPU)[0], approach)


def test_without_validation_the_best_is_the_last(approach, describe, tmp_path):
    save_checkpoint(tmp_path, approach, describe(2))

    assert kept(tmp_path, "best") == kept(tmp_path, "last") == tmp_path / "step-00000002"


def test_averaged_weights_translate_and_the_others_go_on_learning(approach, describe, tiny_recipe, tmp_path):
    twin = build(tiny_recipe, "cyclegan")
    average = AveragedWeights(twin, approach, 0.9)
    approach.training_step(UnpairedBatch(torch.rand(1, 3, 32, 32), torch.rand(1, 3, 32, 32)))
    save_checkpoint(tmp_path, approach, describe(2), average=average.state())

    translating, learning, again = load_approach(tmp_path, CPU)[0], *(build(tiny_recipe, "cyclegan") for _ in "ab")
    load_networks(tmp_path, learning, CPU)
    load_resume(tmp_path, learning, CPU, twin=again)

    assert same_weights(learning, approach)
    for name in ("generator_ab", "generator_ba"):
        averaged = twin.networks[name].state_dict()
        for found in (translating, again):
            assert same_state(found.networks[name].state_dict(), averaged)
        assert not same_state(approach.networks[name].state_dict(), averaged)


def test_saving_the_same_step_again_replaces_it(approach, describe, tmp_path):
    save_checkpoint(tmp_path, approach, describe(2))
    for parameter in approach.networks.parameters():
        parameter.data += 1

    save_checkpoint(tmp_path, approach, describe(2))

    assert same_weights(load_approach(tmp_path, CPU)[0], approach)


def test_a_torn_part_is_passed_over_and_then_replaced(approach, describe, tmp_path):
    save_checkpoint(tmp_path, approach, describe(2))
    torn = tmp_path / ".step-00000004.part"
    torn.mkdir()
    (torn / "checkpoint.json").write_text('{"approach": "cyc')

    assert read_description(tmp_path).step == 2
    save_checkpoint(tmp_path, approach, describe(4))
    assert [path.name for path in tmp_path.iterdir()] == ["step-00000004"]


@pytest.mark.parametrize("moment", ["mkdir", "save_file", "save", "write_text", "_flush", "rename"])
def test_a_failure_at_any_moment_of_saving_leaves_the_one_before(moment, approach, describe, tmp_path, monkeypatch):
    save_checkpoint(tmp_path, approach, describe(2))
    owner = {
        "mkdir": Path,
        "save_file": "c2c.training.checkpoint",
        "save": torch,
        "write_text": Path,
        "_flush": "c2c.training.checkpoint",
        "rename": Path,
    }[moment]

    def fail(*args, **kwargs):
        raise OSError("the disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(f"{owner}.{moment}", fail) if isinstance(owner, str) else patch.setattr(owner, moment, fail)
        with pytest.raises(OutputError, match=r"the disk is full\nThe disk has .* The checkpoint before is whole"):
            save_checkpoint(tmp_path, approach, describe(4))

    assert read_description(tmp_path).step == 2
    load_resume(tmp_path, load_approach(tmp_path, CPU)[0], CPU)
    save_checkpoint(tmp_path, approach, describe(4))
    assert read_description(tmp_path).step == 4


def test_a_disk_that_cannot_flush_is_no_failure(approach, describe, tmp_path, monkeypatch):
    def fail(handle):
        raise OSError("not supported")

    monkeypatch.setattr(os, "fsync", fail)

    assert read_description(save_checkpoint(tmp_path, approach, describe(2))).step == 2


def test_no_checkpoint_is_an_error_that_names_the_next_command(tmp_path):
    with pytest.raises(CheckpointError, match="with c2c run or c2c train"):
        read_description(tmp_path / "nothing")


@pytest.mark.parametrize("text", ["", "{", "[]", "7", "{}", '{"format": 2}', '{"format": "new"}', '{"format": null}'])
def test_a_torn_description_is_an_error_in_words(text, tmp_path):
    (tmp_path / "checkpoint.json").write_text(text)

    with pytest.raises(CheckpointError, match="cannot be read"):
        read_description(tmp_path)


@pytest.mark.parametrize(("number", "told"), [(99, "newer than 2"), (1, "older than 2")])
def test_another_format_is_refused(number, told, approach, describe, tmp_path):
    place = save_checkpoint(tmp_path, approach, dataclasses.replace(describe(2), format=number))

    with pytest.raises(CheckpointError, match=f"{told}, the one of this c2c"):
        read_description(place)


@pytest.mark.parametrize("damage", [lambda path: path.write_bytes(path.read_bytes()[:-50]), Path.unlink])
def test_torn_weights_are_an_error_in_words(damage, approach, describe, tmp_path):
    damage(save_checkpoint(tmp_path, approach, describe(2)) / "weights.safetensors")

    with pytest.raises(CheckpointError, match="does not hold the networks"):
        load_approach(tmp_path, CPU)


def test_weights_of_another_network_are_an_error_in_words(approach, describe, tmp_path, tiny_recipe):
    save_checkpoint(tmp_path, approach, describe(2))

    with pytest.raises(CheckpointError, match="does not hold the networks"):
        load_networks(tmp_path, build(tiny_recipe, "old-depth"), CPU)


@pytest.mark.parametrize("content", [None, b"", b"torn", b"\x80\x02}q\x00."])
def test_a_torn_resume_is_an_error_in_words(content, approach, describe, tmp_path):
    path = save_checkpoint(tmp_path, approach, describe(2)) / "resume.pt"
    path.unlink()
    if content is not None:
        path.write_bytes(content)

    with pytest.raises(CheckpointError, match="cannot be resumed from"):
        load_resume(tmp_path, approach, CPU)


def test_a_recipe_that_this_c2c_does_not_know_is_an_error_in_words(describe):
    description = describe(2)
    description.recipe["approaches"]["cyclegan"]["kind"] = "diffusion"

    with pytest.raises(CheckpointError, match="not one of this c2c"):
        recipe_of(description)


def test_the_description_is_plain_json(approach, describe, tmp_path):
    found = json.loads((save_checkpoint(tmp_path, approach, describe(2)) / "checkpoint.json").read_text())

    assert found["kind"] == "c2c checkpoint"
    assert (found["step"], found["recipe"]["seed"], found["data"]) == (2, 0, {"old": "ab"})
    assert found["provenance"]["versions"]["torch"] == importlib.metadata.version("torch")
