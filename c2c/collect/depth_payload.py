"""The depth payload of street-level panoramas: planes and an index raster in a few kilobytes of text.

The text is URL-safe base64 without padding. Its bytes, little-endian, raw or deflated (an older service):

    u8 header size = 8 | u16 planes | u16 width | u16 height | u8 offset = 8
    width x height u8: the plane of each pixel, row by row in the order of the picture's columns
    planes x 4 float32: nx, ny, nz, d

What the numbers mean is told in `c2c.geometry.planes`. Sizes are checked before anything is read, so a torn or a
hostile payload ends in a `PayloadError`, never in a read outside of it or a large allocation.
"""

import base64
import binascii
import re
import struct
import zlib

import numpy as np

from c2c.errors import PayloadError
from c2c.geometry.planes import DepthPlanes

HEADER = struct.Struct("<BHHHB")
HEADER_SIZE = 8
PLANE_BYTES = 16
MOST_PIXELS = 1024 * 512  # of the raster; the service sends 512 x 256
MOST_PLANES = 256  # what a byte can name
MOST_BYTES = HEADER_SIZE + MOST_PIXELS + MOST_PLANES * PLANE_BYTES
MOST_CHARACTERS = 4 * (MOST_BYTES + 2) // 3
MOST_NEGATIVE = 1e-3  # share of rays that miss their plane; 1.3e-4 is the most in 409 real payloads

_STANDARD = str.maketrans("-_", "+/")


def decode(text: str) -> DepthPlanes:
    """The planes of a payload as the service sends it, raw or deflated.

    Raises:
        PayloadError: it is torn, too large, no payload, or its frame is mirrored or turned.
    """
    data = _from_base64(text)
    planes = unpack(data if data[:1] == bytes([HEADER_SIZE]) else _inflated(data))
    negative = planes.negative_share()
    if negative > MOST_NEGATIVE:
        raise PayloadError(
            f"Of the rays with a plane in this depth payload, {negative:.1%} do not meet it ahead of the camera; at "
            f"most {MOST_NEGATIVE:.1%} were expected: it is mirrored or turned against its panorama.\n"
            "Leave its columns in the order in which the service sends them, the middle one at the heading."
        )
    return planes


def encode(planes: DepthPlanes, deflated: bool = False) -> str:
    """The payload of planes: what `decode` reads; raw, it gives a service's own payload back to the bit.

    Raises:
        PayloadError: these planes do not fit in a payload.
    """
    data = pack(planes)
    return base64.urlsafe_b64encode(zlib.compress(data) if deflated else data).decode("ascii").rstrip("=")


def unpack(data: bytes) -> DepthPlanes:
    """The planes of a payload's bytes, in whatever frame they are.

    Raises:
        PayloadError: they are torn, too large, or no payload.
    """
    if len(data) < HEADER_SIZE:
        raise _torn(f"it ends after {len(data)} bytes, and its header alone has {HEADER_SIZE}")
    header_size, count, width, height, offset = HEADER.unpack_from(data)
    if header_size != HEADER_SIZE or offset != HEADER_SIZE:
        raise _torn(f"its header begins with {header_size} and ends with {offset} where both are {HEADER_SIZE}")
    _check_sizes(count, width, height)
    pixels = width * height
    expected = HEADER_SIZE + pixels + count * PLANE_BYTES
    if len(data) != expected:
        raise _torn(f"{count} planes and {width} x {height} pixels take {expected} bytes, and it has {len(data)}")
    index = np.frombuffer(data, np.uint8, pixels, HEADER_SIZE).reshape(height, width)
    highest = int(index.max())
    if highest >= count:
        raise _torn(f"a pixel names plane {highest}, and there are {count}")
    return DepthPlanes(index, np.frombuffer(data, "<f4", 4 * count, HEADER_SIZE + pixels).reshape(count, 4))


def pack(planes: DepthPlanes) -> bytes:
    """The bytes of a payload, raw.

    Raises:
        PayloadError: these planes do not fit in a payload.
    """
    height, width = planes.index.shape
    count = len(planes.planes)
    _check_sizes(count, width, height)
    if int(planes.index.max()) >= count:
        raise _torn(f"a pixel names plane {int(planes.index.max())}, and there are {count}")
    header = HEADER.pack(HEADER_SIZE, count, width, height, HEADER_SIZE)
    return header + planes.index.astype(np.uint8).tobytes() + planes.planes.astype("<f4").tobytes()


def _check_sizes(count: int, width: int, height: int) -> None:
    if not 0 < width * height <= MOST_PIXELS:
        raise _torn(f"its raster would have {width} x {height} pixels, and 1 to {MOST_PIXELS} can be")
    if not 0 < count <= MOST_PLANES:
        raise _torn(f"it would have {count} planes, and 1 to {MOST_PLANES} can be named by a byte")


def _from_base64(text: str) -> bytes:
    text = text.strip()
    if len(text) > MOST_CHARACTERS:
        raise _torn(f"it has {len(text)} characters, and {MOST_CHARACTERS} are the most")
    if not re.fullmatch(r"[A-Za-z0-9_+/-]+={0,2}", text):
        raise _torn("it is empty, or has characters that are not base64")
    text = text.rstrip("=").translate(_STANDARD)
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4))
    except binascii.Error as error:
        raise _torn(f"it is no base64: {error}") from error


def _inflated(data: bytes) -> bytes:
    inflate = zlib.decompressobj()
    try:
        plain = inflate.decompress(data, MOST_BYTES + 1)
    except zlib.error as error:
        raise _torn(f"it is neither raw nor deflated: {error}") from error
    if len(plain) > MOST_BYTES:
        raise _torn(f"it inflates to more than {MOST_BYTES} bytes")
    if not inflate.eof or inflate.unused_data:
        raise _torn("what is deflated in it does not end where it ends")
    return plain


def _torn(what: str) -> PayloadError:
    return PayloadError(
        f"This depth payload cannot be read: {what}.\nFetch it again, or use the panorama without depth."
    )
