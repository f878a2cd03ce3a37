"""`c2c collect photos`: photos from open collections."""

import json
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from c2c.cli.collect_crawl import Centre
from c2c.cli.collecting import collection_argument, source_options, stopped_by_hand
from c2c.cli.common import TerminalReporter
from c2c.errors import CollectError

if TYPE_CHECKING:
    from c2c.collect.photos import PhotoCounts
    from c2c.collect.settings import SourceSettings
    from c2c.collect.sources import PhotoQuery

DAY = click.DateTime(["%Y-%m-%d"])


@click.command()
@collection_argument
@click.option("--source", "source_name", metavar="NAME", default="commons", show_default=True, help="Where from.")
@click.option("--query", default="", metavar="WORDS", help="Words to search for.")
@click.option("--category", default="", metavar="NAME", help="A category of Wikimedia Commons.")
@click.option("--centre", type=Centre(), help="Around which place.")
@click.option(
    "--radius",
    "radius_m",
    type=click.FloatRange(1, 100_000),
    default=1000.0,
    show_default=True,
    metavar="M",
    help="Around the centre, in metres.",
)
@click.option("--from", "taken_from", type=DAY, help="First day on which they were taken.")
@click.option("--until", "taken_until", type=DAY, help="Last day on which they were taken.")
@click.option(
    "--limit", type=click.IntRange(1), default=100, show_default=True, metavar="N", help="Stop when there are so many."
)
@source_options
@click.option("--json", "as_json", is_flag=True, help="Print the counts, for machines.")
def photos(
    collection: Path,
    source_name: str,
    query: str,
    category: str,
    centre: tuple[float, float] | None,
    radius_m: float,
    taken_from: datetime | None,
    taken_until: datetime | None,
    limit: int,
    at: str,
    overrides: tuple[str, ...],
    terms: tuple[str, ...],
    contact: str,
    as_json: bool,
) -> None:
    """Collect photos for CITY from an open collection, with author and licence of each.

    CITY is a name, for the folder collections/CITY, or a path. The same command goes on where the last one ended;
    what is there is not fetched again. What the sources need: c2c collect sources

    \b
    Examples:
        c2c collect photos burano --query "Burano houses" --limit 300 --contact you@example.org
        c2c collect photos burano --centre 45.4854,12.4167 --radius 400 --contact you@example.org
        c2c collect photos paris --source openverse --query "Paris street"
        c2c collect photos toytown --at http://127.0.0.1:8123 --query street
    """
    from c2c.collect.pictures import Place
    from c2c.collect.settings import settings_for
    from c2c.collect.sources import PhotoQuery

    settings = settings_for(source_name, at=at, overrides=overrides, accepted_terms=terms, contact=contact)
    wanted = PhotoQuery(
        text=query,
        category=category,
        centre=Place(*centre) if centre else None,
        radius_m=radius_m,
        taken_from=_day(taken_from),
        taken_until=_day(taken_until),
    )
    counts = _collect(collection, settings, wanted, limit)
    click.echo(json.dumps(asdict(counts)) if as_json else _said(collection, counts))


def _collect(collection: Path, settings: "SourceSettings", wanted: "PhotoQuery", limit: int) -> "PhotoCounts":
    from c2c.collect.patient import PatientFetcher
    from c2c.collect.photos import collect_photos, note_question
    from c2c.collect.planning import pace_of
    from c2c.collect.sources import PhotoSource, source

    with PatientFetcher(settings, pace_of(settings)) as fetcher:
        found = source(settings.name, settings, fetcher)
        if not isinstance(found, PhotoSource):
            raise CollectError(
                f"{settings.known.title} gives panoramas, and no photos to search:\n"
                f"    c2c collect crawl {collection.name} --source {settings.name} --centre LAT,LON"
            )
        note_question(collection, wanted, settings)
        with TerminalReporter().stage(f"photos of {collection.name}") as progress, stopped_by_hand(collection):
            return collect_photos(
                found, collection, wanted, limit, lambda counts: progress(counts.here + counts.kept, limit)
            )


def _day(moment: datetime | None) -> str:
    return moment.date().isoformat() if moment else ""


def _said(collection: Path, counts: "PhotoCounts") -> str:
    lines = [f"{collection} has {counts.here + counts.kept} photos of this source; {counts.kept} came now."]
    if counts.twice:
        lines.append(f"{counts.twice} were the same file as another and were left out.")
    if counts.failed:
        reasons = ", ".join(f"{count} {name}" for name, count in sorted(counts.reasons.items()))
        lines.append(f"{counts.failed} could not be had: {reasons}.")
        if counts.noted:
            lines.append(f"{counts.noted} of them will not be tried again; left-out.jsonl says why.")
    return "\n".join(lines)
