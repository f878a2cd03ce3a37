"""Compare pages: the same test picture through every approach and size, side by side; a page for each direction."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import groupby

from c2c.site.galleries import Cell, Gallery, Ranking, Section, Strip, Value, scores_by
from c2c.site.placing import Missing
from c2c.site.words import slug, title_case

FILE = "compare.html"


@dataclass(frozen=True)
class CompareColumn:
    """What one place of every row shows: the input, what one approach makes of it at one size, or the truth."""

    key: str
    role: str
    badge: str
    name: str  # of the approach; for input and truth, what they show
    size: int
    note: str  # "256 px, trained at 128 px"
    depth: bool
    gallery: str  # where all its pictures are; "" for input and truth


@dataclass(frozen=True)
class CompareCell:
    """One picture of a row, and the score that tells most about it."""

    column: CompareColumn
    cell: Cell
    values: tuple[Value, ...]


@dataclass(frozen=True)
class CompareStrip:
    """One test picture through every approach."""

    stem: str
    anchor: str
    cells: tuple[CompareCell, ...]
    scores: str


@dataclass(frozen=True)
class Comparison:
    """The compare page of one direction."""

    file: str
    direction: str
    direction_key: str
    target: str
    columns: tuple[CompareColumn, ...]
    strips: tuple[CompareStrip, ...]
    rankings: tuple[Ranking, ...]

    @property
    def title(self) -> str:
        """What is compared, as a page title."""
        return f"Compare: {self.direction}"

    @property
    def made(self) -> list[CompareColumn]:
        """The columns of generated pictures."""
        return [column for column in self.columns if column.role == "output"]

    @property
    def shows_depth(self) -> bool:
        """Whether a legend of the depth colours is needed."""
        return any(column.depth for column in self.columns)

    @property
    def has_truth(self) -> bool:
        """Whether the true pictures are known."""
        return any(column.role == "truth" for column in self.columns)


@dataclass(frozen=True)
class _Source:
    """A column with the panels it comes from, in one section of one gallery."""

    column: CompareColumn
    place: int  # of the panel in each strip
    strips: dict[str, Strip]  # by stem


def comparisons_of(galleries: list[Gallery]) -> list[Comparison]:
    """A page for each direction in which there are two columns to compare; what most approaches did comes first."""

    def direction(gallery: Gallery) -> str:
        return gallery.direction_key

    groups = [list(group) for _, group in groupby(sorted(galleries, key=direction), key=direction)]
    found = [comparison for group in groups if len((comparison := _comparison(group)).made) > 1]
    found.sort(key=lambda comparison: -len({column.name for column in comparison.made}))
    return [replace(comparison, file=FILE) if not place else comparison for place, comparison in enumerate(found)]


def _comparison(galleries: list[Gallery]) -> Comparison:
    shown = [(gallery, section) for gallery in galleries for section in gallery.sections if section.strips]
    sources = [*_shared("input", shown), *_made(shown), *_shared("truth", shown)]
    stems = list(dict.fromkeys(strip.stem for _, section in shown for strip in section.strips))
    scored = [(source, value) for source in sources for value in _scores_of(source)]
    first = galleries[0]
    return Comparison(
        file=f"compare-{slug(first.direction_key)}.html",
        direction=first.direction,
        direction_key=first.direction_key,
        target=first.target,
        columns=tuple(source.column for source in sources),
        strips=tuple(_strip(stem, sources, scored) for stem in stems),
        rankings=tuple(_ranking(source.column, value) for source, value in scored),
    )


def _made(shown: list[tuple[Gallery, Section]]) -> Iterator[_Source]:
    """A column for what each approach made at each size."""
    for gallery, section in shown:
        for place, panel in enumerate(section.columns):
            if panel.role == "output":
                key = f"{slug(gallery.approach_key)}-{section.size}"
                href = f"{gallery.file}#size-{section.size}"
                column = CompareColumn(
                    key, panel.role, panel.badge, gallery.approach, section.size, _note(section), panel.depth, href
                )
                yield _Source(column, place, _by_stem(section))


def _note(section: Section) -> str:
    """The size of pictures, and that of the training where there was one."""
    if section.trained_size is None:
        return f"{section.size} px"
    trained = "as trained" if section.trained_size == section.size else f"trained at {section.trained_size} px"
    return f"{section.size} px, {trained}"


def _shared(role: str, shown: list[tuple[Gallery, Section]]) -> list[_Source]:
    """A column for each unlike thing that approaches were given or should have made, at the largest size it has."""
    largest: dict[str, _Source] = {}
    for _, section in sorted(shown, key=lambda pair: -pair[1].size):
        for place, panel in enumerate(section.columns):
            if panel.role == role and panel.caption not in largest:
                key = f"{role}.{len(largest) + 1}" if largest else role
                name, note = title_case(panel.caption), f"{section.size} px"
                column = CompareColumn(key, role, panel.badge, name, section.size, note, panel.depth, "")
                largest[panel.caption] = _Source(column, place, _by_stem(section))
    return list(largest.values())


def _by_stem(section: Section) -> dict[str, Strip]:
    return {strip.stem: strip for strip in section.strips}


def _scores_of(source: _Source) -> list[Value]:
    """One value of each score that pictures of a column have."""
    return list({value.name: value for stem in source.strips for value in _values_of(source, stem)}.values())


def _ranking(column: CompareColumn, value: Value) -> Ranking:
    name = f"{value.name}: {column.name}, {column.size} px"
    return Ranking(f"{column.key}.{slug(value.name.lower())}", name, value.better)


def _strip(stem: str, sources: list[_Source], scored: list[tuple[_Source, Value]]) -> CompareStrip:
    values = [_value_of(source, stem, usual.name) for source, usual in scored]
    cells = tuple(_cell(source, stem) for source in sources)
    return CompareStrip(stem, f"picture-{slug(stem)}", cells, scores_by(values))


def _value_of(source: _Source, stem: str, name: str) -> Value | None:
    return next((value for value in _values_of(source, stem) if value.name == name), None)


def _values_of(source: _Source, stem: str) -> tuple[Value, ...]:
    strip = source.strips.get(stem)
    return strip.values if strip and source.column.role == "output" else ()


def _cell(source: _Source, stem: str) -> CompareCell:
    column, strip = source.column, source.strips.get(stem)
    alt = f"{column.badge}: {column.name}, {column.note}, picture {stem}"
    picture = replace(strip.cells[source.place].picture, alt=alt) if strip else Missing("not translated", alt)
    return CompareCell(column, Cell(column.role, column.badge, picture), _values_of(source, stem)[:1])
