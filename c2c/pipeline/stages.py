"""Every stage of a run, one function each; what an approach's failure means to the others is decided here."""

from dataclasses import asdict

from c2c.errors import TrainingDiverged
from c2c.pipeline import cities, fitting, scoring, translating
from c2c.pipeline.reporter import Progress
from c2c.pipeline.run import Run
from c2c.records import (
    ScoreRecord,
    TimingRecord,
    TrainingRecord,
    TranslationRecord,
    read_records,
    write_record,
)
from c2c.records.store import file_name
from c2c.timing.cases import cases_of, time_case
from c2c.training.checkpoint import load_approach


def forget_strangers(run: Run) -> None:
    """Remove the records of approaches, directions and sizes that the recipe no longer names; pictures stay."""
    known = set(run.recipe.approaches)
    for record in read_records(run.folder.records):
        match record:
            case TrainingRecord(approach=name) | TimingRecord(approach=name):
                stranger = name not in known
            case TranslationRecord(approach=name, size=size):
                stranger = name not in known or size not in run.recipe.sizes_of(name)
            case ScoreRecord(subject_kind="approach", subject=name, size=size):
                stranger = name not in known or size not in run.recipe.sizes_of(name)
            case ScoreRecord(direction=direction):
                stranger = direction not in translating.directions_by_name(run.recipe)
            case _:
                stranger = False
        if stranger:
            (run.folder.records / file_name(record)).unlink()


def prepare(run: Run, city: str) -> None:
    """Draw or scan one city."""
    key = cities.city_key(run, city)
    run.do(f"prepare {city}", key, lambda progress: cities.prepare_city(run, city, progress))


def train(run: Run, name: str) -> None:
    """Train or fit one approach; a failure is recorded and raised."""
    key = fitting.train_key(run, name)
    try:
        run.do(f"train {name}", key, lambda progress: fitting.fit(run, name, key, progress))
    except Exception as error:
        status = "diverged" if isinstance(error, TrainingDiverged) else "failed"
        fitting.record_training(run, name, status, str(error))
        raise


def translate(run: Run, name: str) -> None:
    """Translate the test pictures by one trained approach, in all its directions and sizes."""
    key = translating.translate_key(run, name)
    run.do(f"translate {name}", key, lambda progress: translating.translate_all(run, name, progress))


def train_and_translate(run: Run, name: str) -> None:
    """One approach up to its pictures; what goes wrong is told and recorded, and the run goes on."""
    with run.going_on(f"approach {name}") as messages:
        train(run, name)
        translate(run, name)
    if messages:
        translating.record_failure(run, name, messages[0])


def score_all(run: Run) -> None:
    """Score every approach that has pictures, and the reference rows."""
    scorer = scoring.Scorer(run)
    for name in run.recipe.approaches:
        if scoring.is_translated(run, name):
            key = scoring.score_key(run, name)
            with run.going_on(f"score {name}"):
                run.do(f"score {name}", key, lambda progress, name=name: scorer.score_approach(name, progress))
    with run.going_on("score references"):
        run.do("score references", scoring.reference_key(run), scorer.score_references)


def time_all(run: Run) -> None:
    """Time every approach that is trained, on the CPU and, where there is one, on the GPU."""
    for name in run.recipe.approaches:
        with run.going_on(f"time {name}"):
            _time(run, name)


def _time(run: Run, name: str) -> None:
    if not fitting.is_trained(run, name):
        return
    key = run.key(fitting.train_key(run, name), asdict(run.recipe.timing), str(run.device))

    def work(progress: Progress) -> None:
        approach, _ = load_approach(run.folder.checkpoints(name), run.device)
        mine = [case for case in cases_of(run.recipe) if case.approach == name]
        for number, case in enumerate(mine, start=1):
            write_record(run.folder.records, time_case(run.recipe, case, approach, run.device, run.provenance()))
            progress(number, len(mine))

    run.do(f"time {name}", key, work)
