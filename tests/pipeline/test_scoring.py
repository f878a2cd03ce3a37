import pytest

from c2c.pipeline import SilentReporter, open_run
from c2c.pipeline.cities import DRESSED, WHOLE, files_of_tests
from c2c.pipeline.scoring import Scorer, is_translated, reference_key, score_key
from c2c.pipeline.translating import directions_by_name, truth_folder
from c2c.recipe.references import COLOUR, COPY, REAL
from c2c.records import ScoreRecord, comparable, difference, of_type, read_records

IMAGE_PLACES = {
    ("paris-to-burano", 32),
    ("paris-to-burano", 64),
    ("burano-to-paris", 32),
    ("burano-depth-to-image", 32),
}


@pytest.fixture
def run(tiny_run):
    """The whole tiny run; look at it only."""
    return open_run(tiny_run.folder, "cpu", SilentReporter())


@pytest.fixture
def rows(run):
    """Subject, direction and size -> scores by metric and what they are against."""
    return {
        (row.subject, row.direction, row.size): {(score.metric, score.against): score for score in row.scores}
        for row in of_type(read_records(run.folder.records), ScoreRecord)
    }


def test_every_image_place_has_its_floor_and_where_the_input_is_an_image_its_ceiling(rows):
    assert {place[1:] for place in rows if place[0] == REAL} == IMAGE_PLACES
    assert {place[1:] for place in rows if place[0] == COPY} == IMAGE_PLACES - {("burano-depth-to-image", 32)}
    assert {place[1:] for place in rows if place[0] == COLOUR} == IMAGE_PLACES - {("burano-depth-to-image", 32)}


def test_an_image_is_scored_against_the_city_and_against_its_truths(rows):
    paired = {(metric, against) for metric in ("l1", "ssim", "perceptual") for against in ("truth", "dressed truth")}
    set_wise = {("kid", "reference"), ("frechet", "reference")}  # of three pictures: too few for precision and recall

    assert set(rows["cyclegan", "paris-to-burano", 32]) == paired | set_wise | {("structure", "input")}
    assert set(rows["depth-chain", "paris-to-burano", 64]) == paired | set_wise
    assert set(rows[COPY, "paris-to-burano", 32]) == paired | set_wise
    assert set(rows[REAL, "paris-to-burano", 32]) == set_wise
    assert set(rows["depth-burano", "burano-depth-to-image", 32]) == set_wise | {
        (metric, "truth") for metric in ("l1", "ssim", "perceptual")
    }


def test_depth_is_scored_in_metres(rows):
    metrics = {metric for metric, _ in rows["paris-depth", "paris-image-to-depth", 32]}

    assert metrics >= {"abs_rel", "rmse_m", "delta_1.25"}


def test_a_score_says_how_many_and_of_which_pictures(rows):
    kid = rows["cyclegan", "paris-to-burano", 32]["kid", "reference"]
    l1 = rows["cyclegan", "paris-to-burano", 32]["l1", "truth"]

    assert (kid.n, kid.n_reference) == (3, 3)
    assert set(l1.per_picture) == {"test-0000", "test-0001", "test-0002"}
    assert l1.value == pytest.approx(sum(l1.per_picture.values()) / 3)


def test_rows_of_one_place_can_be_compared(rows):
    for metric in (("kid", "reference"), ("l1", "truth"), ("l1", "dressed truth")):
        cyclegan, chain, copied, shifted = (
            rows[subject, "paris-to-burano", 32][metric] for subject in ("cyclegan", "depth-chain", COPY, COLOUR)
        )
        assert cyclegan.fingerprint == chain.fingerprint
        assert copied.fingerprint == shifted.fingerprint
        assert comparable(cyclegan, copied)


def test_a_score_states_how_pictures_were_split_and_which_checkpoint_translates(rows):
    place = ("paris-to-burano", 32)
    kid, copied = (rows[subject, *place]["kid", "reference"] for subject in ("cyclegan", COPY))

    assert kid.protocol["checkpoint"] == "last"
    assert copied.protocol["checkpoint"] == "none"
    assert kid.protocol["split_sha256"] == copied.protocol["split_sha256"]


def test_shifted_colours_are_saved_and_are_another_picture_than_the_input(rows, run):
    shifted, copied = (rows[subject, "paris-to-burano", 64]["l1", "dressed truth"] for subject in (COLOUR, COPY))

    assert difference(shifted, copied).value != 0
    assert len(list((run.folder.pictures(COLOUR, "paris-to-burano", 64) / "fake").glob("*.png"))) == 3


def test_the_true_pictures_themselves_would_be_without_fault(run):
    direction = directions_by_name(run.recipe)["paris-to-burano"]
    truth = truth_folder(run, direction, 32, WHOLE)
    made = files_of_tests(run, direction.source, truth)

    scores = {(s.metric, s.against): s.value for s in Scorer(run)._against_truth(made, direction, 32)}

    assert scores["l1", "truth"] == 0
    assert scores["ssim", "truth"] == pytest.approx(1)
    assert scores["perceptual", "truth"] == pytest.approx(0, abs=1e-6)
    assert scores["l1", "dressed truth"] > 0
    assert truth_folder(run, direction, 32, DRESSED) != truth


def test_scores_depend_on_the_pictures_the_reference_and_the_extractor(again, run):
    same, seeded, fewer = again("timing.measure_s=1.0"), again("seed=1"), again("data.max_test=2")

    for key in (lambda job: score_key(job, "cyclegan"), reference_key):
        assert key(same) == key(run)
        assert key(seeded) != key(run)
        assert key(fewer) != key(run)
        assert key(again("scoring.extractor=inception-fid")) != key(run)


def test_an_approach_is_translated_if_it_was_from_todays_inputs(again):
    assert is_translated(again(), "cyclegan")
    assert not is_translated(again("approaches.cyclegan.blocks=2"), "cyclegan")
