import httpx
import pytest

from c2c.collect.addresses import is_public, names_private, origin_of, resolve, safe_addresses
from c2c.collect.failures import BadAnswer, Transient

PUBLIC = ["93.184.216.34", "2606:2800:220:1::1"]
PRIVATE = [
    "127.0.0.1",
    "10.1.2.3",
    "192.168.0.1",
    "172.16.0.1",
    "169.254.169.254",
    "100.64.0.1",
    "0.0.0.0",
    "224.0.0.1",
    "255.255.255.255",
    "::1",
    "::",
    "fe80::1%eth0",
    "fd00::1",
    "::ffff:127.0.0.1",
    "64:ff9b::7f00:1",
    "2002:7f00:1::",
    "ff02::1",
]


@pytest.mark.parametrize("address", PUBLIC)
def test_addresses_of_the_internet_are_public(address):
    assert is_public(address)


@pytest.mark.parametrize("address", PRIVATE)
def test_addresses_of_this_machine_and_of_networks_at_home_are_not(address):
    assert not is_public(address)


@pytest.mark.parametrize("address", PRIVATE)
def test_a_name_that_leads_to_a_private_address_is_refused(address):
    with pytest.raises(BadAnswer, match=r"pictures\.example:443 leads to .* a private address"):
        safe_addresses(httpx.URL("https://pictures.example/a.jpg"), "", lambda host, port: [*PUBLIC, address])


def test_a_public_name_is_asked_at_the_addresses_that_were_checked():
    assert safe_addresses(httpx.URL("https://pictures.example/"), "", lambda host, port: PUBLIC) == PUBLIC


def test_exactly_the_named_origin_may_be_private():
    def home(host, port):
        return ["127.0.0.1"]

    assert safe_addresses(httpx.URL("http://127.0.0.1:8123/x"), "127.0.0.1:8123", home) == ["127.0.0.1"]
    for other in ("http://127.0.0.1:8124/x", "http://localhost:8123/x", "http://127.0.0.1/x"):
        with pytest.raises(BadAnswer, match="private"):
            safe_addresses(httpx.URL(other), "127.0.0.1:8123", home)


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://a.example/x", "gopher://a.example", "/only/a/path"])
def test_only_the_web_is_fetched(url):
    with pytest.raises(BadAnswer, match="only http and https"):
        safe_addresses(httpx.URL(url), "", lambda host, port: PUBLIC)


def test_a_host_without_an_address_is_worth_another_try():
    with pytest.raises(Transient, match="has no address"):
        safe_addresses(httpx.URL("https://a.example"), "", lambda host, port: [])


def test_numbers_are_their_own_addresses():
    assert resolve("127.0.0.1", 80) == ["127.0.0.1"]
    assert resolve("::1", 80) == ["::1"]


def test_a_host_is_private_by_name_where_no_name_server_is_needed():
    assert names_private("localhost")
    assert names_private("127.0.0.1")
    assert not names_private("93.184.216.34")
    assert not names_private("www.google.com")


def test_an_origin_has_the_port_that_its_scheme_means():
    assert origin_of(httpx.URL("https://a.example/x")) == "a.example:443"
    assert origin_of(httpx.URL("http://a.example:8080")) == "a.example:8080"
