"""The ledger of a crawl: which panoramas are known, waiting, done or failed. A protocol, and what its kinds share.

The frontier and the ledger are one table, so that a kill at any moment leaves a state to go on from. `SqliteLedger`
keeps it beside the pictures, for one process.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from c2c.collect.asked import Asked
from c2c.collect.pictures import CollectedPicture, Link, Place

State = Literal[
    "queued",  # known, its turn will come
    "claimed",  # a worker is at it, until its lease ends
    "done",
    "failed",
    "outside",  # of the radius
]
LONGEST_REASON = 500  # characters of it that are kept


@dataclass(frozen=True)
class Claimed:
    """A panorama that one worker may visit until its lease ends."""

    id: str
    tries: int  # that failed so far
    place: Place | None


@dataclass(frozen=True)
class Counts:
    """How many panoramas are in each state."""

    queued: int = 0
    claimed: int = 0
    done: int = 0
    failed: int = 0
    outside: int = 0


@dataclass(frozen=True)
class Dot:
    """One panorama for a map."""

    id: str
    place: Place | None
    state: State
    parent: str | None  # that led to it
    changed: int  # grows with every change of any panorama: ask for what came after the last one


@dataclass(frozen=True)
class Entry:
    """A panorama that a link told of, judged by its distance from the centre."""

    id: str
    place: Place | None
    distance_m: float | None  # None: no place is known, so look it up first
    state: Literal["queued", "outside"]
    turn: int  # from 1: among its siblings, the highest is visited first by dfs, the lowest by bfs


class Ledger(Protocol):
    """Frontier and ledger of one crawl. Every method is one transaction."""

    def begin(self, asked: Asked) -> None:
        """Take up a crawl, for the first time or again.

        Raises:
            CollectError: the ledger belongs to another crawl, or one is at work on it.
        """
        ...

    def add(self, links: Iterable[Link], parent: str | None, depth: int) -> None:
        """Queue the panoramas that links tell of; those that were visited or lie outside stay what they are."""
        ...

    def claim(self, worker: str, lease_s: float) -> Claimed | None:
        """The panorama whose turn it is, now this worker's; None where none can be visited now.

        A lease that ended gives its panorama back first.
        """
        ...

    def done(self, id: str, record: CollectedPicture, links: Iterable[Link]) -> bool:
        """Mark a panorama done and queue its neighbours; False where another worker was first."""
        ...

    def outside(self, id: str, place: Place) -> None:
        """Mark a panorama that turned out to lie outside of the radius."""
        ...

    def failed(self, id: str, reason: str, permanent: bool, again_at: float | None) -> None:
        """Mark that a try failed.

        Args:
            id: the panorama.
            reason: in words.
            permanent: trying again is of no use, ever.
            again_at: when to try again, seconds since 1970; None: not in this crawl.
        """
        ...

    def release(self, id: str) -> None:
        """Give a claimed panorama back untried."""
        ...

    def retry_failed(self) -> int:
        """Queue again what failed and may yet succeed; returns how many these were."""
        ...

    def waits_until(self) -> float | None:
        """When a panorama can next be claimed, seconds since 1970; None: there will be none."""
        ...

    def counts(self) -> Counts:
        """How many panoramas are in each state."""
        ...

    def dots(self, since: int = 0, most: int | None = None) -> list[Dot]:
        """What changed after a moment of `Dot.changed`, in the order of the changes; the first `most` of it."""
        ...

    def failures(self) -> dict[str, int]:
        """Why panoramas failed -> how many."""
        ...

    def remember(self, name: str, value: str) -> None:
        """Keep a note with the crawl, such as that no more beginnings are to be found."""
        ...

    def recall(self, name: str) -> str | None:
        """A note; None where there is none of this name."""
        ...


def entries(links: Iterable[Link], asked: Asked) -> list[Entry]:
    """What links tell, once a panorama and sorted by id, for one statement that never deadlocks with another.

    Args:
        links: in the order in which the source gave them; the first is visited first.
        asked: says what lies outside, and what "first" means.
    """
    first: dict[str, Link] = {}
    for link in links:
        first.setdefault(link.id, link)
    in_turn = list(first.values())
    if asked.order == "dfs":
        in_turn.reverse()
    return sorted((_entry(link, turn, asked) for turn, link in enumerate(in_turn, start=1)), key=lambda one: one.id)


def place_in(row: Any) -> Place | None:
    """The place in a row of a database, whose columns have names; None where it has none."""
    return None if row["lat_deg"] is None else Place(row["lat_deg"], row["lon_deg"], row["elevation_m"])


def _entry(link: Link, turn: int, asked: Asked) -> Entry:
    if link.place is None:
        return Entry(link.id, None, None, "queued", turn)
    away_m = asked.distance_m(link.place)
    return Entry(link.id, link.place, away_m, "queued" if away_m <= asked.radius_m else "outside", turn)
