"""Is this version slower than another? `python -m bench.check --against REV`, see docs/explanation/bench-check.md.

Exit code: 0 nothing is worse, 1 something is, 2 a case is missing or failed, 3 something is undecided.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

from rich.console import Console
from rich.table import Table

from bench.quality import compare_quality
from bench.turns import Pace, Side, Watched, take_turns, twins_of
from bench.versions import WORKING_TREE, Checkout, VersionError, checkouts, resolve, root_of
from bench.workers import Worker, WorkerDied
from c2c.errors import C2CError
from c2c.records import CheckedCase, CheckedQuality, CheckedSide, CheckRecord, CheckVerdict, write_record
from c2c.records.provenance import load, provenance
from c2c.timing import verdicts
from c2c.timing.machine import Facts, differing, fingerprint, machine

BUDGET_S, QUICK_BUDGET_S = 1800.0, 420.0
QUALITY_SHARE = 0.5  # of the time, at most
MEMORY_SHARE, MEMORY_LEAST = 0.1, 32 * 2**20  # more than both is a change of peak memory
COLOURS = {"worse": "red", "failed": "red", "missing": "red", "better": "green", "inconclusive": "yellow"}


@dataclass(frozen=True)
class Asked:
    """What a check is asked to do."""

    against: str = ""  # a revision; "" for the merge base with main
    quick: bool = False
    budget_s: float = BUDGET_S
    words: str = ""  # only cases with all of these in their names
    quality: bool = False  # train the small recipe too, and compare its scores
    fail_above: float | None = None  # only a case that costs so much more makes the check fail
    pace: Pace = field(default_factory=Pace)


def check(folder: Path, asked: Asked, console: Console) -> CheckRecord:
    """Compare the checkout of a folder with another version of it.

    Raises:
        VersionError: there is no such version, or it has no cases.
    """
    root, began = root_of(folder), time.monotonic()
    facts, load_before = machine(), load()
    against = resolve(root, asked.against)
    with checkouts(root, against) as (before, after), tempfile.TemporaryDirectory(prefix="c2c-check-") as scratch:
        notes = [*_notes(before, after)]
        watched, unwatched = _choose(_cases(before), _cases(after), asked)
        folders: dict[Side, Path] = {"before": before.folder, "again": before.folder, "after": after.folder}
        told = partial(console.print, style="dim", markup=False)
        quality: tuple[CheckedQuality, ...] = ()
        if asked.quality:
            end = began + asked.budget_s * QUALITY_SHARE
            quality = compare_quality(before.folder, after.folder, Path(scratch), end, told)
        take_turns(watched, folders, Path(scratch), asked.budget_s - (time.monotonic() - began), asked.pace, told)
    cases = [*(_checked(case) for case in watched), *unwatched]
    changed = differing(facts, machine())
    if changed:
        notes.append(f"the machine changed in the middle ({'; '.join(changed)}), so nothing is decided")
        cases = [_undecided(case, notes[-1]) for case in cases]
    return CheckRecord(
        before=before.commit,
        after=after.commit,
        against=asked.against or "the merge base with main",
        cases=tuple(cases),
        level=verdicts.LEVEL,
        looks=asked.pace.looks,
        quality=quality,
        twins=twins_of(watched).sd,
        budget_s=asked.budget_s,
        seconds=round(time.monotonic() - began, 1),
        quick=asked.quick,
        fingerprint=fingerprint(facts),
        load=(load_before, load()),
        notes=tuple(notes),
        provenance=_provenance(facts),
    )


def exit_code(record: CheckRecord, fail_above: float | None = None) -> int:
    """What the whole check comes to; with `fail_above` it only reports, but for a case that lost more than that."""
    if fail_above is not None:
        return int(any(one.verdict == "worse" and (one.effect or 0.0) > fail_above for one in record.cases))
    found = {one.verdict for one in (*record.cases, *record.quality)}
    if found & {"missing", "failed"}:
        return 2
    if "worse" in found or any(case.memory == "worse" for case in record.cases):
        return 1
    return 3 if "inconclusive" in found else 0


def _notes(before: Checkout, after: Checkout) -> list[str]:
    notes = []
    if after.commit == WORKING_TREE:
        notes.append("the checkout holds changes that are not committed: the working tree is compared")
    projects = [side.folder / "pyproject.toml" for side in (before, after)]
    if len({path.read_text(encoding="utf-8") if path.exists() else "" for path in projects}) > 1:
        notes.append("pyproject.toml differs; both versions run with the packages that are installed here")
    return notes


def _cases(version: Checkout) -> dict[str, dict[str, Any]]:
    try:
        with Worker(version.folder) as worker:
            return worker.ask(list=True)["cases"]
    except WorkerDied as why:
        raise VersionError(
            f"The benchmark cases of {version.commit[:12]} cannot be loaded: {why}\n"
            "Choose a version that has bench/cases and runs with the packages installed here."
        ) from why


def _choose(
    before: dict[str, dict[str, Any]], after: dict[str, dict[str, Any]], asked: Asked
) -> tuple[list[Watched], list[CheckedCase]]:
    """The cases to time, and those that only one version has."""
    watched, unwatched = [], []
    for name, told in {**before, **after}.items():
        if not all(word in name for word in asked.words.split()) or (asked.quick and not told["quick"]):
            continue
        if name in before and name in after:
            watched.append(Watched(name, told["region"], told["alone"]))
        elif name in before:
            unwatched.append(_blank(name, told["region"], "missing", "the version after has no such case"))
        else:
            unwatched.append(_blank(name, told["region"], "skipped", "new: there is nothing to compare it with"))
    if not watched and not unwatched:
        raise VersionError(
            f"No case of either version has {asked.words!r} in its name. `python -m bench.run --list` lists them."
        )
    return watched, unwatched


def _blank(name: str, region: str, verdict: CheckVerdict, reason: str) -> CheckedCase:
    nothing = CheckedSide((), None, None)
    return CheckedCase(name, region, "", "lower", verdict, reason, None, None, None, None, (), (), nothing, nothing)


def _checked(case: Watched) -> CheckedCase:
    if case.stopped:
        return _blank(case.name, case.region, case.stopped, case.reason)
    decision = case.decision
    verdict = "inconclusive" if case.is_unconfirmed else decision.verdict
    return CheckedCase(
        case=case.name,
        region=case.region,
        unit=case.unit,
        better="higher" if case.unit.endswith("/s") else "lower",
        verdict=verdict,
        reason=_reason(case),
        effect=decision.effect,
        interval=decision.interval,
        threshold=decision.threshold,
        p=decision.p,
        ratios=tuple(one.ratio for one in case.rounds),
        noise=tuple(one.noise for one in case.rounds),
        before=_side(case, "before"),
        after=_side(case, "after"),
        memory=memory_verdict(*(case.peaks[side] for side in ("before", "again", "after"))),
        output_difference=case.output_difference,
    )


def _reason(case: Watched) -> str:
    seen = case.decision.verdict
    thrown = f"{case.spoilt} rounds were thrown away, since other programs took more of one version's turns"
    said = [thrown] if case.spoilt else []
    if case.is_unconfirmed:
        said.insert(0, f"seems {seen}, but the time was up before new processes were asked")
    elif seen == "inconclusive":
        said.insert(0, f"{len(case.rounds)} rounds do not tell; more time might" if case.rounds else "no time for it")
    return "; ".join(said)


def _side(case: Watched, side: Side) -> CheckedSide:
    samples = tuple(1 / s if case.unit.endswith("/s") else s for s in case.samples[side])
    return CheckedSide(samples, median(samples) if samples else None, case.peaks[side])


def memory_verdict(before: int | None, again: int | None, after: int | None) -> Any:
    """Whether the peak memory changed by more than it does between two processes of one version; "" if unknown."""
    if before is None or again is None or after is None:
        return ""
    change = after - (before + again) / 2
    counts = max(MEMORY_SHARE * before, MEMORY_LEAST, 2 * abs(again - before))
    return "tie" if abs(change) <= counts else "worse" if change > 0 else "better"


def _undecided(case: CheckedCase, why: str) -> CheckedCase:
    return replace(case, verdict="inconclusive", reason=why, memory="") if case.ratios else case


def _provenance(facts: Facts) -> Any:
    proof = provenance("bench-check", "", 0, program=("python", "-m", "bench.check"))
    return replace(proof, machine={**facts, "load": load()})


def table_of(record: CheckRecord) -> Table:
    """The verdicts, one case a row."""
    table = Table(title=f"{record.after[:12]} against {record.before[:12]}")
    for heading in ("case", "verdict", "effect", "95% interval", "counts from", "memory", "output", "rounds"):
        table.add_column(heading, overflow="fold")
    for case in sorted(record.cases, key=lambda case: (case.verdict not in COLOURS, case.case)):
        colour = COLOURS.get(case.verdict, "default")
        ends = " to ".join(f"{end:+.1%}" for end in case.interval) if case.interval else ""
        table.add_row(
            case.case,
            f"[{colour}]{case.verdict}[/]",
            "" if case.effect is None else f"{case.effect:+.1%}",
            ends,
            "" if case.threshold is None else f"{case.threshold:.1%}",
            case.memory,
            "" if not case.output_difference else f"{case.output_difference:.2g}",
            str(len(case.ratios)),
        )
    return table


def quality_table(record: CheckRecord) -> Table:
    """The scores of the small recipe by both versions."""
    table = Table(title="Quality of the small recipe")
    for heading in ("approach", "direction", "score", "verdict", "before", "after", "95% interval of the change"):
        table.add_column(heading, overflow="fold")
    for one in record.quality:
        ends = " to ".join(f"{end:+.3f}" for end in one.interval) if one.interval else ""
        before, after = ("" if value is None else f"{value:.3f}" for value in (one.before, one.after))
        verdict = f"[{COLOURS.get(one.verdict, 'default')}]{one.verdict}[/]"
        table.add_row(one.approach, one.direction, one.metric, verdict, before, after, ends)
    return table


def _asked(arguments: Sequence[str]) -> tuple[Asked, Path]:
    parser = argparse.ArgumentParser(prog="python -m bench.check", description="Is this version slower than another?")
    parser.add_argument("--against", default="", metavar="REV", help="default: the merge base with main")
    parser.add_argument("--quick", action="store_true", help="only the quick cases")
    parser.add_argument(
        "--budget", type=float, metavar="SECONDS", help=f"default: {BUDGET_S:.0f}, or {QUICK_BUDGET_S:.0f}"
    )
    parser.add_argument("-k", default="", metavar="WORDS", help="only cases with all of these in their names")
    parser.add_argument("--no-quality", action="store_true", help="leave out training the small recipe")
    parser.add_argument(
        "--fail-above", type=float, metavar="SHARE", help="report, and fail only if a case costs over SHARE more (0.15)"
    )
    parser.add_argument("--out", type=Path, default=Path("runs/bench-check"), metavar="DIR")
    found = parser.parse_args(arguments)
    budget = found.budget or (QUICK_BUDGET_S if found.quick else BUDGET_S)
    quality = not (found.quick or found.k or found.no_quality)
    return Asked(found.against, found.quick, budget, found.k, quality, found.fail_above), found.out


def main(arguments: Sequence[str] | None = None, pace: Pace | None = None) -> int:
    """Check, print the table, write the record; returns the exit code."""
    asked, out = _asked(sys.argv[1:] if arguments is None else arguments)
    progress, console = Console(stderr=True), Console()
    try:
        record = check(Path.cwd(), replace(asked, pace=pace or asked.pace), progress)
    except C2CError as error:
        progress.print(str(error), style="red", markup=False, soft_wrap=True)
        return 2 if asked.fail_above is None else 0
    path = write_record(out / "records", record)
    console.print(table_of(record))
    if record.quality:
        console.print(quality_table(record))
    reasons = [f"{case.case}: {case.reason}" for case in record.cases if case.reason]
    reasons += [f"{one.approach} {one.direction}: {one.reason}" for one in record.quality if one.reason]
    for said in (*reasons, *record.notes):
        console.print(said, markup=False, soft_wrap=True)
    console.print(f"Written: {path}. `c2c site {out}` shows it with its distributions.", markup=False, soft_wrap=True)
    return exit_code(record, asked.fail_above)


if __name__ == "__main__":
    sys.exit(main())
