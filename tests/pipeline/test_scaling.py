import numpy as np
import pytest
from PIL import Image

from c2c.pipeline import cities, scaling, scoring, stages
from c2c.records import ScaleRecord, ScoreRecord, comparable, difference, of_type, read_records

CYCLEGAN = ("old-to-new", "new-to-old")


def scales(folder, name):
    """The scale records of an approach by direction and size."""
    found = of_type(read_records(folder / "records"), ScaleRecord)
    return {(record.direction, record.size): record for record in found if record.approach == name}


def scored(folder, name, size):
    (found,) = [
        record
        for record in of_type(read_records(folder / "records"), ScoreRecord)
        if (record.subject, record.size) == (name, size)
    ]
    return {(score.metric, score.against): score for score in found.scores}


@pytest.fixture
def enlarged(folder_run):
    """A run whose cyclegan was trained at 32 and also applied at 64, on pictures of 44 x 40 pixels."""
    run = folder_run(apply_sizes=[40, 64])
    for name in run.recipe.cities:
        stages.prepare(run, name)
    stages.train_and_translate(run, "cyclegan")
    scorer = scoring.Scorer(run)
    key = scoring.score_key(run, "cyclegan")
    run.do("score cyclegan", key, lambda progress: scorer.score_approach("cyclegan", progress))
    stages.scale_all(run, scorer)
    return run


def test_what_was_made_larger_is_reduced_as_real_pictures_are(tiny_run):
    folder = tiny_run.folder / "pictures" / "depth-chain" / "paris-to-burano" / "64"
    for path in (folder / "fake").glob("*.png"):
        expected = Image.open(path).resize((32, 32), Image.Resampling.BICUBIC)
        assert (np.array(Image.open(folder / "reduced" / path.name)) == np.array(expected)).all()

    assert len(list((folder / "reduced").glob("*.png"))) == 3


def test_reduced_pictures_are_scored_at_the_trained_size_so_that_they_compare_along_a_row(tiny_run):
    record = scales(tiny_run.folder, "depth-chain")["paris-to-burano", 64]
    own = scored(tiny_run.folder, "depth-chain", 32)

    assert (record.trained_size, record.size, record.refused, record.note) == (32, 64, "", "")
    assert record.reduced_by.startswith("bicubic, antialiased")
    (score,) = record.scores  # the true dress on these shapes is known, so KID is left out
    beside = own["l1", "dressed truth"]
    assert (score.metric, score.against, score.protocol["size"]) == ("l1", "dressed truth", "32x32")
    assert comparable(score, beside)
    assert score.value != beside.value
    assert difference(score, beside).value == pytest.approx(score.value - beside.value)


def test_at_the_trained_size_nothing_is_reduced(tiny_run):
    record = scales(tiny_run.folder, "depth-chain")["paris-to-burano", 32]

    assert (record.scores, record.reduced_by) == ((), "")


def test_a_chain_costs_the_training_of_its_halves_and_is_a_family_of_its_own(tiny_run):
    record = scales(tiny_run.folder, "depth-chain")["paris-to-burano", 64]

    assert record.trainings == ("paris-depth", "depth-burano")
    assert record.family == ("depth-chain",)


def test_an_approach_of_one_size_and_no_family_has_no_scale_records(tiny_run):
    assert scales(tiny_run.folder, "cyclegan") == {}


def test_pictures_that_are_too_small_refuse_a_size_but_not_what_is_reduced_from_it_and_no_size_is_done_twice(enlarged):
    found = scales(enlarged.folder.root, "cyclegan")

    assert set(found) == {(direction, size) for direction in CYCLEGAN for size in (32, 40, 64)}
    why = "2 of 2 test pictures of old are smaller than 64 px, the smallest 40 px"
    for direction in CYCLEGAN:
        assert found[direction, 32].refused == found[direction, 40].refused == ""
        assert why in found[direction, 64].refused
        assert "test pictures of new" in found[direction, 64].refused
        assert [score.metric for score in found[direction, 40].scores] == ["kid"]  # nobody knows the truth
        assert [score.metric for score in found[direction, 64].scores] == ["kid"]

    stages.scale_all(enlarged, scoring.Scorer(enlarged))
    told = [stage.status for stage in enlarged.stages if stage.name == "scale cyclegan"]
    assert told == ["done", "kept"]

    enlarged.ledger.forget("score cyclegan")
    assert not scaling.is_ready(enlarged, "cyclegan")


def test_training_pictures_that_were_enlarged_are_counted(folder_run):
    run = folder_run(size=64)
    for name in run.recipe.cities:
        stages.prepare(run, name)
    entries = cities.manifest_of(run, "old").split("train")

    assert cities.too_small(entries, 64, "training pictures") == (
        "4 of 4 training pictures are smaller than 64 px, the smallest 40 px"
    )
    assert cities.too_small(entries, 40, "training pictures") == ""


def test_toytown_draws_tests_as_large_as_the_largest_size_and_leaves_training_views_alone(again, copied):
    stages.prepare(again(), "paris")
    run = again("approaches.depth-chain.apply_sizes=[32, 96]")
    assert not run.ledger.is_done("prepare paris", cities.city_key(run, "paris"))

    before = {path.name: path.read_bytes() for path in (copied / "data/paris/rgb").glob("train-*.png")}
    stages.prepare(run, "paris")

    manifest = cities.manifest_of(run, "paris")
    assert {(entry.split, entry.width) for entry in manifest.entries} == {("train", 36), ("val", 96), ("test", 96)}
    assert {path.name: path.read_bytes() for path in (copied / "data/paris/rgb").glob("train-*.png")} == before
    assert cities.why_no_reference(run, "paris", 96) == ""


def test_a_recipe_that_needs_no_larger_views_draws_what_it_drew_before(again):
    run = again("approaches.depth-chain.apply_sizes=[48]")

    assert run.ledger.is_done("prepare paris", cities.city_key(run, "paris"))
