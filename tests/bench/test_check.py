import json
import subprocess
import time
from pathlib import Path

import pytest

from bench import check, turns, versions, workers
from bench.turns import Pace
from c2c.records import read_record
from c2c.timing.verdicts import Round, decide

PACE = Pace(turn_s=0.004, warm_up_s=0.0, first=12, most=48)
CASES = """
import os
import random
import time
from types import SimpleNamespace

now = [0.0]
chance = random.Random(os.getpid())


def napping(seconds, unit="s/call", result=2.0):
    # on a clock of its own that is a little wrong: what this machine does meanwhile decides no test
    time.perf_counter = lambda: now[0]

    def call():
        now[0] += seconds * chance.lognormvariate(0, 0.02)
        return [1.0, result]

    return lambda device: SimpleNamespace(call=call, items=1, unit=unit, close=lambda: None)


def sleeping(seconds):
    return lambda device: SimpleNamespace(call=lambda: time.sleep(seconds), items=1, unit="s/call", close=lambda: None)


def broken(device):
    raise ValueError("no such network")


def dying(device):
    os._exit(7)


def stuck():
    raise OSError("stuck")


def unclosable(device):
    return SimpleNamespace(call=napping(0.004)(device).call, items=1, unit="s/call", close=stuck)


def case(name, make, alone=False, device="cpu"):
    return SimpleNamespace(name=name, region="a nap", device=device, make=make, quick=name != "slow", alone=alone)


MADE = [%s]
CASES = {made.name: made for made in MADE}
"""


def git(folder: Path, *arguments: str) -> str:
    who = ("-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false")
    asked = ["git", "-C", str(folder), *who, *arguments]
    return subprocess.run(asked, check=True, capture_output=True, text=True).stdout.strip()


def commit(folder: Path, *cases: str) -> str:
    write(folder, *cases)
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "--allow-empty", "-m", "cases")
    return git(folder, "rev-parse", "HEAD")


def write(folder: Path, *cases: str) -> None:
    (folder / "bench").mkdir(exist_ok=True)
    (folder / "bench" / "__init__.py").touch()
    (folder / "bench" / "cases.py").write_text(CASES % ", ".join(cases), encoding="utf-8")


@pytest.fixture
def repository(tmp_path, monkeypatch) -> Path:
    folder = tmp_path / "repository"
    folder.mkdir()
    git(folder, "init", "-q", "-b", "main")
    (folder / ".gitignore").write_text("__pycache__\n/runs/\n", encoding="utf-8")
    monkeypatch.chdir(folder)
    return folder


def run(folder: Path, *arguments: str) -> tuple[int, dict]:
    code = check.main([*arguments, "--no-quality", "--budget", "60", "--out", str(folder / "runs")], PACE)
    record = read_record(folder / "runs" / "records" / "check.json")
    return code, {case.case: case for case in record.cases}


def test_a_slower_case_is_worse_and_the_others_are_not(repository):
    before = ['case("a", napping(0.004))', 'case("b", napping(0.004))', 'case("c", napping(0.006), alone=True)']
    commit(repository, *before)
    commit(repository, 'case("a", napping(0.006))', 'case("b", napping(0.004))', 'case("c", napping(0.004))')

    code, cases = run(repository)

    assert [cases[name].verdict for name in "abc"] == ["worse", "tie", "better"]
    assert cases["a"].effect == pytest.approx(0.5, abs=0.2)
    assert code == 1


def test_a_real_sleep_of_twice_the_length_is_worse(repository):
    commit(repository, 'case("a", sleeping(0.01))')
    commit(repository, 'case("a", sleeping(0.02))')

    code, cases = run(repository)

    assert (code, cases["a"].verdict) == (1, "worse")


@pytest.mark.parametrize(("share", "code"), [("0.15", 1), ("0.9", 0)])
def test_a_gate_fails_only_above_its_share_and_reports_everything_else(repository, share, code):
    commit(repository, 'case("a", napping(0.004))', 'case("gone", napping(0.004))')
    commit(repository, 'case("a", napping(0.006))')

    found, cases = run(repository, "--fail-above", share)

    assert found == code
    assert (cases["a"].verdict, cases["gone"].verdict) == ("worse", "missing")


