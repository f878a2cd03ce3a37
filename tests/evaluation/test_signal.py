import json
from dataclasses import asdict

import numpy as np
import pytest
from PIL import Image

from c2c.errors import NoPictures, TooFewImages
from c2c.evaluation.signal import signal_between
from c2c.evaluation.signal_sheet import write_signal_sheet


def scene(seed, size=(64, 48), bright=(0, 160)):
    """A picture with fine structure; its upper half may be brighter than its lower one."""
    generator = np.random.default_rng(seed)
    layers = [
        np.asarray(Image.fromarray(generator.integers(0, 96, (cells, cells, 3), dtype=np.uint8)).resize(size), float)
        for cells in (4, 16, 32)
    ]
    ramp = np.linspace(*bright, size[1])[:, None, None]
    return Image.fromarray((np.mean(layers, axis=0) + ramp).astype(np.uint8))


@pytest.fixture
def town(tmp_path):
    """A function that writes so many pictures into a folder and returns it."""

    def write(name, count, seed, suffix="png", **how):
        (tmp_path / name).mkdir()
        for number in range(count):
            scene(1000 * seed + number, **how).save(tmp_path / name / f"{number:02d}.{suffix}")
        return tmp_path / name

    return write


def test_two_cities_of_unlike_pictures_are_a_strong_signal(town, colours):
    """Dark above and bright below, against bright above and dark below: of one mean colour."""
    a, b = town("low", 24, 1), town("high", 24, 2, bright=(160, 0))

    found = signal_between(a, b, colours, 32)

    assert (found.verdict, found.says) == ("strong", "There is much to learn.")
    assert found.network.accuracy > 0.95
    assert [told.by.split(",")[0] for told in found.trivial] == [
        "mean colour alone",
        "the files alone: sides",
    ]
    assert found.trivial[0].verdict == "weak"
    assert (found.a.name, found.b.name, found.a.found, len(found.b.pictures)) == ("low", "high", 24, 24)
    assert found.notes == found.alike == ()


def test_two_halves_of_one_city_are_a_weak_signal_and_the_reader_is_warned(town, colours):
    found = signal_between(town("one", 24, 1), town("other", 24, 2), colours, 32)

    assert found.verdict == "weak"
    assert found.network.interval[0] < 0.6
    assert "little to learn" in found.says
    assert "200 epochs" in found.says
    assert "24 unlike pictures of a city are few" in found.notes[0]


def test_when_colour_or_the_files_alone_tell_the_cities_apart_it_is_said(town, colours):
    a, b = town("dark", 20, 1), town("light", 20, 2, suffix="jpg", size=(96, 48), bright=(60, 160))

    found = signal_between(a, b, colours, 32)

    assert [told.verdict for told in found.trivial] == ["strong", "strong"]
    assert "Mean colour alone tells" in found.notes[0]
    assert "The files alone tell 100% right" in found.notes[1]
    assert "compared at 32 px" in found.notes[1]


def test_pictures_are_ranked_by_how_much_they_look_like_their_own_city(town, colours):
    a, b = town("low", 20, 1), town("high", 20, 2, bright=(160, 0))
    scene(7, bright=(160, 0)).save(a / "astray.png")

    found = signal_between(a, b, colours, 32)

    chances = [seen.own for seen in found.a.pictures]
    assert chances == sorted(chances, reverse=True)
    assert found.a.pictures[-1].path == "astray.png"
    assert found.a.pictures[-1].own < 0.2
    assert chances[0] > 0.8


def test_near_duplicates_are_named_and_are_never_in_two_folds(town, colours):
    a, b = town("one", 8, 1), town("other", 8, 2)
    for number in range(8):
        scene(1000 + number).save(a / f"{number:02d}-again.jpg", quality=80)
    scene(1000).save(b / "shared.jpg", quality=80)

    found = signal_between(a, b, colours, 32)

    assert len(found.alike) == 8 + 2
    assert {(pair.a, pair.b) for pair in found.alike} >= {
        ("one/03-again.jpg", "one/03.png"),
        ("one/00.png", "other/shared.jpg"),
    }
    assert "2 pairs of nearly the same picture stand in both folders." in found.notes
    assert found.verdict == "weak"


