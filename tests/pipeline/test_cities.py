import numpy as np
import pytest
from PIL import Image

from c2c.collect.pictures import FoundPicture, Place, Rights, collected, record_text
from c2c.collect.views_list import MadeView, ViewedPanorama, ViewsList, write_views_list
from c2c.data.pictures import read_depth, read_picture, write_depth, write_picture
from c2c.errors import LeakError, ManifestError, NoPictures, SplitError
from c2c.geometry import PinholeCamera
from c2c.pipeline import SilentReporter, cities, stages, start_run
from c2c.recipe import recipe_from
from c2c.records import CityRecord, Skipped, read_record
from c2c.toytown.pictures import Truth


def prepare(run, *names):
    for name in names or run.recipe.cities:
        stages.prepare(run, name)
    return run


def test_a_city_of_pictures_with_depth_is_listed_and_a_broken_file_is_named(folder_run, tmp_path):
    rgb = tmp_path / "photos" / "old" / "rgb"
    (rgb / "broken.png").write_bytes((rgb / "000.png").read_bytes()[:60])
    (rgb / "empty.png").touch()
    Image.new("RGB", (50, 50), "blue").save(rgb / "alone.jpg")

    run = prepare(folder_run(), "old")

    record = read_record(run.folder.records / "city-old.json")
    assert isinstance(record, CityRecord)
    assert {skipped.path for skipped in record.skipped} == {"rgb/broken.png", "rgb/empty.png", "depth/alone.png"}
    assert sum(record.pictures.values()) == 7
    assert record.pictures["test"] == 2  # a third
    assert record.with_depth == 6
    assert (record.source, record.root) == ("folder", "old")  # the folder's name, not where it lies
    assert record.manifest_sha256 == cities.manifest_of(run, "old").sha256
    assert run.stages[0].message == "5 train, 2 test; 3 files skipped"


def test_a_drawn_city_is_listed_with_its_splits_and_truths(tiny_run):
    record = read_record(tiny_run.folder / "records" / "city-paris.json")

    assert (record.source, record.pictures, record.with_depth) == ("toytown", {"train": 3, "val": 3, "test": 3}, 9)
    assert record.note == "drawn by c2c, free to use"
    assert (record.root, record.manifest) == ("data/paris", "data/paris/manifest.json")


@pytest.mark.parametrize(("files", "words"), [(None, "does not exist"), ([], "holds no"), (["note.txt"], "holds no")])
def test_a_folder_without_pictures_is_an_error(files, words, folder_run, tiny_table, tmp_path):
    place = tmp_path / "elsewhere"
    if files is not None:
        place.mkdir()
    for name in files or []:
        (place / name).write_text("no picture")
    tiny_table["cities"]["old"]["folder"] = str(place)

    with pytest.raises(NoPictures, match=words):
        stages.prepare(folder_run(), "old")


def test_pictures_that_leak_are_refused_unless_the_recipe_regroups_or_allows_them(folder_run, tmp_path):
    rgb = tmp_path / "photos" / "old" / "rgb"
    folder_run()
    for path in sorted(rgb.iterdir()):
        Image.open(path).resize((88, 80)).save(rgb / f"{path.stem}-again.jpg")

    with pytest.raises(LeakError, match="of old's pictures leak from one split into another"):
        prepare(folder_run(), "old")

    regrouped = cities.manifest_of(prepare(folder_run(data={"leaks": "regroup"}), "old"), "old")
    assert len(regrouped.entries) == 12
    assert [entry.group for entry in regrouped.entries[::2]] == [entry.group for entry in regrouped.entries[1::2]]
    assert len(cities.manifest_of(prepare(folder_run(data={"leaks": "allow"}), "old"), "old").entries) == 12


def test_a_city_that_is_not_prepared_is_an_error(folder_run):
    with pytest.raises(ManifestError):
        cities.manifest_of(folder_run(), "old")


def test_a_folders_key_is_its_files_their_times_and_how_they_are_split(folder_run, tmp_path):
    run = folder_run()
    key = cities.city_key(run, "old")

    assert cities.city_key(folder_run(), "old") == key
    assert cities.city_key(folder_run(seed=1), "old") != key
    assert cities.city_key(folder_run(data={"test_fraction": 0.5}), "old") != key
    Image.new("RGB", (40, 40)).save(tmp_path / "photos" / "old" / "rgb" / "more.png")
    assert cities.city_key(run, "old") != key


def test_toytown_draws_the_truths_that_the_approaches_are_compared_with(tiny_table, tmp_path):
    tiny_table["cities"] = {name: {"toytown": name} for name in ("paris", "burano", "manhattan")}
    approaches = tiny_table["approaches"]
    approaches["cyclegan"] |= {"a": "paris", "b": "burano"}
    approaches["old-depth"]["city"], approaches["depth-new"]["city"] = "manhattan", "paris"

    run = start_run(recipe_from(tiny_table), tmp_path / "run", "cpu", SilentReporter())

    assert cities.truths_of(run, "manhattan") == {
        "paris": Truth("paris", "paris"),
        "paris-dress": Truth("manhattan", "paris"),
    }
    assert set(cities.truths_of(run, "paris")) == {"burano", "burano-dress"}  # nothing goes from paris to manhattan
    assert set(cities.truths_of(run, "burano")) == {"paris", "paris-dress"}


