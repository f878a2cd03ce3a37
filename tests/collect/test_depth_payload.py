import base64
import os
import re
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from PIL import Image

from c2c.collect import depth_payload
from c2c.collect.depth_payload import decode, encode, pack, unpack
from c2c.errors import PayloadError
from c2c.geometry.planes import DepthPlanes, panorama_rays

WASHINGTON = Path(__file__).parents[3] / "shared" / "data" / "streetview" / "washington.xml"
FUZZED = int(os.environ.get("C2C_FUZZED", "60"))  # by hand: C2C_FUZZED=10000

fuzzed = settings(max_examples=FUZZED, deadline=None, suppress_health_check=list(HealthCheck))
counts = st.integers(0, 70000)


def ground(height=4, width=8):
    """Ground 2.5 m under the camera, and sky."""
    index = np.zeros((height, width), np.uint8)
    index[height // 2 :] = 1
    return DepthPlanes(index, np.array([(0, 0, 0, 0), (0, 0, -1, 2.5)], np.float32))


def text_of(data):
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


@st.composite
def any_planes(draw):
    """Planes of any numbers, finite or not, with a raster of any size."""
    count = draw(st.integers(1, 12))
    shape = draw(st.tuples(st.integers(1, 9), st.integers(1, 9)))
    index = draw(st.binary(min_size=shape[0] * shape[1], max_size=shape[0] * shape[1]))
    numbers = draw(st.binary(min_size=16 * count, max_size=16 * count))
    raster = (np.frombuffer(index, np.uint8) % count).astype(np.uint8).reshape(shape)
    return DepthPlanes(raster, np.frombuffer(numbers, "<f4").reshape(count, 4))


@st.composite
def nearly_payloads(draw):
    """A payload that may be cut, stretched, flipped somewhere, or have another header."""
    data = bytearray(pack(draw(any_planes())))
    for _ in range(draw(st.integers(0, 4))):
        data[draw(st.integers(0, len(data) - 1))] = draw(st.integers(0, 255))
    cut = draw(st.integers(0, len(data)))
    data = data[: draw(st.sampled_from([cut, len(data)]))] + draw(st.binary(max_size=20))
    deflated = draw(st.booleans())
    return text_of(zlib.compress(bytes(data)) if deflated else bytes(data))


def decoded_or_refused(text):
    try:
        planes = decode(text)
    except PayloadError:
        return
    height, width = planes.index.shape
    assert height * width <= depth_payload.MOST_PIXELS
    assert planes.distance_m().shape == (height, width)


@given(any_planes())
def test_a_payload_comes_back_to_the_bit(planes):
    data = pack(planes)
    assert pack(unpack(data)) == data
    assert (unpack(data).index == planes.index).all()
    assert unpack(data).planes.tobytes() == planes.planes.tobytes()


@pytest.mark.parametrize("deflated", [False, True])
def test_text_comes_back_to_the_letter_raw_and_deflated(deflated):
    text = encode(ground(), deflated)
    assert encode(decode(text), deflated) == text
    assert "=" not in text
    assert decode(text).distance_m()[-1, 0] == pytest.approx(2.5 / np.sin(np.radians(67.5)))


def test_the_header_is_as_the_service_writes_it():
    assert pack(ground())[:8] == bytes([8, 2, 0, 8, 0, 4, 0, 8])
    assert pack(ground())[8:40] == bytes(16) + bytes([1] * 16)
    assert struct.unpack("<4f", pack(ground())[-16:]) == (0, 0, -1, 2.5)


def test_padding_and_the_other_alphabet_of_base64_are_read_too():
    text = encode(ground(4, 9))
    padded = (text + "=" * (-len(text) % 4)).replace("-", "+").replace("_", "/")
    assert pack(decode(f" {padded}\n")) == pack(ground(4, 9))


@pytest.mark.parametrize("turn_px", [0, 32, 128, 256, 384])
def test_a_mirrored_or_turned_frame_is_refused(turn_px):
    planes = np.array([(0, 0, 0, 0), (0, 1, 0, 10), (1, 0, 0, 4)], np.float32)  # walls ahead and on the right
    rays = panorama_rays(256, 512)
    ahead, right = rays[1] / 10, rays[0] / 4  # how near they are
    index = np.where(np.maximum(ahead, right) > 0.02, 1 + (right > ahead), 0).astype(np.uint8)
    assert decode(encode(DepthPlanes(index, planes))).negative_share() == 0
    for other in (np.roll(index, turn_px, axis=1) if turn_px else index[:, ::-1], np.roll(index[:, ::-1], turn_px, 1)):
        with pytest.raises(PayloadError, match="mirrored or turned"):
            decode(encode(DepthPlanes(other, planes)))


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"\x08", "ends after 1 bytes"),
        (struct.pack("<BHHHB", 8, 1, 0, 4, 8), "0 x 4 pixels"),
        (struct.pack("<BHHHB", 8, 1, 65535, 65535, 8), "65535 x 65535 pixels"),
        (struct.pack("<BHHHB", 8, 0, 2, 1, 8) + bytes(2), "0 planes"),
        (struct.pack("<BHHHB", 8, 257, 2, 1, 8) + bytes(2 + 257 * 16), "257 planes"),
        (struct.pack("<BHHHB", 8, 1, 2, 1, 9) + bytes(18), "ends with 9"),
        (struct.pack("<BHHHB", 8, 1, 2, 1, 8) + bytes(17), "take 26 bytes, and it has 25"),
        (struct.pack("<BHHHB", 8, 1, 2, 1, 8) + bytes(19), "take 26 bytes, and it has 27"),
        (struct.pack("<BHHHB", 8, 1, 2, 1, 8) + b"\0\1" + bytes(16), "names plane 1, and there are 1"),
        (b"not a payload", "neither raw nor deflated"),
        (zlib.compress(pack(ground()))[:-5], "does not end where it ends"),
        (zlib.compress(pack(ground())) + b"more", "does not end where it ends"),
        (zlib.compress(bytes(10**8)), "inflates to more than"),
    ],
)
def test_a_torn_payload_says_what_is_wrong_with_it(data, told):
    with pytest.raises(PayloadError, match=told):
        decode(text_of(data))


