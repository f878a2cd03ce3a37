import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from c2c.errors import C2CError
from c2c.workers import FEW, done_in_order, one_at_a_time

MANY = range(FEW + 4)


def process_of(piece):
    return piece, os.getpid()


def fail_at_five(piece):
    if piece == 5:
        raise OSError(28, "No space left on device")
    return piece


def end_at_five(piece):
    if piece == 5:
        os.kill(os.getpid(), signal.SIGKILL)


def enter_alone(folder):
    here = folder / "processes"
    here.mkdir(exist_ok=True)
    (here / str(os.getpid())).touch()
    wait_for(lambda: len(list(here.iterdir())) == 2)  # so that both are at it together
    with one_at_a_time():
        for word in ("in", "out"):
            with (folder / "log").open("a") as file:
                file.write(f"{word} {os.getpid()}\n")
            time.sleep(0.01)


def wait_for(condition, seconds=60):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_a_few_pieces_are_done_by_this_process():
    assert list(done_in_order(process_of, range(FEW), 2)) == [(piece, os.getpid()) for piece in range(FEW)]


def test_many_pieces_are_done_by_other_processes_and_come_in_order():
    done = list(done_in_order(process_of, MANY, 2))
    assert [piece for piece, _ in done] == list(MANY)
    processes = {process for _, process in done}
    assert os.getpid() not in processes
    assert 1 <= len(processes) <= 2


@pytest.mark.parametrize("workers", [1, 2])
def test_what_goes_wrong_with_a_piece_is_raised_here(workers):
    done = done_in_order(fail_at_five, MANY, workers)
    assert [next(done) for _ in range(5)] == [0, 1, 2, 3, 4]
    with pytest.raises(OSError, match="No space left"):
        next(done)


def test_a_process_that_was_killed_is_told_in_words():
    with pytest.raises(C2CError, match="ended in the middle of it"):
        list(done_in_order(end_at_five, MANY, 2))


def test_no_two_processes_are_at_what_is_done_one_at_a_time(tmp_path):
    list(done_in_order(enter_alone, [tmp_path] * len(MANY), 2))
    lines = [line.split() for line in (tmp_path / "log").read_text().splitlines()]
    for (entered, one), (left, other) in zip(lines[::2], lines[1::2], strict=True):
        assert (entered, left, one) == ("in", "out", other)


SLOW = """
import os, sys, time
from pathlib import Path
from c2c.workers import done_in_order

def work(piece):
    Path(sys.argv[1], f"{piece}-{os.getpid()}").touch()
    time.sleep(0.2)

if __name__ == "__main__":
    list(done_in_order(work, range(60), 2))
"""


@pytest.fixture
def slow(tmp_path):
    """A program at slow work, in a group of processes of its own, and a function that lists who works in it."""
    (tmp_path / "slow.py").write_text(SLOW)
    places = tmp_path / "pieces"
    places.mkdir()
    command = [sys.executable, tmp_path / "slow.py", places]
    with subprocess.Popen(command, start_new_session=True, stderr=subprocess.PIPE, text=True) as program:

        def workers():
            return {int(path.name.split("-")[1]) for path in places.iterdir()}

        wait_for(lambda: len(workers()) == 2)
        yield program, workers
        program.kill()


def lives(process):
    try:
        state = Path(f"/proc/{process}/stat").read_text().rsplit(")")[1].split()[0]
    except OSError:
        return False
    return state != "Z"  # one that ended may wait to be noticed


@pytest.mark.skipif(sys.platform != "linux", reason="processes are looked up where Linux lists them")
def test_workers_end_with_a_parent_that_was_killed(slow):
    program, workers = slow
    program.kill()
    wait_for(lambda: not any(map(lives, workers())))


def test_an_interrupt_ends_all_of_it_soon_and_the_parent_alone_says_so(slow):
    program, _ = slow
    os.killpg(program.pid, signal.SIGINT)
    _, said = program.communicate(timeout=30)
    assert program.returncode != 0
    assert said.count("KeyboardInterrupt") == 1
