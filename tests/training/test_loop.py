import json
import os
import random
import signal
import subprocess
import sys
import textwrap
import time
from dataclasses import replace

import pytest
import torch
from safetensors.torch import load_file

from c2c.approaches import build
from c2c.approaches.cyclegan import CycleGAN
from c2c.data.manifest import write_manifest
from c2c.errors import TooFewImages, TrainingDiverged
from c2c.recipe import recipe_from, resolved
from c2c.training import loss_log
from c2c.training.checkpoint import Checkpoint, load_approach, newest, read_description, save_checkpoint
from c2c.training.loop import Training, save_fitted, train

CPU = torch.device("cpu")

IN_ANOTHER_PROCESS = textwrap.dedent("""
    import json, sys, time
    from pathlib import Path
    import torch
    from c2c.data.manifest import read_manifest
    from c2c.recipe import recipe_from
    from c2c.records.provenance import provenance
    from c2c.training.loop import Training, train

    torch.set_num_threads(1)
    home, folder = Path(sys.argv[1]), Path(sys.argv[2])
    recipe = recipe_from(json.loads((home / "recipe.json").read_text()))
    cities = {name: read_manifest(home / f"{name}.json") for name in ("old", "new")}
    proof = provenance("tiny", "0" * 64, 0)
    slowly = lambda step, steps: time.sleep(0.02)  # else a fast machine is done before the kill
    train(Training(recipe, "cyclegan", cities, folder, "key", torch.device("cpu"), proof), slowly)
""")


class PlugPulledError(Exception):
    """Somebody pulled the plug."""


@pytest.fixture
def training(tiny_table, tiny_cities, tmp_path, proof):
    """A function that gives the training of an approach into a folder, with other settings where they are named."""

    def make(name="cyclegan", folder="one", key="key", **settings):
        tiny_table["training"] |= settings
        recipe = recipe_from(tiny_table)
        cities = {city: tiny_cities[city] for city in recipe.cities_of(name)}
        return Training(recipe, name, cities, tmp_path / folder, key, CPU, proof)

    return make


def stop_after(step):
    def progress(done, total):
        if done == step:
            raise PlugPulledError

    return progress


def contents(folder):
    """All that a training leaves, but for times."""
    place = newest(folder)
    state = torch.load(place / "resume.pt", weights_only=True)
    description = json.loads((place / "checkpoint.json").read_text())
    return load_file(place / "weights.safetensors"), state, {**description, "seconds": 0, "provenance": {}}


def same(a, b):
    """Whether two nested values are alike bit for bit."""
    if isinstance(a, torch.Tensor):
        return torch.equal(a, b)
    if isinstance(a, dict):
        return a.keys() == b.keys() and all(same(a[key], b[key]) for key in a)
    if isinstance(a, list | tuple):
        return len(a) == len(b) and all(same(x, y) for x, y in zip(a, b, strict=True))
    return a == b


@pytest.mark.parametrize("name", ["cyclegan", "old-depth", "depth-new"])
def test_training_goes_through_all_steps_and_leaves_a_checkpoint(name, training):
    seen = []

    done = train(training(name), lambda step, steps: seen.append((step, steps)))

    assert seen == [(1, 4), (2, 4), (3, 4), (4, 4)]
    assert (done.approach, done.step, done.steps, done.key) == (name, 4, 4, "key")
    assert all([step for step, _ in curve] == [1, 2, 3, 4] for curve in done.losses.values())
    assert done.data == training(name).data
    assert done == replace(read_description(training(name).folder), provenance=done.provenance)


@pytest.mark.parametrize(("name", "stop"), [("cyclegan", 1), ("cyclegan", 3), ("old-depth", 2)])
def test_a_training_that_was_stopped_and_goes_on_gives_what_an_unbroken_one_gives(name, stop, training):
    unbroken, broken = training(name, "one"), training(name, "two")
    train(unbroken)

    with pytest.raises(PlugPulledError):
        train(broken, stop_after(stop))
    train(broken)

    assert same(contents(broken.folder), contents(unbroken.folder))


def test_a_training_killed_at_random_moments_goes_on_and_gives_what_an_unbroken_one_gives(training, tmp_path):
    settings = {"steps": 30, "checkpoint_every": 2}
    broken, unbroken = training(folder="broken", **settings), training(folder="unbroken", **settings)
    (tmp_path / "recipe.json").write_text(json.dumps(resolved(broken.recipe)))
    for name, manifest in broken.cities.items():
        write_manifest(tmp_path / f"{name}.json", manifest)
    command = [sys.executable, "-c", IN_ANOTHER_PROCESS, str(tmp_path), str(broken.folder)]
    kills, reached = [], 0

    for _ in range(2):
        process = subprocess.Popen(command, env={**os.environ, "OMP_NUM_THREADS": "1"})
        while process.poll() is None and (not newest(broken.folder) or _step(broken.folder) <= reached):
            time.sleep(0.005)
        kills.append(random.uniform(0, 0.2))
        time.sleep(kills[-1])
        process.send_signal(signal.SIGKILL)
        assert process.wait() == -signal.SIGKILL, "it ended before it was killed"
        assert reached < _step(broken.folder) < 30
        reached = _step(broken.folder)
    train(broken)
    train(unbroken)

    assert same(contents(broken.folder), contents(unbroken.folder)), f"killed {kills} s after a checkpoint"


