"""What approaches cost: time and memory of their training, their size, and the time of a picture."""

import json
from dataclasses import dataclass

from c2c.records import Provenance, TrainingRecord, TranslationRecord
from c2c.site.reading import Filed, RunFolder
from c2c.site.words import duration, enumerate_words, mebibytes, moment, short_count

HALVES = ("image_to_depth", "depth_to_image")  # of a chain, in its settings


@dataclass(frozen=True)
class Fact:
    """One figure of what an approach costs, and the record that it comes from."""

    name: str
    figure: str
    said: str  # what belongs to the figure
    href: str


@dataclass(frozen=True)
class Cost:
    """How long something took, on which machine, and the record that says so."""

    seconds: float
    machine: str
    href: str


def facts_of(run: RunFolder, approach: str) -> tuple[Fact, ...]:
    """What an approach costs, as far as records tell: to train, to keep and to use."""
    own = _training(run, approach)
    trained = trainings_of(run, approach)
    facts = [Fact(_what("Training", approach, f), duration(f.record.seconds), _told(f.record), f.href) for f in trained]
    facts += [
        Fact(_what("Memory at most", approach, f), mebibytes(f.record.peak_memory_bytes), "while training", f.href)
        for f in trained
        if f.record.peak_memory_bytes is not None
    ]
    if own and own.record.parameters:
        count = sum(own.record.parameters.values())
        facts.append(Fact("Parameters", short_count(count), enumerate_words(list(own.record.parameters)), own.href))
    return (*facts, *_pictures(run, approach))


def trainings_of(run: RunFolder, approach: str) -> list[Filed[TrainingRecord]]:
    """The trainings that made an approach: its own, or those of its halves; none where nothing was trained for it."""
    own = _training(run, approach)
    if own is None:
        return []
    if own.record.steps:
        return [own]
    halves = [_training(run, str(own.record.settings.get(half, ""))) for half in HALVES]
    return [half for half in halves if half and half.record.steps]


def training_cost(run: RunFolder, approach: str) -> Cost | None:
    """How long an approach trained; nothing where nothing was trained for it, or a half is not recorded."""
    found = trainings_of(run, approach)
    machines = {machine_of(f.record.provenance) for f in found}
    seconds = sum(f.record.seconds for f in found)
    return Cost(seconds, machines.pop(), found[0].href) if len(machines) == 1 and seconds > 0 else None


def picture_cost(filed: Filed[TranslationRecord]) -> Cost | None:
    """How long a picture took when the run translated them, reading and writing included."""
    record = filed.record
    if record.status != "done" or not record.pictures or record.seconds <= 0:
        return None
    return Cost(record.seconds / len(record.pictures), machine_of(record.provenance), filed.href)


def machine_of(where: Provenance) -> str:
    """What of a machine decides how long something takes: unlike ones are never compared."""
    return json.dumps([where.machine.get(key) for key in ("processor", "cores", "gpu", "threads")])


def _training(run: RunFolder, approach: str) -> Filed[TrainingRecord] | None:
    return next((filed for filed in run.of(TrainingRecord) if filed.record.approach == approach), None)


def _what(name: str, approach: str, filed: Filed[TrainingRecord]) -> str:
    return name if filed.record.approach == approach else f"{name}, {filed.record.approach}"


def _told(record: TrainingRecord) -> str:
    steps = f"{record.step:,} steps" if record.step == record.steps else f"{record.step:,} of {record.steps:,} steps"
    together = f", {record.processes} processes" if record.processes > 1 else ""
    return f"{steps} on {record.device}, {record.precision}{together}"


def _pictures(run: RunFolder, approach: str) -> list[Fact]:
    """The time of a picture at each size: of one direction where they take as long, since one stands for all."""
    facts: dict[int, Fact] = {}
    for filed in run.of(TranslationRecord):
        cost = picture_cost(filed)
        if filed.record.approach == approach and cost:
            said = f"at {filed.record.size} px, read and written"
            facts.setdefault(filed.record.size, Fact("A picture", moment(cost.seconds), said, filed.href))
    return [facts[size] for size in sorted(facts)]