def test_folders_have_no_truths(folder_run):
    assert cities.truths_of(folder_run(), "old") == {}


def test_fewer_test_pictures_are_spread_evenly(folder_run):
    run = prepare(folder_run(data={"test_fraction": 0.7}), "old")
    manifest = cities.manifest_of(run, "old")
    every = list(manifest.split("test"))
    assert len(every) == 4

    assert cities.test_entries(run, manifest) == every
    assert cities.test_entries(folder_run(data={"test_fraction": 0.7, "max_test": 2}), manifest) == every[::2]
    assert cities.test_entries(folder_run(data={"test_fraction": 0.7, "max_test": 9}), manifest) == every


def test_other_pictures_come_from_validation_first_and_never_from_the_test(folder_run):
    run = prepare(folder_run(data={"test_fraction": 0.2, "val_fraction": 0.34}), "old")
    manifest = cities.manifest_of(run, "old")

    others = cities.other_entries(manifest, 3, 32)

    assert [entry.split for entry in others] == ["val", "val", "train"]
    assert cities.other_entries(manifest, 3, 64) == []  # the pictures are 44 by 40


def test_views_are_squares_of_the_size_made_once(folder_run):
    run = prepare(folder_run(), "old")
    manifest = cities.manifest_of(run, "old")
    entries = list(manifest.split("test"))

    folder = cities.views_of(run, manifest, entries, 32)
    times = {path: path.stat().st_mtime_ns for path in folder.glob("*.png")}
    depth = cities.views_of(run, manifest, entries, 32, "depth")

    assert len(times) == len(entries)
    assert all(read_picture(path).shape == (32, 32, 3) for path in times)
    assert all(read_depth(depth / path.name).shape == (32, 32) for path in times)
    cities.views_of(run, manifest, entries, 32)
    assert {path: path.stat().st_mtime_ns for path in folder.glob("*.png")} == times


def test_the_depth_of_a_picture_without_depth_is_none_everywhere(folder_run, tmp_path):
    for path in (tmp_path / "photos" / "old" / "depth").iterdir():
        path.unlink()
    run = prepare(folder_run(), "old")
    manifest = cities.manifest_of(run, "old")

    folder = cities.views_of(run, manifest, list(manifest.split("test")), 32, "depth")

    made = list(folder.glob("*.png"))
    assert len(made) == 2
    assert not any(read_depth(path).any() for path in made)


