import json
import re

import pytest
from PIL import Image

from c2c.approaches.cyclegan import CycleGAN
from c2c.approaches.pix2pix import Pix2Pix
from c2c.errors import CheckpointError, ManifestError
from c2c.pipeline import SilentReporter, stages, start_run
from c2c.recipe import load_recipe, resolved
from c2c.records import (
    ChangeRecord,
    CityRecord,
    RunRecord,
    ScoreRecord,
    TimingRecord,
    TrainingRecord,
    TranslationRecord,
    of_type,
    read_record,
    read_records,
)
from c2c.training.checkpoint import newest

APPROACHES = ("cyclegan", "paris-depth", "depth-burano", "depth-chain")
STEMS = ("test-0000", "test-0001", "test-0002")
PLACES = {
    ("cyclegan", "paris-to-burano", 32),
    ("cyclegan", "burano-to-paris", 32),
    ("paris-depth", "paris-image-to-depth", 32),
    ("depth-burano", "burano-depth-to-image", 32),
    ("depth-chain", "paris-to-burano", 32),
    ("depth-chain", "paris-to-burano", 64),
}


def statuses(record):
    return {stage.name: stage.status for stage in record.stages}


def records_of(folder, kind):
    return of_type(read_records(folder / "records"), kind)


def files(folder):
    """Path and time of every file of a run but its ledger and records."""
    return {
        path.relative_to(folder).as_posix(): path.stat().st_mtime_ns
        for part in ("checkpoints", "pictures", "data")
        for path in (folder / part).rglob("*")
        if path.is_file()
    }


# One whole run


def test_a_run_does_every_stage_once_and_in_order(tiny_run):
    record = read_record(tiny_run.folder / "records" / "run.json")

    assert isinstance(record, RunRecord)
    assert [stage.name for stage in record.stages] == [
        "prepare paris",
        "prepare burano",
        *(f"{stage} {name}" for name in APPROACHES for stage in ("train", "translate")),
        *(f"score {name}" for name in APPROACHES),
        "score references",
        "scale depth-chain",
        "probe cyclegan",
        "probe depth-chain",
        "changes cyclegan",
        "changes depth-chain",
        *(f"time {name}" for name in APPROACHES),
    ]
    assert {stage.status for stage in record.stages} == {"done"}
    assert record.recipe == resolved(load_recipe(str(tiny_run.recipe)))


def test_a_run_leaves_a_record_of_every_result(tiny_run):
    found = read_records(tiny_run.folder / "records")

    assert {record.city for record in of_type(found, CityRecord)} == {"paris", "burano"}
    assert {record.approach: record.status for record in of_type(found, TrainingRecord)} == dict.fromkeys(
        APPROACHES, "done"
    )
    assert {(r.approach, r.direction, r.size) for r in of_type(found, TranslationRecord)} == PLACES
    approaches = {(r.subject, r.direction, r.size) for r in of_type(found, ScoreRecord) if r.subject_kind == "approach"}
    assert approaches == PLACES
    assert {r.case for r in of_type(found, TimingRecord)} >= {
        "cyclegan translate 32 batch 1 cpu",
        "cyclegan train 32 batch 1 cpu",
        "depth-chain translate 32 batch 1 cpu",
        "depth-chain translate 64 batch 1 cpu",
        "cyclegan train 32 batch 1 cuda",
    }


def test_a_run_leaves_every_picture_of_every_panel(tiny_run):
    for record in records_of(tiny_run.folder, TranslationRecord):
        assert record.pictures == STEMS
        assert len(record.panels) >= 3
        for panel in record.panels:
            for stem in STEMS:
                with Image.open(tiny_run.folder / panel.folder / f"{stem}.png") as image:
                    assert image.size == (record.size, record.size)
                    assert image.mode == ("RGB" if panel.modality == "image" else "I;16")


