"""`c2c weights`: pretrained networks on this machine."""

from pathlib import Path

import click

from c2c.cli.common import TerminalReporter


@click.group()
def weights() -> None:
    """List, fetch or add the pretrained networks that scores and styles are made with."""


@weights.command("list")
def list_weights() -> None:
    """Show every network that c2c knows: present, absent or damaged.

    \b
    Example:
        c2c weights list
    """
    from rich.console import Console
    from rich.table import Table

    from c2c.weights import entries

    table = Table("name", "state", "licence", "origin", title="Pretrained networks", title_justify="left")
    for entry in entries():
        table.add_row(entry.name, entry.state, entry.licence, entry.origin)
    Console().print(table)


@weights.command("get")
@click.argument("name")
def get_weights(name: str) -> None:
    """Fetch the network NAME from where it is published, and check its hash.

    \b
    Example:
        c2c weights get vgg16-hed
    """
    from c2c.weights import get

    with TerminalReporter().stage(f"weights {name}") as progress:
        path = get(name, progress)
    click.echo(path)


@weights.command("add")
@click.argument("name")
@click.argument("path", type=click.Path(path_type=Path, dir_okay=False))
def add_weights(name: str, path: Path) -> None:
    """Take the network NAME from a file that you have, and check its hash.

    \b
    Example:
        c2c weights add inception-fid downloads/pt_inception-2015-12-05-6726825d.pth
    """
    from c2c.weights import add

    click.echo(add(name, path))
