"""Timings of before: records that were kept in a run's folder `history/`, in the order in which they were measured.

Only what was measured alike is put in one row: the same case in the same unit, on the same machine.
"""

from dataclasses import dataclass
from urllib.parse import quote

from c2c.errors import RecordError
from c2c.records import TimingRecord, read_record
from c2c.site.costs import machine_of
from c2c.site.plots import Bar, Numbers, Plot, dated_plot, row
from c2c.site.reading import Filed, RunFolder
from c2c.site.speed import case_name, quartiles
from c2c.site.words import number

FOLDER = "history"
IN_WORDS = {"translate": "translating", "train": "training"}
ON = {"cpu": "", "cuda": " on CUDA"}


@dataclass(frozen=True)
class History:
    """How timed cases moved, and what could not be read."""

    plots: tuple[Plot, ...]
    problems: tuple[str, ...]
    files: dict[str, str]  # the records of before, to link to, by address in the site


def history_of(run: RunFolder, names: dict[str, str]) -> History:
    """The plots of every case that was measured at least twice; `names` says what approaches are called."""
    earlier, problems, files = _earlier(run)
    cases: dict[tuple[str, ...], list[Filed[TimingRecord]]] = {}
    for filed in [*earlier, *run.of(TimingRecord)]:
        record = filed.record
        if record.status == "measured" and record.median is not None:
            cases.setdefault((record.case, record.unit, machine_of(record.provenance)), []).append(filed)
    plots = [_plot(filed, names) for _, filed in sorted(cases.items()) if len(filed) > 1]
    return History(tuple(plots), tuple(problems), files)


@dataclass(frozen=True)
class _Kept(Filed[TimingRecord]):
    """A record of before; its address is below `history/`."""

    @property
    def href(self) -> str:
        return f"{FOLDER}/{quote(self.file)}"


def _earlier(run: RunFolder) -> tuple[list[Filed[TimingRecord]], list[str], dict[str, str]]:
    """Timing records below `history/`, in any folders; what is no record is told."""
    folder = run.root / FOLDER
    found: list[Filed[TimingRecord]] = []
    problems, files = [], {}
    for path in sorted(folder.rglob("*.json")):
        name = path.relative_to(folder).as_posix()
        try:
            record = read_record(path)
        except RecordError as error:
            problems.append(str(error).replace(f"{run.root}/", "").splitlines()[0])
            continue
        if isinstance(record, TimingRecord):
            found.append(_Kept(record, name))
            files[f"{FOLDER}/{name}"] = path.read_text(encoding="utf-8")
    return found, problems, files


def _plot(filed: list[Filed[TimingRecord]], names: dict[str, str]) -> Plot:
    """One case over time."""
    ordered = sorted(filed, key=lambda f: (f.record.provenance.created, f.file))
    record = ordered[-1].record
    title = f"{case_name(record, names)}, {IN_WORDS[record.what]}{ON[record.device]}"
    values = [(f.record.provenance.created[:10], _bar(f.record)) for f in ordered]
    rows = tuple(
        row(f.record.provenance.created, f.href, number(f.record.median), f.record.provenance.versions.get("c2c", "–"))
        for f in ordered
    )
    return dated_plot(title, record.unit, values, Numbers(title, ("Measured", record.unit, "c2c"), rows))


def _bar(record: TimingRecord) -> Bar:
    low, high = quartiles(record.samples, record.median)
    return Bar(record.case, record.median or 0.0, low, high, number(record.median))
