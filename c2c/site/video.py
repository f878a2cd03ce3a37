"""The Video page: a video and what each approach makes of it, side by side, and how much each flickers."""

from dataclasses import dataclass
from itertools import groupby

from markupsafe import Markup

from c2c.recipe.references import COLOUR, COPY, DRESSED_TRUTH, TRUTH
from c2c.records import Score, VideoRecord, comparable, is_better
from c2c.site.galleries import BADGES, approach_file
from c2c.site.placing import Missing, Picture, Placer
from c2c.site.plots import Bar, Line, Numbers, interval_plot, row
from c2c.site.reading import Filed, RunFolder
from c2c.site.words import approach_name, direction_name, enumerate_words, interval, number, slug, title_case

FILE = "video.html"
NAMES = {
    COPY: "Copy the input",
    COLOUR: "Shift the colours",
    TRUTH: "True translation",
    DRESSED_TRUTH: "True dress, same shapes",
}
ORDER = (COPY, "", TRUTH, DRESSED_TRUTH, COLOUR)  # "" stands for the approaches
ROLES = {COPY: "input", TRUTH: "truth", DRESSED_TRUTH: "truth"}
ROW_ROLES = {COPY: "ceiling", COLOUR: "free", TRUTH: "floor", DRESSED_TRUTH: "floor"}


@dataclass(frozen=True)
class Clip:
    """One of the videos that play side by side."""

    role: str
    badge: str
    name: str
    href: str  # of its approach's page; "" for others
    label: str  # for those who cannot see it
    file: str  # "" where it cannot be shown
    poster: Picture | Missing
    strip: Picture | Missing  # some of its frames in a row
    record: str


@dataclass(frozen=True)
class Row:
    """How much one of the videos flickers."""

    name: str
    about: str
    href: str
    role: str
    flicker: str
    interval: str
    change: str
    own_motion: bool  # measured by the motion of its own shapes: not to be ranked with the others
    record: str


@dataclass(frozen=True)
class Reel:
    """The videos of one direction at one size."""

    anchor: str
    direction: str
    size: int
    frames: int
    frames_per_second: float
    origin: str
    clips: tuple[Clip, ...]
    rows: tuple[Row, ...]
    shown: str  # which frames the strips show
    findings: tuple[str, ...]
    plot: Markup
    protocol: tuple[tuple[str, str], ...]

    @property
    def seconds(self) -> str:
        """How long the videos are."""
        return f"{self.frames / self.frames_per_second:.1f} s"


def reels_of(run: RunFolder, placer: Placer) -> list[Reel]:
    """The videos of a run by direction and size; brings them into the site."""

    def place(filed: Filed[VideoRecord]) -> tuple[str, int]:
        return filed.record.direction, filed.record.size

    grouped = groupby(sorted(run.of(VideoRecord), key=place), key=place)
    groups = [sorted(group, key=_order) for _, group in grouped]
    return [_reel(group, placer) for group in groups if any(_is_approach(filed) for filed in group)]


def _is_approach(filed: Filed[VideoRecord]) -> bool:
    return filed.record.subject_kind == "approach"


def _order(filed: Filed[VideoRecord]) -> tuple[int, str]:
    subject = filed.record.subject
    return ORDER.index("" if _is_approach(filed) or subject not in NAMES else subject), subject


def _reel(group: list[Filed[VideoRecord]], placer: Placer) -> Reel:
    first = group[0].record
    approaches = [filed for filed in group if _is_approach(filed)]
    record = approaches[0].record
    shapes = {filed.record.keeps_shape for filed in approaches}
    left_out = {COLOUR} | ({TRUTH} if shapes == {True} else set()) | ({DRESSED_TRUTH} if shapes == {False} else set())
    by_own = {f.record.subject: _is_by_own_motion(f.record, record) for f in group}
    return Reel(
        anchor=f"{slug(record.direction)}-{record.size}",
        direction=direction_name(record.source, record.target, record.direction),
        size=record.size,
        frames=first.frames,
        frames_per_second=first.frames_per_second,
        origin=first.origin,
        clips=tuple(_clip(filed, placer) for filed in group if filed.record.subject not in left_out),
        rows=tuple(_row(filed, by_own[filed.record.subject]) for filed in group if _score(filed.record, "flicker")),
        shown=enumerate_words([str(each) for each in first.shown]),
        findings=tuple(_findings(group)),
        plot=_plot(group),
        protocol=tuple(found.protocol.items()) if (found := _score(record, "flicker")) else (),
    )


