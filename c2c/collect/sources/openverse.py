"""Openverse: openly licensed pictures of many collections, by words."""

from collections.abc import Iterator
from typing import Any

from c2c.collect.failures import BadAnswer
from c2c.collect.fetching import Fetcher
from c2c.collect.licences import credit, licence_of
from c2c.collect.pictures import FoundPicture, Rights
from c2c.collect.settings import SourceSettings
from c2c.collect.sources import PhotoQuery
from c2c.collect.sources.answers import count, items, text, web_address

PAGE = 20  # works an answer, at most, for those without an account
MOST_WORKS = 240  # of a question
GROUPS = ("by", "by-sa", "by-nc,by-nc-sa", "cc0,pdm")  # asked for one after the other: each may give MOST_WORKS


class Openverse:
    """Openverse, or a service that answers like it."""

    name = "openverse"

    def __init__(self, settings: SourceSettings, fetcher: Fetcher) -> None:
        self.settings, self.fetcher = settings, fetcher

    def search(self, wanted: PhotoQuery) -> Iterator[FoundPicture]:
        """Photos found by words, licence after licence, since a question gives few.

        Raises:
            CollectError: as `Fetcher.get`, or no words are given.
        """
        if not wanted.text or wanted.category or wanted.centre or wanted.taken_from or wanted.taken_until:
            raise BadAnswer("Openverse is searched by words alone: give --query WORDS, and neither a place nor days.")
        seen: set[str] = set()
        for licences in GROUPS:
            for work in self._works(wanted.text, licences):
                picture = self._found(work)
                if picture and picture.id not in seen:
                    seen.add(picture.id)
                    yield picture

    def picture(self, found: FoundPicture) -> bytes:
        """The photo's file, from the collection that has it.

        Raises:
            CollectError: as `Fetcher.get`.
        """
        return self.fetcher.get(found.urls[0])

    def _works(self, words: str, licences: str) -> Iterator[Any]:
        for page in range(1, MOST_WORKS // PAGE + 1):
            query: dict[str, str | int | float] = {"q": words, "license": licences, "category": "photograph"}
            query |= {"page": page, "page_size": PAGE}
            answer = self.fetcher.json(self.settings.url("v1/images/"), query)
            works = items(answer, "results")
            yield from works
            if not works or page >= count(answer, "page_count"):
                return

    def _found(self, work: Any) -> FoundPicture | None:
        """A photo, or None where it has no id or no file."""
        id, url = text(work, "id"), web_address(work, "url")
        if not id or not url:
            return None
        licence = licence_of(text(work, "license"), web_address(work, "license_url"), text(work, "license_version"))
        author, title = text(work, "creator"), text(work, "title")
        return FoundPicture(
            source=self.name,
            id=id,
            kind="photo",
            place=None,
            captured="",
            width_px=count(work, "width"),
            height_px=count(work, "height"),
            rights=Rights.under(
                licence,
                author=author,
                attribution=text(work, "attribution") or credit(title, author, licence, text(work, "source")),
                landing_page=web_address(work, "foreign_landing_url"),
            ),
            urls=(url,),
        )
