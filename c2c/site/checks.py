"""The check page: whether one version of c2c is slower or faster than another, with all that was measured.

All changes are of cost, so that more is worse in every unit: an effect of 0.1 is 10% slower, whether seconds or
images a second were counted.
"""

import statistics
from collections import Counter
from dataclasses import dataclass
from itertools import groupby

from c2c.records import CheckedCase, CheckedQuality, CheckRecord
from c2c.site.plots import Bar, Line, Numbers, Pile, Plot, distribution_plot, interval_plot, row
from c2c.site.reading import Filed, RunFolder
from c2c.site.speed import quartiles
from c2c.site.training import Setting
from c2c.site.words import duration, enumerate_words, mebibytes, metric_of, number, slug, title_case, written

FILE = "check.html"
ORDER = ("worse", "failed", "missing", "inconclusive", "better", "tie", "skipped")  # what asks for action comes first
ABOUT = {
    "worse": "slower than before, by more than this machine's noise explains",
    "failed": "raised an error in one of the versions",
    "missing": "there before, and no longer",
    "inconclusive": "more rounds are needed",
    "better": "faster than before, by more than noise explains",
    "tie": "no difference that matters",
    "skipped": "not measured here",
}
COMMIT = 10  # letters of a commit that are shown


@dataclass(frozen=True)
class CaseRow:
    """One case in the table of verdicts."""

    name: str
    anchor: str  # of its plots, "" where it has none
    verdict: str
    reason: str
    before: str
    after: str
    unit: str
    better: str  # "lower" or "higher"
    effect: str  # "+10.2%": more cost
    interval: str
    threshold: str  # the least that counts here
    rounds: str


@dataclass(frozen=True)
class CasePlots:
    """What was measured of one case: all samples of both versions, and the ratios beside the machine's noise."""

    name: str
    anchor: str
    verdict: str
    region: str
    plots: tuple[Plot, ...]


@dataclass(frozen=True)
class Gate:
    """What must not move with the speed, of one case: the peak of its memory, the numbers that it gives."""

    name: str
    before: str  # memory
    after: str
    memory: str  # its verdict, "" where it is not known
    change: str  # the largest of the output, "–" where it is not known
    changed: bool


@dataclass(frozen=True)
class QualityRow:
    """A score of the small recipe by both versions."""

    name: str
    verdict: str
    reason: str
    before: str
    after: str
    interval: str  # of the change
    chance: str  # what another seed changes


@dataclass(frozen=True)
class Unchecked:
    """Cases that were not measured for the same reason."""

    reason: str
    cases: tuple[str, ...]


@dataclass(frozen=True)
class Check:
    """All of the check page."""

    title: str
    sentence: str
    before: str
    after: str
    href: str  # the record
    level: str  # of the intervals, in percent
    counts: tuple[tuple[str, str, str], ...]  # a verdict, of how many cases, and what it means
    notes: tuple[str, ...]
    rows: tuple[CaseRow, ...]
    skipped: tuple[Unchecked, ...]
    effects: Plot | None
    gates: tuple[Gate, ...]
    quality: tuple[QualityRow, ...]
    told: tuple[CasePlots, ...]  # of the cases that something is to be said about
    ties: tuple[CasePlots, ...]
    facts: tuple[Setting, ...]


def checks_of(run: RunFolder) -> list[Check]:
    """The checks among a run's records."""
    return [_check(filed) for filed in run.of(CheckRecord)]


