"""What changed: where and how strongly pictures change, and on Toytown which classes become which."""

from dataclasses import dataclass

from c2c.records import ChangeRecord, ClassChanges, ClassTable, Recognised
from c2c.site.charts import Tick, nice_ticks, short
from c2c.site.galleries import Cell, approach_file
from c2c.site.placing import Missing, Picture, Placer
from c2c.site.reading import Filed, RunFolder
from c2c.site.scene_depth import DepthStory, depth_story
from c2c.site.words import approach_name, direction_name, enumerate_words, number, slug, title_case

FILE = "what-changed.html"
LEAST_ROW = 0.005  # of the input's pixels: a rarer class has no row
LEAST_COLUMN = 0.01  # of any row: a class that less becomes has no column
LEAST_SAID = 0.1  # of a class: a smaller change makes no sentence
MOST_SAID = 3
SHADES = 10
MANY = {"building": "buildings", "tree": "trees", "vehicle": "vehicles", "boat": "boats", "window": "windows"}
THIRDS = ("upper", "middle", "lower")
TRUTHS = {"truth": "the true translation", "dressed truth": "the true dress on the same shapes"}


@dataclass(frozen=True)
class Example:
    """One test picture before and after, with the map of its change."""

    why: str
    stem: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Share:
    """One cell of a table of classes."""

    text: str
    interval: str
    true: str
    shade: int  # 0 to SHADES
    stays: bool


@dataclass(frozen=True)
class ClassRow:
    """What became of one class of the input."""

    name: str
    share: str  # of the input's pixels
    cells: tuple[Share, ...]


@dataclass(frozen=True)
class ClassGrid:
    """Which classes become which: a row for each class of the input, a column for each after."""

    columns: tuple[str, ...]
    rows: tuple[ClassRow, ...]
    recall: tuple[str, ...]  # by column: how much of the class is recognised in real pictures
    measured_in: tuple[str, ...]  # by column: of which city


@dataclass(frozen=True)
class Control:
    """The same table of pictures whose classes are known, to see what the classifier does to it."""

    title: str
    about: str
    grid: ClassGrid


@dataclass(frozen=True)
class Key:
    """The colour of a class in class maps."""

    name: str
    colour: str


@dataclass(frozen=True)
class ClassStory:
    """Everything about classes in one direction."""

    truth: str
    grid: ClassGrid
    findings: tuple[str, ...]
    notes: tuple[str, ...]
    maps: tuple[Cell, ...]
    stem: str
    keys: tuple[Key, ...]
    controls: tuple[Control, ...]


@dataclass(frozen=True)
class ChangeStory:
    """What one approach changed in one direction."""

    anchor: str
    approach: str
    approach_file: str
    direction: str
    source: str
    size: int
    n: int
    strength: str
    findings: tuple[str, ...]
    mean_map: Cell
    legend: str  # id of the legend's colours
    colours: tuple[Tick, ...]  # in percent
    ticks: tuple[Tick, ...]
    examples: tuple[Example, ...]
    classes: ClassStory | None
    depth: DepthStory | None
    protocol: tuple[tuple[str, str], ...]
    record: str

    @property
    def title(self) -> str:
        """Approach and direction, as a link to the story says them."""
        return f"{self.approach}: {self.direction}"


def change_stories(run: RunFolder, placer: Placer) -> list[ChangeStory]:
    """The stories of a run, by approach and direction; brings their pictures into the site."""
    return [_story(filed, placer) for filed in run.of(ChangeRecord)]


def _story(filed: Filed[ChangeRecord], placer: Placer) -> ChangeStory:
    record = filed.record
    anchor = f"{slug(record.approach)}-{slug(record.direction)}"
    protocol = record.protocol | (record.classes.protocol if record.classes else {})
    return ChangeStory(
        anchor=anchor,
        approach=approach_name(record.approach, record.approach_kind),
        approach_file=approach_file(record.approach),
        direction=direction_name(record.source, record.target, record.direction),
        source=title_case(record.source),
        size=record.size,
        n=len(record.strength.per_picture),
        strength=_strength(record),
        findings=(_where(record),),
        mean_map=Cell("change", "Mean change", placer.place_file(record.mean_map, _mean_alt(record))),
        legend=f"colours-{anchor}",
        colours=_colours(record),
        ticks=tuple(Tick(100 * at / record.top, short(at)) for at in nice_ticks(0.0, record.top, 4)),
        examples=_examples(record, placer),
        classes=_class_story(record, record.classes, placer) if record.classes else None,
        depth=depth_story(record.depth, record.target) if record.depth else None,
        protocol=tuple(protocol.items()),
        record=filed.href,
    )


def _strength(record: ChangeRecord) -> str:
    """How strongly pictures change, as a sentence."""
    found, true = record.strength, record.true_strength
    interval = f" ({number(found.interval[0])} to {number(found.interval[1])})" if found.interval else ""
    beside = f"; {_truth_of(record)} changes them by {number(true.value)}" if true else ""
    return f"Colours change by {number(found.value)}{interval} on average{beside}."


