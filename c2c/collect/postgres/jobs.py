"""Whose turn it is, as Procrastinate's jobs: one waiting job a queued panorama, `queueing_lock` = crawl and panorama.

A job is added in the transaction that queues its panorama. A sweep adds those that are missing all the same: after a
worker was killed at a panorama, or where somebody emptied the queue.
"""

from collections.abc import Collection
from datetime import datetime
from typing import TYPE_CHECKING, Any

from c2c.collect.asked import Order

if TYPE_CHECKING:
    from procrastinate.jobs import Job
    from psycopg import Connection
    from psycopg.rows import DictRow

TASK = "c2c.visit"
FIRST = 2**31 - 1  # the highest priority there is
ALIVE_EVERY_S = 5.0  # a worker gives a sign of life
DEAD_AFTER_S = 30.0  # without one
MISSING = """
SELECT id, turn, distance_m, again_at FROM panorama
WHERE crawl = %(crawl)s AND state = 'queued' AND (%(ids)s::text[] IS NULL OR id = ANY(%(ids)s))
    AND NOT EXISTS (
        SELECT FROM procrastinate_jobs WHERE status = 'todo' AND queueing_lock = %(crawl)s || '/' || panorama.id
    )
ORDER BY id
"""
REORDER = """
UPDATE procrastinate_jobs SET priority = %(turn)s
WHERE status = 'todo' AND queueing_lock = %(crawl)s || '/' || %(id)s
"""
FORGET_DEAD = """
DELETE FROM procrastinate_jobs WHERE queue_name = %(queue)s AND status = 'doing' AND NOT EXISTS (
    SELECT FROM procrastinate_workers
    WHERE id = worker_id AND last_heartbeat > now() - %(seconds)s * interval '1 second'
)
RETURNING args ->> 'id' AS id
"""


def queue_of(crawl: str) -> str:
    """The name of a crawl's queue."""
    return f"c2c {crawl}"


class Turns:
    """The jobs of one crawl."""

    def __init__(self, crawl: str, conninfo: str) -> None:
        """Nothing is asked of the database yet."""
        from procrastinate import App, SyncPsycopgConnector

        self.crawl = crawl
        self._app = App(connector=SyncPsycopgConnector(conninfo=conninfo))

    def add_missing(self, connection: "Connection[DictRow]", order: Order, ids: Collection[str] | None = None) -> int:
        """Give each queued panorama a job that has none; returns how many these were.

        Args:
            connection: in a transaction that holds the crawl's lock.
            order: in which panoramas are visited.
            ids: of the panoramas to look at; None: all.
        """
        wanted = None if ids is None else list(ids)
        rows = connection.execute(MISSING, {"crawl": self.crawl, "ids": wanted}).fetchall()
        if rows:
            self._app.job_manager.batch_defer_jobs([self._job(row, order) for row in rows], connection=connection)
        return len(rows)

    def bring_forward(self, connection: "Connection[DictRow]", turns: dict[str, int]) -> None:
        """Give waiting jobs the turn that their panoramas have now, by id."""
        for id in sorted(turns):
            connection.execute(REORDER, {"crawl": self.crawl, "id": id, "turn": min(turns[id], FIRST)})

    def forget_dead(self, connection: "Connection[DictRow]") -> list[str]:
        """Remove the jobs that dead workers were at; returns the panoramas that they held."""
        values = {"queue": queue_of(self.crawl), "seconds": DEAD_AFTER_S}
        return [row["id"] for row in connection.execute(FORGET_DEAD, values)]

    def _job(self, row: dict[str, Any], order: Order) -> "Job":
        again_at: datetime = row["again_at"]
        configured = self._app.configure_task(
            TASK,
            queue=queue_of(self.crawl),
            queueing_lock=f"{self.crawl}/{row['id']}",
            priority=priority(order, row["turn"], row["distance_m"]),
            schedule_at=again_at if again_at.timestamp() > 0 else None,
        )
        return configured.job.evolve(task_kwargs={"id": row["id"]})


def priority(order: Order, turn: int, distance_m: float | None) -> int:
    """Which of two jobs comes first: the one with the higher number.

    Args:
        order: of the crawl.
        turn: of the panorama, in the order in which panoramas were met.
        distance_m: from the centre; None: unknown, so it is looked up first.
    """
    if order == "nearest":
        return FIRST if distance_m is None else max(-FIRST, -round(distance_m * 10))
    return min(turn, FIRST) if order == "dfs" else max(-turn, -FIRST)