def _check(filed: Filed[CheckRecord]) -> Check:
    record = filed.record
    cases = sorted(record.cases, key=lambda case: (ORDER.index(case.verdict), case.case))
    shown = [case for case in cases if case.verdict != "skipped"]
    drawn = [_case_plots(case, filed.href) for case in shown if case.before.samples and case.after.samples]
    return Check(
        title=_title(record),
        sentence=_sentence(record),
        before=record.before[:COMMIT],
        after=_shortened(record.after),
        href=filed.href,
        level=f"{record.level * 100:.4g}%",
        counts=tuple((verdict, f"{len(list(same))}", ABOUT[verdict]) for verdict, same in _by_verdict(cases)),
        notes=record.notes,
        rows=tuple(_row(case) for case in shown),
        skipped=_skipped(cases),
        effects=_effects(shown, record, filed.href),
        gates=tuple(_gate(case) for case in shown if case.memory or case.output_difference is not None),
        quality=tuple(_quality(one) for one in record.quality),
        told=tuple(plots for plots in drawn if plots.verdict != "tie"),
        ties=tuple(plots for plots in drawn if plots.verdict == "tie"),
        facts=_facts(record),
    )


def _by_verdict(cases: list[CheckedCase]) -> "groupby[str, CheckedCase]":
    return groupby(cases, key=lambda case: case.verdict)


def _title(record: CheckRecord) -> str:
    """The outcome in a line: what is bad, or that nothing is."""
    counts = Counter(one.verdict for one in (*record.cases, *record.quality))
    bad = [f"{counts[verdict]} {verdict}" for verdict in ORDER[:3] if verdict in counts]
    greedy = sum(case.memory == "worse" for case in record.cases)
    if greedy:
        bad.append(f"{greedy} with more memory")
    if bad:
        return title_case(enumerate_words(bad))
    if set(counts) <= {"skipped"}:
        return "Nothing was measured"
    undecided = counts["inconclusive"]
    return f"Nothing is worse, {undecided} undecided" if undecided else "Nothing is worse"


def _shortened(version: str) -> str:
    return version if " " in version else version[:COMMIT]


def _sentence(record: CheckRecord) -> str:
    most = max((len(case.ratios) for case in record.cases), default=0)
    rounds = f"in at most {most} rounds, " if most else ""
    return (
        f"Before is {record.before[:COMMIT]}, after is {_shortened(record.after)}: timed in turns {rounds}"
        f"within {duration(record.seconds)} of the {duration(record.budget_s)} that were allowed."
    )


def percent(change: float | None) -> str:
    """A change with its sign: "+10.2%"; a dash where there is none."""
    if change is None:
        return "–"
    return f"{'+' if change > 0 else ''}{written(change * 100, 1)}%"


def _ends(interval: tuple[float, float] | None) -> str:
    return f"{percent(interval[0])} to {percent(interval[1])}" if interval else ""


def _row(case: CheckedCase) -> CaseRow:
    return CaseRow(
        name=case.case,
        anchor=_anchor(case) if case.before.samples and case.after.samples else "",
        verdict=case.verdict,
        reason=case.reason,
        before=number(case.before.median),
        after=number(case.after.median),
        unit=case.unit,
        better=case.better,
        effect=percent(case.effect),
        interval=_ends(case.interval),
        threshold="–" if case.threshold is None else f"{written(case.threshold * 100, 1)}%",
        rounds=f"{len(case.ratios)}",
    )


def _anchor(case: CheckedCase) -> str:
    return f"case-{slug(case.case)}"


def _skipped(cases: list[CheckedCase]) -> tuple[Unchecked, ...]:
    reasons: dict[str, list[str]] = {}
    for case in cases:
        if case.verdict == "skipped":
            reasons.setdefault(case.reason or "no reason was given", []).append(case.case)
    return tuple(Unchecked(reason, tuple(names)) for reason, names in reasons.items())


def _effects(cases: list[CheckedCase], record: CheckRecord, href: str) -> Plot | None:
    """Every effect on its interval."""
    decided = [case for case in cases if case.effect is not None and case.interval is not None]
    if not decided:
        return None
    title = "Change of cost, %"
    rows = tuple(
        row(case.case, href, case.verdict, percent(case.effect), _ends(case.interval), number(case.p))
        for case in decided
    )
    numbers = Numbers(title, ("Case", "Verdict", "Change", f"Interval of {record.level * 100:.4g}%", "p"), rows)
    return interval_plot(title, "to the right is worse", [_bar(case) for case in decided],
                         [Line("no change", 0.0)], numbers)  # fmt: skip


