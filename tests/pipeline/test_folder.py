import json

import pytest

from c2c.errors import RunError
from c2c.pipeline import RunFolder
from c2c.pipeline.folder import Ledger
from c2c.recipe import recipe_from


@pytest.fixture
def folder(tmp_path):
    return RunFolder(tmp_path / "run")


def test_everything_has_its_place(folder):
    places = {
        "records": folder.records,
        "site": folder.site,
        "data/paris/manifest.json": folder.manifest("paris"),
        "checkpoints/cyclegan": folder.checkpoints("cyclegan"),
        "pictures/cyclegan/paris-to-burano/128": folder.pictures("cyclegan", "paris-to-burano", 128),
    }

    assert all(folder.relative(path) == name for name, path in places.items())


def test_a_recipe_comes_back_as_it_was(folder, tiny_recipe):
    folder.write_recipe(tiny_recipe)

    assert folder.read_recipe() == tiny_recipe


def test_the_recipe_of_a_run_may_change_but_not_its_name(folder, tiny_table):
    folder.write_recipe(recipe_from(tiny_table))
    folder.write_recipe(recipe_from(tiny_table | {"seed": 3}))
    assert folder.read_recipe().seed == 3

    with pytest.raises(RunError, match=r"recipe 'tiny', not 'other'\.\n.* --out"):
        folder.write_recipe(recipe_from(tiny_table | {"name": "other"}))


@pytest.mark.parametrize("text", [None, "", "{"])
def test_a_folder_without_a_whole_recipe_is_no_run(text, folder):
    if text is not None:
        folder.root.mkdir()
        (folder.root / "recipe.json").write_text(text)

    with pytest.raises(RunError, match=r"holds no run.*\n.*\n +c2c prepare"):
        folder.read_recipe()


def test_what_was_made_from_other_inputs_is_removed_and_what_was_not_stays(folder):
    place = folder.root / "pictures"
    folder.start_afresh(place, "one")
    (place / "a.png").write_bytes(b"a")

    folder.start_afresh(place, "one")
    assert (place / "a.png").exists()

    folder.start_afresh(place, "two")
    assert not (place / "a.png").exists()
    folder.start_afresh(place, "two")


def test_pictures_without_a_mark_are_removed(folder):
    place = folder.root / "pictures"
    place.mkdir(parents=True)
    (place / "a.png").write_bytes(b"a")

    folder.start_afresh(place, "one")

    assert not (place / "a.png").exists()


def test_a_ledger_remembers_which_inputs_a_stage_was_done_from(tmp_path):
    ledger = Ledger(tmp_path / "stages.json")
    ledger.mark("train a", "one")
    ledger.mark("train b", "two")

    again = Ledger(tmp_path / "stages.json")

    assert again.is_done("train a", "one")
    assert not again.is_done("train a", "two")
    assert not again.is_done("train c", "one")


def test_a_ledger_forgets_at_once(tmp_path):
    ledger = Ledger(tmp_path / "stages.json")
    ledger.mark("train a", "one")
    ledger.mark("train b", "two")

    ledger.forget("train a", "never heard of")

    assert json.loads((tmp_path / "stages.json").read_text()) == {"train b": "two"}


@pytest.mark.parametrize("text", ["", '{"train', '{"train a": 7}'])
def test_a_torn_ledger_is_an_empty_one(text, tmp_path):
    (tmp_path / "stages.json").write_text(text)
    ledger = Ledger(tmp_path / "stages.json")

    assert not ledger.is_done("train a", "one")
    ledger.mark("train a", "one")
    assert Ledger(tmp_path / "stages.json").is_done("train a", "one")
