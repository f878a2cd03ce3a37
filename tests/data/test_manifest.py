import json
import os
import shutil
import subprocess
import sys
import zlib
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from c2c.data import manifest as room
from c2c.data.manifest import Manifest, ManifestEntry, read_manifest, scan, write_manifest
from c2c.data.pictures import write_depth, write_picture
from c2c.data.splits import SplitRules
from c2c.errors import ManifestError, NoPictures, SplitError, TooFewImages

BROKEN = b"\xff\xd8\xff\xe0 no more"


def draw(folder: Path, *names: str) -> None:
    """Write a small picture under each name, every one of another colour."""
    for name in names:
        colour = list(zlib.crc32(name.encode()).to_bytes(4)[:3])
        write_picture(folder / name, np.full((6, 8, 3), colour, np.uint8))


def paths(manifest: Manifest) -> list[str]:
    return [entry.path for entry in manifest.entries]


@pytest.fixture
def venice(tmp_path) -> Path:
    folder = tmp_path / "venice"
    draw(folder, *(f"{number:02}.png" for number in range(20)))
    return folder


@pytest.fixture
def drive(tmp_path) -> Path:
    """Eight frames of two crops each, with depth, beside folders that are not pictures."""
    folder = tmp_path / "drive"
    for frame in range(8):
        for crop in range(2):
            draw(folder, f"rgb/{frame}_{crop}.png")
            write_depth(folder / f"depth/{frame}_{crop}.png", np.full((6, 8), 1.0 + frame))
    draw(folder, "lidar/0_0.png", "loose.png")
    return folder


def test_a_folder_becomes_a_list_of_its_pictures(venice):
    manifest = scan("venice", venice)

    assert manifest.city == "venice"
    assert Counter(entry.split for entry in manifest.entries) == {"train": 18, "test": 2}
    assert paths(manifest) == [f"{number:02}.png" for number in range(20)]
    first = manifest.entries[0]
    assert (first.width, first.height, first.depth, first.group) == (8, 6, None, "00.png")
    assert len(first.sha256) == 64
    assert manifest.path_of(first) == venice / "00.png"
    assert manifest.split("test") + manifest.split("val") == manifest.split("test")
    assert manifest.skipped == ()


def test_the_order_of_files_on_disk_does_not_matter(venice, tmp_path):
    other = tmp_path / "other"
    other.mkdir()
    for path in sorted(venice.iterdir(), reverse=True):
        shutil.copy(path, other)

    assert scan("venice", other).sha256 == scan("venice", venice).sha256


def test_folders_are_walked_and_what_is_no_picture_is_passed_over(tmp_path):
    draw(tmp_path, "b/c/1.png", "a.PNG", ".hidden.png", ".git/2.png", "b/._3.png")
    (tmp_path / "notes.txt").write_text("not a picture")

    assert paths(scan("town", tmp_path, split_of=lambda path: "test")) == ["a.PNG", "b/c/1.png"]


def test_sizes_are_those_after_an_exif_rotation(tmp_path):
    draw(tmp_path, "a.png")
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.new("RGB", (40, 30)).save(tmp_path / "b.jpg", exif=exif)

    assert [(entry.width, entry.height) for entry in scan("town", tmp_path).entries] == [(8, 6), (30, 40)]


def test_a_file_that_cannot_be_used_is_skipped_with_its_reason(venice):
    (venice / "broken.jpg").write_bytes(BROKEN)
    (venice / "empty.png").touch()
    (venice / "gone.png").symlink_to(venice / "nowhere.png")
    Image.new("RGB", (8, 8)).save(venice / "moving.gif", save_all=True, append_images=[Image.new("RGB", (8, 8), "red")])
    Image.new("RGB", (8, 8)).save(venice / "scan.tiff")
    manifest = scan("venice", venice)

    assert len(manifest.entries) == 20
    reasons = {skipped.path: skipped.reason for skipped in manifest.skipped}
    assert list(reasons) == ["broken.jpg", "empty.png", "gone.png", "moving.gif", "scan.tiff"]
    assert reasons["empty.png"] == "is empty"
    assert "no such file" in reasons["gone.png"]
    assert "animated GIF of 2 frames" in reasons["moving.gif"]
    assert "is no JPEG, PNG or WebP picture" in reasons["scan.tiff"]
    assert manifest.sha256 == replace(manifest, skipped=()).sha256