@pytest.mark.parametrize(
    ("text", "told"),
    [("", "empty"), ("a b", "not base64"), ("ü", "not base64"), ("A", "no base64"), ("A" * 10**7, "characters")],
)
def test_text_that_is_no_base64_is_refused(text, told):
    with pytest.raises(PayloadError, match=told):
        decode(text)


def test_planes_that_do_not_fit_in_a_payload_are_refused():
    planes = ground().planes
    for broken in (
        DepthPlanes(np.full((2, 4), 2, np.uint8), planes),
        DepthPlanes(np.zeros((2, 4), np.uint8), np.zeros((257, 4), np.float32)),
        DepthPlanes(np.zeros((1024, 1024), np.uint8), planes),
    ):
        with pytest.raises(PayloadError):
            encode(broken)


@fuzzed
@given(nearly_payloads())
@example("")
def test_a_hostile_payload_is_decoded_or_refused(text):
    decoded_or_refused(text)


@fuzzed
@given(counts, counts, counts, st.binary(max_size=400))
def test_a_hostile_header_is_decoded_or_refused(count, width, height, rest):
    header = struct.pack("<BHHHB", 8, count % 65536, width % 65536, height % 65536, 8)
    decoded_or_refused(text_of(header + rest))


@fuzzed
@given(st.text(max_size=200) | st.binary(max_size=200).map(text_of))
def test_any_text_is_decoded_or_refused(text):
    decoded_or_refused(text)


@pytest.mark.skipif(not WASHINGTON.is_file(), reason="the recorded answer is not on this machine")
def test_a_recorded_payload_decodes_and_comes_back_to_the_bit():
    text = re.search("<depth_map>([^<]*)", WASHINGTON.read_text())[1]
    planes = decode(text)
    assert planes.index.shape == (256, 512)
    assert encode(decode(encode(planes))) == encode(planes)
    assert planes.negative_share() == 0
    assert np.nanmedian(planes.distance_m()) == pytest.approx(4.3, abs=0.05)
    ground_plane = planes.planes[planes.index[-1, 0]]
    assert ground_plane == pytest.approx([0, 0, -1, 2.9], abs=0.02)  # the camera stands 2.9 m up
    mirrored = DepthPlanes(planes.index[:, ::-1], planes.planes)
    with pytest.raises(PayloadError, match="mirrored"):
        decode(encode(mirrored))


@pytest.mark.skipif(not WASHINGTON.is_file(), reason="the recorded answer is not on this machine")
def test_a_recorded_payload_lines_up_with_its_picture_and_its_mirror_image_does_not():
    planes = decode(re.search("<depth_map>([^<]*)", WASHINGTON.read_text())[1])
    picture = Image.open(WASHINGTON.with_suffix(".jpg")).convert("RGB").resize((512, 256), Image.Resampling.BOX)
    above_the_ground = slice(92, 126)
    red, _, blue = np.moveaxis(np.asarray(picture)[above_the_ground].astype(float), -1, 0)
    near = (planes.distance_m() < 40)[above_the_ground].astype(float)

    def likeness(houses):  # of what is near to what is red: its houses are of brick
        turns = [np.roll(houses, turn, axis=1).ravel() for turn in range(512)]
        return np.array([np.corrcoef(turned, (red - blue).ravel())[0, 1] for turned in turns])

    straight, mirrored = likeness(near), likeness(near[:, ::-1])
    assert min(straight.argmax(), 512 - straight.argmax()) <= 4  # of 512 columns
    assert straight.max() > mirrored.max()
