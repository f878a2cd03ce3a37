"""The training of an approach: which step made the pictures, what was noticed, samples by step, curves, settings."""

from collections.abc import Sequence
from dataclasses import dataclass

from c2c.records import Event, Sample, TrainingRecord
from c2c.site.galleries import Cell
from c2c.site.placing import Missing, Placer
from c2c.site.plots import Plot, Points, curve_plot
from c2c.site.reading import Filed
from c2c.site.words import duration, mebibytes, metric_of, number

MOST_EVENTS = 50  # the record holds all of them
MOST_STEPS = 24  # of samples; the run's folder holds all of them


@dataclass(frozen=True)
class Setting:
    """One line of a list of settings."""

    name: str
    value: str


@dataclass(frozen=True)
class Curves:
    """Plots that belong together."""

    title: str
    plots: tuple[Plot, ...]


@dataclass(frozen=True)
class KeptStep:
    """A step whose networks were kept."""

    name: str  # "Last" or "Best"
    step: str
    score: str
    checkpoint: str
    made_the_pictures: bool


@dataclass(frozen=True)
class Validation:
    """Scores on pictures that were not trained on, and the steps that were kept."""

    metric: str
    said: str  # the metric within a sentence
    plots: tuple[Plot, ...]
    kept: tuple[KeptStep, ...]


@dataclass(frozen=True)
class SampleRow:
    """One validation picture: the real one, then what was made of it at each step."""

    stem: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class SampleSheet:
    """The samples of one direction."""

    direction: str
    steps: int
    rows: tuple[SampleRow, ...]
    shows_depth: bool


@dataclass(frozen=True)
class Training:
    """How a training went."""

    status: str
    message: str
    validation: Validation | None
    events: tuple[Event, ...]
    events_more: int
    samples: tuple[SampleSheet, ...]
    steps: tuple[str, ...]  # of the samples, in the order of the generated pictures of every row
    steps_left_out: int
    curves: tuple[Curves, ...]
    facts: tuple[Setting, ...]
    settings: tuple[Setting, ...]
    record: str

    @property
    def shows_depth(self) -> bool:
        """Whether a legend of the depth colours is needed."""
        return any(sheet.shows_depth for sheet in self.samples)


def training_of(filed: Filed[TrainingRecord], directions: dict[str, str], placer: Placer) -> Training:
    """How a training went; brings its samples into the site. `directions` says how directions are read."""
    record = filed.record
    steps = sorted({sample.step for sample in record.samples})
    shown = evenly(steps, MOST_STEPS)
    return Training(
        status=record.status,
        message=record.message,
        validation=_validation(filed, directions),
        events=record.events[:MOST_EVENTS],
        events_more=max(0, len(record.events) - MOST_EVENTS),
        samples=_samples(record, shown, directions, placer),
        steps=tuple(f"{step:,}" for step in shown),
        steps_left_out=len(steps) - len(shown),
        curves=_curves(filed),
        facts=_facts(record),
        settings=flattened(record.settings),
        record=filed.href,
    )


def evenly(items: list[int], most: int) -> list[int]:
    """At most `most` of the items, evenly spread, the first and the last among them."""
    if len(items) <= most:
        return items
    return [items[round(i * (len(items) - 1) / (most - 1))] for i in range(most)]


def _validation(filed: Filed[TrainingRecord], directions: dict[str, str]) -> Validation | None:
    record = filed.record
    if not record.validation:
        return None
    best = record.best.step if record.best else None
    curves = record.validation
    # what decides comes first; where it is the mean of one direction, it stands for it
    names = [name for name in curves if " " not in name or curves[name] != curves.get(name.partition(" ")[0])]
    names.sort(key=lambda name: (name != record.score_name, name))
    plots = [curve_plot(_curve_name(name, names, directions), curves[name], filed.href, best) for name in names]
    kept = [("Last", "last", record.last), ("Best", "best", record.best)]
    metric = metric_of(record.score_name)
    return Validation(
        metric=metric.name,
        said=metric.said,
        plots=tuple(plot for plot in plots if plot),
        kept=tuple(
            KeptStep(name, f"{one.step:,}", number(one.score), one.checkpoint, key == record.translates)
            for name, key, one in kept
            if one
        ),
    )


