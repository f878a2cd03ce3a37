"""A real PostgreSQL on loopback, started once and only here; skipped where Debian's package or the extra is missing."""

import contextlib
import os
import shutil
import socket
import subprocess
import tempfile
import time
import uuid
from pathlib import Path

import pytest

USER, PASSWORD = "c2c", "only for tests"


def programs():
    """The folder of initdb and postgres, or None: Debian keeps them out of the path."""
    found = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    on_path = shutil.which("initdb")
    found += [Path(on_path).resolve().parent] if on_path else []
    return next((folder for folder in found if (folder / "postgres").is_file()), None)


def as_somebody():
    """Words that start a program as the user postgres, for PostgreSQL refuses root; None where that cannot be done."""
    if os.getuid() != 0:
        return []
    words = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", "--"]
    can = shutil.which("setpriv") and subprocess.run([*words, "true"], capture_output=True, check=False).returncode == 0
    return words if can else None


@pytest.fixture(scope="session")
def server():
    """The address of a server with an empty database, whose files lie in a folder of their own under /tmp."""
    pytest.importorskip("procrastinate")
    psycopg = pytest.importorskip("psycopg")
    folder_of_programs, prefix = programs(), as_somebody()
    if folder_of_programs is None or prefix is None:
        pytest.skip("no PostgreSQL that can be started on this machine")
    with tempfile.TemporaryDirectory(prefix="c2c-postgres-") as name, contextlib.ExitStack() as stack:
        folder, password = Path(name), Path(name) / "password"
        password.write_text(PASSWORD)
        if prefix:
            shutil.chown(folder, "postgres")
            shutil.chown(password, "postgres")
        options = [
            "-D",
            str(folder / "data"),
            "-U",
            USER,
            "-A",
            "scram-sha-256",
            "--no-sync",
            "-E",
            "UTF8",
            "--locale=C",
        ]
        initdb = [*prefix, str(folder_of_programs / "initdb"), *options, f"--pwfile={password}"]
        subprocess.run(initdb, cwd=folder, check=True, capture_output=True)
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        settings = ["listen_addresses=127.0.0.1", "unix_socket_directories=", "fsync=off", f"port={port}"]
        command = [*prefix, str(folder_of_programs / "postgres"), "-D", str(folder / "data")]
        for setting in settings:
            command += ["-c", setting]
        log = stack.enter_context((folder / "log").open("w"))
        process = subprocess.Popen(command, cwd=folder, stdout=log, stderr=subprocess.STDOUT)
        try:
            address = f"postgresql://{USER}:{PASSWORD.replace(' ', '%20')}@127.0.0.1:{port}"
            wait_for(psycopg, f"{address}/postgres", process)
            yield address
        finally:
            process.terminate()
            process.wait(30)


def wait_for(psycopg, url, process):
    until = time.monotonic() + 60
    while True:
        try:
            psycopg.connect(url).close()
            return
        except psycopg.OperationalError:
            assert process.poll() is None
            assert time.monotonic() < until
            time.sleep(0.05)


@pytest.fixture
def postgres(server):
    """The address of a database of this test's own."""
    import psycopg

    name = f"test_{uuid.uuid4().hex}"
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    yield f"{server}/{name}"
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def database(postgres):
    """A connection to it, with our tables."""
    from c2c.collect.postgres.database import Database

    opened = Database(postgres)
    with contextlib.closing(opened):
        yield opened
