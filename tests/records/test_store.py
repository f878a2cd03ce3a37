import json
import os
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from c2c.errors import RecordError
from c2c.records import (
    BenchRecord,
    ChangeRecord,
    CityRecord,
    ClassChanges,
    ClassTable,
    CrawledPlace,
    CrawlRecord,
    Event,
    Kept,
    LicenceCount,
    Panel,
    Recognised,
    RunRecord,
    Sample,
    ScaleRecord,
    Score,
    ScoreRecord,
    Skipped,
    Stage,
    Strength,
    TimingRecord,
    TrainingRecord,
    TranslationRecord,
    file_name,
    of_type,
    read_record,
    read_records,
    write_atomically,
    write_record,
)


@pytest.fixture
def records(proof):
    """One record of each type."""
    score = Score(
        "kid", 0.125, "lower", "reference", 24, 24, {"extractor": "e"}, "f" * 16, 0.01, "standard deviation", {"a": 0.5}
    )
    table = ClassTable(((0.25, 0.75), (0.0, 0.0)), ((0.2, 0.7), (0.0, 0.0)), ((0.3, 0.8), (0.0, 0.0)))
    classes = ClassChanges(
        names=("road", "water"),
        colours=("#6b6b76", "#2a9d8f"),
        input_shares=(1.0, 0.0),
        output=table,
        truth=table,
        truth_as_read=table,
        input_as_read=table,
        truth_form="truth",
        recognised=(Recognised("old", 1.0, 0.9, 0.8, True), Recognised("new", 0.0, None, None, False)),
        accuracy=0.9,
        accuracy_source=0.8,
        bound=0.6,
        agreement=score,
        agreement_of_truth=0.9,
        agreement_of_input=0.1,
        folders={"output": "pictures/cyclegan/old-to-new/32/classes"},
        protocol={"classifier": "small"},
    )
    strength = Strength(12.5, (11.0, 14.0), (10.0, 12.5, 15.0), {"a": 12.5})
    panel = Panel("output", "image", "pictures/cyclegan/old-to-new/32/fake", "generated")
    return {
        "run.json": RunRecord("Title", {"seed": 0}, (Stage("prepare old", "done", 1.5),), 2.5, proof),
        "city-old.json": CityRecord(
            "old", "folder", "old", {"train": 4}, 3, (Skipped("é.png", "broken"),), "data/m.json", "ab", proof
        ),
        "training-cyclegan.json": TrainingRecord(
            approach="cyclegan",
            approach_kind="cyclegan",
            status="diverged",
            message="step 3",
            settings={"blocks": 1},
            step=2,
            steps=4,
            seconds=1.0,
            losses={"cycle_a": [(1, 0.5), (2, 0.25)]},
            parameters={"generator_ab": 12},
            checkpoint="",
            device="cpu",
            precision="float32",
            peak_memory_bytes=None,
            data={"old": "ab"},
            provenance=proof,
            rates=[(1, 2e-4)],
            gradient_norms={"generators": [(1, 0.5)]},
            validation={"kid old-to-new": [(2, 0.25)], "kid": [(2, 0.25)]},
            score_name="kid",
            last=Kept(2, None, "checkpoints/cyclegan/step-00000002"),
            best=Kept(1, 0.25, "checkpoints/cyclegan/best/step-00000001"),
            translates="best",
            events=(Event(2, "non-finite", "cycle_a"),),
            samples=(Sample(1, "old-to-new", "a", "samples/input/a.png", "samples/step-00000001/a.png"),),
            log="checkpoints/cyclegan/log.jsonl",
            processes=2,
        ),
        "translation-cyclegan-old-to-new-32.json": TranslationRecord(
            approach="cyclegan",
            approach_kind="cyclegan",
            direction="old-to-new",
            source="old",
            target="new",
            status="done",
            message="",
            trained_size=32,
            size=32,
            panels=(panel,),
            pictures=("a", "b"),
            seconds=0.5,
            checkpoint="checkpoints/cyclegan/step-00000004",
            provenance=proof,
        ),
        "score-copy-the-input-old-to-new-32.json": ScoreRecord(
            "copy-the-input", "reference", "", "old-to-new", "old", "new", None, 32, (score,), proof
        ),
        "scale-cyclegan-old-to-new-64.json": ScaleRecord(
            approach="cyclegan",
            approach_kind="cyclegan",
            family=("cyclegan", "cyclegan-64"),
            trainings=("cyclegan",),
            direction="old-to-new",
            source="old",
            target="new",
            trained_size=32,
            size=64,
            scores=(score,),
            reduced_by="bicubic",
            refused="",
            note="",
            provenance=proof,
            keeps_shape=False,
        ),
        "change-cyclegan-old-to-new-32.json": ChangeRecord(
            approach="cyclegan",
            approach_kind="cyclegan",
            direction="old-to-new",
            source="old",
            target="new",
            size=32,
            inputs="data/old/views/image-32",
            outputs="pictures/cyclegan/old-to-new/32/fake",
            maps="pictures/cyclegan/old-to-new/32/change",
            mean_map="pictures/cyclegan/old-to-new/32/change-mean.png",
            top=60.0,
            colours=("#000004", "#fcffa4"),
            strength=strength,
            true_strength=replace(strength, interval=None),
            classes=classes,
            protocol={"measure": "CIELAB"},
            provenance=proof,
        ),
        "bench-demo-cyclegan-step-128-cpu.json": BenchRecord(
            case="demo cyclegan step 128 cpu",
            region="one whole step",
            device="cpu",
            status="measured",
            reason="",
            unit="s/step",
            better="lower",
            samples=(0.5, 0.25, 0.5),
            median=0.5,
            interquartile_range=0.125,
            first_call_s=2.0,
            parts={"data": (0.125, 0.125), "forward": (0.25, 0.25)},
            peak_memory_bytes=2**20,
            load_before=0.5,
            load_after=1.0,
            others_busy=0.25,
            commit="ab" * 20,
            dirty=True,
            fingerprint="f" * 12,
            provenance=proof,
        ),
        "crawl-old.json": CrawlRecord(
            city="old",
            sources={"panoramax": 1},
            centre=(48.85, 2.35),
            radius_m=500.0,
            order="dfs",
            terms={},
            states={"done": 1, "failed": 1},
            failures={"gone": 1},
            licences=(LicenceCount("CC BY-SA 4.0", "https://creativecommons.org/licenses/by-sa/4.0/", True, 1),),
            with_depth=1,
            bytes=1000,
            captured=("2019-05", "2019-05"),
            fetched=("2026-11-01T00:00:00+00:00", "2026-11-01T00:00:00+00:00"),
            places=(CrawledPlace(48.85, 2.35, "done", 1, None), CrawledPlace(48.8501, 2.35, "failed", 0, 0)),
            provenance=proof,
        ),
        "timing-cyclegan-translate-32-batch-1-cpu.json": TimingRecord(
            case="cyclegan translate 32 batch 1 cpu",
            approach="cyclegan",
            what="translate",
            size=32,
            batch=1,
            device="cpu",
            status="measured",
            reason="",
            unit="images/s",
            samples=(10.0, 11.0, 12.0),
            median=11.0,
            interquartile_range=1.0,
            timed_region="all",
            threads=1,
            peak_memory_bytes=None,
            provenance=proof,
        ),
    }


