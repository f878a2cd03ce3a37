"""What goes along with the pictures of a collection, wherever they are used: credits, places, how they were found."""

import json
from collections.abc import Iterable
from dataclasses import asdict, replace
from pathlib import Path

from c2c.collect.attribution import write_attribution
from c2c.collect.names import stem_of
from c2c.collect.panoramas import collection_of
from c2c.collect.pictures import Place, read_all_collected
from c2c.collect.summary import crawl_record
from c2c.collect.views_list import FILE as VIEWS
from c2c.collect.views_list import ViewedPanorama, read_views_list
from c2c.records import CrawlRecord, Provenance, read_record, write_atomically
from c2c.records.provenance import provenance

CRAWL = "crawl.json"


def pass_on(source: Path, out: Path, made: Iterable[ViewedPanorama]) -> None:
    """Write the credits of the panoramas that views were made of, and the story of their crawl, beside the views.

    Nothing is written where the source is no collection.

    Raises:
        CollectError: a file of the collection cannot be read.
    """
    collection = collection_of(source)
    if collection is None:
        return
    views_of = {(one.source, one.id): f"rgb/{stem_of(one.source, one.id)}_*.png" for one in made}
    pictures = [one for one in read_all_collected(collection) if (one.source, one.id) in views_of]
    write_attribution(out, [replace(one, picture=views_of[one.source, one.id]) for one in pictures])
    story = crawl_record(collection, "", provenance("", "", 0))
    write_atomically(out / CRAWL, json.dumps(asdict(story), indent=1, ensure_ascii=False) + "\n")


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
