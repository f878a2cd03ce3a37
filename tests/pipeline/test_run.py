import pytest

import c2c
from c2c.errors import C2CError, DeviceError, RunError
from c2c.pipeline import SilentReporter, open_run, start_run
from c2c.pipeline.run import in_words
from c2c.recipe import digest
from c2c.records import read_record


@pytest.fixture
def run(tiny_recipe, tmp_path):
    return start_run(tiny_recipe, tmp_path / "run", "cpu", SilentReporter())


def test_a_run_that_was_started_can_be_opened(run, tiny_recipe):
    opened = open_run(run.folder.root, "cpu", SilentReporter())

    assert opened.recipe == tiny_recipe
    assert opened.device.type == "cpu"


def test_a_folder_that_holds_no_run_cannot_be_opened(tmp_path):
    with pytest.raises(RunError, match="holds no run"):
        open_run(tmp_path, "cpu", SilentReporter())


def test_a_wrong_device_is_told_before_anything_is_written(tiny_recipe, tmp_path):
    with pytest.raises(DeviceError):
        start_run(tiny_recipe, tmp_path / "run", "gpu", SilentReporter())

    assert not (tmp_path / "run").exists()


def test_a_key_depends_on_every_input_and_on_the_version(run, monkeypatch):
    key = run.key("a", 1, {"b": [2]})

    assert run.key("a", 1, {"b": [2]}) == key
    assert run.key("a", 1, {"b": [3]}) != key
    monkeypatch.setattr("c2c.pipeline.run.__version__", c2c.__version__ + ".1")
    assert run.key("a", 1, {"b": [2]}) != key


def test_a_stage_is_done_once_from_the_same_inputs(run):
    calls = []

    for key in ("one", "one", "two", "two", "one"):
        run.do("stage", key, lambda progress, key=key: calls.append(key))

    assert calls == ["one", "two", "one"]
    assert [stage.status for stage in run.stages] == ["done", "kept", "done", "kept", "done"]


def test_a_stage_that_fails_is_noted_raised_and_not_done(run):
    run.do("stage", "one", lambda progress: "well")

    def fail(progress):
        raise C2CError("no such thing")

    with pytest.raises(C2CError):
        run.do("stage", "two", fail)

    assert [(stage.status, stage.message) for stage in run.stages] == [("done", "well"), ("failed", "no such thing")]
    assert not run.ledger.is_done("stage", "one")  # who knows what the failure left
    assert not run.ledger.is_done("stage", "two")


def test_a_run_goes_on_after_a_failure_and_keeps_the_traceback_of_what_nobody_foresaw(run):
    with run.going_on("this part") as messages:
        raise ValueError("odd")

    assert messages == ["ValueError: odd"]
    assert "Traceback" in (run.folder.root / "errors" / "this-part.txt").read_text()


def test_nothing_goes_on_after_ctrl_c(run):
    with pytest.raises(KeyboardInterrupt), run.going_on("this part"):
        raise KeyboardInterrupt


def test_our_own_errors_are_told_in_their_own_words():
    assert in_words(C2CError("do this instead")) == "do this instead"
    assert in_words(KeyError("a")) == "KeyError: 'a'"


def test_the_summary_names_recipe_stages_and_where_they_come_from(run, tiny_recipe):
    run.do("stage", "one", lambda progress: None)

    record = run.write_summary(0.0)

    assert read_record(run.folder.records / "run.json") == record
    assert [stage.name for stage in record.stages] == ["stage"]
    assert (record.title, record.provenance.recipe) == ("Tiny", "tiny")
    assert record.provenance.recipe_sha256 == digest(tiny_recipe)
