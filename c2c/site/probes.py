"""Looks inside an approach: what a cycle hides in its middle picture, and which half of a depth chain loses."""

from dataclasses import dataclass

from c2c.records import Finding, ProbeRecord, Score, Trial
from c2c.site.galleries import Cell
from c2c.site.placing import Placer
from c2c.site.reading import Filed, RunFolder
from c2c.site.words import direction_name, metric_of, number, slug, title_case

SHOWN = 3  # pictures; the run's folder holds all that were probed
TITLES = {"cycle": "What is hidden in the middle picture", "chain": "Which half loses"}
CHAIN_PAGE = "depth-chain.html"
KEPT = "worth of depth that is kept"
HARMS = {"8-bit": "Rounding to 8 bits", "jpeg": "JPEG", "noise": "Noise that the eye hardly sees"}


@dataclass(frozen=True)
class Column:
    """The head of one column of numbers."""

    name: str
    better: str  # "lower", "higher" or ""
    about: str


@dataclass(frozen=True)
class Number:
    """A value with its interval of 95%."""

    text: str
    interval: str


@dataclass(frozen=True)
class Row:
    """What a network was fed with, and the numbers of what came out."""

    fed: str
    numbers: tuple[Number | None, ...]


@dataclass(frozen=True)
class Strip:
    """One test picture and all that was made of it."""

    stem: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Probe:
    """One look inside an approach, in one direction."""

    anchor: str
    title: str
    direction: str
    size: int
    pictures: int
    fed: str  # what is fed
    href: str  # of the record
    found: tuple[str, ...]  # in sentences
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    definitions: tuple[tuple[str, str], ...]
    strips: tuple[Strip, ...]
    shows_depth: bool
    page: str  # where all of it is shown, if not here


def probes_of(run: RunFolder, approach: str, placer: Placer) -> tuple[Probe, ...]:
    """The looks inside one approach; brings their pictures into the site."""
    return tuple(_probe(filed, placer) for filed in run.of(ProbeRecord) if filed.record.approach == approach)


