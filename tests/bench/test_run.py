import dataclasses
import subprocess
import sys

import pytest
from rich.console import Console

from bench import run as room
from bench.cases import Case, Work
from bench.history import new_folder, read_history
from bench.run import Where, parts_of, run, table_of, unmeasured
from c2c.records import read_records, write_record
from c2c.timing.machine import fingerprint, machine


@pytest.fixture
def where(proof):
    return Where("abcdef0123456789", False, machine(), proof)


def fake(name, call=int, device="cpu"):
    return Case(name, "what is inside", device, lambda device: Work(call), quick=True, alone=False)


def broken():
    raise RuntimeError("broken")


@pytest.fixture
def records(where, tmp_path):
    cases = [fake("fine cpu"), fake("bad cpu", broken), fake("far cuda", device="cuda")]
    return list(run(cases, tmp_path / "new", 0.0, where))


def shown(table):
    console = Console(width=200)
    with console.capture() as captured:
        console.print(table)
    return captured.get()


def test_every_case_becomes_a_record_with_all_its_samples_machine_load_and_commit(records, where, tmp_path):
    fine = records[0]

    assert sorted(read_records(tmp_path / "new"), key=lambda r: r.case) == sorted(records, key=lambda r: r.case)
    assert fine.region == "what is inside"
    assert len(fine.samples) >= 3
    assert min(fine.samples) <= fine.median <= max(fine.samples)
    assert (fine.commit, fine.dirty, fine.fingerprint) == ("abcdef0123456789", False, fingerprint(machine()))
    assert fine.load_after >= 0 or fine.load_after == -1


def test_a_broken_case_is_failed_and_one_without_its_device_skipped_and_the_rest_goes_on(records):
    assert [(r.status, r.reason) for r in records[1:]] == [
        ("failed", "RuntimeError: broken"),
        ("skipped", "no CUDA device"),
    ]
    assert all(record.median is None and record.samples == () for record in records[1:])


def test_each_run_has_a_folder_of_its_own_below_its_machine(tmp_path):
    folders = [new_folder(tmp_path, "f1", "2026-11-23T10:00:00+00:00", commit) for commit in ("abc", "abc", "")]

    assert [folder.relative_to(tmp_path).as_posix() for folder in folders] == [
        "f1/2026-11-23T100000-abc",
        "f1/2026-11-23T100000-abc-2",
        "f1/2026-11-23T100000-no-commit",
    ]


def test_histories_of_two_machines_merge_by_copying_and_are_never_mixed(records, tmp_path):
    here, there = records[0], dataclasses.replace(records[0], fingerprint="elsewhere", median=99.0)
    write_record(tmp_path / "history" / here.fingerprint / "a", here)
    write_record(tmp_path / "history" / "elsewhere" / "b", there)
    write_record(tmp_path / "history" / here.fingerprint / "put-wrongly", there)

    found = read_history(tmp_path / "history", here.fingerprint)

    assert found.records == (here,)
    assert "put-wrongly" in found.problems[0]
    assert "no timing of this machine" in found.problems[0]


def test_a_history_of_another_schema_is_said_and_left_as_it_was(records, tmp_path):
    folder = tmp_path / "history" / records[0].fingerprint / "later"
    path = write_record(folder, dataclasses.replace(records[0], schema=99))
    before = path.read_bytes()

    found = read_history(tmp_path / "history", records[0].fingerprint)

    assert found.records == ()
    assert "schema 99, newer than" in found.problems[0]
    assert path.read_bytes() == before


def test_the_table_shows_what_this_machine_measured_the_last_time(records, tmp_path):
    for moment, median in (("2026-11-01", 0.5), ("2026-11-02", 0.25)):
        proof = dataclasses.replace(records[0].provenance, created=moment)
        earlier = dataclasses.replace(records[0], provenance=proof, median=median, commit=f"{moment}-commit")
        write_record(tmp_path / records[0].fingerprint / moment, earlier)

    text = shown(table_of(records, read_history(tmp_path, records[0].fingerprint)))

    assert text.splitlines()[3].split()[-2] == "0.25"
    assert "bad cpu" not in text
    assert unmeasured(records) == ["failed: RuntimeError: broken: bad cpu", "skipped: no CUDA device: far cuda"]


def test_parts_have_a_table_of_medians_where_a_step_was_measured(records):
    split = dataclasses.replace(records[0], parts={"data": (0.1, 0.2, 0.3), "forward": (1.0, 1.0, 1.0)})

    assert parts_of(records) is None
    assert "0.2000" in shown(parts_of([split]))


def test_the_command_measures_keeps_and_ends_with_2_where_a_case_failed(monkeypatch, tmp_path, capsys, where):
    cases = {case.name: case for case in (fake("fine cpu"), fake("bad cpu", broken))}
    monkeypatch.setattr(room, "CASES", cases)
    monkeypatch.setattr(room, "here", lambda: where)

    def ends_with(*words):
        monkeypatch.setattr(sys, "argv", ["bench.run", "--out", str(tmp_path), "--seconds", "0", *words])
        return room.main()

    assert ends_with("--quick", "-k", "fine") == 0
    assert ends_with() == 2
    assert len(list((tmp_path / "history").rglob("bench-fine-cpu.json"))) == 2
    assert ends_with("-k", "nothing") == 2
    assert "No case holds 'nothing'" in capsys.readouterr().err
    assert ends_with("--list") == 0
    assert "fine cpu: what is inside" in capsys.readouterr().out


def test_the_commit_is_that_of_the_checkout_and_changes_in_it_are_told(tmp_path):
    def git(*words):
        who = ("-c", "user.name=c2c", "-c", "user.email=c2c@example.org")
        subprocess.run(["git", "-C", str(tmp_path), *who, *words], check=True, capture_output=True)

    git("init", "-q")
    git("commit", "-q", "--allow-empty", "-m", "first")
    clean = room.here(tmp_path)
    (tmp_path / "new.txt").write_text("new")

    assert len(clean.commit) == 40
    assert not clean.dirty
    assert room.here(tmp_path).dirty
    assert (room.here(tmp_path.parent).commit, room.here(tmp_path.parent).dirty) == ("", False)
