"""The data page: each city's pictures, where they come from, who made them, and what was left out."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from c2c.records import CityRecord, CrawlRecord, RunRecord, Skipped
from c2c.site.cities import examples_of
from c2c.site.crawls import Crawl, crawl_of
from c2c.site.galleries import Cell
from c2c.site.placing import Placer
from c2c.site.reading import Filed, RunFolder
from c2c.site.words import enumerate_words, slug, title_case

SPLITS = {"train": "to train with", "val": "to validate with", "test": "to test with"}
EXAMPLES = 6
MOST_LISTED = 50  # of the files left out; the record holds all of them
MOST_SHOWN = 6000  # characters of a notice; its file holds all of it
LEAKS = {
    "refuse": "Test pictures that are nearly the same as training pictures would have been refused.",
    "regroup": "Pictures that are nearly the same were kept on one side of the split.",
    "allow": "Pictures that are nearly the same may stand on both sides of the split: the recipe allows it.",
}
RULES = {
    "hash": "drawn by the hash of its name",
    "time": "the last ones in the order of their names",
    "place": "drawn by where it was taken, whole neighbourhoods with a gap around them",
}
# How a reason begins -> what it comes to.
REASONS = {
    "is the same file as": "the same file twice",
    "leaks from": "nearly the same as a picture on the other side of the split",
    "lies outside": "in none of the folders train, val and test",
}


@dataclass(frozen=True)
class Notice:
    """A licence or a list of authors that came with the pictures."""

    name: str
    href: str
    text: str
    cut: bool  # the file holds more
    shown: bool  # False: the run no longer has it


@dataclass(frozen=True)
class LeftOut:
    """Files left out for like reasons."""

    why: str
    count: int
    files: tuple[Skipped, ...]
    more: int


@dataclass(frozen=True)
class City:
    """The pictures of one city."""

    anchor: str
    name: str
    total: int
    counts: tuple[tuple[str, int], ...]  # what for, how many
    with_depth: int
    origin: str  # in a sentence
    note: str
    facts: tuple[str, ...]  # sizes and splits, a sentence each
    examples: tuple[Cell, ...]
    depths: tuple[Cell, ...]  # the true depth of some pictures
    notices: tuple[Notice, ...]
    left_out: tuple[LeftOut, ...]
    record: str
    crawl: Crawl | None  # how its pictures were collected, where that is known


@dataclass(frozen=True)
class Data:
    """The data page."""

    sentence: str
    cities: tuple[City, ...]

    @property
    def shows_depth(self) -> bool:
        """Whether a legend of the depth colours is needed."""
        return any(city.depths for city in self.cities)

    @property
    def shows_map(self) -> bool:
        """Whether the look of plots is needed."""
        return any(city.crawl and city.crawl.map for city in self.cities)


def data_of(run: RunFolder, placer: Placer) -> Data | None:
    """The data of a run, None where no record tells of any; brings example pictures into the site."""
    found = run.of(CityRecord)
    if not found:
        return None
    return Data(_sentence([filed.record for filed in found]), tuple(_city(run, filed, placer) for filed in found))


def city_anchor(city: str) -> str:
    """Where a city stands on the data page."""
    return f"city-{slug(city)}"


def _sentence(records: list[CityRecord]) -> str:
    total = sum(sum(record.pictures.values()) for record in records)
    names = enumerate_words([title_case(record.city) for record in records])
    return f"{total:,} pictures of {names}. None of those to test with is ever trained with."


def _city(run: RunFolder, filed: Filed[CityRecord], placer: Placer) -> City:
    record = filed.record
    return City(
        anchor=city_anchor(record.city),
        name=title_case(record.city),
        total=sum(record.pictures.values()),
        counts=tuple((SPLITS.get(split, split), count) for split, count in record.pictures.items() if count),
        with_depth=record.with_depth,
        origin=_origin(record),
        note=title_case(record.note) or _unstated(record),
        facts=tuple(_facts(run, record)),
        examples=examples_of(run, record.city, placer, EXAMPLES),
        depths=examples_of(run, record.city, placer, EXAMPLES, "depth") if record.with_depth else (),
        notices=tuple(_notice(run, record, path, placer) for path in record.notices),
        left_out=tuple(_left_out(record.skipped)),
        record=filed.href,
        crawl=next((crawl_of(told) for told in run.of(CrawlRecord) if told.record.city == record.city), None),
    )


def _origin(record: CityRecord) -> str:
    if record.source == "toytown":
        return "Drawn by c2c, by formula: no photo was taken, and the depth of every pixel is exact."
    return f"Pictures of a folder called {record.root}."


def _unstated(record: CityRecord) -> str:
    """What is said where the recipe states no licence."""
    if record.notices:
        return "see the files that came with the pictures."
    return "not stated. Ask whether these pictures may be shown before you publish them."


def _facts(run: RunFolder, record: CityRecord) -> Iterable[str]:
    """What is known of the sizes of pictures and of how they were split."""
    if record.short_sides:
        least, middle, most = (f"{side:,}" for side in record.short_sides)
        if least == most:
            yield f"Their shorter side is {least} px."
        else:
            yield f"Their shorter sides go from {least} to {most} px; half of them reach {middle} px."
    if record.source == "folder":
        yield from _split_rules(run, record)


def _split_rules(run: RunFolder, record: CityRecord) -> Iterable[str]:
    recipe = next((filed.record.recipe for filed in run.of(RunRecord)), {})
    data, own = _table_of(recipe, "data"), _table_of(_table_of(recipe, "cities"), record.city)
    if own.get("split") in RULES:
        yield f"Unless its folders say so, which picture is for the test is {RULES[own['split']]}."
    if own.get("group"):
        yield f"Pictures whose paths agree in what {own['group']} captures stay on one side of the split."
    if data.get("leaks") in LEAKS:
        yield LEAKS[data["leaks"]]


def _table_of(recipe: dict, key: str) -> dict:
    """One table of a recipe, empty where it has none: a record may come from anywhere."""
    found = recipe.get(key)
    return found if isinstance(found, dict) else {}


def _left_out(skipped: tuple[Skipped, ...]) -> Iterable[LeftOut]:
    """Files left out by why, the most common first; reasons that are told one by one come last."""
    groups: dict[str, list[Skipped]] = {}
    for file in skipped:
        groups.setdefault(_why(file.reason), []).append(file)
    for why, files in sorted(groups.items(), key=lambda group: (group[0] == "", -len(group[1]), group[0])):
        shown = tuple(files[:MOST_LISTED])
        yield LeftOut(why or "could not be used", len(files), shown, len(files) - len(shown))


def _why(reason: str) -> str:
    return next((why for begin, why in REASONS.items() if reason.startswith(begin)), "")


def _notice(run: RunFolder, record: CityRecord, path: str, placer: Placer) -> Notice:
    name, file = Path(path).name, (run.root / path).resolve()
    if not (file.is_relative_to(run.root.resolve()) and file.is_file()):
        return Notice(name, "", "", False, False)
    address = _address(record, name)
    placer.files.copy(file, address)
    text = file.read_text(encoding="utf-8", errors="replace")
    return Notice(name, address, text[:MOST_SHOWN], len(text) > MOST_SHOWN, True)


def _address(record: CityRecord, name: str) -> str:
    """Where a notice stands in the site: with an ending that every browser shows as text."""
    safe = slug(name)
    shown = safe if safe.lower().endswith((".txt", ".csv", ".json")) else f"{safe}-notice.txt"
    return f"notices/{slug(record.city)}/{shown}"
