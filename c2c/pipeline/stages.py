"""Every stage of a run, one function each; what an approach's failure means to the others is decided here."""

import time
from dataclasses import asdict

from c2c.errors import CheckpointError, TrainingDiverged
from c2c.pipeline import changing, cities, filming, fitting, probing, scaling, scoring, translating
from c2c.pipeline.reporter import Progress
from c2c.pipeline.run import Run
from c2c.recipe.schema import BY_STEPS
from c2c.records import (
    ChangeRecord,
    CityRecord,
    ProbeRecord,
    Record,
    RunRecord,
    ScaleRecord,
    ScoreRecord,
    TimingRecord,
    TrainingRecord,
    TranslationRecord,
    VideoRecord,
    read_records,
    write_record,
)
from c2c.records.store import file_name
from c2c.timing.cases import cases_of, time_case
from c2c.training import processes
from c2c.training.checkpoint import load_approach

MEASURING = ("score", "scale", "changes", "probe", "film", "time")  # stages of what an approach made


def run_all(run: Run) -> RunRecord:
    """Every stage in order: prepare, train, translate, score, time. The site is built by the caller.

    An approach that fails is recorded, and the others go on.

    Raises:
        C2CError: a city cannot be prepared; without pictures there is nothing to go on with. Or a training of other
            settings is in the way, see `Run.start_over`.
    """
    began = time.perf_counter()
    processes.decided_by_first(lambda: forget_strangers(run))
    for city in run.recipe.cities:
        prepare(run, city)
    for name in run.recipe.approaches:
        fitting.refuse_other_settings(run, name)
    for name in run.recipe.approaches:
        train_and_translate(run, name)
    score_all(run)
    time_all(run)
    return run.write_summary(began)


def forget_strangers(run: Run) -> None:
    """Remove the records of approaches, directions and sizes that the recipe no longer names; pictures stay."""
    recipe = run.recipe
    cases = {case.name for case in cases_of(recipe)}
    filmed = filming.film_places(recipe)
    places = {
        (name, direction.name, size)
        for name in recipe.approaches
        for direction in recipe.directions_of(name)
        for size in recipe.sizes_of(name)
    }
    for record in read_records(run.folder.records):
        match record:
            case CityRecord(city=city):
                known = city in recipe.cities
            case TrainingRecord(approach=name):
                known = name in recipe.approaches
            case TimingRecord(case=case):
                known = case in cases
            case TranslationRecord(approach=name, direction=direction, size=size):
                known = (name, direction, size) in places
            case ProbeRecord(approach=name, direction=direction, size=size):
                known = (name, direction, size) in places and size == recipe.size_of(name)
            case ScaleRecord(approach=name, direction=direction, size=size):
                known = (name, direction, size) in places and scaling.is_scaled(recipe, name)
            case ScoreRecord(subject_kind="approach", subject=name, direction=direction, size=size):
                known = (name, direction, size) in places
            case ScoreRecord(direction=direction, size=size):
                known = (direction, size) in {place[1:] for place in places}
            case ChangeRecord(approach=name, direction=direction, size=size):
                known = (name, direction, size) in places and size == recipe.size_of(name)
            case VideoRecord(subject_kind="approach", subject=name, direction=direction, size=size):
                known = name in recipe.approaches and (direction, size) in filming.places_of(recipe, name)
            case VideoRecord(direction=direction, size=size):
                known = (direction, size) in filmed
            case _:
                known = True
        if not known:
            _forget(run, record)


def forget_results(run: Run, name: str) -> None:
    """Remove what was measured of an approach that failed: it is of an earlier one, with other settings."""
    for record in read_records(run.folder.records):
        if _stage_of(record) in {f"{stage} {name}" for stage in MEASURING}:
            _forget(run, record)
    run.ledger.forget(f"translate {name}")


def _forget(run: Run, record: Record) -> None:
    (run.folder.records / file_name(record)).unlink()
    run.ledger.forget(_stage_of(record))


def _stage_of(record: Record) -> str:
    """The stage that writes a record."""
    match record:
        case CityRecord(city=city):
            return f"prepare {city}"
        case TrainingRecord(approach=name):
            return f"train {name}"
        case TranslationRecord(approach=name):
            return f"translate {name}"
        case ScoreRecord(subject_kind="approach", subject=name):
            return f"score {name}"
        case ScoreRecord():
            return "score references"
        case ChangeRecord(approach=name):
            return f"changes {name}"
        case ScaleRecord(approach=name):
            return f"scale {name}"
        case ProbeRecord(approach=name):
            return f"probe {name}"
        case VideoRecord(subject_kind="approach", subject=name):
            return f"film {name}"
        case VideoRecord():
            return "film references"
        case TimingRecord(approach=name):
            return f"time {name}"
    return ""


def prepare(run: Run, city: str) -> None:
    """Draw or scan one city."""
    key = cities.city_key(run, city)
    run.do(f"prepare {city}", key, lambda progress: cities.prepare_city(run, city, progress))


