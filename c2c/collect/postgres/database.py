"""One PostgreSQL database for a crawl: connections, c2c's tables and Procrastinate's, in a schema of their own.

The rows of `panorama` are what is true. Procrastinate's jobs only say whose turn it is: a job that finds its panorama
claimed or done does nothing, and a panorama without a job gets one (see `jobs`).
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from c2c.errors import CollectError

if TYPE_CHECKING:
    from psycopg import Connection
    from psycopg.rows import DictRow

SCHEMA = "c2c"
VERSION = "1"
CONNECTIONS = 4  # at most, besides Procrastinate's own
PATIENCE_S = 10.0  # for a connection of the pool
CONNECT_S = 10  # for the database to answer at all

TABLES = """
CREATE TABLE version (number text NOT NULL);
CREATE TABLE crawl (name text PRIMARY KEY, asked text NOT NULL, last_turn bigint NOT NULL DEFAULT 0);
CREATE SEQUENCE changes;
CREATE TABLE panorama (
    crawl text NOT NULL REFERENCES crawl ON DELETE CASCADE,
    id text NOT NULL,
    state text NOT NULL,
    lat_deg double precision, lon_deg double precision, elevation_m double precision, distance_m double precision,
    parent text, depth integer NOT NULL, turn bigint NOT NULL,
    tries integer NOT NULL DEFAULT 0, again_at timestamptz NOT NULL DEFAULT to_timestamp(0),
    worker text, lease_until timestamptz,
    permanent boolean NOT NULL DEFAULT false, reason text, record text,
    changed bigint NOT NULL,
    PRIMARY KEY (crawl, id)
);
CREATE INDEX panorama_states ON panorama (crawl, state);
CREATE INDEX panorama_changes ON panorama (crawl, changed);
CREATE TABLE note (
    crawl text NOT NULL REFERENCES crawl ON DELETE CASCADE,
    name text NOT NULL, value text NOT NULL,
    PRIMARY KEY (crawl, name)
);
CREATE TABLE bucket (
    host text PRIMARY KEY,
    requests_per_second double precision NOT NULL,
    tokens double precision NOT NULL,
    filled timestamptz NOT NULL,
    closed_until timestamptz NOT NULL DEFAULT to_timestamp(0),
    requests bigint NOT NULL DEFAULT 0
);
"""


class Database:
    """A pool of connections to the database that the workers of a crawl share."""

    def __init__(self, url: str) -> None:
        """Connect, and make the tables where they are missing.

        Args:
            url: as libpq takes it: postgresql://user@host/name; a password is better kept in ~/.pgpass or PGPASSWORD.

        Raises:
            CollectError: the extra is not installed, the database cannot be reached, or it is of another c2c.
        """
        self.conninfo = _in_our_schema(url)
        self._prepare()
        self._pool = _pool(self.conninfo)
        self._pool.open()

    def close(self) -> None:
        """Close the connections."""
        self._pool.close()

    @contextmanager
    def transaction(self) -> "Iterator[Connection[DictRow]]":
        """A connection for one transaction: all of it or nothing; rows are dicts."""
        with self._in_words(), self._pool.connection() as connection, connection.transaction():
            yield connection

    def rows(self, query: str, values: Mapping[str, Any]) -> list[dict[str, Any]]:
        """What one statement gives back, in a transaction of its own."""
        with self.transaction() as connection:
            return connection.execute(query.encode(), values).fetchall()

    @contextmanager
    def alone(self, what: str) -> Iterator[bool]:
        """Whether this is the only process that does something, as long as the block lasts."""
        with self._in_words(), self._pool.connection() as connection:
            key = {"what": what}
            row = connection.execute(
                "SELECT pg_try_advisory_lock(hashtextextended(%(what)s, 0)) AS mine", key
            ).fetchone()
            connection.commit()
            mine = row is not None and row["mine"]
            try:
                yield mine
            finally:
                if mine:
                    connection.execute("SELECT pg_advisory_unlock(hashtextextended(%(what)s, 0))", key)

    def _prepare(self) -> None:
        import psycopg
        from procrastinate.schema import SchemaManager

        with self._in_words(), psycopg.connect(self.conninfo) as connection:
            connection.execute("SELECT pg_advisory_xact_lock(hashtextextended('c2c tables', 0))")
            connection.execute(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}".encode())
            row = connection.execute(f"SELECT to_regclass('{SCHEMA}.version')".encode()).fetchone()
            if row is None or row[0] is None:
                connection.execute(TABLES.encode())
                connection.execute("INSERT INTO version VALUES (%(version)s)", {"version": VERSION})
                connection.execute(SchemaManager.get_schema())
            found = connection.execute("SELECT number FROM version").fetchone()
        if found is None or found[0] != VERSION:
            raise CollectError(
                f"The schema {SCHEMA} of this database was made by another version of c2c.\n"
                "Use the same version on every machine, or another database."
            )

    @contextmanager
    def _in_words(self) -> Iterator[None]:
        import psycopg
        import psycopg_pool

        try:
            yield
        except (psycopg.Error, psycopg_pool.PoolTimeout) as error:
            raise CollectError(
                f"The database {_named(self.conninfo)} does not do what the crawl needs: {str(error).strip()}\n"
                "Look whether it runs, and whether your user may create a schema in it. What was collected is kept."
            ) from error


def _in_our_schema(url: str) -> str:
    """The connection string with our schema as the one that names are looked up in."""
    try:
        import procrastinate  # noqa: F401
        import psycopg
        from psycopg.conninfo import conninfo_to_dict, make_conninfo
    except ImportError as error:
        raise CollectError(
            f"A crawl by several machines needs Procrastinate and psycopg ({error}):\n    pip install 'c2c[postgres]'"
        ) from error
    try:
        parts = conninfo_to_dict(url)
        options = f"{parts.get('options') or ''} -c search_path={SCHEMA}".strip()
        conninfo = make_conninfo(url, options=options, application_name="c2c", connect_timeout=CONNECT_S)
    except psycopg.ProgrammingError:  # its words quote what was typed, and the password with it
        parts, conninfo = {}, ""
    if not conninfo or _broken(parts):
        raise CollectError(
            "--postgres is no address of a PostgreSQL database. It is not shown here, for a password may be in it.\n"
            "In a password, write % as %25, / as %2F, @ as %40, : as %3A; or keep it in ~/.pgpass. An example:\n"
            "    --postgres postgresql://c2c@db.example.org/c2c"
        )
    return conninfo


def _broken(parts: Mapping[str, Any]) -> bool:
    """Whether an address was taken apart where its password has a sign that was to be percent-encoded."""
    named = f"{parts.get('host') or ''}{parts.get('dbname') or ''}"
    ports = str(parts.get("port") or "").split(",")
    return "@" in named or not all(port == "" or port.isdecimal() for port in ports)


def _pool(conninfo: str) -> Any:
    from psycopg.rows import dict_row
    from psycopg_pool import ConnectionPool

    return ConnectionPool(
        conninfo,
        min_size=1,
        max_size=CONNECTIONS,
        kwargs={"row_factory": dict_row},
        timeout=PATIENCE_S,
        open=False,
        check=ConnectionPool.check_connection,
    )


def _named(conninfo: str) -> str:
    """Which database it is, without user and password."""
    from psycopg.conninfo import conninfo_to_dict

    parts = conninfo_to_dict(conninfo)
    return f"{parts.get('dbname') or 'of this user'} on {parts.get('host') or 'this machine'}"
