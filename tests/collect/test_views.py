import errno
import json
import os
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from PIL import Image

from c2c.cli import main
from c2c.collect.depth_payload import encode
from c2c.collect.names import stem_of
from c2c.collect.panoramas import collection_of
from c2c.collect.passed_on import crawl_of, places_in
from c2c.collect.pictures import FoundPicture, Place, Rights, collected, record_text
from c2c.collect.view_files import stored_depth, view_name
from c2c.collect.views import ViewsAsked, make_views
from c2c.collect.views_list import read_views_list
from c2c.errors import CollectError, NoPictures, OutputError
from c2c.geometry import PinholeCamera
from c2c.geometry.planes import DepthPlanes, panorama_rays
from c2c.geometry.views import six_views
from c2c.records import Skipped
from c2c.records.provenance import provenance

RIGHTS = Rights(
    "CC BY 4.0", "https://example.org/by", "Ada", "Picture by Ada, CC BY 4.0", "https://example.org/1", True
)
SMALL = ViewsAsked(six_views(24))
PLACE = Place(45.485, 12.416)


def panorama(seed=0, height=64):
    """Smooth noise, with a red mark ahead."""
    rays = panorama_rays(height, 2 * height)
    wave = np.random.default_rng(seed).normal(size=(3, 3))
    picture = 127 + 60 * np.sin(np.einsum("cr,rhw->hwc", 3 * wave, rays))
    picture[height // 2 - 4 : height // 2 + 4, height - 4 : height + 4] = (250, 5, 5)
    return picture.astype(np.uint8)


def wall_and_ground(mirrored=False):
    """A wall 10 m ahead and 20 degrees high on ground 2.5 m below, under the sky."""
    rays = panorama_rays(256, 512)
    ground, wall = -rays[2] / 2.5, rays[1] / 10
    wall[rays[2] > 0.3 * rays[1]] = 0
    index = np.where(np.maximum(ground, wall) > 0.01, 1 + (wall > ground), 0).astype(np.uint8)
    index[:, :100] = np.where(index[:, :100] == 2, 0, index[:, :100])  # so that it is not the same mirrored
    planes = np.array(
        [(0, 0, 0, 0), (0, 0, -1, 2.5), (0.3, 1, 0, 10)]
        if mirrored
        else [(0, 0, 0, 0), (0, 0, -1, 2.5), (0, 1, 0, 10)],
        np.float32,
    )
    return DepthPlanes(np.roll(index, 128, axis=1) if mirrored else index, planes)


@pytest.fixture
def collection(tmp_path):
    """Three panoramas with depth, one without, and a photo."""
    root = tmp_path / "venice"
    for number, kind in enumerate(["panorama"] * 4 + ["photo"]):
        add(root, f"p{number}", kind, payload=encode(wall_and_ground()) if number < 3 else None)
    return root


def add(root, id, kind="panorama", payload=None, picture=None):
    found = FoundPicture("streetview", id, kind, PLACE, "2024-05", 128, 64, RIGHTS, heading_deg=350.0)
    stem = stem_of("streetview", id)
    path, payload_path = f"{kind}s/{stem}.png", f"payloads/{stem}.txt"
    for folder in (f"{kind}s", "payloads", "records"):
        (root / folder).mkdir(parents=True, exist_ok=True)
    Image.fromarray(panorama(sum(id.encode())) if picture is None else picture).save(root / path)
    if payload is not None:
        (root / payload_path).write_text(payload)
    record = collected(
        found,
        picture=path,
        payload=payload_path if payload is not None else None,
        size_px=(128, 64),
        sha256="",
        bytes=(root / path).stat().st_size,
        fetched="2026-11-23T00:00:00+00:00",
        fetched_from="https://example.org/1",
    )
    (root / "records" / f"{stem}.json").write_text(record_text(record))


def make_folder(folder, *names):
    """A folder of one's own panoramas."""
    folder.mkdir(parents=True)
    for number, name in enumerate(names):
        Image.fromarray(panorama(number)).save(folder / name, "PNG")
    return folder


def files(folder):
    return {path.relative_to(folder).as_posix(): path.stat().st_mtime_ns for path in folder.rglob("*.png")}


def test_six_views_of_each_panorama_lie_beside_their_depth(collection, tmp_path):
    views = make_views(collection, tmp_path / "out", SMALL)
    assert len(views.panoramas) == 4
    stem = stem_of("streetview", "p0")
    names = {f"{stem}_{name}.png" for name in ("000", "090", "180", "270", "up", "down")}
    assert names <= {path.name for path in (tmp_path / "out/rgb").iterdir()}
    assert len(files(tmp_path / "out/rgb")) == 24
    assert len(files(tmp_path / "out/depth")) == 18
    assert np.asarray(Image.open(tmp_path / f"out/rgb/{stem}_000.png"))[12, 12].tolist() == [250, 5, 5]
    depth = np.asarray(Image.open(tmp_path / f"out/depth/{stem}_000.png"))
    assert depth.dtype == np.uint16
    assert depth[12, 12] == 10 * 256
    assert depth[0, 12] == 0  # the sky
    down = np.asarray(Image.open(tmp_path / f"out/depth/{stem}_down.png"))
    assert down[12, 12] == 2.5 * 256


def test_the_list_tells_place_camera_bearing_and_rights_of_each_view(collection, tmp_path):
    made = make_views(collection, tmp_path / "out", SMALL)
    read = read_views_list(tmp_path / "out")
    assert read == made
    first = read.panoramas[0]
    assert (first.id, first.place, first.rights, first.heading_deg) == ("p0", PLACE, RIGHTS, 350)
    assert [view.bearing_deg for view in first.views[:4]] == [350, 80, 170, 260]
    assert first.views[1].camera == PinholeCamera(24, 24, 90, 90)
    assert read.place_of()[first.views[0].picture] == PLACE
    assert read.panoramas[3].views[0].depth is None


def test_what_is_there_is_kept_and_what_changed_is_made_anew(collection, tmp_path):
    out = tmp_path / "out"
    make_views(collection, out, SMALL)
    before, listed = files(out), (out / "views.json").read_bytes()
    make_views(collection, out, SMALL)
    assert files(out) == before
    assert (out / "views.json").read_bytes() == listed
    lost = sorted(before)[0]
    (out / lost).unlink()
    add(collection, "p2", payload=encode(wall_and_ground()), picture=panorama(99))
    make_views(collection, out, SMALL)
    changed = {file for file, time in files(out).items() if before[file] != time}
    assert {file.split("/")[1].split("_")[0] for file in changed} == {
        lost.split("/")[1].split("_")[0],
        stem_of("streetview", "p2"),
    }


def test_views_of_other_settings_and_of_panoramas_that_are_gone_are_removed_but_nothing_else(collection, tmp_path):
    out = tmp_path / "out"
    make_views(collection, out, SMALL)
    (out / "rgb" / "mine.png").write_bytes(b"mine")
    (collection / "records" / f"{stem_of('streetview', 'p3')}.json").unlink()
    make_views(collection, out, ViewsAsked((PinholeCamera(20, 20, 60, 45, -10),)))
    stems = [stem_of("streetview", f"p{number}") for number in range(3)]
    assert set(files(out / "rgb")) == {"mine.png", *(f"{stem}_045-10.png" for stem in stems)}


@pytest.mark.parametrize("moment", [0.1, 0.4, 0.8])
def test_a_killed_run_goes_on_and_ends_with_the_same_files(moment, tmp_path):
    root = tmp_path / "venice"
    for number in range(12):
        add(root, f"p{number}", payload=encode(wall_and_ground()))
    make_views(root, tmp_path / "whole", SMALL)
    code = f"""
    import os, signal
    from pathlib import Path
    from c2c.collect import views
    from c2c.geometry.views import six_views
    def kill(done, total):
        if done >= {moment} * total:
            os.kill(os.getpid(), signal.SIGKILL)
    views.make_views(Path({str(root)!r}), Path({str(tmp_path / "out")!r}), views.ViewsAsked(six_views(24)), 2, kill)
    """
    killed = subprocess.run([sys.executable, "-c", textwrap.dedent(code)], check=False)
    assert killed.returncode == -9
    assert not (tmp_path / "out/views.json").exists()
    make_views(root, tmp_path / "out", SMALL)
    whole = tmp_path / "whole"
    assert set(files(tmp_path / "out")) == set(files(whole))
    assert not list((tmp_path / "out").rglob("*.part"))
    for file in [*files(whole), "views.json"]:
        assert (tmp_path / "out" / file).read_bytes() == (whole / file).read_bytes()


def test_what_cannot_be_used_is_left_out_and_named(collection, tmp_path):
    add(collection, "narrow", picture=panorama()[:, :100])
    add(collection, "torn payload", payload="CAAA")
    add(collection, "mirrored", payload=encode(wall_and_ground(mirrored=True)))
    stem = stem_of("streetview", "p1")
    (collection / f"panoramas/{stem}.png").write_bytes(b"\x89PNG\r\n\x1a\n torn")
    made = make_views(collection, tmp_path / "out", SMALL)
    reasons = {skipped.path.split("/")[1][:5]: skipped.reason for skipped in made.skipped}
    assert set(reasons) == {"narro", "torn-", "mirro", "p1-ea"[:3] + stem[3:5]}
    assert "100x64, but a whole panorama is twice as wide as high" in reasons["narro"]
    assert "cannot be read" in reasons["torn-"]
    assert "mirrored or turned" in reasons["mirro"]


def test_without_depth_a_broken_payload_does_no_harm(collection, tmp_path):
    add(collection, "torn payload", payload="CAAA")
    made = make_views(collection, tmp_path / "out", ViewsAsked(six_views(24), depth=False))
    assert len(made.panoramas) == 5
    assert files(tmp_path / "out/depth") == {}


def test_a_folder_of_one_s_own_gives_views_with_its_own_depth(tmp_path):
    for folder in ("rgb/a", "depth/a", "payloads"):
        (tmp_path / "mine" / folder).mkdir(parents=True)
    Image.fromarray(panorama()).save(tmp_path / "mine/rgb/a/one.JPG", "JPEG", quality=95)
    Image.fromarray(panorama(1)).save(tmp_path / "mine/rgb/two.png")
    Image.fromarray(panorama(2)).save(tmp_path / "mine/rgb/three.webp", lossless=True)
    Image.fromarray(np.full((32, 64), 300, np.uint16)).save(tmp_path / "mine/depth/a/one.png")
    (tmp_path / "mine/payloads/two.txt").write_text(encode(wall_and_ground()))
    made = make_views(tmp_path / "mine", tmp_path / "out", ViewsAsked((PinholeCamera(25, 25, 90),), distance_scale=100))
    depth = {one.id: one.views[0].depth for one in made.panoramas}
    assert depth["three.webp"] is None
    ball = np.asarray(Image.open(tmp_path / "out" / depth["a/one.JPG"]))
    assert ball[12, 12] == 3 * 256  # all around 3 m away
    assert ball[12, 0] == pytest.approx(3 * 256 * np.cos(np.arctan(0.96)), abs=1)
    assert np.asarray(Image.open(tmp_path / "out" / depth["two.png"]))[12, 12] == 10 * 256
    assert {one.place for one in made.panoramas} == {None}


@pytest.mark.parametrize("mode", ["L", "P", "RGBA", "CMYK", "1"])
def test_other_kinds_of_pictures_become_rgb(mode, tmp_path):
    (tmp_path / "mine").mkdir()
    suffix = "jpg" if mode == "CMYK" else "png"
    Image.fromarray(panorama()).convert(mode).save(tmp_path / f"mine/one.{suffix}")
    make_views(tmp_path / "mine", tmp_path / "out", SMALL)
    assert {np.asarray(Image.open(path)).shape for path in (tmp_path / "out/rgb").iterdir()} == {(24, 24, 3)}


def test_cubes_are_unfolded(collection, tmp_path):
    make_views(collection, tmp_path / "out", ViewsAsked(six_views(24), cubes=True))
    cube = np.asarray(Image.open(tmp_path / f"out/cubes/{stem_of('streetview', 'p0')}.png"))
    assert cube.shape == (72, 96, 3)
    assert cube[36, 36].tolist() == [250, 5, 5]


def test_depth_beyond_what_16_bits_hold_is_left_out():
    metres = np.array([[np.nan, 0, -1, 1, 255.99, 256.1, np.inf]])
    assert stored_depth(metres).tolist() == [[0, 0, 0, 256, 65533, 0, 0]]


def test_names_of_views_differ():
    directions = [(0, 0), (359, 0), (-90, 0), (0.5, 0), (0, 90), (90, 90), (0, -90), (5, 10.0), (5, -10)]
    names = [view_name(PinholeCamera(8, 8, 90, *direction)) for direction in directions]
    assert names == ["000", "359", "270", "0.5", "up", "090+90", "down", "005+10", "005-10"]
    close = [(123.4561, 0.0), (123.4562, 0.0), (123.0, 1.000001), (123.0, 1.000002)]
    names = [view_name(PinholeCamera(8, 8, 90, *direction)) for direction in close]
    assert names == ["123.4561", "123.4562", "123+1.000001", "123+1.000002"]


def test_a_folder_without_a_usable_panorama_says_what_is_needed(tmp_path):
    with pytest.raises(NoPictures, match="twice as wide as high"):
        make_views(make_folder(tmp_path / "mine"), tmp_path / "out")
    with pytest.raises(NoPictures, match="is no folder"):
        make_views(tmp_path / "none", tmp_path / "out")
    Image.fromarray(panorama()[:, :99]).save(tmp_path / "mine/one.png")
    with pytest.raises(OutputError, match="99x64"):
        make_views(tmp_path / "mine", tmp_path / "out")


def test_a_record_may_not_name_files_outside_of_its_collection(collection, tmp_path):
    record = next((collection / "records").glob("*.json"))
    text = json.loads(record.read_text())
    record.write_text(json.dumps(text | {"kind": "panorama", "picture": "../../secret.png"}))
    with pytest.raises(CollectError, match="outside of the collection"):
        make_views(collection, tmp_path / "out")


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"kind": "views", "schema": 2}', '{"kind": "views", "schema": 1}'])
def test_a_list_that_is_none_is_refused(text, tmp_path):
    (tmp_path / "views.json").write_text(text)
    with pytest.raises(CollectError, match="cannot be read as a list of views"):
        read_views_list(tmp_path)


