import platform
import re
import subprocess
import sys

import c2c
from c2c.records import provenance as room
from c2c.records.provenance import machine, provenance, versions


def test_a_result_knows_its_command_recipe_and_seed(monkeypatch):
    monkeypatch.setattr(sys, "argv", ["/usr/bin/c2c", "run", "my recipe.toml", "--set", "seed=3"])

    found = provenance("toytown", "ab" * 32, 3)

    assert found.command == "c2c run 'my recipe.toml' --set seed=3"
    assert (found.recipe, found.recipe_sha256, found.seed) == ("toytown", "ab" * 32, 3)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00", found.created)


def test_versions_name_c2c_python_and_the_libraries_that_move_a_number():
    found = versions()

    assert (found["c2c"], found["python"]) == (c2c.__version__, platform.python_version())
    assert {"torch", "torchvision", "torchmetrics", "numpy", "pillow"} <= set(found)


def test_the_machine_is_described_in_plain_words():
    found = machine()

    assert set(found) == {"processor", "cores", "memory_gib", "system", "gpu"}
    assert found["cores"] >= 1
    assert found["processor"]
    assert found["memory_gib"] == -1 or found["memory_gib"] > 0.1


def test_a_machine_without_a_gpu_says_none(monkeypatch):
    def absent(*args, **kwargs):
        raise FileNotFoundError("nvidia-smi")

    monkeypatch.setattr(subprocess, "run", absent)

    assert room._gpu() == "none"


def test_threads_and_load_are_those_of_this_moment():
    found = provenance("toytown", "", 0).machine

    assert found["threads"] == 1  # tests run on one
    assert found["load"] >= 0 or found["load"] == -1


def test_records_are_made_without_torch():
    code = "import sys, c2c.records, c2c.recipe; from c2c.records.provenance import provenance as p; p('t', '', 0)"
    asked = [sys.executable, "-c", f"{code}; sys.exit('torch' in sys.modules)"]

    assert subprocess.run(asked, check=False).returncode == 0
