"""Two processes that look at pictures together, as torchrun starts them; torchmetrics joins what they found."""

import json
import os
import socket
import subprocess
import sys

import pytest
import torch

from c2c.evaluation.distances import FeatureStatistics, frechet_distance, kid
from c2c.evaluation.features import features_of

LOOK = """
import json, os, sys
from pathlib import Path

import torch

from c2c.errors import ScoreError
from c2c.evaluation import cache, sharing
from c2c.evaluation.features import features_of
from c2c.training import processes

sys.path.insert(0, {tests!r})
from conftest import MeanColours

second = os.fork()  # after all imports, which take longer than everything else
os.environ["RANK"] = "0" if second else "1"
torch.set_num_threads(1)
sharing.ROUND = 2  # so that the processes meet several times
cache.SETTLED_NS = 0
root, network = Path({root!r}), MeanColours()
with processes.joined(torch.device("cpu")):
    rank, sets = processes.rank(), {{}}
    for name in "abc":
        found = features_of(sorted((root / name).iterdir()), network, together=True)
        sets[name] = found.sha256
        torch.save(found.features, root / f"{{name}}-{{rank}}.pt")
    try:
        features_of(sorted((root / "torn").iterdir()), network, together=True)
    except ScoreError as error:
        sets["torn"] = str(error)
    for _ in range(2):
        found = features_of(sorted((root / "a").iterdir()), network, together=True, cached=True)
        sets["kept"] = [found.kept is not None, torch.equal(found.features, torch.load(root / f"a-{{rank}}.pt"))]
    (root / f"{{rank}}.json").write_text(json.dumps(sets))
if second:
    sys.exit(os.waitstatus_to_exitcode(os.waitpid(second, 0)[1]))
"""


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    """The pictures of three sets and a torn one, and what two processes found in them."""
    import numpy as np
    from PIL import Image

    root, generator = tmp_path_factory.mktemp("shared"), np.random.default_rng(0)
    for name, count in (("a", 61), ("b", 35), ("c", 3), ("torn", 70)):  # 8, 5, 1 and 9 batches
        (root / name).mkdir()
        for number in range(count):
            pixels = generator.integers(0, 256, (24, 32, 3), dtype=np.uint8)
            Image.fromarray(pixels).save(root / name / f"{number:03d}.png")
    torn = root / "torn" / "033.png"
    torn.write_bytes(torn.read_bytes()[:99])
    script = root / "look.py"
    script.write_text(LOOK.format(tests=os.path.dirname(__file__), root=str(root)))  # noqa: PTH120
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    more = {"OMP_NUM_THREADS": "1", "C2C_CACHE": str(root / "cache"), "WORLD_SIZE": "2"}
    more |= {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": port}
    command, environment = [sys.executable, str(script)], os.environ | more
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    return root


def alone(root, name, network):
    return features_of(sorted((root / name).iterdir()), network)


def together(root, name, rank):
    return torch.load(root / f"{name}-{rank}.pt")


@pytest.mark.parametrize("name", ["a", "b", "c"])
def test_two_processes_find_the_features_that_one_finds_to_the_last_bit_and_in_the_same_order(shared, colours, name):
    one = alone(shared, name, colours)

    for rank in (0, 1):
        assert torch.equal(together(shared, name, rank), one.features)
        assert told(shared, rank)[name] == one.sha256


def told(root, rank):
    return json.loads((root / f"{rank}.json").read_text())


def test_the_distances_are_the_same_from_one_process_and_from_two(shared, colours):
    one = [alone(shared, name, colours).features for name in "ab"]
    for rank in (0, 1):
        two = [together(shared, name, rank) for name in "ab"]

        assert kid(*two) == kid(*one)
        assert frechet_distance(*map(FeatureStatistics.of, two)) == frechet_distance(*map(FeatureStatistics.of, one))


def test_a_broken_file_is_named_in_both_processes_and_neither_waits_for_the_other(shared):
    for rank in (0, 1):
        assert "033.png is broken" in told(shared, rank)["torn"]


def test_one_process_writes_the_cache_and_both_read_it(shared):
    assert [told(shared, rank)["kept"] for rank in (0, 1)] == [[True, True]] * 2
    assert len(list((shared / "cache" / "features").iterdir())) == 1