def test_a_training_record_tells_what_was_trained(tiny_run):
    record = read_record(tiny_run.folder / "records" / "training-cyclegan.json")

    assert (record.step, record.steps, record.device, record.precision) == (4, 4, "cpu", "float32")
    assert set(record.parameters) == {"generator_ab", "generator_ba", "discriminator_a", "discriminator_b"}
    assert {step for curve in record.losses.values() for step, _ in curve} == {1, 2, 3, 4}
    assert record.checkpoint == "checkpoints/cyclegan/step-00000004"
    assert set(record.data) == {"paris", "burano"}
    assert record.settings["size"] == 32


def test_a_run_ends_with_a_site_that_shows_every_approach(tiny_run):
    pages = {path.name: path.read_text(encoding="utf-8") for path in (tiny_run.folder / "site").glob("*.html")}

    assert "index.html" in pages
    for name in APPROACHES:
        assert any(name in text for text in pages.values())
    for text in pages.values():
        for source in re.findall(r'<img[^>]* src="([^"]+)"', text):
            assert source.startswith("data:") or (tiny_run.folder / "site" / source).is_file()


# Once more


def test_a_run_that_is_done_keeps_everything(again, copied):
    before = files(copied)

    record = stages.run_all(again())

    assert set(statuses(record).values()) == {"kept"}
    assert files(copied) == before


def test_a_changed_setting_redoes_its_approach_alone(again, copied):
    before = files(copied)

    record = stages.run_all(again("approaches.cyclegan.lambda_cycle=5.0"))

    redone = {f"{stage} cyclegan" for stage in ("train", "translate", "score", "probe", "changes", "time")}
    assert statuses(record) == {name: "done" if name in redone else "kept" for name in statuses(record)}
    changed = {path for path, time in files(copied).items() if before.get(path) != time}
    assert all(path.startswith(("checkpoints/cyclegan", "pictures/cyclegan/")) for path in changed)
    assert len([path for path in changed if "/fake/" in path or "/reconstructed/" in path]) == 2 * 2 * 3


def test_without_starting_over_a_changed_setting_stops_the_run_and_nothing_is_lost(again, copied):
    before, ledger = files(copied), (copied / "stages.json").read_text()
    job = again("approaches.cyclegan.lambda_cycle=5.0", start_over=False)

    with pytest.raises(CheckpointError, match=r"approaches.cyclegan.lambda_cycle: 10.0 then, 5.0 now"):
        stages.run_all(job)
    with pytest.raises(CheckpointError, match="--start-over"):
        stages.train(job, "cyclegan")

    assert files(copied) == before
    assert (copied / "stages.json").read_text() == ledger
    assert {stage.status for stage in stages.run_all(again(start_over=False)).stages} == {"kept"}


def test_a_changed_half_redoes_the_chain_and_not_the_other_half(again):
    record = stages.run_all(again("approaches.paris-depth.lambda_l1=1.0"))

    assert {name for name, status in statuses(record).items() if status == "done"} == {
        "scale depth-chain",
        "probe depth-chain",
        "changes depth-chain",
        *(
            f"{stage} {name}"
            for stage in ("train", "translate", "score", "time")
            for name in ("paris-depth", "depth-chain")
        ),
    }


def test_another_size_to_apply_at_is_translated_without_training_and_forgotten_again(again, copied):
    job = again("approaches.depth-burano.apply_sizes=[64]")
    for name in APPROACHES:
        stages.train_and_translate(job, name)

    assert {stage.name for stage in job.stages if stage.status == "done"} == {"translate depth-burano"}
    assert (copied / "records" / "translation-depth-burano-burano-depth-to-image-64.json").is_file()

    job = again()
    stages.forget_strangers(job)
    stages.train_and_translate(job, "depth-burano")

    assert not (copied / "records" / "translation-depth-burano-burano-depth-to-image-64.json").exists()
    assert (copied / "pictures" / "depth-burano" / "burano-depth-to-image" / "64" / "fake").is_dir()  # pictures stay


