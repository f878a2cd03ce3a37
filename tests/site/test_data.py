"""The data page and the real pictures of a city."""

import dataclasses
import shutil

import pytest

from c2c.records import CityRecord, RunRecord, Skipped, read_record, write_record
from c2c.site import build_site
from c2c.site.cities import examples_of
from c2c.site.data import data_of
from c2c.site.placing import Placer
from c2c.site.reading import read_run


@pytest.fixture
def city(make):
    """The record of a city out of a folder."""
    return CityRecord(
        city="venice",
        source="folder",
        root="photos",
        pictures={"train": 1200, "val": 0, "test": 4},
        with_depth=0,
        skipped=(),
        manifest="data/venice/manifest.json",
        manifest_sha256="ab" * 32,
        provenance=make.WHERE,
        short_sides=(256, 480, 1024),
    )


@pytest.fixture
def told(tmp_path):
    """A function that gives what the data page tells of one city."""
    run = tmp_path / "run"

    def tell(record):
        write_record(run / "records", record)
        (found,) = data_of(read_run(run), Placer(run, run / "site")).cities
        return found

    return tell


def test_counts_sizes_and_origin_of_a_folder_are_told(told, city):
    found = told(city)

    assert found.counts == (("to train with", 1200), ("to test with", 4))
    assert found.origin == "Pictures of a folder called photos."
    assert found.facts == ("Their shorter sides go from 256 to 1,024 px; half of them reach 480 px.",)


def test_a_licence_that_nobody_stated_is_missed(told, city):
    assert told(city).note.startswith("not stated.")
    assert told(dataclasses.replace(city, note="CC BY 4.0")).note == "CC BY 4.0"
    assert told(dataclasses.replace(city, notices=("LICENSE",))).note.startswith("see the files")


def test_the_rules_of_the_split_are_told_as_the_recipe_has_them(told, city, make, tmp_path):
    recipe = {"data": {"leaks": "regroup"}, "cities": {"venice": {"split": "time", "group": r"(\d+)_"}}}
    write_record(tmp_path / "run" / "records", RunRecord("Venice", recipe, (), 1.0, make.WHERE))
    facts = told(city).facts

    assert "which picture is for the test is the last ones in the order of their names" in facts[1]
    assert r"Pictures whose paths agree in what (\d+)_ captures stay on one side" in facts[2]
    assert facts[3] == "Pictures that are nearly the same were kept on one side of the split."


@pytest.mark.parametrize("recipe", [{}, {"data": 3, "cities": []}, {"cities": {"venice": "photos"}}])
def test_a_recipe_that_says_nothing_of_a_split_is_no_obstacle(told, city, make, tmp_path, recipe):
    write_record(tmp_path / "run" / "records", RunRecord("Venice", recipe, (), 1.0, make.WHERE))

    assert len(told(city).facts) == 1


def test_files_left_out_are_counted_by_reason(told, city):
    reasons = ["is the same file as a.jpg"] * 2 + ["leaks from train: with b.jpg, near-duplicates"] * 60 + ["torn"]
    skipped = tuple(Skipped(f"{number}.jpg", reason) for number, reason in enumerate(reasons))
    found = told(dataclasses.replace(city, skipped=skipped)).left_out

    assert [(left.count, left.why) for left in found] == [
        (60, "nearly the same as a picture on the other side of the split"),
        (2, "the same file twice"),
        (1, "could not be used"),
    ]
    assert (len(found[0].files), found[0].more) == (50, 10)


def test_licences_and_attributions_that_came_with_the_pictures_are_shown_and_copied(told, city, tmp_path):
    folder = tmp_path / "run" / "data" / "venice" / "notices"
    folder.mkdir(parents=True)
    (folder / "LICENSE").write_text("Free <b>of</b> charge.")
    (folder / "attribution.csv").write_text("file,author\n" * 1000)
    paths = tuple(f"data/venice/notices/{name}" for name in ("LICENSE", "attribution.csv", "lost.md"))
    licence, authors, lost = told(dataclasses.replace(city, notices=paths)).notices

    assert (licence.name, licence.text, licence.cut) == ("LICENSE", "Free <b>of</b> charge.", False)
    assert licence.href == "notices/venice/LICENSE-notice.txt"
    assert (tmp_path / "run" / "site" / licence.href).read_text() == licence.text
    assert (authors.href, authors.cut) == ("notices/venice/attribution.csv", True)
    assert not lost.shown


def test_a_notice_outside_the_run_is_not_shown(told, city, tmp_path):
    (tmp_path / "secret.txt").write_text("secret")
    (notice,) = told(dataclasses.replace(city, notices=("../secret.txt",))).notices

    assert (notice.shown, notice.text) == (False, "")


def test_examples_are_real_pictures_spread_over_the_test(own_run):
    cells = examples_of(read_run(own_run), "paris", Placer(own_run, own_run / "site"), most=3)

    assert [cell.badge for cell in cells] == ["Real"] * 3
    assert [cell.picture.alt[-10:] for cell in cells] == ["street-001", "street-003", "street-005"]
    assert {cell.picture.width for cell in cells} == {256}  # the largest views


def test_a_city_that_is_only_translated_into_is_shown_from_its_views(own_run):
    views = own_run / "data" / "rome" / "views"
    shutil.copytree(own_run / "pictures/cyclegan/paris-to-burano/128/real", views / "image-128")
    (views / "image-thumbs").mkdir()
    run, placer = read_run(own_run), Placer(own_run, own_run / "site")

    assert len(examples_of(run, "rome", placer, most=9)) == 6
    assert examples_of(run, "rome", placer, most=9, modality="depth") == ()
    assert examples_of(run, "../..", placer, most=9) == ()


def test_a_true_or_generated_picture_is_never_an_example_of_a_city(own_run):
    for path in (own_run / "records").glob("translation-*burano-to-paris*"):
        path.unlink()

    assert examples_of(read_run(own_run), "burano", Placer(own_run, own_run / "site"), most=9) == ()


def test_the_page_shows_cities_with_counts_note_and_what_was_left_out(pages):
    page = pages["data.html"]

    assert "48 pictures" not in page.words
    assert "60 pictures of Burano and Paris." in page.words
    assert "Licence or origin: Drawn by c2c; no rights reserved." in page.words
    assert "1 file: could not be used torn.jpg image file is truncated" in page.words
    assert {"href": "records/city-burano.json"} in page.all("a")
    assert {"city-paris", "city-burano"} <= page.ids


def test_a_run_without_cities_has_no_data_page(own_run):
    for path in (own_run / "records").glob("city-*"):
        path.unlink()

    assert not (build_site(own_run).page.parent / "data.html").exists()


def test_a_city_recorded_before_sizes_and_notices_were_can_still_be_read(whole_run, told):
    record = read_record(whole_run / "records" / "city-paris.json")

    assert (record.short_sides, record.notices) == (None, ())
    assert told(record).facts == ()
