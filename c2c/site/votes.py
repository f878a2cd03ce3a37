"""Votes of the blind study: the files that visitors save, checked against the run's study and added up.

An answer counts once: a voter, known by a chosen name or else by the sitting, who is asked about a picture again was
asked before. What is kept are counts, from which every share and its interval can be worked out again.
"""

import hashlib
import json
import statistics
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

import msgspec

from c2c.errors import VotesError
from c2c.records import Duel, Provenance, Tally, VotesFile, VotesRecord
from c2c.site.study import Contest, Group, Study, pairs_of

FORMAT = "c2c votes"
VERSION = 1
FOLDER = "votes"  # in the run's folder
MOST_BYTES = 4_000_000
MOST_NAMED = 3  # unknown pictures, in an error

Name = Annotated[str, msgspec.Meta(max_length=80)]
Seconds = Annotated[float, msgspec.Meta(ge=0, le=86400)]


@dataclass(frozen=True)
class PictureVote:
    """What somebody said about one picture."""

    picture: Name
    real: bool
    seconds: Seconds
    city: Name = ""  # "" where there was only one


@dataclass(frozen=True)
class PairVote:
    """Which of two pictures looked more like the target city of a direction."""

    direction: str
    chosen: Name
    other: Name
    seconds: Seconds


@dataclass(frozen=True)
class Votes:
    """One votes file, as a browser saves it."""

    study: Name
    seed: Annotated[int, msgspec.Meta(ge=0, lt=2**32)]
    session: Annotated[str, msgspec.Meta(min_length=1, max_length=80)]
    voter: Name = ""
    pictures: tuple[PictureVote, ...] = ()
    pairs: tuple[PairVote, ...] = ()

    @property
    def who(self) -> tuple[str, str]:
        """By what answers of the same person are known."""
        name = " ".join(self.voter.casefold().split())
        return ("voter", name) if name else ("session", self.session)


@dataclass(frozen=True)
class Handed:
    """A votes file that was read and fits the study."""

    file: str  # in the run's folder
    sha256: str
    votes: Votes


def read_votes(path: Path, study: Study) -> Handed:
    """Read a votes file and check it against the study that it should be about.

    Raises:
        VotesError: the file is none, is of a newer version, of another study, or names what the study has not.
    """
    try:
        data = path.read_bytes() if path.stat().st_size <= MOST_BYTES else None
    except OSError as error:
        raise VotesError(f"{path} cannot be read: {error.strerror or error}.") from error
    if data is None:
        raise VotesError(f"{path} is no votes file: it is larger than {MOST_BYTES // 1_000_000} MB.")
    votes = _decoded(data, path)
    if votes.study != study.id:
        raise VotesError(
            f"{path} holds votes on other pictures: on study {votes.study}, and this run's is {study.id}.\n"
            "Count them with the run whose site was shown. Votes on pictures that were since made anew are void."
        )
    _check_names(votes, study, path)
    sha256 = hashlib.sha256(data).hexdigest()
    return Handed(f"{FOLDER}/{sha256[:16]}.json", sha256, votes)


def study_named_in(path: Path) -> str:
    """Which study a file of the votes' folder is about; "" where that cannot be read."""
    try:
        found = msgspec.json.decode(path.read_bytes())
    except (OSError, msgspec.DecodeError, RecursionError):
        return ""
    return str(found.get("study", "")) if isinstance(found, dict) else ""


def add_up(study: Study, handed: Iterable[Handed], provenance: Provenance) -> VotesRecord:
    """All votes in one record; of two files of one sitting, the longer comes first."""
    ordered = sorted(handed, key=lambda one: (-_length(one.votes), one.file))
    count = _Count(study, _standing(study))
    files = [count.add(one) for one in ordered]
    return VotesRecord(
        study=study.id,
        files=tuple(sorted(files, key=lambda file: file.file)),
        voters=len({one.votes.who for one in ordered}),
        cities=study.cities,
        tallies=tuple(count.tally(group) for group in study.groups),
        duels=tuple(duel for contest in study.contests for duel in count.duels_of(contest)),
        provenance=provenance,
    )


