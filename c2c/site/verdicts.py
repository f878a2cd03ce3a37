"""What works: in each direction, which approaches come nearer to the target city than the input handed back untouched.

Everything is said from scores that were measured alike, and nothing is said to differ that chance may explain.
"""

import json
import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from c2c.recipe.references import COLOUR, COPY, REAL
from c2c.records import Score, ScoreRecord, TrainingRecord, comparable, is_better
from c2c.records.comparing import differing
from c2c.site.reading import Filed, RunFolder
from c2c.site.ruler import Mark, Ruler
from c2c.site.tables import HALVED, REFERENCES
from c2c.site.words import (
    approach_name,
    direction_name,
    enumerate_words,
    interval,
    metric_of,
    slug,
    title_case,
)

DECIDING = ("kid", "frechet", "fid", "abs_rel", "perceptual", "l1", "ssim")  # the first that an approach has
ORDER = ("floor", "approach", "free", "ceiling")
Outcome = Literal["better", "tie", "worse", ""]
SAID = {"better": "nearer than untouched", "tie": "may be chance", "worse": "further than untouched", "": ""}


@dataclass(frozen=True)
class Standing:
    """One approach or reference on the way from real pictures to untouched ones."""

    name: str
    about: str
    role: str  # "floor", "approach", "free" or "ceiling"
    href: str  # of its gallery
    text: str
    interval: str
    record: str
    mark: Mark | None
    outcome: Outcome  # beside copying the input
    said: str


@dataclass(frozen=True)
class Verdict:
    """What works in one direction."""

    anchor: str
    direction: str
    size: int
    n: int
    metric: str
    better: str  # "lower" or "higher"
    towards: str  # which end of the ruler is the better one
    said: tuple[str, ...]
    standings: tuple[Standing, ...]
    guides: tuple[float, ...]  # where the floor and the ceiling stand


@dataclass(frozen=True)
class Works:
    """What works in a run, in a sentence and by direction."""

    headline: str
    trust: tuple[str, ...]
    verdicts: tuple[Verdict, ...]


Found = dict[str, tuple[Filed[ScoreRecord], Score]]  # subject -> its deciding score


def works_of(run: RunFolder, galleries: dict[tuple[str, str], str]) -> Works | None:
    """What works in a run; None where nothing is scored.

    Args:
        run: the run.
        galleries: the gallery of an approach in a direction.
    """
    all_found = [found for group in _groups(run) if (found := _deciding(group))]
    if not all_found:
        return None
    all_found.sort(key=lambda found: COPY not in found)
    verdicts = tuple(_verdict(found, galleries) for found in all_found)
    beaten = [_is_beaten(found) for found in all_found if COPY in found]
    return Works(_headline(beaten), tuple(_trust(run, verdicts)), verdicts)


def _groups(run: RunFolder) -> list[list[Filed[ScoreRecord]]]:
    """The scores of each direction, at the size at which most approaches were trained."""
    directions: dict[str, list[Filed[ScoreRecord]]] = {}
    for filed in run.of(ScoreRecord):
        directions.setdefault(filed.record.direction, []).append(filed)
    return [_at_own_size(directions[name]) for name in sorted(directions)]


def _at_own_size(group: list[Filed[ScoreRecord]]) -> list[Filed[ScoreRecord]]:
    approaches = [filed.record for filed in group if filed.record.subject_kind == "approach"]
    if not approaches:
        return []
    sizes = sorted({record.size for record in approaches})
    chosen = max(sizes, key=lambda size: sum(record.trained_size == record.size == size for record in approaches))
    return [filed for filed in group if filed.record.size == chosen]


def _deciding(group: list[Filed[ScoreRecord]]) -> Found:
    """The deciding score of each approach of a direction, and of the references that go with them."""
    for metric in DECIDING:
        scores = {
            filed.record.subject: (filed, score)
            for filed in group
            for score in reversed(filed.record.scores)  # the first of several truths
            if score.metric == metric and math.isfinite(score.value)
        }
        approaches = [score for filed, score in scores.values() if filed.record.subject_kind == "approach"]
        if approaches:
            usual = scores[COPY][1] if COPY in scores else approaches[0]
            return {name: found for name, found in scores.items() if _goes_with(name, found[1], usual)}
    return {}


