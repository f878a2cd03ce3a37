"""A run: its recipe, folder and device, and the order of its stages."""

import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import torch
from rich.markup import escape

from c2c import __version__
from c2c.errors import C2CError
from c2c.models.devices import pick_device
from c2c.pipeline.folder import Ledger, RunFolder
from c2c.pipeline.reporter import Progress, Reporter
from c2c.recipe import Recipe, digest, resolved
from c2c.records import Provenance, RunRecord, Stage, write_record
from c2c.records.provenance import provenance
from c2c.training import processes


@dataclass
class Run:
    """Everything a stage needs."""

    recipe: Recipe
    folder: RunFolder
    device: torch.device
    reporter: Reporter
    ledger: Ledger
    start_over: bool = False  # put trainings of other settings aside and begin anew
    stages: list[Stage] = field(default_factory=list)

    def provenance(self) -> Provenance:
        """Provenance of a result made now."""
        return provenance(self.recipe.name, digest(self.recipe), self.recipe.seed)

    def key(self, *inputs: object) -> str:
        """The key of a stage: a hash of all it depends on, this version of c2c included."""
        return digest([__version__, *inputs])

    def do(self, stage: str, key: str, work: Callable[[Progress], str | None], together: bool = False) -> None:
        """Do a stage unless it was done from the same inputs; what goes wrong is noted and raised.

        `work` takes a progress callback, and may return a line to show. Of several processes that work together the
        first does it while the others wait, unless it is for all of them.
        """
        if processes.decided_by_first(lambda: self.ledger.is_done(stage, key)):
            self.stages.append(Stage(stage, "kept", 0.0))
            return
        self.ledger.forget(stage)  # what lies there is about to change, so its old key is no longer true
        began = time.perf_counter()
        try:
            with self.reporter.stage(stage) as progress:
                message = (work(progress) if together else processes.decided_by_first(lambda: work(progress))) or ""
        except Exception as error:
            self.stages.append(Stage(stage, "failed", since(began), in_words(error)))
            raise
        self.ledger.mark(stage, key)
        if message:
            self.reporter.say(f"  {message}")
        self.stages.append(Stage(stage, "done", since(began), message))

    @contextmanager
    def going_on(self, what: str) -> Iterator[list[str]]:
        """Let what goes wrong inside be told and kept, while the run goes on; yields the list that gets the message."""
        messages: list[str] = []
        try:
            yield messages
        except Exception as error:
            messages.append(in_words(error))
            self.reporter.say(f"[red]{what} failed:[/red] {escape(in_words(error))}")
            if not isinstance(error, C2CError):
                path = self.folder.root / "errors" / f"{what}.txt".replace(" ", "-")
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(traceback.format_exc(), encoding="utf-8")
                self.reporter.say(f"The whole of it is in {escape(str(path))}")

    def write_summary(self, began: float) -> RunRecord:
        """Write the record of the run as a whole."""
        record = RunRecord(
            title=self.recipe.title,
            recipe=resolved(self.recipe),
            stages=tuple(self.stages),
            seconds=since(began),
            provenance=self.provenance(),
        )
        if processes.is_first():
            write_record(self.folder.records, record)
        return record


def start_run(recipe: Recipe, out: Path, device: str, reporter: Reporter, start_over: bool = False) -> Run:
    """A run of a recipe in a folder, which may hold an earlier part of the same run.

    Raises:
        RunError: the folder belongs to a run of another recipe.
        DeviceError: there is no such device.
    """
    chosen = pick_device(device)
    folder = RunFolder(out)
    processes.decided_by_first(lambda: folder.write_recipe(recipe))
    return Run(recipe, folder, chosen, reporter, Ledger(out / "stages.json"), start_over)


def open_run(out: Path, device: str, reporter: Reporter, start_over: bool = False) -> Run:
    """The run that lies in a folder.

    Raises:
        RunError: there is none.
        DeviceError: there is no such device.
    """
    folder = RunFolder(out)
    return Run(folder.read_recipe(), folder, pick_device(device), reporter, Ledger(out / "stages.json"), start_over)


def in_words(error: Exception) -> str:
    """An error in one text: its own words if it is one of ours, else with its type."""
    return str(error) if isinstance(error, C2CError) else f"{type(error).__name__}: {error}"


def since(began: float) -> float:
    """Seconds since a moment of `time.perf_counter`, to the hundredth."""
    return round(time.perf_counter() - began, 2)
