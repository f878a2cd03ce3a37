"""The ledger of a crawl by one process: one SQLite file beside the pictures."""

import json
import time
from collections.abc import Callable, Iterable
from dataclasses import asdict
from pathlib import Path
from sqlite3 import Row

import msgspec

from c2c.collect.asked import Asked, check_same
from c2c.collect.ledger import LONGEST_REASON, Claimed, Counts, Dot, entries, place_in
from c2c.collect.pictures import CollectedPicture, Link, Place
from c2c.collect.sqlite_file import SqliteFile
from c2c.errors import CollectError

FILE = "collection.sqlite"
SCHEMA = 1

TABLES = """
CREATE TABLE panorama (
    id TEXT PRIMARY KEY,
    state TEXT NOT NULL,
    lat_deg REAL, lon_deg REAL, elevation_m REAL, distance_m REAL,
    parent TEXT, depth INTEGER NOT NULL, turn INTEGER NOT NULL,
    tries INTEGER NOT NULL DEFAULT 0, again_at REAL NOT NULL DEFAULT 0,
    worker TEXT, lease_until REAL,
    permanent INTEGER NOT NULL DEFAULT 0, reason TEXT, record TEXT,
    changed INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX frontier ON panorama (state, turn);
CREATE INDEX nearest ON panorama (state, distance_m, id);
CREATE UNIQUE INDEX changes ON panorama (changed);
CREATE INDEX turns ON panorama (turn);
CREATE TABLE note (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
"""
PLACE = ("lat_deg", "lon_deg", "elevation_m")
NEXT = "(SELECT coalesce(max(changed), 0) + 1 FROM panorama)"
TURNS = {"dfs": "turn DESC", "bfs": "turn", "nearest": "distance_m, id"}  # no distance comes first
ADD = f"""
INSERT INTO panorama (id, state, lat_deg, lon_deg, elevation_m, distance_m, parent, depth, turn, changed)
VALUES (:id, :state, :lat_deg, :lon_deg, :elevation_m, :distance_m, :parent, :depth, :turn, {NEXT})
ON CONFLICT (id) DO UPDATE SET
    state = CASE WHEN lat_deg IS NULL THEN excluded.state ELSE state END,
    elevation_m = coalesce(elevation_m, excluded.elevation_m),
    distance_m = coalesce(distance_m, excluded.distance_m),
    lat_deg = coalesce(lat_deg, excluded.lat_deg), lon_deg = coalesce(lon_deg, excluded.lon_deg),
    parent = CASE WHEN :again THEN excluded.parent ELSE parent END,
    depth = CASE WHEN :again THEN excluded.depth ELSE depth END,
    turn = CASE WHEN :again THEN excluded.turn ELSE turn END,
    changed = excluded.changed
WHERE panorama.state = 'queued'
"""
CLAIM = f"""
UPDATE panorama SET state = 'claimed', worker = ?, lease_until = ?, changed = {NEXT}
WHERE id = (SELECT id FROM panorama WHERE state = 'queued' AND again_at <= ? ORDER BY {{turn}} LIMIT 1)
RETURNING id, tries, lat_deg, lon_deg, elevation_m
"""