def _bar(case: CheckedCase) -> Bar:
    effect, (low, high) = case.effect or 0.0, case.interval or (0.0, 0.0)
    return Bar(case.case, effect * 100, low * 100, high * 100, f"{percent(case.effect)} {case.verdict}")


def _case_plots(case: CheckedCase, href: str) -> CasePlots:
    plots = [_samples_plot(case, href)]
    if case.ratios and case.noise:
        plots.append(_noise_plot(case, href))
    return CasePlots(case.case, _anchor(case), case.verdict, case.region, tuple(plots))


def _samples_plot(case: CheckedCase, href: str) -> Plot:
    """All samples of both versions on one scale."""
    sides = (("Before", case.before), ("After", case.after))
    title = f"{case.case}: all blocks"
    piles = [Pile(name, side.samples, number(side.median), name == "After") for name, side in sides]
    rows = tuple(
        row(name, href, number(side.median), *map(number, quartiles(side.samples, side.median)), f"{len(side.samples)}")
        for name, side in sides
    )
    numbers = Numbers(title, ("Version", case.unit, "Lower quartile", "Upper quartile", "Blocks"), rows)
    return distribution_plot("All blocks", case.unit, piles, numbers)


def _noise_plot(case: CheckedCase, href: str) -> Plot:
    """What a round says of the two versions, beside what it says of one version held against itself."""
    kinds = (("Before against itself", case.noise), ("After against before", case.ratios))
    title = f"{case.case}: rounds"
    changes = [(name, tuple((ratio - 1) * 100 for ratio in ratios)) for name, ratios in kinds]
    piles = [
        Pile(name, values, percent(statistics.median(values) / 100), name.startswith("After"))
        for name, values in changes
    ]
    rows = tuple(
        row(name, href, percent(statistics.median(values) / 100), percent(min(values) / 100),
            percent(max(values) / 100), f"{len(values)}")
        for name, values in changes
    )  # fmt: skip
    numbers = Numbers(title, ("What", "Median", "Least", "Most", "Rounds"), rows)
    return distribution_plot("Change of cost by round, beside noise", "%", piles, numbers, line=0.0)


def _gate(case: CheckedCase) -> Gate:
    change = case.output_difference
    said = "–" if change is None else "none" if change == 0 else f"{change:.2g}"
    return Gate(
        name=case.case,
        before=mebibytes(case.before.peak_memory_bytes),
        after=mebibytes(case.after.peak_memory_bytes),
        memory=case.memory,
        change=said,
        changed=bool(change),
    )


def _quality(one: CheckedQuality) -> QualityRow:
    said = metric_of(one.metric).name
    before, after, chance = ("–" if value is None else number(value) for value in (one.before, one.after, one.chance))
    return QualityRow(
        name=f"{one.approach}, {one.direction}, {said}" if one.direction else one.approach,
        verdict=one.verdict,
        reason=one.reason,
        before=before,
        after=after,
        interval=" to ".join(number(end) for end in one.interval) if one.interval else "–",
        chance=chance,
    )


def _facts(record: CheckRecord) -> tuple[Setting, ...]:
    machine = record.provenance.machine
    facts = {
        "processor": str(machine.get("processor", "–")),
        "cores": str(machine.get("cores", "–")),
        "threads": str(machine.get("threads", "–")),
        "GPU": str(machine.get("gpu", "–")),
        "load": " → ".join(number(load) for load in record.load),
        "fingerprint": record.fingerprint,
        "looks": f"{record.looks}, all paid for",
        "processes of one version": f"differ by {number(record.twins * 100)}%",
        "kind": "quick" if record.quick else "whole",
        "asked for": record.against,
        "command": record.provenance.command,
    }
    return tuple(Setting(name, value) for name, value in facts.items())
