import base64
import hashlib
import io
import tarfile
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from c2c.errors import DownloadError
from c2c.npm import REGISTRY, NpmPackage, cached_files, package_files, registry

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


@pytest.fixture(scope="module")
def archive():
    return archive_of(CONTENTS)


@pytest.fixture
def package(archive, monkeypatch, tmp_path):
    """A package of small files; the cache is empty, and no registry is reached."""
    monkeypatch.setenv("C2C_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("NPM_CONFIG_REGISTRY", "http://127.0.0.1:9/")
    files = {f"dist/{name}": hashlib.sha256(content).hexdigest() for name, content in CONTENTS.items()}
    integrity = base64.b64encode(hashlib.sha512(archive).digest()).decode()
    return NpmPackage("tiny-web", "1.2.3", len(archive), integrity, files)


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
def npm(package, archive, monkeypatch):
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


def test_the_files_are_fetched_once_and_nothing_else_of_the_archive_is_kept(package, npm, tmp_path):
    seen = []

    files = package_files(package, lambda done, total: seen.append((done, total)))

    assert {name: path.read_bytes() for name, path in files.items()} == CONTENTS
    assert kept(tmp_path) == ["run.mjs", "run.wasm"]
    assert seen[-1] == (len(npm.content), len(npm.content))
    assert package_files(package) == files
    assert npm.asked == ["/npm/tiny-web/-/tiny-web-1.2.3.tgz"]


@pytest.mark.parametrize("content", [OTHER, archive_of({**CONTENTS, "run.mjs": b"evil()"}) + b"x" * 9999, b""])
def test_another_archive_is_refused_and_nothing_is_kept(content, package, npm, tmp_path):
    npm.content = content

    with pytest.raises(DownloadError) as found:
        package_files(package)

    assert kept(tmp_path) == []
    if content:
        assert f"needed {package.archive_bytes} bytes, SHA-512 {package.integrity}" in str(found.value)


def test_where_no_registry_is_reached_the_file_and_its_place_are_named(package, tmp_path):
    with pytest.raises(DownloadError, match=r"cannot be fetched from http://127\.0\.0\.1:9/tiny-web/") as found:
        package_files(package)

    assert "npm pack tiny-web@1.2.3" in str(found.value)
    assert str(tmp_path / "cache" / "tiny-web" / "tiny-web-1.2.3.tgz") in str(found.value)


@pytest.mark.parametrize("address", ["http://me:hunter2@127.0.0.1:{port}/npm", "http://me:hun/ter2@127.0.0.1:{port}"])
def test_a_password_of_the_registry_is_not_shown(address, package, npm, monkeypatch):
    npm.content = b""
    monkeypatch.setenv("NPM_CONFIG_REGISTRY", address.format(port=npm.server_address[1]))

    with pytest.raises(DownloadError, match=r"cannot be fetched from http://127\.0\.0\.1:") as found:
        package_files(package)
    assert not any(word in str(found.value) for word in ("me:", "hun", "ter2"))


def test_a_cache_that_cannot_be_written_is_an_error_in_words(package, npm, tmp_path):
    (tmp_path / "cache").write_text("a file where a folder was due")

    with pytest.raises(DownloadError, match=r"cannot be used: Not a directory\.\n.*by C2C_CACHE"):
        package_files(package)


def test_an_archive_that_was_put_there_by_hand_is_taken_without_a_network(package, archive):
    package.folder.mkdir(parents=True)
    (package.folder / package.archive).write_bytes(archive)

    assert package_files(package)["run.mjs"].read_bytes() == CONTENTS["run.mjs"]

    (package.folder / package.version / "run.wasm").write_bytes(b"torn")
    assert cached_files(package) is None
    assert package_files(package)["run.wasm"].read_bytes() == CONTENTS["run.wasm"]


def test_the_registry_is_npm_s_own_unless_the_environment_names_one(monkeypatch):
    for name in ("npm_config_registry", "NPM_CONFIG_REGISTRY"):
        monkeypatch.delenv(name, raising=False)
    assert registry() == REGISTRY
    monkeypatch.setenv("npm_config_registry", "https://npm.example.org/")
    assert registry() == "https://npm.example.org"
