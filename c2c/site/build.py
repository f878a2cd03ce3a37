"""The site of a run: records and pictures in, a folder of static pages out."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment

from c2c.errors import OutputError
from c2c.site.against import moved_pages
from c2c.site.approaches import Approach, approaches_of
from c2c.site.changes import FILE as WHAT_CHANGED
from c2c.site.changes import change_stories
from c2c.site.checks import FILE as CHECK
from c2c.site.checks import Check, checks_of
from c2c.site.compare import comparisons_of
from c2c.site.data import Data, data_of
from c2c.site.depth_chain import Chain, chains_of
from c2c.site.exports import files_of
from c2c.site.galleries import galleries_of
from c2c.site.gaps import gaps_of, named_pictures
from c2c.site.home import home_of
from c2c.site.pages import Page, frame_of
from c2c.site.placing import Placer, Progress
from c2c.site.probes import CHAIN_PAGE
from c2c.site.reading import RunFolder, read_run
from c2c.site.rendering import assets, depth_scale, environment, lay_out
from c2c.site.reproduce import reproduce_of
from c2c.site.scale import scale_families
from c2c.site.speed_page import speed_of
from c2c.site.study_results import study_pages
from c2c.site.tables import score_tables
from c2c.site.try_it import FILE as TRY_IT
from c2c.site.try_it import TryIt, trial_of
from c2c.site.video import FILE as VIDEO
from c2c.site.video import Reel, reels_of

OF_THE_RUN = ("records", "pictures", "checkpoints", "data", "votes", "onnx")


@dataclass(frozen=True)
class Built:
    """A site that was built."""

    page: Path  # the first one
    gaps: tuple[str, ...]  # what is missing from it or went wrong in the run, a sentence each


def build_site(
    run: Path,
    out: Path | None = None,
    templates: Path | None = None,
    progress: Progress = lambda done, total: None,
    try_it: TryIt | None = None,
    against: Path | None = None,
) -> Built:
    """Build the site of a run's folder.

    What is there already and up to date is not made again; the same records give the same bytes.

    Args:
        run: the run's folder, with `records/` and the pictures that they name.
        out: where the site goes; `run/site` where not given.
        templates: a folder whose templates and assets replace c2c's own of the same name.
        progress: told how many of the galleries' pictures are in the site.
        try_it: what a page needs that translates a visitor's own photo; without, there is no such page.
        against: another run's folder; a page then says what moved since.

    Raises:
        OutputError: the site cannot be written, or would lie among the files of the run.
        TemplatesError: the folder of templates is missing, or a template in it does not work.
    """
    out = out or run / "site"
    _check_place(run, out)
    made = environment(templates)
    found, placer = read_run(run), Placer(run, out)
    placer.bring(named_pictures(found), progress)
    pages = _pages(found, placer, try_it, against)
    texts = [*_laid_out(pages, made, templates), *(item for page in pages for item in page.files.items())]
    for address, text in texts:
        placer.files.write(address, text)
    for name, path in assets(templates).items():
        placer.files.copy(path, f"assets/{name}")
    for filed in found.filed:
        placer.files.copy(run / "records" / filed.file, f"records/{filed.file}")
    placer.files.finish()
    return Built(out / "index.html", gaps_of(found, placer))


def _check_place(run: Path, out: Path) -> None:
    """A site must not lie where a run keeps its own files: what an earlier build made is removed from there."""
    place, home = out.resolve(), run.resolve()
    if home.is_relative_to(place) or any(place.is_relative_to(home / name) for name in OF_THE_RUN):
        raise OutputError(f"The site cannot be in {out}: the run's own files are there. Say another folder with --out.")


def _pages(run: RunFolder, placer: Placer, try_it: TryIt | None, against: Path | None) -> list[Page]:
    """Every page of a run's site, in the order of the navigation; brings their pictures into the site."""
    galleries = galleries_of(run, placer)
    approaches = approaches_of(run, galleries, placer)
    names = {approach.key: approach.name for approach in approaches}
    comparisons = comparisons_of(galleries)
    compared = {comparison.direction_key: comparison.file for comparison in comparisons}
    tables = score_tables(run, galleries)
    speed, reproduce = speed_of(run, names), reproduce_of(run, tables)
    others = [
        *(page for approach in approaches for page in _approach_pages(approach, compared)),
        *(Page(comparison.file, "compare.html", comparison.title,
               {"comparison": comparison, "comparisons": comparisons}, link="" if place else "Compare")
          for place, comparison in enumerate(comparisons)),
        *_depth_chain_page(chains_of(run, galleries, placer)),
        Page("scale-transfer.html", "scale-transfer.html", "Scale transfer",
             {"families": scale_families(run, approaches)}, link="Scale transfer"),
        Page(WHAT_CHANGED, "what-changed.html", "What changed",
             {"stories": change_stories(run, placer)}, link="What changed"),
        *_video_page(reels_of(run, placer)),
        *moved_pages(run, against, placer),
        *study_pages(run, placer.files),
        Page("speed.html", "speed.html", "Speed",
             {"speed": speed, "sources": reproduce.sources}, link="Speed", files=speed.files),
        *_check_page(checks_of(run)),
        *_data_page(data_of(run, placer)),
        *([Page(TRY_IT, "try.html", "Try it", {"trial": trial_of(try_it, run, placer)}, link="Try it")]
          if try_it else []),
        Page("reproduce.html", "reproduce.html", "Reproduce", {"reproduce": reproduce}, link="Reproduce",
             files=reproduce.files),
    ]  # fmt: skip
    # The first page comes last: it says which of all pictures are missing.
    home = home_of(run, approaches, tables, placer, gaps_of(run, placer))
    first = Page("index.html", "index.html", home.title, {"home": home}, link="Overview", files=files_of(tables))
    return [first, *others]


def _depth_chain_page(chains: list[Chain]) -> Iterator[Page]:
    if chains:
        yield Page(CHAIN_PAGE, "depth-chain.html", "Depth chain", {"chains": chains}, link="Depth chain")


def _video_page(reels: list[Reel]) -> Iterator[Page]:
    if reels:
        yield Page(VIDEO, "video.html", "Video", {"reels": reels}, link="Video")


def _check_page(checks: list[Check]) -> Iterator[Page]:
    for check in checks:
        yield Page(CHECK, "check.html", "Check", {"check": check}, link="Check")


def _data_page(data: Data | None) -> Iterator[Page]:
    if data:
        yield Page("data.html", "data.html", "Data", {"data": data}, link="Data")


def _approach_pages(approach: Approach, compared: dict[str, str]) -> Iterator[Page]:
    """The page of an approach, and those of its galleries."""
    shared = {"approach": approach}
    yield Page(approach.file, "approach.html", approach.name, shared, link=approach.name, menu="Approaches")
    for gallery in approach.galleries:
        beside = {"gallery": gallery, "compare": compared.get(gallery.direction_key, "")}
        yield Page(gallery.file, "gallery.html", gallery.title, shared | beside)


def _laid_out(pages: list[Page], made: Environment, templates: Path | None) -> Iterator[tuple[str, str]]:
    """Every page's address and text."""
    shared = {"site": frame_of(pages[0].title, pages), "depth_scale": depth_scale()}
    for page in pages:
        values = {"here": page.file, "title": page.title, **shared, **page.values}
        yield page.file, lay_out(made, page.template, values, templates)
