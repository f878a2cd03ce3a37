"""Features of sets of pictures that were seen before, so that nothing need be read or computed again.

An entry is known by all that its features depend on: the files (path, size, times of content and of status to the
nanosecond, inode), the extractor (its name, weights, resize and code), the code that reads pictures, the versions of
the libraries, and the kind of device. A file that is written again, replaced, moved or touched gives another entry,
also where its size and time of content were put back, because nobody can put back the time of status.

Two changes within one tick of a file system's clock bear the same time. So a set is kept only if every file in it was
unchanged for 2 s, the longest tick there is (FAT), before it was read, and is the same file afterwards. The clocks of
this machine and of a network disk are taken to agree within that.

An entry is a folder that appears whole or not at all, and is used only if its features have the hash it states. The
cache may be deleted at any time. The entries that were not used for longest go when it outgrows 4 GiB.
"""

import hashlib
import json
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
import torch
from torch import Tensor, nn

from c2c.evaluation import pictures
from c2c.evaluation.sums import FeatureSums
from c2c.models.features import FeatureNetwork
from c2c.paths import cache_folder, sha256_of

SETTLED_NS = 2_000_000_000  # a file that changed less long ago may change again without another time
MOST_BYTES = 4 << 30
STALE_S = 3600.0  # a scratch folder that nobody wrote into for so long was left by a process that was killed
LIBRARIES = ("numpy", "pillow", "torch", "torchvision")

FEATURES, ABOUT, SUMS = "features.npy", "pictures.json", "sums.npz"
_UNUSABLE = (OSError, ValueError, KeyError, TypeError, EOFError, BadZipFile)


@dataclass(frozen=True)
class Request:
    """What is asked of the cache: one set of files, seen by one network."""

    paths: tuple[Path, ...]
    files: str  # hash of what tells these files from others, and from themselves after a change
    settled: bool  # none of them changed in the last moments
    seer: str  # hash of what sees them


@dataclass(frozen=True)
class Seen:
    """Features of a set of pictures, with what is known of the pictures."""

    features: Tensor  # (N, D) float32
    size: tuple[int, int]
    codec: str
    digests: list[str]  # SHA-256 of each picture's pixels, in order
    folder: Path | None = None  # the entry

    @property
    def sha256(self) -> str:
        """Of all pixels."""
        return pictures.contents_sha256(self.digests)


def request_for(paths: Sequence[Path], network: FeatureNetwork, jpeg: bool = False) -> Request | None:
    """The request for these files as they are now; None where one is not there, or the network has no file."""
    found, seer = _files(paths), _seer(network, jpeg)
    if found is None or seer is None:
        return None
    return Request(tuple(paths), *found, seer)


def find(request: Request) -> Seen | None:
    """The features that were kept for a request, mapped from their file, or None. A damaged entry counts as none."""
    folder = _home(request)
    try:
        about = json.loads((folder / ABOUT).read_text(encoding="utf-8"))
        if sha256_of(folder / FEATURES) != about["features_sha256"]:
            return None
        features = np.load(folder / FEATURES, mmap_mode="c", allow_pickle=False)
        width, height = about["size"]
        found = Seen(torch.from_numpy(features), (width, height), about["codec"], list(about["pixels_sha256"]), folder)
        if features.dtype != np.float32 or features.ndim != 2 or len(features) != len(found.digests):
            return None
    except _UNUSABLE:
        return None
    if len(features) != len(request.paths):
        return None
    with suppress(OSError):  # somebody else's cache
        os.utime(folder)  # the order in which entries go
    return found


def store(request: Request, seen: Seen) -> Path | None:
    """Keep features; returns the entry, or None where they cannot be kept: scores do not depend on it."""
    if not request.settled or seen.features.nbytes > MOST_BYTES:
        return None
    again = _files(request.paths)
    if again is None or again[0] != request.files:  # changed while they were read
        return None
    folder = _home(request)
    try:
        with _scratch(folder) as made:
            np.save(made / FEATURES, seen.features.numpy(), allow_pickle=False)
            about = {
                "size": seen.size,
                "codec": seen.codec,
                "features_sha256": sha256_of(made / FEATURES),
                "pixels_sha256": seen.digests,
            }
            (made / ABOUT).write_text(json.dumps(about), encoding="utf-8")
            if find(request) is None:
                _remove(folder)
                with suppress(OSError):  # another process was first
                    made.rename(folder)
        _make_room(folder)
    except OSError:
        return None
    return folder


