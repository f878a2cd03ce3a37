"""Time the cases and keep what was measured: `python -m bench.run --quick`, or `nox -s bench -- --quick`."""

import argparse
import hashlib
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bench.cases import CASES, Case
from bench.history import History, new_folder, read_history
from bench.measure import ROOT, Measured, measure, measure_alone
from bench.versions import commit_of, is_dirty
from c2c.records import BenchRecord, Provenance, write_record
from c2c.records.provenance import load, provenance
from c2c.timing.clock import median_and_spread
from c2c.timing.machine import Facts, LoadWatch, fingerprint, machine

BUSY = 0.25  # processors that others keep busy: from there on a number is marked
FAILED = 2  # the exit code, the same as the check's


@dataclass(frozen=True)
class Where:
    """The version and the machine of a run."""

    commit: str
    dirty: bool
    facts: Facts
    proof: Provenance

    @property
    def fingerprint(self) -> str:
        """Of the machine."""
        return fingerprint(self.facts)


def chosen_cases(word: str = "", quick: bool = False) -> list[Case]:
    """The cases whose name holds every word, in the order of the registry."""
    words = word.lower().split()
    cases = [case for case in CASES.values() if case.quick or not quick]
    return [case for case in cases if all(part in case.name for part in words)]


def run(cases: list[Case], folder: Path, seconds: float, where: Where) -> Iterator[BenchRecord]:
    """Measure cases one after another; each record is written as soon as it is known."""
    for case in cases:
        watch = LoadWatch()
        skipped = case.device == "cuda" and where.facts["gpu"] == "none"  # not worth a process
        found = measure_alone(case, seconds) if case.alone and not skipped else measure(case, seconds)
        record = record_of(case, found, watch, where)
        write_record(folder, record)
        yield record


def record_of(case: Case, found: Measured, watch: LoadWatch, where: Where) -> BenchRecord:
    """What was measured, with where and amid what."""
    median, spread = median_and_spread(found.samples) if found.samples else (None, None)
    return BenchRecord(
        case=case.name,
        region=case.region,
        device=case.device,
        status=found.status,
        reason=found.reason,
        unit=found.unit,
        better=found.better,
        samples=found.samples,
        median=median,
        interquartile_range=spread,
        first_call_s=found.first_call_s,
        parts=found.parts,
        peak_memory_bytes=found.peak_memory_bytes,
        load_before=watch.before,
        load_after=load(),
        others_busy=watch.others_busy(),
        commit=where.commit,
        dirty=where.dirty,
        fingerprint=where.fingerprint,
        provenance=where.proof,
    )


def here(root: Path = ROOT) -> Where:
    """This checkout on this machine."""
    facts = machine()
    proof = provenance("bench", hashlib.sha256(b"").hexdigest(), 0, program=("python", "-m", "bench.run"))
    proof = replace(proof, machine={**facts, "load": load()})
    return Where(commit_of(root, "HEAD") or "", is_dirty(root), facts, proof)


def table_of(records: list[BenchRecord], before: History) -> Table:
    """Every measured case in a line, beside what the same machine measured the last time."""
    table = Table()
    table.add_column("case", overflow="fold")  # the one that is broken into lines where the terminal is narrow
    for heading in ("median", "IQR", "unit", "peak MiB", "others busy", "last time"):
        table.add_column(heading, justify="right", no_wrap=True)
    for record in records:
        if record.median is not None and record.interquartile_range is not None:
            last = before.newest(record.case)
            numbers = f"{record.median:.4g}", f"{float(f'{record.interquartile_range:.2g}'):g}", record.unit
            table.add_row(record.case, *numbers, *_beside(record, last))
    return table


def _beside(record: BenchRecord, last: BenchRecord | None) -> list[str]:
    """Memory, what others did, and the last time's median."""
    peak = "–" if record.peak_memory_bytes is None else f"{record.peak_memory_bytes / 2**20:.0f}"
    busy = "–" if record.others_busy is None else f"{record.others_busy:.2f}"
    marked = f"[yellow]{busy}[/]" if (record.others_busy or 0) > BUSY else busy
    earlier = f"{last.median:.4g}" if last and last.median and last.unit == record.unit else "–"
    return [peak, marked, earlier]


def unmeasured(records: list[BenchRecord]) -> list[str]:
    """What was not measured and why, a line for each reason."""
    reasons: dict[str, list[str]] = {}
    for record in records:
        if record.status != "measured":
            reasons.setdefault(f"{record.status}: {record.reason}", []).append(record.case)
    return [f"{why}: {', '.join(cases)}" for why, cases in reasons.items()]


def parts_of(records: list[BenchRecord]) -> Table | None:
    """The median seconds of each part of a training step; None where no step was measured."""
    split = [record for record in records if record.parts]
    if not split:
        return None
    names = list(dict.fromkeys(part for record in split for part in record.parts))
    table = Table("seconds of a step", *names)
    for record in split:
        medians = (median_and_spread(record.parts[name])[0] if name in record.parts else None for name in names)
        table.add_row(record.case, *("–" if median is None else f"{median:.4f}" for median in medians))
    return table


def main() -> int:
    """Time what is asked for; gives the exit code."""
    asked = _asked()
    console, progress = Console(), Console(stderr=True)
    cases = chosen_cases(asked.word, asked.quick)
    if not cases:
        progress.print(f"No case holds {asked.word!r}. See them all with: python -m bench.run --list", markup=False)
        return FAILED
    if asked.list:
        for case in cases:
            console.print(f"{case.name}: {case.region}", markup=False, soft_wrap=True)
        return 0
    where = here()
    history = read_history(asked.out / "history", where.fingerprint)
    for problem in history.problems:
        progress.print(problem, markup=False, soft_wrap=True)
    folder = new_folder(asked.out / "history", where.fingerprint, where.proof.created, where.commit)
    records = []
    for record in run(cases, folder, asked.seconds, where):
        records.append(record)
        progress.print(f"{len(records)} of {len(cases)}: {record.case}: {record.status}", markup=False)
    for table in (table_of(records, history), parts_of(records)):
        if table:
            console.print(table)
    for line in unmeasured(records):
        console.print(line, markup=False, soft_wrap=True)
    progress.print(f"Kept in {folder}", markup=False, soft_wrap=True)
    return FAILED if any(record.status == "failed" for record in records) else 0


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench.run", description="Time the parts of c2c, and keep what was measured.")
    parser.add_argument("--quick", action="store_true", help="only the few cases that stand for the others")
    parser.add_argument("-k", dest="word", default="", help="only cases whose name holds these words")
    parser.add_argument("--seconds", type=float, default=3.0, help="to time each case for, at least 3 blocks")
    parser.add_argument("--out", type=Path, default=Path("runs/bench"), help="folder; its history/ is added to")
    parser.add_argument("--list", action="store_true", help="say what there is to time, and time nothing")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
