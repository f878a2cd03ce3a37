"""How fast a service may be asked: a token bucket for each host, and how long to wait after a failure."""

import random
import threading
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Protocol


class Pace(Protocol):
    """Holds back requests, so that no host is asked faster than it is fair to."""

    def wait(self, host: str) -> None:
        """Come back as soon as one more request may go to a host."""
        ...

    def slow_down(self, host: str, retry_after_s: float) -> None:
        """Let no request go to a host for so long: it asked for that."""
        ...


@dataclass
class _Bucket:
    tokens: float
    filled: float  # when the tokens were last counted
    closed_until: float = 0.0


class TokenBuckets:
    """A pace for the threads of one process.

    A bucket holds at most one token, gains `requests_per_second`, and each request takes one.
    """

    def __init__(
        self,
        requests_per_second: float,
        together: Collection[str] = (),
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """Fill every bucket.

        Args:
            requests_per_second: to one host, over any length of time.
            together: hosts of one owner, which share a bucket.
            clock: seconds that never go back.
            sleep: waits for so many seconds.
        """
        self.requests_per_second, self.together = requests_per_second, frozenset(together)
        self.requests = 0  # that were let go
        self._clock, self._sleep = clock, sleep
        self._buckets: dict[str, _Bucket] = {}
        self._lock = threading.Lock()

    def wait(self, host: str) -> None:
        """Come back as soon as one more request may go to a host."""
        while (seconds := self._take(host)) > 0:
            self._sleep(seconds)

    def slow_down(self, host: str, retry_after_s: float) -> None:
        """Let no request go to a host for so long, and only one right after it."""
        with self._lock:
            bucket = self._bucket(host)
            bucket.closed_until = max(bucket.closed_until, self._clock() + retry_after_s)

    def _take(self, host: str) -> float:
        """Seconds until it is worth asking again; 0 when a token was taken."""
        with self._lock:
            bucket, now = self._bucket(host), self._clock()
            if now < bucket.closed_until:
                bucket.filled = bucket.closed_until  # nothing is gained meanwhile
                return bucket.closed_until - now
            gained = max(0.0, now - bucket.filled) * self.requests_per_second
            bucket.tokens, bucket.filled = min(1.0, bucket.tokens + gained), now
            if bucket.tokens < 1 - 1e-9:  # what rounding may leave of a whole token
                return (1 - bucket.tokens) / self.requests_per_second
            bucket.tokens -= 1
            self.requests += 1
            return 0.0

    def _bucket(self, host: str) -> _Bucket:
        name = "" if host in self.together else host
        return self._buckets.setdefault(name, _Bucket(1.0, self._clock()))


def backoff_s(tries: int, chance: random.Random, longest_s: float, base_s: float = 1.0) -> float:
    """How long to wait after so many failed tries: anything from 0 up to a bound that starts at `base_s` and doubles.

    Source: "full jitter", https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
    """
    return chance.uniform(0.0, min(longest_s, base_s * 2.0 ** min(tries - 1, 60)))
