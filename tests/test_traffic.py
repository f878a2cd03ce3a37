import contextlib
import socket

import pytest


@pytest.fixture
def refused(traffic):
    """A function that tells what was refused since the test began; it was on purpose, and is no failure."""
    before = len(traffic.refused)
    yield lambda: traffic.refused[before:]
    del traffic.refused[before:]


@pytest.mark.parametrize("address", [("93.184.216.34", 80), ("10.0.0.1", 80), ("192.168.1.1", 53)])
def test_a_socket_to_another_machine_is_refused_before_it_is_connected(refused, address):
    with socket.socket() as made, pytest.raises(PermissionError, match="this machine alone"):
        made.connect(address)

    assert refused() == [f"socket.connect {address[0]}"]


def test_a_message_to_another_machine_is_refused(refused):
    with socket.socket(type=socket.SOCK_DGRAM) as made, pytest.raises(PermissionError):
        made.sendto(b"x", ("93.184.216.34", 53))

    assert refused()


def test_a_name_is_not_asked_for(refused):
    with pytest.raises(PermissionError):
        socket.getaddrinfo("www.google.com", 443)

    assert refused() == ["socket.getaddrinfo www.google.com"]


def test_an_error_that_is_swallowed_is_told_all_the_same(refused):
    with socket.socket() as made, contextlib.suppress(OSError):
        made.connect(("93.184.216.34", 80))

    assert refused()


def test_this_machine_may_be_spoken_with(refused):
    with socket.create_server(("127.0.0.1", 0)) as waiting, socket.create_connection(waiting.getsockname()):
        socket.getaddrinfo("localhost", 80)
        socket.getaddrinfo("::1", 80)
        socket.getaddrinfo("93.184.216.34", 80)  # a number, that nobody is asked for

    assert refused() == []