def _curve_name(name: str, names: Sequence[str], directions: dict[str, str]) -> str:
    """A curve of validation as it is read: "kid paris-to-burano" gives "KID, Paris → Burano"."""
    metric, _, direction = name.partition(" ")
    if direction:
        return f"{metric_of(metric).name}, {directions.get(direction, direction)}"
    several = any(other.startswith(f"{metric} ") for other in names)
    return f"{metric_of(metric).name}, mean" if several else metric_of(metric).name


def _samples(
    record: TrainingRecord, steps: list[int], directions: dict[str, str], placer: Placer
) -> tuple[SampleSheet, ...]:
    groups: dict[str, dict[str, dict[int, Sample]]] = {}  # direction -> picture -> step
    for sample in record.samples:
        groups.setdefault(sample.direction, {}).setdefault(sample.picture, {})[sample.step] = sample
    sheets = []
    for direction, pictures in groups.items():
        name = directions.get(direction, direction)
        rows = tuple(SampleRow(stem, _cells(stem, by_step, steps, name, placer)) for stem, by_step in pictures.items())
        depth = any(cell.picture.depth for row in rows for cell in row.cells)
        sheets.append(SampleSheet(name, len(steps), rows, depth))
    return tuple(sheets)


def _cells(stem: str, by_step: dict[int, Sample], steps: list[int], direction: str, placer: Placer) -> tuple[Cell, ...]:
    """The real picture, then a generated one for each step, each with a badge that says which it is."""
    before = placer.place_file(next(iter(by_step.values())).input, f"Real: picture {stem}, {direction}")
    cells = [Cell("input", "Real depth" if before.depth else "Real", before)]
    for step in steps:
        alt = f"Generated at step {step:,}: picture {stem}, {direction}"
        made = placer.place_file(by_step[step].output, alt) if step in by_step else Missing("none at this step", alt)
        what = "Predicted depth" if made.depth else "Generated"
        cells.append(Cell("output", f"{what}, step\N{NO-BREAK SPACE}{step:,}", made))
    return tuple(cells)


def _curves(filed: Filed[TrainingRecord]) -> tuple[Curves, ...]:
    record = filed.record
    norms = {f"gradient norm, {name}": points for name, points in sorted(record.gradient_norms.items())}
    groups: dict[str, dict[str, Points]] = {
        "Losses": dict(sorted(record.losses.items())),
        "Learning rate and gradients": {"learning rate": record.rates, **norms},
    }
    drawn = {
        title: tuple(plot for name, points in group.items() if (plot := curve_plot(name, points, filed.href)))
        for title, group in groups.items()
    }
    return tuple(Curves(title, plots) for title, plots in drawn.items() if plots)


def _facts(record: TrainingRecord) -> tuple[Setting, ...]:
    facts = {
        **({"Steps": f"{record.step:,} of {record.steps:,}"} if record.steps else {}),
        "Time": duration(record.seconds),
        "Device": f"{record.device}, {record.precision}",
        "Processes": f"{record.processes:,}",
        **{f"Parameters, {name}": f"{count:,}" for name, count in record.parameters.items()},
        "Peak memory": mebibytes(record.peak_memory_bytes),
        "Checkpoint": record.checkpoint,
        **({"Log": record.log} if record.log else {}),
        **{f"Data, {city}": f"SHA-256 {sha[:12]}…" for city, sha in record.data.items()},
    }
    return tuple(Setting(name, value) for name, value in facts.items())


def flattened(settings: dict, prefix: str = "") -> tuple[Setting, ...]:
    """Nested settings as lines with dotted names."""
    lines: list[Setting] = []
    for name, value in settings.items():
        if isinstance(value, dict):
            lines += flattened(value, f"{prefix}{name}.")
        else:
            lines.append(Setting(f"{prefix}{name}", _value(value)))
    return tuple(lines)


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        return ", ".join(_value(item) for item in value) or "none"
    if isinstance(value, float):
        return f"{value:.6g}"
    return "none" if value is None or value == "" else str(value)
