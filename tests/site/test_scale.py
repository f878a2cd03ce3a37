import re
from dataclasses import replace

import pytest

from c2c.records import (
    ScaleRecord,
    Score,
    ScoreRecord,
    TrainingRecord,
    difference,
    of_type,
    read_records,
    write_record,
)
from c2c.site import build_site
from c2c.site.reading import read_run
from c2c.site.scale_matrix import costs_of, members_of, notes_of, views_of

FAMILY = ("cyclegan-32", "cyclegan-64")
SIZES = (32, 48, 64, 96)
PLACE = {"direction": "paris-to-burano", "source": "paris", "target": "burano"}
SMALL_AT_64, LARGE_AT_64 = 0.3, 0.2


def kid(value, size, metric="kid", against="reference", wobble=0.01):
    """A score whose draws swing around its value; scores of one size have one protocol."""
    draws = tuple(value + wobble * (1 if i % 2 else -1) for i in range(200))
    protocol = {"metric": metric, "size": str(size)}
    return Score(metric, value, "lower", against, 32, 32, protocol, f"{metric}-{size}",
                 interval=(value - 0.02, value + 0.02), interval_is="bootstrap", draws=draws)  # fmt: skip


def at(trained, size):
    """What is measured of the network trained at `trained`, applied at `size`, at that size."""
    values = {(32, 64): SMALL_AT_64, (64, 64): LARGE_AT_64}
    return values.get((trained, size), 0.1 + size / 1000)


def write_family(run, make, small_wobble=0.01):
    """Two networks that differ in the size they were trained at, measured at three sizes; the fourth is refused."""
    for trained, name in zip((32, 64), FAMILY, strict=True):
        make.training(run, name, "cyclegan", names=("generator",))
        record = next(r for r in of_type(read_records(run / "records"), TrainingRecord) if r.approach == name)
        write_record(run / "records", replace(record, seconds=100.0 if trained == 32 else 360.0))
        for size in SIZES:
            columns = [("input", "image", "real", "paris"), ("output", "image", "fake", "burano"),
                       ("truth", "image", "truth", "burano")]  # fmt: skip
            made = make.translation(run, name, "cyclegan", "paris", "burano", size, columns, stems=make.STEMS[:2])
            write_record(run / "records", replace(made, trained_size=trained))
            wobble = small_wobble if (trained, size) == (32, 64) else 0.0
            scores = (kid(at(trained, size), size, wobble=wobble), kid(0.15, size, "l1", "truth"))
            write_record(run / "records", ScoreRecord(subject=name, subject_kind="approach", approach_kind="cyclegan",
                         trained_size=trained, size=size, scores=scores, provenance=make.WHERE, keeps_shape=False,
                         **PLACE))  # fmt: skip
            reduced = (kid(0.132, trained), kid(0.15, trained, "l1", "truth")) if trained < size < 96 else ()
            refused = "2 of 2 test pictures of burano are smaller than 96 px, the smallest 64 px" if size == 96 else ""
            write_record(run / "records", ScaleRecord(approach=name, approach_kind="cyclegan", family=FAMILY,
                         trainings=(name,), trained_size=trained, size=size, scores=reduced, refused=refused,
                         reduced_by="bicubic" if reduced else "", note="", provenance=make.WHERE, keeps_shape=False,
                         **PLACE))  # fmt: skip
    for subject, value in (("copy-the-input", 0.4), ("real-against-real", 0.01)):
        write_record(run / "records", ScoreRecord(subject=subject, subject_kind="reference", approach_kind="",
                     trained_size=None, size=64, scores=(kid(value, 64),), provenance=make.WHERE, **PLACE))  # fmt: skip
    return run


@pytest.fixture(scope="module")
def scale_run(make, tmp_path_factory):
    """The folder of such a run, with its site."""
    run = write_family(tmp_path_factory.mktemp("scale") / "run", make)
    build_site(run)
    return run


@pytest.fixture(scope="module")
def members(scale_run):
    """Its only family."""
    (found,) = members_of(read_run(scale_run)).values()
    return found


@pytest.fixture
def changed(make, tmp_path):
    """A function that gives the family of a run of its own, with some records changed by `change(record)`."""

    def made(change=lambda record: record, **how):
        run = write_family(tmp_path / "run", make, **how)
        for record in read_records(run / "records"):
            write_record(run / "records", change(record))
        found = read_run(run)
        (members,) = members_of(found).values()
        return found, members

    return made