def _probe(filed: Filed[ProbeRecord], placer: Placer) -> Probe:
    record, is_cycle = filed.record, filed.record.probe == "cycle"
    shown = record.pictures[:: max(1, len(record.pictures) // SHOWN)][:SHOWN] if is_cycle else ()
    columns, rows = _cycle_table(record) if is_cycle else trial_table(record)
    return Probe(
        anchor=f"probe-{slug(record.direction)}-{record.size}",
        title=TITLES[record.probe],
        direction=direction_name(record.source, record.target, record.direction),
        size=record.size,
        pictures=len(record.pictures),
        fed="The way back, fed with the middle picture" if is_cycle else "The renderer, fed with",
        href=filed.href,
        found=_cycle_in_words(record) if is_cycle else chain_in_words(record),
        columns=columns,
        rows=rows,
        definitions=definitions_of(record),
        strips=tuple(_strip(record, stem, placer) for stem in shown),
        shows_depth=any(panel.modality == "depth" for panel in record.panels),
        page="" if is_cycle else f"{CHAIN_PAGE}#{chain_anchor(record.approach, record.direction)}",
    )


def chain_anchor(approach: str, direction: str) -> str:
    """Where a chain stands on the page of depth chains."""
    return f"chain-{slug(approach)}-{slug(direction)}"


def definitions_of(record: ProbeRecord) -> tuple[tuple[str, str], ...]:
    """What each finding is, by its name."""
    return tuple((title_case(finding.name), finding.definition) for finding in record.findings)


def _strip(record: ProbeRecord, stem: str, placer: Placer) -> Strip:
    cells = []
    for panel in record.panels:
        alt = f"{title_case(panel.caption)}, picture {stem}"
        cells.append(Cell(panel.role, title_case(panel.caption), placer.place(panel.folder, stem, panel.modality, alt)))
    return Strip(stem, tuple(cells))


def trial_table(record: ProbeRecord) -> tuple[tuple[Column, ...], tuple[Row, ...]]:
    """A row for each trial, a column for each metric."""
    first = {score.metric: score for trial in reversed(record.trials) for score in trial.scores}
    columns = tuple(Column(metric_of(name).name, score.better, _against(score)) for name, score in first.items())
    return columns, tuple(Row(trial.said, _numbers(trial, tuple(first))) for trial in record.trials)


def _cycle_table(record: ProbeRecord) -> tuple[tuple[Column, ...], tuple[Row, ...]]:
    """The same with two columns more: what the harm costs where nothing is hidden, and the share that was."""
    columns, rows = trial_table(record)
    shares = {finding.name.removeprefix("hidden share, "): finding for finding in record.findings}
    columns += (
        Column("L1, harmed after", "", "the reconstruction harmed alike"),
        Column("Hidden share", "", "of what comes back"),
    )
    whole = []
    for trial, row in zip(record.trials, rows, strict=True):
        control = number_of(trial.control.value, trial.control.interval) if trial.control else None
        finding = shares.get(trial.fed)
        share = Number(*_percent(finding)) if finding and finding.value is not None else None
        whole.append(Row(row.fed, (*row.numbers, control, share)))
    return columns, tuple(whole)


def _numbers(trial: Trial, metrics: tuple[str, ...]) -> tuple[Number | None, ...]:
    scores = {score.metric: score for score in trial.scores}
    return tuple(number_of(scores[m].value, scores[m].interval) if m in scores else None for m in metrics)


def number_of(value: float, interval: tuple[float, float] | None) -> Number:
    """A value with its interval, as they are written."""
    return Number(number(value), f"{number(interval[0])} to {number(interval[1])}" if interval else "")


def _against(score: Score) -> str:
    return {"input": "to the input", "reference": "to the city", "truth": "to the truth"}.get(
        score.against, "to the true dress"
    )


def _cycle_in_words(record: ProbeRecord) -> tuple[str, ...]:
    trained = next(trial.scores[0] for trial in record.trials if trial.fed == "as trained")
    told = [f"There and back, a picture comes back {number(trained.value)} away from itself{_between(trained)} (L1)."]
    if any(finding.value is None for finding in record.findings):
        return *told, "What comes back is no nearer to its own picture than to another, so nothing can be hidden."
    for finding in record.findings:
        what = HARMS.get(finding.name.removeprefix("hidden share, "), finding.name)
        if finding.interval and finding.interval[0] > 0:
            share, interval = _percent(finding)
            told.append(f"{what} takes away {share} ({interval}) of what the way back knows of its picture.")
        else:
            told.append(f"{what} takes nothing away that the way back needs.")
    return tuple(told)


def chain_in_words(record: ProbeRecord) -> tuple[str, ...]:
    """What is found in a chain, in sentences: which half loses, what its depth keeps and how good that depth is."""
    return *halves_in_words(record), *worth_in_words(record), *_depth_in_words(record)


def halves_in_words(record: ProbeRecord) -> tuple[str, ...]:
    """Which half of a chain loses."""
    found = {finding.name: finding for finding in record.findings}
    if "left to the renderer" not in found:
        return tuple(
            f"{title_case(finding.name)}: {number(finding.value)} {_apart(finding)} in "
            f"{metric_of(record.metric).said}. The true depth is not known, so the halves cannot be told apart."
            for finding in record.findings[:1]
        )
    lost, left = found["lost to the predicted depth"], found["left to the renderer"]
    share = found["share of the predicted depth"]
    errors = {trial.fed: next(s for s in trial.scores if s.metric == record.metric) for trial in record.trials}
    first = (
        f"The chain's pictures are {number(errors['predicted'].value)} away from the true ones, "
        f"in {metric_of(record.metric).said}."
    )
    if not (lost.interval and lost.interval[0] > 0):
        return first, "It is the renderer's: with the true depth it draws no better than with the predicted one."
    percent = f", or {_percent(share)[0]}," if share.value is not None else ""
    return first, (
        f"{number(lost.value)} {_apart(lost)}{percent} comes from the predicted depth; {number(left.value)} stays "
        "with the true depth, and is the renderer's."
    )


def worth_in_words(record: ProbeRecord) -> tuple[str, ...]:
    """How much of what the right depth is worth a chain keeps, where the true depth is known."""
    kept = next((finding for finding in record.findings if finding.name == KEPT), None)
    if kept is None:
        return ()
    if kept.value is None:
        return ("It draws no better from a picture's own depth than from another's.",)
    if kept.interval is None or kept.interval[1] - kept.interval[0] > 1:
        return ("It draws better from a picture's own depth than from another's, but too little to share out.",)
    told = "Of what the right depth is worth to the renderer, the predicted one keeps {} ({})."
    return (told.format(*_percent(kept)),)


def _depth_in_words(record: ProbeRecord) -> tuple[str, ...]:
    scores = {score.metric: number(score.value) for score in record.depth_scores}
    if not scores:
        return ()
    return (f"The predicted depth itself: AbsRel {scores['abs_rel']}, RMSE {scores['rmse_m']} m.",)


def _between(score: Score) -> str:
    return f" ({number(score.interval[0])} to {number(score.interval[1])})" if score.interval else ""


def _apart(finding: Finding) -> str:
    return f"({number(finding.interval[0])} to {number(finding.interval[1])})" if finding.interval else ""


def _percent(finding: Finding) -> tuple[str, str]:
    """A share and its interval, in percent."""
    texts = [f"{round(100 * value)}%".replace("-", "−") for value in (finding.value or 0.0, *(finding.interval or ()))]
    return texts[0], " to ".join(texts[1:])
