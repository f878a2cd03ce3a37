"""The ledger of a crawl by several machines: `c2c.collect.ledger.Ledger` in PostgreSQL.

Whoever changes something of a crawl locks its row first. So changes come one after another, no two transactions wait
for each other, and numbers of changes grow in the order in which they can be seen.
"""

import json
import time
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import msgspec

from c2c.collect.asked import Asked, check_same
from c2c.collect.ledger import LONGEST_REASON, Claimed, Counts, Dot, Entry, entries, place_in
from c2c.collect.pictures import CollectedPicture, Link, Place
from c2c.collect.postgres.database import Database
from c2c.collect.postgres.jobs import Turns
from c2c.collect.postgres.statements import ADD, CHANGED, CLAIM, DOTS, EXPIRE, NEXT, ORDERS, RETRY, WAITS
from c2c.errors import CollectError

if TYPE_CHECKING:
    from psycopg import Connection
    from psycopg.rows import DictRow

STILL_MINE = "AND state = 'claimed' AND changed = %(claim)s"  # the lease did not end, nor did anybody take it since


class PostgresLedger:
    """A `Ledger` of one crawl, for any number of workers; each queued panorama has a job, see `jobs`."""

    def __init__(self, database: Database, crawl: str, clock: Callable[[], float] = time.time) -> None:
        """Look whether the crawl has begun.

        Args:
            database: that the workers share.
            crawl: its name, the same on every machine.
            clock: of this worker, seconds since 1970; the database has its own, which is the one that counts.
        """
        self._database, self._crawl, self._clock = database, crawl, clock
        self._claims: dict[str, int] = {}  # id -> number of the change by which this worker claimed it
        self._turns = Turns(crawl, database.conninfo)
        rows = self._rows("SELECT asked FROM crawl WHERE name = %(crawl)s")
        self.asked = msgspec.json.decode(rows[0]["asked"], type=Asked) if rows else None

    def begin(self, asked: Asked) -> None:
        """See `Ledger.begin`. Others may be at work on it: what they hold stays theirs until their leases end."""
        if self.asked is not None:
            check_same(self.asked, asked)
        with self._database.transaction() as connection:
            connection.execute(
                "INSERT INTO crawl (name, asked) VALUES (%(crawl)s, %(asked)s) "
                "ON CONFLICT (name) DO UPDATE SET asked = excluded.asked",
                {"crawl": self._crawl, "asked": json.dumps(asdict(asked))},
            )
        self.asked = asked

    def add(self, links: Iterable[Link], parent: str | None, depth: int) -> None:
        """See `Ledger.add`."""
        with self._database.transaction() as connection:
            self._lock(connection)
            self._add(connection, links, parent, depth)

    def claim(self, worker: str, lease_s: float) -> Claimed | None:
        """See `Ledger.claim`. Workers that are told by a job which panorama it is `take` it instead."""
        return self._claimed(NEXT.format(turn=ORDERS[self._begun().order]), {"worker": worker, "lease_s": lease_s})

    def take(self, id: str, worker: str, lease_s: float) -> Claimed | None:
        """This panorama, now this worker's; None where it cannot be visited now, or the limit is reached."""
        return self._claimed("%(id)s", {"id": id, "worker": worker, "lease_s": lease_s})

    def sweep(self) -> int:
        """Give back what leases that ended and dead workers held, and a job to each queued panorama that has none.

        Returns how many jobs were missing.
        """
        with self._database.transaction() as connection:
            self._lock(connection)
            self._expire(connection, self._turns.forget_dead(connection))
            return self._add_jobs(connection)

    def done(self, id: str, record: CollectedPicture, links: Iterable[Link]) -> bool:
        """See `Ledger.done`."""
        with self._database.transaction() as connection:
            self._lock(connection)
            columns = "state = 'done', record = %(record)s, reason = NULL, worker = NULL"
            row = self._change(connection, id, columns, {"record": record.picture}, "AND state <> 'done'")
            self._claims.pop(id, None)
            if row is None:
                return False
            self._put(connection, id, record.place)
            self._add(connection, links, id, row["depth"] + 1)
        return True

    def outside(self, id: str, place: Place) -> None:
        """See `Ledger.outside`."""
        with self._database.transaction() as connection:
            self._lock(connection)
            if self._give_up(connection, id, "state = 'outside'", {}):
                self._put(connection, id, place)

    def failed(self, id: str, reason: str, permanent: bool, again_at: float | None) -> None:
        """See `Ledger.failed`."""
        columns = (
            "state = %(state)s, reason = %(reason)s, permanent = %(permanent)s, tries = tries + 1, "
            "again_at = clock_timestamp() + %(delay_s)s * interval '1 second'"
        )
        values = {
            "state": "failed" if permanent or again_at is None else "queued",
            "reason": _storable(reason)[:LONGEST_REASON],
            "permanent": permanent,
            "delay_s": 0.0 if again_at is None else max(0.0, again_at - self._clock()),
        }
        self._give_back(id, columns, values)

    def release(self, id: str) -> None:
        """See `Ledger.release`."""
        self._give_back(id, "state = 'queued'", {})

    def retry_failed(self) -> int:
        """See `Ledger.retry_failed`."""
        with self._database.transaction() as connection:
            self._lock(connection)
            found = connection.execute(RETRY.encode(), {"crawl": self._crawl}).rowcount
            self._add_jobs(connection)
        return found

    def waits_until(self) -> float | None:
        """See `Ledger.waits_until`."""
        return self._rows(WAITS)[0]["moment"]

    def counts(self) -> Counts:
        """See `Ledger.counts`."""
        rows = self._rows("SELECT state, count(*) AS found FROM panorama WHERE crawl = %(crawl)s GROUP BY state")
        return Counts(**{row["state"]: row["found"] for row in rows})

    def dots(self, since: int = 0, most: int | None = None) -> list[Dot]:
        """See `Ledger.dots`."""
        rows = self._rows(DOTS, since=since, most=most)
        return [Dot(row["id"], place_in(row), row["state"], row["parent"], row["changed"]) for row in rows]

    def failures(self) -> dict[str, int]:
        """See `Ledger.failures`."""
        query = (
            "SELECT reason, count(*) AS found FROM panorama WHERE crawl = %(crawl)s AND state = 'failed' "
            "GROUP BY reason ORDER BY 2 DESC, 1"
        )
        return {row["reason"]: row["found"] for row in self._rows(query)}

    def remember(self, name: str, value: str) -> None:
        """See `Ledger.remember`."""
        with self._database.transaction() as connection:
            connection.execute(
                "INSERT INTO note (crawl, name, value) VALUES (%(crawl)s, %(name)s, %(value)s) "
                "ON CONFLICT (crawl, name) DO UPDATE SET value = excluded.value",
                {"crawl": self._crawl, "name": name, "value": _storable(value)},
            )

    def recall(self, name: str) -> str | None:
        """See `Ledger.recall`."""
        rows = self._rows("SELECT value FROM note WHERE crawl = %(crawl)s AND name = %(name)s", name=name)
        return rows[0]["value"] if rows else None

    def _begun(self) -> Asked:
        if self.asked is None:
            raise CollectError(f"Nothing was asked of the crawl {self._crawl} yet: begin it first.")
        return self.asked

    def _rows(self, query: str, **values: Any) -> list[dict[str, Any]]:
        return self._database.rows(query, {"crawl": self._crawl, **values})

    def _lock(self, connection: "Connection[DictRow]") -> None:
        """Wait until nobody else changes this crawl."""
        connection.execute("SELECT FROM crawl WHERE name = %(crawl)s FOR UPDATE", {"crawl": self._crawl})

    def _claimed(self, which: str, values: dict[str, Any]) -> Claimed | None:
        with self._database.transaction() as connection:
            self._lock(connection)
            self._expire(connection)
            if self._at_limit(connection):
                return None
            query = CLAIM.format(which=which).encode()
            row = connection.execute(query, {"crawl": self._crawl, **values}).fetchone()
        if row is None:
            return None
        self._claims[row["id"]] = row["changed"]
        return Claimed(row["id"], row["tries"], place_in(row))

    def _at_limit(self, connection: "Connection[DictRow]") -> bool:
        """Whether as many panoramas as were asked for are done, or may be so soon."""
        limit = self._begun().limit
        if limit is None:
            return False
        query = "SELECT count(*) AS held FROM panorama WHERE crawl = %(crawl)s AND state IN ('done', 'claimed')"
        row = connection.execute(query, {"crawl": self._crawl}).fetchone()
        return row is not None and row["held"] >= limit

    def _add_jobs(self, connection: "Connection[DictRow]", ids: Collection[str] | None = None) -> int:
        """Give queued panoramas a job, all or these; none at the limit, for nobody could take them."""
        if self._at_limit(connection):
            return 0
        return self._turns.add_missing(connection, self._begun().order, ids)

    def _expire(self, connection: "Connection[DictRow]", lost: Sequence[str] = ()) -> None:
        """Give back what leases that ended held, and what dead workers did."""
        connection.execute(EXPIRE.encode(), {"crawl": self._crawl, "lost": list(lost)})

    def _add(self, connection: "Connection[DictRow]", links: Iterable[Link], parent: str | None, depth: int) -> None:
        asked = self._begun()
        told = [entry for entry in entries(links, asked) if entry.id == _storable(entry.id)]
        if not told:
            return
        again = asked.order == "dfs"
        values = _columns(told) | {"crawl": self._crawl, "parent": parent, "depth": depth, "again": again}
        values["last"] = self._take_turns(connection, len(told))
        changed = connection.execute(ADD, values).fetchall()
        queued = {row["id"]: row["turn"] for row in changed if row["state"] == "queued"}
        if again:
            self._turns.bring_forward(connection, queued)
        self._add_jobs(connection, queued)

    def _take_turns(self, connection: "Connection[DictRow]", count: int) -> int:
        """The last turn before `count` new ones."""
        query = "UPDATE crawl SET last_turn = last_turn + %(count)s WHERE name = %(crawl)s RETURNING last_turn"
        row = connection.execute(query, {"crawl": self._crawl, "count": count}).fetchone()
        assert row is not None
        return row["last_turn"] - count

    def _put(self, connection: "Connection[DictRow]", id: str, place: Place | None) -> None:
        if place is not None:
            columns = (
                "lat_deg = %(lat_deg)s, lon_deg = %(lon_deg)s, elevation_m = %(elevation_m)s, distance_m = %(away_m)s"
            )
            self._change(connection, id, columns, asdict(place) | {"away_m": self._begun().distance_m(place)})

    def _give_back(self, id: str, columns: str, values: dict[str, Any]) -> None:
        with self._database.transaction() as connection:
            self._lock(connection)
            if self._give_up(connection, id, columns, values):
                self._add_jobs(connection, [id])

    def _give_up(self, connection: "Connection[DictRow]", id: str, columns: str, values: dict[str, Any]) -> bool:
        """Change what this worker holds, and hold it no more; False where it was late, and nothing is changed."""
        claim = {"claim": self._claims.pop(id, None)}
        return self._change(connection, id, f"{columns}, worker = NULL", values | claim, STILL_MINE) is not None

    def _change(
        self, connection: "Connection[DictRow]", id: str, columns: str, values: dict[str, Any], where: str = ""
    ) -> "DictRow | None":
        query = (
            f"UPDATE panorama SET {columns}, {CHANGED} WHERE crawl = %(crawl)s AND id = %(id)s {where} RETURNING depth"
        )
        return connection.execute(query.encode(), {"crawl": self._crawl, "id": id, **values}).fetchone()


def _columns(told: Collection[Entry]) -> dict[str, Any]:
    """Entries as one list a column."""
    places = [entry.place for entry in told]
    return {
        "id": [entry.id for entry in told],
        "state": [entry.state for entry in told],
        "lat_deg": [place and place.lat_deg for place in places],
        "lon_deg": [place and place.lon_deg for place in places],
        "elevation_m": [place and place.elevation_m for place in places],
        "distance_m": [entry.distance_m for entry in told],
        "turn": [entry.turn for entry in told],
    }


def _storable(text: str) -> str:
    """A text that PostgreSQL can hold: it takes neither the character 0 nor halves of surrogate pairs."""
    return text.replace("\0", "").encode(errors="ignore").decode()
