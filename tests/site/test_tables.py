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
    assert entries(table, "two")[0].beside_copy == "worse"
    assert entries(table, "other")[0].beside_copy == ""


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
        worse=(make.score("kid", 0.3), make.score("ssim", 0.3)),
        better=(make.score("kid", 0.1), make.score("ssim", 0.5)),
        copy_the_input=(make.score("kid", 0.2), make.score("ssim", 0.4)),
    )

    assert [entry.beside_copy for entry in entries(table, "worse")] == ["worse", "worse"]
    assert [entry.beside_copy for entry in entries(table, "better")] == ["better", "better"]
    assert table.marks == {"worse"}


def drawn(score, *offsets):
    return dataclasses.replace(score, draws=tuple(score.value + offset for offset in offsets))


def test_what_chance_may_explain_is_shown_as_a_tie(tables, make):
    (table,) = tables(
        one=(drawn(make.score("kid", 0.10), 0, 0.02, -0.02),),
        two=(drawn(make.score("kid", 0.11), 0.02, 0, -0.02),),
        far=(drawn(make.score("kid", 0.50), 0, 0.02, -0.02),),
        copy_the_input=(drawn(make.score("kid", 0.12), -0.02, 0, 0.02),),
    )

    found = {name: entries(table, name)[0] for name in ("one", "two", "far")}
    assert {name: (entry.best, entry.shares_best) for name, entry in found.items()} == {
        "one": (True, True),
        "two": (True, True),
        "far": (False, False),
    }
    assert {name: entry.beside_copy for name, entry in found.items()} == {"one": "tie", "two": "tie", "far": "worse"}
    assert table.marks == {"best", "tie", "worse"}


def test_an_interval_is_shown_with_its_value(tables, make):
    score = dataclasses.replace(make.score("kid", 0.1), interval=(0.08, 0.123), interval_is="halves")
    (table,) = tables(one=(score,))

    assert entries(table, "one")[0].spread == "0.080 to 0.123"
    assert ("interval of 95%", "halves") in table.headings[0].protocol


def test_precision_and_its_like_stand_in_a_table_of_their_own(tables, make):
    scores = tuple(make.score(metric, 0.5) for metric in ("kid", "precision", "coverage"))
    (table,) = tables(one=scores)

    assert [heading.name for heading in table.headings] == ["KID"]
    assert [heading.name for heading in table.more.headings] == ["Precision", "Coverage"]
    assert len(table.more.rows) == 1


def test_which_checkpoint_translates_parts_approaches_but_not_from_the_references(tables, make):
    def kept(score, rule):
        return dataclasses.replace(score, protocol=score.protocol | {"checkpoint": rule}, fingerprint=f"as {rule}")

    (table,) = tables(
        one=(kept(make.score("kid", 0.2), "last"),),
        two=(kept(make.score("kid", 0.3), "last"),),
        best=(kept(make.score("kid", 0.1), "best"),),
        copy_the_input=(kept(make.score("kid", 0.4), "none"),),
    )

    assert entries(table, "one")[0].best
    assert not entries(table, "best")[0].best
    assert [entries(table, name)[0].mark for name in ("one", "two", "best")] == ["", "", "a"]
    assert "checkpoint is best, not last" in " ".join(table.notes)
    assert {entries(table, name)[0].beside_copy for name in ("one", "two", "best")} == {"better"}


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


def test_approaches_of_equal_settings_are_summed_up_over_their_seeds(tmp_path, make):
    for name, kid in (("cyclegan", 0.1), ("cyclegan-seed-2", 0.3)):
        make.scored(tmp_path, name, "cyclegan", "paris", "burano", 128, (make.score("kid", kid),))
        make.training(tmp_path, name, "cyclegan")
    make.scored(tmp_path, "pix", "pix2pix", "paris", "burano", 128, (make.score("kid", 0.2),))
    make.training(tmp_path, "pix", "pix2pix", settings={"blocks": 9})
    (table,) = score_tables(read_run(tmp_path), [])

    (row,) = [row for row in table.rows if row.role == "seeds"]
    assert row.name == "CycleGAN, 2 seeds"
    assert (row.entries[0].text, row.entries[0].spread) == ("0.20", "0.10 to 0.30")
    assert row.entries[0].spread_is == "least and largest of 2 seeds"
