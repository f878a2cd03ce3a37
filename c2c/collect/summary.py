"""A collection in figures: where its pictures come from, under which licences, and where they stand on the map."""

from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from c2c.collect.addresses import names_private
from c2c.collect.asked import FILE as ASKED
from c2c.collect.asked import read_asked
from c2c.collect.ledger import Dot
from c2c.collect.pictures import CollectedPicture, read_all_collected
from c2c.collect.sqlite_ledger import FILE as LEDGER
from c2c.collect.sqlite_ledger import SqliteLedger
from c2c.records import CrawledPlace, CrawlRecord, LicenceCount, Provenance


def crawl_record(collection: Path, city: str, provenance: Provenance) -> CrawlRecord:
    """The record of a collection, crawled or searched.

    Args:
        collection: its folder.
        city: that its pictures are of.
        provenance: of the record.

    Raises:
        CollectError: there is no collected picture, or a file of the collection cannot be read.
    """
    pictures = read_all_collected(collection)
    asked = read_asked(collection) if (collection / ASKED).is_file() else None
    dots, failures = _told_by(collection)
    states: Counter[str] = Counter(_settled(dot) for dot in dots) or Counter(done=len(pictures))
    dates = sorted(picture.captured for picture in pictures if picture.captured)
    fetched = sorted(picture.fetched for picture in pictures)
    return CrawlRecord(
        city=city,
        sources=dict(Counter(picture.source for picture in pictures)),
        centre=(asked.centre.lat_deg, asked.centre.lon_deg) if asked else None,
        radius_m=asked.radius_m if asked else None,
        order=asked.order if asked else "",
        terms=asked.terms if asked else {},
        states=dict(states),
        failures=failures,
        licences=licence_counts(pictures),
        with_depth=sum(picture.payload is not None for picture in pictures),
        bytes=sum(picture.bytes for picture in pictures),
        captured=(dates[0], dates[-1]) if dates else ("", ""),
        fetched=(fetched[0], fetched[-1]),
        places=places_of(dots) if dots else _places_without_a_crawl(pictures),
        provenance=provenance,
        stood_in=sum(_stood_in(picture) for picture in pictures),
    )


def _stood_in(picture: CollectedPicture) -> bool:
    """Whether a picture came from this machine or a private network, as far as its record can be read."""
    try:
        return names_private(urlsplit(picture.fetched_from).hostname or "")
    except ValueError:
        return False


def licence_counts(pictures: Sequence[CollectedPicture]) -> tuple[LicenceCount, ...]:
    """How many pictures are under each licence, the commonest first."""
    counted = Counter((one.rights.licence, one.rights.licence_url, one.rights.redistributable) for one in pictures)
    ranked = sorted(counted.items(), key=lambda item: (-item[1], item[0]))
    return tuple(LicenceCount(*licence, count) for licence, count in ranked)


def places_of(dots: Sequence[Dot]) -> tuple[CrawledPlace, ...]:
    """The panoramas of a crawl that have a place, for a map, in the order of their last changes."""
    shown = [(dot, dot.place) for dot in dots if dot.place is not None]
    position = {dot.id: index for index, (dot, _) in enumerate(shown)}
    numbers = {dot.id: number for number, dot in enumerate((dot for dot in dots if dot.state == "done"), start=1)}
    return tuple(
        CrawledPlace(
            lat_deg=place.lat_deg,
            lon_deg=place.lon_deg,
            state=_settled(dot),
            number=numbers.get(dot.id, 0),
            parent=position.get(dot.parent) if dot.parent is not None else None,
        )
        for dot, place in shown
    )


def _settled(dot: Dot) -> Literal["done", "queued", "failed", "outside"]:
    return "queued" if dot.state == "claimed" else dot.state


def _told_by(collection: Path) -> tuple[list[Dot], dict[str, int]]:
    if not (collection / LEDGER).is_file():
        return [], {}
    with closing(SqliteLedger(collection)) as ledger:
        return ledger.dots(), ledger.failures()


def _places_without_a_crawl(pictures: Sequence[CollectedPicture]) -> tuple[CrawledPlace, ...]:
    placed = [one.place for one in sorted(pictures, key=lambda one: (one.fetched, one.id)) if one.place is not None]
    return tuple(
        CrawledPlace(place.lat_deg, place.lon_deg, "done", number, None) for number, place in enumerate(placed, start=1)
    )
