"""The scale-transfer page: what training small costs, measured; and the same picture at every size, to look at."""

from collections.abc import Iterable
from dataclasses import dataclass

from c2c.site.approaches import Approach
from c2c.site.galleries import Cell, Gallery, Section, Strip
from c2c.site.reading import RunFolder
from c2c.site.scale_matrix import Cost, Member, MetricView, costs_of, members_of, notes_of, views_of
from c2c.site.words import enumerate_words

MOST_GROUPS = 24  # pairs of an approach: 12 strips of two sizes, 6 of four; the galleries hold all of them
MOST_BESIDE = 8  # pictures of approaches side by side


@dataclass(frozen=True)
class Group:
    """Pictures that belong together, such as input and output of one size."""

    caption: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class ScaleStrip:
    """One test picture, in groups."""

    stem: str
    groups: tuple[Group, ...]


@dataclass(frozen=True)
class ScaleStory:
    """One approach and direction that was applied at more than one size."""

    anchor: str
    gallery: Gallery
    sizes: tuple[str, ...]  # "128 px: the size it was trained at"
    strips: tuple[ScaleStrip, ...]
    total: int


@dataclass(frozen=True)
class Beside:
    """What approaches that were trained at unlike sizes make of the same pictures, at one size."""

    size: int
    strips: tuple[ScaleStrip, ...]


@dataclass(frozen=True)
class ScaleFamily:
    """Approaches that differ in the size they were trained at only, in one direction."""

    anchor: str
    name: str  # of its approaches
    direction: str
    missing: str  # why there is no matrix
    views: tuple[MetricView, ...]
    costs: tuple[Cost, ...]
    notes: tuple[str, ...]
    beside: tuple[Beside, ...]
    stories: tuple[ScaleStory, ...]

    @property
    def title(self) -> str:
        """Approaches and direction, for the list at the top."""
        return f"{self.name}: {self.direction}"


def scale_families(run: RunFolder, approaches: list[Approach]) -> list[ScaleFamily]:
    """Every family with pictures at two sizes or more, in the order of the galleries."""
    galleries = {(g.approach_key, g.direction_key): g for approach in approaches for g in approach.galleries}
    measured = {
        (member.approach, direction): members
        for (_, direction), members in members_of(run).items()
        for member in members
    }
    families, done = [], set()
    for key in galleries:
        members = measured.get(key, [])
        names = [member.approach for member in members] or [key[0]]
        if key not in done:
            family = [galleries[name, key[1]] for name in names if (name, key[1]) in galleries]
            families.append(_family(run, members, family))
        done |= {(name, key[1]) for name in names}
    return [family for family in families if family.stories or family.beside]


def _family(run: RunFolder, members: list[Member], galleries: list[Gallery]) -> ScaleFamily:
    first = galleries[0]
    trained = any("not trained" not in section.note for section in first.sections)
    unmeasured = "It was not measured what the size costs. Scoring the run measures it." if trained else ""
    return ScaleFamily(
        anchor=f"scale-{_anchor(first)}",
        name=enumerate_words([gallery.approach for gallery in galleries]),
        direction=first.direction,
        missing="" if members else unmeasured,
        views=views_of(run, members) if members else (),
        costs=costs_of(members),
        notes=notes_of(members) if members else (),
        beside=tuple(_beside(members, galleries)),
        stories=tuple(_story(gallery) for gallery in galleries if len(_shown(gallery)) > 1),
    )


def _story(gallery: Gallery) -> ScaleStory:
    sections = _shown(gallery)
    by_size = {section.size: _by_stem(section) for section in sections}
    stems = [strip.stem for strip in sections[0].strips if all(strip.stem in strips for strips in by_size.values())]
    return ScaleStory(
        anchor=_anchor(gallery),
        gallery=gallery,
        sizes=tuple(f"{section.size} px: {section.note}" for section in sections),
        strips=tuple(
            ScaleStrip(
                stem,
                tuple(Group(f"{size} px", _cells(strips[stem], "input", "output")) for size, strips in by_size.items()),
            )
            for stem in stems[: MOST_GROUPS // len(sections)]
        ),
        total=len(stems),
    )


def _beside(members: list[Member], galleries: list[Gallery]) -> Iterable[Beside]:
    """At each size that one was trained at: the input, what each approach makes of it, and the truth."""
    by_approach = {gallery.approach_key: gallery for gallery in galleries}
    for size in sorted({member.trained for member in members}):
        found = [
            (member, _by_stem(section))
            for member in members
            if member.approach in by_approach
            for section in _shown(by_approach[member.approach])
            if section.size == size
        ]
        if len({member.trained for member, _ in found}) > 1:
            shared = [stem for stem in found[0][1] if all(stem in strips for _, strips in found)]
            yield Beside(size, tuple(_side_by_side(stem, found) for stem in shared[:MOST_BESIDE]))


def _side_by_side(stem: str, found: list[tuple[Member, dict[str, Strip]]]) -> ScaleStrip:
    first = found[0][1][stem]
    groups = [
        Group("to translate", _cells(first, "input")),
        *(Group(f"trained at {member.trained} px", _cells(strips[stem], "output")) for member, strips in found),
        Group("the truth", _cells(first, "truth")),
    ]
    return ScaleStrip(stem, tuple(group for group in groups if group.cells))


def _shown(gallery: Gallery) -> list[Section]:
    """The sizes that have pictures."""
    return [section for section in gallery.sections if section.strips]


def _by_stem(section: Section) -> dict[str, Strip]:
    return {strip.stem: strip for strip in section.strips}


def _cells(strip: Strip, *roles: str) -> tuple[Cell, ...]:
    return tuple(cell for role in roles if (cell := strip.cell(role)))


def _anchor(gallery: Gallery) -> str:
    return gallery.file.removeprefix("gallery-").removesuffix(".html")
