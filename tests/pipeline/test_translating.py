import pytest

from c2c.pipeline import SilentReporter, cities, open_run
from c2c.pipeline.translating import directions_by_name, record_failure, translate_key, truth_folder
from c2c.records import read_record


@pytest.fixture
def run(tiny_run):
    """The whole tiny run; look at it only."""
    return open_run(tiny_run.folder, "cpu", SilentReporter())


def panels(run, name):
    record = read_record(run.folder.records / f"translation-{name}.json")
    return [(panel.role, panel.modality, panel.caption) for panel in record.panels]


def test_cyclegan_shows_real_generated_reconstructed_and_the_street_as_it_would_be(run):
    assert panels(run, "cyclegan-paris-to-burano-32") == [
        ("input", "image", "real Paris"),
        ("output", "image", "generated"),
        ("reconstruction", "image", "reconstructed"),
        ("truth", "image", "the true picture: this street in Burano"),
    ]


def test_the_chain_shows_the_depth_in_the_middle_and_is_compared_with_the_same_shapes(run):
    assert panels(run, "depth-chain-paris-to-burano-32") == [
        ("input", "image", "real Paris"),
        ("middle", "depth", "predicted depth"),
        ("output", "image", "generated"),
        ("truth", "image", "the true picture: these shapes in Burano's dress"),
    ]


def test_pix2pix_is_compared_with_the_other_half_of_the_pair(run):
    assert panels(run, "paris-depth-paris-image-to-depth-32") == [
        ("input", "image", "real Paris"),
        ("output", "depth", "generated"),
        ("truth", "depth", "true depth"),
    ]
    assert panels(run, "depth-burano-burano-depth-to-image-32") == [
        ("input", "depth", "true depth, Burano"),
        ("output", "image", "generated"),
        ("truth", "image", "real Burano"),
    ]


def test_a_translation_names_its_checkpoint_and_the_size_it_was_trained_at(run):
    record = read_record(run.folder.records / "translation-depth-chain-paris-to-burano-64.json")

    assert (record.trained_size, record.size) == (32, 64)
    assert (run.folder.root / record.checkpoint / "checkpoint.json").is_file()


def test_every_direction_is_known_by_its_name(run):
    assert set(directions_by_name(run.recipe)) == {
        "paris-to-burano",
        "burano-to-paris",
        "paris-image-to-depth",
        "burano-depth-to-image",
    }


@pytest.mark.parametrize(("form", "kind"), [("whole", "burano-32"), ("dressed", "burano-dress-32")])
def test_the_truth_of_a_direction_is_the_form_asked_for(form, kind, run):
    direction = directions_by_name(run.recipe)["paris-to-burano"]

    assert truth_folder(run, direction, 32, form) == run.folder.city("paris") / "views" / kind


def test_a_folder_has_no_truth_in_another_city(folder_run):
    run = folder_run()
    for city in run.recipe.cities:
        cities.prepare_city(run, city, lambda done, total: None)

    assert truth_folder(run, directions_by_name(run.recipe)["old-to-new"], 32) is None


def test_pictures_depend_on_the_training_the_sizes_and_how_many(again):
    run = again()
    key = translate_key(run, "depth-chain")

    assert translate_key(again("timing.measure_s=1.0"), "depth-chain") == key
    assert translate_key(again("approaches.depth-chain.apply_sizes=[]"), "depth-chain") != key
    assert translate_key(again("data.max_test=2"), "depth-chain") != key
    assert translate_key(again("seed=1"), "depth-chain") != key


def test_a_failure_is_recorded_in_every_direction_and_size(again, copied):
    record_failure(again(), "depth-chain", "no")

    for size in (32, 64):
        record = read_record(copied / "records" / f"translation-depth-chain-paris-to-burano-{size}.json")
        assert (record.status, record.message, record.panels, record.pictures) == ("failed", "no", (), ())
