import io
import json
import os
import struct
import zlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from c2c.collect.checks import DEEPEST, Facts, check_picture, magic_of, read_json
from c2c.collect.failures import BadAnswer, Blocked

PAGE = b"\n<!DOCTYPE html><html><head><title>Sorry</title></head></html>"


def picture(form, size=(40, 30), **options):
    x, y = np.meshgrid(np.arange(size[0]), np.arange(size[1]))
    pixels = np.stack([x * 5, y * 7, 90 + 0 * x], axis=2).astype(np.uint8)
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, form, **options)
    return file.getvalue()


FUZZED = int(os.environ.get("C2C_FUZZED", "100"))  # by hand: C2C_FUZZED=10000
fuzzed = settings(max_examples=FUZZED, deadline=None)
GOOD = {form: picture(form) for form in ("JPEG", "PNG", "WEBP")}


@pytest.mark.parametrize(("form", "suffix"), [("JPEG", "jpg"), ("PNG", "png"), ("WEBP", "webp")])
def test_a_picture_is_known_by_its_bytes(form, suffix):
    assert magic_of(GOOD[form]) == form
    assert check_picture(GOOD[form], "here") == Facts(suffix, 40, 30)


@pytest.mark.parametrize("form", GOOD)
@pytest.mark.parametrize("share", [0.2, 0.5, 0.75])
def test_a_torn_picture_is_refused(form, share):
    with pytest.raises(BadAnswer, match=f"here gave a {form} picture that cannot be decoded"):
        check_picture(GOOD[form][: int(len(GOOD[form]) * share)], "here")


@pytest.mark.parametrize("data", [b"", b"\x7fELF" + bytes(99), b"GIF89a" + bytes(20), b"<svg xmlns='x'/>", b"%PDF-1.7"])
def test_what_is_no_picture_is_refused(data):
    with pytest.raises(BadAnswer, match="no JPEG, PNG or WebP"):
        check_picture(data, "here")


def test_a_web_page_in_place_of_a_picture_or_of_json_means_that_we_are_blocked():
    with pytest.raises(Blocked, match="a web page where a picture was due"):
        check_picture(PAGE, "here")
    with pytest.raises(Blocked, match="a web page where JSON was due"):
        read_json(b"<!-- robots --><HTML lang=en>", "here")


def test_a_black_picture_is_refused():
    with pytest.raises(BadAnswer, match="all black"):
        check_picture(picture_of(np.zeros((512, 512, 3), np.uint8)), "here")


def picture_of(pixels):
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "JPEG")
    return file.getvalue()


def test_too_many_pixels_are_refused_before_they_are_unpacked():
    with pytest.raises(BadAnswer, match=r"40x30 px; at most 1000"):
        check_picture(GOOD["PNG"], "here", most_pixels=1000)


def test_a_bomb_of_a_few_bytes_is_refused():
    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"IDAT", zlib.compress(bytes(100_000))), (b"IEND", b"")]
    bomb = b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body)) for kind, body in chunks
    )

    with pytest.raises(BadAnswer, match="here gave a"):
        check_picture(bomb, "here")


@pytest.mark.parametrize("text", ['{"a": 1}', ")]}'\n[1]", '\ufeff  {"a": []}', '[null, "x"]'])
def test_json_is_read_with_and_without_its_guard(text):
    assert read_json(text.encode(), "here")


@pytest.mark.parametrize("data", [b"", b"null", b"12", b"{", b"[1,", b"\xff\xfe", b")]}'", b'{"a": \x00}'])
def test_what_is_no_table_and_no_list_is_refused(data):
    with pytest.raises(BadAnswer):
        read_json(data, "here")


def test_json_that_is_nested_too_deep_is_refused():
    deepest = b"[" * DEEPEST + b"]" * DEEPEST

    assert read_json(deepest, "here")
    for depth in (DEEPEST + 1, 500, 100_000):
        with pytest.raises(BadAnswer, match="JSON that"):
            read_json(b"[" * depth + b"]" * depth, "here")


@fuzzed
@given(st.sampled_from(sorted(GOOD)), st.data())
def test_a_picture_with_any_bytes_changed_is_a_picture_or_a_clear_error(form, data):
    changed = bytearray(GOOD[form])
    for place, value in data.draw(
        st.lists(st.tuples(st.integers(0, len(changed) - 1), st.integers(0, 255)), max_size=8)
    ):
        changed[place] = value
    cut = data.draw(st.integers(0, len(changed)))

    try:
        facts = check_picture(bytes(changed[:cut]), "here", most_pixels=1_000_000)
        assert facts.width_px * facts.height_px <= 1_000_000
    except (BadAnswer, Blocked):
        pass


@fuzzed
@given(st.binary(max_size=300))
def test_any_bytes_are_json_or_a_clear_error(data):
    try:
        found = read_json(data, "here")
    except (BadAnswer, Blocked):
        return
    assert isinstance(found, (dict, list))
    assert json.dumps(found)
