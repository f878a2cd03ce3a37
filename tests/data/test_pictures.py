"""Every odd kind of file that a folder of city pictures may hold, made here with Pillow or by hand."""

import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst
from PIL import Image
from PIL.Image import Transpose

from c2c.data.pictures import (
    is_picture_name,
    probe_picture,
    read_depth,
    read_picture,
    write_depth,
    write_picture,
)
from c2c.errors import PictureError

RED, GREEN, BLUE, WHITE, BLACK = (255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255), (0, 0, 0)
FLAG = np.array([[RED, GREEN, BLUE], [WHITE, BLACK, RED]], dtype=np.uint8)  # 2 high, 3 wide, no symmetry


def town(height: int = 120, width: int = 160) -> np.ndarray:
    """A smooth picture that no codec finds hard."""
    y, x = np.mgrid[0:height, 0:width] / max(height, width)
    return (255 * np.stack([x, y, (x + y) / 2], axis=-1)).astype(np.uint8)


def png(width: int, height: int, colour_type: int, rows: list[bytes], bits: int = 16) -> bytes:
    """A PNG of any bit depth, which Pillow itself cannot write."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", width, height, bits, colour_type, 0, 0, 0)
    pixels = zlib.compress(b"".join(b"\0" + row for row in rows))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def refusal(path: Path, at_least: int | None = None) -> str:
    """Why a picture is refused; reading and probing agree, and the file is named."""
    with pytest.raises(PictureError) as read:
        read_picture(path, at_least)
    with pytest.raises(PictureError) as probed:
        probe_picture(path)
    assert str(read.value) == str(probed.value)
    assert str(read.value).startswith(f"{path}: ")
    return str(read.value).removeprefix(f"{path}: ")


@pytest.mark.parametrize("suffix", [".png", ".webp"])
def test_a_lossless_picture_is_read_as_it_is(tmp_path, suffix):
    path = tmp_path / f"flag{suffix}"
    Image.fromarray(FLAG).save(path, lossless=True)

    assert (read_picture(path) == FLAG).all()
    assert probe_picture(path) == (3, 2)


def test_a_jpeg_is_read_to_within_its_losses(tmp_path):
    Image.fromarray(town()).save(tmp_path / "town.jpg", quality=95)

    assert np.abs(read_picture(tmp_path / "town.jpg").astype(int) - town()).mean() < 2


@pytest.mark.parametrize(
    ("orientation", "stored_as"),
    [
        (1, None),
        (2, Transpose.FLIP_LEFT_RIGHT),
        (3, Transpose.ROTATE_180),
        (4, Transpose.FLIP_TOP_BOTTOM),
        (5, Transpose.TRANSPOSE),
        (6, Transpose.ROTATE_90),  # shown after a quarter turn clockwise
        (7, Transpose.TRANSVERSE),
        (8, Transpose.ROTATE_270),
    ],
)
def test_an_exif_rotation_is_carried_out(tmp_path, orientation, stored_as):
    stored = Image.fromarray(FLAG)
    exif = Image.Exif()
    exif[0x0112] = orientation
    (stored.transpose(stored_as) if stored_as is not None else stored).save(tmp_path / "turned.png", exif=exif)

    assert (read_picture(tmp_path / "turned.png") == FLAG).all()
    assert probe_picture(tmp_path / "turned.png") == (3, 2)


def test_a_jpeg_of_orientation_6_stands_upright(tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.fromarray(np.rot90(town())).save(tmp_path / "upright.jpg", exif=exif, quality=95)

    assert probe_picture(tmp_path / "upright.jpg") == (160, 120)
    assert np.abs(read_picture(tmp_path / "upright.jpg").astype(int) - town()).mean() < 2


@pytest.mark.parametrize("exif", [b"Exif\0\0broken", b"Exif\0\0II*\0\xff\xff\xff\x7f", b"Exif\0\0MM\0*\0\0\0\x08\xff"])
def test_broken_exif_data_does_not_cost_the_picture(tmp_path, exif):
    Image.fromarray(town()).save(tmp_path / "town.jpg", exif=exif)

    assert read_picture(tmp_path / "town.jpg").shape == (120, 160, 3)


def test_a_cmyk_jpeg_as_adobe_writes_it_keeps_its_colours(tmp_path):
    path = tmp_path / "print.jpg"
    Image.new("CMYK", (16, 16), (0, 255, 255, 0)).save(path, quality=95)  # full magenta and yellow: red

    assert b"Adobe" in path.read_bytes()
    assert np.abs(read_picture(path).astype(int) - RED).max() <= 3


def test_grey_one_bit_and_palette_pictures_become_rgb(tmp_path):
    grey = np.array([[0, 100, 255]], dtype=np.uint8)
    Image.fromarray(grey).save(tmp_path / "grey.png")
    Image.fromarray(grey > 50).save(tmp_path / "bit.png")
    Image.fromarray(FLAG).convert("P", palette=Image.Palette.ADAPTIVE).save(tmp_path / "palette.png")

    assert (read_picture(tmp_path / "grey.png") == grey[..., None]).all()
    assert read_picture(tmp_path / "bit.png").tolist() == [[[0] * 3, [255] * 3, [255] * 3]]
    assert (read_picture(tmp_path / "palette.png") == FLAG).all()


def test_sixteen_bit_grey_is_scaled_and_not_clipped(tmp_path):
    values = np.array([[0, 257, 400, 32768, 65534, 65535]], dtype=np.uint16)
    Image.fromarray(values).save(tmp_path / "grey16.png")

    assert read_picture(tmp_path / "grey16.png")[0, :, 0].tolist() == [0, 1, 2, 128, 255, 255]  # 400 / 257 = 1.56


@pytest.mark.parametrize(("colour_type", "channels"), [(2, 3), (6, 4)])
def test_sixteen_bit_colour_is_scaled_and_not_clipped(tmp_path, colour_type, channels):
    pixel = struct.pack(f">{channels}H", *[0, 32768, 65535, 65535][:channels])
    (tmp_path / "deep.png").write_bytes(png(2, 1, colour_type, [pixel * 2]))

    assert read_picture(tmp_path / "deep.png").tolist() == [[[0, 128, 255]] * 2]


def test_sixteen_bit_grey_with_transparency_lies_over_white(tmp_path):
    (tmp_path / "deep.png").write_bytes(png(2, 1, 4, [struct.pack(">4H", 0, 65535, 0, 0)]))

    assert read_picture(tmp_path / "deep.png").tolist() == [[[0] * 3, [255] * 3]]


@pytest.mark.parametrize("name", ["glass.png", "glass.webp"])
def test_transparency_lies_over_white(tmp_path, name):
    glass = np.array([[[255, 0, 0, 255], [255, 0, 0, 0], [0, 0, 0, 128]]], dtype=np.uint8)
    Image.fromarray(glass).save(tmp_path / name, lossless=True, exact=True)

    assert read_picture(tmp_path / name).tolist() == [[[255, 0, 0], [255, 255, 255], [127, 127, 127]]]


def test_a_transparent_colour_of_a_palette_lies_over_white(tmp_path):
    picture = Image.new("P", (2, 1))
    picture.putpalette([*RED, *BLUE])
    picture.putpixel((1, 0), 1)
    picture.save(tmp_path / "palette.png", transparency=bytes([0, 255]))

    assert read_picture(tmp_path / "palette.png").tolist() == [[list(WHITE), list(BLUE)]]


def test_a_picture_of_one_pixel_is_a_picture(tmp_path):
    Image.new("RGB", (1, 1), RED).save(tmp_path / "dot.jpg", quality=100)

    assert read_picture(tmp_path / "dot.jpg", at_least=256).shape == (1, 1, 3)


def test_a_phone_jpeg_with_further_pictures_gives_its_first(tmp_path):
    first, second = Image.fromarray(town()), Image.new("RGB", (160, 120))
    first.save(tmp_path / "phone.jpg", format="MPO", save_all=True, append_images=[second], quality=95)

    assert np.abs(read_picture(tmp_path / "phone.jpg").astype(int) - town()).mean() < 2


def test_a_suffix_may_lie_about_a_picture_that_can_be_read(tmp_path):
    Image.fromarray(FLAG).save(tmp_path / "flag.jpg", format="PNG")

    assert (read_picture(tmp_path / "flag.jpg") == FLAG).all()


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("walk.webp", "is an animated WEBP of 3 frames"),
        ("walk.png", "is an animated PNG of 3 frames"),
        ("walk.gif", "is an animated GIF of 3 frames"),
    ],
)
def test_an_animation_is_refused_by_name(tmp_path, name, said):
    frames = [Image.new("RGB", (8, 8), colour) for colour in (RED, GREEN, BLUE)]
    frames[0].save(tmp_path / name, save_all=True, append_images=frames[1:])

    assert said in refusal(tmp_path / name)


def test_a_still_gif_is_refused_by_name(tmp_path):
    Image.new("RGB", (8, 8)).save(tmp_path / "still.gif")

    assert "is a GIF" in refusal(tmp_path / "still.gif")


@pytest.mark.parametrize("name", ["town.jpg", "town.png", "town.webp"])
def test_a_truncated_picture_is_refused(tmp_path, name):
    Image.fromarray(town()).save(tmp_path / name)
    whole = (tmp_path / name).read_bytes()
    (tmp_path / name).write_bytes(whole[: len(whole) * 2 // 3])

    assert refusal(tmp_path / name)


def test_a_truncated_jpeg_is_refused_when_read_small(tmp_path):
    Image.fromarray(town(1200, 1600)).save(tmp_path / "town.jpg")
    whole = (tmp_path / "town.jpg").read_bytes()
    (tmp_path / "town.jpg").write_bytes(whole[: len(whole) * 2 // 3])

    assert "truncated" in refusal(tmp_path / "town.jpg", at_least=100)


def test_files_that_are_no_pictures_are_refused_with_the_reason(tmp_path):
    (tmp_path / "empty.jpg").touch()
    (tmp_path / "text.jpg").write_text("not a picture")
    (tmp_path / "folder.jpg").mkdir()

    assert refusal(tmp_path / "empty.jpg") == "is empty"
    assert "is no JPEG, PNG or WebP picture" in refusal(tmp_path / "text.jpg")
    assert "directory" in refusal(tmp_path / "folder.jpg")
    assert "no such file" in refusal(tmp_path / "missing.jpg")


def test_a_decompression_bomb_is_refused_unopened(tmp_path):
    (tmp_path / "bomb.png").write_bytes(png(20_000, 20_000, 2, [b""], bits=8))

    assert refusal(tmp_path / "bomb.png").startswith("is too large")


def test_a_large_panorama_is_no_bomb_and_brings_no_warning(tmp_path):
    (tmp_path / "panorama.png").write_bytes(png(13_500, 6_750, 0, [b"\0" * 1_688] * 6_750, bits=1))

    assert probe_picture(tmp_path / "panorama.png") == (13_500, 6_750)


def test_a_large_jpeg_is_halved_while_it_is_read_but_no_further_than_asked(tmp_path):
    Image.fromarray(town(960, 1600)).save(tmp_path / "town.jpg", quality=95)

    assert read_picture(tmp_path / "town.jpg").shape == (960, 1600, 3)
    assert read_picture(tmp_path / "town.jpg", at_least=286).shape == (480, 800, 3)  # a quarter would be 240 high
    assert read_picture(tmp_path / "town.jpg", at_least=240).shape == (240, 400, 3)
    assert read_picture(tmp_path / "town.jpg", at_least=961).shape == (960, 1600, 3)


def test_a_jpeg_read_small_looks_like_the_whole_one_reduced(tmp_path):
    noise = np.random.default_rng(0).integers(-20, 21, (960, 1600, 3))
    Image.fromarray((town(960, 1600) + noise).clip(0, 255).astype(np.uint8)).save(tmp_path / "town.jpg", quality=92)
    whole, small = (
        np.asarray(Image.fromarray(read_picture(tmp_path / "town.jpg", at_least)).resize((200, 120), 3)).astype(float)
        for at_least in (None, 240)
    )

    assert 10 * np.log10(255**2 / np.mean((whole - small) ** 2)) > 34


def test_a_suffix_is_known_in_any_case():
    assert all(is_picture_name(name) for name in ("a.jpg", "a.JPG", "a.Jpeg", "a.PNG", "a.webp"))
    assert not any(is_picture_name(name) for name in ("a.gif", "a.txt", "jpg", ".jpg", "a.jpg.part"))


@settings(deadline=None, max_examples=30)
@given(picture=npst.arrays(np.uint8, st.tuples(st.integers(1, 9), st.integers(1, 9), st.just(3))))
def test_a_written_picture_comes_back_exactly(tmp_path_factory, picture):
    path = tmp_path_factory.mktemp("pictures") / "new" / "picture.png"
    write_picture(path, picture)

    assert (read_picture(path) == picture).all()


def test_the_same_picture_gives_the_same_bytes_and_leaves_nothing_behind(tmp_path):
    write_picture(tmp_path / "a.png", FLAG)
    write_picture(tmp_path / "b.png", FLAG[:, ::-1][:, ::-1])  # another layout in memory
    write_picture(tmp_path / "b.png", FLAG)

    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.png", "b.png"]


def test_a_failed_write_keeps_the_old_picture(tmp_path, monkeypatch):
    write_picture(tmp_path / "a.png", FLAG)

    def full_disk(image, path, format):
        path.write_bytes(b"half")
        raise OSError("No space left on device")

    monkeypatch.setattr(Image.Image, "save", full_disk)
    with pytest.raises(OSError, match="No space"):
        write_picture(tmp_path / "a.png", FLAG[::-1])

    assert (read_picture(tmp_path / "a.png") == FLAG).all()
    assert [path.name for path in tmp_path.iterdir()] == ["a.png"]


@pytest.mark.parametrize(
    "wrong", [np.zeros((2, 2, 3), np.float32), np.zeros((2, 2), np.uint8), np.zeros((2, 2, 4), np.uint8)]
)
def test_only_rgb_of_8_bits_is_written_as_a_picture(tmp_path, wrong):
    with pytest.raises(ValueError, match=r"\(H, W, 3\) uint8"):
        write_picture(tmp_path / "a.png", wrong)


def test_depth_is_kept_to_a_256th_of_a_metre_and_0_is_none(tmp_path):
    metres = np.array([[1.0, 2.499, 0.0, -3.0], [np.nan, np.inf, 255.99609375, 1000.0]], dtype=np.float32)
    write_depth(tmp_path / "depth.png", metres)

    assert np.asarray(Image.open(tmp_path / "depth.png")).tolist() == [[256, 640, 0, 0], [0, 0, 65535, 65535]]
    read = read_depth(tmp_path / "depth.png")
    assert read.dtype == np.float32
    assert read.tolist() == [[1.0, 2.5, 0.0, 0.0], [0.0, 0.0, 255.99609375, 255.99609375]]


@settings(deadline=None, max_examples=30)
@given(values=npst.arrays(np.uint16, st.tuples(st.integers(1, 9), st.integers(1, 9))))
def test_depth_on_disk_survives_reading_and_writing(tmp_path_factory, values):
    folder = tmp_path_factory.mktemp("depth")
    write_depth(folder / "a.png", values / 256)
    write_depth(folder / "b.png", read_depth(folder / "a.png"))

    assert (np.asarray(Image.open(folder / "a.png")) == values).all()
    assert (folder / "a.png").read_bytes() == (folder / "b.png").read_bytes()


def test_another_scale_gives_other_metres(tmp_path):
    write_depth(tmp_path / "depth.png", np.full((2, 2), 2.0))

    assert (read_depth(tmp_path / "depth.png", scale=512) == 1.0).all()


@pytest.mark.parametrize(("picture", "found"), [(FLAG, "mode RGB"), (FLAG[..., 0], "mode L")])
def test_a_depth_map_of_8_bits_is_refused_with_what_was_found(tmp_path, picture, found):
    Image.fromarray(picture).save(tmp_path / "depth.png")

    with pytest.raises(PictureError, match=found):
        read_depth(tmp_path / "depth.png")


def test_a_missing_or_flat_array_is_no_depth(tmp_path):
    with pytest.raises(PictureError, match="no such file"):
        read_depth(tmp_path / "missing.png")
    with pytest.raises(ValueError, match=r"\(H, W\)"):
        write_depth(tmp_path / "depth.png", np.zeros((2, 2, 1)))