def test_a_case_that_cannot_be_closed_is_failed_and_the_others_are_decided(repository):
    commit(repository, 'case("a", unclosable)', 'case("b", napping(0.004))')
    commit(repository, 'case("a", unclosable)', 'case("b", napping(0.004))')

    code, cases = run(repository)

    assert (code, cases["a"].verdict, cases["b"].verdict) == (2, "failed", "tie")
    assert "on closing, OSError: stuck" in cases["a"].reason


def test_a_case_whose_fewest_rounds_do_not_fit_takes_no_more_time():
    assert turns._fits(1.0, time.monotonic() + 60, time.monotonic() + 60)
    assert turns._fits(1.0, time.monotonic() + 10, time.monotonic() + 600)
    assert not turns._fits(10.0, time.monotonic() + 60, time.monotonic() + 600)


def test_a_gate_lets_pass_what_cannot_be_compared(repository):
    commit(repository, 'case("a", napping(0.004))')

    assert check.main(["--against", "nowhere", "--fail-above", "0.15"], PACE) == 0


def test_more_pictures_a_second_are_better(repository):
    commit(repository, 'case("a", napping(0.006, "images/s"))')
    commit(repository, 'case("a", napping(0.004, "images/s"))')

    code, cases = run(repository)

    assert (code, cases["a"].verdict, cases["a"].better) == (0, "better", "higher")
    assert cases["a"].after.median > cases["a"].before.median
    assert cases["a"].effect < 0  # of cost


def test_a_deleted_case_is_missing_and_a_new_one_is_skipped(repository):
    commit(repository, 'case("a", napping(0.001))')
    commit(repository, 'case("b", napping(0.001))')

    code, cases = run(repository)

    assert (cases["a"].verdict, cases["b"].verdict, code) == ("missing", "skipped", 2)


def test_a_case_that_raises_or_kills_its_process_is_failed_and_the_next_one_is_timed_all_the_same(repository):
    commit(repository, *(f'case("{name}", napping(0.004))' for name in "abc"))
    commit(repository, 'case("a", broken)', 'case("b", dying)', 'case("c", napping(0.004))')

    code, cases = run(repository)

    assert [cases[name].verdict for name in "abc"] == ["failed", "failed", "tie"]
    assert "ValueError: no such network" in cases["a"].reason
    assert "ended with 7" in cases["b"].reason
    assert code == 2


def test_a_case_that_needs_a_gpu_is_skipped_without_one_never_passed(repository):
    commit(repository, 'case("a", napping(0.001), device="cuda")')
    commit(repository, 'case("a", napping(0.001), device="cuda")')

    code, found = run(repository)

    assert (code, found["a"].verdict) == (0, "skipped")
    assert "no CUDA device" in found["a"].reason


def test_without_time_nothing_is_decided(repository):
    commit(repository, 'case("a", napping(0.004))')
    commit(repository, 'case("a", napping(0.004))')

    assert check.main(["--budget", "0.001"], PACE) == 3


def test_a_changed_result_is_shown_with_its_largest_difference(repository):
    commit(repository, 'case("a", napping(0.004))')
    commit(repository, 'case("a", napping(0.004, result=2.5))')

    assert run(repository)[1]["a"].output_difference == 0.5


def test_the_quick_cases_and_those_with_a_word_can_be_chosen(repository):
    commit(repository, *(f'case("{name}", broken)' for name in ("slow", "fast", "faster")))
    commit(repository, *(f'case("{name}", broken)' for name in ("slow", "fast", "faster")))

    assert set(run(repository, "--quick")[1]) == {"fast", "faster"}
    assert set(run(repository, "-k", "faster")[1]) == {"faster"}


def test_changes_that_are_not_committed_are_compared_as_the_working_tree(repository):
    commit(repository, 'case("a", broken)')
    write(repository, 'case("b", broken)')

    run(repository)
    record = json.loads((repository / "runs" / "records" / "check.json").read_text(encoding="utf-8"))

    assert record["after"] == "working tree"
    assert record["before"] == git(repository, "rev-parse", "HEAD")
    assert any("not committed" in note for note in record["notes"])