def test_links_are_followed_but_a_circle_is_walked_once(venice, tmp_path):
    town = tmp_path / "town"
    draw(town, "1.png")
    (town / "linked.png").symlink_to(venice / "03.png")
    (town / "more").symlink_to(venice)
    (venice / "back").symlink_to(town)
    manifest = scan("town", town, split_of=lambda path: "train")

    assert paths(manifest) == ["1.png", "linked.png", *(f"more/{number:02}.png" for number in range(20))]


def test_the_same_file_twice_is_one_picture(venice):
    shutil.copy(venice / "03.png", venice / "copy.png")
    manifest = scan("venice", venice)

    assert len(manifest.entries) == 20
    assert [(skipped.path, skipped.reason) for skipped in manifest.skipped] == [
        ("copy.png", "is the same file as 03.png")
    ]


def test_a_name_that_is_no_text_is_skipped(venice):
    try:
        shutil.copy(venice / "03.png", os.fsencode(venice) + b"/\xff.png")
    except OSError:
        pytest.skip("this file system allows no such name")
    manifest = scan("venice", venice)

    assert [(skipped.path, skipped.reason) for skipped in manifest.skipped] == [("\ufffd.png", "its name is not UTF-8")]


def test_rgb_beside_depth_gives_pairs_and_nothing_else(drive):
    manifest = scan("drive", drive, rules=SplitRules(rule="time", group=r"(\d+)_\d", test=0.25, gap=1))

    assert len(manifest.entries) == 16
    assert [entry.depth for entry in manifest.entries[:2]] == ["depth/0_0.png", "depth/0_1.png"]
    assert manifest.depth_path_of(manifest.entries[0]) == drive / "depth/0_0.png"
    assert [entry.split for entry in manifest.entries] == ["train"] * 10 + ["gap"] * 2 + ["test"] * 4
    assert manifest.stem_of(manifest.entries[3]) == "1_1"


def test_pairs_may_lie_deeper_down(drive, tmp_path):
    shutil.copytree(drive, tmp_path / "all" / "monday")
    entry = scan("all", tmp_path / "all", rules=SplitRules()).entries[0]

    assert (entry.path, entry.depth) == ("monday/rgb/0_0.png", "monday/depth/0_0.png")


def test_depth_that_cannot_be_used_is_reported_and_its_picture_kept(drive):
    (drive / "depth/0_0.png").unlink()
    (drive / "depth/0_1.png").write_bytes(BROKEN)
    write_depth(drive / "depth/1_0.png", np.ones((3, 3)))
    draw(drive, "depth/1_1.png")  # of 8 bits
    manifest = scan("drive", drive)

    assert [entry.depth for entry in manifest.entries[:5]] == [None, None, None, None, "depth/2_0.png"]
    reasons = {skipped.path: skipped.reason for skipped in manifest.skipped}
    assert "no such file" in reasons["depth/0_0.png"]
    assert "cannot be decoded" in reasons["depth/0_1.png"]
    assert reasons["depth/1_0.png"] == "is 3x3, its picture is 8x6"
    assert "mode RGB" in reasons["depth/1_1.png"]


def test_folders_named_after_splits_are_obeyed(tmp_path):
    draw(tmp_path, "train/a.png", "val/sub/b.png", "test/c.png", "test/train/d.png", "elsewhere/e.png")
    shutil.copy(tmp_path / "train/a.png", tmp_path / "test/a.png")  # as the folders say, wise or not
    manifest = scan("town", tmp_path)

    assert {entry.path: entry.split for entry in manifest.entries} == {
        "test/a.png": "test",
        "test/c.png": "test",
        "test/train/d.png": "test",
        "train/a.png": "train",
        "val/sub/b.png": "val",
    }
    assert [(skipped.path, skipped.reason) for skipped in manifest.skipped] == [
        ("elsewhere/e.png", "lies outside train/, val/ and test/")
    ]


