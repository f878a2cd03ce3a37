"""The site of a run: records and pictures in, a folder of static pages out."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from c2c.records import write_atomically
from c2c.site.approaches import Approach, approaches_of
from c2c.site.changes import FILE as WHAT_CHANGED
from c2c.site.changes import ChangeStory, change_stories
from c2c.site.galleries import galleries_of
from c2c.site.home import Home, home_of
from c2c.site.placing import Placer
from c2c.site.reading import RunFolder, read_run
from c2c.site.rendering import assets, depth_scale, environment
from c2c.site.reproduce import Reproduce, reproduce_of
from c2c.site.scale import ScaleFamily, scale_families
from c2c.site.speed import TimedGroup, timed_groups
from c2c.site.tables import score_tables

LIST_OF_FILES = "files.txt"


@dataclass(frozen=True)
class Link:
    """One entry of the navigation."""

    title: str
    href: str


@dataclass(frozen=True)
class Site:
    """Every page of a run's site, as plain objects."""

    home: Home
    approaches: list[Approach]
    scale: list[ScaleFamily]
    changes: list[ChangeStory]
    speed: list[TimedGroup]
    reproduce: Reproduce

    @property
    def links(self) -> list[Link]:
        """The navigation, the same on every page."""
        return [
            Link("Overview", "index.html"),
            *(Link(approach.name, approach.file) for approach in self.approaches),
            Link("What changed", WHAT_CHANGED),
            Link("Scale transfer", "scale-transfer.html"),
            Link("Speed", "speed.html"),
            Link("Reproduce", "reproduce.html"),
        ]


def build_site(run: Path, out: Path | None = None, templates: Path | None = None) -> Path:
    """Build the site of a run's folder and return the path of its first page.

    What is there already and up to date is not made again; the same records give the same bytes.

    Args:
        run: the run's folder, with `records/` and the pictures that they name.
        out: where the site goes; `run/site` where not given.
        templates: a folder whose templates and assets replace c2c's own of the same name.
    """
    out = out or run / "site"
    found = read_run(run)
    placer = Placer(run, out)
    site = _site(found, placer)
    pages = dict(_pages(site, templates))
    copies = {f"assets/{name}": path for name, path in assets(templates).items()}
    copies |= {f"records/{path.name}": path for path in sorted((run / "records").glob("*.json"))}
    for address, text in pages.items():
        _write_if_changed(out / address, text)
    for address, origin in copies.items():
        _copy_if_changed(origin, out / address)
    _forget_old_files(out, {*pages, *copies, *placer.placed})
    return out / "index.html"


def _site(run: RunFolder, placer: Placer) -> Site:
    galleries = galleries_of(run, placer)
    approaches = approaches_of(run, galleries, placer)
    home = home_of(run, approaches, score_tables(run, galleries))
    names = {approach.key: approach.name for approach in approaches}
    return Site(
        home,
        approaches,
        scale_families(run, approaches),
        change_stories(run, placer),
        timed_groups(run, names),
        reproduce_of(run),
    )


def _pages(site: Site, templates: Path | None) -> Iterator[tuple[str, str]]:
    """Every page's address and text."""
    made = environment(templates)
    shared = {"site": site, "depth_scale": depth_scale()}

    def page(file: str, template: str, title: str, **values: object) -> tuple[str, str]:
        return file, made.get_template(template).render(here=file, title=title, **shared, **values)

    yield page("index.html", "index.html", site.home.title, home=site.home)
    for approach in site.approaches:
        yield page(approach.file, "approach.html", approach.name, approach=approach)
        for gallery in approach.galleries:
            yield page(gallery.file, "gallery.html", gallery.title, gallery=gallery, approach=approach)
    yield page(WHAT_CHANGED, "what-changed.html", "What changed", stories=site.changes)
    yield page("scale-transfer.html", "scale-transfer.html", "Scale transfer", families=site.scale)
    yield page("speed.html", "speed.html", "Speed", groups=site.speed)
    yield page("reproduce.html", "reproduce.html", "Reproduce", reproduce=site.reproduce)


def _write_if_changed(path: Path, text: str) -> None:
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        write_atomically(path, text)


def _copy_if_changed(origin: Path, target: Path) -> None:
    """Copy a small file; a link would let a later change of the run reach into a finished site."""
    if target.exists() and target.read_bytes() == origin.read_bytes():
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(origin, target)


def _forget_old_files(out: Path, files: set[str]) -> None:
    """Remove what an earlier build made and this one did not; files of other origin are left alone."""
    listed = out / LIST_OF_FILES
    before = listed.read_text(encoding="utf-8").splitlines() if listed.exists() else []
    for address in sorted(set(before) - files):
        if (out / address).resolve().is_relative_to(out.resolve()):
            (out / address).unlink(missing_ok=True)
    _write_if_changed(listed, "".join(f"{address}\n" for address in sorted(files)))