def test_the_command_makes_views_and_says_how_many(collection, tmp_path):
    add(collection, "narrow", picture=panorama()[:, :100])
    result = CliRunner().invoke(main, ["views", str(collection), str(tmp_path / "out"), "--size", "16"])
    assert result.exit_code == 0, result.output
    assert "4 panoramas, 24 views, 18 with depth" in result.stdout
    assert "skipped panoramas/narrow" in result.stderr
    again = ["--size", "16", "--view", "30", "--view", "390,0", "--view", "30,-10", "--keep-edges"]
    result = CliRunner().invoke(main, ["views", str(collection), str(tmp_path / "out"), *again])
    assert "4 panoramas, 8 views, 6 with depth" in result.stdout


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--view", "north"], "no direction"),
        (["--view", "0,91"], "no direction"),
        (["--cubes", "--fov", "80"], "--cubes"),
        (["--workers", "-1"], "--workers"),
    ],
)
def test_the_command_refuses_what_makes_no_sense(options, told, collection, tmp_path):
    result = CliRunner().invoke(main, ["views", str(collection), str(tmp_path / "out"), *options])
    assert result.exit_code == 2
    assert told in result.stderr


def test_credits_and_the_story_of_the_crawl_go_along(collection, tmp_path):
    add(collection, "narrow", picture=panorama()[:, :100])
    make_views(collection, tmp_path / "out", SMALL)
    credits = (tmp_path / "out/ATTRIBUTION.md").read_text()
    assert f"rgb/{stem_of('streetview', 'p0')}_*.png" in credits
    assert "Ada" in credits
    assert stem_of("streetview", "narrow") not in credits
    story = crawl_of(tmp_path / "out", "venice", provenance("toytown", "", 0))
    assert (story.city, story.sources, story.with_depth) == ("venice", {"streetview": 6}, 3)
    assert story.provenance.recipe == "toytown"


