"""`c2c collect`: pictures from the world, with who owns them."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from c2c.cli.collect_crawl import crawl
from c2c.cli.collect_map import show_map
from c2c.cli.collect_photos import photos
from c2c.cli.collect_worker import worker
from c2c.cli.collecting import collection_argument
from c2c.cli.common import TerminalReporter

if TYPE_CHECKING:
    from c2c.collect.known import KnownSource


@click.group()
def collect() -> None:
    """Collect pictures of a city from the world, with who owns them, and pass on what may be passed on."""


@collect.command()
@click.option("--json", "as_json", is_flag=True, help="Print everything, for machines.")
def sources(as_json: bool) -> None:
    """Show where pictures can come from: what each source gives and needs, its limits and its terms.

    \b
    Example:
        c2c collect sources
    """
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    from c2c.collect.known import KNOWN

    if as_json:
        click.echo(json.dumps([asdict(one) for one in KNOWN.values()], indent=1, ensure_ascii=False))
        return
    table = Table("name", "gives", "needs", "limits", "licences", title="Sources", title_justify="left")
    for one in KNOWN.values():
        table.add_row(*(escape(cell) for cell in (one.name, one.gives, _needs(one), one.limits, one.licences)))
    console = Console()
    console.print(table)
    for one in KNOWN.values():
        if one.terms_name:
            console.print(f"{one.title}: {one.terms_url}\n{one.terms_about}", soft_wrap=True, highlight=False)


def _needs(one: "KnownSource") -> str:
    key = f"the key {one.key_variable}" if one.key_needed else ""
    terms = f"--accept-terms {one.terms_name}" if one.terms_name else ""
    contact = "a contact, C2C_CONTACT" if one.contact_needed else ""
    return ", ".join(need for need in (key, terms, contact) if need) or "nothing"


@collect.command()
@collection_argument
def attribution(collection: Path) -> None:
    """Write the credits of CITY's pictures into its ATTRIBUTION.md: authors, licences, pages.

    CITY is a name, for the folder collections/CITY, or a path.

    \b
    Example:
        c2c collect attribution paris
    """
    from c2c.collect.attribution import write_attribution
    from c2c.collect.pictures import read_all_collected

    click.echo(write_attribution(collection, read_all_collected(collection)))


@collect.command()
@collection_argument
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), required=True, help="A new folder.")
@click.option("--public", is_flag=True, help="Leave out what may not be passed on to others.")
@click.option("--commercial", is_flag=True, help="Leave out what may not serve to earn money, too.")
@click.option("--json", "as_json", is_flag=True, help="Print the counts, for machines.")
def export(collection: Path, out: Path, public: bool, commercial: bool, as_json: bool) -> None:
    """Copy CITY's pictures with their records and credits into a new folder, for others or for another machine.

    CITY is a name, for the folder collections/CITY, or a path. The collection stays as it is.

    \b
    Example:
        c2c collect export paris --public --out paris-open
    """
    from c2c.collect.crawl import printable
    from c2c.collect.export import export as run

    with TerminalReporter().stage(f"exporting {collection.name}") as progress:
        done = run(collection, out, public=public, commercial=commercial, report=progress)
    if as_json:
        click.echo(json.dumps(asdict(done), ensure_ascii=False))
        return
    click.echo(f"{done.pictures} pictures, {done.bytes / 1e6:.1f} MB, are in {out}, with their credits.")
    for licence, count in sorted(done.left_out.items()):
        click.echo(f"Left out: {count} pictures, {printable(licence)}")
    if done.left_out:
        click.echo(f"Left out in all: {sum(done.left_out.values())} pictures, {done.left_out_bytes / 1e6:.1f} MB.")


collect.add_command(crawl)
collect.add_command(worker)
collect.add_command(show_map)
collect.add_command(photos)
