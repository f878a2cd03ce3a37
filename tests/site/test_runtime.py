import base64
import hashlib
import io
import tarfile
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from c2c.errors import DownloadError
from c2c.site import runtime
from c2c.site.runtime import ARCHIVE, LICENCE, REGISTRY, VERSION, cached_files, registry, runtime_files

CONTENTS = {"run.mjs": b"export default 1;" * 999, "run.wasm": b"\0asm" * 999}
OTHER = b"another archive"


def archive_of(contents):
    """An npm archive of these files and one that nobody needs."""
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w:gz") as archive:
        for name, content in {**contents, "run.map": b"{}"}.items():
            member = tarfile.TarInfo(f"package/dist/{name}")
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return made.getvalue()


@pytest.fixture
def archive(monkeypatch, tmp_path):
    """An archive of small files that is the pinned one; the cache is empty, and no registry is reached."""
    made = archive_of(CONTENTS)
    monkeypatch.setattr(runtime, "FILES", {name: hashlib.sha256(file).hexdigest() for name, file in CONTENTS.items()})
    monkeypatch.setattr(runtime, "INTEGRITY", base64.b64encode(hashlib.sha512(made).digest()).decode())
    monkeypatch.setattr(runtime, "ARCHIVE_BYTES", len(made))
    monkeypatch.setenv("C2C_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("NPM_CONFIG_REGISTRY", "http://127.0.0.1:9/")
    return made


class Registry(BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.asked.append(self.path)
        content = self.server.content
        self.send_response(200 if content else 404)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_):
        pass


@pytest.fixture
def npm(archive, monkeypatch):
    """A registry on this machine that has the archive."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Registry) as server:
        server.content, server.asked = archive, []
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        monkeypatch.setenv("NPM_CONFIG_REGISTRY", f"http://127.0.0.1:{server.server_address[1]}/npm/")
        yield server
        server.shutdown()
        thread.join()


def kept(tmp_path):
    return sorted(path.name for path in (tmp_path / "cache").rglob("*") if path.is_file())


def test_the_files_are_fetched_once_and_nothing_else_of_the_archive_is_kept(npm, tmp_path):
    seen = []

    files = runtime_files(lambda done, total: seen.append((done, total)))

    assert {name: files[name].read_bytes() for name in CONTENTS} == CONTENTS
    assert "MIT License" in files[LICENCE].read_text()
    assert kept(tmp_path) == ["run.mjs", "run.wasm"]
    assert seen[-1] == (len(npm.content), len(npm.content))
    assert runtime_files() == files
    assert npm.asked == [f"/npm/onnxruntime-web/-/{ARCHIVE}"]


@pytest.mark.parametrize("content", [OTHER, archive_of({**CONTENTS, "run.mjs": b"evil()"}) + b"x" * 9999, b""])
def test_another_archive_is_refused_and_nothing_is_kept(content, npm, tmp_path):
    npm.content = content

    with pytest.raises(DownloadError) as found:
        runtime_files()

    assert kept(tmp_path) == []
    if content:
        assert f"needed {len(archive_of(CONTENTS))} bytes, SHA-512 {runtime.INTEGRITY}" in str(found.value)


def test_where_no_registry_is_reached_the_file_and_its_place_are_named(archive, tmp_path):
    with pytest.raises(DownloadError, match=r"cannot be fetched from http://127\.0\.0\.1:9/onnxruntime") as found:
        runtime_files()

    assert f"npm pack onnxruntime-web@{VERSION}" in str(found.value)
    assert str(tmp_path / "cache" / "onnxruntime-web" / ARCHIVE) in str(found.value)


def test_an_archive_that_was_put_there_by_hand_is_taken_without_a_network(archive, tmp_path):
    (tmp_path / "cache" / "onnxruntime-web").mkdir(parents=True)
    (tmp_path / "cache" / "onnxruntime-web" / ARCHIVE).write_bytes(archive)

    assert runtime_files()["run.mjs"].read_bytes() == CONTENTS["run.mjs"]

    (tmp_path / "cache" / "onnxruntime-web" / VERSION / "run.wasm").write_bytes(b"torn")
    assert cached_files() is None
    assert runtime_files()["run.wasm"].read_bytes() == CONTENTS["run.wasm"]


def test_the_registry_is_npm_s_own_unless_the_environment_names_one(monkeypatch):
    for name in ("npm_config_registry", "NPM_CONFIG_REGISTRY"):
        monkeypatch.delenv(name, raising=False)
    assert registry() == REGISTRY
    monkeypatch.setenv("npm_config_registry", "https://npm.example.org/")
    assert registry() == "https://npm.example.org"
