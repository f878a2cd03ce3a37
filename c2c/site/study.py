"""The blind study: which real and translated pictures people are asked about, under names that give nothing away.

A study is made from a run's folder alone and is the same each time, so that votes can be counted long after a site was
built. Its pictures all have one size and one codec. A picture's name is a hash that real and translated ones share the
form of; it also hashes the file, so that votes on pictures that were made anew are known to be votes on others.
"""

import hashlib
import io
import json
import os
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

from PIL import Image

from c2c.recipe.references import COPY, REAL
from c2c.records import CityRecord, Panel, TranslationRecord
from c2c.site.files import SiteFiles
from c2c.site.made import lossless
from c2c.site.reading import RunFolder
from c2c.site.words import approach_name, direction_in_words, direction_name, title_case

MOST_PICTURES = 40  # of a group
FOLDER = "study"


@dataclass(frozen=True)
class StudyPicture:
    """One picture of a study."""

    id: str  # what its file is called, and what votes call it
    scene: str  # pictures of one place share it, so that nobody sees a place twice
    origin: str  # in the run's folder

    @property
    def address(self) -> str:
        """Where the site has it."""
        return f"{FOLDER}/{self.id}.webp"


@dataclass(frozen=True)
class Group:
    """What one approach made in one direction, or the real pictures of one city."""

    subject: str  # the approach's name, or `REAL`
    approach_kind: str  # "" for real pictures
    direction: str  # "" for real pictures
    source: str
    city: str  # that the pictures show, or should show
    pictures: tuple[StudyPicture, ...]

    @property
    def real(self) -> bool:
        """Whether these are real pictures."""
        return self.subject == REAL

    @property
    def name(self) -> str:
        """What made them."""
        return f"Real {title_case(self.city)}" if self.real else approach_name(self.subject, self.approach_kind)

    @property
    def about(self) -> str:
        """The direction, as it is read."""
        return "" if self.real else direction_name(self.source, self.city, self.direction)


@dataclass(frozen=True)
class Contest:
    """The contestants of one direction: every approach, its input handed back, and real pictures of the other city."""

    direction: str
    source: str
    target: str
    contestants: tuple[tuple[str, int], ...]  # who, and the number of its group

    @property
    def name(self) -> str:
        """The direction, as it is read."""
        return direction_name(self.source, self.target, self.direction)

    @property
    def said(self) -> str:
        """The direction within a sentence."""
        return direction_in_words(self.source, self.target, self.direction)


@dataclass(frozen=True)
class Study:
    """All that people may be asked about."""

    id: str
    size: int
    cities: tuple[str, ...]
    groups: tuple[Group, ...]

    @property
    def title(self) -> str:
        """The question that the page asks."""
        return "Which city is this? Is it real?" if self.asks_city else "Is it real?"

    @property
    def asks_city(self) -> bool:
        """Whether there is more than one city to tell apart."""
        return len(self.cities) > 1

    @property
    def contests(self) -> tuple[Contest, ...]:
        """Every direction in which two can be compared."""
        ways = dict.fromkeys((g.direction, g.source, g.city) for g in self.groups if not g.real)
        found = (Contest(*way, tuple(self._contestants(*way))) for way in ways)
        return tuple(contest for contest in found if len(contest.contestants) > 1)

    def _contestants(self, direction: str, source: str, target: str) -> Iterator[tuple[str, int]]:
        for number, group in enumerate(self.groups):
            if group.direction == direction:
                yield group.subject, number
        for number, group in enumerate(self.groups):
            if group.real and group.city == source != target:
                yield COPY, number
        for number, group in enumerate(self.groups):
            if group.real and group.city == target:
                yield REAL, number


def study_of(run: RunFolder) -> Study | None:
    """The study of a run; None where nothing was translated into pictures, or no real one is there beside them."""
    chosen = _at_trained_size(run)
    if not chosen:
        return None
    size = min(record.size for record in chosen)
    real = _real_folders(run, chosen, size)
    groups = [_made(run.root, record, size) for record in chosen]
    groups += [_real(run.root, city, real[city], size) for city in sorted(real)]
    groups = [group for group in groups if group.pictures]
    if {group.real for group in groups} != {True, False}:
        return None
    cities = tuple(sorted({group.city for group in groups}))
    told = [(g.subject, g.direction, g.source, g.city, [p.id for p in g.pictures]) for g in groups]
    return Study(_digest(json.dumps([size, cities, told])), size, cities, tuple(groups))


def place_study(study: Study, run: Path, files: SiteFiles) -> None:
    """Bring a study's pictures into the site; what is there is not made again, since its name is its content's."""
    pictures = [picture for group in study.groups for picture in group.pictures]
    missing = [picture for picture in pictures if not files.keep(picture.address).exists()]
    with ThreadPoolExecutor(os.cpu_count()) as pool:  # Pillow lets go of Python's lock
        made = pool.map(lambda picture: lossless(_reduced(run / picture.origin, study.size)), missing)
        for picture, data in zip(missing, made, strict=True):
            files.write(picture.address, data)


