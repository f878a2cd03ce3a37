import json

import pytest

from c2c.records import RunRecord, Stage
from c2c.site.gaps import gaps_of, named_pictures
from c2c.site.placing import Placer
from c2c.site.reading import read_run


@pytest.fixture
def run(small_run):
    """A whole run of one approach, that one stage failed in."""
    return small_run


@pytest.fixture
def told(run):
    """What is missing from the run's site, line by line; `asked` are files that other pages asked for."""

    def tell(*asked):
        found, placer = read_run(run), Placer(run, run / "site")
        placer.bring(named_pictures(found))
        for file in asked:
            placer.place_file(file, "words")
        return "\n".join(gaps_of(found, placer))

    return tell


def test_a_whole_run_lacks_nothing_but_what_failed(told):
    assert told() == "Stage “train pix2pix-wild” failed. Training diverged at step 31: generator = nan."


def test_a_whole_run_without_failures_lacks_nothing(run, make, told):
    done = (Stage("translate", "done", 1.0),)
    make.write_record(run / "records", RunRecord("Title", {}, done, 1.0, make.WHERE))

    assert told() == ""


def test_a_run_made_verb_by_verb_lacks_nothing(run, told):
    (run / "records" / "run.json").unlink()

    assert told() == ""


def test_a_run_that_was_broken_off_lacks_what_its_recipe_still_asks_for(run, told):
    (run / "records" / "run.json").unlink()
    (run / "recipe.json").write_text(json.dumps({"approaches": {"cyclegan": {}, "cut": {}}}))

    assert told() == (
        "The run's own record is missing: the run has not ended yet, or was broken off.\n“cut” is not translated yet."
    )


@pytest.mark.parametrize("recipe", ["", "[]", '{"approaches": 3}', '{"approaches": [1]}', "\ud800"])
def test_a_recipe_that_is_none_is_not_looked_at(run, told, recipe):
    (run / "records" / "run.json").unlink()
    (run / "recipe.json").write_text(recipe, errors="surrogatepass")

    assert told() == ""


def test_missing_pictures_are_counted_by_gallery_and_the_first_is_named(run, told):
    for stem in ("street-001", "street-004"):
        (run / f"pictures/cyclegan/paris-to-burano/32/fake/{stem}.png").unlink()
    (run / "pictures/pix2pix/paris-depth-to-image/32/real/street-000.png").write_bytes(b"torn")

    assert (
        "CycleGAN: Paris → Burano: 2 pictures are missing. "
        "The first is pictures/cyclegan/paris-to-burano/32/fake/street-001.png: no file." in told()
    )
    assert (
        "pix2pix: Paris, depth → image: 1 picture is missing. "
        "pictures/pix2pix/paris-depth-to-image/32/real/street-000.png: not a whole picture." in told()
    )


def test_pictures_of_other_pages_that_are_missing_are_told_too(told):
    assert "Of other pages, 1 picture is missing. checkpoints/0001.png: no file." in told("checkpoints/0001.png")


def test_a_record_that_cannot_be_read_is_told_whatever_is_wrong_with_it(run, told):
    records = run / "records"
    (records / "newer.json").write_text('{"kind": "score", "schema": 99}')
    (records / "torn.json").write_text('{"kind": "sco')
    (records / "folder.json").mkdir()
    (records / "deep.json").write_text("[" * 100_000)
    (records / "bytes.json").write_bytes(b"\xff\xfe\x00")

    for name in ("newer", "torn", "folder", "deep", "bytes"):
        assert f"A record cannot be read. records/{name}.json " in told()


def test_records_that_are_a_file_are_told(tmp_path):
    (tmp_path / "records").write_text("a file")

    assert gaps_of(read_run(tmp_path), Placer(tmp_path, tmp_path / "site"))[0] == (
        "A record cannot be read. records is a file; a folder of records was needed."
    )
