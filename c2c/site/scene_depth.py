"""How much of the true scene's depth is read off what an approach made: a small table of "What changed"."""

from dataclasses import dataclass

from c2c.records import SceneDepth, Score
from c2c.site.words import interval, metric_of, number, title_case

METRICS = ("abs_rel", "rmse_m", "delta_1.25")


@dataclass(frozen=True)
class DepthRow:
    """How well depth is read off one kind of pictures: by metric, the number and its interval or nothing."""

    name: str
    about: str
    values: tuple[tuple[str, str], ...]
    own: bool = False  # what the approach made


@dataclass(frozen=True)
class DepthStory:
    """The depth of the true scene, as it is read off pictures."""

    headings: tuple[tuple[str, bool], ...]  # name, and whether higher is better
    rows: tuple[DepthRow, ...]
    notes: tuple[str, ...]
    protocol: tuple[tuple[str, str], ...]


def depth_story(found: SceneDepth, target: str) -> DepthStory:
    """The table of one direction, from the best that can be to what is worth nothing."""
    scores = {score.metric: score for score in found.output}
    true = "The true translation" if found.truth_form == "truth" else "The true dress on the same shapes"
    return DepthStory(
        headings=tuple((metric_of(name).name, scores[name].better == "higher") for name in METRICS),
        rows=(
            DepthRow(true, "more cannot be reached", _plain(found.truth)),
            DepthRow("Generated", "95% interval over pictures", tuple(_scored(scores[m]) for m in METRICS), own=True),
            DepthRow("The input, handed back", "", _plain(found.input)),
            DepthRow("The place alone", "without looking at the picture", _plain(found.place)),
        ),
        notes=_notes(found, target),
        protocol=tuple(scores[METRICS[0]].protocol.items()),
    )


def _notes(found: SceneDepth, target: str) -> tuple[str, ...]:
    notes = [
        f"The depth of a picture is read by a small network, fitted on real {title_case(target)} and the city of the "
        "input. It is a poor judge: read the second row between the first and the last."
    ]
    if found.truth["abs_rel"] >= found.place["abs_rel"]:
        notes.append(
            "Even off the true pictures it reads no more than the place alone tells: here this table decides nothing."
        )
    return tuple(notes)


def _plain(values: dict[str, float]) -> tuple[tuple[str, str], ...]:
    return tuple((number(values[name]), "") for name in METRICS)


def _scored(score: Score) -> tuple[str, str]:
    return interval(score.value, score.interval)
