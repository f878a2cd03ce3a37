import dataclasses
import math

import pytest

from c2c.records import TrainingRecord, write_record
from c2c.site.reaching import reaching_of, so_far_at, targets_of
from c2c.site.reading import read_run

CLOCK = [(10, 20.0), (20, 40.0), (40, 100.0)]


@pytest.fixture
def reaching(tmp_path, make):
    """Time to quality of trainings given as name = the KID at steps 10, 20 and 40."""

    def made(size=128, clock=CLOCK, machines=None, energy=None, **trainings):
        columns = [("input", "image", "real", "paris"), ("output", "image", "fake", "burano")]
        for name, values in trainings.items():
            make.translation(tmp_path, name, "cyclegan", "paris", "burano", 64, columns, stems=("a",))
            curve = list(zip((10, 20, 40), values, strict=True))
            settings = {"size": size.get(name, 128) if isinstance(size, dict) else size}
            make.training(tmp_path, name, "cyclegan", settings=settings, validation={"kid": curve},
                          score_name="kid", clock=clock, energy=energy or {})  # fmt: skip
        for filed in read_run(tmp_path).of(TrainingRecord):
            where = filed.record.provenance
            gpu = (machines or {}).get(filed.record.approach, "none")
            moved = dataclasses.replace(where, machine=where.machine | {"gpu": gpu})
            write_record(tmp_path / "records", dataclasses.replace(filed.record, provenance=moved))
        return reaching_of(read_run(tmp_path), {})

    return made


def told(one):
    """The table beside a plot: heading -> value, by approach."""
    _, *headings = one.plot.numbers.headings
    return {
        line.name: dict(zip(headings, (text for text, _ in line.values), strict=True)) for line in one.plot.numbers.rows
    }


def test_between_two_steps_that_were_noted_time_runs_evenly():
    assert [so_far_at(CLOCK, step) for step in (5, 10, 15, 30, 40)] == [10.0, 20.0, 30.0, 70.0, 100.0]
    assert so_far_at(CLOCK, 41) is None
    assert so_far_at([], 10) is None


def test_energy_is_what_the_parts_took_until_the_best_score_and_blank_where_nothing_tells(reaching):
    energy = {"processor": [(10, 1000.0), (40, 4000.0)], "gpu": [(10, 5000.0), (40, 8000.0)]}
    (one,) = reaching(energy=energy, quick=(0.4, 0.2, 0.3))
    assert told(one)["quick"]["Energy"] == "8 kJ (gpu and processor)"

    (one,) = reaching(quick=(0.4, 0.2, 0.3))
    assert told(one)["quick"]["Energy"] == ""


def test_the_time_to_a_score_is_that_of_the_first_that_was_as_good(reaching):
    (one,) = reaching(quick=(0.4, 0.2, 0.3), slow=(0.6, 0.5, 0.1))

    assert told(one)["quick"]["to KID 0.4"] == "20 s"
    assert told(one)["quick"]["to KID 0.2"] == "40 s"
    assert told(one)["slow"]["to KID 0.2"] == "100 s"


def test_a_score_that_was_never_reached_is_said_so(reaching):
    (one,) = reaching(quick=(0.4, 0.3, 0.3), slow=(0.6, 0.5, 0.2))

    assert told(one)["quick"]["to KID 0.2"] == "not reached"


def test_the_best_score_counts_even_if_the_training_got_worse_again(reaching):
    (one,) = reaching(quick=(0.4, 0.2, 0.9), slow=(0.6, 0.5, 0.3))

    assert (told(one)["quick"]["Best"], told(one)["quick"]["after"]) == ("0.200", "40 s")
    assert one.notes == ("Trained on past the best score: quick.",)


def test_trainings_at_other_sizes_and_on_other_machines_share_no_plot(reaching):
    ways = reaching(size={"large": 256}, machines={"there": "a GPU"}, here=(0.3, 0.2, 0.1), there=(0.3, 0.2, 0.1),
                    large=(0.3, 0.2, 0.1))  # fmt: skip

    assert sorted(tuple(told(one)) for one in ways) == [("here",), ("large",), ("there",)]


def test_a_training_without_scores_or_without_times_has_no_plot(reaching):
    assert reaching(untimed=(0.3, 0.2, 0.1), clock=[]) == ()
    assert reaching(diverged=(math.nan,) * 3) == ()


def test_blank_energy_is_explained(pages):
    assert "energy is blank where no record tells how much was used" in pages["speed.html"].words


def test_targets_are_round_and_the_hardest_comes_last():
    assert targets_of([[(1.0, 0.61), (2.0, 0.19)], [(1.0, 0.4)]]) == pytest.approx([0.6, 0.4, 0.2])


def test_two_directions_of_one_training_have_a_plot_each(pages, whole_run):
    titles = [one.plot.title for one in reaching_of(read_run(whole_run), {})]

    assert titles == ["Burano → Paris, 128 px", "Paris → Burano, 128 px", "Paris, depth → image, 128 px"]
    assert "Time to quality" in pages["speed.html"].words
