import os

import pytest
from PIL import Image

from c2c.site import build_site
from c2c.site.placing import Missing, Picture, Placer, link_or_copy


@pytest.mark.parametrize("link_works", [True, False])
def test_pictures_arrive_whether_or_not_the_disk_can_link(own_run, monkeypatch, link_works):
    if not link_works:

        def refuse(self, target):
            raise OSError("no links here")

        monkeypatch.setattr("pathlib.Path.hardlink_to", refuse)
    site = build_site(own_run).parent
    here = "cyclegan/paris-to-burano/128/fake/street-000.png"

    assert (site / "pictures" / here).read_bytes() == (own_run / "pictures" / here).read_bytes()
    assert (site / "pictures" / here).samefile(own_run / "pictures" / here) is link_works


def test_a_picture_is_placed_with_its_size_and_opens_itself(tmp_path):
    (tmp_path / "run/pictures/fake").mkdir(parents=True)
    Image.new("RGB", (40, 30)).save(tmp_path / "run/pictures/fake/a.png")
    placer = Placer(tmp_path / "run", tmp_path / "site")

    placed = placer.place("pictures/fake", "a", "image", "words")
    assert placed == Picture(*["pictures/fake/a.png"] * 3, 40, 30, "words")
    assert (tmp_path / "site/pictures/fake/a.png").is_file()


def test_a_file_is_a_depth_map_where_it_has_16_bits(tmp_path):
    (tmp_path / "run").mkdir()
    Image.new("RGB", (4, 3)).save(tmp_path / "run/colour.png")
    Image.new("I;16", (4, 3)).save(tmp_path / "run/depth.png")
    placer = Placer(tmp_path / "run", tmp_path / "site")

    assert placer.place_file("colour.png", "words") == Picture(*["pictures/colour.png"] * 3, 4, 3, "words")
    coloured, scored = "previews/depth.png", "pictures/depth.png"
    assert placer.place_file("depth.png", "words") == Picture(coloured, coloured, scored, 4, 3, "words", depth=True)
    assert placer.place_file("", "words") == Missing("no file", "words")


@pytest.mark.parametrize("content", [b"", b"no picture", b"\x89PNG\r\n\x1a\n"])
def test_a_file_that_is_no_picture_is_missing_and_stays_out_of_the_site(tmp_path, content):
    (tmp_path / "run/pictures").mkdir(parents=True)
    (tmp_path / "run/pictures/a.png").write_bytes(content)
    placer = Placer(tmp_path / "run", tmp_path / "site")

    assert placer.place("pictures", "a", "image", "words") == Missing("not a whole picture", "words")
    assert not (tmp_path / "site").exists()


def test_a_copy_that_is_older_than_its_origin_is_replaced(tmp_path):
    origin, target = tmp_path / "a", tmp_path / "b"
    origin.write_text("new")
    target.write_text("old")
    os.utime(target, (1, 1))
    link_or_copy(origin, target)

    assert target.read_text() == "new"
