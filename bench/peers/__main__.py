"""`python -m bench.peers PEERS.toml`: time programs that translate a folder, in turns."""

import statistics
import sys
from pathlib import Path

import click
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from bench.peers.comparing import compare
from bench.peers.plan import read_plan
from c2c.errors import C2CError
from c2c.records import PeersRecord, PeerTiming, Ratio, write_record

FAILED = 2  # exit status, as of a check: a program was not measured


@click.command()
@click.argument("plan", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--out", type=click.Path(path_type=Path), default=Path("runs/peers"), show_default=True,
              help="Folder that the record goes into, below records/.")  # fmt: skip
def main(plan: Path, out: Path) -> None:
    """Time the programs of PLAN in turns, and say how many times as long each takes as the first."""
    try:
        asked = read_plan(plan)
        with Console(stderr=True).status("starting") as status:
            record = compare(asked, status.update)
        file = write_record(out / "records", record)
    except C2CError as error:
        raise click.ClickException(str(error)) from error
    Console().print(table_of(record))
    for program in record.programs:
        if program.status == "failed":
            Console().print(f"[red]{escape(program.program)} failed[/red]: {escape(program.reason)}")
    click.echo(f"load {record.load[0]:.2f} before, {record.load[1]:.2f} after; {file}")
    sys.exit(FAILED if any(program.status == "failed" for program in record.programs) else 0)


def table_of(record: PeersRecord) -> Table:
    """What each program costs, and how many times as much as the first."""
    table = Table(title=f"{record.pictures} pictures, {record.rounds} rounds in turns, medians", title_justify="left")
    table.add_column("program")
    for heading in ("whole, s", "× first", "start, s", "a picture, s", "× first", "processor, s", "memory, MiB"):
        table.add_column(heading, justify="right")
    for program in record.programs:
        table.add_row(escape(program.program), *_cells(program, record.pictures))
    return table


def _cells(program: PeerTiming, pictures: int) -> list[str]:
    if program.status == "failed":
        return ["failed", *[""] * 6]
    further = [(whole - start) / (pictures - 1) for whole, start in zip(program.seconds, program.start_s, strict=True)]
    return [
        _median(program.seconds),
        _times(program.whole),
        _median(program.start_s),
        _median(further),
        _times(program.a_picture),
        _median(program.processor_s),
        f"{(program.peak_memory_bytes or 0) / 2**20:,.0f}",
    ]


def _median(values: "tuple[float, ...] | list[float]") -> str:
    return f"{statistics.median(values):.3g}"


def _times(ratio: Ratio | None) -> str:
    if ratio is None:
        return ""
    ends = f" ({ratio.interval[0]:.2f} to {ratio.interval[1]:.2f})" if ratio.interval else ""
    return f"{ratio.value:.2f}{ends}"


if __name__ == "__main__":
    main()
