"""The depth chain page: what goes through a chain, step by step, and what its depth is worth."""

from collections.abc import Iterable
from dataclasses import dataclass

from c2c.records import Panel, ProbeRecord, Score, ScoreRecord, TranslationRecord, Trial
from c2c.site.galleries import BADGES, Cell, Gallery, Strip
from c2c.site.placing import Placer
from c2c.site.probes import (
    KEPT,
    Column,
    Number,
    chain_anchor,
    definitions_of,
    halves_in_words,
    number_of,
    trial_table,
    worth_in_words,
)
from c2c.site.reading import Filed, RunFolder
from c2c.site.ruler import Mark, Ruler
from c2c.site.tables import DEPTH_METRICS
from c2c.site.words import approach_name, direction_name, metric_of, number, slug, title_case

KIND = "depth_chain"
MOST_STREETS = 8  # without a probe; the gallery shows all
CHAIN = "predicted"  # what the chain itself feeds its renderer with
FED = {
    "true": "True depth",
    CHAIN: "Predicted depth: the chain",
    "shuffled": "Another picture's depth",
    "blank": "No depth",
}
NO_PICTURE = {"shuffled": "the depth of another test picture", "blank": "an empty depth map"}


@dataclass(frozen=True)
class Step:
    """What was fed to the renderer, above what it drew from that."""

    title: str
    chain: bool  # the chain's own step
    fed: Cell | None
    fed_is: str  # said in place of a picture of it
    drawn: Cell | None
    value: str  # score of what was drawn, "" where it has none
    value_is: str


@dataclass(frozen=True)
class Street:
    """One test picture: what it is and should become, then each step."""

    stem: str
    anchor: str
    steps: tuple[Step, ...]


@dataclass(frozen=True)
class Rung:
    """What the renderer was fed with, and how near its pictures came."""

    fed: str
    chain: bool
    mark: Mark | None
    numbers: tuple[Number | None, ...]


@dataclass(frozen=True)
class DepthErrors:
    """The errors of predicted depth, of one network on one set of pictures."""

    name: str
    about: str
    record: str
    numbers: tuple[Number | None, ...]


@dataclass(frozen=True)
class Chain:
    """One depth chain in one direction."""

    anchor: str
    name: str
    file: str  # of its approach
    gallery: str
    direction: str
    source: str
    target: str
    size: int
    kept: str  # how much of the right depth's worth the predicted one keeps, "" where that is not known
    kept_is: str
    found: tuple[str, ...]  # in sentences
    columns: tuple[Column, ...]
    rungs: tuple[Rung, ...]
    guides: tuple[float, ...]  # of the rungs' ruler: true depth, and another picture's
    ruler_is: str
    definitions: tuple[tuple[str, str], ...]
    record: str
    error_columns: tuple[Column, ...]
    errors: tuple[DepthErrors, ...]
    streets: tuple[Street, ...]


def chains_of(run: RunFolder, galleries: list[Gallery], placer: Placer) -> list[Chain]:
    """Every depth chain of a run, those that were probed and those that were not; brings their pictures in."""
    files = {(gallery.approach_key, gallery.direction_key): gallery for gallery in galleries}
    probes = [filed for filed in run.of(ProbeRecord) if filed.record.probe == "chain"]
    probed = {(filed.record.approach, filed.record.direction) for filed in probes}
    kinds = {(f.record.approach, f.record.direction): f.record.approach_kind for f in run.of(TranslationRecord)}
    chains = [_probed(run, filed, files, placer) for filed in probes]
    chains += [
        _not_probed(gallery)
        for key, gallery in files.items()
        if kinds.get(key) == KIND and key not in probed and any(section.strips for section in gallery.sections)
    ]
    return sorted(chains, key=lambda chain: chain.anchor)


def _probed(
    run: RunFolder, filed: Filed[ProbeRecord], galleries: dict[tuple[str, str], Gallery], placer: Placer
) -> Chain:
    record = filed.record
    gallery = galleries.get((record.approach, record.direction))
    columns, rows = trial_table(record)
    ruler = Ruler.over(score for trial in record.trials if (score := _decider(trial, record.metric)))
    marks = {trial.fed: _mark(ruler, trial, record.metric) for trial in record.trials}
    kept, kept_is = _kept(record)
    error_columns, errors = _errors(run, filed)
    return Chain(
        anchor=chain_anchor(record.approach, record.direction),
        name=approach_name(record.approach, record.approach_kind),
        file=f"approach-{slug(record.approach)}.html",
        gallery=gallery.file if gallery else "",
        direction=direction_name(record.source, record.target, record.direction),
        source=title_case(record.source),
        target=title_case(record.target),
        size=record.size,
        kept=kept,
        kept_is=kept_is,
        found=(*halves_in_words(record), *(() if kept else worth_in_words(record))),
        columns=columns,
        rungs=tuple(
            Rung(trial.said, trial.fed == CHAIN, marks[trial.fed], row.numbers)
            for trial, row in zip(record.trials, rows, strict=True)
        ),
        guides=tuple(mark.at for fed in ("true", "shuffled") if (mark := marks.get(fed))),
        ruler_is=metric_of(record.metric).name,
        definitions=definitions_of(record),
        record=filed.href,
        error_columns=error_columns,
        errors=errors,
        streets=tuple(_street(record, stem, placer) for stem in record.pictures),
    )


