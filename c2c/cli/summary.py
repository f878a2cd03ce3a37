"""What a run ends with on the terminal: its scores, its speed, how trainings went, and where its site is."""

import sys
from collections.abc import Iterable
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from c2c.errors import RecipeError
from c2c.recipe import Recipe
from c2c.recipe.references import COPY
from c2c.records import (
    RunRecord,
    Score,
    ScoreRecord,
    Stage,
    TimingRecord,
    TrainingRecord,
    comparable,
    is_better,
    of_type,
    read_records,
)

HEADINGS = {
    "kid": "KID",
    "frechet": "Fréchet",
    "fid": "FID",
    "l1": "L1",
    "ssim": "SSIM",
    "perceptual": "perc.",
    "abs_rel": "AbsRel",
    "rmse_m": "RMSE m",
    "delta_1.25": "δ<1.25",
    "none_share": "none",
    "structure": "struct.",
    "class_agreement": "class",
    "frechet_infinity": "Fréchet ∞",
    "fid_infinity": "FID ∞",
}
ARROWS = {"lower": "↓", "higher": "↑"}
AGAINST = {"reference": "\n", "truth": "\ntruth", "dressed truth": "\ndress", "input": "\ninput"}
HIDDEN = {"precision", "recall", "density", "coverage", "none_share", "structure"}  # a table must fit the terminal
MOST_EVENTS = 5  # of a training; the record holds all of them
EXPLANATION = """\
KID, Fréchet: to real pictures of the target city. perc.: perceptual distance.
truth: to the true picture, this street in the target city; or the pair's other
half. dress: to the target city's dress on the same shapes. ↓ lower is better.
[green]Green[/green] beats copying the input, [red]red[/red] is worse, [yellow]yellow[/yellow] is not told apart:
the 95% interval of their difference holds nought. Intervals, structure, precision
and recall, density and coverage are on the site and in --json."""


def print_summary(folder: Path, record: RunRecord, page: Path) -> None:
    """Print scores, timings, trainings, failures, the whole time and the page."""
    print_score_table(folder)
    print_timings(folder)
    print_trainings(folder)
    console = Console()
    for stage in record.stages:
        if stage.status == "failed":
            console.print(f"[red]{stage.name} failed:[/red] {escape(stage.message)}")
    console.print(f"{record.seconds / 60:.1f} minutes. Open the site:", highlight=False)
    console.print(page.resolve().as_uri(), soft_wrap=True)


def print_trainings(folder: Path) -> None:
    """Print a line for each training with validation, and what was noticed in any training."""
    console = Console()
    for record in of_type(read_records(folder / "records"), TrainingRecord):
        name = escape(record.approach)
        if record.validation and record.last and record.best:
            score = HEADINGS.get(record.score_name, record.score_name)
            last, best = (f"step {kept.step} ({score} {_short(kept.score)})" for kept in (record.last, record.best))
            said = f"{name}: last {last}, best {best}; the {record.translates} translated."
            console.print(said, highlight=False, soft_wrap=True)
        for event in record.events[:MOST_EVENTS]:
            said = escape(f"step {event.step}, {event.what}: {event.message}")
            console.print(f"[yellow]{name}, {said}[/yellow]", highlight=False, soft_wrap=True)
        if len(record.events) > MOST_EVENTS:
            more = len(record.events) - MOST_EVENTS
            console.print(f"[yellow]{name}: {more} more such events stand in its record.[/yellow]", highlight=False)


def print_score_table(folder: Path) -> None:
    """Print a table for each direction and size of a run: the references around the approaches."""
    groups: dict[tuple[str, int], list[ScoreRecord]] = {}
    for record in of_type(read_records(folder / "records"), ScoreRecord):
        groups.setdefault((record.direction, record.size), []).append(record)
    for (direction, size), records in sorted(groups.items()):
        Console().print(_score_table(f"{direction}, {size} px", records), "")
    Console().print(EXPLANATION)


def print_scores(scores: tuple[Score, ...]) -> None:
    """Print the scores of one comparison."""
    table = Table("score", "value", "95% of", "pictures", "extractor", "fingerprint", box=None)
    for score in scores:
        name = HEADINGS.get(score.metric, score.metric) + " " + ARROWS[score.better]
        counts, extractor = f"{score.n} / {score.n_reference}", score.protocol.get("extractor", "")
        table.add_row(name, f"{score.value:.4g}", _ends(score), counts, extractor, score.fingerprint)
    Console().print(table)


def print_timings(folder: Path) -> None:
    """Print the timings of a run."""
    table = Table("approach", "what", "px", "batch", "device", "median", title="Speed", title_justify="left", box=None)
    for record in of_type(read_records(folder / "records"), TimingRecord):
        value = f"{record.median:.3g} {record.unit}" if record.median is not None else f"skipped: {record.reason}"
        table.add_row(record.approach, record.what, str(record.size), str(record.batch), record.device, value)
    Console().print(table)


def exit_if_failed(stages: Iterable[Stage]) -> None:
    """End the program with status 1 if a stage failed."""
    if any(stage.status == "failed" for stage in stages):
        sys.exit(1)


def chosen_approaches(recipe: Recipe, named: tuple[str, ...]) -> tuple[str, ...]:
    """The approaches that were named, or all of them.

    Raises:
        RecipeError: there is no such approach.
    """
    for name in named:
        if name not in recipe.approaches:
            raise RecipeError(f"There is no approach {name!r} in this run; it has {', '.join(recipe.approaches)}.")
    return named or tuple(recipe.approaches)


def _score_table(title: str, records: list[ScoreRecord]) -> Table:
    shown = [s for record in records for s in record.scores if s.metric not in HIDDEN]
    columns = list(dict.fromkeys((s.metric, s.against) for s in shown))
    copied = {(s.metric, s.against): s for record in records if record.subject == COPY for s in record.scores}
    better = {(s.metric, s.against): s.better for record in records for s in record.scores}
    table = Table(title=title, title_justify="left", box=None)
    table.add_column("", overflow="fold")
    for metric, against in columns:
        heading = f"{HEADINGS.get(metric, metric)}{AGAINST[against]}\n{ARROWS[better[metric, against]]}"
        table.add_column(heading, justify="right", no_wrap=True)
    for record in sorted(records, key=lambda record: (record.subject_kind != "reference", record.subject)):
        values = {(s.metric, s.against): _value(s, copied.get((s.metric, s.against))) for s in record.scores}
        table.add_row(record.subject, *(values.get(column, "") for column in columns))
    return table


def _short(value: float | None) -> str:
    return "–" if value is None else f"{value:.4g}"


def _ends(score: Score) -> str:
    if score.interval is None:
        return "" if score.spread is None else f"± {score.spread:.4g}"
    return f"{score.interval[0]:.4g} to {score.interval[1]:.4g}"


def _value(score: Score, copied: Score | None) -> str:
    """A value: green where it beats copying the input, red where it is worse, yellow where nobody can tell."""
    text = f"{score.value:.3f}" if abs(score.value) < 10 else f"{score.value:.0f}"
    if copied is None or copied is score or not comparable(score, copied):
        return text
    colour = {True: "green", False: "red", None: "yellow"}[is_better(score, copied)]
    return f"[{colour}]{text}[/{colour}]"
