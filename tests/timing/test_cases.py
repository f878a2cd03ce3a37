import dataclasses

import pytest
import torch

from c2c.approaches import build
from c2c.recipe import recipe_from
from c2c.timing.cases import Case, cases_of, time_case

CPU = torch.device("cpu")


@pytest.fixture
def recipe(tiny_table):
    tiny_table["apply_sizes"] = [64]
    tiny_table["timing"] = {"warmup_s": 0.0, "measure_s": 0.0}
    tiny_table["approaches"]["old-depth"]["training"] = {"batch_size": 2}
    return recipe_from(tiny_table)


def test_every_approach_is_timed_at_every_size_on_both_devices_and_trained_ones_at_their_step(recipe):
    names = [case.name for case in cases_of(recipe) if case.device == "cpu"]

    assert names == [
        "cyclegan translate 32 batch 1 cpu",
        "cyclegan translate 64 batch 1 cpu",
        "cyclegan train 32 batch 1 cpu",
        "old-depth translate 32 batch 1 cpu",
        "old-depth translate 64 batch 1 cpu",
        "old-depth train 32 batch 2 cpu",
        "depth-new translate 32 batch 1 cpu",
        "depth-new translate 64 batch 1 cpu",
        "depth-new train 32 batch 1 cpu",
        "chain translate 32 batch 1 cpu",
        "chain translate 64 batch 1 cpu",
    ]
    assert [case.name for case in cases_of(recipe) if case.device == "cuda"] == [
        name.replace("cpu", "cuda") for name in names
    ]


def test_cuda_without_cuda_is_skipped_and_says_so(recipe, proof, monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    case = Case("cyclegan", "translate", 32, 1, "cuda")

    record = time_case(recipe, case, build(recipe, "cyclegan"), CPU, proof)

    assert (record.status, record.reason) == ("skipped", "no CUDA device")
    assert (record.samples, record.median, record.interquartile_range) == ((), None, None)


@pytest.mark.parametrize("name", ["cyclegan", "old-depth", "depth-new", "chain"])
def test_translating_is_told_in_images_a_second(name, recipe, proof):
    record = time_case(recipe, Case(name, "translate", 32, 1, "cpu"), build(recipe, name), CPU, proof)

    assert (record.status, record.unit, record.threads) == ("measured", "images/s", 1)
    assert len(record.samples) >= 3
    assert min(record.samples) <= record.median <= max(record.samples)
    assert record.peak_memory_bytes is None
    assert "no reading" in record.timed_region


@pytest.mark.parametrize("name", ["cyclegan", "old-depth"])
def test_a_training_step_is_told_in_seconds_and_leaves_the_trained_networks_alone(name, recipe, proof):
    approach = build(recipe, name)
    before = {key: value.clone() for key, value in approach.networks.state_dict().items()}

    record = time_case(recipe, Case(name, "train", 32, 2, "cpu"), approach, CPU, proof)

    assert (record.status, record.unit, record.batch) == ("measured", "s/step", 2)
    assert 0 < record.median < 60
    assert all(torch.equal(value, before[key]) for key, value in approach.networks.state_dict().items())


def test_images_a_second_count_every_image_of_a_batch(recipe, proof, monkeypatch):
    from c2c.timing import cases
    from c2c.timing.clock import Timed

    monkeypatch.setattr(cases, "time_calls", lambda *_: Timed((0.5, 0.25, 0.5), None))
    case = Case("cyclegan", "translate", 32, 4, "cpu")

    record = time_case(recipe, case, build(recipe, "cyclegan"), CPU, proof)

    assert record.samples == (8.0, 16.0, 8.0)
    assert record.median == 8.0


def test_a_size_that_a_unet_does_not_divide_is_timed_as_it_is_translated_padded(recipe, proof):
    approach, shapes = build(recipe, "old-depth"), []
    generate = approach.generate
    approach.generate = lambda picture, way: shapes.append(tuple(picture.shape)) or generate(picture, way)
    recipe = dataclasses.replace(recipe, apply_sizes=(48,))

    record = time_case(recipe, Case("old-depth", "translate", 48, 1, "cpu"), approach, CPU, proof)

    assert record.status == "measured"
    assert set(shapes) == {(1, 3, 64, 64)}
