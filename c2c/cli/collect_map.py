"""`c2c collect map`: where the panoramas of a collection stand, also while they arrive."""

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from c2c.cli.collecting import collection_argument, postgres_option

if TYPE_CHECKING:
    from c2c.collect.asked import Asked
    from c2c.collect.ledger import Ledger


@click.command("map")
@collection_argument
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="0 takes any that is free. [default: 0]")
@click.option("--open", "opens", is_flag=True, help="Open the map in the browser as well.")
@click.option("--tiles", metavar="URL", default="", help="Map tiles under it, with {z}, {x} and {y}. [default: none]")
@click.option("--credit", metavar="TEXT", default="", help="Whose the tiles are, to be shown on the map.")
@postgres_option
def show_map(collection: Path, port: int, opens: bool, tiles: str, credit: str, postgres: str) -> None:
    """Show CITY's panoramas on a map in the browser, on this machine alone, until Ctrl-C.

    CITY is a name, for the folder collections/CITY, or a path. Dots appear while a crawl is at work. Nobody is asked
    for a map under them, unless you name somebody's tiles and their terms allow it.

    \b
    Examples:
        c2c collect map paris --open
        c2c collect map paris --tiles 'https://tile.example.org/{z}/{x}/{y}.png' --credit '© their authors'
    """
    import webbrowser

    from c2c.collect.live_map.serving import Shown, application
    from c2c.loopback import HOST, listening, server_of

    with _opened(collection, postgres) as (ledger, asked), listening(port) as waiting:
        shown = Shown(collection.name, asked, _leaflet(), tiles, credit)
        address = f"http://{HOST}:{waiting.getsockname()[1]}/"
        click.echo(address)
        click.echo(f"Showing {collection} to this machine alone. Ctrl-C ends it.", err=True)
        if opens:
            webbrowser.open(address)
        with contextlib.suppress(KeyboardInterrupt):
            server_of(application(ledger, shown)).run(sockets=[waiting])


@contextlib.contextmanager
def map_beside(wanted: bool, collection: Path, asked: "Asked", postgres: str = "") -> Iterator[None]:
    """The map of a crawl in a thread, as long as the block lasts; its address goes to stderr."""
    if not wanted:
        yield
        return
    from c2c.collect.live_map.serving import Shown, application
    from c2c.loopback import served

    shown = Shown(collection.name, asked, _leaflet())
    with _opened(collection, postgres) as (ledger, _), served(application(ledger, shown)) as address:
        click.echo(f"The map: {address}/", err=True)
        yield


@contextlib.contextmanager
def _opened(collection: Path, postgres: str) -> "Iterator[tuple[Ledger, Asked]]":
    """The ledger of a collection to look at, and what was asked of it."""
    if postgres:
        from c2c.collect.postgres.working import together

        with together(postgres, collection) as found:
            asked = found.look()
            yield found.ledger, asked
        return
    from c2c.collect.asked import read_asked
    from c2c.collect.sqlite_ledger import SqliteLedger

    asked = read_asked(collection)
    with contextlib.closing(SqliteLedger(collection)) as ledger:
        yield ledger, asked


def _leaflet() -> dict[str, Path]:
    """The files of Leaflet; none where they cannot be had, and then a picture is shown."""
    from c2c.collect.live_map.leaflet import leaflet_files
    from c2c.errors import DownloadError

    try:
        return leaflet_files()
    except DownloadError as error:
        click.secho(f"A plain picture is shown instead of Leaflet's map: {error}", fg="yellow", err=True)
        return {}
