"""What several commands share: options, and progress on stderr."""

import contextlib
import functools
import os
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.progress import Progress as RichProgress

if TYPE_CHECKING:
    from c2c.pipeline import SilentReporter

F = TypeVar("F", bound=Callable[..., Any])
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
start_over_option = click.option(
    "--start-over",
    is_flag=True,
    help="Where a training of other settings is in the way, put it aside and begin anew.",
)
run_folder = click.argument("folder", type=click.Path(path_type=Path, file_okay=False), metavar="RUN")


def together(command: F) -> F:
    """A command that several processes can work on together, started by torchrun; only the first one speaks."""

    @functools.wraps(command)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        if int(os.environ.get("WORLD_SIZE", "1")) == 1:
            return command(*args, **kwargs)
        from c2c.models.devices import pick_device
        from c2c.training.processes import is_first, joined

        with joined(pick_device(kwargs["device"])), contextlib.ExitStack() as stack:
            if not is_first():
                stack.enter_context(contextlib.redirect_stdout(stack.enter_context(Path(os.devnull).open("w"))))
            return command(*args, **kwargs)

    return cast(F, wrapped)


def terminal_reporter() -> "TerminalReporter | SilentReporter":
    """What shows the stages of a run on stderr; of several processes that work together the first one shows them."""
    if os.environ.get("RANK", "0") == "0":
        return TerminalReporter()
    from c2c.pipeline import SilentReporter

    return SilentReporter()


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