def test_places_are_known_of_views_and_of_the_pictures_of_a_collection(collection, tmp_path):
    make_views(collection, tmp_path / "out", SMALL)
    assert set(places_in(tmp_path / "out")) == {f"rgb/{path.name}" for path in (tmp_path / "out/rgb").iterdir()}
    photo = f"{stem_of('streetview', 'p4')}.png"
    assert places_in(collection)[f"photos/{photo}"] == PLACE
    assert places_in(collection / "photos") == {photo: PLACE}
    assert places_in(tmp_path) == {}


def test_nothing_goes_along_with_pictures_of_one_s_own(tmp_path):
    (tmp_path / "mine").mkdir()
    Image.fromarray(panorama()).save(tmp_path / "mine/one.png")
    make_views(tmp_path / "mine", tmp_path / "out", SMALL)
    assert {path.name for path in (tmp_path / "out").iterdir()} == {"rgb", "depth", "views.json", ".views"}
    assert crawl_of(tmp_path / "out", "mine", provenance("", "", 0)) is None


def test_a_missing_file_is_named_without_saying_where_it_lay(collection, tmp_path):
    (collection / f"payloads/{stem_of('streetview', 'p0')}.txt").unlink()
    (collection / f"panoramas/{stem_of('streetview', 'p3')}.png").unlink()
    skipped = make_views(collection, tmp_path / "out", SMALL).skipped
    assert {one.reason for one in skipped} == {"it cannot be read: No such file or directory"}