def _goes_with(subject: str, score: Score, usual: Score) -> bool:
    if subject == REAL:
        return score.metric == usual.metric and differing(usual, score) <= HALVED
    return comparable(score, usual)


def _verdict(found: Found, galleries: dict[tuple[str, str], str]) -> Verdict:
    approaches = _approaches(found)
    filed, score = found[approaches[0]]
    ruler = Ruler.over(score for _, score in found.values())
    guides = [ruler.mark(found[name][1]) for name in (REAL, COPY) if name in found]
    standings = [_standing(name, found, ruler, galleries) for name in found]
    record = filed.record
    return Verdict(
        anchor=f"works-{slug(record.direction)}",
        direction=direction_name(record.source, record.target, record.direction),
        size=record.size,
        n=score.n,
        metric=metric_of(score.metric).name,
        better=score.better,
        towards=f"← nearer to {_goal(found)}" if score.better == "lower" else f"nearer to {_goal(found)} →",
        said=tuple(_in_words(found)),
        standings=tuple(sorted(standings, key=lambda standing: (ORDER.index(standing.role), standing.name.lower()))),
        guides=tuple(mark.at for mark in guides if mark),
    )


def _standing(subject: str, found: Found, ruler: Ruler, galleries: dict[tuple[str, str], str]) -> Standing:
    filed, score = found[subject]
    record, own = filed.record, filed.record.subject_kind == "approach"
    role, name = ("approach", _name(filed)) if own else REFERENCES.get(subject, ("free", title_case(subject)))
    text, ends = interval(score.value, score.interval)
    outcome = _beside(score, found[COPY][1]) if COPY in found and role in ("approach", "free") else ""
    return Standing(
        name=name,
        about="" if own else _about(role, record.target),
        role=role,
        href=galleries.get((subject, record.direction), "") if own else "",
        text=text,
        interval=ends,
        record=filed.href,
        mark=ruler.mark(score),
        outcome=outcome,
        said=SAID[outcome],
    )


def _about(role: str, target: str) -> str:
    return {
        "floor": f"other real pictures of {title_case(target)}",
        "free": "learns nothing",
        "ceiling": "the input, untouched",
    }.get(role, "")


def _beside(score: Score, other: Score) -> Outcome:
    return {True: "better", False: "worse", None: "tie"}[is_better(score, other)]  # type: ignore[return-value]


def _approaches(found: Found) -> list[str]:
    return [name for name, (filed, _) in found.items() if filed.record.subject_kind == "approach"]


def _name(filed: Filed[ScoreRecord]) -> str:
    return approach_name(filed.record.subject, filed.record.approach_kind)


def _is_beaten(found: Found) -> bool:
    """Whether some approach is better than the untouched input."""
    return any(_beside(found[name][1], found[COPY][1]) == "better" for name in _approaches(found))


def _in_words(found: Found) -> list[str]:
    """What the scores of one direction say, a sentence each."""
    if COPY not in found:
        return [*_alone(found)]
    outcomes: dict[str, list[str]] = {"better": [], "tie": [], "worse": []}
    for name in _approaches(found):
        outcomes[_beside(found[name][1], found[COPY][1])].append(name)
    told = []
    for outcome, names in outcomes.items():
        if names:
            told.append(_sentence(outcome, [_name(found[name][0]) for name in names], _goal(found), bool(told)))
    return [*told, *_beside_colour(found, outcomes["better"])]


def _goal(found: Found) -> str:
    """What pictures should come near to."""
    filed, score = found[_approaches(found)[0]]
    if score.against == "reference":
        return title_case(filed.record.target)
    return "the true depth" if score.metric == "abs_rel" else "the true picture"


