"""The site below any path of a web server, as on GitHub Pages."""

import functools
import re
import shutil
import threading
from contextlib import contextmanager
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

DOCS = Path(__file__).parents[2] / "docs"


class Quiet(SimpleHTTPRequestHandler):
    """Serves a folder and remembers what was asked for in vain."""

    lost: list[str] = []  # noqa: RUF012 - shared by the handlers of one test

    def log_message(self, format, *args):
        if "404" in args:
            self.lost.append(self.path)


@contextmanager
def served(folder):
    Quiet.lost.clear()
    with ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(folder))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_every_page_works_below_a_path_of_a_web_server(browser, whole_run, tmp_path):
    below = tmp_path / "some one" / "city2city"
    shutil.copytree(whole_run / "site", below)
    with served(tmp_path) as address:
        for page in sorted(below.glob("*.html")):
            browser.get(f"{address}/some%20one/city2city/{page.name}")
            requested = browser.execute_script(
                "document.querySelectorAll('img').forEach(image => { image.loading = 'eager' });"
                "return Promise.all([...document.images].map(i => i.decode().then(() => '', () => i.src)))"
                ".then(broken => [broken.filter(Boolean), performance.getEntriesByType('resource').map(e => e.name)])"
            )
            assert requested[0] == [], page.name
            assert all(name.startswith(f"{address}/some%20one/city2city/") for name in requested[1]), page.name
            assert browser.get_log("browser") == [], page.name
    assert Quiet.lost == []


def test_the_workflow_of_the_docs_publishes_the_folder_that_the_docs_name():
    text = (DOCS / "how-to" / "publish.md").read_text(encoding="utf-8")
    first = re.findall(r"^```yaml\n(.*?)^```", text, re.MULTILINE | re.DOTALL)[0]

    assert "path: site\n" in first
    assert "Put the built site into a repository as `site/`" in text
    assert [line for line in first.splitlines() if "\t" in line or len(line) - len(line.lstrip()) & 1] == []
