"""What changed, measured on drawn cities whose translations are known: the truth itself, and the input handed back."""

import shutil
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from c2c.data.pictures import read_depth
from c2c.evaluation.classes import read_classes
from c2c.pipeline import SilentReporter, cities, open_run, stages, start_run
from c2c.pipeline.changing import NAMES, Measurer, changes_key, image_directions
from c2c.pipeline.cities import DRESSED, WHOLE, manifest_of, truth_key, views_of
from c2c.pipeline.translating import directions_by_name, truth_folder
from c2c.recipe import recipe_from
from c2c.records import ChangeRecord, of_type, read_record, read_records
from c2c.toytown import CLASSES

SIZE = 64
TOWNS = {
    "name": "towns",
    "title": "Two drawn cities",
    "size": SIZE,
    "cities": {"paris": {"toytown": "paris"}, "burano": {"toytown": "burano"}},
    "toytown": {"train": 12, "val": 0, "test": 6, "train_size": SIZE, "test_size": SIZE},
    "approaches": {
        "truth": {"kind": "cyclegan", "a": "paris", "b": "burano"},
        "dressed": {"kind": "neural_style", "content": "paris", "style": "burano"},
        "copy": {"kind": "cyclegan", "a": "paris", "b": "burano"},
    },
}
ignore = lambda done, total: None  # noqa: E731


@pytest.fixture(scope="module")
def towns(tmp_path_factory):
    """A run where "truth" and "dressed" made the true pictures and "copy" handed its input back, measured."""
    root = tmp_path_factory.mktemp("towns")
    run = start_run(recipe_from(TOWNS), root / "run", "cpu", SilentReporter())
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("C2C_CACHE", str(root / "cache"))
        for city in run.recipe.cities:
            stages.prepare(run, city)
    measurer = Measurer(run)
    for name in run.recipe.approaches:
        for direction in image_directions(run, name):
            made = run.folder.pictures(name, direction.name, SIZE) / "fake"
            manifest = manifest_of(run, direction.source)
            inputs = views_of(run, manifest, cities.test_entries(run, manifest), SIZE)
            form = {"truth": WHOLE, "dressed": DRESSED}.get(name)
            shutil.copytree(truth_folder(run, direction, SIZE, form) if form else inputs, made)
        measurer.measure(name, ignore)
    return run


@pytest.fixture
def records(towns):
    """Approach and direction -> what it changed."""
    return {(r.approach, r.direction): r for r in of_type(read_records(towns.folder.records), ChangeRecord)}


def classes_of(record):
    shares = np.array(record.classes.output.shares)
    return lambda before, after: shares[NAMES.index(before), NAMES.index(after)]


def test_class_maps_are_kept_for_every_picture_and_every_truth(towns):
    for city in towns.recipe.cities:
        manifest = manifest_of(towns, city)
        other = "burano" if city == "paris" else "paris"
        assert set(manifest.classes) == {city, other, f"{other}-dress"}
        for entry in manifest.entries:
            keys = manifest.classes if entry.split == "test" else [city]
            for key in keys:
                found = read_classes(manifest.classes_path_of(entry, key))
                assert found.shape == (SIZE, SIZE)
                assert found.max() < len(CLASSES)


def test_class_maps_move_no_hash_that_a_training_depends_on(towns):
    manifest = manifest_of(towns, "paris")

    assert replace(manifest, classes={}, truth_depths={}).sha256 == manifest.sha256


@pytest.mark.parametrize("direction", ["paris-to-burano", "burano-to-paris"])
def test_of_the_true_translation_the_classifier_reads_nearly_the_true_table(records, direction):
    found = records["truth", direction].classes

    read, true, rows = np.array(found.output.shares), np.array(found.truth.shares), np.array(found.input_shares)
    wrong = (np.abs(read - true).sum(1) / 2)[rows > 0.02]  # the share of a class that is read as another
    assert np.average(wrong, weights=rows[rows > 0.02]) < 0.12
    assert found.output == found.truth_as_read
    assert found.agreement.value == pytest.approx(found.agreement_of_truth)
    assert found.agreement.value > 0.8


def test_roads_become_water_and_water_roads(records):
    there, back = (records["truth", f"{way}"] for way in ("paris-to-burano", "burano-to-paris"))

    assert classes_of(there)("road", "water") > 0.8
    assert classes_of(there)("road", "road") < 0.05
    assert classes_of(back)("water", "road") > 0.6
    assert back.classes.truth.shares[NAMES.index("water")][NAMES.index("water")] == 0


def test_handing_the_input_back_changes_nothing(records):
    found = records["copy", "paris-to-burano"]

    assert found.strength.value == 0
    assert found.classes.output == found.classes.input_as_read
    assert found.classes.agreement.value == pytest.approx(found.classes.agreement_of_input)
    assert found.classes.agreement.value < found.classes.agreement_of_truth - 0.3
    assert classes_of(found)("road", "road") > 0.8


def test_the_truth_changes_as_strongly_as_the_truth(records):
    found = records["truth", "paris-to-burano"]

    assert found.strength == found.true_strength
    assert 10 < found.strength.value < 60
    low, high = found.strength.interval
    assert low < found.strength.value < high


def test_an_approach_that_keeps_shapes_is_compared_with_the_dress_on_the_same_shapes(records, towns):
    dressed, whole = records["dressed", "paris-to-burano"].classes, records["truth", "paris-to-burano"].classes

    assert (dressed.truth_form, whole.truth_form) == ("dressed truth", "truth")
    assert dressed.agreement.against == "dressed truth"
    building = NAMES.index("building")
    assert dressed.truth.shares[building][building] > 0.95 > whole.truth.shares[building][building]
    assert directions_by_name(towns.recipe)["paris-to-burano"].source == "paris"


