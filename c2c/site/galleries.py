"""Gallery pages: every test picture of one approach in one direction, a section for each size."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

from c2c.records import Panel, Score, ScoreRecord, TranslationRecord
from c2c.site.placing import Missing, Picture, Placer
from c2c.site.reading import Filed, RunFolder
from c2c.site.words import approach_about, approach_name, direction_name, metric_of, number, slug, title_case

BADGES = {
    ("input", "image"): "Real",
    ("input", "depth"): "Real depth",
    ("middle", "image"): "Generated, half way",
    ("middle", "depth"): "Predicted depth",
    ("output", "image"): "Generated",
    ("output", "depth"): "Predicted depth",
    ("reconstruction", "image"): "Reconstructed",
    ("reconstruction", "depth"): "Reconstructed depth",
    ("truth", "image"): "Ground truth",
    ("truth", "depth"): "True depth",
}
# The first that a translation has picks its best picture.
PICKED_BY = ("perceptual", "ssim", "l1", "abs_rel", "rmse_m", "delta_1.25", "none_share")
SHARES = ("precision", "recall", "density", "coverage")
METRIC_ORDER = ("kid", "frechet", "fid", "frechet_infinity", "fid_infinity", *SHARES, *PICKED_BY)
AGAINST_ORDER = ("reference", "truth", "dressed truth", "input")


@dataclass(frozen=True)
class Column:
    """What one panel of every strip shows."""

    key: str  # by which the viewer's links know it
    role: str
    badge: str
    caption: str
    depth: bool


@dataclass(frozen=True)
class Cell:
    """One picture of a strip, with the badge that says what it is."""

    role: str
    badge: str
    picture: Picture | Missing


@dataclass(frozen=True)
class Value:
    """One number below a picture, and the record it comes from."""

    name: str
    text: str
    href: str
    score: float
    better: str  # "lower" or "higher"


@dataclass(frozen=True)
class Ranking:
    """A score that the pictures of a page can be ordered by."""

    key: str  # by which links know it
    name: str
    better: str


@dataclass(frozen=True)
class Strip:
    """One test picture: its panels in a row and its scores."""

    stem: str
    anchor: str
    cells: tuple[Cell, ...]
    values: tuple[Value, ...]
    scores: str  # one for each ranking of the page, see `scores_by`

    def cell(self, role: str) -> Cell | None:
        """The first panel of a role, if there is one."""
        return next((cell for cell in self.cells if cell.role == role), None)


@dataclass(frozen=True)
class Section:
    """All pictures of a gallery at one size."""

    size: int
    trained_size: int | None
    note: str  # "the size it was trained at"
    failure: str
    columns: tuple[Column, ...]
    strips: tuple[Strip, ...]
    missing: int
    record: str

    @property
    def shows_depth(self) -> bool:
        """Whether a legend of the depth colours is needed."""
        return any(column.depth for column in self.columns)

    @property
    def has_truth(self) -> bool:
        """Whether the true pictures are known."""
        return any(column.role == "truth" for column in self.columns)


@dataclass(frozen=True)
class Best:
    """The strip shown first for a gallery, and why that one."""

    strip: Strip
    reason: str


@dataclass(frozen=True)
class Gallery:
    """The gallery page of one approach in one direction."""

    file: str
    approach: str
    approach_key: str
    approach_file: str
    about: str
    direction: str
    direction_key: str
    source: str
    target: str
    sections: tuple[Section, ...]
    best: Best | None
    rankings: tuple[Ranking, ...]

    @property
    def total(self) -> int:
        """How many strips there are, at all sizes."""
        return sum(len(section.strips) for section in self.sections)

    @property
    def title(self) -> str:
        """Approach and direction, as a page title."""
        return f"{self.approach}: {self.direction}"


def galleries_of(run: RunFolder, placer: Placer) -> list[Gallery]:
    """Gallery pages of a run, by approach and direction; brings their pictures into the site."""
    groups: dict[tuple[str, str], list[Filed[TranslationRecord]]] = {}
    for filed in run.of(TranslationRecord):
        groups.setdefault((filed.record.approach, filed.record.direction), []).append(filed)
    scores = {(f.record.subject, f.record.direction, f.record.size): f for f in run.of(ScoreRecord)}
    return [_gallery(group, scores, placer) for group in groups.values()]


Scores = dict[tuple[str, str, int], Filed[ScoreRecord]]


def _gallery(group: list[Filed[TranslationRecord]], scores: Scores, placer: Placer) -> Gallery:
    ordered = sorted(group, key=lambda filed: filed.record.size)
    first = ordered[0].record
    rankings = _rankings(ordered, scores)
    sections = tuple(_section(filed, scores, rankings, placer) for filed in ordered)
    return Gallery(
        file=f"gallery-{slug(first.approach)}-{slug(first.direction)}.html",
        approach=approach_name(first.approach, first.approach_kind),
        approach_key=first.approach,
        approach_file=approach_file(first.approach),
        about=approach_about(first.approach_kind),
        direction=direction_name(first.source, first.target, first.direction),
        direction_key=first.direction,
        source=title_case(first.source),
        target=title_case(first.target),
        sections=sections,
        best=_best_of(ordered, sections, scores),
        rankings=rankings,
    )


def _rankings(ordered: list[Filed[TranslationRecord]], scores: Scores) -> tuple[Ranking, ...]:
    """Every score that pictures of a gallery have of their own, the most telling first."""
    records = [filed.record for filed in ordered]
    scored = [scores.get((record.approach, record.direction, record.size)) for record in records]
    having = [score for filed in scored if filed for score in _own_scores(filed.record) if score.per_picture]
    names = {metric_of(score.metric).name: score.better for score in having}
    return tuple(Ranking(slug(name.lower()), name, better) for name, better in names.items())


def approach_file(approach: str) -> str:
    """The page of an approach."""
    return f"approach-{slug(approach)}.html"


def _section(filed: Filed[TranslationRecord], scores: Scores, rankings: tuple[Ranking, ...], placer: Placer) -> Section:
    record = filed.record
    scored = scores.get((record.approach, record.direction, record.size))
    strips = tuple(_strip(record, stem, scored, rankings, placer) for stem in record.pictures)
    return Section(
        size=record.size,
        trained_size=record.trained_size,
        note=_size_note(record),
        failure="" if record.status == "done" else f"{record.status}: {record.message}",
        columns=_columns(record.panels),
        strips=strips,
        missing=sum(isinstance(cell.picture, Missing) for strip in strips for cell in strip.cells),
        record=filed.href,
    )


def _size_note(record: TranslationRecord) -> str:
    if record.trained_size is None:
        return "not trained: each picture is optimised by itself"
    if record.trained_size == record.size:
        return "the size it was trained at"
    return f"trained at {record.trained_size} px, applied at {record.size} px"


def _columns(panels: tuple[Panel, ...]) -> tuple[Column, ...]:
    """A column for each panel; a second one of the same role is "truth.2" in links."""
    columns: list[Column] = []
    for panel in panels:
        earlier = sum(column.role == panel.role for column in columns)
        key = f"{panel.role}.{earlier + 1}" if earlier else panel.role
        badge = BADGES[panel.role, panel.modality]
        columns.append(Column(key, panel.role, badge, panel.caption, panel.modality == "depth"))
    return tuple(columns)


def _strip(
    record: TranslationRecord,
    stem: str,
    scored: Filed[ScoreRecord] | None,
    rankings: tuple[Ranking, ...],
    placer: Placer,
) -> Strip:
    cells = []
    for panel in record.panels:
        badge = BADGES[panel.role, panel.modality]
        alt = f"{badge}: {panel.caption}, picture {stem}"
        cells.append(Cell(panel.role, badge, placer.place(panel.folder, stem, panel.modality, alt)))
    values = _values(scored, stem)
    by_name = {value.name: value for value in values}
    scores = scores_by([by_name.get(ranking.name) for ranking in rankings])
    return Strip(stem, f"{record.size}-{slug(stem)}", tuple(cells), values, scores)


def scores_by(values: list[Value | None]) -> str:
    """Numbers that scripts order strips by, with a dash where there is none: "0.41 - 0.18"."""
    known = [value.score if value and math.isfinite(value.score) else None for value in values]
    return " ".join("-" if score is None else f"{score:.6g}" for score in known)


def _values(scored: Filed[ScoreRecord] | None, stem: str) -> tuple[Value, ...]:
    if scored is None:
        return ()
    having = [score for score in _own_scores(scored.record) if stem in score.per_picture]
    return tuple(
        Value(metric_of(s.metric).name, number(s.per_picture[stem]), scored.href, s.per_picture[stem], s.better)
        for s in having
    )


def _own_scores(record: ScoreRecord) -> list[Score]:
    """Scores against the truth that fits the approach, where there is more than one truth."""
    scores = in_metric_order(record.scores)
    dressed = [score for score in scores if score.against == "dressed truth"]
    if dressed and record.keeps_shape:
        return dressed
    return [score for score in scores if score not in dressed]


def in_metric_order(scores: Iterable[Score]) -> list[Score]:
    """Scores by what they are measured against, with the most telling metric first; unknown ones come last, by name."""

    def place(score: Score) -> tuple[int, int, str]:
        return _place(score.against, AGAINST_ORDER), _place(score.metric, METRIC_ORDER), score.metric

    return sorted(scores, key=place)


def _place(name: str, order: tuple[str, ...]) -> int:
    return order.index(name) if name in order else len(order)


def _best_of(ordered: list[Filed[TranslationRecord]], sections: tuple[Section, ...], scores: Scores) -> Best | None:
    """The strip with the best score of its own, else the first; at the size of training where there is one."""
    whole = [(f.record, s) for f, s in zip(ordered, sections, strict=True) if _shown(s)]
    if not whole:
        return None
    record, section = next((pair for pair in whole if pair[0].size == pair[0].trained_size), whole[0])
    shown = _shown(section)
    scored = scores.get((record.approach, record.direction, record.size))
    score = _deciding(_own_scores(scored.record) if scored else [], {strip.stem for strip in shown})
    if score is None:
        return Best(shown[0], f"First of {len(section.strips)} test pictures")
    pick = min if score.better == "lower" else max
    best = pick((strip for strip in shown if strip.stem in score.per_picture), key=lambda s: score.per_picture[s.stem])
    return Best(best, f"Best of {len(section.strips)} by {metric_of(score.metric).said}")


def _deciding(scores: list[Score], stems: set[str]) -> Score | None:
    return next((score for score in scores if stems & score.per_picture.keys()), None)


def _shown(section: Section) -> list[Strip]:
    """The strips whose input and output can be shown."""
    return [
        strip
        for strip in section.strips
        if (before := strip.cell("input")) and (after := strip.cell("output"))
        and isinstance(before.picture, Picture) and isinstance(after.picture, Picture)
    ]  # fmt: skip
