import json
import math
import os
import subprocess
import sys
import textwrap
from dataclasses import replace

import pytest
import torch
from safetensors.torch import load_file

from c2c.approaches import build
from c2c.approaches.cyclegan import CycleGAN
from c2c.data.manifest import write_manifest
from c2c.errors import CheckpointError, TooFewImages, TrainingDiverged
from c2c.recipe import recipe_from, resolved
from c2c.training import window
from c2c.training.checkpoint import Checkpoint, kept, load_approach, newest, read_description, save_checkpoint
from c2c.training.health import Trouble
from c2c.training.log import curves, events, rates, read_log
from c2c.training.loop import Training, Validated, save_fitted, train

CPU = torch.device("cpu")

KILLER = textwrap.dedent("""
    import json, os, random, signal, sys, time
    from pathlib import Path
    import torch
    from c2c.data.manifest import read_manifest
    from c2c.recipe import recipe_from
    from c2c.records.provenance import provenance
    from c2c.training.loop import Training, Validated, train

    torch.set_num_threads(1)
    home, folder, kills = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
    recipe = recipe_from(json.loads((home / "recipe.json").read_text()))
    cities = {name: read_manifest(home / f"{name}.json") for name in ("old", "new")}
    proof = provenance("tiny", "0" * 64, 0)

    @torch.no_grad()
    def validate(approach, step):
        score = float(approach.generate(torch.zeros(1, 3, 32, 32), approach.directions[0]).abs().mean())
        return Validated({"kid": score}, score)

    slowly = lambda step, steps: time.sleep(0.01)  # else a fast machine is done before the kill
    training = Training(recipe, "cyclegan", cities, folder, "key", torch.device("cpu"), proof, validate)

    def reached():
        return max((int(path.name[5:]) for path in folder.glob("step-*")), default=0)

    for kill in range(kills + 1):
        before, child = reached(), os.fork()
        if child == 0:
            train(training, slowly)
            os._exit(0)
        if kill < kills:
            while reached() <= before:
                time.sleep(0.001)
            time.sleep(random.uniform(0, 0.1))
            os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        print(before, reached(), os.WTERMSIG(status) if os.WIFSIGNALED(status) else -os.WEXITSTATUS(status))
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
    best = load_file(kept(folder, "best") / "weights.safetensors")
    averaged = place / "average.safetensors"
    return (
        load_file(place / "weights.safetensors"),
        state,
        {**description, "seconds": 0, "provenance": {}},
        [{**entry, "seconds": 0} for entry in read_log(folder / "log.jsonl")],
        best,
        load_file(averaged) if averaged.is_file() else {},
    )


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
    log = read_log(training(name).folder / "log.jsonl")
    assert all([step for step, _ in curve] == [1, 2, 3, 4] for curve in curves(log, "losses").values())
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


def in_another_process(script, tmp_path, training, *arguments, **options):
    """Run a script on a training that it reads from files; what it prints, as lines."""
    (tmp_path / "recipe.json").write_text(json.dumps(resolved(training.recipe)))
    for name, manifest in training.cities.items():
        write_manifest(tmp_path / f"{name}.json", manifest)
    command = [sys.executable, "-c", script, str(tmp_path), str(training.folder), *map(str, arguments)]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300, **options)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


@torch.no_grad()
def by_brightness(approach, step):
    """A validation that needs no pictures, the same as that of the other process."""
    score = float(approach.generate(torch.zeros(1, 3, 32, 32), approach.directions[0]).abs().mean())
    return Validated({"kid": score}, score)


def test_a_training_killed_at_ten_random_moments_gives_what_an_unbroken_one_gives(training, tmp_path):
    settings = {"steps": 120, "checkpoint_every": 2, "validate_every": 5, "ema_decay": 0.9}
    broken, unbroken = training(folder="broken", **settings), training(folder="unbroken", **settings)

    sittings = [line.split() for line in in_another_process(KILLER, tmp_path, broken, 10)]
    train(replace(unbroken, validate=by_brightness))

    assert [signal for _, _, signal in sittings] == ["9"] * 10 + ["0"], sittings
    assert all(int(before) < int(after) for before, after, _ in sittings)
    assert same(contents(broken.folder), contents(unbroken.folder)), sittings


def test_a_training_that_is_done_is_not_gone_through_again(training):
    train(training())
    before, seen = contents(training().folder), []

    done = train(training(), lambda step, steps: seen.append(step))

    assert seen == []
    assert done.step == 4
    assert same(contents(training().folder), before)


def test_a_training_of_other_settings_is_not_touched_and_what_differs_is_named(training):
    train(training(steps=6))
    before = contents(training().folder)

    with pytest.raises(CheckpointError, match=r"training\.steps: 6 then, 4 now\n.*--start-over"):
        train(training(steps=4))

    assert same(contents(training().folder), before)


def test_starting_over_puts_the_other_training_aside(training):
    train(training(steps=6))
    before = contents(training().folder)

    done = train(replace(training(steps=4), start_over=True))

    assert done.step == 4
    assert newest(training().folder).name == "step-00000004"
    assert same(contents(training(folder="one.before-1").folder), before)


def test_a_setting_that_changes_no_weight_does_not_stand_in_the_way(training):
    train(training(steps=4))

    assert train(training(steps=4, checkpoint_every=1, keep="best")).step == 4


def test_a_checkpoint_that_cannot_be_read_is_kept_unless_told_otherwise(training):
    train(training())
    (newest(training().folder) / "checkpoint.json").write_text("{")

    with pytest.raises(CheckpointError, match="cannot be read"):
        train(training())

    assert train(replace(training(), start_over=True)).step == 4


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


def spoil(monkeypatch, steps, change):
    """Let `change` at the losses or the approach at some steps, counted from 1 over all sittings."""
    step = CycleGAN.training_step

    def spoilt(self, batch):
        losses = step(self, batch)
        spoilt.count += 1
        return change(self, losses) if spoilt.count in steps else losses

    spoilt.count = 0
    monkeypatch.setattr(CycleGAN, "training_step", spoilt)


def nan_loss(approach, losses):
    return losses | {"cycle_a": losses["cycle_a"] * torch.nan}


def infinite_gradient(approach, losses):
    approach.gradient_norms["generators"] = torch.tensor(math.inf)
    return losses


@pytest.mark.parametrize(
    ("change", "named"), [(nan_loss, "cycle_a = nan"), (infinite_gradient, "gradient of generators = inf")]
)
def test_a_training_that_is_not_finite_stops_says_where_and_keeps_its_last_checkpoint(
    change, named, training, monkeypatch
):
    spoil(monkeypatch, {4}, change)
    broken = training(steps=8)

    with pytest.raises(TrainingDiverged, match=f"step 4, non-finite: .*{named}"):
        train(broken)

    assert read_description(broken.folder).step == 2
    assert [event.step for event in events(read_log(broken.folder / "log.jsonl"))] == [4]
    approach, _ = load_approach(broken.folder, CPU)
    assert all(torch.isfinite(parameter).all() for parameter in approach.networks.parameters())


def test_a_window_of_the_curves_ends_at_a_checkpoint_which_never_holds_a_broken_network(training, monkeypatch):
    monkeypatch.setattr(window, "POINTS", 1)  # one window of 4 steps
    whole = training(folder="whole")
    train(whole)
    assert [step for step, _ in curves(read_log(whole.folder / "log.jsonl"), "losses")["cycle_a"]] == [2, 4]

    spoil(monkeypatch, {1}, nan_loss)
    with pytest.raises(TrainingDiverged, match="step 1,"):
        train(training(folder="broken"))

    assert newest(training(folder="broken").folder) is None


@pytest.mark.parametrize("spoilt", [{1}, {5}])
def test_a_training_can_roll_back_by_itself_with_other_chance_and_half_the_rate(spoilt, training, monkeypatch):
    health = {"non_finite": "roll_back"}
    healthy = training(folder="healthy", steps=8, health=health)
    train(healthy)
    spoil(monkeypatch, spoilt, nan_loss)
    broken = training(steps=8, health=health)

    done = train(broken)

    entries = read_log(broken.folder / "log.jsonl")
    (event,) = events(entries)
    back_to = 4 if spoilt == {5} else 0
    assert (done.step, done.roll_backs, event.step, event.what) == (8, 1, back_to, "rolled back")
    assert f"non-finite at step {max(spoilt)}" in event.message
    usual = dict(rates(read_log(healthy.folder / "log.jsonl")))
    assert dict(rates(entries)) == {
        step: pytest.approx(rate * (0.5 if step > back_to else 1)) for step, rate in usual.items()
    }
    assert all(math.isfinite(value) for _, value in curves(entries, "losses")["cycle_a"])


def test_a_training_that_goes_wrong_again_and_again_stops(training, monkeypatch):
    spoil(monkeypatch, set(range(1, 100)), nan_loss)

    with pytest.raises(TrainingDiverged):
        train(training(health={"non_finite": "roll_back", "roll_backs": 2}))

    found = events(read_log(training().folder / "log.jsonl"))
    assert [event.what for event in found] == ["rolled back", "rolled back", "non-finite"]


def test_a_roll_back_that_was_interrupted_ends_as_one_that_was_not(training, monkeypatch):
    """The trouble is a view of a picture here, so it comes again where the same chance comes again."""
    settings = {"steps": 12, "checkpoint_every": 3, "health": {"non_finite": "roll_back"}}
    step, seen = CycleGAN.training_step, []

    def spoilt(self, batch):
        seen.append(float(batch.real_a.sum()))
        losses = step(self, batch)
        return nan_loss(self, losses) if seen[-1] == troublesome else losses

    troublesome = None
    monkeypatch.setattr(CycleGAN, "training_step", spoilt)
    train(training("cyclegan", "healthy", **settings))
    troublesome = seen[7]  # the eighth step's
    unbroken, broken = training("cyclegan", "one", **settings), training("cyclegan", "two", **settings)
    assert train(unbroken).roll_backs == 1
    for stop in (2, 7, 7, 11):
        with pytest.raises(PlugPulledError):
            train(broken, stop_after(stop))
    train(broken)

    assert same(contents(broken.folder), contents(unbroken.folder))


def test_what_is_only_noted_is_told_once_and_the_training_goes_on(training):
    def collapsing(approach, step):
        return Validated({"kid": 1.0}, 1.0, troubles=(Trouble(step, "collapse", f"all alike at {step}", "note"),))

    done = train(replace(training(steps=4, validate_every=1), validate=collapsing))

    found = events(read_log(training().folder / "log.jsonl"))
    assert done.step == 4
    assert [(event.step, event.what) for event in found] == [(1, "collapse")]


def test_a_step_that_is_validated_is_saved_and_the_best_one_kept(training):
    def validate(approach, step):
        assert not approach.networks.training
        return Validated({"kid a": float(abs(step - 3)), "kid": float(abs(step - 3))}, abs(step - 3))

    job = replace(training(steps=6, validate_every=1, checkpoint_every=100), validate=validate)
    done = train(job)

    assert (done.best.step, done.best.score, done.score) == (3, 0.0, 3.0)
    assert sorted(path.name for path in job.folder.glob("step-*")) == ["step-00000003", "step-00000006"]
    assert load_approach(job.folder, CPU, "best")[1].step == 3
    found = curves(read_log(job.folder / "log.jsonl"), "validation")
    assert found["kid a"] == [(step, abs(step - 3)) for step in range(1, 7)]


def test_validating_changes_nothing_that_is_learnt(training):
    train(training())
    train(replace(training(folder="two"), validate=by_brightness))

    assert same(contents(training().folder)[:2], contents(training(folder="two").folder)[:2])


def test_averaged_weights_are_what_is_validated_and_what_translates(training):
    seen = []

    def validate(approach, step):
        seen.append({name: tensor.clone() for name, tensor in approach.networks["generator_ab"].state_dict().items()})
        return Validated({"kid": 1.0}, 1.0)

    job = replace(training(steps=4, validate_every=4, ema_decay=0.9), validate=validate)
    train(job)

    approach, _ = load_approach(job.folder, CPU)
    assert same(dict(approach.networks["generator_ab"].state_dict()), seen[0])
    assert not same(contents(job.folder)[0]["generator_ab.stem.1.weight"], seen[0]["stem.1.weight"])


@pytest.mark.parametrize("name", ["cyclegan", "depth-new"])
@pytest.mark.parametrize("settings", [{"precision": "bfloat16"}, {"memory_format": "channels_last"}])
def test_precision_and_memory_format_change_little(name, settings, training):
    train(training(name))
    train(training(name, folder="two", **settings))

    plain, other = (contents(training(name, folder=folder).folder)[0] for folder in ("one", "two"))
    assert all(torch.isfinite(tensor).all() for tensor in other.values())
    assert all(torch.allclose(plain[key], other[key], atol=5e-3) for key in plain if key.endswith("weight"))
    assert read_description(training(name, folder="two").folder).precision == settings.get("precision", "float32")


FULL_DISK = textwrap.dedent("""
    import json, resource, sys
    from pathlib import Path
    import torch
    from c2c.data.manifest import read_manifest
    from c2c.errors import OutputError
    from c2c.recipe import recipe_from
    from c2c.records.provenance import provenance
    from c2c.training.loop import Training, train

    torch.set_num_threads(1)
    home, folder = Path(sys.argv[1]), Path(sys.argv[2])
    recipe = recipe_from(json.loads((home / "recipe.json").read_text()))
    cities = {name: read_manifest(home / f"{name}.json") for name in ("old", "new")}
    training = Training(recipe, "cyclegan", cities, folder, "key", torch.device("cpu"), provenance("t", "0" * 64, 0))

    def fill(step, steps):
        if step == 2:  # from here on no file can be larger than this, as on a disk that is full
            resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))

    try:
        train(training, fill)
    except OutputError as error:
        print(error)
""")


def test_a_disk_that_is_full_stops_the_run_with_words_and_leaves_the_checkpoint_before(training, tmp_path):
    broken, unbroken = training(folder="broken"), training(folder="unbroken")

    told = in_another_process(FULL_DISK, tmp_path, broken)

    assert "step-00000004 cannot be written" in told[0]
    assert "MiB left. The checkpoint before is whole: make room" in told[1]
    assert sorted(path.name for path in broken.folder.iterdir()) == ["log.jsonl", "step-00000002"]
    train(broken)
    train(unbroken)
    assert same(contents(broken.folder), contents(unbroken.folder))


def test_tensorboard_gets_what_is_logged(training):
    train(training(tensorboard=True))

    assert list((training().folder / "tensorboard").glob("events.*"))


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
