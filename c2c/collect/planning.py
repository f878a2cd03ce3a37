"""From what a person asks for to a crawl that can begin, or go on where it was."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

import httpx

from c2c.collect.asked import FILE, Asked, Order, check_same, read_asked
from c2c.collect.pace import Pace, TokenBuckets
from c2c.collect.patient import PatientFetcher
from c2c.collect.pictures import Place
from c2c.collect.settings import SourceSettings, settings_for
from c2c.collect.sources import PanoramaSource, source
from c2c.errors import CollectError

SOURCE = "panoramax"
RADIUS_M = 1500.0  # the paper's


@dataclass(frozen=True)
class Wish:
    """What a person typed; None and nothing mean: as before, or the default."""

    source: str | None = None
    centre: Place | None = None
    radius_m: float | None = None
    order: Order | None = None
    limit: int | None = None
    at: str = ""
    overrides: Sequence[str] = ()
    terms: Sequence[str] = ()
    contact: str = ""


def planned(collection: Path, wish: Wish) -> tuple[Asked, SourceSettings]:
    """What a crawl is asked for, and how its source is asked.

    Args:
        collection: its folder; where it holds a crawl, that one goes on.
        wish: what was typed.

    Raises:
        CollectError: something is missing or unknown, terms were not accepted, the source has no panoramas, or the
            collection is of another crawl.
    """
    before = read_asked(collection) if (collection / FILE).is_file() else None
    name = wish.source or (before.source if before else SOURCE)
    accepted = [*wish.terms, *(before.terms if before else ())]
    at, overrides = wish.at, list(wish.overrides)
    if before and before.source == name:
        at, restored = wish.at or before.urls.get("at", ""), _restored(before, wish)
        overrides = [*restored, *wish.overrides]  # what was typed comes later, and wins
    settings = settings_for(name, at=at, overrides=overrides, accepted_terms=accepted, contact=wish.contact)
    asked = _asked(collection, before, wish, settings)
    if before is not None:
        check_same(before, asked)
    if "panoramas" not in settings.known.gives:
        raise CollectError(
            f"{settings.known.title} gives photos, and a crawl needs panoramas that know their neighbours:\n"
            "    c2c collect crawl --source panoramax …\nPhotos come with:\n"
            f"    c2c collect photos --source {name} …"
        )
    return asked, settings


def _restored(before: Asked, wish: Wish) -> list[str]:
    """The settings that a crawl was begun with, as overrides; its addresses only where no other ones were typed."""
    told = {"zoom": str(before.zoom)}
    if not wish.at:
        told |= {f"{name}_url": f'"{url}"' for name, url in before.urls.items() if name in ("base", "tiles")}
    return [f"sources.{before.source}.{name}={value}" for name, value in told.items()]


def _asked(collection: Path, before: Asked | None, wish: Wish, settings: SourceSettings) -> Asked:
    centre = wish.centre or (before.centre if before else None)
    if centre is None:
        raise CollectError(
            f"{collection} is a new collection: say around which place, latitude first:\n"
            f"    c2c collect crawl {collection.name} --centre 48.8566,2.3522 --radius 1500"
        )
    now = datetime.now(UTC).isoformat(timespec="seconds")
    urls = {"base": settings.base_url, "tiles": settings.tiles_url, "at": settings.stand_in}
    accepted = () if settings.is_ours else settings.accepted_terms  # a stand-in has none of the real service's terms
    return Asked(
        source=settings.name,
        centre=centre,
        radius_m=wish.radius_m or (before.radius_m if before else RADIUS_M),
        order=wish.order or (before.order if before else "dfs"),
        limit=wish.limit or (before.limit if before else None),
        zoom=settings.zoom,
        terms={name: now for name in accepted if name == settings.known.terms_name},
        urls={name: url for name, url in urls.items() if url},
    )


def pace_of(settings: SourceSettings) -> TokenBuckets:
    """The pace of one process that asks one source; hosts of the same owner share a bucket."""
    return TokenBuckets(settings.requests_per_second, together=hosts_of(settings))


def hosts_of(settings: SourceSettings) -> list[str]:
    """The hosts that a source is asked at: they are of one owner."""
    return [httpx.URL(url).host for url in (settings.base_url, settings.tiles_url) if url]


@contextmanager
def panoramas_of(
    settings: SourceSettings, pace: Pace, sleep: Callable[[float], None] = time.sleep
) -> Iterator[PanoramaSource]:
    """The source of the settings, with its connections open as long as the block lasts.

    Args:
        settings: of the source.
        pace: holds back each request.
        sleep: waits before a request is tried again.
    """
    with PatientFetcher(settings, pace, sleep) as fetcher:
        yield cast(PanoramaSource, source(settings.name, settings, fetcher))