def table(view, number):
    """Rows of a matrix as text: name -> what stands in each column."""
    return {row.name: [cell.text for cell in row.cells] for row in view.matrices[number].rows}


def first_verdict(found, members):
    return views_of(found, members)[0].matrices[0].verdicts[0]


def test_a_family_has_its_members_from_the_smallest_trained_size_up(members):
    assert [(member.approach, member.trained, sorted(member.scored)) for member in members] == [
        ("cyclegan-32", 32, [32, 48, 64, 96]),
        ("cyclegan-64", 64, [32, 48, 64, 96]),
    ]


def test_the_first_matrix_holds_each_score_at_its_own_size_between_floor_and_ceiling(scale_run, members):
    kid_view = views_of(read_run(scale_run), members)[0]

    assert kid_view.matrices[0].columns == tuple(f"{size} px" for size in SIZES)
    assert table(kid_view, 0) == {
        "Trained at 32 px": ["0.132", "0.148", "0.300", "no reference"],
        "Trained at 64 px": ["0.132", "0.148", "0.200", "no reference"],
        "Real against real": ["not measured", "not measured", "0.010", "no reference"],
        "Copy the input": ["not measured", "not measured", "0.400", "no reference"],
    }


def test_the_second_matrix_holds_what_was_reduced_to_the_trained_size(scale_run, members):
    kid_view = views_of(read_run(scale_run), members)[0]

    assert table(kid_view, 1) == {
        "Trained at 32 px": ["0.132", "0.132", "0.132", "not measured"],
        "Trained at 64 px": ["would be enlarged", "would be enlarged", "0.200", "not measured"],
    }


def test_a_cell_is_compared_down_its_column_with_what_was_trained_at_that_size(scale_run, members):
    rows = views_of(read_run(scale_run), members)[0].matrices[0].rows

    assert [cell.verdict for cell in rows[0].cells] == ["", "", "worse", ""]
    assert [cell.verdict for cell in rows[1].cells] == ["tie", "", "", ""]
    assert [cell.own for cell in rows[0].cells] == [True, False, False, False]


def test_the_sentence_says_what_training_small_loses_with_its_interval_and_for_what_share_of_the_cost(
    scale_run, members
):
    verdict = first_verdict(read_run(scale_run), members)
    (small, _), (large, _) = (member.at(64, ("kid", "reference")) for member in members)
    apart = difference(small, large)

    assert apart.value == pytest.approx(0.1)
    assert apart.interval.high - apart.value == pytest.approx(0.0208, abs=1e-4)  # 2.04 * 0.01 * sqrt(32 / 31)
    assert verdict.outcome == "worse"
    assert verdict.text == (
        "Trained at 32 px and applied at 64 px loses 0.100 ± 0.021 KID against trained at 64 px, for 1/3.6 of the cost."
    )
    assert [href for _, href in verdict.records] == [
        f"records/score-cyclegan-{trained}-paris-to-burano-64.json" for trained in (32, 64)
    ]


def test_what_a_network_makes_larger_is_compared_with_what_it_makes_at_its_own_size(scale_run, members):
    verdicts = views_of(read_run(scale_run), members)[0].matrices[1].verdicts

    assert [(verdict.outcome, verdict.text.split(" ties")[0]) for verdict in verdicts] == [
        ("tie", f"Trained at 32 px, applied at {size} px and reduced to 32 px") for size in (48, 64)
    ]
    assert [href for _, href in verdicts[0].records] == [
        "records/scale-cyclegan-32-paris-to-burano-48.json",
        "records/score-cyclegan-32-paris-to-burano-32.json",
    ]


def test_where_nothing_was_trained_larger_what_is_lost_is_not_known(scale_run, members):
    (view, _) = views_of(read_run(scale_run), members[:1])

    assert [verdict.text for verdict in view.matrices[0].verdicts] == [
        "Nothing was trained at 48 px or 64 px or 96 px with these settings: what training at 32 px loses is not known."
    ]


