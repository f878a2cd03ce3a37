"""How much a crawl will ask of a service, before it begins."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice

from c2c.collect.asked import Asked
from c2c.collect.failures import Gone
from c2c.collect.sources import PanoramaSource

LOOKED_AT = 5  # panoramas that may be gone before the size of the others is unknown


@dataclass(frozen=True)
class Estimate:
    """Panoramas, requests and time of a crawl."""

    panoramas: int  # still to be collected
    requests_each: int | None  # for what is known of it, and one for each tile; None where nobody knows
    requests_per_second: float

    @property
    def requests(self) -> int | None:
        """Of the whole crawl; None where nobody knows."""
        return None if self.requests_each is None else self.panoramas * self.requests_each

    @property
    def hours(self) -> float | None:
        """At the pace of the settings, if nothing fails; None where nobody knows."""
        return None if self.requests is None else self.requests / self.requests_per_second / 3600

    @property
    def in_words(self) -> str:
        """One sentence."""
        if self.hours is None:
            return f"{self.panoramas} panoramas; requests and time are unknown: those that were looked at are gone."
        time = f"{self.hours:.1f} h" if self.hours >= 1 else f"{self.hours * 60:.0f} min"
        return (
            f"{self.panoramas} panoramas of {self.requests_each} requests are {self.requests} requests, "
            f"at {self.requests_per_second:g} a second {time}."
        )


def estimate(
    source: PanoramaSource,
    asked: Asked,
    requests_per_second: float,
    done: int = 0,
    counted: Callable[[int], None] = lambda number: None,
) -> Estimate:
    """Count the panoramas within the radius, as far as the limit, and look at the nearest one.

    Args:
        source: is asked for its panoramas, not for pictures.
        asked: centre, radius and limit.
        requests_per_second: of the settings.
        done: panoramas that the collection has already.
        counted: is told how many were found so far.

    Raises:
        CollectError: the source cannot be asked.
    """
    links = []
    for link in islice(source.near(asked.centre, asked.radius_m), asked.limit):
        links.append(link)
        counted(len(links))
    requests = None if links else 0
    for link in links[:LOOKED_AT]:
        try:
            requests = source.requests_a_look + len(source.look(link.id).urls)
            break
        except Gone:
            continue
    return Estimate(max(0, len(links) - done), requests, requests_per_second)
