"""A run's folder and its site, built once; tests that change something take a fresh one."""

import importlib.util
import shutil
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from c2c.site import build_site


def load_run_folder():
    name = "site_run_folder"
    spec = importlib.util.spec_from_file_location(name, Path(__file__).with_name("run_folder.py"))
    sys.modules[name] = module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class Page(HTMLParser):
    """A page's tags with their attributes, and its text."""

    def __init__(self, path):
        super().__init__()
        self.path, self.tags, self.text, self.ids = path, [], "", set()
        self.markup = path.read_text(encoding="utf-8")
        self.feed(self.markup)

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))
        self.ids |= {value for name, value in attributes if name == "id"}

    def handle_endtag(self, tag):
        self.text += " " if tag in ("dt", "th", "td") else ""

    def handle_data(self, data):
        self.text += data

    def all(self, tag):
        return [attributes for name, attributes in self.tags if name == tag]

    @property
    def words(self):
        return " ".join(self.text.split())


def references_that_are_broken(site, read_page):
    """Every address of a page that leads nowhere on disk."""
    broken = []
    read = {path.name: read_page(path) for path in site.glob("*.html")}
    for name, page in read.items():
        for _, attributes in page.tags:
            for address in filter(None, (attributes.get("href"), attributes.get("src"))):
                parts = urlsplit(address)
                target = (site / unquote(parts.path)).resolve() if parts.path else page.path.resolve()
                inside = not parts.scheme and target.is_relative_to(site.resolve()) and target.is_file()
                ids = read[target.name].ids if parts.fragment and target.name in read else {parts.fragment}
                if not inside or parts.fragment not in ids:
                    broken.append((name, address))
    return broken


@pytest.fixture(scope="session")
def broken_references():
    """Finds every address of a site's pages that leads nowhere on disk."""
    return references_that_are_broken


@pytest.fixture(scope="session")
def make():
    """The module that writes run folders."""
    return load_run_folder()


@pytest.fixture(scope="session")
def whole_run(make, tmp_path_factory):
    """A whole run with its site; look at it only."""
    run = make.write_run(tmp_path_factory.mktemp("whole") / "run")
    build_site(run)
    return run


@pytest.fixture
def own_run(whole_run, tmp_path):
    """A whole run without a site, to change."""
    shutil.copytree(whole_run, tmp_path / "run", ignore=shutil.ignore_patterns("site"))
    return tmp_path / "run"


@pytest.fixture
def small_run(make, tmp_path):
    """A whole run of two small approaches without training, to change; quick to build."""
    return make.write_small_run(tmp_path / "run")


@pytest.fixture(scope="session")
def read_page():
    """Reads a page of a site."""
    return Page


@pytest.fixture(scope="session")
def pages(whole_run):
    """All pages of the whole run, by file name."""
    return {path.name: Page(path) for path in sorted((whole_run / "site").glob("*.html"))}