def _clip(filed: Filed[VideoRecord], placer: Placer) -> Clip:
    record = filed.record
    role = ROLES.get(record.subject, "output")
    badge, name = BADGES[role, "image"], _name(record)
    where = direction_name(record.source, record.target, record.direction)
    label = f"{badge}, video: {name}, {where}"
    frames = enumerate_words([str(each) for each in record.shown])
    return Clip(
        role=role,
        badge=badge,
        name="The input" if role == "input" else name,
        href=approach_file(record.subject) if _is_approach(filed) else "",
        label=label,
        file=_brought(record, placer),
        poster=placer.place_file(f"{record.folder}/frame-0001.png", f"{badge}: first frame of {name}, {where}"),
        strip=placer.place_file(record.strip, f"{badge}: frames {frames} of {name}, {where}"),
        record=filed.href,
    )


def _brought(record: VideoRecord, placer: Placer) -> str:
    """The address of a video that is in the site now; "" where there is none that may be."""
    origin = placer.run / record.file
    if not (origin.is_file() and origin.resolve().is_relative_to(placer.run.resolve())):
        return ""
    address = f"videos/{slug(record.direction)}-{record.size}/{slug(record.subject)}.mp4"
    placer.files.link(origin, address)
    return address


def _row(filed: Filed[VideoRecord], own_motion: bool) -> Row:
    record = filed.record
    flicker, change = _score(record, "flicker"), _score(record, "warping_error")
    assert flicker is not None
    value, ends = interval(flicker.value, flicker.interval)
    return Row(
        name=_name(record),
        about=record.note,
        href=approach_file(record.subject) if _is_approach(filed) else "",
        role=ROW_ROLES.get(record.subject, "approach"),
        flicker=value,
        interval=ends if record.subject != COPY else "by definition",
        change=number(change.value) if change else "–",
        own_motion=own_motion,
        record=filed.href,
    )


def _findings(group: list[Filed[VideoRecord]]) -> list[str]:
    """What the numbers say, a sentence for each approach, and which of several flickers less."""
    scores = {f.record.subject: (f.record, score) for f in group if (score := _score(f.record, "flicker"))}
    dressed = scores.get(DRESSED_TRUTH)
    beside = f" The true dress on the same shapes changes by {_more(dressed[1].value)}." if dressed else ""
    said = []
    approaches = [(record, score) for record, score in scores.values() if record.subject_kind == "approach"]
    for record, score in approaches:
        said.append(f"From frame to frame {_name(record)} {_beside_input(score)}.{beside}")
    for place, (record, score) in enumerate(approaches):
        for other, theirs in approaches[place + 1 :]:
            said.append(_which(record, score, other, theirs))
    return [sentence for sentence in said if sentence]


def _beside_input(score: Score) -> str:
    """How much a video changes beside its input, as far as chance lets one say."""
    if score.interval and score.interval[0] <= 0 <= score.interval[1]:
        return "changes as much as its input, as far as these frames can tell"
    return f"changes by {_more(score.value)} than its input, in levels of 255"


def _more(value: float) -> str:
    """A difference in words: "2.74 more"."""
    return f"{number(abs(value))} {'more' if value >= 0 else 'less'}"


def _which(a: VideoRecord, one: Score, b: VideoRecord, other: Score) -> str:
    """Which of two approaches flickers less; "" where they may not be compared."""
    if _motion(one) != _motion(other):
        return ""
    better = is_better(one, other)
    if better is None:
        return f"{_name(a)} and {_name(b)} cannot be told apart by their flicker." if comparable(one, other) else ""
    return f"{_name(a if better else b)} flickers less than {_name(b if better else a)}."


def _plot(group: list[Filed[VideoRecord]]) -> Markup:
    """The flicker of each video on its interval."""
    found = [(f, score) for f in group if f.record.subject != COPY and (score := _score(f.record, "flicker"))]
    bars, rows = [], []
    for filed, score in found:
        low, high = score.interval or (score.value, score.value)
        value, ends = interval(score.value, score.interval)
        bars.append(Bar(_name(filed.record), score.value, low, high, f"{value} ({ends})" if ends else value))
        rows.append(row(_name(filed.record), filed.href, value, ends))
    numbers = Numbers("Flicker", ("Video", "Flicker", "95% interval"), tuple(rows))
    return interval_plot("Flicker", "levels of 255", bars, [Line("the input", 0.0)], numbers).svg


def _is_by_own_motion(record: VideoRecord, other: VideoRecord) -> bool:
    a, b = _score(record, "flicker"), _score(other, "flicker")
    return bool(a and b) and record.subject_kind == "reference" and _motion(a) != _motion(b)


def _motion(score: Score | None) -> tuple[str, str, str]:
    found = score.protocol if score else {}
    return found.get("motion", ""), found.get("reference_sha256", ""), found.get("seen", "")


def _score(record: VideoRecord, metric: str) -> Score | None:
    return next((score for score in record.scores if score.metric == metric), None)


def _name(record: VideoRecord) -> str:
    return NAMES.get(record.subject) or title_case(approach_name(record.subject, record.approach_kind))
