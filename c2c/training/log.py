"""The log of a training: a file of JSON lines, in the order in which things happened.

    {"step": 40, "losses": {…}, "gradient_norms": {…}, "rate": 0.0002, "seconds": 20.1, "joules": {…}}
    {"step": 65, "validation": {"kid paris-to-burano": 0.31, "kid": 0.33}, "score": 0.33, "best": true, "seconds": …}
    {"step": 65, "samples": [{"direction": …, "picture": …, "input": …, "output": …}]}
    {"step": 65, "event": "collapse", "message": "…"}

A resumed training drops what lies after its checkpoint and writes it again, so that the log of a broken training is
that of an unbroken one, but for the seconds and, where the machine tells it, the energy.
"""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from c2c.records import Event, Sample, write_atomically

Entry = dict[str, Any]
Curve = list[tuple[int, float]]


class TrainingLog:
    """What was logged so far, in memory and in its file.

    Args:
        path: of the file; None: nothing is written (another process does).
    """

    def __init__(self, path: Path | None) -> None:
        self.path = path
        self.entries: list[Entry] = read_log(path) if path else []
        self.listeners: list[Callable[[Entry], None]] = []

    def keep_until(self, step: int) -> None:
        """Drop what was logged after a step."""
        kept = [entry for entry in self.entries if entry["step"] <= step]
        if self.path and (len(kept) < len(self.entries) or not self.path.is_file()):
            write_atomically(self.path, "".join(map(_line, kept)))
        self.entries = kept

    def add(self, step: int, **values: Any) -> None:
        """Log something; an event that is in the log already is not told twice."""
        entry = {"step": step, **values}
        if "event" in values and entry in self.entries:
            return
        self.entries.append(entry)
        if self.path:
            with self.path.open("a", encoding="utf-8") as file:
                file.write(_line(entry))
        for listener in self.listeners:
            listener(entry)

    def flush(self) -> None:
        """Ask the disk to keep the file."""
        if self.path and self.path.is_file():
            with self.path.open("rb") as file:
                os.fsync(file.fileno())


def read_log(path: Path) -> list[Entry]:
    """The entries of a log; a line that was torn by a kill ends it."""
    entries: list[Entry] = []
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return entries
    for line in lines:
        try:
            entries.append(json.loads(line))
        except ValueError:
            break
    return entries


def curves(entries: list[Entry], what: str) -> dict[str, Curve]:
    """The curves of "losses", "gradient_norms", "validation" or "joules", by name."""
    found: dict[str, Curve] = {}
    for entry in entries:
        for name, value in entry.get(what, {}).items():
            found.setdefault(name, []).append((entry["step"], value))
    return found


def rates(entries: list[Entry]) -> Curve:
    """The learning rate over the steps."""
    return [(entry["step"], entry["rate"]) for entry in entries if "rate" in entry]


def clock(entries: list[Entry]) -> Curve:
    """The seconds that the training had taken, over all sittings, by step; at a validated step before and after it."""
    return [(entry["step"], entry["seconds"]) for entry in entries if "seconds" in entry]


def events(entries: list[Entry]) -> tuple[Event, ...]:
    """What was noticed."""
    return tuple(Event(entry["step"], entry["event"], entry["message"]) for entry in entries if entry.get("event"))


def samples(entries: list[Entry], folder: str) -> tuple[Sample, ...]:
    """The sample pictures, their files named from `folder`."""
    return tuple(
        Sample(
            entry["step"],
            one["direction"],
            one["picture"],
            f"{folder}/{one['input']}",
            f"{folder}/{one['output']}",
        )
        for entry in entries
        for one in entry.get("samples", ())
    )


def best_of(entries: list[Entry]) -> tuple[int, float] | None:
    """Step and score of the best validation; the earlier of two that are alike."""
    scored = [(entry["score"], entry["step"]) for entry in entries if "score" in entry]
    if not scored:
        return None
    score, step = min(scored)
    return step, score


def _line(entry: Entry) -> str:
    return json.dumps(entry) + "\n"
