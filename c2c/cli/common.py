"""What several commands share: options, and progress on stderr."""

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.progress import Progress as RichProgress

LINE_EVERY_S = 20

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
    """Shows each stage on stderr: as a bar in a terminal, as a line now and then in a file."""

    def __init__(self) -> None:
        self.console = Console(stderr=True)

    def stage(self, name: str) -> AbstractContextManager[Callable[[int, int], None]]:
        """Open one stage; what comes back takes (done, of all)."""
        return self._bar(name) if self.console.is_terminal else self._lines(name)

    def say(self, text: str) -> None:
        """One line on stderr."""
        self.console.print(text)

    @contextmanager
    def _bar(self, name: str) -> Iterator[Callable[[int, int], None]]:
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

    @contextmanager
    def _lines(self, name: str) -> Iterator[Callable[[int, int], None]]:
        began = told = time.monotonic()
        self.console.print(f"{name} …", highlight=False)

        def progress(done: int, total: int) -> None:
            nonlocal told
            if time.monotonic() - told > LINE_EVERY_S:
                told = time.monotonic()
                self.console.print(f"{name}: {done} of {total} after {told - began:.0f} s", highlight=False)

        yield progress
        self.console.print(f"{name}: done in {time.monotonic() - began:.0f} s", highlight=False)
