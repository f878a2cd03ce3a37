"""A SQLite file that survives a kill at any moment, and whose errors a person can act on."""

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from c2c.errors import CollectError, DiskFull

PATIENCE_S = 30.0  # for another process that writes
FULL = (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_WRITE, sqlite3.SQLITE_IOERR_FSYNC, sqlite3.SQLITE_IOERR_SHMSIZE)


class SqliteFile:
    """One connection to one file in WAL mode: others read while one writes."""

    def __init__(self, path: Path, tables: str, schema: int) -> None:
        """Open a file, or make it.

        Args:
            path: of the file.
            tables: the statements that make it.
            schema: their number; one that is newer is refused.

        Raises:
            CollectError: it is no such file, or of a newer c2c.
        """
        self.path = path
        self._lock: sqlite3.Connection | None = None
        with self._in_words():
            self._connection = _connected(path)
            found = self.rows("PRAGMA user_version")[0][0] or self._make(tables, schema)
        if found > schema:
            raise CollectError(f"{path} was written by a newer c2c: its schema is {found}, this c2c reads {schema}.")

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()
        if self._lock is not None:
            self._lock.close()

    def keep_others_out(self) -> None:
        """Be the only one that works on this file, until `close` or the end of the process, however it ends.

        Raises:
            CollectError: another process does.
        """
        if self._lock is not None:
            return
        path = self.path.with_suffix(".lock")
        try:
            self._lock = _locked(path)
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:  # the rest says which kind of busy
                raise CollectError(
                    f"{path} cannot be locked: {error}\nLook whether you may write there, and whether its disk is full."
                ) from error
            raise CollectError(
                f"Another crawl is at work on {self.path.parent}.\n"
                "Let it finish, or end it: the next one goes on where it was."
            ) from error

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All of it or nothing."""
        with self._in_words():
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._connection.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise

    def run(self, statement: str, values: Sequence[object] | Mapping[str, object] = ()) -> None:
        """Run one statement."""
        self._connection.execute(statement, values)

    def rows(self, query: str, *values: object) -> list[sqlite3.Row]:
        """What a statement gives back."""
        with self._in_words():
            return self._connection.execute(query, values).fetchall()

    def _make(self, tables: str, schema: int) -> int:
        with self.transaction():
            if found := self.rows("PRAGMA user_version")[0][0]:  # another process was faster
                return found
            for statement in filter(str.strip, tables.split(";")):
                self.run(statement)
            self.run(f"PRAGMA user_version = {schema}")
        return schema

    @contextmanager
    def _in_words(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            if getattr(error, "sqlite_errorcode", None) in FULL:
                raise DiskFull(f"There is no room on the disk of {self.path.parent} for the ledger: {error}") from error
            raise CollectError(
                f"{self.path} cannot be used as the ledger of a collection: {error}\n"
                "Put it aside and crawl again: the pictures stay, and each is fetched once more."
            ) from error


def _locked(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=0.0, isolation_level=None, check_same_thread=False)
    try:
        connection.execute("BEGIN EXCLUSIVE")
    except BaseException:
        connection.close()
        raise
    return connection


def _connected(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=PATIENCE_S, isolation_level=None, check_same_thread=False)
    connection.row_factory = sqlite3.Row
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    return connection