def test_every_record_comes_back_as_it_was_from_a_file_of_its_name(records, tmp_path):
    for name, record in records.items():
        path = write_record(tmp_path, record)
        assert path == tmp_path / name
        assert read_record(path) == record

    assert read_records(tmp_path) == [records[name] for name in sorted(records)]
    assert of_type(read_records(tmp_path), ScoreRecord) == [records["score-copy-the-input-old-to-new-32.json"]]


def test_the_same_result_lands_in_the_same_file(records, tmp_path):
    record = records["city-old.json"]
    write_record(tmp_path, record)

    write_record(tmp_path, replace(record, with_depth=99))

    assert [path.name for path in tmp_path.iterdir()] == ["city-old.json"]
    assert read_record(tmp_path / "city-old.json").with_depth == 99


def test_a_record_is_readable_by_people(records, tmp_path):
    text = write_record(tmp_path, records["city-old.json"]).read_text(encoding="utf-8")

    assert "é.png" in text
    assert text.count("\n") > 10
    assert text.endswith("}\n")


def test_a_file_name_is_safe_on_any_file_system(records):
    record = replace(records["timing-cyclegan-translate-32-batch-1-cpu.json"], case="A/B: ünsafe*")

    assert file_name(record) == "timing-a-b-nsafe-.json"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "cannot be read as a record"),
        ('{"kind": "city", "ci', "cannot be read as a record"),
        ("[]", "is no c2c record"),
        ("{}", "its kind is None"),
        ('{"kind": ["city"]}', "is no c2c record"),
        ('{"kind": "house"}', "'house'"),
        ('{"kind": "city", "schema": 1}', "is no whole city record"),
        ('{"kind": "city", "schema": "new"}', "is no whole city record"),
        ('{"kind": "city", "schema": 2}', "newer than 1"),
    ],
)
def test_a_file_that_is_no_record_is_an_error_that_names_it(text, words, tmp_path):
    path = tmp_path / "city-old.json"
    path.write_text(text)

    with pytest.raises(RecordError) as found:
        read_record(path)

    assert words in str(found.value)
    assert str(path) in str(found.value)