@dataclass
class _Count:
    """Answers as they come in, each question of a voter once."""

    study: Study
    standing: dict[tuple[str, str], str]
    seen: set[tuple[tuple[str, str], object]] = field(default_factory=set)
    said: dict[str, list[PictureVote]] = field(default_factory=dict)  # picture -> answers
    wins: Counter[tuple[str, str, str]] = field(default_factory=Counter)  # direction, winner, loser

    def add(self, one: Handed) -> VotesFile:
        """Count what a file adds."""
        counted = 0
        for vote in one.votes.pictures:
            if self._is_new(one.votes.who, vote.picture):
                self.said.setdefault(vote.picture, []).append(vote)
                counted += 1
        for pair in one.votes.pairs:
            if self._is_new(one.votes.who, (pair.direction, *sorted((pair.chosen, pair.other)))):
                winner, loser = (self.standing[pair.direction, id] for id in (pair.chosen, pair.other))
                self.wins[pair.direction, winner, loser] += 1
                counted += 1
        return VotesFile(one.file, one.sha256, one.votes.voter, counted, _length(one.votes) - counted)

    def _is_new(self, who: tuple[str, str], question: object) -> bool:
        new = (who, question) not in self.seen
        self.seen.add((who, question))
        return new

    def tally(self, group: Group) -> Tally:
        """What was said about a group's pictures."""
        votes = [vote for picture in group.pictures for vote in self.said.get(picture.id, ())]
        named = Counter(vote.city for vote in votes)
        return Tally(
            subject=group.subject,
            approach_kind=group.approach_kind,
            direction=group.direction,
            source=group.source,
            city=group.city,
            answers=len(votes),
            taken_for_real=sum(vote.real for vote in votes),
            cities={city: named[city] for city in self.study.cities} if self.study.asks_city else {},
            seconds=round(statistics.median(vote.seconds for vote in votes), 2) if votes else 0.0,
        )

    def duels_of(self, contest: Contest) -> Iterable[Duel]:
        """Every two contestants of a direction that were compared."""
        for a, b in pairs_of(contest):
            wins = self.wins[contest.direction, a, b], self.wins[contest.direction, b, a]
            if any(wins):
                yield Duel(contest.direction, contest.source, contest.target, a, b, *wins)


def _standing(study: Study) -> dict[tuple[str, str], str]:
    """(direction, picture) -> whom the picture stands for there."""
    return {
        (contest.direction, picture.id): who
        for contest in study.contests
        for who, number in contest.contestants
        for picture in study.groups[number].pictures
    }


def _decoded(data: bytes, path: Path) -> Votes:
    try:
        found = msgspec.json.decode(data)
    except (msgspec.DecodeError, RecursionError) as error:
        raise VotesError(f"{path} is no votes file: it is not whole JSON ({error}).") from error
    if not isinstance(found, dict) or found.get("format") != FORMAT:
        raise VotesError(
            f"{path} is no votes file of c2c.\n"
            "The page “Blind study” of a run's site saves them: answer its questions, then press “Save my votes”."
        )
    version = found.get("version")
    if isinstance(version, int) and version > VERSION:
        raise VotesError(f"{path} is of version {version}, newer than {VERSION}, which this c2c reads. Update c2c.")
    try:
        return msgspec.convert(found, Votes)
    except (msgspec.ValidationError, RecursionError) as error:
        raise VotesError(f"{path} is no whole votes file: {error}.") from error


def _check_names(votes: Votes, study: Study, path: Path) -> None:
    """Every picture, city and direction that is named is one of the study's."""
    known = {picture.id for group in study.groups for picture in group.pictures}
    standing = _standing(study)
    unknown = [vote.picture for vote in votes.pictures if vote.picture not in known]
    for pair in votes.pairs:
        whom = {id: standing.get((pair.direction, id)) for id in (pair.chosen, pair.other)}
        unknown += [id for id, who in whom.items() if who is None]
        if len(set(whom.values())) < 2 and None not in whom.values():
            raise VotesError(f"{path} compares two pictures of the same kind: {pair.chosen} and {pair.other}.")
    if unknown:
        named = ", ".join(json.dumps(id, ensure_ascii=False) for id in unknown[:MOST_NAMED])
        raise VotesError(f"{path} names {len(unknown)} pictures that the study does not ask about, such as {named}.")
    cities = {vote.city for vote in votes.pictures} - set(study.cities if study.asks_city else ("",))
    if cities:
        raise VotesError(f"{path} names cities that the study does not ask about: {', '.join(sorted(cities))}.")


def _length(votes: Votes) -> int:
    return len(votes.pictures) + len(votes.pairs)
