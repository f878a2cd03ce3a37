import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from c2c.records import TranslationRecord, write_record
from c2c.site.fronts import fronts_of, on_front
from c2c.site.reading import read_run

places = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=1, max_size=12)


@pytest.fixture
def fronts(tmp_path, make):
    """Fronts of approaches given as name = (seconds a picture, KID)."""

    def made(extractors=None, machines=None, copied=0.3, **approaches):
        for name, (seconds, kid) in approaches.items():
            columns = [("input", "image", "real", "paris"), ("output", "image", "fake", "burano")]
            record = make.translation(tmp_path, name, "cyclegan", "paris", "burano", 64, columns, stems=("a", "b"))
            where = dataclasses.replace(
                record.provenance, machine=record.provenance.machine | {"gpu": (machines or {}).get(name, "none")}
            )
            write_record(tmp_path / "records", dataclasses.replace(record, seconds=seconds * 2, provenance=where))
            score = make.score("kid", kid, extractor=(extractors or {}).get(name, "efficientnet-lite0"))
            make.scored(tmp_path, name, "cyclegan", "paris", "burano", 64, (score,))
        make.scored(tmp_path, "copy-the-input", "", "paris", "burano", 64, (make.score("kid", copied),))
        return fronts_of(read_run(tmp_path), {})

    return made


def names(front):
    return [row.name for row in front.plots[0].numbers.rows]


def on_its_front(front):
    return [row.name for row in front.plots[0].numbers.rows if row.values[-1][0] == "yes"]


@given(places)
def test_every_place_off_the_front_is_beaten_by_one_on_it(points):
    front = on_front(points)
    best = [point for point, on in zip(points, front, strict=True) if on]

    assert best
    for point, on in zip(points, front, strict=True):
        beaten = any(c <= point[0] and v <= point[1] and (c, v) != point for c, v in best)
        assert beaten != on


def test_an_approach_that_is_dearer_and_worse_is_not_on_the_front(fronts):
    (front,) = fronts(quick=(0.1, 0.3), good=(2.0, 0.1), bad=(3.0, 0.2))

    assert names(front) == ["quick", "good", "bad", "Copy the input"]
    assert on_its_front(front) == ["quick", "good"]
    assert "on the front: quick, good" in front.plots[0].svg


def test_scores_of_another_protocol_share_no_plot_and_that_is_said(fronts):
    (front,) = fronts(extractors={"other": "vgg16-hed"}, one=(1.0, 0.3), two=(2.0, 0.2), other=(0.1, 0.1))

    assert names(front) == ["one", "two", "Copy the input"]
    assert any("other cannot be compared" in note for note in front.notes)


def test_times_of_another_machine_share_no_plot(fronts):
    (front,) = fronts(machines={"other": "fast"}, one=(1.0, 0.3), two=(2.0, 0.2), other=(0.1, 0.1))

    assert "other" not in names(front)


def test_who_did_no_better_than_copying_is_named(fronts):
    (front,) = fronts(copied=0.25, worse=(0.1, 0.3), good=(2.0, 0.1))

    assert "Copying the input costs nothing, and worse did no better." in front.notes


def test_one_approach_alone_has_no_plot(fronts):
    assert fronts(one=(1.0, 0.3)) == ()


def test_every_number_beside_the_plot_links_to_its_own_record(fronts):
    (front,) = fronts(one=(1.0, 0.3), two=(2.0, 0.2))
    time, value, _, _ = front.plots[0].numbers.rows[0].values

    assert time == ("1.0 s", "records/translation-one-paris-to-burano-64.json")
    assert value == ("0.300", "records/score-one-paris-to-burano-64.json")


def test_the_speed_page_draws_the_costs_of_the_whole_run(pages, whole_run):
    drawn = [f for f in read_run(whole_run).of(TranslationRecord) if f.record.status == "done"]

    assert drawn
    assert "Time of a picture" in pages["speed.html"].words