def test_a_video_is_cut_into_blocks_and_it_is_said(town, tmp_path, colours):
    strip = np.asarray(scene(5, size=(64 + 3 * 40, 48)))
    (tmp_path / "drive").mkdir()
    for frame in range(40):
        Image.fromarray(strip[:, 3 * frame : 3 * frame + 64]).save(tmp_path / "drive" / f"{frame:03d}.png")

    found = signal_between(tmp_path / "drive", town("photos", 20, 1, bright=(160, 0)), colours, 32)

    assert any("hang together as a drive or a video does" in note for note in found.notes)
    assert found.network.interval[0] < 0.9  # ten blocks, though all forty frames were told right
    assert found.network.accuracy > 0.95


def test_only_so_many_pictures_are_looked_at_spread_evenly(town, colours):
    found = signal_between(town("one", 20, 1), town("other", 8, 2), colours, 32, most=10)

    assert (found.a.found, len(found.a.pictures), len(found.b.pictures)) == (20, 10, 8)
    assert {seen.path for seen in found.a.pictures} == {f"{number:02d}.png" for number in range(0, 20, 2)}


def test_a_broken_file_is_named_and_the_rest_is_looked_at(town, colours):
    a = town("one", 8, 1)
    (a / "broken.jpg").write_bytes(b"\xff\xd8\xff no more")

    found = signal_between(a, town("other", 8, 2), colours, 32)

    assert [skipped.path for skipped in found.a.skipped] == ["broken.jpg"]
    assert len(found.a.pictures) == 8


def test_the_same_question_has_the_same_answer_and_it_can_be_written_as_json(town, colours):
    a, b = town("one", 8, 1), town("other", 8, 2)

    first, second = (signal_between(a, b, colours, 32) for _ in range(2))

    assert first == second
    assert json.loads(json.dumps(asdict(first)))["network"]["accuracy"] == first.network.accuracy


def test_folders_of_one_name_are_told_apart(town, tmp_path, colours):
    for parent in ("paris", "venice"):
        (tmp_path / parent).mkdir()
    a, b = town("paris/rgb", 6, 1), town("venice/rgb", 6, 2)

    found = signal_between(a, b, colours, 32)

    assert (found.a.name, found.b.name) == ("paris-rgb", "venice-rgb")
    same = signal_between(a, a, colours, 32)
    assert (same.a.name, same.b.name) == ("rgb-1", "rgb-2")
    assert same.verdict == "weak"
    assert "6 pairs of nearly the same picture stand in both folders." in same.notes


def test_too_few_pictures_are_an_error_and_copies_count_once(town, tmp_path, colours):
    b = town("other", 6, 2)
    few = town("few", 4, 1)
    with pytest.raises(
        TooFewImages, match="few holds 4 usable pictures, but telling two cities apart needs at least 5"
    ):
        signal_between(few, b, colours, 32)
    scene(1000).save(few / "again.jpg", quality=80)
    with pytest.raises(TooFewImages, match="near-duplicates counted once"):
        signal_between(few, b, colours, 32)
    with pytest.raises(NoPictures, match="There is no folder"):
        signal_between(tmp_path / "nowhere", b, colours, 32)


def test_the_contact_sheet_shows_the_most_and_the_least_typical_of_both(town, tmp_path, colours):
    a, b = town("low", 10, 1), town("high", 10, 2, bright=(160, 0))
    found = signal_between(a, b, colours, 32)

    write_signal_sheet(tmp_path / "sheet.png", found, columns=3)

    with Image.open(tmp_path / "sheet.png") as sheet:
        pixels = np.asarray(sheet.convert("RGB")).astype(int)
    first = np.asarray(scene(1000 + int(found.a.pictures[0].path[:2])).crop((8, 0, 56, 48)).resize((144, 144)))
    last = np.asarray(scene(2000 + int(found.b.pictures[-1].path[:2]), bright=(160, 0)).crop((8, 0, 56, 48)))
    assert pixels.shape == (4 * (20 + 144 + 20 + 6) + 6, 3 * 150 + 6, 3)
    assert np.abs(pixels[26:170, 6:150] - first).mean() < 6
    last = np.asarray(Image.fromarray(last).resize((144, 144)))
    assert np.abs(pixels[6 + 3 * 190 + 20 :][:144, 6:150] - last).mean() < 6
