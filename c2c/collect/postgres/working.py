"""What the commands of a crawl by several machines do: begin it, join it, look at it."""

import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from c2c.collect.asked import Asked, write_asked
from c2c.collect.crawl import Crawler, Patience, Report
from c2c.collect.planning import hosts_of, panoramas_of
from c2c.collect.postgres.database import Database
from c2c.collect.postgres.ledger import PostgresLedger
from c2c.collect.postgres.pace import SharedBuckets
from c2c.collect.postgres.worker import STOPPED, Worker
from c2c.collect.settings import SourceSettings
from c2c.collect.store import PART, Store
from c2c.errors import CollectError

PATIENCE = Patience()


class Together:
    """A crawl that several machines work on, as one of them sees it."""

    def __init__(self, database: Database, collection: Path) -> None:
        """Name it: a crawl is called as the folder of its collections.

        Args:
            database: that the workers share.
            collection: folder of this worker; several may share one, or each has its own.
        """
        self.collection, self.name, self._database = collection, collection.resolve().name, database
        self.ledger = PostgresLedger(database, self.name)

    def begin(self, asked: Asked) -> None:
        """Take the crawl up, for the first time or again after it stopped."""
        self.ledger.begin(asked)
        self.ledger.remember(STOPPED, "")
        self._tidy()
        write_asked(self.collection, asked)

    def join(self) -> Asked:
        """What was asked of the crawl, now also in this worker's folder.

        Raises:
            CollectError: nobody has begun it.
        """
        asked = self.look()
        write_asked(self.collection, asked)
        return asked

    def look(self) -> Asked:
        """What was asked of the crawl; nothing is written.

        Raises:
            CollectError: nobody has begun it.
        """
        self.ledger = PostgresLedger(self._database, self.name)
        asked = self.ledger.asked
        if asked is None:
            raise CollectError(
                f"This database has no crawl that is called {self.name}. Begin it on one machine:\n"
                f"    c2c collect crawl {self.name} --centre 48.8566,2.3522 --postgres URL"
            )
        return asked

    def work(
        self,
        asked: Asked,
        settings: SourceSettings,
        report: Report,
        leads: bool = False,
        patience: Patience = PATIENCE,
    ) -> None:
        """Collect panoramas until none is left.

        Args:
            asked: of the crawl.
            settings: how the source is asked.
            report: is told of each panorama of this worker.
            leads: the pace of these settings is everybody's.
            patience: of this worker with failures.

        Raises:
            CrawlStopped: this worker or another one had to stop; what is there is kept.
        """
        ended = threading.Event()
        pace = SharedBuckets(
            self._database,
            settings.name,
            settings.requests_per_second,
            together=hosts_of(settings),
            leads=leads,
            longest_pause_s=patience.longest_pause_s,
            ended=lambda: ended.is_set() or bool(self.ledger.recall(STOPPED)),
        )
        with panoramas_of(settings, pace) as source:
            crawler = Crawler(source, self.ledger, Store(self.collection), asked, report, patience)
            Worker(self._database, self.name, self.ledger, crawler, ended).run()
        self._tidy()

    def _tidy(self) -> None:
        """Remove what killed workers left half written: nobody who is alive writes one file for a whole lease."""
        before = time.time() - PATIENCE.lease_s
        for part in self.collection.glob(f"*/*{PART}"):
            with suppress(FileNotFoundError):  # it was finished, or somebody else was first
                if part.stat().st_mtime < before:
                    part.unlink()


@contextmanager
def together(url: str, collection: Path) -> Iterator[Together]:
    """A crawl in a database, with connections to it as long as the block lasts.

    Raises:
        CollectError: as `Database`.
    """
    with closing(Database(url)) as database:
        yield Together(database, collection)
