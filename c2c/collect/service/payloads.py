"""Depth payloads as a service might spoil them, by mistake or to do harm."""

import base64
import struct
import zlib

import numpy as np

from c2c.collect.depth_payload import decode, encode
from c2c.geometry.planes import DepthPlanes


def torn(payload: str) -> str:
    """The first part of a payload."""
    return payload[: len(payload) * 2 // 3]


def mirrored(payload: str) -> str:
    """A payload whose raster was turned over, left to right."""
    planes = decode(payload)
    return encode(DepthPlanes(np.ascontiguousarray(planes.index[:, ::-1]), planes.planes))


def hostile(payload: str, kind: int) -> str:
    """A payload made to do harm, one of several kinds."""
    made = (_greedy, _pointing_out, _bomb, lambda _: "%00" + "A" * 4000)
    return made[kind % len(made)](payload)


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _greedy(_: str) -> str:
    """A header that speaks of more than there is."""
    return _text(struct.pack("<BHHHB", 8, 65535, 65535, 65535, 8) + bytes(100))


def _pointing_out(_: str) -> str:
    """A raster that names planes which are not there."""
    return _text(struct.pack("<BHHHB", 8, 2, 512, 256, 8) + b"\xff" * (512 * 256) + bytes(32))


def _bomb(_: str) -> str:
    """A few kilobytes that inflate to tens of megabytes."""
    squeeze = zlib.compressobj(9)
    data = b"".join(squeeze.compress(bytes(1 << 20)) for _ in range(64))
    return _text(data + squeeze.flush())