def train(run: Run, name: str) -> None:
    """Train or fit one approach; a failure is recorded and raised.

    Raises:
        CheckpointError: a training of other settings is in the way; nothing was touched.
    """
    fitting.refuse_other_settings(run, name)
    key = fitting.train_key(run, name)
    try:
        by_steps = run.recipe.approaches[name].needs in BY_STEPS
        run.do(f"train {name}", key, lambda progress: fitting.fit(run, name, key, progress), together=by_steps)
    except Exception as error:
        status = "diverged" if isinstance(error, TrainingDiverged) else "failed"
        if processes.is_first():
            fitting.record_training(run, name, status, str(error))
        raise


def translate(run: Run, name: str) -> None:
    """Translate the test pictures by one trained approach, in all its directions and sizes.

    Raises:
        CheckpointError: it is not trained, or was trained from other inputs.
    """
    key = translating.translate_key(run, name)
    if not processes.decided_by_first(lambda: fitting.is_trained(run, name)):
        root = run.folder.root
        raise CheckpointError(
            f"{name} is not trained from today's recipe and pictures.\nTrain it:\n    c2c train {root} {name}"
        )
    run.do(f"translate {name}", key, lambda progress: translating.translate_all(run, name, progress), together=True)


def train_and_translate(run: Run, name: str) -> None:
    """One approach up to its pictures; what goes wrong is told and recorded, and the run goes on."""
    with run.going_on(f"approach {name}") as messages:
        train(run, name)
        translate(run, name)
    if messages and processes.is_first():
        forget_results(run, name)
        translating.record_failure(run, name, messages[0])


def score_all(run: Run) -> None:
    """Score every approach that has pictures, and the reference rows; then what the scores do not tell."""
    scorer = scoring.Scorer(run)
    for name in run.recipe.approaches:
        if processes.decided_by_first(lambda name=name: scoring.is_translated(run, name)):
            key = scoring.score_key(run, name)
            with run.going_on(f"score {name}"):
                run.do(f"score {name}", key, lambda progress, name=name: scorer.score_approach(name, progress))
    with run.going_on("score references"):
        run.do("score references", scoring.reference_key(run), scorer.score_references)
    scale_all(run, scorer)
    probe_all(run)
    changes_all(run)
    film_all(run)


def changes_all(run: Run) -> None:
    """Measure what every approach changed that makes images out of images and has its pictures."""
    measurer = changing.Measurer(run)
    for name in run.recipe.approaches:
        if not changing.image_directions(run, name):
            continue
        if processes.decided_by_first(lambda name=name: scoring.is_translated(run, name)):
            with run.going_on(f"changes {name}"):
                key = changing.changes_key(run, name)
                run.do(f"changes {name}", key, lambda progress, name=name: measurer.measure(name, progress))


def scale_all(run: Run, scorer: scoring.Scorer) -> None:
    """Reduce what every approach made above its training size, and score it there."""
    scaler = scaling.Scaler(run, scorer)
    for name in run.recipe.approaches:
        if processes.decided_by_first(lambda name=name: scaling.is_ready(run, name)):
            key = scaling.scale_key(run, name)
            with run.going_on(f"scale {name}"):
                run.do(f"scale {name}", key, lambda progress, name=name: scaler.scale(name, progress))


def probe_all(run: Run) -> None:
    """Look inside every approach that has pictures and goes both ways, or is a chain."""
    for name in run.recipe.approaches:
        if probing.is_probed(run.recipe, name) and processes.decided_by_first(
            lambda name=name: scoring.is_translated(run, name)
        ):
            with run.going_on(f"probe {name}"):
                key = probing.probe_key(run, name)
                run.do(f"probe {name}", key, lambda progress, name=name: probing.probe(run, name, progress))


def film_all(run: Run) -> None:
    """Translate a video by every approach that has pictures and is asked for one, and measure how much it flickers."""
    filmer, filmed = filming.Filmer(run), False
    for name in run.recipe.approaches:
        if not filming.film_directions(run.recipe, name):
            continue
        if processes.decided_by_first(lambda name=name: scoring.is_translated(run, name)):
            with run.going_on(f"film {name}"):
                key = filming.film_key(run, name)
                run.do(f"film {name}", key, lambda progress, name=name: filmer.film(name, progress))
                filmed = True
    if filmed:
        with run.going_on("film references"):
            run.do("film references", filming.film_reference_key(run), filmer.film_references)


def time_all(run: Run) -> None:
    """Time every approach that is trained, on the CPU and, where there is one, on the GPU."""
    for name in run.recipe.approaches:
        with run.going_on(f"time {name}"):
            _time(run, name)


def _time(run: Run, name: str) -> None:
    if not processes.decided_by_first(lambda: fitting.is_trained(run, name)):
        return
    timed = [run.recipe.sizes_of(name), asdict(run.recipe.timing), str(run.device)]
    key = run.key(fitting.train_key(run, name), timed)

    def work(progress: Progress) -> None:
        approach, _ = load_approach(run.folder.checkpoints(name), run.device)
        mine = [case for case in cases_of(run.recipe) if case.approach == name]
        for number, case in enumerate(mine, start=1):
            write_record(run.folder.records, time_case(run.recipe, case, approach, run.device, run.provenance()))
            progress(number, len(mine))

    run.do(f"time {name}", key, work)
