"""Which programs are timed on which pictures: a TOML file, read once.

pictures = "holiday"

[programs.c2c]
command = "c2c translate runs/toytown/checkpoints/cyclegan {input} --out {output} --direction paris-to-burano"

[programs.reference]
command = "python test.py --dataroot {input} --results_dir {output} --name venice --model test --no_dropout"
folder = "../pytorch-CycleGAN-and-pix2pix"
"""

import difflib
import shlex
import tomllib
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

import msgspec

from c2c.data.pictures import is_picture_name
from c2c.errors import C2CError

PLACES = ("{input}", "{output}")


class PeersError(C2CError):
    """Programs cannot be timed as asked."""


@dataclass(frozen=True)
class Program:
    """A program that translates the pictures of one folder into another."""

    command: str  # with {input} and {output}
    folder: Path = Path()  # where it is started, relative to the file that names it

    def words(self, input: Path, output: Path) -> list[str]:
        """The command for these two folders; no shell reads it, so names of folders may hold spaces."""
        filled = {"{input}": str(input), "{output}": str(output)}
        words = shlex.split(self.command)
        for place, path in filled.items():
            words = [word.replace(place, path) for word in words]
        return words


@dataclass(frozen=True)
class Plan:
    """What is timed: the first program is the one that the others are held against."""

    pictures: Path
    programs: dict[str, Program] = field(default_factory=dict)
    rounds: int = 7
    timeout_s: float = 3600.0  # of one start of one program


def read_plan(file: Path) -> Plan:
    """A plan from its file; folders are relative to it.

    Raises:
        PeersError: the file cannot be read, or something in it cannot be used.
    """
    try:
        table = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise PeersError(f"{file} cannot be read: {error}") from error
    _check_keys(file, table, Plan, "")
    programs = table.get("programs", {})
    for name, program in programs.items() if isinstance(programs, dict) else ():
        _check_keys(file, program if isinstance(program, dict) else {}, Program, f"programs.{name}.")
    try:
        plan = msgspec.convert(table, Plan, dec_hook=lambda kind, value: kind(value))
    except msgspec.ValidationError as error:
        raise PeersError(f"{file}: {error}") from error
    _check(file, plan)
    home = file.resolve().parent
    placed = {name: Program(p.command, home / p.folder) for name, p in plan.programs.items()}
    return Plan(home / plan.pictures, placed, plan.rounds, plan.timeout_s)


def pictures_of(folder: Path) -> list[Path]:
    """The pictures of a folder, not of those inside it.

    Raises:
        PeersError: there are fewer than two; with one, the start of a program cannot be told from its work.
    """
    found = sorted(path for path in folder.glob("*") if path.is_file() and is_picture_name(path.name))
    if len(found) < 2:
        raise PeersError(f"{folder} holds {len(found)} pictures; at least 2 are needed, and 20 tell more.")
    return found


def _check_keys(file: Path, table: dict[str, Any], kind: type, place: str) -> None:
    known = [one.name for one in fields(kind)]
    for key in table:
        if key not in known:
            near = difflib.get_close_matches(key, known, 1)
            hint = f"Did you mean {near[0]!r}?" if near else f"Known are {', '.join(known)}."
            raise PeersError(f"{file}: {place}{key} is no key of such a file. {hint}")


def _check(file: Path, plan: Plan) -> None:
    if len(plan.programs) < 2:
        raise PeersError(f"{file} names {len(plan.programs)} programs; at least 2 are needed, each as [programs.NAME].")
    if plan.rounds < 1:
        raise PeersError(f"{file}: rounds is {plan.rounds}; at least 1 is needed, and 6 for an interval.")
    for name, program in plan.programs.items():
        missing = [place for place in PLACES if place not in program.command]
        if missing:
            raise PeersError(
                f"{file}: the command of {name!r} lacks {' and '.join(missing)}: it is\n    {program.command}"
            )
