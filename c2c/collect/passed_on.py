"""What goes along with the pictures of a collection, wherever they are used: credits, places, how they were found."""

from collections.abc import Iterable
from dataclasses import asdict, replace
from pathlib import Path

from c2c.collect.attribution import FILE as ATTRIBUTION
from c2c.collect.attribution import write_attribution
from c2c.collect.names import stem_of
from c2c.collect.panoramas import collection_of
from c2c.collect.pictures import Place, read_all_collected
from c2c.collect.summary import crawl_record
from c2c.collect.views_list import FILE as VIEWS
from c2c.collect.views_list import ViewedPanorama, read_views_list
from c2c.errors import CollectError
from c2c.records import CrawlRecord, Provenance, Skipped, read_record, write_json
from c2c.records.provenance import provenance

CRAWL = "crawl.json"


def pass_on(source: Path, out: Path, made: Iterable[ViewedPanorama]) -> list[Skipped]:
    """Write the credits of the panoramas that views were made of, and the story of their crawl, beside the views.

    Nothing is written where the source is no collection, and what went along before is removed.

    Returns:
        the story, where a ledger or `collection.json` that cannot be read leaves none, and why.

    Raises:
        CollectError: a record of the collection cannot be read.
    """
    collection = collection_of(source)
    if collection is None:
        _take_back(out)
        return []
    views_of = {(one.source, one.id): f"rgb/{stem_of(one.source, one.id)}_*.png" for one in made}
    pictures = [one for one in read_all_collected(collection) if (one.source, one.id) in views_of]
    write_attribution(out, [replace(one, picture=views_of[one.source, one.id]) for one in pictures])
    try:
        story = crawl_record(collection, "", provenance("", "", 0))
    except CollectError as error:
        (out / CRAWL).unlink(missing_ok=True)
        return [Skipped(CRAWL, str(error))]
    write_json(out / CRAWL, asdict(story))
    return []


def _take_back(out: Path) -> None:
    """Remove the credits and the story of a collection; credits without a story are one's own."""
    if (out / CRAWL).is_file():
        (out / ATTRIBUTION).unlink(missing_ok=True)
        (out / CRAWL).unlink()


def crawl_of(folder: Path, city: str, made: Provenance) -> CrawlRecord | None:
    """How the pictures of a folder were collected: of views, or of a collection; None where nobody knows.

    Raises:
        CollectError: a file of the collection cannot be read.
        RecordError: the story beside the views cannot be read.
    """
    if (collection := collection_of(folder)) is not None:
        return crawl_record(collection, city, made)
    if not ((folder / VIEWS).is_file() and (folder / CRAWL).is_file()):
        return None
    story = read_record(folder / CRAWL)
    return replace(story, city=city, provenance=made) if isinstance(story, CrawlRecord) else None


def places_in(folder: Path) -> dict[str, Place]:
    """Where each picture of a folder was taken, as far as it is known, by its path within the folder.

    Raises:
        CollectError: the list of the views, or a record of the collection, cannot be read.
    """
    if (folder / VIEWS).is_file():
        return read_views_list(folder).place_of()
    if (collection := collection_of(folder)) is None:
        return {}
    inside = "" if collection == folder else f"{folder.name}/"
    return {
        one.picture.removeprefix(inside): one.place
        for one in read_all_collected(collection)
        if one.place and one.picture.startswith(inside)
    }
