"""Timing two versions in turns: rounds of before, again, after, after, again, before, until every case is decided."""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import numpy as np

from bench.workers import Worker, WorkerDied
from c2c.records.provenance import cores
from c2c.timing.machine import LoadWatch
from c2c.timing.verdicts import FEWEST, Decision, Round, Twins, decide, looks_within

Side = Literal["before", "again", "after"]
SIDES: tuple[Side, ...] = ("before", "again", "after")
ORDER: tuple[Side, ...] = ("before", "again", "after", "after", "again", "before")
UNEVEN = 0.5  # of the cores: other programs that took so much more of one version's turns spoil a round
TICKS_S = 0.05  # that the system's own count of busy seconds is wrong by


@dataclass(frozen=True)
class Pace:
    """How long a turn is, and how many rounds there may be."""

    turn_s: float = 0.1
    warm_up_s: float = 0.5
    first: int = 12  # rounds of one generation of processes, and until the first look; every further look doubles them
    most: int = 192

    @property
    def looks(self) -> int:
        """How often a case may be looked at."""
        return looks_within(self.most, self.first)


@dataclass
class Watched:
    """One case of both versions, and all that was seen of it so far."""

    name: str
    region: str
    alone: bool
    generations: list[list[Round]] = field(default_factory=list)  # rounds, each list with processes of its own
    samples: dict[Side, list[float]] = field(default_factory=lambda: {side: [] for side in SIDES})
    peaks: dict[Side, int | None] = field(default_factory=lambda: dict.fromkeys(SIDES))
    unit: str = ""
    spoilt: int = 0  # rounds that were thrown away
    stopped: Literal["failed", "skipped", ""] = ""
    reason: str = ""
    output_difference: float | None = None
    decision: Decision = field(default_factory=lambda: decide([], []))

    @property
    def rounds(self) -> list[Round]:
        """All rounds, in order."""
        return [one for generation in self.generations for one in generation]

    @property
    def is_open(self) -> bool:
        """Whether more rounds could tell more."""
        return not self.stopped and (self.decision.verdict == "inconclusive" or self.is_unconfirmed)

    @property
    def is_unconfirmed(self) -> bool:
        """Whether it seems worse or better, and new processes were not asked once more."""
        return self.decision.verdict in ("better", "worse") and len(self.generations) < 2


class Unlike(Exception):
    """A case cannot be timed further; the text says why."""

    def __init__(self, status: Literal["failed", "skipped"], reason: str) -> None:
        self.status: Literal["failed", "skipped"] = status
        super().__init__(reason)


def take_turns(
    cases: list[Watched], folders: dict[Side, Path], scratch: Path, budget_s: float, pace: Pace,
    told: Callable[[str], None],
) -> None:  # fmt: skip
    """Rounds for all cases, and more for those that stay undecided, until the time is spent."""
    end = time.monotonic() + budget_s
    for look in range(pace.looks):
        target = min(pace.first * 2**look, pace.most)
        while short := [case for case in cases if case.is_open and len(case.rounds) < target]:
            share = 0.6 if not look else 1.0  # the first look leaves time to ask again
            if not _one_generation(short, folders, scratch, end, share, pace, told):
                break
        _look(cases, pace.looks * len(cases))


def twins_of(cases: list[Watched]) -> Twins:
    """How much processes of the same code differ, as all cases saw it."""
    return Twins.seen([one.noise for one in generation] for case in cases for generation in case.generations)


def _one_generation(
    cases: list[Watched], folders: dict[Side, Path], scratch: Path, end: float, share: float, pace: Pace,
    told: Callable[[str], None],
) -> bool:  # fmt: skip
    """New processes, and rounds of theirs for each case; whether any case got some before its time was up."""
    began, had = time.monotonic(), [len(case.generations) for case in cases]
    end = began + share * (end - began)
    with ExitStack() as held:
        shared = held.enter_context(_workers(folders)) if any(not case.alone for case in cases) else None
        for place, case in enumerate(cases):
            left = end - time.monotonic()
            if left <= 0:
                break
            told(f"{case.name}: {len(case.rounds)} rounds, and more")
            case_end = time.monotonic() + left / (len(cases) - place)
            if case.alone or shared is None:
                with _workers(folders) as own:
                    _case_rounds(case, own, scratch, case_end, end, pace)
            else:
                _case_rounds(case, shared, scratch, case_end, end, pace)
    return [len(case.generations) for case in cases] != had


@contextmanager
def _workers(folders: dict[Side, Path]) -> Iterator[dict[Side, Worker]]:
    with ExitStack() as held:
        yield {side: held.enter_context(Worker(folder)) for side, folder in folders.items()}