def pairs_of(contest: Contest) -> list[tuple[str, str]]:
    """Every two contestants, in their order."""
    return list(combinations([who for who, _ in contest.contestants], 2))


def _at_trained_size(run: RunFolder) -> list[TranslationRecord]:
    """A record for each approach and direction that makes images: at the size of training, else the smallest."""
    found: dict[tuple[str, str], TranslationRecord] = {}
    for record in sorted((filed.record for filed in run.of(TranslationRecord)), key=lambda r: r.size):
        output = _panel(record, "output")
        if record.status != "done" or not record.pictures or output is None:
            continue
        key = record.approach, record.direction
        if key not in found or record.size == record.trained_size:
            found[key] = record
    return [found[key] for key in sorted(found)]


def _panel(record: TranslationRecord, role: str) -> Panel | None:
    """The images of a role, not its depth maps."""
    return next((p for p in record.panels if (p.role, p.modality) == (role, "image")), None)


def _real_folders(run: RunFolder, chosen: list[TranslationRecord], size: int) -> dict[str, list[str]]:
    """City -> the files of its real pictures, at the study's size where there are such."""
    folders: dict[str, tuple[str, tuple[str, ...]]] = {}
    for record in sorted(chosen, key=lambda record: record.size != size):
        source, target = _city(record.source), _city(record.target)
        panel = _panel(record, "input") or (_panel(record, "truth") if source == target else None)
        if panel:
            folders.setdefault(source, (panel.folder, record.pictures))
    files = {city: [f"{folder}/{stem}.png" for stem in stems] for city, (folder, stems) in folders.items()}
    wanted = {_city(record.target) for record in chosen} - files.keys()
    for city in (filed.record.city for filed in run.of(CityRecord)):
        if city in wanted:
            views = sorted((run.root / "data" / city / "views" / f"image-{size}").glob("*.png"))
            files[city] = [path.relative_to(run.root).as_posix() for path in views]
    return files


def _city(name: str) -> str:
    """A city's name, where a record says "paris depth"."""
    return name.removesuffix(" depth")


def _made(root: Path, record: TranslationRecord, size: int) -> Group:
    """The group of one approach in one direction."""
    panel = _panel(record, "output")
    folder = panel.folder if panel else ""
    source, target = _city(record.source), _city(record.target)
    files = [f"{folder}/{stem}.png" for stem in record.pictures]
    pictures = _pictures(root, files, size, source, f"{record.approach}\n{record.direction}")
    return Group(record.approach, record.approach_kind, record.direction, source, target, pictures)


def _real(root: Path, city: str, files: list[str], size: int) -> Group:
    """The group of a city's real pictures."""
    return Group(REAL, "", "", city, city, _pictures(root, files, size, city, f"{REAL}\n{city}"))


def _pictures(root: Path, files: list[str], size: int, source: str, whose: str) -> tuple[StudyPicture, ...]:
    """Up to `MOST_PICTURES` whole pictures; of every approach the same places, without an order that tells anything."""
    by_chance = sorted(files, key=lambda file: _digest(Path(file).stem))
    found = (_picture(root, file, size, source, whose) for file in by_chance)
    return tuple(sorted(_first(found, MOST_PICTURES), key=lambda picture: picture.id))


def _first(found: Iterable[StudyPicture | None], count: int) -> list[StudyPicture]:
    kept: list[StudyPicture] = []
    for picture in found:
        if picture and len(kept) < count:
            kept.append(picture)
        if len(kept) == count:
            break
    return kept


def _picture(root: Path, file: str, size: int, source: str, whose: str) -> StudyPicture | None:
    """One picture, or None where its file is missing, torn, or outside the run."""
    path = root / file
    if not path.resolve().is_relative_to(root.resolve()):
        return None
    try:
        data = path.read_bytes()
        with Image.open(io.BytesIO(data)) as image:
            image.verify()
    except (OSError, SyntaxError, ValueError):  # what Pillow raises for a torn or foreign file
        return None
    content = hashlib.sha256(data).hexdigest()
    stem = Path(file).stem
    return StudyPicture(_digest(f"{whose}\n{stem}\n{size}\n{content}"), _digest(f"{source}\n{stem}")[:8], file)


def _reduced(path: Path, size: int) -> Image.Image:
    """A picture at the study's size, without anything that a file may say about where it comes from."""
    with Image.open(path) as image:
        plain = image.convert("RGB")
    return plain if plain.size == (size, size) else plain.resize((size, size), Image.Resampling.LANCZOS)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]