def _step(folder):
    """The step of the newest checkpoint, as its folder's name has it: the other process may just replace it."""
    return max((int(path.name[5:]) for path in folder.glob("step-*")), default=0)


def test_a_training_that_is_done_is_not_gone_through_again(training):
    train(training())
    before, seen = contents(training().folder), []

    done = train(training(), lambda step, steps: seen.append(step))

    assert seen == []
    assert done.step == 4
    assert same(contents(training().folder), before)


def test_a_training_with_other_inputs_begins_anew(training):
    train(training(steps=6))
    seen = []

    done = train(training(key="other", steps=4), lambda step, steps: seen.append(step))

    assert seen == [1, 2, 3, 4]
    assert done.key == "other"
    assert newest(training().folder).name == "step-00000004"


def test_another_seed_is_another_training(training, tiny_table):
    train(training())
    tiny_table["seed"] = 1
    train(training(folder="two"))
    weights = [contents(training(folder=folder).folder)[0] for folder in ("one", "two")]

    assert not any(torch.equal(weights[0][key], weights[1][key]) for key in weights[0] if key.endswith(".weight"))


def test_how_often_it_is_saved_changes_nothing_but_that(training):
    train(training(checkpoint_every=1))
    train(training(folder="two", checkpoint_every=4))

    assert same(contents(training().folder)[:2], contents(training(folder="two").folder)[:2])


def test_the_rate_of_every_step_is_the_schedules(training, monkeypatch):
    rates, step = [], CycleGAN.training_step

    def spy(self, batch):
        rates.append([group["lr"] for optimizer in self.optimizers.values() for group in optimizer.param_groups])
        return step(self, batch)

    monkeypatch.setattr(CycleGAN, "training_step", spy)
    train(training(steps=4))

    assert rates == [pytest.approx([2e-4 * factor] * 2) for factor in (1, 1, 2 / 3, 1 / 3)]


def test_a_training_that_diverges_says_so_and_keeps_its_last_checkpoint(training, monkeypatch):
    step = CycleGAN.training_step

    def diverging(self, batch):
        losses = step(self, batch)
        diverging.count += 1
        return losses if diverging.count < 4 else losses | {"cycle_a": losses["cycle_a"] * torch.nan}

    diverging.count = 0
    monkeypatch.setattr(CycleGAN, "training_step", diverging)
    broken = training(steps=8)

    with pytest.raises(TrainingDiverged, match=r"step 4: .*cycle_a = nan"):
        train(broken)

    assert read_description(broken.folder).step == 2
    approach, _ = load_approach(broken.folder, CPU)
    assert all(torch.isfinite(parameter).all() for parameter in approach.networks.parameters())


def test_a_window_of_the_curves_ends_at_a_checkpoint_which_never_holds_a_broken_network(training, monkeypatch):
    monkeypatch.setattr(loss_log, "POINTS", 1)  # one window of 4 steps
    whole = training(folder="whole")
    assert [step for step, _ in train(whole).losses["cycle_a"]] == [2, 4]

    step = CycleGAN.training_step
    monkeypatch.setattr(
        CycleGAN, "training_step", lambda self, batch: step(self, batch) | {"cycle_a": torch.tensor(torch.nan)}
    )
    with pytest.raises(TrainingDiverged, match="step 2"):
        train(training(folder="broken"))

    assert newest(training(folder="broken").folder) is None


def test_far_too_high_a_rate_diverges(training):
    with pytest.raises(TrainingDiverged):
        train(training(steps=8, learning_rate=9e8, checkpoint_every=8))


def test_a_city_without_training_pictures_is_an_error_that_names_it(training, tiny_cities):
    empty = replace(tiny_cities["new"], entries=tiny_cities["new"].split("test"))
    wrong = training()

    with pytest.raises(TooFewImages, match="training on new"):
        train(replace(wrong, cities={**wrong.cities, "new": empty}))


def test_an_epoch_is_once_through_the_larger_city(training, tiny_table, tiny_cities):
    tiny_table["training"] = {"epochs": 2, "batch_size": 2}
    larger = max(len(manifest.split("train")) for manifest in tiny_cities.values())

    assert train(training()).steps == 2 * -(-larger // 2)


def test_what_is_fitted_at_once_is_saved_like_what_is_trained(training):
    chain = training("chain")
    approach = build(chain.recipe, "chain")

    description = save_fitted(chain, approach, 1.25)

    assert (description.step, description.steps, description.seconds) == (0, 0, 1.25)
    loaded, found = load_approach(chain.folder, CPU)
    assert same(loaded.networks.state_dict(), approach.networks.state_dict())
    assert isinstance(found, Checkpoint)


def test_seconds_are_summed_over_all_sittings(training):
    broken = training(steps=6)
    with pytest.raises(PlugPulledError):
        train(broken, stop_after(2))
    before = replace(read_description(broken.folder), seconds=1000.0)
    approach, _ = load_approach(broken.folder, CPU)
    save_checkpoint(broken.folder, approach, before)

    assert train(broken).seconds > 1000