class SqliteLedger:
    """A `Ledger` in a file. Any process may look on; only one may `begin`."""

    def __init__(self, collection: Path, clock: Callable[[], float] = time.time) -> None:
        """Open the ledger of a collection, or make an empty one.

        Raises:
            CollectError: the file is no ledger, or one of a newer c2c.
        """
        collection.mkdir(parents=True, exist_ok=True)
        self._file, self._clock = SqliteFile(collection / FILE, TABLES, SCHEMA), clock
        stored = self.recall("asked")
        self._asked = msgspec.json.decode(stored, type=Asked) if stored else None

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()

    def begin(self, asked: Asked) -> None:
        """See `Ledger.begin`. Whatever a killed crawl held is queued again."""
        if self._asked is not None:
            check_same(self._asked, asked)
        self._file.keep_others_out()
        self._asked = asked
        with self._file.transaction():
            self._change_all("state = 'claimed'", "state = 'queued', worker = NULL")
            self._remember("asked", json.dumps(asdict(asked)))

    def add(self, links: Iterable[Link], parent: str | None, depth: int) -> None:
        """See `Ledger.add`."""
        with self._file.transaction():
            self._add(links, parent, depth)

    def claim(self, worker: str, lease_s: float) -> Claimed | None:
        """See `Ledger.claim`."""
        now, order = self._clock(), self._begun().order
        with self._file.transaction():
            self._change_all("state = 'claimed' AND lease_until <= ?", "state = 'queued', worker = NULL", now)
            row = self._one(CLAIM.format(turn=TURNS[order]), worker, now + lease_s, now)
        return None if row is None else Claimed(row["id"], row["tries"], place_in(row))

    def done(self, id: str, record: CollectedPicture, links: Iterable[Link]) -> bool:
        """See `Ledger.done`."""
        with self._file.transaction():
            row = self._one("SELECT depth FROM panorama WHERE id = ? AND state != 'done'", id)
            if row is None:
                return False
            self._change(id, "state = 'done', record = ?, reason = NULL, worker = NULL", record.picture)
            self._put(id, record.place)
            self._add(links, id, row["depth"] + 1)
        return True

    def outside(self, id: str, place: Place) -> None:
        """See `Ledger.outside`."""
        with self._file.transaction():
            self._put(id, place)
            self._change(id, "state = 'outside', worker = NULL")

    def failed(self, id: str, reason: str, permanent: bool, again_at: float | None) -> None:
        """See `Ledger.failed`."""
        state = "failed" if permanent or again_at is None else "queued"
        with self._file.transaction():
            self._change(
                id,
                "state = ?, reason = ?, permanent = ?, again_at = ?, tries = tries + 1, worker = NULL",
                state,
                reason[:LONGEST_REASON],
                permanent,
                again_at or 0.0,
            )

    def release(self, id: str) -> None:
        """See `Ledger.release`."""
        with self._file.transaction():
            self._change(id, "state = 'queued', worker = NULL")

    def retry_failed(self) -> int:
        """See `Ledger.retry_failed`."""
        with self._file.transaction():
            return self._change_all("state = 'failed' AND NOT permanent", "state = 'queued', tries = 0, again_at = 0")

    def waits_until(self) -> float | None:
        """See `Ledger.waits_until`."""
        query = (
            "SELECT min(moment) FROM (SELECT again_at AS moment FROM panorama WHERE state = 'queued' "
            "UNION ALL SELECT lease_until FROM panorama WHERE state = 'claimed')"
        )
        return self._file.rows(query)[0][0]

    def counts(self) -> Counts:
        """See `Ledger.counts`."""
        rows = self._file.rows("SELECT state, count(*) FROM panorama GROUP BY state")
        return Counts(**{row[0]: row[1] for row in rows})

    def dots(self, since: int = 0, most: int | None = None) -> list[Dot]:
        """See `Ledger.dots`."""
        query = (
            "SELECT id, lat_deg, lon_deg, elevation_m, state, parent, changed FROM panorama WHERE changed > ? "
            "ORDER BY changed LIMIT ?"
        )
        rows = self._file.rows(query, since, -1 if most is None else most)
        return [Dot(row["id"], place_in(row), row["state"], row["parent"], row["changed"]) for row in rows]

    def failures(self) -> dict[str, int]:
        """See `Ledger.failures`."""
        query = "SELECT reason, count(*) FROM panorama WHERE state = 'failed' GROUP BY reason ORDER BY 2 DESC, 1"
        return {row[0]: row[1] for row in self._file.rows(query)}

    def remember(self, name: str, value: str) -> None:
        """See `Ledger.remember`."""
        with self._file.transaction():
            self._remember(name, value)

    def recall(self, name: str) -> str | None:
        """See `Ledger.recall`."""
        rows = self._file.rows("SELECT value FROM note WHERE name = ?", name)
        return rows[0]["value"] if rows else None

    def _begun(self) -> Asked:
        if self._asked is None:
            raise CollectError("Nothing was asked of this crawl yet: begin it first.")
        return self._asked

    def _add(self, links: Iterable[Link], parent: str | None, depth: int) -> None:
        asked = self._begun()
        last = self._file.rows("SELECT coalesce(max(turn), 0) FROM panorama")[0][0]
        for entry in entries(links, asked):
            place = asdict(entry.place) if entry.place else dict.fromkeys(PLACE)
            known = {"id": entry.id, "state": entry.state, "distance_m": entry.distance_m, "turn": last + entry.turn}
            self._file.run(ADD, {**place, **known, "parent": parent, "depth": depth, "again": asked.order == "dfs"})

    def _put(self, id: str, place: Place | None) -> None:
        if place is not None:
            away_m = self._begun().distance_m(place)
            columns = "lat_deg = ?, lon_deg = ?, elevation_m = ?, distance_m = ?"
            self._change(id, columns, place.lat_deg, place.lon_deg, place.elevation_m, away_m)

    def _change(self, id: str, columns: str, *values: object) -> None:
        self._file.run(f"UPDATE panorama SET {columns}, changed = {NEXT} WHERE id = ?", (*values, id))

    def _change_all(self, where: str, columns: str, *values: object) -> int:
        """Change every panorama of a kind, one after another, for each change has a number of its own."""
        ids = [row["id"] for row in self._file.rows(f"SELECT id FROM panorama WHERE {where}", *values)]
        for id in ids:
            self._change(id, columns)
        return len(ids)

    def _remember(self, name: str, value: str) -> None:
        self._file.run("INSERT OR REPLACE INTO note (name, value) VALUES (?, ?)", (name, value))

    def _one(self, query: str, *values: object) -> Row | None:
        rows = self._file.rows(query, *values)
        return rows[0] if rows else None
