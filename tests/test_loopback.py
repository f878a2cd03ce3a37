import socket

import httpx
import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from c2c import loopback
from c2c.errors import ServeError
from c2c.loopback import HOST, listening, served


def test_it_listens_on_this_machine_alone():
    with listening(0) as waiting:
        assert waiting.getsockname()[0] == "127.0.0.1"
        assert waiting.getsockname()[1] > 0


def test_a_port_that_is_taken_is_said_and_without_one_the_next_is_found(monkeypatch):
    with socket.create_server((HOST, 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(ServeError, match=f"Port {port} cannot be used: Address already in use") as found:
            listening(port)
        assert "--port 0" in str(found.value)

        monkeypatch.setattr(loopback, "FIRST_PORT", port)
        with listening(None) as waiting:
            assert waiting.getsockname()[1] > port
        monkeypatch.setattr(loopback, "PORTS_TRIED", 1)
        with pytest.raises(ServeError, match=f"None of the ports {port} to {port} can be used"):
            listening(None)


def test_a_server_in_a_thread_answers_as_long_as_its_block_lasts():
    app = Starlette(
        routes=[Route("/", lambda request: PlainTextResponse("here"))], middleware=[loopback.ONLY_THIS_MACHINE]
    )
    with served(app) as address:
        assert httpx.get(address).text == "here"
        assert httpx.get(address, headers={"Host": "example.org"}).status_code == 400

    with pytest.raises(httpx.ConnectError):
        httpx.get(address)