def test_a_disk_that_is_full_ends_the_work_in_words(collection, tmp_path, monkeypatch):
    def full(*_, **__):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("c2c.collect.views.save_png", full)
    with pytest.raises(OutputError, match=r"No space left on device(.|\n)*goes on from here"):
        make_views(collection, tmp_path / "out", SMALL)


def test_json_files_in_a_folder_called_records_make_no_collection(tmp_path):
    mine = make_folder(tmp_path / "mine/photos", "one.png")
    (tmp_path / "mine/records").mkdir()
    (tmp_path / "mine/records/album.json").write_text('{"title": "Venice"}')
    for folder in (mine, mine.parent):
        assert collection_of(folder) is None
        assert places_in(folder) == {}
    assert len(make_views(mine, tmp_path / "out", SMALL).panoramas) == 1


def test_one_record_that_can_be_read_makes_a_collection_and_so_does_what_was_asked(collection):
    for record in sorted((collection / "records").iterdir())[:-1]:
        record.write_text("torn")
    assert collection_of(collection) == collection_of(collection / "photos") == collection
    sorted((collection / "records").iterdir())[-1].write_text("torn")
    assert collection_of(collection) is None
    (collection / "collection.json").write_text("{}")
    assert collection_of(collection) == collection


def test_views_of_another_source_are_not_removed(collection, tmp_path):
    out = tmp_path / "out"
    make_views(collection, out, SMALL)
    before = files(out)
    with pytest.raises(OutputError, match=r"of another source, \.\./venice as seen from there(.|\n)*another folder"):
        make_views(make_folder(tmp_path / "mine", "one.png"), out, SMALL)
    make_views(collection / "panoramas", out, SMALL)  # the same by another name
    assert files(out) == before


