import http.client
import os
import signal
import subprocess
import sys
from urllib.parse import urlsplit

import pytest
from click.testing import CliRunner

from c2c.cli import main
from c2c.errors import RunError
from c2c.loopback import served
from c2c.site.serving import application, site_in

TYPES = {
    "index.html": "text/html; charset=utf-8",
    "style.css": "text/css; charset=utf-8",
    "a.js": "text/javascript; charset=utf-8",
    "a.mjs": "text/javascript; charset=utf-8",
    "a.wasm": "application/wasm",
    "a.onnx": "application/octet-stream",
    "a.webp": "image/webp",
    "a.AVIF": "image/avif",
    "a.png": "image/png",
    "a.svg": "image/svg+xml",
    "a.mp4": "video/mp4",
    "a.csv": "text/csv; charset=utf-8",
    "a b's “ü”.json": "application/json",
}


@pytest.fixture
def site(tmp_path):
    """A folder of pages, with a secret beside it that a link leads to."""
    (tmp_path / "secret.txt").write_text("secret")
    folder = tmp_path / "site"
    (folder / "records").mkdir(parents=True)
    for name in TYPES:
        (folder / name).write_text(f"this is {name}", encoding="utf-8")
    (folder / "records" / "run.json").write_text("{}")
    (folder / "link.txt").symlink_to(tmp_path / "secret.txt")
    return folder


@pytest.fixture
def ask(site):
    """Asks a server of the site on a socket of this machine; the path goes out as it is."""
    with served(application(site)) as address:

        def ask(path, method="GET", **headers):
            connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=20)
            connection.request(method, path, headers={name.replace("_", "-"): value for name, value in headers.items()})
            answer = connection.getresponse()
            found = answer.status, answer.headers, answer.read()
            connection.close()
            return found

        yield ask


def test_every_file_comes_under_the_type_that_browsers_ask_for(ask):
    for name, kind in TYPES.items():
        status, headers, content = ask("/" + name.replace(" ", "%20").replace("“ü”", "%E2%80%9C%C3%BC%E2%80%9D"))
        assert (status, headers["Content-Type"]) == (200, kind)
        assert content.decode() == f"this is {name}"


def test_the_address_alone_gives_the_first_page(ask):
    assert ask("/")[2] == b"this is index.html"
    assert ask("/", "HEAD")[::2] == (200, b"")


@pytest.mark.parametrize(
    "path",
    [
        "/../secret.txt",
        "/records/../../secret.txt",
        "/%2e%2e/secret.txt",
        "/..%2fsecret.txt",
        "/..%5csecret.txt",
        "//secret.txt",
        "/link.txt",
        "/a%00.js",
        "/" + 300 * "a",
        "/etc/passwd",
        "//etc/passwd",
    ],
)
def test_nothing_outside_of_the_folder_can_be_had(path, ask):
    status, _, content = ask(path)

    assert status == 404
    assert b"secret" not in content
    assert b"root" not in content


@pytest.mark.parametrize("path", ["/records", "/records/"])
def test_what_a_folder_holds_is_not_listed(path, ask):
    status, _, content = ask(path)

    assert status == 404
    assert b"run.json" not in content


def test_only_reading_is_possible(ask):
    assert [ask("/index.html", method)[0] for method in ("POST", "PUT", "DELETE")] == [405, 405, 405]


@pytest.mark.parametrize("host", ["example.org", "127.0.0.1.example.org"])
def test_a_page_that_comes_under_another_name_is_refused(host, ask):
    assert ask("/", Host=host)[0] == 400


def test_pages_are_isolated_and_asked_for_anew(ask):
    _, headers, _ = ask("/index.html")

    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Cross-Origin-Embedder-Policy"] == "require-corp"
    assert headers["Cache-Control"] == "no-cache"
    assert ask("/index.html", If_None_Match=headers["ETag"])[0] == 304


def test_a_part_of_a_video_can_be_asked_for(ask):
    status, _, content = ask("/a.mp4", Range="bytes=0-3")

    assert (status, content) == (206, b"this")


def test_a_run_is_shown_by_its_site(whole_run):
    assert site_in(whole_run) == whole_run / "site"
    assert site_in(whole_run / "site") == whole_run / "site"


def test_a_run_without_a_site_a_folder_without_pages_and_no_folder_have_a_next_step(own_run, tmp_path):
    with pytest.raises(RunError, match=f"c2c site {own_run}"):
        site_in(own_run)
    (tmp_path / "empty").mkdir()
    with pytest.raises(RunError, match=r"empty holds no site: a folder with index\.html was needed"):
        site_in(tmp_path / "empty")
    with pytest.raises(RunError, match="nowhere does not exist"):
        site_in(tmp_path / "nowhere")


def test_the_browser_opens_where_that_is_asked_for(site, monkeypatch):
    opened = []
    monkeypatch.setattr("webbrowser.open", opened.append)
    monkeypatch.setattr("uvicorn.Server.run", lambda server, sockets: None)

    result = CliRunner().invoke(main, ["serve", str(site), "--port", "0", "--open"])

    assert result.exit_code == 0, result.output
    assert [f"{address}\n" for address in opened] == [result.stdout]


@pytest.mark.skipif(os.name == "nt", reason="Ctrl-C cannot be sent there")
def test_it_runs_until_it_is_interrupted_and_ends_in_peace(site):
    command = [sys.executable, "-m", "c2c", "serve", str(site), "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as running:
        address = running.stdout.readline().strip()
        host, _, port = address.removeprefix("http://").strip("/").partition(":")
        connection = http.client.HTTPConnection(host, int(port), timeout=30)  # stays open
        connection.request("GET", "/")
        assert connection.getresponse().read() == b"this is index.html"

        running.send_signal(signal.SIGINT)
        _, told = running.communicate(timeout=30)
        connection.close()

    assert running.returncode == 0
    assert told == f"Showing {site} to this machine alone. Ctrl-C ends it.\n"
