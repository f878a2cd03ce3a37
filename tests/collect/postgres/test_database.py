from contextlib import closing

import pytest

from c2c.errors import CollectError

pytest.importorskip("procrastinate")
pytest.importorskip("psycopg")

from c2c.collect.postgres.database import Database


def test_our_tables_lie_in_a_schema_of_their_own_beside_procrastinate_s(database):
    names = {
        row["table_name"]
        for row in database.rows("SELECT table_name FROM information_schema.tables WHERE table_schema = 'c2c'", {})
    }

    assert {"crawl", "panorama", "note", "bucket", "procrastinate_jobs", "procrastinate_workers"} <= names
    assert database.rows("SELECT to_regclass('public.procrastinate_jobs') AS found", {}) == [{"found": None}]


def test_a_database_of_another_version_is_refused(database, postgres):
    with database.transaction() as connection:
        connection.execute("UPDATE version SET number = '99'")

    with pytest.raises(CollectError, match="another version of c2c"):
        Database(postgres)


def test_a_database_that_is_not_there_is_named_without_its_password():
    with pytest.raises(CollectError, match=r"The database nothing on 127\.0\.0\.1 does not do") as found:
        Database("postgresql://somebody:secret@127.0.0.1:9/nothing")
    assert "secret" not in str(found.value)


@pytest.mark.parametrize("url", ["mysql://host/name", "no address", "postgresql://[", "postgresql://x/y?nonsense=1"])
def test_an_address_that_is_none_is_refused_with_an_example(url):
    with pytest.raises(CollectError, match=r"postgresql://c2c@db\.example\.org/c2c"):
        Database(url)


@pytest.mark.parametrize(
    "url",
    [
        "postgres:/c2c:hunter2@db/c2c",
        "postgresql://c2c:hunter%2@db/c2c",
        "postgresql://c2c:hun/ter2@db/c2c",
        "postgresql://c2c:1/hunter2@db/c2c",
        "postgresql://c2c:x@hunter2@db/c2c",
        "postgresql://c2c:hunter2/c2c",
        "dbname=postgresql://c2c:hunter2@db/c2c",
        "host=db password=x hunter2",
    ],
)
def test_no_part_of_a_password_is_shown_where_it_breaks_the_address(url):
    with pytest.raises(CollectError, match="write % as %25, / as %2F") as found:
        Database(url)
    assert "hun" not in str(found.value)
    assert "ter2" not in str(found.value)
    assert found.value.__cause__ is None


def test_of_two_that_want_to_do_something_alone_one_may(database, postgres):
    with closing(Database(postgres)) as other:
        with database.alone("begin"), other.alone("begin") as second, other.alone("end") as third:
            assert (second, third) == (False, True)
        with other.alone("begin") as again:
            assert again


def test_a_transaction_that_fails_leaves_nothing(database):
    def fail():
        with database.transaction() as connection:
            connection.execute("INSERT INTO version VALUES ('2')")
            connection.execute("SELECT nonsense")

    with pytest.raises(CollectError, match="does not do what the crawl needs"):
        fail()
    assert database.rows("SELECT number FROM version", {}) == [{"number": "1"}]
