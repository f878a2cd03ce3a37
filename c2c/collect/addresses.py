"""Which machines may be asked: public ones, so that an answer from outside cannot send us into a private network."""

import ipaddress
import re
import socket
from collections.abc import Callable

import httpx

from c2c.collect.failures import BadAnswer, Transient

Resolver = Callable[[str, int], list[str]]
NAME = r"[a-z0-9_][a-z0-9._-]{0,252}"
NUMBER = r"[0-9a-f.]{0,40}:[0-9a-f:.]{1,45}"  # of IPv6; those of IPv4 look like names
HOST = re.compile(f"{NAME}|{NUMBER}", re.IGNORECASE)
NAT64 = ipaddress.ip_network("64:ff9b::/96")  # an IPv4 address travels in its last 32 bits


def resolve(host: str, port: int) -> list[str]:
    """The addresses of a host, as its name server gives them.

    Raises:
        Transient: it has none.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise Transient(f"{host} cannot be found: {error}. Check the network and the address.") from error
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def is_public(address: str) -> bool:
    """Whether an IP address is of the public internet: not loopback, private, link-local, reserved or multicast."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if inner is None and ip in NAT64:
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(str(inner))
    return ip.is_global and not ip.is_multicast


def names_private(host: str) -> bool:
    """Whether a host is, by its name alone, this machine or an address that is not public."""
    if host == "localhost":
        return True
    try:
        return not is_public(host)
    except ValueError:
        return False


def origin_of(url: httpx.URL) -> str:
    """Host and port of an address, such as "127.0.0.1:8123"."""
    return f"{url.host}:{url.port or {'https': 443}.get(url.scheme, 80)}"


def safe_addresses(url: httpx.URL, may_be_private: str, resolver: Resolver = resolve) -> list[str]:
    """The IP addresses behind an address of the web, all of them public.

    Args:
        url: what is to be asked.
        may_be_private: the one origin, by `origin_of`, that may be a private machine; "" for none.
        resolver: gives the addresses of a host.

    Raises:
        BadAnswer: it is not http or https, or one of its addresses is private.
        Transient: the host cannot be found.
    """
    host = url.raw_host.decode("ascii")
    if url.scheme not in ("http", "https") or not HOST.fullmatch(host) or (url.port or 80) not in range(1, 65536):
        raise BadAnswer(f"{str(url)[:100]!r} was refused: only http and https are fetched, from a host.")
    found = resolver(host, url.port or 80)
    if not found:
        raise Transient(f"{url.host} has no address. Check the network and the address.")
    private = [address for address in found if not is_public(address)]
    if private and origin_of(url) != may_be_private:
        raise BadAnswer(
            f"{origin_of(url)} leads to {private[0]}, a private address, and was not asked.\n"
            "Only a service that you name yourself may be private: --at http://HOST:PORT"
        )
    return found