def test_folders_named_after_splits_are_obeyed_inside_rgb(tmp_path):
    for split in ("train", "test"):
        draw(tmp_path, f"rgb/{split}/a.png")
        write_depth(tmp_path / f"depth/{split}/a.png", np.ones((6, 8)))

    assert [(entry.split, entry.depth) for entry in scan("town", tmp_path).entries] == [
        ("test", "depth/test/a.png"),
        ("train", "depth/train/a.png"),
    ]


def test_folders_that_name_no_test_pictures_are_refused(tmp_path):
    draw(tmp_path, "train/a.png", "train/b.png", "c.png")

    with pytest.raises(SplitError, match="no usable picture in test/"):
        scan("town", tmp_path)


def test_a_known_split_is_taken_as_given(drive):
    manifest = scan("drive", drive, split_of=lambda path: "test" if path == "rgb/0_0.png" else "train")

    assert [entry.path for entry in manifest.split("test")] == ["rgb/0_0.png"]


def test_true_pictures_are_found_by_key(drive):
    manifest = scan("drive", drive, truths={"burano": "truth/burano"})

    assert manifest.truth_path_of(manifest.entries[0], "burano") == drive / "truth/burano/0_0.png"


def test_a_missing_folder_is_a_clear_error(tmp_path):
    with pytest.raises(NoPictures, match="nowhere does not exist"):
        scan("town", tmp_path / "nowhere")


def test_a_file_is_no_folder(tmp_path):
    draw(tmp_path, "a.png")

    with pytest.raises(NoPictures, match="is no folder"):
        scan("town", tmp_path / "a.png")


def test_an_empty_folder_is_a_clear_error(tmp_path):
    with pytest.raises(NoPictures, match="holds no picture that can be used"):
        scan("town", tmp_path)


def test_a_folder_of_broken_pictures_says_what_is_wrong_with_them(tmp_path):
    (tmp_path / "a.jpg").write_bytes(BROKEN)

    with pytest.raises(NoPictures, match=r"1 skipped, the first: a\.jpg: "):
        scan("town", tmp_path)


def test_one_picture_is_a_clear_error(tmp_path):
    draw(tmp_path, "a.png")

    with pytest.raises(TooFewImages, match="holds 1 usable pictures"):
        scan("town", tmp_path)


def test_a_pattern_that_captures_nothing_is_a_clear_error(venice):
    with pytest.raises(SplitError, match=r"captures nothing .* 00\.png"):
        scan("venice", venice, rules=SplitRules(group=r"frame(\d+)"))


def test_a_pattern_beside_a_split_by_place_is_a_clear_error(venice):
    with pytest.raises(SplitError, match=r"split by place and by the group pattern(.|\n)*Leave out group"):
        scan("venice", venice, rules=SplitRules(rule="place", group=r"(\d)\d"), place_of={})


def test_a_manifest_comes_back_as_it_was_written(drive, tmp_path):
    (drive / "rgb/broken.png").write_bytes(BROKEN)
    manifest = scan("drive", drive, depth_scale=512.0, truths={"burano": "truth/burano"})
    assert manifest.sha256  # what is worked out is not written
    write_manifest(tmp_path / "run" / "manifest.json", manifest)

    assert read_manifest(tmp_path / "run" / "manifest.json") == manifest
    assert "sha256" not in json.loads((tmp_path / "run" / "manifest.json").read_text())


def test_a_manifest_beside_its_pictures_moves_with_them(drive, tmp_path):
    manifest = scan("drive", drive)
    write_manifest(drive / "manifest.json", manifest)
    shutil.move(drive, tmp_path / "elsewhere")
    moved = read_manifest(tmp_path / "elsewhere" / "manifest.json")

    assert moved.path_of(moved.entries[0]).is_file()
    assert moved.sha256 == manifest.sha256


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "cannot be read"),
        ("[]", "is no manifest"),
        ('{"kind": "manifest", "schema": 99}', "has schema 99"),
        ('{"kind": "manifest", "schema": 1, "city": 3}', "is no whole manifest"),
    ],
)
def test_what_is_no_manifest_is_refused(tmp_path, text, said):
    (tmp_path / "manifest.json").write_text(text)

    with pytest.raises(ManifestError, match=said):
        read_manifest(tmp_path / "manifest.json")


