"""The credits of a collection: who made each picture, and under which licence it stands."""

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path

from c2c.collect.known import KNOWN
from c2c.collect.licences import licence_of
from c2c.collect.pictures import CollectedPicture
from c2c.records import write_atomically

FILE = "ATTRIBUTION.md"
SPECIAL = re.compile(r"([\\`*_{}\[\]<>()#+!|~&])")  # what Markdown could take for more than itself


def write_attribution(folder: Path, pictures: Sequence[CollectedPicture]) -> Path:
    """Write `ATTRIBUTION.md` into a folder; returns its path."""
    write_atomically(folder / FILE, attribution_text(pictures))
    return folder / FILE


def attribution_text(pictures: Sequence[CollectedPicture]) -> str:
    """The credits as Markdown: a table of licences, then every picture below its source, author and licence."""
    licences = Counter(_licence(picture) for picture in pictures)
    rows = [f"| {name} | {count} | {_travels(pictures, name)} |" for name, count in sorted(licences.items())]
    sections = [line for group in _groups(pictures) for line in _section(*group)]
    return "\n".join(
        [
            "# Where these pictures come from",
            "",
            f"{len(pictures)} pictures. Whoever passes them on passes these credits on.",
            "",
            "| licence | pictures | may be passed on |",
            "| --- | ---: | --- |",
            *rows,
            *sections,
            "",
        ]
    )


def _groups(pictures: Sequence[CollectedPicture]) -> list[tuple[tuple[str, str, str, str], list[CollectedPicture]]]:
    groups: dict[tuple[str, str, str, str], list[CollectedPicture]] = defaultdict(list)
    for picture in pictures:
        rights = picture.rights
        groups[picture.source, rights.author, rights.licence, rights.licence_url].append(picture)
    return sorted(groups.items())


def _section(about: tuple[str, str, str, str], pictures: Sequence[CollectedPicture]) -> list[str]:
    source, author, licence, url = about
    title = KNOWN[source].title if source in KNOWN else source
    named = f"[{plain(licence)}]({_link(url)})" if _link(url) else plain(licence)
    head = f"## {plain(author) or 'Author not named'} ({plain(title)})"
    lines = [f"- `{picture.picture}`: {plain(picture.rights.attribution)}{_landing(picture)}" for picture in pictures]
    return ["", head, "", f"Licence: {named}", "", *lines]


def plain(text: str) -> str:
    """A text that Markdown shows as it is, in one line."""
    return SPECIAL.sub(r"\\\1", " ".join(text.split()))


def _licence(picture: CollectedPicture) -> str:
    return plain(picture.rights.licence)


def _travels(pictures: Sequence[CollectedPicture], name: str) -> str:
    one = next(picture for picture in pictures if _licence(picture) == name)
    if not one.rights.redistributable:
        return "no"
    licence = licence_of(one.rights.licence, one.rights.licence_url)
    limits = [
        *(["not for money"] if licence.non_commercial else []),
        *(["under the same licence"] if licence.share_alike else []),
    ]
    return f"yes, {' and '.join(limits)}" if limits else "yes"


def _link(url: str) -> str:
    """An address that can stand between round brackets; "" for anything but a page of the web."""
    if not url.startswith(("https://", "http://")) or re.search(r"[\s<>\"]", url):
        return ""
    return url.replace("(", "%28").replace(")", "%29")


def _landing(picture: CollectedPicture) -> str:
    url = _link(picture.rights.landing_page)
    return f" ([page]({url}))" if url else ""