def test_an_approach_that_left_the_recipe_loses_its_records_and_gets_them_back_when_it_returns(again, copied, tiny_run):
    own = (copied / "records" / "training-cyclegan.json").read_text()
    without = tiny_run.recipe.with_name("without.toml")
    text = tiny_run.recipe.read_text()
    without.write_text('name = "tiny-toytown"\n' + re.sub(r"\[approaches\.cyclegan\][^\[]*", "", text))

    stages.forget_strangers(start_run(load_recipe(str(without)), copied, "cpu", SilentReporter()))
    assert not [path for path in (copied / "records").iterdir() if "cyclegan" in path.name]
    assert {record.approach for record in records_of(copied, TrainingRecord)} == set(APPROACHES) - {"cyclegan"}

    job = again()
    stages.train(job, "cyclegan")
    found = (copied / "records" / "training-cyclegan.json").read_text()
    assert json.loads(found)["losses"] == json.loads(own)["losses"]  # from its checkpoint, not trained again


# What goes wrong


@pytest.fixture
def ill(monkeypatch):
    """A function that makes the training steps of an approach's class fail."""

    def make(kind, loss=None, error=None):
        healthy = kind.training_step

        def step(self, batch):
            if error:
                raise error
            return {name: value * loss for name, value in healthy(self, batch).items()}

        monkeypatch.setattr(kind, "training_step", step)

    return make


def test_an_approach_that_fails_is_recorded_and_the_others_go_on(again, copied, ill):
    ill(CycleGAN, error=RuntimeError("out of [/memory]"))

    job = again("approaches.cyclegan.blocks=2")
    record = stages.run_all(job)

    assert statuses(record) == {name: "failed" if name == "train cyclegan" else "kept" for name in statuses(record)}
    later = {f"{stage} cyclegan" for stage in ("translate", "score", "probe", "changes", "time")}
    assert not later & set(statuses(record))
    training = read_record(copied / "records" / "training-cyclegan.json")
    assert (training.status, training.message) == ("failed", "out of [/memory]")
    assert (training.step, training.checkpoint, training.losses) == (0, "", {})  # none of the earlier settings'
    for translation in records_of(copied, TranslationRecord):
        if translation.approach == "cyclegan":
            assert (translation.status, translation.pictures) == ("failed", ())
            assert translation.message == "RuntimeError: out of [/memory]"
    assert "RuntimeError" in (copied / "errors" / "approach-cyclegan.txt").read_text()
    assert any("out of \\[/memory]" in text for text in job.reporter.said)


def test_what_failed_shows_no_scores_of_earlier_settings(again, copied, ill):
    ill(CycleGAN, error=RuntimeError("no"))

    stages.run_all(again("approaches.cyclegan.blocks=2"))

    assert {record.subject for record in records_of(copied, ScoreRecord)} == {
        "paris-depth",
        "depth-burano",
        "depth-chain",
        "colour-shift",
        "copy-the-input",
        "real-against-real",
    }
    assert "cyclegan" not in {record.approach for record in records_of(copied, TimingRecord)}
    assert {record.approach for record in records_of(copied, ChangeRecord)} == {"depth-chain"}


def test_an_approach_that_diverges_is_recorded_as_such_and_takes_its_chain_along(again, copied, ill):
    ill(Pix2Pix, loss=float("nan"))

    record = stages.run_all(again("approaches.paris-depth.lambda_l1=1.0"))

    found = {r.approach: r for r in records_of(copied, TrainingRecord)}
    assert {name: r.status for name, r in found.items()} == {
        "cyclegan": "done",
        "paris-depth": "diverged",
        "depth-burano": "done",
        "depth-chain": "failed",
    }
    assert "diverged at step 1" in found["paris-depth"].message
    assert "needs paris-depth, which is not trained" in found["depth-chain"].message
    assert statuses(record)["score cyclegan"] == statuses(record)["score depth-burano"] == "kept"
    assert not (copied / "errors").exists()  # an error in words needs no traceback


