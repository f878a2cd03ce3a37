import os

import pytest
from PIL import Image

from c2c.site import build_site
from c2c.site.placing import IN_COLOUR, THUMBNAILS, Missing, Named, Picture, Placer
from c2c.site.thumbnails import FORMAT


@pytest.fixture
def run(tmp_path):
    (tmp_path / "run/pictures/fake").mkdir(parents=True)
    Image.new("RGB", (40, 30), "teal").save(tmp_path / "run/pictures/fake/a.png")
    Image.new("I;16", (4, 3)).save(tmp_path / "run/pictures/fake/depth.png")
    return tmp_path / "run"


@pytest.fixture
def placer(run):
    return Placer(run, run / "site")


def refuse(self, target):
    raise OSError("no links here")


@pytest.mark.parametrize("link_works", [True, False])
def test_pictures_arrive_whether_or_not_the_disk_can_link(own_run, monkeypatch, link_works):
    if not link_works:
        monkeypatch.setattr("pathlib.Path.hardlink_to", refuse)
    site = build_site(own_run).page.parent
    here = "cyclegan/paris-to-burano/128/fake/street-000.png"

    assert (site / "pictures" / here).read_bytes() == (own_run / "pictures" / here).read_bytes()
    assert (site / "pictures" / here).samefile(own_run / "pictures" / here) is link_works


def test_a_picture_is_placed_with_its_size_and_a_thumbnail(placer):
    placed = placer.place("pictures/fake", "a", "image", "words")

    small, original = f"{THUMBNAILS}/fake/a.{FORMAT}", "pictures/fake/a.png"
    assert placed == Picture(small, original, original, 40, 30, "words")
    assert {small, original} == placer.files.addresses
    assert all((placer.site / address).is_file() for address in (small, original))


def test_a_file_is_a_depth_map_where_it_has_16_bits(placer):
    assert not placer.place_file("pictures/fake/a.png", "words").depth

    small, coloured, scored = (
        f"{THUMBNAILS}/fake/depth.{FORMAT}",
        f"{IN_COLOUR}/fake/depth.png",
        "pictures/fake/depth.png",
    )
    assert placer.place_file(scored, "words") == Picture(small, coloured, scored, 4, 3, "words", depth=True)
    assert placer.place_file("", "words") == Missing("no file", "words")


@pytest.mark.parametrize("content", [b"", b"no picture", b"\x89PNG\r\n\x1a\n"])
def test_a_file_that_is_no_picture_is_missing_and_stays_out_of_the_site(run, placer, content):
    (run / "pictures/a.png").write_bytes(content)

    assert placer.place("pictures", "a", "image", "words") == Missing("not a whole picture", "words")
    assert not placer.site.exists()
    assert placer.missing == {Named("pictures", "a", "image"): "not a whole picture"}


def test_many_pictures_brought_at_once_are_those_that_are_placed_one_by_one(run, placer):
    named = [Named("pictures/fake", stem, None) for stem in ("a", "depth", "gone", "a")]
    told = []
    placer.bring(named, lambda done, total: told.append((done, total)))
    alone = Placer(run, run / "other")

    assert told == [(1, 3), (2, 3), (3, 3)]
    assert [placer.place(*each, "words") for each in named] == [alone.place(*each, "words") for each in named]
    assert placer.missing == {named[2]: "no file"}


def test_a_picture_of_an_earlier_build_is_not_read_again(run, placer, monkeypatch):
    first = placer.place("pictures/fake", "depth", "depth", "words")
    monkeypatch.setattr("c2c.site.placing.made_from", None)
    later = Placer(run, run / "site")

    assert later.place("pictures/fake", "depth", "depth", "words") == first
    assert later.files.addresses == placer.files.addresses


@pytest.mark.parametrize("lost", ["pictures", THUMBNAILS, IN_COLOUR])
def test_what_was_lost_from_a_site_is_made_again(run, placer, lost):
    placed = placer.place("pictures/fake", "depth", "depth", "words")
    for path in (run / "site" / lost).rglob("*.*"):
        path.unlink()
    Placer(run, run / "site").place("pictures/fake", "depth", "depth", "words")

    assert all((run / "site" / address).stat().st_size for address in (placed.thumbnail, placed.view, placed.original))


def test_a_picture_replaced_by_one_of_another_size_and_the_same_date_is_seen(run, placer, monkeypatch):
    monkeypatch.setattr("pathlib.Path.hardlink_to", refuse)
    placer.place("pictures/fake", "a", "image", "words")
    origin = run / "pictures/fake/a.png"
    before = origin.stat()
    Image.effect_noise((50, 50), 90).convert("RGB").save(origin)
    os.utime(origin, ns=(before.st_atime_ns, before.st_mtime_ns))

    assert Placer(run, run / "site").place("pictures/fake", "a", "image", "words").width == 50
    with Image.open(run / "site" / THUMBNAILS / f"fake/a.{FORMAT}") as small:
        assert small.size == (50, 50)


@pytest.mark.parametrize(
    ("folder", "stem", "reason"),
    [
        ("/etc", "passwd", "lies outside the run's folder"),
        ("pictures/../..", "secret", "lies outside the run's folder"),
        ("pictures", "../../secret", "lies outside the run's folder"),
        ("pictures", "link", "lies outside the run's folder"),
        ("pictures", "x" * 300, "no file"),
        ("pictures", "nul\0", "no file"),
        ("pictures", "\ud800", "no file"),
        ("pictures", "folder", "not a whole picture"),
    ],
)
def test_a_name_leads_nowhere_else(run, placer, folder, stem, reason):
    Image.new("RGB", (4, 3)).save(run.parent / "secret.png")
    (run / "pictures/link.png").symlink_to(run.parent / "secret.png")
    (run / "pictures/folder.png").mkdir()

    assert placer.place(folder, stem, "image", "words") == Missing(reason, "words")
    assert not placer.site.exists()


def test_a_link_within_the_run_is_brought_in_as_the_file_it_leads_to(run, placer):
    (run / "pictures/link.png").symlink_to("fake/a.png")
    placed = placer.place("pictures", "link", "image", "words")

    assert placed.width == 40
    assert not (placer.site / placed.original).is_symlink()
