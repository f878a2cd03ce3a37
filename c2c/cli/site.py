"""`c2c site`: the pages of a run; works without torch."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from c2c.cli.common import run_folder, terminal_reporter

if TYPE_CHECKING:
    from c2c.site import Built
    from c2c.site.try_it import TryIt

INCOMPLETE = 3


@click.command()
@run_folder
@click.option("--out", type=click.Path(path_type=Path), help="Where the site goes. [default: RUN/site]")
@click.option("--templates", type=click.Path(path_type=Path, file_okay=False), help="A folder of your own templates.")
@click.option("--against", type=click.Path(path_type=Path), help="Another run: adds a page of what moved since it.")
@click.option(
    "--try-it",
    is_flag=True,
    help="Add a page that translates a visitor's photo in the browser. Needs c2c[onnx], and npm's onnxruntime-web.",
)
def site(folder: Path, out: Path | None, templates: Path | None, against: Path | None, try_it: bool) -> None:
    """Build the site of a RUN from its records and pictures, and print where it is.

    Exits with 0 where the site is whole, with 3 where it was built but something is missing: a record that cannot be
    read, a picture, a stage that failed or was not reached. Each gap is told on stderr and on the first page. Exits
    with 1 where nothing could be built.

    \b
    Examples:
        c2c site runs/toytown
        c2c site runs/toytown --out public
        c2c site runs/toytown --against runs/toytown-before
        c2c site runs/toytown --try-it
    """
    from c2c.errors import RunError
    from c2c.site import build_site

    if not (folder / "records").is_dir():
        raise RunError(f"{folder} holds no run: there is no folder {folder / 'records'}.\nMake one with c2c run.")
    if against:
        _check_other(folder, against)
    trial = _trial(folder) if try_it else None
    with terminal_reporter().stage("site") as progress:
        built = build_site(folder, out, templates, progress, trial, against)
    click.echo(built.page)
    tell_gaps(built)
    if built.gaps:
        sys.exit(INCOMPLETE)


def _check_other(folder: Path, against: Path) -> None:
    from c2c.errors import RunError

    if not (against / "records").is_dir():
        raise RunError(f"{against} holds no run to compare with: there is no folder {against / 'records'}.")
    if against.resolve() == folder.resolve():
        raise RunError(f"{against} is the run itself. Say another run's folder with --against.")


def tell_gaps(built: "Built") -> None:
    """Print what is missing from a site on stderr, a line each."""
    from rich.console import Console
    from rich.text import Text

    console = Console(stderr=True)
    for gap in built.gaps:
        console.print(Text("Missing: ", style="yellow") + Text(gap), soft_wrap=True)


def _trial(folder: Path) -> "TryIt":
    """What the page for visitors' photos needs: the run's networks as graphs, and what runs them in a browser."""
    from rich.markup import escape

    from c2c.pipeline.folder import RunFolder
    from c2c.pipeline.graphs import export_graphs
    from c2c.site.runtime import runtime_files
    from c2c.site.try_it import TryIt

    reporter = terminal_reporter()
    with reporter.stage("onnxruntime-web") as progress:
        runtime = runtime_files(progress)
    with reporter.stage("graphs") as progress:
        found = export_graphs(RunFolder(folder), progress)
    for problem in found.problems:
        reporter.say(f"[yellow]left out[/yellow] {escape(problem)}")
    return TryIt(found.graphs, runtime)