def _sentence(outcome: str, names: list[str], goal: str, again: bool) -> str:
    """One outcome of some approaches; `again` where the untouched input was already named."""
    who, many = enumerate_words(names), len(names) > 1
    if outcome == "better":
        return f"{who} {'come' if many else 'comes'} nearer to {goal} than the untouched input."
    if outcome == "tie":
        other = "it" if again else "the untouched input"
        return f"{who} cannot be told apart from {other}: the difference may be chance."
    other = f"from {goal} than {'it' if again else 'the untouched input'}"
    return f"{who} {'end' if many else 'ends'} up further {other}."


def _beside_colour(found: Found, better: list[str]) -> list[str]:
    """What shifted colours alone reach, where that is more than nothing."""
    if COLOUR not in found or _beside(found[COLOUR][1], found[COPY][1]) != "better":
        return []
    above = [name for name in better if _beside(found[name][1], found[COLOUR][1]) == "better"]
    below = [name for name in _approaches(found) if _beside(found[name][1], found[COLOUR][1]) == "worse"]
    free = "shifting the colours, which learns nothing"
    if above:
        beat = "also beat" if len(above) > 1 else "also beats"
        return [f"{enumerate_words([_name(found[name][0]) for name in above])} {beat} {free}."]
    if len(below) == len(_approaches(found)):
        return [f"{title_case(free)}, comes nearer than {'all of them' if len(below) > 1 else 'both'}."]
    return [f"{title_case(free)}, comes nearer too, and nothing is told to be better than that."]


def _alone(found: Found) -> Iterable[str]:
    """What can be said where there is no untouched input to compare with."""
    for name in _approaches(found):
        filed, score = found[name]
        text, ends = interval(score.value, score.interval)
        if score.metric == "abs_rel":
            yield _off_by(_name(filed), score)
        else:
            yield f"{_name(filed)} reaches {metric_of(score.metric).said} {text}{f' ({ends})' if ends else ''}."
    filed, score = found[_approaches(found)[0]]
    record = filed.record
    if score.metric == "abs_rel":
        return
    if record.source.endswith(" depth") or record.direction.startswith(f"{record.source}-depth-to-"):
        yield "It starts from depth, which is no picture of a city: there is no untouched input to beat."
    elif record.source != record.target:
        yield "The untouched input was not scored beside it, so nobody knows whether anything was gained."


def _off_by(name: str, score: Score) -> str:
    ends = f" ({score.interval[0]:.0%} to {score.interval[1]:.0%})" if score.interval else ""
    return f"The depth of {name} is off by {score.value:.0%}{ends} of the true distance, on average."


def _headline(beaten: list[bool]) -> str:
    """How many directions have an approach that is better than the untouched input."""
    if not beaten:
        return ""
    if not any(beaten):
        return "Nothing that was tried comes nearer to the other city than the untouched input."
    if len(beaten) == 1:
        return "What was tried does come nearer to the other city than the untouched input."
    if all(beaten):
        return "In every direction, something comes nearer to the other city than the untouched input."
    some = f"In {sum(beaten)} of {len(beaten)} directions"
    return f"{some}, something comes nearer to the other city than the untouched input."


def _trust(run: RunFolder, verdicts: Iterable[Verdict]) -> Iterable[str]:
    """How far to trust these numbers."""
    counts = sorted({verdict.n for verdict in verdicts})
    pictures = f"{counts[0]:,}" if len(counts) == 1 else f"{counts[0]:,} to {counts[-1]:,}"
    yield f"Measured on {pictures} test pictures a direction."
    if any(standing.interval for verdict in verdicts for standing in verdict.standings):
        yield "Of 100 such intervals, 95 hold the value that all pictures of the kind would give."
    settings = [json.dumps(filed.record.settings, sort_keys=True) for filed in run.of(TrainingRecord)
                if filed.record.steps]  # fmt: skip
    if settings and len(set(settings)) == len(settings):
        yield "Every network was trained once: another seed may end up elsewhere."
