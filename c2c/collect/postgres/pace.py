"""The pace of several machines: one token bucket an owner of hosts, and it is a row of the database."""

import time
from collections.abc import Callable, Collection

from c2c.collect.failures import Throttled
from c2c.collect.postgres.database import Database

STEP_S = 1.0  # of a longer wait, so that a worker that has to end does so
FILL = """
INSERT INTO bucket (host, requests_per_second, tokens, filled) VALUES (%(host)s, %(rate)s, 1, clock_timestamp())
ON CONFLICT (host) DO {then}
"""
LOOK = """
SELECT tokens, requests_per_second,
    extract(epoch FROM clock_timestamp() - greatest(filled, closed_until))::float8 AS filling_s,
    extract(epoch FROM closed_until - clock_timestamp())::float8 AS closed_s
FROM bucket WHERE host = %(host)s FOR UPDATE
"""
TAKE = """
UPDATE bucket SET tokens = %(left)s, filled = clock_timestamp(), requests = requests + 1 WHERE host = %(host)s
"""
SLOW_DOWN = """
UPDATE bucket SET closed_until = greatest(closed_until, clock_timestamp() + %(seconds)s * interval '1 second')
WHERE host = %(host)s
"""


class SharedBuckets:
    """A pace for the workers of many machines, see `c2c.collect.pace.Pace`; the database's clock is the only one.

    A bucket holds one token at most: between two requests there is always a pause, whoever makes them.
    """

    def __init__(
        self,
        database: Database,
        owner: str,
        requests_per_second: float,
        together: Collection[str] = (),
        leads: bool = False,
        longest_pause_s: float = 900.0,
        ended: Callable[[], bool] = lambda: False,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """Nothing is asked of the database yet.

        Args:
            database: that holds the buckets.
            owner: name of the bucket that the hosts in `together` share.
            requests_per_second: of each bucket.
            together: hosts of one owner.
            leads: this worker's rate is everybody's; else it is only used for a host that nobody asked before.
            longest_pause_s: that a service may ask for; a longer one is not waited for.
            ended: whether this worker has to end, so that no pause is waited for.
            sleep: waits for so many seconds.
        """
        self._database, self._owner, self._together = database, owner, frozenset(together)
        self._rate, self._longest_pause_s, self._ended, self._sleep = requests_per_second, longest_pause_s, ended, sleep
        self._then = "UPDATE SET requests_per_second = excluded.requests_per_second" if leads else "NOTHING"
        self._known: set[str] = set()

    def wait(self, host: str) -> None:
        """Come back as soon as one more request may go to a host.

        Raises:
            Throttled: the service asked for a pause that is too long, or that goes on when this worker has to end.
        """
        bucket = self._bucket(host)
        while (found := self._take(bucket))[0] > 0:
            seconds, asked_for = found
            if asked_for and (seconds > self._longest_pause_s or self._ended()):
                raise Throttled(f"{host} asked for a pause, and {seconds:.0f} s of it are left.", seconds)
            self._sleep(min(seconds, STEP_S))

    def slow_down(self, host: str, retry_after_s: float) -> None:
        """Let no request of any worker go to a host for so long."""
        with self._database.transaction() as connection:
            connection.execute(SLOW_DOWN, {"host": self._bucket(host), "seconds": retry_after_s})

    def _take(self, bucket: str) -> tuple[float, bool]:
        """Seconds until it is worth asking again, and whether the service asked for them; 0 when a token was taken.

        The row is locked meanwhile.
        """
        with self._database.transaction() as connection:
            row = connection.execute(LOOK, {"host": bucket}).fetchone()
            assert row is not None
            if row["closed_s"] > 0:
                return row["closed_s"], True
            tokens = min(1.0, row["tokens"] + max(0.0, row["filling_s"]) * row["requests_per_second"])
            if tokens < 1 - 1e-9:  # what rounding may leave of a whole token
                return (1 - tokens) / row["requests_per_second"], False
            connection.execute(TAKE, {"host": bucket, "left": tokens - 1})
        return 0.0, False

    def _bucket(self, host: str) -> str:
        """The name of a host's bucket, which is there from now on."""
        name = f"of {self._owner}" if host in self._together else host
        if name not in self._known:
            with self._database.transaction() as connection:
                connection.execute(FILL.format(then=self._then).encode(), {"host": name, "rate": self._rate})
            self._known.add(name)
        return name
