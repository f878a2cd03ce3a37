"""The first page: the story of a run in pictures, for someone who never read a paper, and what is missing."""

from dataclasses import dataclass

from c2c.records import CheckRecord, CityRecord, RunRecord, TranslationRecord
from c2c.site.approaches import Approach
from c2c.site.cities import examples_of
from c2c.site.data import city_anchor
from c2c.site.extremes import Extremes, extremes_of
from c2c.site.galleries import Cell
from c2c.site.placing import Placer
from c2c.site.reading import RunFolder
from c2c.site.tables import ScoreTable
from c2c.site.verdicts import Works, works_of
from c2c.site.words import direction_in_words, duration, enumerate_words, kind_name, title_case

EXAMPLES = 6  # pictures of each city
IN_SHORT = {
    "neural_style": "Repaints each picture by itself with the texture of a picture of the other city.",
    "cyclegan": "Learns both ways at once from unpaired pictures: there and back again must change nothing.",
    "cut": "Learns one way from unpaired pictures: each patch must stay like the patch it came from.",
    "fastcut": "CUT with less to do, and half the training.",
    "pix2pix": "Learns from pairs of a picture and its depth, taken at the same place.",
    "depth_chain": "Reads the depth of a picture, then draws the other city from that depth alone.",
    "pretrained": "Somebody else's network, applied as it is.",
}


@dataclass(frozen=True)
class CityView:
    """One city as it really looks."""

    name: str
    href: str  # on the data page, "" where nothing more is known of it
    examples: tuple[Cell, ...]


@dataclass(frozen=True)
class Tried:
    """One approach in a line, with one picture that is neither its best nor its worst."""

    approach: Approach
    in_short: str
    example: Extremes | None


@dataclass(frozen=True)
class Home:
    """The first page."""

    title: str
    sentence: str
    facts: tuple[tuple[str, str], ...]
    cities: tuple[CityView, ...]
    style: str  # what the pictures of the cities are there for
    tried: tuple[Tried, ...]
    works: Works | None
    extremes: tuple[Extremes, ...]  # of the galleries that have a best and a worst
    tables: tuple[ScoreTable, ...]
    gaps: tuple[str, ...]

    @property
    def shows_depth(self) -> bool:
        """Whether a legend of the depth colours is needed."""
        examples = [example for found in self.extremes for example in (found.best, found.worst) if example]
        examples += [tried.example.typical for tried in self.tried if tried.example]
        return any(cell.picture.depth for example in examples for cell in example.cells)


def home_of(
    run: RunFolder, approaches: list[Approach], tables: list[ScoreTable], placer: Placer, gaps: tuple[str, ...]
) -> Home:
    """The first page of a run; brings pictures of its cities into the site. `gaps` says what is missing from it."""
    found = next(iter(run.of(RunRecord)), None)
    galleries = [gallery for approach in approaches for gallery in approach.galleries]
    extremes = extremes_of(run, galleries)
    cities = tuple(_cities(run, placer))
    return Home(
        title=_title(run, found.record if found else None),
        sentence=_sentence(run, approaches),
        facts=_facts(run, found.record if found else None),
        cities=cities,
        style=_style(run, len(cities)),
        tried=tuple(_tried(approach, extremes) for approach in approaches),
        works=works_of(run, {(gallery.approach_key, gallery.direction_key): gallery.file for gallery in galleries}),
        extremes=tuple(one for one in extremes if one.best and one.worst),
        tables=tuple(tables),
        gaps=gaps,
    )


def _title(run: RunFolder, record: RunRecord | None) -> str:
    if record:
        return record.title
    return "Two versions of c2c" if _only_checked(run) else "A run in progress"


def _only_checked(run: RunFolder) -> bool:
    """Whether a folder holds nothing but a check of two versions of c2c, and no run."""
    return bool(run.filed) and len(run.filed) == len(run.of(CheckRecord))


def _cities(run: RunFolder, placer: Placer) -> list[CityView]:
    """The cities of a run of which there is a picture to show, in the order in which they are translated."""
    recorded = {filed.record.city for filed in run.of(CityRecord)}
    named = [city for f in run.of(TranslationRecord) for city in (f.record.source, f.record.target)]
    views = []
    for city in dict.fromkeys([*named, *sorted(recorded)]):
        examples = examples_of(run, city, placer, EXAMPLES)
        if examples:
            views.append(
                CityView(title_case(city), f"data.html#{city_anchor(city)}" if city in recorded else "", examples)
            )
    return views


def _style(run: RunFolder, count: int) -> str:
    """What to look for in the pictures of the cities."""
    drawn = all(filed.record.source == "toytown" for filed in run.of(CityRecord)) and run.of(CityRecord)
    told = [
        "What the pictures of one city share is its style: colours and materials, windows and roofs, ground and light."
    ]
    if count > 1:
        told.append("To translate a picture is to keep the place and exchange the style.")
    if drawn:
        told.append("These cities are drawn by formula, so the right answer is known.")
    return " ".join(told)


def _tried(approach: Approach, extremes: list[Extremes]) -> Tried:
    own = next((one for one in extremes if one.gallery.approach_key == approach.key), None)
    in_short = {kind_name(kind): line for kind, line in IN_SHORT.items()}
    return Tried(approach, in_short.get(approach.kind, approach.about), own)


def _sentence(run: RunFolder, approaches: list[Approach]) -> str:
    """What was translated, in one sentence."""
    records = [filed.record for filed in run.of(TranslationRecord) if filed.record.pictures]
    if not records:
        return "They were timed in turns: see Check." if _only_checked(run) else "Nothing is translated yet."
    names = [approach.name for approach in approaches if any(r.approach == approach.key for r in records)]
    cities = {(record.source, record.target): record.direction for record in records}
    ways = [
        direction_in_words(source, target, direction)
        + (" and back" if source < target and (target, source) in cities else "")
        for (source, target), direction in cities.items()
        if source <= target or (target, source) not in cities
    ]
    sizes = [f"{size}" for size in sorted({record.size for record in records})]
    verb = "turn" if len(names) > 1 else "turns"
    return f"{enumerate_words(names)} {verb} {enumerate_words(ways)}, at {enumerate_words(sizes)} pixels."


def _facts(run: RunFolder, record: RunRecord | None) -> tuple[tuple[str, str], ...]:
    """A few figures for the head of the page, as (figure, unit)."""
    made = sum(len(filed.record.pictures) for filed in run.of(TranslationRecord))
    tested = len(
        {
            (f.record.source.removesuffix(" depth"), stem)
            for f in run.of(TranslationRecord)
            for stem in f.record.pictures
        }
    )
    facts = [(f"{tested:,}", "test pictures"), (f"{made:,}", "translations shown")] if made else []
    if record:
        facts += [(duration(record.seconds), "for the whole run"), (f"{record.provenance.seed}", "seed")]
    return tuple(facts)
