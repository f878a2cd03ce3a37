"""What several commands share: options, and progress on stderr."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.progress import Progress as RichProgress

set_option = click.option(
    "--set",
    "overrides",
    multiple=True,
    metavar="KEY=VALUE",
    help="Change a setting of the recipe, such as training.steps=20 or approaches.cyclegan.blocks=9. Repeatable.",
)
device_option = click.option(
    "--device", default="auto", show_default=True, metavar="cpu|cuda|auto", help="auto is CUDA where there is some."
)
run_folder = click.argument("folder", type=click.Path(path_type=Path, file_okay=False), metavar="RUN")


class TerminalReporter:
    """Shows each stage as a bar on stderr, and as a line when it is done."""

    def __init__(self) -> None:
        self.console = Console(stderr=True)

    @contextmanager
    def stage(self, name: str) -> Iterator[Callable[[int, int], None]]:
        """A bar for one stage; what comes back takes (done, of all)."""
        columns = (
            TextColumn("{task.description:<28}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TextColumn("left"),
            TimeRemainingColumn(),
        )
        with RichProgress(*columns, console=self.console, refresh_per_second=2) as progress:
            task = progress.add_task(name, total=None)
            yield lambda done, total: progress.update(task, completed=done, total=total)

    def say(self, text: str) -> None:
        """One line on stderr."""
        self.console.print(text)
