import dataclasses

import pytest

from c2c.site.reading import read_run
from c2c.site.tables import score_tables


@pytest.fixture
def tables(tmp_path, make):
    """Writes score records of one direction and size, and gives the tables they make."""

    def written(**subjects):
        for subject, scores in subjects.items():
            name = subject.replace("_", "-")
            kind = "" if name in ("real-against-real", "copy-the-input") else "cyclegan"
            make.scored(tmp_path, name, kind, "paris", "burano", 128, scores)
        return score_tables(read_run(tmp_path), [])

    return written


def entries(table, name):
    return next(row.entries for row in table.rows if row.name == name)


def test_the_floor_stands_above_and_the_ceiling_below_the_approaches(tables, make):
    (table,) = tables(
        copy_the_input=(make.score("kid", 0.2),), b=(make.score("kid", 0.1),), real_against_real=(make.score("kid", 0),)
    )

    assert [row.role for row in table.rows] == ["floor", "approach", "ceiling"]
    assert (table.direction, table.size) == ("Paris → Burano", 128)


def test_the_best_is_the_lowest_or_the_highest_as_the_score_says(tables, make):
    (table,) = tables(
        one=(make.score("kid", 0.1), make.score("ssim", 0.4)), two=(make.score("kid", 0.2), make.score("ssim", 0.6))
    )

    assert [entry.best for entry in entries(table, "one")] == [True, False]
    assert [entry.best for entry in entries(table, "two")] == [False, True]
    assert [heading.better for heading in table.headings] == ["lower", "higher"]


def test_a_reference_is_never_the_best_and_one_approach_alone_is_not_ranked(tables, make):
    (table,) = tables(one=(make.score("kid", 0.1),), real_against_real=(make.score("kid", 0.0),))

    assert not any(entry.best for row in table.rows for entry in row.entries)


def test_values_of_unlike_protocols_are_not_ranked_together(tables, make):
    (table,) = tables(
        one=(make.score("kid", 0.2),),
        two=(make.score("kid", 0.3),),
        other=(make.score("kid", 0.1, extractor="vgg16-hed"),),
        copy_the_input=(make.score("kid", 0.25),),
    )

    assert entries(table, "one")[0].best  # though `other` has a lower value
    assert not entries(table, "other")[0].best
    assert (entries(table, "one")[0].mark, entries(table, "other")[0].mark) == ("", "a")
    assert "extractor is vgg16-hed, not efficientnet-lite0" in " ".join(table.notes)
    assert entries(table, "two")[0].no_gain
    assert not entries(table, "other")[0].no_gain


def test_the_floor_may_differ_by_its_half_as_many_pictures_and_by_nothing_else(tables, make):
    score = make.score("kid", 0.01)
    half = dataclasses.replace(score, n=3, protocol=score.protocol | {"n": "3"}, fingerprint="half")
    (table,) = tables(one=(score,), real_against_real=(half,))
    assert table.notes == ()

    other = dataclasses.replace(half, protocol=half.protocol | {"extractor": "vgg16-hed"}, fingerprint="other")
    (table,) = tables(one=(score,), real_against_real=(other,))
    assert "extractor is vgg16-hed" in table.notes[0]


def test_no_better_than_copying_the_input_is_marked_so(tables, make):
    (table,) = tables(
        worse=(make.score("kid", 0.2), make.score("ssim", 0.3)),
        better=(make.score("kid", 0.1), make.score("ssim", 0.5)),
        copy_the_input=(make.score("kid", 0.2), make.score("ssim", 0.4)),
    )

    assert [entry.no_gain for entry in entries(table, "worse")] == [True, True]
    assert [entry.no_gain for entry in entries(table, "better")] == [False, False]
    assert table.has_no_gain


def test_a_value_has_its_place_between_floor_and_ceiling(tables, make):
    (table,) = tables(
        half=(make.score("kid", 0.12),),
        beyond=(make.score("kid", 0.5),),
        real_against_real=(make.score("kid", 0.04),),
        copy_the_input=(make.score("kid", 0.2),),
    )

    assert entries(table, "half")[0].place == 50.0
    assert entries(table, "beyond")[0].place == 100.0


def test_a_frechet_distance_of_few_pictures_warns_with_its_n(tables, make):
    (few,) = tables(one=(make.score("frechet", 40.0, n=2047),))
    assert "N = 2047" in few.notes[0]

    (enough,) = tables(one=(make.score("frechet", 40.0, n=2048),))
    assert enough.notes == ()


def test_spread_and_n_are_shown_beside_the_value(tables, make):
    (table,) = tables(one=(make.score("kid", 0.1),))
    (entry,) = entries(table, "one")

    assert (entry.text, entry.spread, entry.n) == ("0.100", "± 0.008", "N 6")


def test_columns_are_gathered_by_what_they_are_measured_against(tables, make):
    scores = tuple(make.score(metric, 0.5) for metric in ("rmse_m", "kid", "l1", "frechet", "abs_rel"))
    (table,) = tables(one=scores)

    assert table.groups == [("real pictures, efficientnet-lite0", 2), ("the true picture", 1), ("the true depth", 2)]


def test_every_number_of_every_score_table_links_to_its_record(pages):
    rows = pages["index.html"].markup.split('<tr class="row-')[1:]
    cells = [cell for row in rows for cell in row.split("</tr>")[0].split('<td class="figure">')[1:]]

    assert len(cells) > 40
    for cell in cells:
        assert cell.startswith('<a href="records/score-') or '<span class="none">' in cell


def test_a_failed_approach_stands_in_the_table_with_its_message(pages):
    words = pages["index.html"].words

    assert "pix2pix-wild failed: Training diverged at step 31: generator = nan." in words
