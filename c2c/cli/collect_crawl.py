"""`c2c collect crawl`: panoramas around a place, from neighbour to neighbour."""

import json
from collections.abc import Callable
from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from c2c.cli.collect_map import map_beside
from c2c.cli.collecting import collection_argument, postgres_option, source_options, stopped_by_hand
from c2c.cli.common import TerminalReporter

if TYPE_CHECKING:
    from c2c.collect.asked import Asked
    from c2c.collect.crawl import Event
    from c2c.collect.ledger import Ledger
    from c2c.collect.settings import SourceSettings
    from c2c.collect.sqlite_ledger import SqliteLedger

MOST_REASONS = 5  # that the summary lists


class Centre(click.ParamType):
    """LAT,LON in degrees."""

    name = "LAT,LON"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[float, float] | None:
        """Two numbers, or an error that shows an example."""
        if value is None or isinstance(value, tuple):
            return value
        try:
            lat_deg, lon_deg = (float(part) for part in str(value).split(","))
        except ValueError:
            self.fail(f"{value!r} is no place; write latitude,longitude in degrees, such as 48.8566,2.3522", param, ctx)
        if not (-90 <= lat_deg <= 90 and -180 <= lon_deg <= 180):
            self.fail(f"{value!r} is no place on earth; latitude comes first, such as 48.8566,2.3522", param, ctx)
        return lat_deg, lon_deg


@click.command()
@collection_argument
@click.option("--source", metavar="NAME", help="Where from; c2c collect sources. [default: panoramax]")
@click.option("--centre", type=Centre(), help="Around which place; needed the first time.")
@click.option("--radius", "radius_m", type=click.FloatRange(1, 100_000), metavar="M", help="In metres. [default: 1500]")
@click.option(
    "--order",
    type=click.Choice(["dfs", "bfs", "nearest"]),
    help="Which panorama comes next. [default: dfs, depth-first]",
)
@click.option(
    "--limit", type=click.IntRange(1), metavar="N", help="Stop when the collection has so many; later calls keep to it."
)
@click.option("--dry-run", is_flag=True, help="Say how many requests and hours it takes, and collect nothing.")
@click.option("--retry-failed", is_flag=True, help="Try again what failed before and may yet succeed.")
@source_options
@click.option("--map", "with_map", is_flag=True, help="Serve a map of it to the browser, where dots appear.")
@postgres_option
@click.option("--json", "as_json", is_flag=True, help="Print the counts for machines.")
def crawl(
    collection: Path,
    centre: tuple[float, float] | None,
    dry_run: bool,
    retry_failed: bool,
    with_map: bool,
    postgres: str,
    as_json: bool,
    **wishes: Any,
) -> None:
    """Collect the panoramas around a place, from neighbour to neighbour, with depth where the source has it.

    CITY is a name, for the folder collections/CITY, or a path. The crawl may be stopped or killed at any moment; the
    same command goes on, and needs no more than the name then.

    \b
    Examples:
        c2c collect crawl paris --centre 48.8566,2.3522 --radius 1500 --dry-run
        c2c collect crawl paris --centre 48.8566,2.3522 --radius 1500
        c2c collect crawl paris --map
        c2c collect crawl toytown --at http://127.0.0.1:8123 --source streetview --centre 48.8574,2.3514
    """
    from c2c.collect.pictures import Place
    from c2c.collect.planning import Wish, planned

    asked, settings = planned(collection, Wish(centre=Place(*centre) if centre else None, **wishes))
    if dry_run:
        _estimate(collection, asked, settings)
        return
    if postgres:
        from c2c.cli.collect_worker import lead

        lead(collection, asked, settings, postgres, retry_failed, with_map, as_json)
        return
    with closing(_begun(collection, asked)) as ledger, map_beside(with_map, collection, asked):
        if retry_failed:
            ledger.retry_failed()
        try:
            _crawl(collection, asked, settings, ledger)
        finally:
            print_counts(collection, ledger, as_json)


def _estimate(collection: Path, asked: "Asked", settings: "SourceSettings") -> None:
    from c2c.collect.estimate import estimate
    from c2c.collect.planning import pace_of, panoramas_of
    from c2c.collect.sqlite_ledger import FILE, SqliteLedger

    done = 0
    if (collection / FILE).is_file():
        with closing(SqliteLedger(collection)) as ledger:
            done = ledger.counts().done
    with panoramas_of(settings, pace_of(settings)) as source, TerminalReporter().stage("counting") as progress:
        found = estimate(source, asked, settings.requests_per_second, done, lambda number: progress(number, number))
    click.echo(found.in_words)


def _begun(collection: Path, asked: "Asked") -> "SqliteLedger":
    from c2c.collect.asked import write_asked
    from c2c.collect.sqlite_ledger import SqliteLedger
    from c2c.collect.store import Store

    ledger = SqliteLedger(collection)
    ledger.begin(asked)
    write_asked(collection, asked)
    Store(collection).tidy()
    return ledger


def _crawl(collection: Path, asked: "Asked", settings: "SourceSettings", ledger: "Ledger") -> None:
    from c2c.collect.crawl import crawl as run
    from c2c.collect.planning import pace_of, panoramas_of
    from c2c.collect.store import Store

    reporter = TerminalReporter()
    with (
        panoramas_of(settings, pace_of(settings)) as source,
        reporter.stage(f"collecting {collection.name}") as bar,
        stopped_by_hand(collection),
    ):
        run(source, ledger, Store(collection), asked, show_events(reporter, ledger, bar))


def show_events(
    reporter: TerminalReporter, ledger: "Ledger", bar: Callable[[int, int], None]
) -> "Callable[[Event], None]":
    """What shows each event: the bar goes on, and a failure is one line above it."""

    from rich.markup import escape

    from c2c.collect.crawl import printable

    def show(event: "Event") -> None:
        counts = ledger.counts()
        bar(counts.done, counts.done + counts.queued + counts.claimed)
        if event.reason:
            reporter.say(escape(printable(f"{event.what}: {event.id} {event.reason.splitlines()[0]}")))

    return show


def print_counts(collection: Path, ledger: "Ledger", as_json: bool) -> None:
    """Print how far a crawl has come, for people or for machines."""
    counts, failures = ledger.counts(), ledger.failures()
    if as_json:
        click.echo(json.dumps(asdict(counts) | {"failures": failures}, indent=1))
        return
    others = {"still to come": counts.queued, "outside of the radius": counts.outside, "failed": counts.failed}
    aside = ", ".join(f"{number} {what}" for what, number in others.items() if number)
    click.echo(f"{counts.done} panoramas in {collection}{f'; {aside}' if aside else ''}")
    for reason, number in list(failures.items())[:MOST_REASONS]:
        click.echo(f"    {number} failed: {reason.splitlines()[0]}")