def test_a_missing_file_is_an_error_in_words(tmp_path):
    with pytest.raises(RecordError, match="cannot be read as a record"):
        read_record(tmp_path / "run.json")


def test_a_newer_schema_asks_for_an_update(records, tmp_path):
    path = write_record(tmp_path, replace(records["city-old.json"], schema=2))

    with pytest.raises(RecordError, match="Update c2c"):
        read_record(path)


def test_a_training_of_before_trainings_were_watched_is_still_read(records, tmp_path):
    record = records["training-cyclegan.json"]
    path = write_record(tmp_path, record)
    old = json.loads(path.read_text())
    new = ("rates", "gradient_norms", "validation", "score_name", "last", "best", "translates", "events", "samples")
    for name in (*new, "log", "processes"):
        del old[name]
    path.write_text(json.dumps(old))

    read = read_record(path)

    assert (read.losses, read.step) == (record.losses, 2)
    assert (read.rates, read.validation, read.events, read.samples) == ([], {}, (), ())
    assert (read.last, read.best, read.translates, read.processes) == (None, None, "last", 1)


def test_a_torn_copy_of_any_length_is_an_error_and_never_half_a_record(records, tmp_path):
    path = write_record(tmp_path, records["city-old.json"])
    whole = path.read_bytes()
    for length in range(0, len(whole) - 2, 37):
        path.write_bytes(whole[:length])
        with pytest.raises(RecordError):
            read_record(path)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["kind", "schema", "city"]), inner),
        max_leaves=5,
    )
)
def test_no_json_gets_past_the_reader_but_as_a_record_error(tmp_path_factory, value):
    path = tmp_path_factory.getbasetemp() / "any.json"
    path.write_text(json.dumps(value))

    with pytest.raises(RecordError):
        read_record(path)


def test_writing_makes_the_folder_and_leaves_nothing_else(tmp_path):
    path = tmp_path / "a" / "b" / "c.txt"

    write_atomically(path, "ü\n")

    assert path.read_bytes() == b"\xc3\xbc\n"
    assert list(path.parent.iterdir()) == [path]
    assert path.stat().st_mode & 0o777 == 0o644


@pytest.mark.parametrize("moment", ["fsync", "chmod", "replace"])
def test_a_failure_while_writing_leaves_the_old_file_and_no_rubbish(moment, tmp_path, monkeypatch):
    path = tmp_path / "run.json"
    write_atomically(path, "old")

    def fail(*args, **kwargs):
        raise OSError("the disk is full")

    monkeypatch.setattr(os, moment, fail)
    with pytest.raises(OSError, match="full"):
        write_atomically(path, "new")

    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_reader_never_sees_half_of_a_file(tmp_path, monkeypatch):
    """At every call into the system, what lies under the name is old and whole."""
    path, seen = tmp_path / "run.json", []
    write_atomically(path, "old")
    for name in ("fsync", "chmod", "replace"):
        real = getattr(os, name)

        def spy(*args, real=real, **kwargs):
            seen.append(Path(path).read_text())
            return real(*args, **kwargs)

        monkeypatch.setattr(os, name, spy)

    write_atomically(path, "new")

    assert seen == ["old", "old", "old"]
    assert path.read_text() == "new"
