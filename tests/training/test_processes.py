"""Several processes that work together, started by torchrun itself."""

import json
import os
import re
import signal
import subprocess
import sys
import time

import pytest
import torch
from safetensors.torch import load_file

from c2c.training import processes
from c2c.training.checkpoint import newest, read_description
from c2c.training.log import curves, read_log

TORCHRUN = ["-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2", "-m", "c2c"]
ENVIRONMENT = {**os.environ, "OMP_NUM_THREADS": "1"}


def launch(*arguments, processes=2, options=(), **more):
    command = [sys.executable, *TORCHRUN, *map(str, arguments)] if processes == 2 else [sys.executable, "-m", "c2c"]
    if processes == 2:
        command[3:3] = options
    else:
        command += map(str, arguments)
    return subprocess.Popen(command, env=ENVIRONMENT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **more)


def told(process):
    out, err = process.communicate(timeout=300)
    assert process.returncode == 0, err
    return out


@pytest.fixture
def prepared(make_city, tiny_table, tmp_path):
    """A function that prepares a run of two cities of pictures for one approach, without an image pool."""
    for number, name in enumerate(("old", "new")):
        tiny_table["cities"][name]["folder"] = str(make_city(tmp_path / "photos" / name, count=9, seed=number))
    tiny_table["approaches"] = {"cyclegan": {**tiny_table["approaches"]["cyclegan"], "pool_size": 0}}

    def prepare(folder, **training):
        from c2c.pipeline import SilentReporter, stages, start_run
        from c2c.recipe import recipe_from

        tiny_table["training"] = {"steps": 6, "checkpoint_every": 2, "validation_pictures": 0, **training}
        run = start_run(recipe_from(tiny_table), tmp_path / folder, "cpu", SilentReporter())
        for city in run.recipe.cities:
            stages.prepare(run, city)
        return tmp_path / folder

    return prepare


def weights(folder):
    return load_file(newest(folder / "checkpoints" / "cyclegan") / "weights.safetensors")


def test_two_processes_with_one_picture_each_learn_what_one_learns_from_two(prepared):
    alone, together = prepared("alone", batch_size=2), prepared("together", batch_size=1)

    told(launch("train", alone, "cyclegan", processes=1))
    out = told(launch("train", together, "cyclegan"))

    expected, found = weights(alone), weights(together)
    difference = max(float((expected[key] - found[key]).abs().max()) for key in expected if "weight" in key)
    assert difference < 1e-5
    losses = [curves(read_log(folder / "checkpoints/cyclegan/log.jsonl"), "losses") for folder in (alone, together)]
    for name, curve in losses[0].items():
        assert losses[1][name] == [(step, pytest.approx(value, rel=1e-4)) for step, value in curve]
    assert out.count("checkpoints/cyclegan") == 1  # only the first process speaks
    assert read_description(together / "checkpoints" / "cyclegan").processes == 2
    record = json.loads((together / "records" / "training-cyclegan.json").read_text())
    assert record["processes"] == 2


def test_a_training_whose_worker_is_killed_is_taken_up_by_the_launcher(prepared):
    unbroken, broken = prepared("unbroken", steps=60), prepared("broken", steps=60)
    launcher = launch("train", broken, "cyclegan", options=("--max-restarts", "2"))
    deadline = time.monotonic() + 200
    while (
        newest(broken / "checkpoints" / "cyclegan") is None and launcher.poll() is None and time.monotonic() < deadline
    ):
        time.sleep(0.02)
    workers = children(launcher.pid)
    assert len(workers) == 2

    os.kill(workers[1], signal.SIGKILL)
    told(launcher)
    told(launch("train", unbroken, "cyclegan"))

    assert read_description(broken / "checkpoints" / "cyclegan").step == 60
    expected, found = weights(unbroken), weights(broken)
    assert all(torch.equal(expected[key], found[key]) for key in expected)


def children(pid):
    """The processes that a process started, in the order of their numbers."""
    found = subprocess.run(["ps", "-o", "pid=,args=", "--ppid", str(pid)], capture_output=True, text=True, check=True)
    return sorted(int(line.split()[0]) for line in found.stdout.splitlines() if "c2c" in line)


def test_translating_and_scoring_a_folder_give_the_same_from_one_process_and_from_two(
    tiny_checkpoint, make_city, tmp_path
):
    pictures = make_city(tmp_path / "photos", count=7) / "rgb"
    scores = []
    for number in (1, 2):
        out = tmp_path / f"translated-{number}"
        checkpoint = tiny_checkpoint("cyclegan")
        said = told(
            launch("translate", checkpoint, pictures, "--out", out, "--direction", "old-to-new", processes=number)
        )
        assert said.startswith("7 pictures in")
        scores.append(json.loads(told(launch("score", out, pictures, "--json", processes=number))))

    one, two = (sorted((tmp_path / f"translated-{number}").glob("*.png")) for number in (1, 2))
    assert [path.read_bytes() for path in one] == [path.read_bytes() for path in two]
    assert [(score["metric"], score["fingerprint"]) for score in scores[0]] == [
        (score["metric"], score["fingerprint"]) for score in scores[1]
    ]
    for first, second in zip(*scores, strict=True):
        assert second["value"] == pytest.approx(first["value"], rel=1e-4, abs=1e-6)


LEAVES_NO_THREAD = """
from pathlib import Path
import torch
from c2c.training import processes

tasks = Path("/proc/self/task")
before = len(list(tasks.iterdir()))
with processes.joined(torch.device("cpu")):
    import torch._dynamo  # as optimizers do
    processes.gather("a picture")
    assert len(list(tasks.iterdir())) > before
assert len(list(tasks.iterdir())) == before, [(task / "comm").read_text() for task in tasks.iterdir()]
"""


@pytest.mark.skipif(sys.platform != "linux", reason="threads are counted where Linux lists them")
def test_processes_that_worked_together_leave_no_thread_that_could_abort_them_at_their_end(tmp_path):
    (tmp_path / "together.py").write_text(LEAVES_NO_THREAD)
    command = [sys.executable, *TORCHRUN[:-2], tmp_path / "together.py"]

    told(subprocess.Popen(command, env=ENVIRONMENT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True))


def test_going_on_with_another_number_of_processes_is_refused_in_words(prepared):
    folder = prepared("run", steps=6)
    launcher = launch("train", folder, "cyclegan", processes=2)
    told(launcher)
    description = newest(folder / "checkpoints" / "cyclegan") / "checkpoint.json"
    unfinished = json.loads(description.read_text()) | {"step": 4}
    description.write_text(json.dumps(unfinished))
    (folder / "stages.json").unlink()

    process = launch("train", folder, "cyclegan", processes=1)
    _, err = process.communicate(timeout=300)

    assert process.returncode == 1
    assert re.search("processes: 2 then, 1 now", err)


def test_one_process_alone_is_the_first_and_has_all_the_work():
    assert (processes.rank(), processes.world(), processes.is_first()) == (0, 1, True)
    assert processes.share([1, 2, 3]) == [1, 2, 3]
    assert processes.gather("a") == ["a"]
    assert processes.decided_by_first(lambda: 7) == 7
    assert processes.mean(torch.tensor(2.0)) == 2