def test_an_interval_with_nought_inside_is_a_tie(changed):
    verdict = first_verdict(*changed(small_wobble=0.2))

    assert verdict.outcome == "tie"
    assert "ties with trained at 64 px (0.10 ± 0.42 KID apart), for 1/3.6 of the cost." in verdict.text


def test_a_small_training_that_does_better_gains(changed):
    def swap(record):
        if isinstance(record, ScoreRecord) and (record.trained_size, record.size) == (32, 64):
            return replace(record, scores=(kid(0.1, 64), *record.scores[1:]))
        return record

    verdict = first_verdict(*changed(swap))

    assert verdict.outcome == "better"
    assert "gains 0.100 ± 0.021 KID against trained at 64 px" in verdict.text


def test_scores_of_unlike_protocols_are_not_compared(changed):
    def other_extractor(record):
        if isinstance(record, ScoreRecord) and record.subject == "cyclegan-32":
            return replace(record, scores=tuple(replace(s, fingerprint="another") for s in record.scores))
        return record

    verdict = first_verdict(*changed(other_extractor))

    assert verdict.outcome == "open"
    assert "cannot be compared with trained at 64 px: they were measured by unlike protocols" in verdict.text


def test_costs_on_unlike_machines_give_no_share(changed):
    def elsewhere(record):
        if isinstance(record, TrainingRecord) and record.approach == "cyclegan-64":
            return replace(record, device="cuda")
        return record

    found, members = changed(elsewhere)

    assert first_verdict(found, members).text.endswith("trained on unlike machines or in unlike ways.")
    assert [cost.time for cost in costs_of(members)] == ["100 s", "6 min 0 s"]


def test_a_training_without_a_record_leaves_its_cost_blank(changed):
    def failed(record):
        if isinstance(record, TrainingRecord) and record.approach == "cyclegan-64":
            return replace(record, status="failed")
        return record

    found, members = changed(failed)

    assert first_verdict(found, members).text.endswith("; what the trainings cost was not measured.")
    assert [(cost.time, cost.step) for cost in costs_of(members)] == [
        ("100 s", "0.250 s"),
        ("not measured", "not measured"),
    ]


def test_a_size_without_a_reference_says_how_many_pictures_are_too_small(members):
    notes = notes_of(members)

    assert sum("No reference at 96 px: 2 of 2 test pictures of burano" in note for note in notes) == 1


def test_metrics_against_the_truth_follow_kid(scale_run, members):
    views = views_of(read_run(scale_run), members)

    assert [view.name for view in views] == ["KID", "L1"]
    assert views[1].matrices[0].verdicts[0].outcome == "tie"


def test_the_page_has_accessible_matrices_sentences_costs_and_pictures_side_by_side(scale_run, read_page):
    page = read_page(scale_run / "site" / "scale-transfer.html")

    assert "loses 0.100 ± 0.021 KID against trained at 64 px, for 1/3.6 of the cost" in page.words
    assert len(page.all("caption")) == 4  # KID and L1, at their own size and reduced
    scopes = re.findall(r'<table class="matrix">.*?</table>', page.markup, re.DOTALL)
    assert [table.count('scope="col"') for table in scopes] == [4] * 4
    assert [table.count('scope="colgroup"') for table in scopes] == [1] * 4
    assert [table.count('scope="row"') for table in scopes] == [4, 2, 2, 2]
    assert "Side by side at 64 px" in page.words
    assert "Side by side at 32 px" in page.words
    ids = re.findall(r' id="([^"]+)"', page.markup)
    assert len(ids) == len(set(ids))
    for href in re.findall(r'href="(records/[^"]+)"', page.markup):
        assert (scale_run / "site" / href).is_file()


def test_scale_transfer_shows_both_sizes_of_a_picture_where_nothing_was_measured(pages):
    page = pages["scale-transfer.html"]
    sources = [link["href"] for link in page.all("a") if link["href"].startswith("pictures/")]

    assert sources[:4] == [
        f"pictures/cyclegan/burano-to-paris/{size}/{panel}/street-000.png"
        for size in (128, 256)
        for panel in ("real", "fake")
    ]
    assert "trained at 128 px, applied at 256 px" in page.words
    assert "It was not measured what the size costs" in page.words
    assert page.all("caption") == []
    assert "depth_chain" not in page.markup.split("<main")[1]  # one size only
