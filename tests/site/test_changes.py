import json
import re
import shutil
from dataclasses import replace

import pytest

from c2c.site import build_site
from c2c.site.changes import change_stories, percent
from c2c.site.placing import Missing, Placer
from c2c.site.reading import read_run
from c2c.site.scene_depth import depth_story


@pytest.fixture
def page(pages):
    return pages["what-changed.html"]


@pytest.fixture
def stories(own_run, tmp_path):
    return change_stories(read_run(own_run), Placer(own_run, tmp_path / "site"))


def cells(story):
    """Row and column -> cell of a story's table."""
    grid = story.classes.grid
    return {(row.name, column): cell for row in grid.rows for column, cell in zip(grid.columns, row.cells, strict=True)}


def test_the_largest_changes_stand_first_as_sentences_beside_the_truth(page):
    said = [text for text in page.words.split("63%")[1:] if text.startswith(" of road pixels become water")]

    assert len(said) == 1
    assert said[0].startswith(" of road pixels become water; in the true translation 91%.")
    assert "20% of building pixels become sky; in the true translation 45%." in page.words


def test_the_largest_change_that_was_not_made_is_named(own_run, tmp_path):
    path = own_run / "records" / "change-cyclegan-paris-to-burano-128.json"
    record = json.loads(path.read_text())
    record["classes"]["output"] = record["classes"]["input_as_read"]
    path.write_text(json.dumps(record))

    story = change_stories(read_run(own_run), Placer(own_run, tmp_path / "site"))[0]

    assert story.classes.findings == ("No road pixels become water, where 91% should.",)


def test_a_table_has_a_cell_for_what_each_class_became_and_the_true_share(stories):
    found = cells(stories[0])

    assert (found["road", "water"].text, found["road", "water"].true) == ("63%", "91%")
    assert found["road", "water"].interval == "59% to 67%"
    assert found["road", "water"].shade == 6
    assert found["sky", "sky"].stays
    assert not found["road", "water"].stays
    assert [row.share for row in stories[0].classes.grid.rows] == ["14%", "58%", "28%"]  # there is no water in Paris


def test_a_class_that_is_not_recognised_is_not_shown_and_the_page_says_so(stories, page):
    grid = stories[0].classes.grid

    assert grid.columns == ("sky", "building", "road", "water", "the rest")
    assert cells(stories[0])["building", "the rest"].text == "5%"
    assert "Not shown: boat (recall 41%, precision 70%)." in page.words
    assert "60% on real pictures" in page.words


def test_the_shown_shares_of_a_row_and_the_rest_are_everything(stories):
    for row in stories[0].classes.grid.rows:
        assert sum(float(cell.text.removesuffix("%")) for cell in row.cells) == pytest.approx(100, abs=1)


def test_recall_stands_below_every_table_with_the_city_it_was_measured_in(stories):
    grids = [stories[0].classes.grid, *(control.grid for control in stories[0].classes.controls)]

    for grid in grids:
        assert grid.recall == ("99%", "95%", "96%", "94%", "–")
        assert grid.measured_in == ("Burano", "Burano", "Paris", "Burano", "")


def test_agreement_stands_between_the_true_pictures_and_the_input(page):
    assert "71%" in page.words
    assert "The true pictures themselves reach 94%, and the input handed back reaches 38%." in page.words


def test_the_strength_is_told_with_its_interval_and_where_it_is_strongest(page, stories):
    assert "Colours change by 27.5 (24.0 to 31.0) on average; the true translation changes them by 33.0." in page.words
    assert "The lower third of the pictures changes most (35.5), the upper third least (21.0)." in page.words
    assert stories[1].strength == "Colours change by 27.5 (24.0 to 31.0) on average."


def test_the_pictures_that_change_most_and_least_are_shown_with_their_maps(stories):
    examples = stories[0].examples

    assert [(example.stem, example.why) for example in examples] == [
        ("street-005", "Changes most: 35.0"),
        ("street-000", "Changes least: 20.0"),
        ("street-002", "In the middle: 26.0"),
    ]
    assert [cell.badge for cell in examples[0].cells] == ["Real", "Generated", "Change"]


def test_photos_have_maps_and_no_table(stories, page):
    assert stories[1].classes is None
    section = page.markup.split('id="neural_style-paris-to-burano"')[1].split("</section>")[0]
    assert "<table" not in section
    assert "change-mean.png" in section


def test_every_table_has_headings_for_rows_and_columns_and_a_caption(page):
    tables = re.findall(r"<table.*?</table>", page.markup, re.DOTALL)

    assert len(tables) == 4
    for table in tables:
        assert ("<caption" in table) == ("Read off" not in table)  # the heading above it names that one
        columns = len(re.findall(r'<th scope="col"', table)) - 1
        for row in re.findall(r'<tr><th scope="row">.*?</tr>', table, re.DOTALL):
            assert len(re.findall(r"<td", row)) == columns


def test_depth_of_the_true_scene_stands_between_the_truth_and_what_is_known_without_looking(stories, page):
    rows = stories[0].depth.rows

    assert [row.name for row in rows if not row.own] == [
        "The true translation", "The input, handed back", "The place alone",
    ]  # fmt: skip
    assert [row.values[0][0] for row in rows] == ["0.140", "0.210", "0.190", "0.260"]
    assert "Depth of the true scene" in page.words
    assert stories[1].depth is None


def test_a_judge_that_reads_no_depth_off_the_truth_is_said_to_decide_nothing(make):
    found = make.scene_depth()

    assert not any("decides nothing" in note for note in depth_story(found, "burano").notes)
    blind = replace(found, truth=found.place)
    assert any("decides nothing" in note for note in depth_story(blind, "burano").notes)


def test_every_shade_of_a_cell_has_its_colour(page, whole_run):
    style = (whole_run / "site" / "assets" / "style.css").read_text(encoding="utf-8")

    for shade in {*re.findall(r"shade-\d+", page.markup), *(f"shade-{number}" for number in range(11))}:
        assert f".{shade} {{" in style


def test_a_picture_that_is_gone_leaves_its_place_and_the_page_stands(own_run, tmp_path, read_page):
    shutil.rmtree(own_run / "pictures" / "cyclegan" / "paris-to-burano" / "128" / "change")

    story = change_stories(read_run(own_run), Placer(own_run, tmp_path / "site"))[0]
    page = read_page(build_site(own_run).page.with_name("what-changed.html"))

    assert isinstance(story.examples[0].cells[2].picture, Missing)
    assert "63% of road pixels" in page.words


def test_without_records_the_page_says_so(make, tmp_path, read_page):
    page = read_page(build_site(make.write_run(tmp_path / "run", scores=False)).page.with_name("what-changed.html"))

    assert "No approach of this run has been measured yet" in page.words


@pytest.mark.parametrize(
    ("share", "text"),
    [(0.634, "63%"), (1, "100%"), (0, "0%"), (0.001, "<1%"), (0.009, "<1%"), (0.012, "1%"), (None, "–")],
)
def test_shares_are_whole_percents(share, text):
    assert percent(share) == text
