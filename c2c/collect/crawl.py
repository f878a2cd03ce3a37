"""The crawl: one worker that visits panoramas, from neighbour to neighbour, until none is left within the radius.

Whatever ends it, it can go on: a panorama is done only when its picture, its depth and its record are on the disk, and
in the same transaction its neighbours are queued.
"""

import os
import random
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Literal

from c2c.collect.asked import Asked
from c2c.collect.depth_payload import decode
from c2c.collect.failures import BadAnswer, Blocked, Gone, Throttled, Transient
from c2c.collect.ledger import Claimed, Ledger
from c2c.collect.pace import backoff_s
from c2c.collect.pictures import FoundPicture, Link, Place
from c2c.collect.sources import PanoramaSource
from c2c.collect.store import Store
from c2c.errors import CollectError, CrawlStopped, DiskFull, PayloadError

BEGINNINGS = "beginnings"  # the note that no more of them are to be found


class Unfit(CollectError):
    """A neighbour is no panorama that has a place: nothing is wrong with the service."""


@dataclass(frozen=True)
class Patience:
    """When a crawl tries again, and when it gives up."""

    tries: int = 4  # of one panorama
    in_a_row: int = 25  # failures of any panoramas: then something is wrong with the service, or with us
    longest_pause_s: float = 900.0  # that a service may ask for; beyond it, the crawl stops
    longest_wait_s: float = 60.0  # between tries, after failures of the connection or of this panorama
    lease_s: float = 1800.0  # for one panorama


@dataclass(frozen=True)
class Event:
    """Something that happened in a crawl."""

    what: Literal["done", "outside", "failed", "again", "paused"]  # again: a try failed, and there will be another
    id: str  # "" where it was about no panorama
    place: Place | None = None
    reason: str = ""


Report = Callable[[Event], None]


def crawl(
    source: PanoramaSource,
    ledger: Ledger,
    store: Store,
    asked: Asked,
    report: Report,
    patience: Patience = Patience(),
) -> None:
    """Visit every panorama within the radius, or as many as the limit says, and come back.

    Args:
        source: of the panoramas.
        ledger: begun with `asked`.
        store: of the collection.
        asked: centre, radius, order and limit.
        report: is told of each panorama.
        patience: with failures.

    Raises:
        CrawlStopped: the service blocked us, too much failed in a row, or the disk is full; what is there is kept.
        CollectError: there is no panorama within the radius.
    """
    Crawler(source, ledger, store, asked, report, patience).run()


