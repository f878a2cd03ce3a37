"""Servers for this machine alone: they listen on 127.0.0.1, in this thread or in one beside it."""

import contextlib
import socket
import threading
import time
from collections.abc import Iterator

import uvicorn
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.types import ASGIApp

from c2c.errors import ServeError

HOST = "127.0.0.1"
FIRST_PORT, PORTS_TRIED = 8000, 50
GRACE_S = 5.0  # for the last answers of a server in a thread
ONLY_THIS_MACHINE = Middleware(TrustedHostMiddleware, allowed_hosts=[HOST, "localhost"])  # no other site can ask


def listening(port: int | None) -> socket.socket:
    """A socket that programs of this machine can reach.

    Args:
        port: 0: any that is free; None: 8000, or the next that is free.

    Raises:
        ServeError: the port cannot be had.
    """
    ports = range(FIRST_PORT, FIRST_PORT + PORTS_TRIED) if port is None else (port,)
    reason = ""
    for number in ports:
        try:
            waiting = socket.create_server((HOST, number))
            waiting.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # without it many a small answer takes 40 ms
            return waiting
        except OSError as error:
            reason = error.strerror or str(error)
    said = f"Port {port} cannot" if port is not None else f"None of the ports {ports[0]} to {ports[-1]} can"
    raise ServeError(f"{said} be used: {reason}.\nTake any that is free:\n    --port 0")


def server_of(app: ASGIApp) -> uvicorn.Server:
    """A server of an application; it runs with the socket that it is given, until it is interrupted."""
    config = uvicorn.Config(
        app,
        lifespan="off",
        ws="none",
        access_log=False,
        log_level="warning",
        server_header=False,
        timeout_graceful_shutdown=1,
    )
    return uvicorn.Server(config)


@contextlib.contextmanager
def served(app: ASGIApp, port: int | None = 0) -> Iterator[str]:
    """Run an application in a thread as long as the block lasts; gives its address, without a slash at the end.

    Raises:
        ServeError: the port cannot be had.
    """
    server = server_of(app)
    with listening(port) as waiting:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [waiting]}, daemon=True)
        thread.start()
        while not server.started and thread.is_alive():
            time.sleep(0.01)
        try:
            yield f"http://{HOST}:{waiting.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(GRACE_S)