def test_after_a_failure_the_old_settings_bring_everything_back(again, copied, ill, monkeypatch):
    with monkeypatch.context():
        ill(CycleGAN, error=RuntimeError("no"))
        stages.run_all(again("approaches.cyclegan.blocks=2"))
    monkeypatch.undo()

    job = again()
    stages.train_and_translate(job, "cyclegan")

    assert {stage.name: stage.status for stage in job.stages} == {
        "train cyclegan": "done",
        "translate cyclegan": "done",
    }
    assert {r.status for r in records_of(copied, TrainingRecord)} == {"done"}
    assert {r.status for r in records_of(copied, TranslationRecord)} == {"done"}
    assert {"score cyclegan", "time cyclegan"}.isdisjoint(job.ledger.keys)  # they come next


def test_a_training_that_was_killed_under_other_settings_is_no_training_of_the_old_ones(again, copied):
    """The ledger must not call a stage done whose place another one has begun to fill."""
    job = again("approaches.cyclegan.lambda_cycle=5.0")
    job.reporter.interrupt = ("train cyclegan", 3)
    with pytest.raises(KeyboardInterrupt):
        stages.train(job, "cyclegan")
    assert newest(copied / "checkpoints" / "cyclegan").name == "step-00000003"

    job = again()
    stages.train(job, "cyclegan")

    assert [stage.status for stage in job.stages] == ["done"]
    assert newest(copied / "checkpoints" / "cyclegan").name == "step-00000004"
    assert read_record(copied / "records" / "training-cyclegan.json").settings["lambda_cycle"] == 10.0


# Folders, stage by stage


def test_a_run_on_folders_killed_in_translation_goes_on_where_it_was(folder_run):
    job = folder_run()
    for city in ("old", "new"):
        stages.prepare(job, city)
    stages.train(job, "cyclegan")
    job.reporter.interrupt = ("translate cyclegan", 3)
    with pytest.raises(KeyboardInterrupt):
        stages.translate(job, "cyclegan")
    made = {path: path.stat().st_mtime_ns for path in (job.folder.root / "pictures").rglob("*.png")}
    assert len(made) == 3 * 2  # fake and reconstructed

    job = folder_run()
    stages.train_and_translate(job, "cyclegan")

    assert [(stage.name, stage.status) for stage in job.stages] == [
        ("train cyclegan", "kept"),
        ("translate cyclegan", "done"),
    ]
    assert {path: path.stat().st_mtime_ns for path in made} == made
    records = records_of(job.folder.root, TranslationRecord)
    assert sum(len(record.pictures) for record in records) * 2 == len(
        list((job.folder.root / "pictures").rglob("*.png"))
    )


def test_translating_needs_a_training_from_todays_inputs(folder_run):
    job = folder_run()
    for city in ("old", "new"):
        stages.prepare(job, city)
    with pytest.raises(CheckpointError, match=r"c2c train .* cyclegan"):
        stages.translate(job, "cyclegan")
    stages.train(job, "cyclegan")
    stages.translate(job, "cyclegan")

    with pytest.raises(CheckpointError, match="not trained from today's"):
        stages.translate(folder_run(seed=1), "cyclegan")


def test_training_needs_cities_that_are_prepared(folder_run):
    with pytest.raises(ManifestError):
        stages.train(folder_run(), "cyclegan")


def test_a_picture_more_in_a_folder_redoes_what_depends_on_it(folder_run, tmp_path):
    job = folder_run()
    for city in ("old", "new"):
        stages.prepare(job, city)
    stages.train(job, "old-depth")
    stages.train(job, "depth-new")
    Image.new("RGB", (40, 40), "red").save(tmp_path / "photos" / "new" / "rgb" / "more.png")

    job = folder_run()
    for city in ("old", "new"):
        stages.prepare(job, city)
    stages.train(job, "old-depth")
    stages.train(job, "depth-new")

    assert {stage.name: stage.status for stage in job.stages} == {
        "prepare old": "kept",
        "prepare new": "done",
        "train old-depth": "kept",
        "train depth-new": "done",
    }