def _case_rounds(
    case: Watched, workers: dict[Side, Worker], scratch: Path, end: float, last: float, pace: Pace
) -> None:
    """One generation of a case, until its time is up; the first turns make it and are not counted.

    Args:
        case: that is timed; it gets no rounds where the fewest that say anything take too long.
        workers: that hold the versions.
        scratch: a folder for what the first calls gave.
        end: of the case's own time.
        last: end of all the time there is.
        pace: of the turns.
    """
    rounds: list[Round] = []
    try:
        first = {side: _turn(workers[side], side, case, pace, scratch) for side in SIDES}
        case.unit = first["after"]["unit"]
        if first["before"]["unit"] != case.unit:
            raise Unlike("failed", f"its unit was {first['before']['unit']}, and is {case.unit} now")
        case.output_difference = output_difference(scratch)
        enough = _fits(max(answer["turn_s"] for answer in first.values()), end, last)
        for _ in range(2 * pace.first if enough else 0):  # twice, since some may be thrown away
            if len(rounds) >= pace.first or (time.monotonic() >= end and len(rounds) >= FEWEST):
                break
            rounds += _one_round(case, workers, pace, scratch)
        _close(workers)
    except Unlike as why:
        case.stopped, case.reason = why.status, str(why)
    if rounds:
        case.generations.append(rounds)
    for file in scratch.glob("*.npy"):
        file.unlink()


def _fits(turn_s: float, end: float, last: float) -> bool:
    """Whether the fewest rounds fit into the case's time, or into a quarter of all that is left."""
    now = time.monotonic()
    return FEWEST * len(ORDER) * turn_s <= max(end - now, (last - now) / 4)


def _close(workers: dict[Side, Worker]) -> None:
    for side, worker in workers.items():
        try:
            answer = worker.ask(close=True)
        except WorkerDied as why:
            raise Unlike("failed", f"{side}: {why}") from why
        if answer["status"] != "closed":
            raise Unlike("failed", f"{side}: {answer['reason']}")


def _one_round(case: Watched, workers: dict[Side, Worker], pace: Pace, scratch: Path) -> list[Round]:
    """One round, or none where other programs spoilt it."""
    turns = [(side, _turn(workers[side], side, case, pace, scratch)) for side in ORDER]
    if len({answer["threads"] for _, answer in turns}) > 1:
        raise Unlike("failed", "the versions compute with different numbers of threads")
    others = {side: [answer["others_s"] for at, answer in turns if at == side] for side in SIDES}
    if _uneven(others, sum(answer["took_s"] for at, answer in turns if at == "after")):
        case.spoilt += 1
        return []
    medians = {side: [float(np.median(answer["seconds"])) for at, answer in turns if at == side] for side in SIDES}
    before, again, after = ((one[0], one[1]) for one in medians.values())
    for side, answer in turns:
        case.samples[side] += answer["seconds"]
        known = [peak for peak in (case.peaks[side], answer["peak_memory_bytes"]) if peak is not None]
        case.peaks[side] = max(known, default=None)
    return [Round(before, again, after)]


def _turn(worker: Worker, side: Side, case: Watched, pace: Pace, scratch: Path) -> dict[str, Any]:
    watch, began = LoadWatch(), time.monotonic()
    try:
        answer = worker.ask(
            measure=case.name, seconds=pace.turn_s, warm_up_s=pace.warm_up_s, output=str(scratch / f"{side}.npy")
        )
    except WorkerDied as why:
        raise Unlike("failed", f"{side}: {why}") from why
    if answer["status"] != "measured":
        raise Unlike(answer["status"], f"{side}: {answer['reason']}")
    busy, answer["took_s"] = watch.others_busy(), time.monotonic() - began
    answer["others_s"] = None if busy is None else busy * answer["took_s"] - answer["own_s"]
    return answer


def _uneven(others_s: dict[Side, list[float | None]], took_s: float) -> bool:
    """Whether other programs took far more of one version's turns than of the other's, in seconds of a processor."""
    spent = {side: sum(one for one in found if one is not None) for side, found in others_s.items()}
    if any(one is None for found in others_s.values() for one in found):
        return False
    return abs(spent["after"] - (spent["before"] + spent["again"]) / 2) > UNEVEN * cores() * took_s + TICKS_S


def _look(cases: list[Watched], tests: int) -> None:
    twins = twins_of(cases)
    for case in cases:
        if case.is_open and case.rounds:
            ratios, noise = [one.ratio for one in case.rounds], [one.noise for one in case.rounds]
            case.decision = decide(ratios, noise, tests, twins, len(case.generations))


def output_difference(scratch: Path) -> float | None:
    """The largest change of what the first call gave; None where it gives no numbers, or others every time."""
    files = {side: scratch / f"{side}.npy" for side in SIDES}
    if not all(file.exists() for file in files.values()):
        return None
    found = {side: np.load(file) for side, file in files.items()}
    if len({numbers.shape for numbers in found.values()}) > 1:
        return float("inf") if found["before"].shape == found["again"].shape else None
    if not np.array_equal(found["before"], found["again"], equal_nan=True):
        return None
    return float(np.max(np.abs(found["after"] - found["before"]), initial=0.0))