def test_views_and_panoramas_that_were_moved_together_are_kept(collection, tmp_path):
    make_views(collection, tmp_path / "out", SMALL)
    before = files(tmp_path / "out")
    (tmp_path / "elsewhere").mkdir()
    for name in ("venice", "out"):
        (tmp_path / name).rename(tmp_path / "elsewhere" / name)
    make_views(tmp_path / "elsewhere/venice", tmp_path / "elsewhere/out", SMALL)
    assert files(tmp_path / "elsewhere/out") == before


def test_views_are_kept_however_the_way_to_their_panoramas_is_written(collection, tmp_path, monkeypatch):
    make_views(collection, tmp_path / "out", SMALL)
    before = files(tmp_path / "out")
    monkeypatch.chdir(tmp_path)
    make_views(Path("venice"), Path("out/../out"), SMALL)
    assert files(tmp_path / "out") == before


@pytest.mark.parametrize("out", [".", "views", "..", "panoramas/views"])
def test_views_do_not_lie_among_their_panoramas_nor_these_among_the_views(out, collection):
    before = set(collection.parent.rglob("*"))
    for source in (collection, collection / "panoramas"):
        with pytest.raises(OutputError, match="one of the folders lies in the other"):
            make_views(source, collection / out, SMALL)
    assert set(collection.parent.rglob("*")) == before


