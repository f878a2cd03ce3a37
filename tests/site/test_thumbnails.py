import io

import numpy as np
import pytest
from PIL import Image

from c2c.site.thumbnails import BROKEN, LONGER_SIDE_PX, SETTINGS, made_from, thumbnail_of


def saved(image):
    buffer = io.BytesIO()
    image.save(buffer, "png")
    return buffer.getvalue()


def opened(data):
    return Image.open(io.BytesIO(data))


@pytest.mark.parametrize("form", SETTINGS)
@pytest.mark.parametrize(("size", "shown"), [((640, 480), (320, 240)), ((100, 800), (40, 320)), ((32, 16), (32, 16))])
def test_a_thumbnail_is_at_most_so_long_and_never_enlarged(form, size, shown):
    small = opened(thumbnail_of(Image.new("RGB", size, "teal"), form))

    assert small.size == shown
    assert max(shown) <= LONGER_SIDE_PX
    assert (small.mode, small.format) == ("RGB", form.upper())


def test_stripes_of_colour_stay_in_a_thumbnail():
    stripes = np.zeros((64, 64, 3), dtype=np.uint8)
    stripes[:, ::2], stripes[:, 1::2] = (230, 90, 90), (60, 175, 90)  # alike in brightness, unlike in colour
    seen = np.asarray(opened(thumbnail_of(Image.fromarray(stripes)))).astype(float)

    assert np.abs(seen - stripes).mean() < 10


def test_the_same_picture_gives_the_same_bytes():
    noise = Image.fromarray(np.random.default_rng(0).integers(0, 255, (300, 400, 3), dtype=np.uint8))

    assert made_from(saved(noise), False) == made_from(saved(noise), False)


@pytest.mark.parametrize("mode", ["L", "LA", "P", "RGBA", "1", "I;16"])
def test_a_picture_of_any_mode_has_a_thumbnail(mode):
    assert opened(made_from(saved(Image.new(mode, (8, 8))), False).thumbnail).mode in ("RGB", "RGBA")


def test_a_depth_map_is_coloured_in_full_size_and_so_is_its_thumbnail():
    made = made_from(saved(Image.fromarray(np.full((400, 400), 2560, dtype=np.uint16))), True)

    assert opened(made.in_colour).size == (400, 400)
    assert opened(made.thumbnail).size == (320, 320)
    assert np.ptp(opened(made.in_colour).getpixel((0, 0))) > 40


@pytest.mark.parametrize("harm", [lambda data: data[:-40], lambda data: data[:400], lambda data: flipped(data, 600)])
def test_a_torn_file_or_one_with_a_wrong_bit_is_refused(harm):
    noise = Image.fromarray(np.random.default_rng(0).integers(0, 255, (30, 40, 3), dtype=np.uint8))

    with pytest.raises(BROKEN):
        made_from(harm(saved(noise)), False)


def flipped(data, place):
    return data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]
