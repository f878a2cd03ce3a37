"""A copy of a collection for others: with what may travel, without what may not."""

import shutil
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from c2c.collect.attribution import write_attribution
from c2c.collect.licences import licence_of
from c2c.collect.names import stem_of
from c2c.collect.pictures import CollectedPicture, read_all_collected, within
from c2c.errors import CollectError, OutputError


@dataclass(frozen=True)
class Exported:
    """What an export took along, and what it left out by licence."""

    pictures: int
    bytes: int
    left_out: dict[str, int]  # licence -> pictures
    left_out_bytes: int


def export(
    collection: Path,
    out: Path,
    *,
    public: bool,
    commercial: bool = False,
    report: Callable[[int, int], None] = lambda done, of_all: None,
) -> Exported:
    """Copy a collection's pictures, payloads and records into a new folder, with credits.

    Args:
        collection: its folder.
        out: a folder that is not there yet, or is empty.
        public: leave out what may not be passed on.
        commercial: leave out what may not serve to earn money, or is not known to, and what `public` leaves out.
        report: is told how many of all are done.

    Raises:
        OutputError: the folder holds something.
        CollectError: there is nothing that may travel, or a file of a record is missing.
    """
    pictures = read_all_collected(collection)
    taken = [picture for picture in pictures if _may_travel(picture, public, commercial)]
    left = [picture for picture in pictures if not _may_travel(picture, public, commercial)]
    if not taken:
        raise CollectError(
            f"None of the {len(pictures)} pictures of {collection} may be passed on: {_counted(left)}.\n"
            "Collect from an open source instead: c2c collect sources"
        )
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise OutputError(f"{out} holds something already. Name a new folder, or empty this one.")
    for number, picture in enumerate(taken, 1):
        _copy(collection, out, picture)
        report(number, len(taken))
    write_attribution(out, taken)
    return Exported(
        pictures=len(taken),
        bytes=sum(picture.bytes for picture in taken),
        left_out=dict(Counter(picture.rights.licence for picture in left)),
        left_out_bytes=sum(picture.bytes for picture in left),
    )


def _may_travel(picture: CollectedPicture, public: bool, commercial: bool) -> bool:
    rights = picture.rights
    if commercial and licence_of(rights.licence, rights.licence_url).non_commercial:
        return False
    return rights.redistributable or not (public or commercial)


def _counted(pictures: Sequence[CollectedPicture]) -> str:
    counts = Counter(picture.rights.licence for picture in pictures)
    return ", ".join(f"{count} under “{name}”" for name, count in counts.most_common())


def _copy(collection: Path, out: Path, picture: CollectedPicture) -> None:
    record = f"records/{stem_of(picture.source, picture.id)}.json"
    for name in (picture.picture, picture.payload, record):
        if name is None:
            continue
        source, target = within(collection, name), within(out, name)
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            shutil.copyfile(source, target)
        except FileNotFoundError as error:
            raise CollectError(
                f"{source} is missing, though a record names it. Collect it again, or remove {record}."
            ) from error