def _truth_of(record: ChangeRecord) -> str:
    return TRUTHS[record.classes.truth_form] if record.classes else TRUTHS["truth"]


def _where(record: ChangeRecord) -> str:
    """In which part of the pictures the change is strongest."""
    thirds = dict(zip(THIRDS, record.strength.thirds, strict=True))
    most, least = max(thirds, key=lambda name: thirds[name]), min(thirds, key=lambda name: thirds[name])
    if most == least:
        return "Every part of the pictures changes alike."
    return (
        f"The {most} third of the pictures changes most ({number(thirds[most])}), "
        f"the {least} third least ({number(thirds[least])})."
    )


def _mean_alt(record: ChangeRecord) -> str:
    return f"Where pictures change, mean over {len(record.strength.per_picture)} pictures. {_where(record)}"


def _colours(record: ChangeRecord) -> tuple[Tick, ...]:
    last = max(len(record.colours) - 1, 1)
    return tuple(Tick(100 * place / last, colour) for place, colour in enumerate(record.colours))


def _examples(record: ChangeRecord, placer: Placer) -> tuple[Example, ...]:
    """The pictures that change most, least, and at the median, whose classes stand beside it."""
    order = _by_change(record)
    picked = {"Changes most": order[0], "Changes least": order[-1], "In the middle": order[len(order) // 2]}
    once = {stem: why for why, stem in reversed(picked.items())}
    return tuple(_example(record, why, stem, placer) for stem, why in reversed(once.items()))


def _by_change(record: ChangeRecord) -> list[str]:
    found = record.strength.per_picture
    return sorted(found, key=lambda stem: (-found[stem], stem))


def _example(record: ChangeRecord, why: str, stem: str, placer: Placer) -> Example:
    change = number(record.strength.per_picture[stem])
    return Example(
        why=f"{why}: {change}",
        stem=stem,
        cells=(
            Cell("input", "Real", placer.place(record.inputs, stem, "image", f"Real {record.source}, picture {stem}")),
            Cell("output", "Generated", placer.place(record.outputs, stem, "image", f"Generated, picture {stem}")),
            Cell("change", "Change", placer.place(record.maps, stem, "image", f"Change of picture {stem}: {change}")),
        ),
    )


def _class_story(record: ChangeRecord, found: ClassChanges, placer: Placer) -> ClassStory:
    order = _by_change(record)
    stem = order[len(order) // 2]
    roles = {
        "input": ("Real", f"Classes of real {title_case(record.source)}"),
        "output": ("Generated", "Classes of the generated picture, as read"),
        "truth": ("Truth", f"Classes of {TRUTHS[found.truth_form]}"),
    }
    maps = tuple(
        Cell(role, badge, placer.place(found.folders[role], stem, "image", f"{alt}, picture {stem}"))
        for role, (badge, alt) in roles.items()
        if role in found.folders
    )
    shown: list[Picture | Missing] = [cell.picture for cell in maps]
    return ClassStory(
        truth=TRUTHS[found.truth_form],
        grid=_grid(found, found.output),
        findings=_findings(found),
        notes=_notes(record, found),
        maps=maps if any(isinstance(picture, Picture) for picture in shown) else (),
        stem=stem,
        keys=tuple(Key(name, colour) for name, colour in zip(found.names, found.colours, strict=True)),
        controls=(
            Control(
                title_case(TRUTHS[found.truth_form]),
                "These classes are known. Read by the classifier from the true pictures, the large number should be "
                "near the small one.",
                _grid(found, found.truth_as_read),
            ),
            Control(
                "The input, handed back",
                "Nothing was changed, so every class should stay what it is. What leaves the diagonal is a mistake of "
                "the classifier.",
                _grid(found, found.input_as_read, beside=False),
            ),
        ),
    )


def _grid(found: ClassChanges, table: ClassTable, beside: bool = True) -> ClassGrid:
    """A table of what is frequent enough to see and recognised well enough to believe; the rest is one column."""
    rows = _rows(found)
    columns = _columns(found, rows)
    left_out = [number for number in range(len(found.names)) if number not in columns]
    rest = any(_sum(shares[row], left_out) >= LEAST_COLUMN for shares in _tables(found) for row in rows)

    def cells(row: int) -> tuple[Share, ...]:
        true = found.truth.shares[row] if beside else None
        made = [_share(table, row, column, true) for column in columns]
        if rest:
            share, beside_it = _sum(table.shares[row], left_out), _sum(true, left_out) if true else None
            made.append(Share(percent(share), "", _true(share, beside_it), 0, False))
        return tuple(made)

    known = [found.recognised[column] for column in columns]
    return ClassGrid(
        columns=(*(found.names[column] for column in columns), *(["the rest"] if rest else [])),
        rows=tuple(ClassRow(found.names[row], percent(found.input_shares[row]), cells(row)) for row in rows),
        recall=(*(percent(one.recall) for one in known), *(["–"] if rest else [])),
        measured_in=(*(title_case(one.city) for one in known), *([""] if rest else [])),
    )


def _share(table: ClassTable, row: int, column: int, true: tuple[float, ...] | None) -> Share:
    share = table.shares[row][column]
    return Share(
        text=percent(share),
        interval=f"{percent(table.low[row][column])} to {percent(table.high[row][column])}",
        true=_true(share, true[column] if true else None),
        shade=round(SHADES * share),
        stays=row == column,
    )


def _true(share: float, true: float | None) -> str:
    """The true share, to stand below one; where both are nought there is nothing to say."""
    return "" if true is None or max(share, true) < LEAST_ROW else percent(true)


def _rows(found: ClassChanges) -> list[int]:
    return [row for row, share in enumerate(found.input_shares) if share >= LEAST_ROW]


def _columns(found: ClassChanges, rows: list[int]) -> list[int]:
    """Classes that may be shown and that enough of some row becomes, in any of the tables, so that all are alike."""
    return [
        column
        for column, known in enumerate(found.recognised)
        if known.shown and any(shares[row][column] >= LEAST_COLUMN for shares in _tables(found) for row in rows)
    ]


def _tables(found: ClassChanges) -> list[tuple[tuple[float, ...], ...]]:
    return [table.shares for table in (found.output, found.truth, found.truth_as_read, found.input_as_read)]


def _sum(shares: tuple[float, ...], columns: list[int]) -> float:
    return sum(shares[column] for column in columns)


def _findings(found: ClassChanges) -> tuple[str, ...]:
    """The largest changes as sentences, and the largest that should have been made and was not."""
    rows, names = _rows(found), found.names
    pairs = [(row, column) for row in rows for column in _columns(found, rows) if row != column]
    output, truth = found.output.shares, found.truth.shares
    by_pixels = sorted(pairs, key=lambda at: -found.input_shares[at[0]] * output[at[0]][at[1]])
    said = [at for at in by_pixels if output[at[0]][at[1]] >= LEAST_SAID][:MOST_SAID]
    findings = [
        f"{percent(output[row][column])} of {names[row]} pixels become {_many(names[column])}; "
        f"in {TRUTHS[found.truth_form]} {percent(truth[row][column])}."
        for row, column in said
    ]
    missing = {at: found.input_shares[at[0]] * (truth[at[0]][at[1]] - output[at[0]][at[1]]) for at in pairs}
    worst = max(missing, key=lambda at: missing[at], default=None)
    if worst and worst not in said and truth[worst[0]][worst[1]] - output[worst[0]][worst[1]] >= LEAST_SAID:
        row, column = worst
        made = output[row][column]
        so_few = f"Only {percent(made)} of {names[row]} pixels become" if made else f"No {names[row]} pixels become"
        findings.append(f"{so_few} {_many(names[column])}, where {percent(truth[row][column])} should.")
    return tuple(findings) or (f"No class loses {percent(LEAST_SAID)} of its pixels to another.",)


def _many(name: str) -> str:
    return MANY.get(name, name)


def _notes(record: ChangeRecord, found: ClassChanges) -> tuple[str, ...]:
    """What must be known to believe the table."""
    score = found.agreement
    interval = f" ({percent(score.interval[0])} to {percent(score.interval[1])})" if score.interval else ""
    notes = [
        f"{percent(score.value)}{interval} of all pixels have the class that {TRUTHS[found.truth_form]} has there. The "
        f"true pictures themselves reach {percent(found.agreement_of_truth)}, and the input handed back reaches "
        f"{percent(found.agreement_of_input)}.",
        f"The classes of generated pictures are read by a small classifier. It is right on "
        f"{percent(found.accuracy)} of the pixels of real {title_case(record.target)} and on "
        f"{percent(found.accuracy_source)} of real {title_case(record.source)}, in test pictures that it was not "
        "fitted on. On generated pictures nobody can say.",
    ]
    hidden = [
        f"{name} ({_known(one)})"
        for name, one in zip(found.names, found.recognised, strict=True)
        if not one.shown and one.share >= LEAST_ROW
    ]
    if hidden:
        notes.append(
            f"Not shown: {enumerate_words(hidden)}. Recall and precision of {percent(found.bound)} on real pictures "
            "are asked for; what is read as one of these stands in the column “the rest”."
        )
    return tuple(notes)


def _known(one: Recognised) -> str:
    return f"recall {percent(one.recall)}, precision {percent(one.precision)}"


def percent(share: float | None) -> str:
    """A share as whole percent: 63%, <1%, or a dash where there is none."""
    if share is None:
        return "–"
    return "<1%" if 0 < share < 0.01 else f"{100 * share:.0f}%"
