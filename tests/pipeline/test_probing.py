import shutil

import numpy as np
import pytest
import torch
from PIL import Image

from c2c.evaluation.pictures import read_picture
from c2c.evaluation.score import truth_scores
from c2c.pipeline import SilentReporter, open_run, probing, stages
from c2c.pipeline.probing import back_of, is_probed, probe_key
from c2c.recipe import Direction
from c2c.records import ProbeRecord, of_type, read_records
from c2c.translation.folder import translate_folder

STEMS = ("test-0000", "test-0001", "test-0002")


@pytest.fixture
def run(tiny_run):
    """The whole tiny run; look at it only."""
    return open_run(tiny_run.folder, "cpu", SilentReporter())


@pytest.fixture
def probes(run):
    """Approach and direction -> what was found inside."""
    found = of_type(read_records(run.folder.records), ProbeRecord)
    return {(record.approach, record.direction): record for record in found}


def scores_of(record):
    return {trial.fed: {score.metric: score for score in trial.scores} for trial in record.trials}


def translated(checkpoint, pictures, out, direction=None):
    """The pictures of a folder, translated by `c2c translate`."""
    done = translate_folder(checkpoint, pictures, out, direction, "cpu", lambda done, total: None)
    return {path.stem: read_picture(path) for path in done.written}


def saved(record, run, caption):
    """The pictures of the panel of that caption."""
    (folder,) = [panel.folder for panel in record.panels if panel.caption == caption]
    return {stem: read_picture(run.folder.root / folder / f"{stem}.png") for stem in record.pictures}


# Which


def test_what_goes_both_ways_and_what_goes_through_depth_is_probed(probes, run):
    assert set(probes) == {
        ("cyclegan", "paris-to-burano"),
        ("cyclegan", "burano-to-paris"),
        ("depth-chain", "paris-to-burano"),
    }
    assert [name for name in run.recipe.approaches if is_probed(run.recipe, name)] == ["cyclegan", "depth-chain"]
    assert {(record.size, record.pictures) for record in probes.values()} == {(32, STEMS)}


def test_a_way_back_leads_from_the_target_to_the_source():
    there, back = Direction("paris", "burano"), Direction("burano", "paris")
    within = Direction("paris", "paris", "image", "depth")

    assert back_of(there, (there, back)) == back
    assert back_of(there, (there,)) is None
    assert back_of(within, (within, there)) is None


def test_a_large_test_set_is_probed_on_an_even_part_of_it(again, copied, monkeypatch):
    monkeypatch.setattr(probing, "PICTURES", 2)

    probing.probe(again(), "depth-chain", lambda done, total: None)

    (record,) = [r for r in of_type(read_records(copied / "records"), ProbeRecord) if r.probe == "chain"]
    assert record.pictures == ("test-0000", "test-0001")
    assert {score.n for trial in record.trials for score in trial.scores} == {2}


# Cycle


def test_the_cycle_error_is_that_of_the_reconstructions_that_were_saved(probes, run):
    scores = scores_of(probes["cyclegan", "paris-to-burano"])["as trained"]
    folder = run.folder.pictures("cyclegan", "paris-to-burano", 32) / "reconstructed"
    views = run.folder.city("paris") / "views" / "image-32"

    expected = truth_scores(*({stem: place / f"{stem}.png" for stem in STEMS} for place in (folder, views)))

    assert {name: score.value for name, score in scores.items()} == pytest.approx(
        {score.metric: score.value for score in expected}, rel=1e-5
    )
    assert {score.against for score in scores.values()} == {"input"}


def test_from_eight_bits_comes_back_what_c2c_translate_makes_of_the_saved_pictures(probes, run, tmp_path):
    record = probes["cyclegan", "paris-to-burano"]
    fakes = run.folder.pictures("cyclegan", "paris-to-burano", 32) / "fake"

    back = translated(run.folder.checkpoints("cyclegan"), fakes, tmp_path / "back", "burano-to-paris")

    found = saved(record, run, "reconstructed, 8-bit in between")
    assert all(torch.equal(found[stem], back[stem]) for stem in STEMS)


def test_every_harm_has_its_cost_where_nothing_is_hidden_and_its_share(probes):
    record = probes["cyclegan", "burano-to-paris"]
    scores, controls = scores_of(record), {trial.fed: trial.control for trial in record.trials}

    assert list(scores) == ["as trained", "8-bit", "jpeg", "noise", "other"]
    assert controls["as trained"] is controls["other"] is None
    assert controls["8-bit"].value == scores["as trained"]["l1"].value  # a saved reconstruction has 8 bits already
    assert controls["noise"].value > scores["as trained"]["l1"].value
    assert [finding.name for finding in record.findings] == [
        "hidden share, 8-bit",
        "hidden share, jpeg",
        "hidden share, noise",
    ]
    assert scores["noise"]["l1"].protocol["fed"] == "with noise, sigma 0.02 of the range"


