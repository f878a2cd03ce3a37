from dataclasses import replace

import pytest

from c2c.cli.summary import print_trainings
from c2c.records import Event, Kept, TrainingRecord, write_record
from c2c.records.provenance import provenance


@pytest.fixture
def training():
    """A training with validation, of which the best step translated."""
    return TrainingRecord(
        approach="paris-[to]-burano",
        approach_kind="cyclegan",
        status="done",
        message="",
        settings={},
        step=400,
        steps=400,
        seconds=1.0,
        losses={},
        parameters={},
        checkpoint="checkpoints/cyclegan/step-00000300",
        device="cpu",
        precision="float32",
        peak_memory_bytes=None,
        data={},
        provenance=provenance("r", "ab", 0),
        validation={"kid": [(300, 0.05), (400, 0.0625)]},
        score_name="kid",
        last=Kept(400, 0.0625, "last"),
        best=Kept(300, 0.05, "best"),
        translates="best",
    )


@pytest.fixture
def printed(tmp_path, monkeypatch, capsys):
    """Prints a training as a terminal that knows colours gets it."""
    for name, value in {"FORCE_COLOR": "1", "TERM": "xterm", "COLUMNS": "60"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("NO_COLOR", raising=False)

    def show(record):
        write_record(tmp_path / "records", record)
        print_trainings(tmp_path)
        return capsys.readouterr().out

    return show


def test_a_training_with_validation_is_one_line_with_its_last_and_its_best_step(printed, training):
    assert printed(training) == (
        "paris-[to]-burano: last step 400 (KID 0.0625), best step 300 (KID 0.05); the best translated.\n"
    )


def test_a_training_without_validation_or_events_is_no_line(printed, training):
    assert printed(replace(training, validation={}, best=None)) == ""


def test_what_was_noticed_is_yellow_and_brackets_stay(printed, training):
    event = Event(120, "non-finite", "generator [/ab] was not a number")
    told = printed(replace(training, validation={}, events=(event,)))

    assert "\x1b[33mparis-[to]-burano, step 120, non-finite: generator [/ab] was not a number\x1b[0m" in told


def test_of_many_events_the_first_are_told_and_the_rest_are_counted(printed, training):
    events = tuple(Event(step, "non-finite", "a loss") for step in range(1, 101))
    told = printed(replace(training, validation={}, events=events))

    assert "step 5, non-finite" in told
    assert "step 6, non-finite" not in told
    assert "95 more such events" in told
