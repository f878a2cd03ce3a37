import pytest
import torch
from PIL import Image

from c2c.approaches import build
from c2c.pipeline import stages
from c2c.pipeline.cities import manifest_of
from c2c.pipeline.validating import validation_of
from c2c.records import read_record
from c2c.training.log import read_log


@pytest.fixture
def run(folder_run, tiny_table):
    """A run of folders, prepared, with two validation pictures a city."""
    tiny_table["data"]["val_fraction"] = 0.34
    made = folder_run()
    for city in made.recipe.cities:
        stages.prepare(made, city)
    return made


def validated(run, name, step=7):
    approach = build(run.recipe, name)
    approach.networks.eval()
    with torch.no_grad():
        return validation_of(run, name)(approach, step)


def stems(run, city, split):
    manifest = manifest_of(run, city)
    return {manifest.stem_of(entry) for entry in manifest.split(split)}


def test_both_directions_are_scored_and_their_mean_decides(run):
    found = validated(run, "cyclegan")

    assert list(found.scores) == ["kid old-to-new", "kid new-to-old", "kid"]
    assert (
        found.score
        == found.scores["kid"]
        == pytest.approx((found.scores["kid old-to-new"] + found.scores["kid new-to-old"]) / 2)
    )


def test_depth_is_scored_in_its_own_way(run):
    assert list(validated(run, "old-depth").scores) == ["abs_rel"]
    assert list(validated(run, "depth-new").scores) == ["kid"]


def test_validation_pictures_are_translated_and_test_pictures_never(run):
    validated(run, "cyclegan")

    for direction, city in (("old-to-new", "old"), ("new-to-old", "new")):
        made = {path.stem for path in (run.folder.checkpoints("cyclegan") / "validation" / direction).iterdir()}
        assert made == stems(run, city, "val")
        assert made.isdisjoint(stems(run, city, "test") | stems(run, city, "train"))


def test_samples_are_saved_to_be_looked_at(run):
    folder = run.folder.checkpoints("old-depth")

    (first, *_) = validated(run, "old-depth").samples

    assert first["direction"] == "old-image-to-depth"
    assert first["output"].startswith("samples/step-00000007/")
    with Image.open(folder / first["input"]) as given, Image.open(folder / first["output"]) as made:
        assert (given.mode, given.size, made.size) == ("RGB", (32, 32), (32, 32))
        assert made.mode.startswith("I")  # depth, 16 bits


def test_no_more_pictures_are_scored_than_the_recipe_says(folder_run, tiny_table):
    tiny_table["data"]["val_fraction"] = 0.5
    tiny_table["data"]["test_fraction"] = 0.17
    tiny_table["training"]["validation_pictures"] = 2
    run = folder_run()
    for city in run.recipe.cities:
        stages.prepare(run, city)
    assert len(stems(run, "old", "val")) > 2

    validated(run, "cyclegan")

    assert len(list((run.folder.checkpoints("cyclegan") / "validation" / "old-to-new").iterdir())) == 2


@pytest.mark.parametrize("change", [{"data": {"test_fraction": 0.34}}, {"training": {"validation_pictures": 0}}])
def test_without_pictures_or_the_wish_there_is_no_validation(change, folder_run, tiny_table):
    if "training" in change:
        tiny_table["data"]["val_fraction"] = 0.34
    run = folder_run(**change)
    for city in run.recipe.cities:
        stages.prepare(run, city)

    assert validation_of(run, "cyclegan") is None


def test_a_training_reports_its_last_and_its_best_step(run):
    stages.train(run, "cyclegan")

    record = read_record(run.folder.records / "training-cyclegan.json")
    entries = read_log(run.folder.root / record.log)
    assert record.score_name == "kid"
    assert record.last.step == 4
    assert record.best.score == min(value for _, value in record.validation["kid"])
    assert (run.folder.root / record.best.checkpoint / "weights.safetensors").is_file()
    assert [step for step, _ in record.rates] == [1, 2, 3, 4]
    assert len(record.samples) == sum(len(entry.get("samples", ())) for entry in entries) > 0
    assert all((run.folder.root / sample.output).is_file() for sample in record.samples)


def test_keeping_the_best_translates_with_it_and_trains_nothing_again(run, folder_run, tiny_table):
    stages.train(run, "cyclegan")
    tiny_table["training"]["keep"] = "best"
    again = folder_run()

    stages.train(again, "cyclegan")
    stages.translate(again, "cyclegan")

    record = read_record(run.folder.records / "training-cyclegan.json")
    translation = read_record(run.folder.records / "translation-cyclegan-old-to-new-32.json")
    assert [stage.status for stage in again.stages] == ["kept", "done"]
    assert translation.checkpoint == record.best.checkpoint
    assert record.translates == "best"
