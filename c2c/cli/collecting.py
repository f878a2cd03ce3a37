"""What the commands that collect pictures share: a collection's name, how a source is asked, and how Ctrl-C ends."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import click

from c2c.errors import CrawlStopped

F = TypeVar("F", bound=Callable[..., Any])
FOLDER = Path("collections")

collection_argument = click.argument("collection", metavar="CITY", callback=lambda _, __, name: folder_of(name))

_OPTIONS = (
    click.option(
        "--at", metavar="URL", default="", help="A Toytown service that stands in for the source: c2c toytown serve."
    ),
    click.option(
        "--set",
        "overrides",
        multiple=True,
        metavar="KEY=VALUE",
        help="Change how a source is asked, such as sources.panoramax.requests_per_second=2. Repeatable.",
    ),
    click.option(
        "--accept-terms",
        "terms",
        multiple=True,
        metavar="NAME",
        help="You have read these terms and accept them, such as google-streetview. Repeatable.",
    ),
    click.option(
        "--contact", metavar="ADDRESS", default="", help="Whom a service can write to. [default: C2C_CONTACT]"
    ),
)
postgres_option = click.option(
    "--postgres",
    metavar="URL",
    default="",
    envvar="C2C_POSTGRES",
    help="A database where several machines share the crawl. [default: C2C_POSTGRES]",
)


def source_options(command: F) -> F:
    """The options that say how a source is asked: --at, --set, --accept-terms and --contact."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def folder_of(name: str) -> Path:
    """The folder of a collection: `collections/NAME`, or the path itself where it has a slash."""
    if not name or name in (".", ".."):
        raise click.BadParameter("a collection needs a name, such as paris")
    return Path(name) if "/" in name or os.sep in name else FOLDER / name


@contextmanager
def stopped_by_hand(collection: Path) -> Iterator[None]:
    """Say at Ctrl-C that nothing is lost.

    Raises:
        CrawlStopped: at Ctrl-C.
    """
    try:
        yield
    except KeyboardInterrupt:
        raise CrawlStopped(f"Stopped. All that is there is kept in {collection}; the same command goes on.") from None
