"""A fetcher that asks again, so that one failed request does not cost those that went before it."""

import random
import time
from collections.abc import Callable

from c2c.collect.failures import Throttled, Transient
from c2c.collect.fetching import Fetcher, T
from c2c.collect.pace import Pace, backoff_s
from c2c.collect.settings import SourceSettings

TRIES = 4  # of one request
LONGEST_WAIT_S = 60.0  # between two of them
LONGEST_PAUSE_S = 900.0  # that a service may ask for


class PatientFetcher(Fetcher):
    """Tries again by itself where that can help."""

    def __init__(self, settings: SourceSettings, pace: Pace, sleep: Callable[[float], None] = time.sleep) -> None:
        super().__init__(settings, pace)
        self._sleep, self._chance = sleep, random.Random()  # jitter only: nothing that is kept hangs on it

    def trying(self, ask: Callable[[], T]) -> T:
        """What one request brings, asked several times over where that can help.

        Raises:
            CollectError: as `Fetcher.get`.
        """
        for tries in range(1, TRIES):
            try:
                return ask()
            except Throttled as error:
                if (error.retry_after_s or 0.0) > LONGEST_PAUSE_S:
                    raise  # else the pace has been slowed down, and waits as long as the service asked for
            except Transient:
                self._sleep(backoff_s(tries, self._chance, LONGEST_WAIT_S))
        return ask()