def test_a_missing_manifest_is_refused(tmp_path):
    with pytest.raises(ManifestError, match="cannot be read"):
        read_manifest(tmp_path / "manifest.json")


def test_the_hash_follows_every_byte_and_every_split_but_no_clock_and_no_folder(drive, tmp_path):
    manifest = scan("drive", drive)
    os.utime(drive / "rgb/0_0.png", (1, 1))
    assert scan("drive", drive).sha256 == manifest.sha256
    assert scan("drive", shutil.copytree(drive, tmp_path / "copy")).sha256 == manifest.sha256
    assert scan("drive", drive, rules=SplitRules(seed=1)).sha256 != manifest.sha256
    assert scan("drive", drive, depth_scale=255.0).sha256 != manifest.sha256

    write_depth(drive / "depth/0_0.png", np.full((6, 8), 9.0))
    assert scan("drive", drive).sha256 != manifest.sha256


def test_a_rescan_looks_only_at_files_that_changed(drive, monkeypatch):
    (drive / "rgb/0_1.png").unlink()
    earlier = scan("drive", drive)
    write_depth(drive / "depth/3_0.png", np.full((6, 8), 0.3))
    Image.new("RGB", (8, 6)).save(drive / "rgb/3_1.png")
    draw(drive, "rgb/9_0.png")
    looked_at = []
    monkeypatch.setattr(room, "sha256_of", lambda path: looked_at.append(path.name) or path.name)

    manifest = scan("drive", drive, rules=SplitRules(test=0.5), earlier=earlier)

    assert looked_at == ["3_0.png", "3_0.png", "3_1.png", "3_1.png", "9_0.png"]
    assert len(manifest.split("test")) == 8


def test_a_rescan_knows_its_folder_by_any_path(venice, monkeypatch):
    write_manifest(venice.parent / "run" / "manifest.json", scan("venice", venice))
    monkeypatch.chdir(venice.parent)
    monkeypatch.setattr(room, "sha256_of", lambda path: pytest.fail(f"{path} was read again"))
    earlier = read_manifest(Path("run/manifest.json"))

    assert scan("venice", Path("venice"), earlier=earlier).sha256 == earlier.sha256


def test_a_rescan_of_unchanged_pictures_gives_the_same_manifest(drive):
    (drive / "depth/0_0.png").write_bytes(BROKEN)
    earlier = scan("drive", drive)

    assert scan("drive", drive, earlier=earlier) == earlier


def test_a_manifest_of_another_folder_is_no_help(venice, tmp_path):
    earlier = scan("venice", venice)
    other = shutil.copytree(venice, tmp_path / "other")
    draw(other, "00.png", "01.png")

    stale = replace(earlier, entries=tuple(replace(entry, sha256="stale") for entry in earlier.entries))
    assert "stale" not in {entry.sha256 for entry in scan("venice", other, earlier=stale).entries}


def test_progress_counts_every_file(venice):
    (venice / "broken.jpg").write_bytes(BROKEN)
    told = []
    scan("venice", venice, progress=lambda done, of: told.append((done, of)))

    assert told == [(done, 21) for done in range(1, 22)]


def test_stems_are_unique_within_a_city():
    entries = [ManifestEntry(path, 1, 1, "", "test", path) for path in ("a/x.jpg", "b/x.jpg", "y.jpg", "y.png")]
    manifest = Manifest("town", "", 256.0, tuple(entries))

    assert [manifest.stem_of(entry) for entry in entries] == ["a__x", "b__x", "y-jpg", "y-png"]


def test_pictures_are_listed_and_drawn_without_torch():
    asked = "import sys, c2c.data.manifest, c2c.data.samplers; sys.exit('torch' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", asked], check=False).returncode == 0
