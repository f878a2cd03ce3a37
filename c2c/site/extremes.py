"""The best, the middle and the worst picture of each gallery, by a score of single pictures, and why these."""

import math
from dataclasses import dataclass

from c2c.records import Score, ScoreRecord, TranslationRecord
from c2c.site.galleries import Cell, Gallery, Section, Strip, in_metric_order
from c2c.site.reading import Filed, RunFolder
from c2c.site.words import metric_of, number

ROLES = ("input", "output", "truth")
FEWEST = 3  # pictures with a score, for a best and a worst


@dataclass(frozen=True)
class Example:
    """One test picture of a gallery, and why it was picked."""

    stem: str
    href: str  # where it stands in its gallery
    cells: tuple[Cell, ...]
    why: str
    value: str  # "" where it was picked without a score
    record: str


@dataclass(frozen=True)
class Extremes:
    """What a gallery holds, from its best to its worst."""

    gallery: Gallery
    size: int
    typical: Example
    best: Example | None  # none where pictures have no score of their own
    worst: Example | None


def extremes_of(run: RunFolder, galleries: list[Gallery]) -> list[Extremes]:
    """The extremes of every gallery that has a picture to show."""
    translations = {(f.record.approach, f.record.direction, f.record.size): f.record for f in run.of(TranslationRecord)}
    scores = {(f.record.subject, f.record.direction, f.record.size): f for f in run.of(ScoreRecord)}
    found = []
    for gallery in galleries:
        for section in sorted(gallery.sections, key=lambda section: not _is_own_size(gallery, section, translations)):
            strips = [strip for strip in section.strips if _is_whole(strip)]
            if strips:
                scored = scores.get((gallery.approach_key, gallery.direction_key, section.size))
                found.append(_extremes(gallery, section, strips, scored))
                break
    return found


def _is_own_size(gallery: Gallery, section: Section, records: dict[tuple[str, str, int], TranslationRecord]) -> bool:
    record = records.get((gallery.approach_key, gallery.direction_key, section.size))
    return record is not None and record.trained_size in (None, section.size)


def _is_whole(strip: Strip) -> bool:
    """Whether input and output can both be shown."""
    return all((cell := strip.cell(role)) is not None and cell.picture.shown for role in ("input", "output"))


def _extremes(gallery: Gallery, section: Section, strips: list[Strip], scored: Filed[ScoreRecord] | None) -> Extremes:
    score = deciding_score(scored.record, {strip.stem for strip in strips}) if scored else None
    if scored is None or score is None:
        first = Example(strips[0].stem, _href(gallery, strips[0]), _cells(strips[0]),
                        f"The first of {len(section.strips)} test pictures", "", "")  # fmt: skip
        return Extremes(gallery, section.size, first, None, None)
    values = _finite(score)
    ranked = sorted((s for s in strips if s.stem in values), key=lambda s: values[s.stem])
    ranked = ranked if score.better == "lower" else ranked[::-1]

    def example(strip: Strip, why: str) -> Example:
        return Example(strip.stem, _href(gallery, strip), _cells(strip), why, number(values[strip.stem]), scored.href)

    best, worst = _in_words(score, len(ranked))
    middle = f"The middle one of {len(ranked)} by {metric_of(score.metric).said}"
    enough = len(ranked) >= FEWEST
    return Extremes(
        gallery=gallery,
        size=section.size,
        typical=example(ranked[len(ranked) // 2], middle),
        best=example(ranked[0], best) if enough else None,
        worst=example(ranked[-1], worst) if enough else None,
    )


def deciding_score(record: ScoreRecord, stems: set[str]) -> Score | None:
    """The most telling score that single pictures have, against the truth that fits the approach."""
    scores = [score for score in in_metric_order(record.scores) if stems & _finite(score).keys()]
    fitting = "dressed truth" if record.keeps_shape else "truth"
    return next((score for score in scores if score.against == fitting), next(iter(scores), None))


def _finite(score: Score) -> dict[str, float]:
    return {stem: value for stem, value in score.per_picture.items() if math.isfinite(value)}


def _in_words(score: Score, n: int) -> tuple[str, str]:
    """Why a picture is the best, and the worst, of n."""
    by = f"of {n}, by {metric_of(score.metric).said}"
    if score.against == "input":
        return f"Keeps the input's layout best {by}", f"Keeps the input's layout least {by}"
    true = "the true depth" if score.metric in ("abs_rel", "rmse_m", "delta_1.25", "none_share") else "the true picture"
    return f"Nearest to {true} {by}", f"Furthest from {true} {by}"


def _cells(strip: Strip) -> tuple[Cell, ...]:
    return tuple(cell for role in ROLES if (cell := strip.cell(role)) is not None and cell.picture.shown)


def _href(gallery: Gallery, strip: Strip) -> str:
    return f"{gallery.file}#{strip.anchor}"
