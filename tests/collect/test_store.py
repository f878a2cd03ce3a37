import io
import os

import pytest
from PIL import Image

from c2c.collect.failures import BadAnswer
from c2c.collect.names import stem_of
from c2c.collect.pictures import FoundPicture, Place, Rights, read_collected
from c2c.collect.store import Store
from c2c.errors import DiskFull

RIGHTS = Rights("CC0 1.0", "https://example.org/cc0", "somebody", "somebody, CC0", "https://example.org/a", True)


def found(id="a", kind="panorama", payload=None):
    return FoundPicture("panoramax", id, kind, Place(48.85, 2.35), "2020-05", 0, 0, RIGHTS, payload=payload)


def picture(kind="JPEG", size=(8, 4)):
    file = io.BytesIO()
    Image.new("RGB", size, (90, 120, 150)).save(file, kind)
    return file.getvalue()


def test_a_picture_lies_beside_its_depth_and_its_record(tmp_path):
    record = Store(tmp_path).keep(found(payload="CAEA"), picture())

    stem = stem_of("panoramax", "a")
    assert (record.picture, record.payload) == (f"panoramas/{stem}.jpg", f"payloads/{stem}.txt")
    assert (tmp_path / record.picture).read_bytes() == picture()
    assert (tmp_path / record.payload).read_text() == "CAEA"
    assert read_collected(tmp_path / "records" / f"{stem}.json") == record
    assert (record.width_px, record.height_px, record.bytes) == (8, 4, len(picture()))
    assert record.fetched_from == RIGHTS.landing_page


@pytest.mark.parametrize(("kind", "suffix"), [("JPEG", "jpg"), ("PNG", "png"), ("WEBP", "webp")])
def test_a_photo_is_named_for_what_it_is(kind, suffix, tmp_path):
    record = Store(tmp_path).keep(found(kind="photo"), picture(kind))

    assert record.picture == f"photos/{stem_of('panoramax', 'a')}.{suffix}"
    assert record.payload is None


def test_ids_that_differ_by_case_alone_or_hold_slashes_get_files_of_their_own(tmp_path):
    kept = {Store(tmp_path).keep(found(id), picture()).picture.lower() for id in ("Ab", "aB", "../x", "x")}

    assert len(kept) == len(list((tmp_path / "panoramas").iterdir())) == 4


def test_keeping_a_picture_again_replaces_it(tmp_path):
    Store(tmp_path).keep(found(), picture(size=(8, 4)))
    Store(tmp_path).keep(found(), picture(size=(16, 8)))

    assert [path.name for path in (tmp_path / "panoramas").iterdir()] == [f"{stem_of('panoramax', 'a')}.jpg"]
    assert read_collected(next((tmp_path / "records").iterdir())).width_px == 16


def test_bytes_that_are_no_picture_are_not_kept(tmp_path):
    with pytest.raises(BadAnswer, match="no JPEG, PNG or WebP"):
        Store(tmp_path).keep(found(), b"GIF89a")

    assert list(tmp_path.iterdir()) == []


def test_a_disk_with_too_little_room_is_told_before_anything_is_written(tmp_path):
    with pytest.raises(DiskFull, match="MiB left, and 1048576 MiB were needed"):
        Store(tmp_path, free_bytes=2**40).keep(found(), picture())

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("moment", ["fsync", "replace"])
def test_a_failure_while_writing_leaves_no_record_and_nothing_half_written(moment, tmp_path, monkeypatch):
    def fail(*args, **kwargs):
        raise OSError("the cable was pulled")

    monkeypatch.setattr(os, moment, fail)
    with pytest.raises(OSError, match="cable"):
        Store(tmp_path).keep(found(), picture())

    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_what_another_process_writes_at_this_moment_is_left_alone(tmp_path):
    part = tmp_path / "photos" / f"b-12345678.jpg.{os.getppid()}.part"
    part.parent.mkdir()
    part.write_bytes(b"half")

    assert Store(tmp_path).tidy() == 0
    assert part.exists()


@pytest.mark.parametrize(
    "pid", ["4194999", "9" * 30, "x", str(os.getpid())], ids=["above all", "long", "no number", "own"]
)  # no process has these, or this one
def test_what_a_killed_crawl_left_half_written_is_cleared_away(tmp_path, pid):
    Store(tmp_path).keep(found(), picture())
    left = tmp_path / "panoramas" / f"b-12345678.jpg.{pid}.part"
    left.write_bytes(b"half")

    assert Store(tmp_path).tidy() == 1
    assert not left.exists()
    assert Store(tmp_path).tidy() == 0
    assert len(list(tmp_path.rglob("*.*"))) == 2  # the picture and its record
