import gzip
import json
import logging
import shutil
import ssl
import subprocess
import threading
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from c2c.collect.failures import BadAnswer, Blocked, Gone, Throttled, Transient
from c2c.collect.fetching import Fetcher
from c2c.collect.settings import SourceSettings

KEY = "key-that-nobody-may-see"


class Noted:
    """A pace that lets everything go and notes what it was told."""

    def __init__(self):
        self.waited, self.slowed = [], []

    def wait(self, host):
        self.waited.append(host)

    def slow_down(self, host, retry_after_s):
        self.slowed.append((host, retry_after_s))


@pytest.fixture
def odd_server():
    """A server whose answers are functions of the request, by path."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self):
            self.server.asked.append((self.path, dict(self.headers)))
            self.server.answers[self.path.partition("?")[0]](self)

        def log_message(self, *args):
            pass

        def give(self, status, body=b"", **headers):
            self.send_response(status)
            for name, value in {"Content-Length": str(len(body)), **headers}.items():
                self.send_header(name.replace("_", "-"), value)
            self.end_headers()
            self.wfile.write(body)

    class Server(ThreadingHTTPServer):
        def handle_error(self, request, client_address):
            """Whoever hangs up on it is no error."""

    server = Server(("127.0.0.1", 0), Handler)
    server.daemon_threads, server.answers, server.asked = True, {}, []
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    server.address = f"http://127.0.0.1:{server.server_address[1]}"
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def fetch(odd_server):
    """A function that fetches JSON or a picture from the odd server, and notes what the pace was told."""
    made = []

    def get(path="/x", kind="json", answer=None, name="flickr", **settings):
        if answer is not None:
            odd_server.answers[path] = answer
        own = SourceSettings(
            name,
            base_url=settings.pop("base_url", odd_server.address),
            private_origin=odd_server.address.removeprefix("http://"),
            key=settings.pop("key", ""),
            timeout_s=settings.pop("timeout_s", 5.0),
            **settings,
        )
        get.pace = Noted()
        made.append(Fetcher(own, get.pace))
        ask = made[-1].json if kind == "json" else made[-1].get
        return ask(path if path.startswith("http") else odd_server.address + path)

    yield get
    for fetcher in made:
        fetcher.close()


def test_every_request_waits_for_its_host(fetch):
    assert fetch(answer=lambda to: to.give(200, b"{}")) == {}
    assert fetch.pace.waited == ["127.0.0.1"]


KINDS = {
    Gone: (404, 410, 451),
    Blocked: (401, 403),
    Transient: (408, 500, 502, 504),
    BadAnswer: (204, 206, 400, 418),
}


@pytest.mark.parametrize(("status", "kind"), [(status, kind) for kind in KINDS for status in KINDS[kind]])
def test_each_status_says_what_to_do_next(fetch, status, kind):
    with pytest.raises(kind):
        fetch(answer=lambda to: to.give(status))


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize(
    ("header", "seconds"), [("7", 7.0), ("0", 0.0), ("soon", None), ("", None), ("-3", None), ("9" * 400, 86400.0)]
)
def test_a_service_that_asks_for_a_pause_gets_it(fetch, status, header, seconds):
    with pytest.raises(Throttled) as error:
        fetch(answer=lambda to: to.give(status, Retry_After=header))

    assert error.value.retry_after_s == seconds
    assert fetch.pace.slowed == [("127.0.0.1", 60.0 if seconds is None else seconds)]


def test_a_pause_may_be_a_date(fetch):
    moment = format_datetime(datetime.now(UTC) + timedelta(seconds=30), usegmt=True)
    with pytest.raises(Throttled) as error:
        fetch(answer=lambda to: to.give(429, Retry_After=moment))

    assert 25 <= error.value.retry_after_s <= 31


def test_a_web_page_where_json_or_a_picture_was_due_means_that_we_are_blocked(fetch):
    page = b"<!doctype html><title>Before you continue</title>"
    for kind in ("json", "picture"):
        with pytest.raises(Blocked):
            fetch(kind=kind, answer=lambda to: to.give(200, page, Content_Type="text/html"))


@pytest.mark.parametrize(
    "target",
    [
        "https://consent.google.com/ml?continue=x",
        "https://www.google.com/sorry/index?continue=x",
        "/sorry/index",
        "/consent?x",
    ],
)
def test_a_redirect_to_a_page_of_consent_or_blocking_is_not_followed(fetch, odd_server, target):
    with pytest.raises(Blocked, match="asks for consent or says that we are blocked"):
        fetch(answer=lambda to: to.give(302, Location=target))

    assert len(odd_server.asked) == 1


@pytest.mark.parametrize(
    "target", ["http://169.254.169.254/latest", "http://127.0.0.1:1/x", "http://[::1]/x", "//10.0.0.1/"]
)
def test_a_redirect_into_a_private_network_is_not_followed(fetch, target):
    with pytest.raises(BadAnswer, match="a private address"):
        fetch(answer=lambda to: to.give(302, Location=target))


@pytest.mark.parametrize("target", ["file:///etc/passwd", "ftp://127.0.0.1/x", "http://[", "http://a:b:c/"])
def test_a_redirect_to_what_is_no_web_address_is_not_followed(fetch, target):
    with pytest.raises((BadAnswer, Transient)):
        fetch(answer=lambda to: to.give(302, Location=target))


def test_redirects_are_followed_and_each_waits(fetch, odd_server):
    odd_server.answers["/b"] = lambda to: to.give(200, b"[1]")

    assert fetch("/a", answer=lambda to: to.give(301, Location="/b")) == [1]
    assert len(fetch.pace.waited) == 2


def test_redirects_in_a_circle_end(fetch, odd_server):
    with pytest.raises(BadAnswer, match="more than 5 times"):
        fetch(answer=lambda to: to.give(302, Location="/x"))


def test_an_answer_that_is_too_large_is_given_up_on_the_way(fetch):
    def endless(to):
        to.send_response(200)
        to.end_headers()
        try:
            while True:
                to.wfile.write(bytes(65536))
        except OSError:
            to.close_connection = True

    with pytest.raises(BadAnswer, match="larger than 200000 bytes"):
        fetch(kind="picture", answer=endless, most_picture_bytes=200_000)


def test_a_small_file_that_unpacks_to_much_is_given_up(fetch):
    packed = gzip.compress(bytes(40_000_000), 1)
    with pytest.raises(BadAnswer, match="larger than"):
        fetch(answer=lambda to: to.give(200, packed, Content_Encoding="gzip"))


HEADER = bytes([31, 139, 8, 0, 0, 0, 0, 0, 0, 255])  # of a gzip file
EMPTY = bytes([0, 0, 0, 255, 255])  # a block of a gzip file that holds nothing, and is not the last one


def endless(beginning, chunk, pause_s):
    def give(to):
        to.send_response(200)
        to.send_header("Content-Encoding", "gzip")
        to.end_headers()
        try:
            to.wfile.write(beginning)
            while True:
                to.wfile.write(chunk)
                time.sleep(pause_s)
        except OSError:
            to.close_connection = True

    return give


def test_packing_that_holds_nothing_and_never_ends_is_given_up(fetch):
    with pytest.raises(BadAnswer, match="larger than 200000 bytes"):
        fetch(kind="picture", answer=endless(HEADER, EMPTY * 1000, 0.0), most_picture_bytes=200_000)
    with pytest.raises(Transient, match="too slowly"):
        fetch(answer=endless(HEADER, EMPTY, 0.01), timeout_s=0.05)


def test_what_follows_a_packed_file_is_refused(fetch):
    with pytest.raises(BadAnswer, match="goes on after the end"):
        fetch(answer=endless(gzip.compress(b"{}"), bytes(1000), 0.001))
    with pytest.raises(BadAnswer, match="goes on after the end"):
        fetch(answer=lambda to: to.give(200, gzip.compress(b"{}") * 2, Content_Encoding="gzip"))


def test_a_packed_file_without_its_end_is_worth_another_try(fetch):
    with pytest.raises(Transient, match="ended before"):
        fetch(answer=lambda to: to.give(200, gzip.compress(b"{}")[:-4], Content_Encoding="gzip"))


@pytest.mark.parametrize("coding", ["gzip, gzip", "br", "zstd", "deflate, gzip"])
def test_packing_that_was_not_asked_for_is_refused(fetch, coding):
    with pytest.raises(BadAnswer, match="packed in a way"):
        fetch(answer=lambda to: to.give(200, gzip.compress(b"{}"), Content_Encoding=coding))


def test_packed_json_is_unpacked(fetch):
    assert fetch(answer=lambda to: to.give(200, gzip.compress(b'{"a":1}'), Content_Encoding="gzip")) == {"a": 1}


def test_broken_packing_is_worth_another_try(fetch):
    with pytest.raises(Transient):
        fetch(answer=lambda to: to.give(200, b"no gzip at all", Content_Encoding="gzip"))


def test_no_answer_in_time_is_worth_another_try(fetch):
    with pytest.raises(Transient, match="ReadTimeout"):
        fetch(answer=lambda to: time.sleep(1), timeout_s=0.2)


def test_an_answer_that_trickles_is_given_up(fetch):
    def trickle(to):
        to.send_response(200)
        to.end_headers()
        try:
            while True:
                to.wfile.write(b" ")
                time.sleep(0.01)
        except OSError:
            to.close_connection = True

    with pytest.raises(Transient, match="too slowly"):
        fetch(answer=trickle, timeout_s=0.05)


def test_an_answer_that_ends_early_is_worth_another_try(fetch):
    def torn(to):
        to.send_response(200)
        to.send_header("Content-Length", "1000")
        to.end_headers()
        to.wfile.write(b"{")
        to.close_connection = True

    with pytest.raises(Transient, match="cannot be reached"):
        fetch(answer=torn)


def test_nobody_at_the_door_is_worth_another_try(fetch, odd_server):
    odd_server.shutdown()
    odd_server.server_close()

    with pytest.raises(Transient, match="ConnectError"):
        fetch()


@pytest.mark.parametrize(
    "url", ["http://", "http://[", "http://a:99999/", "httpnonsense", "http://a\x00b/", "http://../"]
)
def test_what_is_no_address_is_a_clear_error(fetch, url):
    with pytest.raises(BadAnswer):
        fetch(url)


def test_the_key_goes_to_its_service_and_into_no_log_and_no_error(fetch, odd_server, caplog):
    caplog.set_level(logging.DEBUG)
    with pytest.raises(Gone) as error:
        fetch("/rest", answer=lambda to: to.give(404), key=KEY)

    assert odd_server.asked[0][0] == f"/rest?api_key={KEY}"
    assert KEY not in str(error.value) + repr(error.value) + caplog.text
    assert "HTTP Request" in caplog.text


def test_a_key_in_a_header_goes_the_same_way(fetch, odd_server, caplog):
    caplog.set_level(logging.DEBUG)
    fetch("/1", answer=lambda to: to.give(200, b"{}"), key=KEY, name="mapillary")

    assert odd_server.asked[0][1]["Authorization"] == f"OAuth {KEY}"
    assert KEY not in caplog.text


def test_a_key_does_not_follow_a_redirect_to_another_host(fetch, odd_server):
    """The odd server stands for the other host: the source's own is elsewhere."""
    fetch("/x", answer=lambda to: to.give(200, b"{}"), key=KEY, base_url="https://api.flickr.com")

    assert KEY not in json.dumps(odd_server.asked)


