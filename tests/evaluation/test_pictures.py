import struct
import zlib

import numpy as np
import pytest
import torch
from PIL import Image

from c2c.errors import NoPictures, ScoreError
from c2c.evaluation.pictures import (
    common_size,
    contents_sha256,
    list_pictures,
    picture_size,
    pixels_sha256,
    read_depth_m,
    read_picture,
)


def sixteen_bit_colour(path):
    """Write a 16-bit RGB PNG, which Pillow itself cannot write."""

    def chunk(name, data):
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", 2, 2, 16, 2, 0, 0, 0)
    rows = b"".join(b"\0" + b"\1\2" * 6 for _ in range(2))
    data = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    path.write_bytes(data)


def test_a_picture_is_read_as_it_was_written(tmp_path):
    pixels = np.random.default_rng(0).integers(0, 256, (5, 7, 3), dtype=np.uint8)
    Image.fromarray(pixels).save(tmp_path / "a.png")

    picture = read_picture(tmp_path / "a.png")

    assert picture.shape == (3, 5, 7)
    assert np.array_equal(picture.permute(1, 2, 0).numpy(), pixels)
    assert picture_size(tmp_path / "a.png") == (7, 5)


def test_a_grey_picture_has_three_equal_channels(tmp_path):
    Image.fromarray(np.arange(12, dtype=np.uint8).reshape(3, 4)).save(tmp_path / "grey.png")

    picture = read_picture(tmp_path / "grey.png")

    assert torch.equal(picture[0], picture[2])
    assert picture[0].flatten().tolist() == list(range(12))


@pytest.mark.parametrize(
    ("write", "complaint"),
    [
        (lambda path: Image.new("RGBA", (4, 4)).save(path), "alpha"),
        (lambda path: Image.new("LA", (4, 4)).save(path), "alpha"),
        (lambda path: Image.new("P", (4, 4)).save(path, transparency=0), "alpha"),
        (lambda path: Image.fromarray(np.zeros((4, 4), np.uint16)).save(path), "16 bits"),
        (sixteen_bit_colour, "16 bits"),
        (lambda path: Image.new("RGB", (4, 4)).save(path, format="JPEG"), "no PNG"),
        (lambda path: path.write_bytes(b""), "no PNG"),
        (
            lambda path: Image.new("RGB", (4, 4)).save(
                path, save_all=True, append_images=[Image.new("RGB", (4, 4), "red")]
            ),
            "animated",
        ),
    ],
)
def test_a_picture_that_would_be_scored_wrongly_is_refused_by_name(tmp_path, write, complaint):
    write(tmp_path / "odd.png")

    with pytest.raises(ScoreError, match=rf"odd\.png.*{complaint}"):
        read_picture(tmp_path / "odd.png")


def save_jpeg(path, mode="RGB", **options):
    pixels = np.random.default_rng(0).integers(0, 256, (20, 30), dtype=np.uint8)
    Image.fromarray(pixels).convert(mode).save(path, **options)
    return path


def test_a_jpeg_is_read_where_it_is_asked_for_as_pillow_decodes_it(tmp_path):
    for mode in ("RGB", "L"):
        path = save_jpeg(tmp_path / f"{mode}.jpg", mode)

        picture = read_picture(path, jpeg=True)

        assert picture_size(path, jpeg=True) == (30, 20)
        assert np.array_equal(picture.permute(1, 2, 0).numpy(), np.array(Image.open(path).convert("RGB")))
        with pytest.raises(ScoreError, match="JPEG alone moves them"):
            read_picture(path)


def turned(path):
    exif = Image.Exif()
    exif[0x0112] = 6
    save_jpeg(path, exif=exif)


@pytest.mark.parametrize(
    ("write", "complaint"),
    [
        (lambda path: save_jpeg(path, "CMYK"), "is in CMYK"),
        (turned, r"is to be turned .*orientation 6"),
        (lambda path: path.write_bytes(save_jpeg(path).read_bytes()[:300]), "is broken"),
        (lambda path: path.write_bytes(save_jpeg(path).read_bytes()[:3]), "is broken"),
        (lambda path: path.write_bytes(b"GIF89a" + bytes(40)), "is no PNG or JPEG"),
    ],
)
def test_a_jpeg_that_would_be_scored_wrongly_is_refused_by_name(tmp_path, write, complaint):
    write(tmp_path / "odd.jpg")

    with pytest.raises(ScoreError, match=rf"odd\.jpg {complaint}"):
        read_picture(tmp_path / "odd.jpg", jpeg=True)


