"""The speed page: every timed case, with bars that compare only like with like, and what the cost buys."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from c2c.records import TimingRecord
from c2c.site.plots import Bar, NumberRow, Numbers, Plot, bar_plot, row
from c2c.site.reading import Filed, RunFolder
from c2c.site.words import mebibytes, number

WORK = {"translate": "Translating", "train": "Training"}
DEVICES = {"cpu": "on the CPU", "cuda": "on CUDA"}


@dataclass(frozen=True)
class Unmeasured:
    """Cases that were not measured for the same reason."""

    reason: str
    cases: tuple[tuple[str, str], ...]  # what each is called, and its record


@dataclass(frozen=True)
class TimedGroup:
    """Cases of one kind of work on one device in one unit, on one scale."""

    title: str
    unit: str
    better: str
    regions: tuple[str, ...]  # what was inside the clock
    plot: Plot | None  # None where nothing was measured
    unmeasured: tuple[Unmeasured, ...]


def timed_groups(run: RunFolder, names: dict[str, str]) -> list[TimedGroup]:
    """Timed cases by work, device and unit, in order of approach and size; `names` says what approaches are called."""
    groups: dict[tuple[str, str, str], list[Filed[TimingRecord]]] = {}
    for filed in run.of(TimingRecord):
        key = (filed.record.what, filed.record.device, filed.record.unit)
        groups.setdefault(key, []).append(filed)
    order = sorted(groups, key=lambda key: (list(WORK).index(key[0]), key[1:]))
    return [_group(key, groups[key], names) for key in order]


def _group(key: tuple[str, str, str], filed: list[Filed[TimingRecord]], names: dict[str, str]) -> TimedGroup:
    what, device, unit = key
    ordered = sorted(filed, key=lambda f: (f.record.approach, f.record.size, f.record.batch, f.record.case))
    measured = [f for f in ordered if f.record.status == "measured" and f.record.median is not None]
    regions = dict.fromkeys(f.record.timed_region for f in measured)
    title = f"{WORK[what]} {DEVICES[device]}"
    bars = [_bar(f.record, names) for f in measured]
    return TimedGroup(
        title=title,
        unit=unit,
        better="higher" if unit == "images/s" else "lower",
        regions=tuple(region for region in regions if region),
        plot=bar_plot(title, unit, bars, _numbers(title, unit, measured, names)) if measured else None,
        unmeasured=_unmeasured([f for f in ordered if f not in measured], names),
    )


def quartiles(samples: Sequence[float], median: float | None) -> tuple[float, float]:
    """The ends of the middle half of the samples; the median itself where there is but one."""
    if len(samples) < 2:
        return median or 0.0, median or 0.0
    low, _, high = statistics.quantiles(samples, n=4, method="inclusive")
    return low, high


def _bar(record: TimingRecord, names: dict[str, str]) -> Bar:
    low, high = quartiles(record.samples, record.median)
    return Bar(case_name(record, names), record.median or 0.0, low, high, number(record.median))


def case_name(record: TimingRecord, names: dict[str, str]) -> str:
    """What a timed case is called: "CycleGAN, 128 px, batch 4"."""
    batch = f", batch {record.batch}" if record.batch > 1 else ""
    return f"{names.get(record.approach, record.approach)}, {record.size} px{batch}"


def _numbers(title: str, unit: str, filed: list[Filed[TimingRecord]], names: dict[str, str]) -> Numbers:
    """Everything that was measured of each case."""
    headings = ("Approach", unit, "IQR", "Blocks", "Batch", "Threads", "Load", "Peak memory")
    return Numbers(title, headings, tuple(_row(f, names) for f in filed))


def _row(filed: Filed[TimingRecord], names: dict[str, str]) -> NumberRow:
    record = filed.record
    return row(
        case_name(record, names),
        filed.href,
        number(record.median),
        number(record.interquartile_range),
        f"{len(record.samples)}",
        f"{record.batch}",
        f"{record.threads}",
        str(record.provenance.machine.get("load", "–")),
        mebibytes(record.peak_memory_bytes),
    )


def _unmeasured(filed: list[Filed[TimingRecord]], names: dict[str, str]) -> tuple[Unmeasured, ...]:
    """What was not measured, by the reason."""
    reasons: dict[str, list[tuple[str, str]]] = {}
    for f in filed:
        reason = f"{f.record.status}: {f.record.reason}" if f.record.reason else f.record.status
        reasons.setdefault(reason, []).append((case_name(f.record, names), f.href))
    return tuple(Unmeasured(reason, tuple(cases)) for reason, cases in reasons.items())