def test_a_service_learns_who_asks(fetch, odd_server):
    fetch(answer=lambda to: to.give(200, b"{}"), contact="me@example.org")

    headers = odd_server.asked[0][1]
    assert headers["User-Agent"].startswith("c2c/")
    assert "me@example.org" in headers["User-Agent"]
    assert headers["Host"] == odd_server.address.removeprefix("http://")


def test_proxies_of_the_environment_are_not_used(fetch, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://10.9.9.9:3128")
    monkeypatch.setenv("ALL_PROXY", "http://10.9.9.9:3128")

    assert fetch(answer=lambda to: to.give(200, b"{}")) == {}


def test_the_address_that_was_checked_is_the_one_that_is_asked_by_its_name(odd_server):
    odd_server.answers["/x"] = lambda to: to.give(200, b"{}")
    port = odd_server.server_address[1]
    settings = SourceSettings("flickr", base_url="https://a.example", private_origin=f"pictures.example:{port}")
    looked_up = []

    def resolver(host, port):
        looked_up.append((host, port))
        return ["127.0.0.1"]

    with Fetcher(settings, Noted(), resolver) as fetcher:
        fetcher.json(f"http://pictures.example:{port}/x")

    assert looked_up == [("pictures.example", port)]
    assert odd_server.asked[0][1]["Host"] == f"pictures.example:{port}"


def test_the_next_address_of_a_host_is_tried_where_one_does_not_answer(odd_server):
    odd_server.answers["/x"] = lambda to: to.give(200, b"{}")
    port = odd_server.server_address[1]
    settings = SourceSettings("flickr", base_url="https://a.example", private_origin=f"pictures.example:{port}")

    with Fetcher(settings, Noted(), lambda host, port: ["127.0.0.9", "127.0.0.1"]) as fetcher:
        assert fetcher.json(f"http://pictures.example:{port}/x") == {}


@pytest.mark.skipif(shutil.which("openssl") is None, reason="no openssl to make a certificate with")
@pytest.mark.parametrize("name", ["pictures.example", "elsewhere.example"])
def test_a_certificate_must_be_of_the_name_that_was_asked_for(odd_server, tmp_path, monkeypatch, name):
    """The connection goes to a number, and the certificate is of a name."""
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    made = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:prime256v1",
        "-nodes",
        "-days",
        "1",
    ]
    made += [
        "-keyout",
        str(key),
        "-out",
        str(certificate),
        "-subj",
        "/CN=x",
        "-addext",
        "subjectAltName=DNS:pictures.example",
    ]
    subprocess.run(made, check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    odd_server.socket = context.wrap_socket(odd_server.socket, server_side=True)
    odd_server.answers["/x"] = lambda to: to.give(200, b"{}")
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    port = odd_server.server_address[1]
    settings = SourceSettings("flickr", base_url="https://a.example", private_origin=f"{name}:{port}")

    with Fetcher(settings, Noted(), lambda host, port: ["127.0.0.1"]) as fetcher:
        if name == "pictures.example":
            assert fetcher.json(f"https://{name}:{port}/x") == {}
        else:
            with pytest.raises(Transient, match="certificate"):
                fetcher.json(f"https://{name}:{port}/x")