def test_every_row_is_of_all_the_pixels_of_its_class(records):
    for record in records.values():
        found = record.classes
        assert sum(found.input_shares) == pytest.approx(1, abs=1e-5)
        for table in (found.output, found.truth, found.truth_as_read, found.input_as_read):
            for share, row in zip(found.input_shares, table.shares, strict=True):
                assert sum(row) == pytest.approx(1 if share else 0, abs=1e-5)


def test_what_the_classifier_knows_is_told_class_by_class_from_where_the_class_is(records):
    found = records["copy", "paris-to-burano"].classes
    known = dict(zip(found.names, found.recognised, strict=True))

    assert found.accuracy > 0.85
    assert known["water"].city == "burano"
    assert known["road"].city == "paris"  # Burano has none
    assert known["sky"].shown
    for one in known.values():
        if one.shown:
            assert min(one.recall, one.precision) >= found.bound


def test_of_the_truth_the_depth_is_read_as_well_as_it_can_be_and_of_the_input_less_well(records):
    for direction in ("paris-to-burano", "burano-to-paris"):
        truth, copied = (records[name, direction].depth for name in ("truth", "copy"))
        values = {score.metric: score.value for score in truth.output}
        assert values == pytest.approx(truth.truth)
        assert truth.truth == copied.truth
        assert {score.metric: score.value for score in copied.output} == pytest.approx(copied.input)
        assert copied.input["abs_rel"] > truth.truth["abs_rel"]
        assert truth.place.keys() == values.keys() == {"abs_rel", "rmse_m", "delta_1.25"}
        low, high = truth.output[0].interval
        assert low < truth.output[0].value < high


def test_an_approach_that_keeps_shapes_is_held_against_the_depth_of_its_input(records, towns):
    dressed, whole = records["dressed", "paris-to-burano"].depth, records["truth", "paris-to-burano"].depth

    assert (dressed.truth_form, whole.truth_form) == ("dressed truth", "truth")
    sha256 = [found.output[0].protocol["reference_sha256"] for found in (dressed, whole)]
    assert sha256[0] != sha256[1]
    manifest = manifest_of(towns, "paris")
    for entry in cities.test_entries(towns, manifest):
        depths = [read_depth(manifest.truth_depth_path_of(entry, f"burano{form}")) for form in ("-dress", "")]
        own = read_depth(manifest.depth_path_of(entry))
        assert (depths[0] == own).all()
        assert (depths[1] != own).any()


def test_maps_lie_beside_the_pictures(records, towns):
    record = records["truth", "paris-to-burano"]

    for folder in (record.maps, *record.classes.folders.values()):
        assert {path.stem for path in (towns.folder.root / folder).glob("*.png")} == set(record.strength.per_picture)
    with Image.open(towns.folder.root / record.mean_map) as image:
        assert image.size == (SIZE, SIZE)
    drawn = manifest_of(towns, "paris")
    entry = cities.test_entries(towns, drawn)[0]
    true = read_classes(drawn.classes_path_of(entry, truth_key("burano", WHOLE)))
    kept = read_classes(towns.folder.root / record.classes.folders["truth"] / f"{drawn.stem_of(entry)}.png")
    assert ((kept == NAMES.index("water")) == (true == CLASSES.index("water"))).all()


def test_measuring_again_gives_the_same_numbers(towns, records):
    before = records["truth", "burano-to-paris"]

    Measurer(towns).measure("truth", ignore)

    after = read_record(towns.folder.records / "change-truth-burano-to-paris-64.json")
    assert replace(after, provenance=before.provenance) == before


def test_folders_of_photos_have_maps_but_no_classes(folder_run):
    run = folder_run()
    for city in run.recipe.cities:
        stages.prepare(run, city)
    for direction in image_directions(run, "cyclegan"):
        manifest = manifest_of(run, direction.source)
        made = run.folder.pictures("cyclegan", direction.name, 32) / "fake"
        shutil.copytree(views_of(run, manifest, cities.test_entries(run, manifest), 32), made)
        for path in made.glob("*.png"):
            with Image.open(path) as image:
                dark = image.point(lambda value: value // 2)
            dark.save(path)

    Measurer(run).measure("cyclegan", ignore)

    record = read_record(run.folder.records / "change-cyclegan-old-to-new-32.json")
    assert (record.classes, record.depth, record.true_strength) == (None, None, None)
    assert record.strength.value > 5
    assert len(list((run.folder.root / record.maps).glob("*.png"))) == len(record.strength.per_picture) == 2


def test_changes_depend_on_the_pictures_and_on_class_maps_that_were_kept(again, tiny_run):
    run = open_run(tiny_run.folder, "cpu", SilentReporter())

    assert changes_key(again(), "cyclegan") == changes_key(run, "cyclegan")
    assert changes_key(again("data.max_test=2"), "cyclegan") != changes_key(run, "cyclegan")
    older = again()
    manifest = manifest_of(older, "paris")
    cities.write_manifest(older.folder.manifest("paris"), replace(manifest, classes={}))
    assert changes_key(older, "cyclegan") != changes_key(run, "cyclegan")


def test_only_what_makes_images_of_images_has_changes(tiny_run):
    run = open_run(tiny_run.folder, "cpu", SilentReporter())

    measured = {(r.approach, r.direction, r.size) for r in of_type(read_records(run.folder.records), ChangeRecord)}

    assert measured == {
        ("cyclegan", "paris-to-burano", 32),
        ("cyclegan", "burano-to-paris", 32),
        ("depth-chain", "paris-to-burano", 32),
    }
    assert image_directions(run, "paris-depth") == []
