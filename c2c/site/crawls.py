"""How a city's pictures were collected, for the data page: the map of the crawl, the licences, what went wrong."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from c2c.collect.known import KNOWN
from c2c.geometry.earth import east_north_m
from c2c.records import CrawledPlace, CrawlRecord, LicenceCount
from c2c.site.charts import nice_ticks
from c2c.site.inline_svg import COLOURS
from c2c.site.plots import Numbers, Plot, row
from c2c.site.reading import Filed
from c2c.site.sheets import drawn, frame
from c2c.site.words import enumerate_words

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SIDE = 440  # of the map in px
MARGIN = 10
MOST_DOTS = 4000  # on the map; a larger crawl shows an equal share of its panoramas
MOST_REASONS = 20  # for failures; the record holds all of them
LEAST_M = 30.0  # from the middle to the edge of a map
ORDERS = {"dfs": "depth-first", "bfs": "breadth-first", "nearest": "the nearest first"}
STATES = {"done": "collected", "queued": "still waiting", "failed": "failed", "outside": "outside of the radius"}
MARKS = {"done": "dot", "queued": "ring", "failed": "cross", "outside": "speck"}
Point = tuple[float, float]  # metres to the east and to the north of the centre


@dataclass(frozen=True)
class Licence:
    """How many pictures are under a licence, and what it allows."""

    name: str
    pictures: int
    passed_on: str


@dataclass(frozen=True)
class Crawl:
    """How a city's pictures were collected."""

    sentences: tuple[str, ...]
    warning: str  # "" where every picture may be passed on
    licences: tuple[Licence, ...]
    failures: tuple[tuple[str, int], ...]
    map: Plot | None
    record: str


def crawl_of(filed: Filed[CrawlRecord]) -> Crawl:
    """What the data page tells of a collection."""
    record = filed.record
    return Crawl(
        sentences=tuple(_sentences(record)),
        warning=_warning(record),
        licences=tuple(_licence(count) for count in record.licences),
        failures=tuple(record.failures.items())[:MOST_REASONS],
        map=map_of(filed) if record.places else None,
        record=filed.href,
    )


def map_of(filed: Filed[CrawlRecord]) -> Plot:
    """The panoramas of a crawl where they stand, a mark for each state, and the links that were followed."""
    record = filed.record
    counts = {state: sum(place.state == state for place in record.places) for state in STATES}
    shown = {state: count for state, count in counts.items() if count}
    said = ", ".join(f"{MARKS[state]}: {STATES[state]}" for state in shown)
    label = "Map of the panoramas: " + ", ".join(f"{count:,} {STATES[state]}" for state, count in shown.items())
    svg = drawn(SIDE, SIDE, label, lambda axes: _draw(axes, record))
    rows = tuple(row(STATES[state], filed.href, f"{count:,}") for state, count in shown.items())
    return Plot(
        "Where they were taken", said, svg, Numbers("panoramas by what became of them", ("", "panoramas"), rows)
    )


def _sentences(record: CrawlRecord) -> Iterable[str]:
    titles = {name: KNOWN[name].title if name in KNOWN else name for name in record.sources}
    sources = enumerate_words([f"{titles[name]} ({count:,})" for name, count in record.sources.items()])
    yield f"Collected from {sources}, {_span(record.fetched)}."
    if record.stood_in:
        stood = "A private service stood in for the real one, such as Toytown's"
        yield f"{stood}." if record.stood_in == sum(record.sources.values()) else f"{stood}, for {record.stood_in:,}."
    if record.centre and record.radius_m:
        lat, lon = record.centre
        order = ORDERS.get(record.order, "")
        way = f", from neighbour to neighbour, {order}" if order else ""
        yield f"Within {record.radius_m:,.0f} m of {lat:.4f}, {lon:.4f}{way}."
    if any(record.captured):
        yield f"Taken {_span(record.captured)}."
    for name, when in record.terms.items():
        yield f"The terms {name} were accepted on {when[:10]}."


def _span(ends: tuple[str, str]) -> str:
    """Two dates as the time between them; times of day are left out."""
    first, last = (end[:10] for end in ends)
    return f"between {first} and {last}" if first != last else f"in {first}" if len(first) < 10 else f"on {first}"


