"""`c2c signal`: whether two cities are worth a training."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from c2c.cli.common import TerminalReporter, device_option

if TYPE_CHECKING:
    from c2c.evaluation.signal import City, Signal

SHOWN = 5  # pictures of each kind
COLOURS = {"strong": "green", "moderate": "yellow", "weak": "red"}


@click.command()
@click.argument("city_a", type=click.Path(path_type=Path, file_okay=False))
@click.argument("city_b", type=click.Path(path_type=Path, file_okay=False))
@click.option("--sheet", type=click.Path(path_type=Path, dir_okay=False), help="Also write a contact sheet, as PNG.")
@click.option("--size", default=128, show_default=True, type=click.IntRange(16), help="Side in pixels to compare at.")
@click.option(
    "--most", default=500, show_default=True, type=click.IntRange(0), help="Pictures of a city to look at; 0: all."
)
@click.option("--json", "as_json", is_flag=True, help="Print all that was found, for machines.")
@device_option
def signal(city_a: Path, city_b: Path, sheet: Path | None, size: int, most: int, as_json: bool, device: str) -> None:
    """Tell whether two folders of pictures are worth a training, before it takes days.

    A linear probe on the features of a pretrained network is asked to which city pictures belong that it did not see.
    Where it can only guess, a translator has little to learn. The pictures most like their own city and most like the
    other one are named, and pictures that are nearly the same.

    \b
    Examples:
        c2c signal photos/paris photos/burano --sheet signal.png
        c2c signal runs/toytown/data/paris runs/toytown/data/burano --json
    """
    from c2c.evaluation.signal import signal_between
    from c2c.evaluation.signal_sheet import write_signal_sheet
    from c2c.models.devices import pick_device
    from c2c.models.features import load_features

    network = load_features(device=pick_device(device))
    with TerminalReporter().stage("looking") as progress:
        found = signal_between(city_a, city_b, network, size, most, progress=progress)
    if sheet:
        write_signal_sheet(sheet, found)
    if as_json:
        click.echo(json.dumps(asdict(found), indent=1))
    else:
        _print(found)
        if sheet:
            click.echo(f"The contact sheet is in {sheet}")


def _print(found: "Signal") -> None:
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    console = Console(highlight=False)
    counts = " and ".join(f"{_count(city)} of {city.name}" for city in (found.a, found.b))
    console.print(escape(f"{counts}, at {found.size} px. Right on pictures not seen in fitting; a guess has 50%:"))
    table = Table("by", "right", "95% interval", "AUC", "signal", box=None)
    for told in (found.network, *found.trivial):
        low, high = (f"{end:.0%}" for end in told.interval)
        table.add_row(told.by, f"{told.accuracy:.0%}", f"{low} to {high}", f"{told.auc:.3f}", told.verdict)
    console.print(table)
    console.print(f"\n[{COLOURS[found.verdict]}]{found.verdict.upper()}.[/] {escape(found.says)}")
    for note in found.notes:
        console.print(f"[yellow]{escape(note)}[/yellow]")
    for city, other in ((found.a, found.b), (found.b, found.a)):
        best, worst = city.pictures[:SHOWN], city.pictures[: -SHOWN - 1 : -1]
        console.print(escape(f"\n{city.name} most like itself: {', '.join(f'{p.path} {p.own:.2f}' for p in best)}"))
        console.print(
            escape(f"{city.name} most like {other.name}: {', '.join(f'{p.path} {p.own:.2f}' for p in worst)}")
        )
        if city.skipped:
            console.print(escape(f"{len(city.skipped)} files skipped, such as {city.skipped[0].path}"))
    if found.alike:
        console.print(f"\n{_pairs(len(found.alike))} nearly the same, or alike neighbours:")
        for pair in found.alike[:SHOWN]:
            console.print(escape(f"    {pair.a} and {pair.b}: {pair.why}"))


def _count(city: "City") -> str:
    looked = len(city.pictures)
    return f"{looked} pictures" if looked == city.found else f"{looked} pictures out of {city.found}"


def _pairs(count: int) -> str:
    return "1 pair is" if count == 1 else f"{count} pairs are"
