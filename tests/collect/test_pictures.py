from dataclasses import fields

import pytest

from c2c.collect.pictures import (
    CollectedPicture,
    FoundPicture,
    Link,
    Place,
    Rights,
    collected,
    read_all_collected,
    read_collected,
    record_text,
)
from c2c.errors import CollectError

RIGHTS = Rights("CC BY 4.0", "https://creativecommons.org/licenses/by/4.0/", "Ann", "by Ann", "https://a.example", True)
FOUND = FoundPicture(
    "toytown",
    "a1",
    "panorama",
    Place(48.8566, 2.3522, 35.0),
    "2024-05",
    1024,
    512,
    RIGHTS,
    heading_deg=12.5,
    pitch_deg=-1.0,
    roll_deg=0.5,
    links=(Link("b2", None, 90.0), Link("c3", Place(48.0, 2.0), None)),
    history=("z9",),
    urls=("https://a.example/1",),
    payload="CAAA",
    zoom=2,
)


def record():
    return collected(
        FOUND,
        picture="panoramas/a1.jpg",
        payload="payloads/a1.txt",
        size_px=(2048, 1024),
        sha256="0" * 64,
        bytes=10,
        fetched="2026-11-23T00:00:00+00:00",
        fetched_from="https://a.example/1",
    )


def test_a_record_keeps_what_the_source_told_and_the_size_of_the_file():
    kept = record()

    assert (kept.width_px, kept.height_px, kept.payload) == (2048, 1024, "payloads/a1.txt")
    for field in fields(CollectedPicture):
        if field.name in FoundPicture.__dataclass_fields__ and field.name not in ("width_px", "height_px", "payload"):
            assert getattr(kept, field.name) == getattr(FOUND, field.name)


def test_a_record_is_read_back_as_it_was_written(tmp_path):
    path = tmp_path / "a1.json"
    path.write_text(record_text(record()), encoding="utf-8")

    assert read_collected(path) == record()


@pytest.mark.parametrize("text", ["", "{", "[]", '{"source": "x"}', "\x00", "[" * 100_000])
def test_a_torn_record_is_an_error_that_names_its_file(tmp_path, text):
    path = tmp_path / "a1.json"
    path.write_text(text, encoding="utf-8")

    with pytest.raises(CollectError, match=r"a1\.json cannot be read"):
        read_collected(path)


def test_a_collection_without_records_is_an_error_that_says_how_to_collect(tmp_path):
    with pytest.raises(CollectError, match="c2c collect photos"):
        read_all_collected(tmp_path)