def _warning(record: CrawlRecord) -> str:
    kept = sum(count.pictures for count in record.licences if not count.redistributable)
    if not kept:
        return ""
    return (
        f"{kept:,} of these pictures may not be passed on to others. Publish neither them nor what is made of them, "
        "nor this site with them in it, unless their owners allow it."
    )


def _licence(count: LicenceCount) -> Licence:
    allowed = "may be passed on" if count.redistributable else "may not be passed on"
    return Licence(count.licence or "not stated", count.pictures, allowed)


def _draw(axes: "Axes", record: CrawlRecord) -> None:
    centre = record.centre or _middle(record.places)
    points = [east_north_m(*centre, place.lat_deg, place.lon_deg) for place in record.places]
    reach_m = max([LEAST_M, record.radius_m or 0.0, *(abs(each) for point in points for each in point)])
    frame(axes, MARGIN, MARGIN, MARGIN, MARGIN)
    axes.set_xlim(-reach_m, reach_m)
    axes.set_ylim(-reach_m, reach_m)
    if record.radius_m:
        _circle(axes, record.radius_m)
    chosen = range(0, len(points), -(-len(points) // MOST_DOTS))
    _links(axes, [(points[parent], points[i]) for i in chosen if (parent := _followed(record.places, i)) is not None])
    at = {state: [points[i] for i in chosen if record.places[i].state == state] for state in STATES}
    _dots(axes, at["outside"], "soft", 2.5)
    _dots(axes, at["queued"], "soft", 6.0)
    _dots(axes, at["queued"], "paper", 3.5)
    _dots(axes, at["done"], "accent", 5.0)
    _crosses(axes, at["failed"], reach_m / SIDE * 8)
    _scale(axes, reach_m)


def _middle(places: tuple[CrawledPlace, ...]) -> Point:
    lats, lons = [place.lat_deg for place in places], [place.lon_deg for place in places]
    return (min(lats) + max(lats)) / 2, (min(lons) + max(lons)) / 2


def _followed(places: tuple[CrawledPlace, ...], index: int) -> int | None:
    """The place in the list of the panorama that led to one that was collected; a record may name one that is none."""
    place = places[index]
    known = place.state == "done" and place.parent is not None and 0 <= place.parent < len(places)
    return place.parent if known else None


def _circle(axes: "Axes", radius_m: float) -> None:
    from matplotlib.patches import Circle

    axes.add_patch(Circle((0, 0), radius_m, fill=False, edgecolor=COLOURS["line"], linewidth=1, clip_on=False))


def _strokes(axes: "Axes", strokes: list[tuple[Point, Point]], role: str, width: float) -> None:
    """Strokes with round ends as one path of the SVG, however many they are."""
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path

    if strokes:
        path = Path([point for stroke in strokes for point in stroke], [Path.MOVETO, Path.LINETO] * len(strokes))
        look = {"edgecolor": COLOURS[role], "linewidth": width, "capstyle": "round"}
        axes.add_patch(PathPatch(path, fill=False, clip_on=False, **look))


def _links(axes: "Axes", links: list[tuple[Point, Point]]) -> None:
    _strokes(axes, links, "line", 1.0)


def _dots(axes: "Axes", points: list[Point], role: str, width: float) -> None:
    """Dots as strokes without length, whose round ends are all that is seen."""
    _strokes(axes, [(point, point) for point in points], role, width)


def _crosses(axes: "Axes", points: list[Point], half_m: float) -> None:
    arms = [((x - half_m, y - half_m * way), (x + half_m, y + half_m * way)) for x, y in points for way in (1, -1)]
    _strokes(axes, arms, "ink", 1.5)


def _scale(axes: "Axes", reach_m: float) -> None:
    """A stroke of a round length at the bottom, and how long it is."""
    length_m = nice_ticks(0.0, reach_m / 2, 2)[-1]
    left, low = -reach_m, -reach_m
    _strokes(axes, [((left, low), (left + length_m, low))], "ink", 1.5)
    text = f"{length_m:,.0f} m"
    axes.text(left + length_m, low + reach_m / 50, text, ha="right", va="bottom", color=COLOURS["soft"], clip_on=False)