# Chain


def test_the_renderer_alone_makes_of_true_depth_what_c2c_translate_makes_of_it(probes, run, tmp_path):
    record = probes["depth-chain", "paris-to-burano"]
    depth = run.folder.city("paris") / "views" / "depth-32"

    made = translated(run.folder.checkpoints("depth-burano"), depth, tmp_path / "made")

    true, shuffled = (saved(record, run, f"generated from {fed}") for fed in ("true depth", "another picture's depth"))
    assert all(torch.equal(true[stem], made[stem]) for stem in STEMS)
    partners = {stem: [other for other in STEMS if torch.equal(shuffled[stem], true[other])] for stem in STEMS}
    assert all(partner and stem not in partner for stem, partner in partners.items())


def test_predicted_depth_is_the_chain_itself_and_no_depth_gives_the_same_picture_every_time(probes, run):
    record = probes["depth-chain", "paris-to-burano"]
    fakes = run.folder.pictures("depth-chain", "paris-to-burano", 32) / "fake"

    predicted, blank = (saved(record, run, f"generated from {fed}") for fed in ("predicted depth", "no depth anywhere"))

    assert all(torch.equal(predicted[stem], read_picture(fakes / f"{stem}.png")) for stem in STEMS)
    assert all(torch.equal(blank[stem], blank[STEMS[0]]) for stem in STEMS)


def test_a_chain_is_blamed_by_its_distance_to_the_true_dress(probes):
    record = probes["depth-chain", "paris-to-burano"]
    scores = scores_of(record)
    found = {finding.name: finding.value for finding in record.findings}

    assert list(scores) == ["true", "predicted", "shuffled", "blank"]
    assert record.metric == "perceptual"
    assert {score.against for metrics in scores.values() for score in metrics.values()} == {"dressed truth"}
    error = scores["predicted"]["perceptual"].value
    assert found["lost to the predicted depth"] + found["left to the renderer"] == pytest.approx(error)
    assert [score.metric for score in record.depth_scores] == ["abs_rel", "rmse_m", "delta_1.25", "none_share"]


def test_without_a_true_picture_a_chain_is_blamed_by_structure_and_by_its_distance_to_the_city(folder_run):
    job = folder_run()
    for city in ("old", "new"):
        stages.prepare(job, city)
    for name in ("old-depth", "depth-new", "chain"):
        stages.train(job, name)
    stages.translate(job, "chain")

    stages.probe_all(job)

    (record,) = of_type(read_records(job.folder.records), ProbeRecord)
    assert record.metric == "structure"
    assert {tuple(metrics) for metrics in scores_of(record).values()} == {("structure", "kid")}
    assert {(s.metric, s.against) for trial in record.trials for s in trial.scores} == {
        ("structure", "input"),
        ("kid", "reference"),
    }
    assert "left to the renderer" in {finding.name for finding in record.findings}  # its true depth is known


# Again


def test_probes_depend_on_the_pictures_and_on_the_seed(again, run):
    for name in ("cyclegan", "depth-chain"):
        assert probe_key(again("timing.measure_s=1.0"), name) == probe_key(run, name)
        assert probe_key(again("seed=1"), name) != probe_key(run, name)


def test_a_probe_gives_the_same_numbers_again(again, copied, probes):
    job = again()
    job.ledger.forget("probe cyclegan", "probe depth-chain")

    stages.probe_all(job)

    found = {(r.approach, r.direction): r for r in of_type(read_records(copied / "records"), ProbeRecord)}
    assert {key: (r.trials, r.findings) for key, r in found.items()} == {
        key: (r.trials, r.findings) for key, r in probes.items()
    }


def test_a_probe_that_fails_is_told_and_the_next_one_goes_on(again, copied):
    job = again()
    job.ledger.forget("probe cyclegan", "probe depth-chain")
    shutil.rmtree(copied / "pictures" / "cyclegan" / "burano-to-paris" / "32" / "reconstructed")

    stages.probe_all(job)

    assert {stage.name: stage.status for stage in job.stages} == {
        "probe cyclegan": "failed",
        "probe depth-chain": "done",
    }
    assert "reconstructed" in job.stages[0].message


def test_the_pictures_of_a_probe_are_eight_bit_png(probes, run):
    folder = run.folder.pictures("cyclegan", "paris-to-burano", 32) / "probes"

    assert sorted(path.name for path in folder.iterdir()) == ["8-bit", "jpeg", "noise"]
    for path in folder.rglob("*.png"):
        with Image.open(path) as image:
            assert (image.format, image.mode, np.array(image).shape) == ("PNG", "RGB", (32, 32, 3))