def test_the_sizes_of_a_city_s_pictures_and_its_licence_go_into_its_record(folder_run, tmp_path):
    (tmp_path / "photos" / "old" / "LICENSE").write_text("free")

    run = prepare(folder_run(), "old")

    record = read_record(run.folder.records / "city-old.json")
    sides = sorted(min(entry.width, entry.height) for entry in cities.manifest_of(run, "old").entries)
    assert record.short_sides == (sides[0], sides[(len(sides) - 1) // 2], sides[-1])
    assert record.notices == ("data/old/notices/LICENSE",)
    assert (run.folder.root / record.notices[0]).read_text() == "free"
    assert not any("LICENSE" in skipped.path for skipped in record.skipped)


@pytest.fixture
def views(tmp_path):
    """Views of 36 panoramas, every 20 m on a square of streets, with depth and credits."""
    rgb, depth = tmp_path / "views" / "rgb", tmp_path / "views" / "depth"
    rgb.mkdir(parents=True)
    depth.mkdir()
    chance = np.random.default_rng(0)
    panoramas = []
    for number in range(36):
        made = []
        for yaw in (0, 180):
            name = f"p{number}_{yaw:03}.png"
            write_picture(rgb / name, chance.integers(0, 256, (24, 24, 3), dtype=np.uint8))
            write_depth(depth / name, np.full((24, 24), 5.0))
            made.append(MadeView(f"rgb/{name}", f"depth/{name}", PinholeCamera(24, 24, 90, yaw), None))
        place = Place(45 + number // 6 * 0.00018, 12 + number % 6 * 0.000254)
        panoramas.append(ViewedPanorama("streetview", f"p{number}", place, "", None, None, tuple(made)))
    write_views_list(tmp_path / "views", ViewsList(tuple(panoramas)))
    (tmp_path / "views" / "ATTRIBUTION.md").write_text("by Ada")
    return tmp_path / "views"


def by_place(tiny_table, folder, **settings):
    city = {"folder": str(folder), "split": "place", "neighbourhood_m": 40, "gap_m": 30} | settings
    return recipe_from(tiny_table | {"cities": tiny_table["cities"] | {"old": city}})


def test_views_are_split_by_neighbourhood_with_a_gap_and_their_credits_kept(tiny_table, views, tmp_path):
    run = prepare(start_run(by_place(tiny_table, views), tmp_path / "run", "cpu", SilentReporter()), "old")

    manifest = cities.manifest_of(run, "old")
    at = {f"rgb/p{number}_{yaw}.png": (number // 6, number % 6) for number in range(36) for yaw in ("000", "180")}
    where = {split: {at[entry.path] for entry in manifest.split(split)} for split in ("train", "test", "gap")}
    assert all(where.values())
    apart = [max(abs(a - c), abs(b - d)) for a, b in where["train"] for c, d in where["test"]]
    assert min(apart) >= 2  # 40 m
    assert all(entry.depth for entry in manifest.entries)
    record = read_record(run.folder.records / "city-old.json")
    assert record.notices == ("data/old/notices/ATTRIBUTION.md",)
    assert sum(record.pictures.values()) + len(manifest.split("gap")) == 72


def test_pictures_without_a_place_are_left_out_of_a_split_by_place(tiny_table, views, tmp_path):
    write_picture(views / "rgb" / "mine.png", np.zeros((24, 24, 3), np.uint8))
    run = prepare(start_run(by_place(tiny_table, views), tmp_path / "run", "cpu", SilentReporter()), "old")

    skipped = read_record(run.folder.records / "city-old.json").skipped
    assert Skipped("rgb/mine.png", "no place is known of it") in skipped


def test_a_folder_whose_places_nobody_knows_is_not_split_by_place(tiny_table, make_city, tmp_path):
    folder = make_city(tmp_path / "photos", seed=0)
    run = start_run(by_place(tiny_table, folder), tmp_path / "run", "cpu", SilentReporter())
    with pytest.raises(SplitError, match="does not say where"):
        stages.prepare(run, "old")


@pytest.fixture
def photos(tmp_path):
    """The photos of a collection: eight, at places 1 km apart, by Ada."""
    root, chance = tmp_path / "venice", np.random.default_rng(0)
    rights = Rights("CC BY 4.0", "", "Ada", "Photo by Ada, CC BY 4.0", "https://example.org", True)
    (root / "records").mkdir(parents=True)
    for number in range(8):
        path = f"photos/p{number}.png"
        write_picture(root / path, chance.integers(0, 256, (24, 24, 3), dtype=np.uint8))
        found = FoundPicture("commons", f"p{number}", "photo", Place(45 + number / 100, 12), "2024", 24, 24, rights)
        facts = {"sha256": "", "bytes": 1, "fetched": "2026-11-23T00:00:00+00:00", "fetched_from": ""}
        record = collected(found, picture=path, payload=None, size_px=(24, 24), **facts)
        (root / "records" / f"p{number}.json").write_text(record_text(record))
    return root / "photos"


@pytest.mark.parametrize("whole", [True, False])
def test_photos_of_a_collection_bring_their_credits_places_and_story(tiny_table, photos, whole, tmp_path):
    folder = photos.parent if whole else photos
    run = prepare(start_run(by_place(tiny_table, folder), tmp_path / "run", "cpu", SilentReporter()), "old")

    record = read_record(run.folder.records / "city-old.json")
    assert record.notices == ("data/old/notices/ATTRIBUTION.md",)
    assert "Photo by Ada" in (run.folder.root / record.notices[0]).read_text()
    assert record.pictures["test"] >= 1
    story = read_record(run.folder.records / "crawl-old.json")
    assert (story.city, story.sources) == ("old", {"commons": 8})


def test_photos_are_prepared_anew_when_a_record_of_their_collection_changes(tiny_table, photos, tmp_path):
    run = start_run(by_place(tiny_table, photos), tmp_path / "run", "cpu", SilentReporter())
    before = cities.city_key(run, "old")
    assert cities.city_key(run, "old") == before
    record = photos.parent / "records" / "p0.json"
    record.write_text(record.read_text().replace("Photo by Ada", "Photo by Ada Brick"))
    assert cities.city_key(run, "old") != before


def test_a_city_with_json_files_of_its_own_in_a_folder_called_records_is_prepared(folder_run, tmp_path):
    (tmp_path / "photos/old/records").mkdir()
    (tmp_path / "photos/old/records/album.json").write_text('{"title": "Venice"}')
    run = prepare(folder_run(), "old")
    assert read_record(run.folder.records / "city-old.json").pictures["test"] >= 1


def test_a_story_does_not_outlive_its_pictures(tiny_table, photos, make_city, tmp_path):
    run = prepare(start_run(by_place(tiny_table, photos), tmp_path / "run", "cpu", SilentReporter()), "old")
    other = by_place(tiny_table, make_city(tmp_path / "photos", seed=0), split="hash")
    run = prepare(start_run(other, tmp_path / "run", "cpu", SilentReporter(), start_over=True), "old")

    assert not (run.folder.records / "crawl-old.json").exists()