def _decider(trial: Trial, metric: str) -> Score | None:
    return next((score for score in trial.scores if score.metric == metric), None)


def _mark(ruler: Ruler, trial: Trial, metric: str) -> Mark | None:
    score = _decider(trial, metric)
    return ruler.mark(score) if score else None


def _kept(record: ProbeRecord) -> tuple[str, str]:
    """How much of the right depth's worth is kept, with its interval; nothing where that cannot be told."""
    found = next((finding for finding in record.findings if finding.name == KEPT), None)
    if found is None or found.value is None or found.interval is None or found.interval[1] - found.interval[0] > 1:
        return "", ""
    low, high = found.interval
    return f"{found.value:.0%}", f"of what the right depth is worth survives its prediction ({low:.0%} to {high:.0%})"


def _errors(run: RunFolder, filed: Filed[ProbeRecord]) -> tuple[tuple[Column, ...], tuple[DepthErrors, ...]]:
    """The errors of the chain's own depth, and of every network of the run that reads depth in its city."""
    record = filed.record
    rows = [("In this chain", filed.href, record.depth_scores)] if record.depth_scores else []
    for scored in run.of(ScoreRecord):
        other = scored.record
        if (other.source, other.target, other.size) == (record.source, record.source, record.size):
            depth = tuple(score for score in other.scores if score.metric in DEPTH_METRICS)
            rows += [(approach_name(other.subject, other.approach_kind), scored.href, depth)] if depth else []
    metrics = [metric for metric in DEPTH_METRICS if any(s.metric == metric for _, _, scores in rows for s in scores)]
    better = {score.metric: score.better for _, _, scores in rows for score in scores}
    columns = tuple(Column(metric_of(metric).name, better[metric], "") for metric in metrics)
    return columns, tuple(_error_row(name, href, scores, metrics) for name, href, scores in rows)


def _error_row(name: str, href: str, scores: tuple[Score, ...], metrics: list[str]) -> DepthErrors:
    found = {score.metric: number_of(score.value, score.interval) for score in scores}
    return DepthErrors(name, f"{scores[0].n} test pictures", href, tuple(found.get(metric) for metric in metrics))


def _street(record: ProbeRecord, stem: str, placer: Placer) -> Street:
    panels = {(panel.role, panel.modality): panel for panel in record.panels if panel.role != "output"}
    drawn = {panel.caption: panel for panel in record.panels if panel.role == "output"}

    def cell(panel: Panel | None) -> Cell | None:
        return _cell(panel, stem, placer) if panel else None

    before, after = panels.get(("input", "image")), panels.get(("truth", "image"))
    steps = [
        Step("Test picture, true picture" if after else "Test picture", False, cell(before), "", cell(after), "", "")
    ]
    depths = {"true": panels.get(("truth", "depth")), CHAIN: panels.get(("middle", "depth"))}
    for trial in record.trials:
        value, value_is = _value(trial, record.metric, stem)
        picture = cell(drawn.get(f"generated from {trial.said}"))
        depth = cell(depths.get(trial.fed))
        no_picture = "" if depth else NO_PICTURE.get(trial.fed, trial.said)
        title = FED.get(trial.fed, title_case(trial.said))
        steps.append(Step(title, trial.fed == CHAIN, depth, no_picture, picture, value, value_is))
    return Street(stem, f"{chain_anchor(record.approach, record.direction)}-{slug(stem)}", tuple(steps))


def _cell(panel: Panel, stem: str, placer: Placer) -> Cell:
    badge = BADGES[panel.role, panel.modality]
    alt = f"{badge}: {panel.caption}, picture {stem}"
    return Cell(panel.role, badge, placer.place(panel.folder, stem, panel.modality, alt))


def _value(trial: Trial, metric: str, stem: str) -> tuple[str, str]:
    """The score of one picture, by the metric that decides."""
    score = _decider(trial, metric)
    if score is None or stem not in score.per_picture:
        return "", ""
    return number(score.per_picture[stem]), metric_of(metric).name


def _not_probed(gallery: Gallery) -> Chain:
    """A chain that nobody looked inside: its pictures alone."""
    section = next(section for section in gallery.sections if section.strips)
    anchor = chain_anchor(gallery.approach_key, gallery.direction_key)
    return Chain(
        anchor=anchor,
        name=gallery.approach,
        file=gallery.approach_file,
        gallery=gallery.file,
        direction=gallery.direction,
        source=gallery.source,
        target=gallery.target,
        size=section.size,
        kept="",
        kept_is="",
        found=("This chain was not fed with other depth yet, so what its depth is worth is not known.",),
        columns=(),
        rungs=(),
        guides=(),
        ruler_is="",
        definitions=(),
        record=section.record,
        error_columns=(),
        errors=(),
        streets=tuple(
            Street(strip.stem, f"{anchor}-{slug(strip.stem)}", tuple(_plain_steps(strip)))
            for strip in section.strips[:MOST_STREETS]
        ),
    )


def _plain_steps(strip: Strip) -> Iterable[Step]:
    truth = strip.cell("truth")
    yield Step("Test picture, true picture" if truth else "Test picture", False, strip.cell("input"), "", truth, "", "")
    yield Step(FED[CHAIN], True, strip.cell("middle"), "", strip.cell("output"), "", "")
