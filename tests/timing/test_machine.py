import time

import torch

from c2c.records import provenance
from c2c.timing import machine as room
from c2c.timing.machine import LoadWatch, differing, fingerprint, machine


def test_a_machine_knows_its_processor_threads_vector_units_and_versions():
    found = machine()

    assert found["threads"] == torch.get_num_threads()
    assert found["torch"] == provenance.versions()["torch"]
    assert {"processor", "cores", "memory_gib", "gpu", "vector_units", "waiting", "python"} <= set(found)


def test_the_same_machine_has_the_same_fingerprint_and_other_threads_another():
    facts = machine()

    assert fingerprint(facts) == fingerprint(machine())
    assert fingerprint({**facts, "threads": 64}) != fingerprint(facts)
    assert fingerprint({**facts, "c2c": "9.9", "load": 3.0, "system": "Linux 9"}) == fingerprint(facts)


def test_how_threads_wait_is_part_of_the_machine(monkeypatch):
    facts = machine()
    monkeypatch.setenv("OMP_WAIT_POLICY", "PASSIVE")

    assert "OMP_WAIT_POLICY=PASSIVE" in machine()["waiting"]
    assert fingerprint(machine()) != fingerprint(facts)


def test_what_keeps_two_machines_apart_is_told_in_words():
    facts = machine()

    assert differing(facts, {**facts, "threads": 64, "load": 9}) == [f"threads: {facts['threads']} and 64"]
    assert differing(facts, facts) == []


def test_a_governor_is_told_where_it_can_be_read(tmp_path, monkeypatch):
    (tmp_path / "scaling_governor").write_text("performance\n")
    monkeypatch.setattr(room, "CPU_SETTINGS", tmp_path)

    assert room._processor_settings() == {"governor": "performance"}


def test_processors_that_others_keep_busy_are_told_without_our_own_work(tmp_path, monkeypatch):
    stat, now, own = tmp_path / "stat", [100.0], [7.0]
    monkeypatch.setattr(room, "STAT", stat)
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    monkeypatch.setattr(room, "_own_seconds", lambda: own[0])
    monkeypatch.setattr(room.os, "sysconf", lambda name: 100)
    stat.write_text("cpu  1000 0 0 5000 0 0 0 0 0 0\n")
    watch = LoadWatch()
    stat.write_text("cpu  3500 0 500 9000 0 0 0 0 0 0\n")  # 30 processor seconds more
    now[0], own[0] = 110.0, 17.0  # 10 seconds later, 10 of them ours

    assert watch.others_busy() == 2.0


def test_where_the_system_does_not_tell_nobody_knows_what_others_do(tmp_path, monkeypatch):
    monkeypatch.setattr(room, "STAT", tmp_path / "absent")

    assert LoadWatch().others_busy() is None
