"""Leaflet, which draws the live map: fetched from npm once, checked, kept in c2c's cache."""

from pathlib import Path

from c2c import npm

SCRIPT, STYLE, LICENCE = "leaflet.js", "leaflet.css", "LICENSE"
PACKAGE = npm.NpmPackage(
    name="leaflet",
    version="1.9.4",
    archive_bytes=869_361,
    integrity="nxS1ynzJOmOlHp+iL3FyWqK89GtNL8U8rvlMOsQdTTssxZwCXh8N2NB3GDQOL+YR3XnWyZAxwQixURb+FA74PA==",
    files={
        f"dist/{SCRIPT}": "db49d009c841f5ca34a888c96511ae936fd9f5533e90d8b2c4d57596f4e5641a",
        f"dist/{STYLE}": "a7837102824184820dfa198d1ebcd109ff6d0ff9a2672a074b9a1b4d147d04c6",
        LICENCE: "53e8dc25862014e4324741ca18fbe3611e11d42ef69f59f86ea8c5389647d4cb",
    },
)


def leaflet_files(progress: npm.Progress | None = None) -> dict[str, Path]:
    """The files of Leaflet by name, fetched where they are not in the cache.

    Raises:
        DownloadError: they cannot be fetched, or what came is something else; the text says what to put where.
    """
    return npm.package_files(PACKAGE, progress)
