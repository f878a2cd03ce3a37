"""`c2c leaks`: pictures that stand on both sides of a split."""

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from c2c.cli.common import TerminalReporter

if TYPE_CHECKING:
    from c2c.data.leak_search import Search

SHOWN = 20  # pairs of a place


@click.command()
@click.argument("folders", nargs=-1, required=True, type=click.Path(path_type=Path, file_okay=False), metavar="FOLDER…")
@click.option("--json", "as_json", is_flag=True, help="Print every pair, for machines.")
def leaks(folders: tuple[Path, ...], as_json: bool) -> None:
    """List pictures that give away others: near-duplicates, and neighbours in a drive or a video.

    FOLDER is a run, whose splits are compared; or a folder with train/ and test/ in it; or any folder, whose pictures
    are all compared with each other. Several folders are compared with each other. Ends with status 1 if there are
    some.

    \b
    Examples:
        c2c leaks runs/toytown
        c2c leaks photos/train photos/test --json
    """
    from c2c.data.leak_search import search_folders, search_manifest
    from c2c.data.manifest import read_manifest

    with TerminalReporter().stage("looking") as progress:
        if len(folders) == 1 and (folders[0] / "recipe.json").is_file():
            manifests = sorted(folders[0].glob("data/*/manifest.json"))
            searches = [search_manifest(read_manifest(path), progress) for path in manifests]
        else:
            searches = [search_folders(folders, progress)]
    if as_json:
        click.echo(json.dumps([asdict(one) for one in searches], indent=1))
    else:
        for one in searches:
            _print(one)
    if any(one.leaks for one in searches):
        sys.exit(1)


def _print(found: "Search") -> None:
    from c2c.data.leaks import in_words

    compared = f"between {', '.join(found.sides)}" if found.sides else "among all of them"
    click.echo(f"{found.place}: {found.pictures} pictures, {_count(len(found.leaks))} {compared}")
    for leak in found.leaks[:SHOWN]:
        a, b = (f"{name} ({side})" if side else name for name, side in ((leak.a, leak.side_a), (leak.b, leak.side_b)))
        click.echo(f"    {a} and {b}: {in_words(leak)}")
    if len(found.leaks) > SHOWN:
        click.echo(f"    and {len(found.leaks) - SHOWN} more pairs; --json lists them all")
    if found.skipped:
        click.echo(
            f"    {len(found.skipped)} files skipped, such as {found.skipped[0].path}: {found.skipped[0].reason}"
        )


def _count(leaks: int) -> str:
    return "1 leak" if leaks == 1 else f"{leaks} leaks"
