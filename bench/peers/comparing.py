"""Programs in turns, and how many times as long one takes as another."""

import math
import statistics
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bench.peers.plan import Plan, pictures_of
from bench.peers.running import Turn, take_turn
from c2c.records import PeersRecord, PeerTiming, Ratio
from c2c.records.provenance import load, provenance

LEVEL = 0.95
Progress = Callable[[str], None]


@dataclass
class _Course:
    """The rounds of one program so far."""

    whole: list[Turn] = field(default_factory=list)  # all pictures
    single: list[Turn] = field(default_factory=list)  # one picture: nearly all of it is starting
    problem: str = ""

    def seconds_a_picture(self, pictures: int) -> list[float]:
        """By round, what each further picture cost."""
        pairs = zip(self.whole, self.single, strict=True)
        return [(whole.seconds - single.seconds) / (pictures - 1) for whole, single in pairs]


def compare(plan: Plan, progress: Progress = lambda said: None) -> PeersRecord:
    """Time the programs of a plan in turns: forwards, then backwards, and so on, after a round that is not counted.

    Each round starts a program twice, on all pictures and on a single one, so that what it needs to start (imports,
    reading the network) can be told from what a picture costs. A program that fails once is not started again.

    Raises:
        PeersError: there are too few pictures.
    """
    pictures, busy_before = pictures_of(plan.pictures), load()
    courses = {name: _Course() for name in plan.programs}
    with tempfile.TemporaryDirectory(prefix="c2c-peers-") as scratch:
        alone = Path(scratch)
        (alone / pictures[0].name).write_bytes(pictures[0].read_bytes())
        for number in range(plan.rounds + 1):
            for name in list(courses)[:: 1 if number % 2 else -1]:
                if not courses[name].problem:
                    progress(f"round {number} of {plan.rounds}: {name}" if number else f"trying {name}")
                    _take_turns(plan, name, courses[name], alone, len(pictures), counted=number > 0)
    return PeersRecord(
        pictures=len(pictures),
        rounds=plan.rounds,
        level=LEVEL,
        programs=_held_against_first(plan, courses, len(pictures)),
        load=(busy_before, load()),
        provenance=provenance("", "", 0, program=("python", "-m", "bench.peers")),
    )


def median_interval(values: Sequence[float], level: float = LEVEL) -> tuple[float, float] | None:
    """An interval of the median, from the order of the values alone; None where there are too few for it.

    The median lies between the k-th smallest and the k-th largest of n values unless fewer than k of them fall on one
    side of it, which has the chance of fewer than k heads in n throws of a coin.
    """
    ordered, n = sorted(values), len(values)
    ends = None
    for k in range(1, n // 2 + 1):
        outside = 2 * sum(math.comb(n, i) for i in range(k)) / 2**n
        if outside <= 1 - level:
            ends = ordered[k - 1], ordered[n - k]
    return ends


def _take_turns(plan: Plan, name: str, course: _Course, alone: Path, pictures: int, counted: bool) -> None:
    program = plan.programs[name]
    for folder, needed, turns in ((plan.pictures, pictures, course.whole), (alone, 1, course.single)):
        turn = take_turn(program, folder, needed, plan.timeout_s)
        if turn.problem:
            course.problem = turn.problem
            return
        if counted:
            turns.append(turn)


def _held_against_first(plan: Plan, courses: dict[str, _Course], pictures: int) -> tuple[PeerTiming, ...]:
    first = next(iter(courses.values()))
    return tuple(_timing(plan, name, course, first, pictures) for name, course in courses.items())


def _timing(plan: Plan, name: str, course: _Course, first: _Course, pictures: int) -> PeerTiming:
    program, failed = plan.programs[name], bool(course.problem)
    paired = course is not first and not failed and not first.problem
    whole = [turn.seconds for turn in course.whole]
    return PeerTiming(
        program=name,
        command=program.command,
        folder=str(program.folder),
        status="failed" if failed else "measured",
        reason=course.problem,
        seconds=tuple(whole),
        start_s=tuple(turn.seconds for turn in course.single),
        processor_s=tuple(turn.processor_s for turn in course.whole),
        pictures_written=max((turn.pictures for turn in course.whole), default=0),
        peak_memory_bytes=max((turn.peak_memory_bytes for turn in course.whole), default=None),
        whole=ratio(whole, [turn.seconds for turn in first.whole]) if paired else None,
        a_picture=ratio(course.seconds_a_picture(pictures), first.seconds_a_picture(pictures)) if paired else None,
    )


def ratio(own: Sequence[float], first: Sequence[float]) -> Ratio | None:
    """How many times as long as the first, round by round; None where a round has no cost to divide by."""
    if not own or min(*own, *first) <= 0:
        return None
    ratios = [mine / other for mine, other in zip(own, first, strict=True)]
    return Ratio(statistics.median(ratios), median_interval(ratios))
