"""The site of a run: records and pictures in, a folder of static pages out."""

import shutil
from collections.abc import Iterator
from pathlib import Path

from c2c.records import write_atomically
from c2c.site.approaches import Approach, approaches_of
from c2c.site.changes import FILE as WHAT_CHANGED
from c2c.site.changes import change_stories
from c2c.site.galleries import galleries_of
from c2c.site.home import home_of
from c2c.site.pages import Page, frame_of
from c2c.site.placing import Placer
from c2c.site.reading import RunFolder, read_run
from c2c.site.rendering import assets, depth_scale, environment
from c2c.site.reproduce import reproduce_of
from c2c.site.scale import scale_families
from c2c.site.speed import timed_groups
from c2c.site.tables import score_tables

LIST_OF_FILES = "files.txt"


def build_site(run: Path, out: Path | None = None, templates: Path | None = None) -> Path:
    """Build the site of a run's folder and return the path of its first page.

    What is there already and up to date is not made again; the same records give the same bytes.

    Args:
        run: the run's folder, with `records/` and the pictures that they name.
        out: where the site goes; `run/site` where not given.
        templates: a folder whose templates and assets replace c2c's own of the same name.
    """
    out = out or run / "site"
    placer = Placer(run, out)
    pages = dict(_laid_out(_pages(read_run(run), placer), templates))
    copies = {f"assets/{name}": path for name, path in assets(templates).items()}
    copies |= {f"records/{path.name}": path for path in sorted((run / "records").glob("*.json"))}
    for address, text in pages.items():
        _write_if_changed(out / address, text)
    for address, origin in copies.items():
        _copy_if_changed(origin, out / address)
    _forget_old_files(out, {*pages, *copies, *placer.placed})
    return out / "index.html"


def _pages(run: RunFolder, placer: Placer) -> list[Page]:
    """Every page of a run's site, in the order of the navigation; brings their pictures into the site."""
    galleries = galleries_of(run, placer)
    approaches = approaches_of(run, galleries, placer)
    home = home_of(run, approaches, score_tables(run, galleries))
    names = {approach.key: approach.name for approach in approaches}
    reproduce = reproduce_of(run)
    return [
        Page("index.html", "index.html", home.title, {"home": home}, link="Overview"),
        *(page for approach in approaches for page in _approach_pages(approach)),
        Page("scale-transfer.html", "scale-transfer.html", "Scale transfer",
             {"families": scale_families(run, approaches)}, link="Scale transfer"),
        Page(WHAT_CHANGED, "what-changed.html", "What changed",
             {"stories": change_stories(run, placer)}, link="What changed"),
        Page("speed.html", "speed.html", "Speed",
             {"groups": timed_groups(run, names), "sources": reproduce.sources}, link="Speed"),
        Page("reproduce.html", "reproduce.html", "Reproduce", {"reproduce": reproduce}, link="Reproduce"),
    ]  # fmt: skip


def _approach_pages(approach: Approach) -> Iterator[Page]:
    """The page of an approach, and those of its galleries."""
    shared = {"approach": approach}
    yield Page(approach.file, "approach.html", approach.name, shared, link=approach.name, menu="Approaches")
    for gallery in approach.galleries:
        yield Page(gallery.file, "gallery.html", gallery.title, shared | {"gallery": gallery})


def _laid_out(pages: list[Page], templates: Path | None) -> Iterator[tuple[str, str]]:
    """Every page's address and text."""
    made = environment(templates)
    shared = {"site": frame_of(pages[0].title, pages), "depth_scale": depth_scale()}
    for page in pages:
        text = made.get_template(page.template).render(here=page.file, title=page.title, **shared, **page.values)
        yield page.file, text


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
