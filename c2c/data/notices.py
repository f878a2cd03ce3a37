"""Licences and attributions that lie beside a city's pictures: kept with a run, so that its site can show them."""

import shutil
from pathlib import Path

NAMES = ("license", "licence", "copying", "notice", "sources", "attribution", "credits")  # how they begin
SUFFIXES = ("", ".txt", ".md", ".csv", ".json")
LARGEST_BYTES = 4 * 2**20


def find_notices(root: Path) -> list[Path]:
    """The files at the top of a folder that say where its pictures come from, by name: `LICENSE`, `SOURCES.md`, …"""
    return [
        path
        for path in sorted(root.iterdir())
        if path.name.lower().startswith(NAMES)
        and path.suffix.lower() in SUFFIXES
        and path.is_file()
        and path.stat().st_size <= LARGEST_BYTES
    ]


def keep_notices(root: Path, folder: Path) -> list[Path]:
    """Copy what `find_notices` finds into a folder of their own, in place of what lay there; gives the copies."""
    shutil.rmtree(folder, ignore_errors=True)
    copies = []
    for path in find_notices(root):
        folder.mkdir(parents=True, exist_ok=True)
        copies.append(Path(shutil.copyfile(path, folder / path.name)))
    return copies
