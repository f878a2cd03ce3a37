"""Best, middle and worst pictures of galleries."""

import dataclasses

import pytest

from c2c.site.extremes import deciding_score, extremes_of
from c2c.site.galleries import galleries_of
from c2c.site.placing import Placer
from c2c.site.reading import read_run

COLUMNS = [("input", "image", "real", "paris"), ("output", "image", "fake", "burano")]


@pytest.fixture
def extremes(make, tmp_path):
    """A function that gives the extremes of one gallery whose pictures have these scores."""

    def of(*scores, columns=COLUMNS, sizes=(128,), missing=()):
        run = tmp_path / "run"
        for size in sizes:
            make.translation(run, "cut", "cut", "paris", "burano", size, columns)
            if scores:
                make.scored(run, "cut", "cut", "paris", "burano", size, scores)
        for stem in missing:
            (run / f"pictures/cut/paris-to-burano/128/fake/{stem}.png").unlink()
        found = read_run(run)
        return extremes_of(found, galleries_of(found, Placer(run, run / "site")))

    return of


def with_values(score, *values):
    return dataclasses.replace(score, per_picture={f"street-{n:03d}": value for n, value in enumerate(values)})


def test_lower_is_better_where_it_is_and_higher_where_that_is(make, extremes):
    (lower,) = extremes(with_values(make.score("l1", 1), 3, 1, 2, 6, 5, 4))
    (higher,) = extremes(with_values(make.score("ssim", 1), 3, 1, 2, 6, 5, 4))

    assert (lower.best.stem, lower.worst.stem) == ("street-001", "street-003")
    assert (higher.best.stem, higher.worst.stem) == ("street-003", "street-001")
    assert lower.best.why == "Nearest to the true picture of 6, by L1"
    assert (lower.best.value, lower.best.record) == ("1.00", "records/score-cut-paris-to-burano-128.json")
    assert lower.best.href == "gallery-cut-paris-to-burano.html#128-street-001"


def test_the_typical_picture_stands_in_the_middle(make, extremes):
    (found,) = extremes(with_values(make.score("l1", 1), 5, 4, 3, 2, 1))

    assert (found.typical.stem, found.typical.value) == ("street-002", "3.00")


def test_without_a_score_of_single_pictures_the_first_one_is_shown_and_nothing_is_called_best(make, extremes):
    (found,) = extremes(make.score("kid", 0.1))

    assert (found.typical.stem, found.typical.value) == ("street-000", "")
    assert found.best is found.worst is None


def test_a_value_that_is_not_a_number_is_neither_best_nor_worst(make, extremes):
    (found,) = extremes(with_values(make.score("l1", 1), 3, float("nan"), 2, 6, float("inf"), 4))

    assert (found.best.stem, found.worst.stem) == ("street-002", "street-003")


def test_two_pictures_have_no_best_and_worst(make, extremes):
    (found,) = extremes(with_values(make.score("l1", 1), 2, 1))

    assert found.best is found.worst is None


def test_a_picture_that_is_missing_is_not_picked(make, extremes):
    (found,) = extremes(with_values(make.score("l1", 1), 3, 1, 2, 6, 5, 4), missing=["street-001"])

    assert found.best.stem == "street-002"
    assert found.best.why == "Nearest to the true picture of 5, by L1"


def test_pictures_of_the_trained_size_come_first(make, extremes):
    (found,) = extremes(make.score("l1", 1), sizes=(64, 128, 256))

    assert found.size == 128


def test_without_a_truth_it_is_layout_that_is_kept_and_no_real_picture_stands_beside(make, extremes):
    score = dataclasses.replace(with_values(make.score("structure", 1), 3, 1, 2), against="input")
    (found,) = extremes(score)

    assert found.best.why == "Keeps the input's layout best of 3, by structure"
    assert [cell.role for cell in found.best.cells] == ["input", "output"]


def test_the_truth_that_fits_the_approach_decides(make, whole_run):
    record = make.scored(
        whole_run.parent / "other", "x", "cyclegan", "paris", "burano", 128,
        (make.score("l1", 1), make.score("ssim", 1), make.score("l1", 2, truth="dressed truth")),
    )  # fmt: skip
    stems = set(make.STEMS)

    assert deciding_score(record, stems).against == "dressed truth"
    changes_shape = dataclasses.replace(record, keeps_shape=False)
    assert (deciding_score(changes_shape, stems).metric, deciding_score(changes_shape, stems).against) == (
        "ssim",
        "truth",
    )
    assert deciding_score(record, {"other"}) is None
