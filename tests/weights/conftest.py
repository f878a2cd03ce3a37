"""Small stand-ins for pretrained networks, in a cache of their own."""

import dataclasses
import hashlib

import pytest

from c2c.weights import KNOWN, Download, Weights, Wheel

CONTENT = b"kernels and biases " * 1000


@pytest.fixture
def content():
    """What the right file of the tiny network holds."""
    return CONTENT


@pytest.fixture
def cache(tmp_path, monkeypatch):
    """The folder the registry keeps its files in."""
    monkeypatch.setenv("C2C_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache" / "weights"


@pytest.fixture
def tiny(cache, monkeypatch):
    """A known network whose right file holds `content`."""
    weights = Weights(
        name="tiny",
        serves="tests",
        origin="nowhere",
        licence="MIT",
        file_name="tiny.pth",
        size_bytes=len(CONTENT),
        sha256=hashlib.sha256(CONTENT).hexdigest(),
        source=Download("http://127.0.0.1:9/tiny.pth"),
    )
    monkeypatch.setitem(KNOWN, "tiny", weights)
    return weights


@pytest.fixture
def tiny_in_a_wheel(tiny, monkeypatch):
    """The same network, travelling in a wheel under the name its source states."""
    weights = dataclasses.replace(tiny, source=Wheel("tiny-weights==1.0", "tiny_weights/weights.h5"))
    monkeypatch.setitem(KNOWN, "tiny", weights)
    return weights
