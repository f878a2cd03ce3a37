"""Photos from open collections: searched, fetched one by one, and kept with who owns them."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from c2c.collect.failures import BadAnswer, Blocked, Gone, Throttled, Transient
from c2c.collect.known import KNOWN
from c2c.collect.names import stem_of
from c2c.collect.patient import LONGEST_PAUSE_S
from c2c.collect.pictures import FoundPicture, read_collected
from c2c.collect.settings import SourceSettings
from c2c.collect.sources import PhotoQuery, PhotoSource
from c2c.collect.store import Store
from c2c.errors import CollectError, CrawlStopped
from c2c.records import write_json

IN_A_ROW = 25  # photos that fail: then something is wrong with the service, or with us
FOR_GOOD = (Gone, BadAnswer)  # failures that another try would not change
LEFT_OUT = "left-out.jsonl"
QUESTIONS = "questions.json"


@dataclass
class PhotoCounts:
    """What became of the photos that a search found."""

    kept: int = 0  # this time
    here: int = 0  # already
    twice: int = 0  # the same file as another one
    failed: int = 0
    reasons: dict[str, int] = field(default_factory=dict)

    @property
    def noted(self) -> int:
        """Of those that failed: how many are never tried again."""
        return sum(self.reasons.get(kind.__name__, 0) for kind in FOR_GOOD)


def collect_photos(
    source: PhotoSource,
    collection: Path,
    wanted: PhotoQuery,
    limit: int,
    report: Callable[[PhotoCounts], None] = lambda counts: None,
) -> PhotoCounts:
    """Fetch what a search finds until the collection has so many photos of this source.

    What is there is not fetched again, nor what was gone, broken or twice there before, so the same call goes on where
    the last one ended, however that was.

    Args:
        source: of the photos.
        collection: its folder.
        wanted: what to search for.
        limit: photos of this source in the collection, those of earlier calls among them.
        report: is told of the counts after each photo.

    Raises:
        CrawlStopped: the service blocked us, or too much failed in a row; what is there is kept.
        DiskFull: there is no room.
        CollectError: the search itself failed.
    """
    return _Collecting(source, collection, limit, report).run(wanted)


class _Collecting:
    def __init__(
        self, source: PhotoSource, collection: Path, limit: int, report: Callable[[PhotoCounts], None]
    ) -> None:
        self.source, self.collection, self.limit, self.report = source, collection, limit, report
        self.store, self.counts = Store(collection), PhotoCounts()
        self.store.tidy()
        self.hashes, self.of_source = _kept_before(collection, source.name)
        self.left_out = _left_out_before(collection)
        self.in_a_row = 0
        self.resting: set[str] = set()  # hosts that asked for a pause which nobody waits for

    def run(self, wanted: PhotoQuery) -> PhotoCounts:
        """Fetch one photo after another."""
        self.counts.here = self.of_source
        if self.of_source >= self.limit:
            return self.counts
        for found in self.source.search(wanted):
            stem = stem_of(found.source, found.id)
            if self.is_passed_over(found, stem):
                continue
            self.take(found, stem)
            self.report(self.counts)
            if self.of_source >= self.limit:
                break
        return self.counts

    def is_passed_over(self, found: FoundPicture, stem: str) -> bool:
        """Whether a photo is here already, need not be fetched, or cannot be fetched now."""
        here = (self.collection / "records" / f"{stem}.json").exists()
        return here or stem in self.left_out or _host(found) in self.resting

    def take(self, found: FoundPicture, stem: str) -> None:
        """Fetch and keep one photo, or note why not."""
        try:
            picture = self.source.picture(found)
            if (digest := hashlib.sha256(picture).hexdigest()) in self.hashes:
                self.counts.twice += 1
                self.leave_out(stem, found, "the same file as another photo")
                return
            self.store.keep(found, picture)
        except FOR_GOOD as error:
            self.leave_out(stem, found, str(error))
            self.failed(error)
        except Throttled as error:
            self.paused(error, found)
        except Transient as error:
            self.failed(error)
        except Blocked as error:
            if not KNOWN[self.source.name].scattered:
                raise CrawlStopped(f"{error}\n{self.kept_so_far}") from error
            self.failed(error)
        else:
            self.hashes.add(digest)
            self.counts.kept += 1
            self.of_source += 1
            self.in_a_row = 0

    def paused(self, error: Throttled, found: FoundPicture) -> None:
        """Go on after a pause; stop where it is too long, unless the host is only one of many."""
        if (error.retry_after_s or 0.0) > LONGEST_PAUSE_S:
            if not KNOWN[self.source.name].scattered:
                raise CrawlStopped(f"{error}\nThat is too long to wait for. {self.kept_so_far}") from error
            self.resting.add(_host(found))
        self.failed(error)

    def failed(self, error: CollectError) -> None:
        """Count a photo that could not be had; too many in a row end it all."""
        self.counts.failed += 1
        kind = type(error).__name__
        self.counts.reasons[kind] = self.counts.reasons.get(kind, 0) + 1
        self.in_a_row += 1
        if self.in_a_row >= IN_A_ROW:
            raise CrawlStopped(f"{IN_A_ROW} photos in a row could not be had; the last: {error}\n{self.kept_so_far}")

    def leave_out(self, stem: str, found: FoundPicture, why: str) -> None:
        """Remember that a photo need not be fetched again."""
        self.left_out.add(stem)
        line = json.dumps({"stem": stem, "source": found.source, "id": found.id, "why": why}, ensure_ascii=False)
        self.collection.mkdir(parents=True, exist_ok=True)
        with (self.collection / LEFT_OUT).open("a", encoding="utf-8") as file:
            file.write(f"\n{line}" if file.tell() else line)  # a torn line stays a line of its own

    @property
    def kept_so_far(self) -> str:
        """What a person should know who is told that it stopped."""
        return f"The {self.of_source} photos that are there are kept; the same command goes on later."


def _host(found: FoundPicture) -> str:
    return "".join(found.urls[:1]).partition("://")[2].partition("/")[0]


def _kept_before(collection: Path, source: str) -> tuple[set[str], int]:
    """Hashes of all photos of a collection, and how many are of one source."""
    records = [read_collected(path) for path in sorted((collection / "records").glob("*.json"))]
    photos = [record for record in records if record.kind == "photo"]
    return {record.sha256 for record in photos}, sum(record.source == source for record in photos)


def _left_out_before(collection: Path) -> set[str]:
    path, found = collection / LEFT_OUT, set()
    if path.is_file():
        for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
            try:
                found.add(json.loads(line)["stem"])
            except (ValueError, KeyError, TypeError):  # a line that a kill tore
                continue
    return found


def note_question(collection: Path, wanted: PhotoQuery, settings: SourceSettings) -> None:
    """Write down what was asked of which source, and which terms were accepted when: `questions.json`."""
    path = collection / QUESTIONS
    asked = _questions(path)
    told = {key: value for key, value in asdict(wanted).items() if value}
    question = {
        "source": settings.name,
        "at": settings.base_url,
        "wanted": told,
        "terms": list(settings.accepted_terms),
    }
    if not any({**one, "first_asked": ""} == {**question, "first_asked": ""} for one in asked):
        asked.append({**question, "first_asked": datetime.now(UTC).isoformat(timespec="seconds")})
        write_json(path, asked)


def _questions(path: Path) -> list[dict[str, object]]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return []
    except ValueError as error:
        raise CollectError(f"{path} cannot be read: {error}\nRemove it; it only says what was asked before.") from error
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []
