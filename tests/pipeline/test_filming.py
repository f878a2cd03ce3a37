"""Videos of a run: a drive through drawn cities by tiny networks, and a file of one's own."""

from fractions import Fraction

import numpy as np
import pytest
from PIL import Image

from c2c.data.video import look_into, write_video
from c2c.pipeline import filming, stages
from c2c.recipe import recipe_from
from c2c.records import TranslationRecord, VideoRecord, comparable, of_type, read_records

FRAMES = 8
REFERENCES = {"copy-the-input", "colour-shift", "true-translation", "true-dress"}


@pytest.fixture
def film(again):
    """A function that films the copied run with other settings; gives the run."""

    def go(*overrides):
        run = again(f"video.frames={FRAMES}", *overrides)
        stages.film_all(run)
        return run

    return go


def videos(run):
    """Subject and direction -> its record."""
    found = of_type(read_records(run.folder.records), VideoRecord)
    return {(record.subject, record.direction): record for record in found}


def flicker(record):
    return next(score for score in record.scores if score.metric == "flicker")


def test_a_run_without_frames_makes_no_video(tiny_run):
    assert of_type(read_records(tiny_run.folder / "records"), VideoRecord) == []
    assert not (tiny_run.folder / "data" / "drives").exists()


def test_every_approach_from_image_to_image_is_filmed_in_all_its_directions_beside_references(film):
    found = videos(film())

    ways = {("cyclegan", "paris-to-burano"), ("cyclegan", "burano-to-paris"), ("depth-chain", "paris-to-burano")}
    directions = {direction for _, direction in ways}
    assert set(found) == ways | {(name, direction) for name in REFERENCES for direction in directions}
    assert {record.origin for record in found.values()} == {"a drive through Toytown"}


def test_each_video_is_there_with_its_frames_and_its_strip(film):
    run = film()
    for record in videos(run).values():
        info = look_into(run.folder.root / record.file)
        assert (info.frames, info.width, info.rate) == (FRAMES, 32, Fraction(12))
        assert len(list((run.folder.root / record.folder).glob("frame-*.png"))) == FRAMES
        with Image.open(run.folder.root / record.strip) as strip:
            assert strip.size == (32 * len(record.shown), 32)
        assert (record.shown[0], record.shown[-1]) == (1, FRAMES)


def test_the_input_has_no_flicker_and_the_true_dress_is_measured_as_the_approaches_are(film):
    found = videos(film())
    made, dress, true = (
        flicker(found[name, "paris-to-burano"]) for name in ("depth-chain", "true-dress", "true-translation")
    )

    assert flicker(found["copy-the-input", "paris-to-burano"]).value == 0.0
    assert comparable(made, dress)
    assert not comparable(made, true)  # by the motion of its own shapes
    assert made.n == FRAMES - 1
    assert dress.protocol["motion"] == "exact, from depth and camera"


def test_what_is_filmed_is_kept_and_a_longer_video_is_made_anew(film):
    film()
    assert {stage.name: stage.status for stage in film().stages} == dict.fromkeys(
        ("film cyclegan", "film depth-chain", "film references"), "kept"
    )
    run = film("video.frames=9")
    assert {stage.status for stage in run.stages} == {"done"}
    assert {record.frames for record in videos(run).values()} == {9}


def test_a_video_that_is_no_longer_asked_for_loses_its_record(film, again):
    film()
    stages.forget_strangers(again())
    assert videos(again()) == {}

    run = film("video.approaches=['cyclegan']")
    stages.forget_strangers(run)
    assert {subject for subject, _ in videos(run)} == {"cyclegan", *REFERENCES}


def test_an_approach_that_failed_loses_its_videos_and_the_others_keep_theirs(film):
    run = film()
    stages.forget_results(run, "cyclegan")

    assert {subject for subject, _ in videos(run)} == {"depth-chain", *REFERENCES}
    assert "film cyclegan" not in run.ledger.keys


def test_a_style_that_learns_nothing_is_filmed_only_where_it_is_named(tiny_table):
    towns = {"old": {"toytown": "paris"}, "new": {"toytown": "burano"}}
    style = {"kind": "neural_style", "content": "old", "style": "new"}
    table = tiny_table | {"cities": towns, "approaches": {"style": style}, "video": {"frames": 8}}

    assert filming.film_directions(recipe_from(table), "style") == []
    table["video"] = {"frames": 8, "approaches": ["style"]}
    assert len(filming.film_directions(recipe_from(table), "style")) == 1


def test_a_city_of_photos_is_filmed_from_its_file(folder_run, tmp_path):
    rows, columns = np.mgrid[0:48, 0:80]
    moving = [np.stack([(columns + 3 * n) * 3, rows * 5, rows + columns], -1).astype(np.uint8) for n in range(12)]
    write_video(tmp_path / "drive.mp4", moving, Fraction(10))
    video = {"frames": FRAMES, "files": {"old": str(tmp_path / "drive.mp4")}, "approaches": ["cyclegan"]}
    run = folder_run(video=video)
    for city in run.recipe.cities:
        stages.prepare(run, city)
    stages.train_and_translate(run, "cyclegan")
    stages.film_all(run)

    found = videos(run)
    assert set(found) == {(name, "old-to-new") for name in ("cyclegan", "copy-the-input", "colour-shift")}
    record = found["cyclegan", "old-to-new"]
    assert (record.origin, record.frames, record.frames_per_second) == ("drive.mp4", FRAMES, 10.0)
    assert flicker(record).protocol["motion"].startswith("blocks of 8 px matched")
    assert of_type(read_records(run.folder.records), TranslationRecord)


def test_a_video_that_cannot_be_read_fails_alone(folder_run, tmp_path):
    (tmp_path / "torn.mp4").write_bytes(b"torn")
    video = {"frames": FRAMES, "files": {"old": str(tmp_path / "torn.mp4")}, "approaches": ["cyclegan"]}
    run = folder_run(video=video)
    for city in run.recipe.cities:
        stages.prepare(run, city)
    stages.train_and_translate(run, "cyclegan")
    stages.film_all(run)

    assert any("torn.mp4 holds no frame of video" in said for said in run.reporter.said)
    assert videos(run) == {}