def find_sums(folder: Path, features: Tensor) -> FeatureSums | None:
    """The sums that lie beside these features in their entry, or None."""
    n, dims = features.shape
    try:
        with np.load(folder / SUMS, allow_pickle=False) as file:
            mean, scatter = torch.from_numpy(file["mean"]), torch.from_numpy(file["scatter"])
            if (int(file["n"]), mean.shape, scatter.shape) != (n, (dims,), (dims, dims)):
                return None
    except _UNUSABLE:
        return None
    sums = FeatureSums(0)
    sums.n, sums.mean, sums.scatter = n, mean, scatter
    return sums


def store_sums(folder: Path, sums: FeatureSums) -> None:
    """Lay the sums of an entry's features beside them, if there is still room for them."""
    with suppress(OSError), tempfile.TemporaryDirectory(dir=folder, prefix=".", ignore_cleanup_errors=True) as scratch:
        made = Path(scratch) / SUMS
        np.savez(made, mean=sums.mean.numpy(), scatter=sums.scatter.numpy(), n=sums.n)
        made.replace(folder / SUMS)


def _files(paths: Sequence[Path]) -> tuple[str, bool] | None:
    """The hash of what tells the files apart, and whether all of them have settled."""
    began, newest, digest = time.time_ns(), 0, hashlib.sha256()
    for path in paths:
        try:
            stat = os.stat(path)  # noqa: PTH116 -- a third of the time of Path.stat
        except OSError:
            return None
        newest = max(newest, stat.st_mtime_ns, stat.st_ctime_ns)
        told = (os.path.abspath(path), stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns, stat.st_ino)  # noqa: PTH100
        digest.update(f"{told}\n".encode())
    return digest.hexdigest(), newest + SETTLED_NS <= began


def _seer(network: FeatureNetwork, jpeg: bool) -> str | None:
    """The hash of what sees the pictures; None for code that cannot be told from another version of itself."""
    code = _code_sha256(type(network))
    if code is None:
        return None
    told = {
        "network": [network.name, network.weights_sha256, network.resize, network.dims],
        "code": [code, sha256_of(Path(pictures.__file__))],
        "libraries": [version(name) for name in LIBRARIES],
        "device": _device(network),
        "jpeg": jpeg,
    }
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()


def _code_sha256(kind: type) -> str | None:
    """The hash of the files that define a class and those it derives from; None where it has no file."""
    files = {
        base: getattr(sys.modules.get(base.__module__), "__file__", None)
        for base in kind.__mro__
        if base.__module__.partition(".")[0] not in ("builtins", "torch", "typing")
    }
    if not files.get(kind):
        return None
    return " ".join(sha256_of(Path(file)) for file in dict.fromkeys(files.values()) if file)


def _device(network: FeatureNetwork) -> str:
    first = next(network.parameters(), None) if isinstance(network, nn.Module) else None
    if first is not None and first.is_cuda:
        return torch.cuda.get_device_name(first.device)
    return torch.backends.cpu.get_cpu_capability()


def _home(request: Request) -> Path:
    key = hashlib.sha256(f"{request.files} {request.seer}".encode()).hexdigest()[:32]
    return cache_folder("features") / key


@contextmanager
def _scratch(folder: Path) -> Iterator[Path]:
    """A folder to make an entry in, beside the place where it belongs; gone afterwards unless it was moved there."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".", ignore_cleanup_errors=True) as scratch:
        made = Path(scratch) / folder.name
        made.mkdir()
        yield made


def _remove(folder: Path) -> None:
    """Take an entry away; who has mapped its features keeps them."""
    shutil.rmtree(folder, ignore_errors=True)


def _make_room(newest: Path) -> None:
    """Remove what killed processes left, then the entries not used for longest, until the rest is small enough."""
    entries = []
    for folder in newest.parent.iterdir():
        with suppress(OSError):
            used = folder.stat().st_mtime
            if not folder.name.startswith("."):
                entries.append((used, folder, sum(file.stat().st_size for file in folder.iterdir())))
            elif time.time() - used > STALE_S:
                _remove(folder)
    room = MOST_BYTES - sum(size for _, _, size in entries)
    for _, folder, size in sorted(entries):
        if room >= 0:
            return
        if folder != newest:
            _remove(folder)
            room += size
