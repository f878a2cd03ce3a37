"""The scale-transfer page: the same picture at every size it was translated at, each size with its own references."""

from dataclasses import dataclass

from c2c.site.approaches import Approach
from c2c.site.galleries import Cell, Gallery, Strip
from c2c.site.tables import ScoreTable

MOST_STRIPS = 24  # the galleries hold all of them


@dataclass(frozen=True)
class SizePair:
    """Input and output of one picture at one size."""

    size: int
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class ScaleStrip:
    """One test picture at every size."""

    stem: str
    pairs: tuple[SizePair, ...]


@dataclass(frozen=True)
class ScaleStory:
    """One approach and direction that was applied at more than one size."""

    anchor: str
    gallery: Gallery
    sizes: tuple[str, ...]  # "128 px: the size it was trained at"
    strips: tuple[ScaleStrip, ...]
    total: int
    tables: tuple[ScoreTable, ...]


def scale_stories(approaches: list[Approach]) -> list[ScaleStory]:
    """The stories of every approach and direction with pictures at two sizes or more."""
    return [
        _story(approach, gallery)
        for approach in approaches
        for gallery in approach.galleries
        if sum(bool(section.strips) for section in gallery.sections) > 1
    ]


def _story(approach: Approach, gallery: Gallery) -> ScaleStory:
    sections = [section for section in gallery.sections if section.strips]
    by_size = {section.size: {strip.stem: strip for strip in section.strips} for section in sections}
    stems = [strip.stem for strip in sections[0].strips if all(strip.stem in strips for strips in by_size.values())]
    return ScaleStory(
        anchor=gallery.file.removeprefix("gallery-").removesuffix(".html"),
        gallery=gallery,
        sizes=tuple(f"{section.size} px: {section.note}" for section in sections),
        strips=tuple(
            ScaleStrip(stem, tuple(_pair(size, strips[stem]) for size, strips in by_size.items()))
            for stem in stems[:MOST_STRIPS]
        ),
        total=len(stems),
        tables=tuple(table for table in approach.tables if table.direction_key == gallery.direction_key),
    )


def _pair(size: int, strip: Strip) -> SizePair:
    return SizePair(size, tuple(cell for cell in (strip.cell("input"), strip.cell("output")) if cell))