@pytest.mark.parametrize("saves", [1, 8, 20])
def test_what_a_kill_leaves_is_gone_when_other_views_are_asked(saves, collection, tmp_path):
    code = f"""
    import os, signal
    from pathlib import Path
    from c2c.collect import views
    from c2c.geometry.views import six_views
    save, saved = views.save_png, []
    def save_and_die(path, pixels):
        save(path, pixels)
        saved.append(path)
        if len(saved) == {saves}:
            os.kill(os.getpid(), signal.SIGKILL)
    views.save_png = save_and_die
    views.make_views(Path({str(collection)!r}), Path({str(tmp_path / "out")!r}), views.ViewsAsked(six_views(24)), 1)
    """
    killed = subprocess.run([sys.executable, "-c", textwrap.dedent(code)], check=False)
    assert killed.returncode == -9
    assert files(tmp_path / "out")
    asked = ViewsAsked((PinholeCamera(20, 20, 60, 45),))
    for folder in ("out", "whole"):
        make_views(collection, tmp_path / folder, asked)
    assert set(files(tmp_path / "out")) == set(files(tmp_path / "whole"))


def test_a_name_that_is_not_utf_8_is_skipped_and_told(tmp_path):
    mine = make_folder(tmp_path / "mine", "one.png", os.fsdecode(b"caf\xe9.png"))
    made = make_views(mine, tmp_path / "out", SMALL)
    assert [one.id for one in made.panoramas] == ["one.png"]
    assert made.skipped == (Skipped("caf\ufffd.png", "its name is not UTF-8"),)
    assert read_views_list(tmp_path / "out") == made
    (mine / "one.png").unlink()
    with pytest.raises(OutputError, match=r"None of the 1 panoramas(.|\n)*not UTF-8"):
        make_views(mine, tmp_path / "out", SMALL)


def test_a_panorama_of_16_bits_is_scaled_to_8(tmp_path):
    (tmp_path / "mine").mkdir()
    levels = np.full((32, 64), 257 * 100, np.uint16)
    Image.fromarray(levels).save(tmp_path / "mine/one.png")
    make_views(tmp_path / "mine", tmp_path / "out", SMALL)
    assert {np.asarray(Image.open(path)).max() for path in (tmp_path / "out/rgb").iterdir()} == {100}
    assert {np.asarray(Image.open(path)).min() for path in (tmp_path / "out/rgb").iterdir()} == {100}


def test_a_ledger_that_cannot_be_read_is_told_and_leaves_views_their_list_and_credits(collection, tmp_path):
    (collection / "collection.sqlite").write_bytes(b"no ledger" * 1000)
    result = CliRunner().invoke(main, ["views", str(collection), str(tmp_path / "out"), "--size", "16"])
    assert result.exit_code == 0, result.output
    assert "skipped crawl.json: " in result.stderr
    assert "collection.sqlite" in result.stderr
    assert len(read_views_list(tmp_path / "out").panoramas) == 4
    assert "Ada" in (tmp_path / "out/ATTRIBUTION.md").read_text()
    assert not (tmp_path / "out/crawl.json").exists()


def test_credits_do_not_outlive_the_collection_but_those_of_one_s_own_stay(collection, tmp_path):
    make_views(collection, tmp_path / "out", SMALL)
    shutil.rmtree(collection)
    make_folder(collection, "one.png")
    make_views(collection, tmp_path / "out", SMALL)
    assert {path.name for path in (tmp_path / "out").iterdir()} == {"rgb", "depth", "views.json", ".views"}
    (tmp_path / "out/ATTRIBUTION.md").write_text("all by me")
    make_views(collection, tmp_path / "out", SMALL)
    assert (tmp_path / "out/ATTRIBUTION.md").read_text() == "all by me"