def test_a_torn_picture_is_refused_by_name(draw, tmp_path):
    whole = draw("a", 1, size=(64, 64))[0].read_bytes()
    for length in (30, 60, len(whole) // 2):
        (tmp_path / "torn.png").write_bytes(whole[:length])
        with pytest.raises(ScoreError, match=r"torn\.png is broken"):
            read_picture(tmp_path / "torn.png")


def test_a_picture_that_is_not_there_is_refused_by_name(tmp_path):
    with pytest.raises(ScoreError, match=r"nothing\.png cannot be read"):
        read_picture(tmp_path / "nothing.png")


def test_depth_comes_back_in_metres(write_depth):
    path = write_depth("depth.png", [[0, 1], [10.5, 255]])

    assert read_depth_m(path).tolist() == [[0, 1], [10.5, 255]]


def test_a_picture_of_8_bits_is_no_depth_map(draw):
    with pytest.raises(ScoreError, match="is no depth map"):
        read_depth_m(draw("a", 1)[0])


def test_a_torn_depth_map_is_refused_by_name(write_depth):
    path = write_depth("depth.png", np.random.default_rng(0).uniform(0, 200, (64, 64)))
    path.write_bytes(path.read_bytes()[:4000])

    with pytest.raises(ScoreError, match=r"depth\.png is broken"):
        read_depth_m(path)


def test_pictures_are_listed_by_name_and_others_left_out(draw, tmp_path):
    paths = draw("a", 3)
    (tmp_path / "a" / "notes.txt").write_text("")
    (tmp_path / "a" / ".hidden.png").write_bytes(b"")

    assert list_pictures(tmp_path / "a") == paths


def test_a_folder_without_png_says_what_it_holds_instead(tmp_path):
    (tmp_path / "photos").mkdir()
    Image.new("RGB", (4, 4)).save(tmp_path / "photos" / "one.jpg")

    with pytest.raises(NoPictures, match=r"1 other files, such as one\.jpg"):
        list_pictures(tmp_path / "photos")
    with pytest.raises(NoPictures, match="There is no folder"):
        list_pictures(tmp_path / "nowhere")


def test_jpeg_is_listed_only_where_it_is_asked_for_and_never_beside_png(tmp_path):
    for name in ("b.JPG", "a.jpeg"):
        save_jpeg(tmp_path / name, format="JPEG")

    assert [path.name for path in list_pictures(tmp_path, jpeg=True)] == ["a.jpeg", "b.JPG"]
    with pytest.raises(NoPictures, match="holds no PNG"):
        list_pictures(tmp_path)
    save_jpeg(tmp_path / "c.png")
    assert [path.name for path in list_pictures(tmp_path)] == ["c.png"]
    with pytest.raises(ScoreError, match=r"holds 1 PNG and 2 JPEG pictures, such as c\.png and a\.jpeg"):
        list_pictures(tmp_path, jpeg=True)


def test_a_palette_becomes_the_colours_it_stands_for(tmp_path):
    image = Image.new("P", (2, 1))
    image.putpalette([10, 20, 30, 40, 50, 60])
    image.putdata([1, 0])
    image.save(tmp_path / "palette.png")

    assert read_picture(tmp_path / "palette.png").flatten(1).T.tolist() == [[40, 50, 60], [10, 20, 30]]


def test_unlike_sizes_are_refused_with_both_files_and_both_sizes(tmp_path):
    a, b = tmp_path / "a.png", tmp_path / "b.png"

    assert common_size([(a, (8, 6)), (b, (8, 6))]) == (8, 6)
    with pytest.raises(ScoreError, match=r"a\.png is 8x6 but .*b\.png is 6x8"):
        common_size([(a, (8, 6)), (b, (6, 8))])
    with pytest.raises(ScoreError, match="no pictures"):
        common_size([])


def test_a_set_is_known_by_its_pixels_and_not_by_names_order_or_compression(draw):
    paths = draw("a", 3)
    digests = [pixels_sha256(read_picture(path)) for path in paths]
    Image.open(paths[0]).save(paths[0].with_name("again.png"), compress_level=0)
    again = pixels_sha256(read_picture(paths[0].with_name("again.png")))

    assert contents_sha256(digests) == contents_sha256([*digests[1:], again])
    assert contents_sha256(digests) != contents_sha256(digests[1:])
    assert len(set(digests)) == 3
