"""The speed page: every timed case, with bars that compare only like with like."""

import statistics
from dataclasses import dataclass

from c2c.records import TimingRecord
from c2c.site.reading import Filed, RunFolder
from c2c.site.words import mebibytes, number

WORK = {"translate": "Translating", "train": "Training"}
DEVICES = {"cpu": "on the CPU", "cuda": "on CUDA"}


@dataclass(frozen=True)
class TimedCase:
    """One row: a case that was measured, or why it was not."""

    approach: str
    size: int
    batch: int
    measured: bool
    median: str
    spread: str
    samples: int
    bar: float  # length of the bar, 0 to 100
    bar_low: float  # ends of the interquartile range on the same scale
    bar_high: float
    reason: str
    threads: int
    memory: str
    load: str
    record: str


@dataclass(frozen=True)
class TimedGroup:
    """Cases of one kind of work on one device in one unit, on one scale."""

    title: str
    unit: str
    better: str
    regions: tuple[str, ...]  # what was inside the clock
    cases: tuple[TimedCase, ...]


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
    longest = max((max(_quartiles(f.record)[1], f.record.median or 0.0) for f in filed), default=1.0) or 1.0
    ordered = sorted(filed, key=lambda f: (f.record.approach, f.record.size, f.record.batch, f.record.case))
    regions = dict.fromkeys(f.record.timed_region for f in ordered if f.record.status == "measured")
    return TimedGroup(
        title=f"{WORK[what]} {DEVICES[device]}",
        unit=unit,
        better="higher" if unit == "images/s" else "lower",
        regions=tuple(region for region in regions if region),
        cases=tuple(_case(f, longest, names) for f in ordered),
    )


def _quartiles(record: TimingRecord) -> tuple[float, float]:
    """The ends of the middle half of the samples."""
    if len(record.samples) < 2:
        return record.median or 0.0, record.median or 0.0
    low, _, high = statistics.quantiles(record.samples, n=4, method="inclusive")
    return low, high


def _case(filed: Filed[TimingRecord], longest: float, names: dict[str, str]) -> TimedCase:
    record = filed.record
    low, high = _quartiles(record)
    return TimedCase(
        approach=names.get(record.approach, record.approach),
        size=record.size,
        batch=record.batch,
        measured=record.status == "measured" and record.median is not None,
        median=number(record.median),
        spread=number(record.interquartile_range),
        samples=len(record.samples),
        bar=round(100 * (record.median or 0.0) / longest, 2),
        bar_low=round(100 * low / longest, 2),
        bar_high=round(100 * high / longest, 2),
        reason=f"{record.status}: {record.reason}" if record.reason else record.status,
        threads=record.threads,
        memory=mebibytes(record.peak_memory_bytes),
        load=str(record.provenance.machine.get("load", "–")),
        record=filed.href,
    )
