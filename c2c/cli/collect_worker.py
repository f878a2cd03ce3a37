"""`c2c collect worker`: one of several machines that share a crawl over PostgreSQL."""

import logging
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from c2c.cli.collect_crawl import print_counts, show_events
from c2c.cli.collect_map import map_beside
from c2c.cli.collecting import collection_argument, postgres_option, source_options
from c2c.cli.common import TerminalReporter
from c2c.errors import CollectError

if TYPE_CHECKING:
    from c2c.collect.asked import Asked
    from c2c.collect.postgres.working import Together
    from c2c.collect.settings import SourceSettings


@click.command()
@collection_argument
@postgres_option
@source_options
@click.option("--json", "as_json", is_flag=True, help="Print the counts for machines.")
def worker(collection: Path, postgres: str, as_json: bool, **wishes: Any) -> None:
    """Join the crawl of CITY that another machine has begun with c2c collect crawl --postgres, until it ends.

    CITY is the name of the crawl, for the folder collections/CITY, or a path that ends in that name. All workers share
    one pace, that of the machine that began. Any of them may be stopped or killed, and may join again.

    \b
    Examples:
        c2c collect worker paris --postgres postgresql://c2c@db.example.org/c2c
        C2C_POSTGRES=postgresql://c2c@db.example.org/c2c c2c collect worker paris
    """
    from c2c.collect.planning import Wish, planned
    from c2c.collect.postgres.working import together

    if not postgres:
        raise CollectError("A worker needs the database of the crawl: --postgres URL, or C2C_POSTGRES.")
    with together(postgres, collection) as crawl:
        asked = crawl.join()
        _, settings = planned(collection, Wish(limit=asked.limit, **wishes))
        _work(crawl, asked, settings, as_json, leads=False)


def lead(
    collection: Path,
    asked: "Asked",
    settings: "SourceSettings",
    postgres: str,
    retry_failed: bool,
    with_map: bool,
    as_json: bool,
) -> None:
    """Begin a crawl that other machines may join, or take it up, and work on it."""
    from c2c.collect.postgres.working import together

    with together(postgres, collection) as crawl:
        crawl.begin(asked)
        if retry_failed:
            crawl.ledger.retry_failed()
        with map_beside(with_map, collection, asked, postgres):
            _work(crawl, asked, settings, as_json, leads=True)


def _work(crawl: "Together", asked: "Asked", settings: "SourceSettings", as_json: bool, leads: bool) -> None:
    for name in ("procrastinate", "psycopg.pool", "asyncio"):  # what matters of theirs is said in words
        logging.getLogger(name).setLevel(logging.CRITICAL)
    reporter = TerminalReporter()
    try:
        with reporter.stage(f"collecting {crawl.name}") as bar:
            crawl.work(asked, settings, show_events(reporter, crawl.ledger, bar), leads)
    finally:
        print_counts(crawl.collection, crawl.ledger, as_json)
