"""One worker of a crawl by several machines: Procrastinate gives it panoramas, `Crawler.visit` collects each.

Beside its jobs every worker looks once a second whether something is left undone: a lease that ended, a panorama
without a job, a part of the town that no neighbour leads to. The crawl ends when there is nothing left, and stops for
everybody as soon as one worker has to stop.
"""

import asyncio
import contextlib
import threading
from collections.abc import Iterator
from typing import TYPE_CHECKING

from c2c.collect.crawl import BEGINNINGS, Crawler
from c2c.collect.postgres.database import PATIENCE_S, Database
from c2c.collect.postgres.jobs import ALIVE_EVERY_S, TASK, queue_of
from c2c.collect.postgres.ledger import PostgresLedger
from c2c.errors import CollectError, CrawlStopped

if TYPE_CHECKING:
    from procrastinate import App

STOPPED = "stopped"  # the note that says why; "" once the crawl goes on
TEND_EVERY_S = 1.0
POLL_EVERY_S = 2.0  # for jobs whose time has come; new ones are announced


class Worker:
    """Works on one crawl, together with others."""

    def __init__(
        self, database: Database, crawl: str, ledger: PostgresLedger, crawler: Crawler, ended: threading.Event
    ) -> None:
        """Nothing is done yet.

        Args:
            database: that the workers share.
            crawl: its name.
            ledger: of the crawl, begun.
            crawler: visits panoramas with that ledger.
            ended: is set once this worker has finished, or has to stop.
        """
        self._database, self._crawl, self._ledger, self._crawler = database, crawl, ledger, crawler
        self._ended = ended
        self._why: Exception | None = None

    def run(self) -> None:
        """Work until nothing is left to do, or the limit is reached.

        Raises:
            CrawlStopped: this worker or another one had to stop, or Ctrl-C was pressed; what is there is kept.
            CollectError: the database went away.
        """
        with self._ending_with_error():
            asyncio.run(self._run())
        if self._why is not None:
            raise self._why
        if not self._ended.is_set():
            raise self._left()

    def visit(self, id: str) -> None:
        """Collect one panorama, if its turn is still to come."""
        if self._ended.is_set():
            return
        with self._ending_with_error():
            claimed = self._ledger.take(id, self._crawler.name, self._crawler.patience.lease_s)
            if claimed is not None:
                self._crawler.visit(claimed)

    def tend(self) -> None:
        """Look after what no job looks after; note where the crawl ends."""
        with self._ending_with_error():
            if why := self._ledger.recall(STOPPED):
                self._end(CrawlStopped(f"{why}\nc2c collect crawl takes it up again; its workers can join then."))
                return
            self._ledger.sweep()
            limit, moment = self._crawler.asked.limit, self._ledger.waits_until()
            if limit is not None and self._ledger.counts().done >= limit:
                self._ended.set()
            elif moment is None:
                self._begin_anew()

    def _begin_anew(self) -> None:
        """Go on where no neighbour leads to; only one worker asks the source for that."""
        if self._ledger.recall(BEGINNINGS) is not None:
            self._ended.set()
            return
        with self._database.alone(f"{self._crawl} begins anew") as mine:
            if mine:
                self._crawler.begin_anew()

    async def _run(self) -> None:
        from procrastinate import App, PsycopgConnector
        from procrastinate.exceptions import ConnectorException

        pool = {"min_size": 1, "max_size": 2, "timeout": PATIENCE_S}
        app = App(connector=PsycopgConnector(conninfo=self._database.conninfo, **pool))
        app.task(name=TASK, queue=queue_of(self._crawl))(self.visit)
        try:
            async with app.open_async():
                await self._work(app)
        except ConnectorException as error:
            raise CollectError(f"The database of the crawl went away: {error.__cause__ or error}") from error

    async def _work(self, app: "App") -> None:
        """Run Procrastinate's worker, and tend the crawl until it ends or the worker does."""
        from procrastinate.signals import on_stop

        options = {"name": self._crawler.name, "queues": [queue_of(self._crawl)], "delete_jobs": "always"}
        times = {"fetch_job_polling_interval": POLL_EVERY_S, "update_heartbeat_interval": ALIVE_EVERY_S}
        with on_stop(lambda: self._end(self._left())):  # Ctrl-C: no pause is waited for any more
            working = asyncio.create_task(app.run_worker_async(**options, **times, install_signal_handlers=False))
            while not self._ended.is_set() and not working.done():
                await asyncio.to_thread(self.tend)
                await asyncio.wait([working], timeout=TEND_EVERY_S)
            working.cancel()  # it ends the panorama that it is at
            with contextlib.suppress(asyncio.CancelledError):
                await working

    @contextlib.contextmanager
    def _ending_with_error(self) -> Iterator[None]:
        """Whatever goes wrong ends this worker; what stops the crawl is noted, so that it ends the others too."""
        try:
            yield
        except CrawlStopped as error:
            with contextlib.suppress(CollectError):
                self._ledger.remember(STOPPED, str(error))
            self._end(error)
        except Exception as error:
            self._end(error)

    def _left(self) -> CrawlStopped:
        return CrawlStopped(f"Stopped. Other workers of {self._crawl} go on; the same command joins them again.")

    def _end(self, error: Exception) -> None:
        self._why = self._why or error
        self._ended.set()