class Crawler:
    """One worker of a crawl."""

    def __init__(
        self,
        source: PanoramaSource,
        ledger: Ledger,
        store: Store,
        asked: Asked,
        report: Report,
        patience: Patience = Patience(),
    ) -> None:
        """Nothing is asked of the source yet; see `crawl`."""
        self.source, self.ledger, self.store, self.asked = source, ledger, store, asked
        self.report, self.patience = report, patience
        self.name = f"{socket.gethostname()}:{os.getpid()}"
        self._in_a_row = 0  # failures since the last success
        self._unusable: set[str] = set()  # panoramas that were among them for what they are
        self._chance = random.Random()  # jitter only: which panoramas are visited does not hang on it
        self._beginnings: Iterator[Link] | None = None
        self._answered = False  # whether the source has told of any panorama

    def run(self) -> None:
        """Visit one panorama after another; see `crawl`."""
        while not self._enough():
            claimed = self.ledger.claim(self.name, self.patience.lease_s)
            if claimed is not None:
                self.visit(claimed)
            elif (moment := self.ledger.waits_until()) is not None:
                time.sleep(min(max(moment - time.time(), 0.01), self.patience.longest_wait_s))
            elif not self.begin_anew():
                break
        counts = self.ledger.counts()
        if not counts.done and not counts.failed:
            raise CollectError(
                f"{self.asked.source} has no panorama within {self.asked.radius_m:g} m of "
                f"{self.asked.centre.lat_deg},{self.asked.centre.lon_deg}.\n"
                "Look whether latitude comes before longitude, and try a larger --radius or another --source."
            )

    def visit(self, claimed: Claimed) -> None:
        """Collect one panorama that this worker has claimed, or note why that failed.

        Raises:
            CrawlStopped: as `crawl`; the panorama is queued again.
        """
        try:
            self._collect(claimed)
        except Unfit as error:
            self._fail(claimed, error, permanent=True)
        except Gone as error:
            self._fail(claimed, error, permanent=True)
            self._count(error, claimed.id)
        except Throttled as error:  # no fault of this panorama; the pace has been slowed down
            self.ledger.release(claimed.id)
            self._paused(error)
        except Transient as error:
            self._fail(claimed, error, permanent=False)
            self._count(error)
            self._breathe()
        except (BadAnswer, PayloadError) as error:
            self._fail(claimed, error, permanent=False)
            self._count(error, claimed.id)
        except BaseException as error:
            with suppress(CollectError):  # a full disk; then the lease ends, or the next crawl takes it back
                self.ledger.release(claimed.id)
            if isinstance(error, (Blocked, DiskFull)):
                raise self._stopped(error) from error
            raise
        else:
            self._in_a_row = 0
            self._unusable.clear()

    def begin_anew(self) -> bool:
        """Queue the nearest panorama that no neighbour led to; False where there is none."""
        if self.ledger.recall(BEGINNINGS) is not None:
            return False
        try:
            if self._beginnings is None:
                self._beginnings = self.source.near(self.asked.centre, self.asked.radius_m)
            for link in self._beginnings:
                self._answered = True
                self.ledger.add([link], None, 0)
                if self.ledger.waits_until() is not None:
                    return True
        except Throttled as error:
            self._beginnings = None
            self._paused(error)
            return True
        except (Transient, BadAnswer, Gone) as error:
            if not isinstance(error, Transient):
                self._check_address(error)
            self._beginnings = None
            self.report(Event("again", "", None, printable(str(error))))
            self._count(error)
            self._breathe()
            return True
        except Blocked as error:
            raise self._stopped(error) from error
        self.ledger.remember(BEGINNINGS, "all")
        return False

    def _check_address(self, error: CollectError) -> None:
        """Stop at the very first answer that is none: the service is not where it is looked for."""
        if not self._answered and not self.ledger.counts().done:
            raise CrawlStopped(
                f"{error}\nThe crawl stopped before it began: {self.asked.source} does not answer there. "
                "Look at --at and --set, and begin under another name."
            ) from error

    def _collect(self, claimed: Claimed) -> None:
        found = self.source.look(claimed.id)
        place = _checked(found, claimed)
        if not self.asked.holds(place):
            self.ledger.outside(claimed.id, place)
            self.report(Event("outside", claimed.id, place))
            return
        if found.payload is not None:
            decode(found.payload)
        record = self.store.keep(found, self.source.picture(found))
        if self.ledger.done(claimed.id, record, found.links):
            self.report(Event("done", claimed.id, place))

    def _fail(self, claimed: Claimed, error: CollectError, permanent: bool) -> None:
        last = permanent or claimed.tries + 1 >= self.patience.tries
        again_at = None if last else time.time() + self._jittered_s(claimed.tries + 1)
        reason = printable(str(error))
        alike = reason.replace(claimed.id, "…")  # so that the same reason is counted as one
        self.ledger.failed(claimed.id, alike, permanent, again_at)
        self.report(Event("failed" if last else "again", claimed.id, claimed.place, reason))

    def _paused(self, error: Throttled) -> None:
        self.report(Event("paused", "", None, printable(str(error))))
        if (error.retry_after_s or 0.0) > self.patience.longest_pause_s:
            raise self._stopped(error) from error
        self._count(error)

    def _count(self, error: CollectError, unusable: str | None = None) -> None:
        """Count a failure; of a panorama that cannot be used only the first one, for it says little of the others."""
        if unusable in self._unusable:
            return
        if unusable is not None:
            self._unusable.add(unusable)
        self._in_a_row += 1
        if self._in_a_row >= self.patience.in_a_row:
            raise self._stopped(error, f"{self._in_a_row} tries in a row failed, the last one so:\n") from error

    def _breathe(self) -> None:
        time.sleep(self._jittered_s(self._in_a_row))

    def _jittered_s(self, tries: int) -> float:
        return backoff_s(tries, self._chance, self.patience.longest_wait_s)

    def _enough(self) -> bool:
        return self.asked.limit is not None and self.ledger.counts().done >= self.asked.limit

    def _stopped(self, error: CollectError, before: str = "") -> CrawlStopped:
        return CrawlStopped(
            f"{before}{error}\n"
            f"The crawl stopped. All that it has is kept in {self.store.collection}; the same command goes on."
        )


def _checked(found: FoundPicture, claimed: Claimed) -> Place:
    """Where a panorama stands; refuses an answer that is about none, or about another one."""
    if found.id != claimed.id:
        raise BadAnswer(f"{claimed.id} was asked for, and the answer is about {found.id}.")
    if found.kind != "panorama":
        raise Unfit(f"{claimed.id} is a {found.kind}, not a panorama.")
    if found.place is None:
        raise Unfit(f"{claimed.id} has no place, so that nobody knows whether it lies within the radius.")
    return found.place


def printable(text: str) -> str:
    """A text without what would steer a terminal: part of it may come from a service."""
    return "".join(character if character.isprintable() or character == "\n" else "?" for character in text)
