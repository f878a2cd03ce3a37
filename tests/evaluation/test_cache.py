import importlib
import json
import os
import sys
import threading
import time
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from PIL import Image

from c2c.errors import ScoreError
from c2c.evaluation import cache
from c2c.evaluation.features import features_of

SETTLED_S = 0.02


@pytest.fixture
def home(tmp_path, monkeypatch):
    """The cache's folder of features, where files settle soon: this disk's clock ticks at least every 10 ms."""
    monkeypatch.setenv("C2C_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(cache, "SETTLED_NS", int(SETTLED_S * 1e9))
    return tmp_path / "cache" / "features"


class Counting:
    """The mean colour of a picture, from a network that counts what it has seen."""

    name, weights_sha256, size_px, dims, resize = "counting", "1" * 64, 1, 3, "mean"

    def __init__(self):
        self.seen = 0

    def __call__(self, images):
        self.seen += len(images)
        return images.float().mean((2, 3))


@pytest.fixture
def network():
    return Counting()


def entries(home):
    return [path for path in home.iterdir() if not path.name.startswith(".")]


def repaint(path, colour):
    """Write another picture of the same size in pixels and in bytes, and put the time of the content back."""
    before = path.stat()
    Image.new("RGB", (8, 8), colour).save(path, compress_level=0)
    assert path.stat().st_size == before.st_size
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


@pytest.fixture
def flat(tmp_path):
    """A function that writes pictures of one colour whose files have one size in bytes, and lets them settle."""

    def write(folder, count):
        (tmp_path / folder).mkdir()
        paths = [tmp_path / folder / f"{number:03d}.png" for number in range(count)]
        for number, path in enumerate(paths):
            Image.new("RGB", (8, 8), (number, 0, 0)).save(path, compress_level=0)
        time.sleep(1.5 * SETTLED_S)
        return paths

    return write


def test_what_was_seen_comes_back_without_the_network_and_without_the_pixels(home, network, flat, monkeypatch):
    paths = flat("a", 20)
    first = features_of(paths, network, cached=True)
    monkeypatch.setattr("c2c.evaluation.features.read_picture", None)

    again = features_of(paths, network, cached=True)

    assert network.seen == 20
    assert torch.equal(again.features, first.features)
    assert (again.size, again.sha256, again.codec, again.folder) == (
        first.size,
        first.sha256,
        first.codec,
        first.folder,
    )
    assert torch.equal(again.sums.covariance, first.sums.covariance)


def test_the_sums_are_kept_beside_the_features(home, network, flat, monkeypatch):
    paths = flat("a", 5)
    first = features_of(paths, network, cached=True).sums
    monkeypatch.setattr("c2c.evaluation.sums.FeatureSums.of", None)

    again = features_of(paths, network, cached=True).sums

    assert again.n == 5
    assert torch.equal(again.mean, first.mean)
    assert torch.equal(again.covariance, first.covariance)


def test_nothing_is_kept_unless_it_is_asked_for(home, network, flat):
    paths = flat("a", 3)

    features_of(paths, network)
    features_of(paths, network)

    assert network.seen == 6
    assert not home.exists()


@pytest.mark.parametrize("number", [0, 7, 19])
def test_a_picture_written_again_is_seen_again_even_with_its_old_size_and_time(home, network, flat, number):
    paths = flat("a", 20)
    features_of(paths, network, cached=True)
    repaint(paths[number], (0, 0, 200))

    again = features_of(paths, network, cached=True)

    assert again.features[number].tolist() == [0, 0, 200]
    assert network.seen == 40


def test_pictures_rewritten_in_a_loop_as_validation_does_are_never_stale(home, network, flat):
    paths = flat("a", 3)
    for step in range(30):
        for path in paths:
            Image.new("RGB", (8, 8), (step, step, step)).save(path, compress_level=0)
        time.sleep(2 * SETTLED_S * (step % 3 == 0))  # now and then they settle, and are kept
        assert features_of(paths, network, cached=True).features.unique().tolist() == [step]


def test_a_set_that_changed_a_moment_ago_is_not_kept(home, network, flat, monkeypatch):
    monkeypatch.setattr(cache, "SETTLED_NS", 2_000_000_000)

    features_of(flat("a", 3), network, cached=True)

    assert not home.exists()


def test_a_set_that_changes_while_it_is_read_is_not_kept(home, network, flat):
    paths = flat("a", 3)

    class Meddling(Counting):
        def __call__(self, images):
            repaint(paths[1], (9, 9, 9))
            return super().__call__(images)

    features_of(paths, Meddling(), cached=True)

    assert not home.exists()


def test_other_files_another_order_and_another_network_are_other_entries(home, network, flat):
    paths = flat("a", 4)
    other = Counting()
    other.weights_sha256 = "2" * 64
    for asked in (paths, paths[::-1], paths[:3]):
        features_of(asked, network, cached=True)
    features_of(paths, other, cached=True)

    assert other.seen == 4
    assert network.seen == 11
    assert len(entries(home)) == 4


def test_a_network_without_a_file_of_its_own_is_not_kept_for_it_could_change_unseen(home, flat):
    def nameless(images):
        return images.float().mean((2, 3))

    nameless.name, nameless.dims = "nameless", 3
    assert features_of(flat("a", 2), nameless, cached=True).n == 2
    assert not home.exists()


def test_a_network_whose_code_changed_looks_again(home, flat, tmp_path, monkeypatch):
    code = tmp_path / "network_that_changes.py"
    code.write_text("from tests_cache_base import Counting\n\nclass Changing(Counting):\n    pass\n")
    monkeypatch.setitem(sys.modules, "tests_cache_base", SimpleNamespace(Counting=Counting))
    monkeypatch.syspath_prepend(tmp_path)
    network, paths = importlib.import_module("network_that_changes").Changing(), flat("a", 3)
    for _ in range(2):
        features_of(paths, network, cached=True)
    assert network.seen == 3

    code.write_text(code.read_text() + "\n# changed\n")
    features_of(paths, network, cached=True)

    assert network.seen == 6


def cut(entry):
    (entry / "features.npy").write_bytes((entry / "features.npy").read_bytes()[:-5])


def empty(entry):
    (entry / "features.npy").write_bytes(b"")


def flip(entry):
    content = bytearray((entry / "features.npy").read_bytes())
    content[-1] ^= 1
    (entry / "features.npy").write_bytes(content)


def forget(entry):
    (entry / "pictures.json").unlink()


def garble(entry):
    (entry / "pictures.json").write_text('["another program\'s"]')


def fewer(entry):
    about = json.loads((entry / "pictures.json").read_text())
    (entry / "pictures.json").write_text(json.dumps(about | {"pixels_sha256": about["pixels_sha256"][1:]}))


@pytest.mark.parametrize("damage", [cut, empty, flip, forget, garble, fewer])
def test_a_damaged_entry_is_ignored_and_made_again(home, network, flat, damage):
    paths = flat("a", 4)
    first = features_of(paths, network, cached=True)
    damage(*entries(home))

    again = features_of(paths, network, cached=True)

    assert network.seen == 8
    assert torch.equal(again.features, first.features)
    features_of(paths, network, cached=True)
    assert network.seen == 8


def test_damaged_sums_are_computed_again(home, network, flat):
    paths = flat("a", 4)
    first = features_of(paths, network, cached=True).sums
    file = entries(home)[0] / "sums.npz"
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 255
    file.write_bytes(content)

    assert torch.equal(features_of(paths, network, cached=True).sums.covariance, first.covariance)


def test_the_entries_that_were_not_used_for_longest_go_when_the_cache_is_full(home, network, flat, monkeypatch):
    sets = [flat(name, 4) for name in "abc"]
    for paths in sets[:2]:
        features_of(paths, network, cached=True)
    monkeypatch.setattr(cache, "MOST_BYTES", int(2.5 * size_of(entries(home)[0])))
    for age_s, folder in enumerate(entries(home)):
        os.utime(folder, (time.time() - 100 - age_s,) * 2)
    features_of(sets[0], network, cached=True)  # used now, so that the other is the older one

    features_of(sets[2], network, cached=True)
    before = network.seen
    features_of(sets[0], network, cached=True)
    features_of(sets[2], network, cached=True)

    assert network.seen == before == 12
    assert len(entries(home)) == 2


def size_of(folder):
    return sum(file.stat().st_size for file in folder.iterdir())


def test_what_killed_processes_left_is_swept(home, network, flat):
    home.mkdir(parents=True)
    for name, age_s in ((".killed", 7200), (".at-work", 1)):
        (home / name).mkdir()
        os.utime(home / name, (time.time() - age_s,) * 2)

    features_of(flat("a", 2), network, cached=True)

    assert [path.name for path in home.iterdir() if path.name.startswith(".")] == [".at-work"]


def test_a_cache_that_cannot_be_written_costs_no_score(tmp_path, network, flat, monkeypatch):
    (tmp_path / "blocked").write_text("")
    monkeypatch.setenv("C2C_CACHE", str(tmp_path / "blocked"))
    monkeypatch.setattr(cache, "SETTLED_NS", 0)  # else nothing would be tried

    assert features_of(flat("a", 2), network, cached=True).sums.n == 2


def test_those_who_write_one_entry_at_once_do_not_harm_each_other(home, flat):
    paths, networks = flat("a", 12), [Counting() for _ in range(4)]
    found = [None] * len(networks)

    def look(number):
        for _ in range(10):
            found[number] = features_of(paths, networks[number], cached=True).features.clone()
            for folder in entries(home)[:1]:
                (folder / "features.npy").unlink(missing_ok=True)

    threads = [threading.Thread(target=look, args=(number,)) for number in range(len(networks))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert all(np.array_equal(one, found[0]) for one in found)
    assert all(path.is_dir() and not path.name.startswith(".") for path in home.iterdir())


def test_a_missing_file_is_named_though_the_cache_is_asked_first(home, network, tmp_path):
    with pytest.raises(ScoreError, match=r"nothing\.png cannot be read"):
        features_of([tmp_path / "nothing.png"], network, cached=True)