def test_an_unknown_revision_is_said_in_words_and_leaves_nothing_behind(repository, capfd):
    commit(repository, 'case("a", broken)')

    assert check.main(["--against", "nowhere"], PACE) == 2
    assert "no revision 'nowhere'" in capfd.readouterr().err
    assert not (repository / "runs").exists()


def test_a_version_whose_cases_cannot_be_loaded_is_said_in_words(repository, capfd):
    (repository / "bench").mkdir()
    (repository / "bench" / "__init__.py").touch()
    git(repository, "add", "-A")
    git(repository, "commit", "-q", "-m", "no cases")
    commit(repository, 'case("a", broken)')

    assert check.main([], PACE) == 2
    assert "No module named 'bench.cases'" in capfd.readouterr().err


def test_worktrees_are_removed_even_after_an_error(repository):
    first = commit(repository, 'case("a", broken)')
    commit(repository, 'case("a", broken)')

    seen = []

    def interrupted() -> None:
        with versions.checkouts(repository, first) as sides:
            seen.extend((side.folder, side.folder.exists()) for side in sides)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()

    assert [there for _, there in seen] == [True, True]
    assert not any(folder.exists() for folder, _ in seen)
    assert git(repository, "worktree", "list").count("\n") == 0


def test_the_default_is_the_merge_base_with_main(repository):
    first = commit(repository, 'case("a", broken)')
    git(repository, "switch", "-q", "-c", "side")
    commit(repository, 'case("a", broken)')

    assert versions.resolve(repository, "") == first


def test_a_folder_outside_of_git_is_said_in_words(tmp_path, monkeypatch, capfd):
    monkeypatch.chdir(tmp_path)

    assert check.main([], PACE) == 2
    assert "in no git checkout" in capfd.readouterr().err


def test_a_machine_that_changed_in_the_middle_decides_nothing(repository, monkeypatch):
    commit(repository, 'case("a", napping(0.004))')
    commit(repository, 'case("a", napping(0.008))')
    seen = iter([{"threads": 2}, {"threads": 1}])
    monkeypatch.setattr(check, "machine", lambda: next(seen))

    code, cases = run(repository)

    assert (code, cases["a"].verdict) == (3, "inconclusive")
    assert "threads: 2 and 1" in cases["a"].reason


def test_a_round_is_thrown_away_when_others_were_busy_in_the_turns_of_one_version_only():
    busy, quiet = [float(turns.cores())] * 2, [0.0, 0.0]  # seconds of a processor, in turns of a second

    assert turns._uneven({"before": quiet, "again": quiet, "after": busy}, 2.0)
    assert not turns._uneven({"before": busy, "again": busy, "after": busy}, 2.0)
    assert not turns._uneven({"before": [None, None], "again": quiet, "after": busy}, 2.0)


def test_what_seems_worse_is_asked_of_new_processes_before_it_is_believed():
    rounds = [Round((1.0, 1.0), (1.0, 1.0), (1.5, 1.5))] * 12
    case = turns.Watched("a", "", False, [rounds], decision=decide([1.5] * 12, [1.0, 1.01] * 6))

    assert case.decision.verdict == "worse"
    assert case.is_open
    assert check._checked(case).verdict == "inconclusive"


@pytest.mark.parametrize(
    ("after", "said"), [(1000, "tie"), (1090, "tie"), (1200, "worse"), (800, "better"), (None, "")]
)
def test_memory_is_judged_beside_what_two_processes_of_one_version_differ_by(after, said):
    mib = 2**20

    assert check.memory_verdict(1000 * mib, 1005 * mib, after and after * mib) == said
    assert check.memory_verdict(1000 * mib, 1300 * mib, after and after * mib) in ("tie", "")


def test_a_worker_that_does_not_answer_is_ended_and_replaced(repository, monkeypatch):
    commit(repository, 'case("a", sleeping(3.0))')
    with workers.Worker(repository) as worker:
        worker.ask(list=True)
        monkeypatch.setattr(workers, "LONGEST_S", 0.2)
        with pytest.raises(workers.WorkerDied, match="no answer"):
            worker.ask(measure="a", seconds=0.1)
        monkeypatch.setattr(workers, "LONGEST_S", 60.0)

        assert set(worker.ask(list=True)["cases"]) == {"a"}
