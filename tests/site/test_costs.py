import dataclasses

import pytest

from c2c.records import TrainingRecord, TranslationRecord, read_record, write_record
from c2c.site.costs import facts_of, machine_of, picture_cost, training_cost, trainings_of
from c2c.site.reading import read_run


@pytest.fixture
def chained(own_run, make):
    """A run whose chain names its halves."""
    halves = {"image_to_depth": "cyclegan", "depth_to_image": "pix2pix"}
    path = own_run / "records" / "training-depth-chain.json"
    record = read_record(own_run / "records" / "training-depth_chain.json") if not path.exists() else read_record(path)
    write_record(own_run / "records", dataclasses.replace(record, step=0, steps=0, settings=halves))
    return read_run(own_run)


def test_a_chain_costs_what_its_halves_cost(chained):
    halves = [filed.record.approach for filed in trainings_of(chained, "depth_chain")]

    assert halves == ["cyclegan", "pix2pix"]
    assert training_cost(chained, "depth_chain").seconds == pytest.approx(2 * 92.4)
    assert [fact.name for fact in facts_of(chained, "depth_chain")][:2] == ["Training, cyclegan", "Training, pix2pix"]


def test_what_was_not_trained_has_no_cost_of_training(whole_run):
    assert training_cost(read_run(whole_run), "neural_style") is None


def test_times_of_unlike_machines_are_not_summed(chained, own_run):
    (half,) = [f.record for f in chained.of(TrainingRecord) if f.record.approach == "pix2pix"]
    where = dataclasses.replace(half.provenance, machine=half.provenance.machine | {"gpu": "another"})
    write_record(own_run / "records", dataclasses.replace(half, provenance=where))

    assert training_cost(read_run(own_run), "depth_chain") is None


def test_the_load_of_a_machine_does_not_make_it_another(make):
    busy = dataclasses.replace(make.WHERE, machine=make.WHERE.machine | {"load": 9.0})

    assert machine_of(busy) == machine_of(make.WHERE)


def test_a_picture_costs_its_share_of_the_translation(whole_run):
    filed = next(f for f in read_run(whole_run).of(TranslationRecord) if f.record.approach == "neural_style")

    assert picture_cost(filed).seconds == pytest.approx(3.2 / 6)


def test_a_translation_that_failed_costs_nothing_that_can_be_told(whole_run):
    filed = next(f for f in read_run(whole_run).of(TranslationRecord) if f.record.status == "failed")

    assert picture_cost(filed) is None


def test_the_page_of_an_approach_says_what_it_costs_and_links_to_the_records(pages):
    page = pages["approach-cyclegan.html"]

    assert "Training 92 s400 steps on cpu, float32, 2 processes" in page.words
    assert "Parameters 3.47 M" in page.words
    assert "A picture 0.53 sat 128 px" in page.words
    assert '<dd><a href="records/training-cyclegan.json">92 s</a>' in page.markup
