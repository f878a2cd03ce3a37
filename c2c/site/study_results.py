"""What people said in the blind study: shares with their intervals, beside what real pictures and guessing reach."""

from dataclasses import dataclass

from c2c.recipe.references import COPY, REAL
from c2c.records import Difference, Duel, Tally, VotesRecord, difference_of_shares, share_interval
from c2c.site.files import SiteFiles
from c2c.site.pages import Page
from c2c.site.reading import Filed, RunFolder
from c2c.site.study import Study, place_study, study_of
from c2c.site.words import approach_name, direction_in_words, direction_name, title_case

WIDE = 0.3  # a share or a difference whose interval is wider than this tells little


@dataclass(frozen=True)
class Share:
    """A share of answers, in percent, with its interval."""

    text: str
    interval: str
    value: float  # 0 to 100
    low: float
    high: float


@dataclass(frozen=True)
class ResultRow:
    """What was said about the pictures of an approach, or about real ones."""

    name: str
    about: str
    role: str  # "floor" for real pictures, or "approach"
    answers: int
    real: Share | None  # taken for real; None without answers
    city: Share | None  # the city was named that the pictures show, or should show
    seconds: str
    verdict: str
    outcome: str  # "better", "tie" or "worse", as verdicts are coloured; "" where there is none


@dataclass(frozen=True)
class Standing:
    """How often one contestant of a direction was chosen."""

    name: str
    role: str
    chosen: int
    compared: int
    share: Share


@dataclass(frozen=True)
class Encounter:
    """Two contestants of a direction: which of them was chosen."""

    winner: str
    loser: str
    score: str  # "7 of 9"
    level: bool  # both were chosen equally often
    told_apart: bool


@dataclass(frozen=True)
class ContestResult:
    """Which contestants of a direction looked more like its city."""

    title: str
    city: str
    standings: tuple[Standing, ...]
    encounters: tuple[Encounter, ...]


@dataclass(frozen=True)
class Results:
    """All that people said so far."""

    voters: int
    answers: int
    files: int
    rows: tuple[ResultRow, ...]
    guess_city: str  # the share that guessing reaches, "" where there is one city only
    contests: tuple[ContestResult, ...]
    stale: str  # why these votes are about other pictures than the site's
    record: str

    @property
    def sums(self) -> str:
        """How many answers of how many voters, in words."""
        people = "1 person" if self.voters == 1 else f"{self.voters:,} people"
        return f"{self.answers:,} answers of {people}"


def study_pages(run: RunFolder, files: SiteFiles) -> list[Page]:
    """The page of a run's blind study, with what people said so far; brings its pictures into the site."""
    study = study_of(run)
    if study is None:
        return []
    place_study(study, run.root, files)
    found = next(iter(run.of(VotesRecord)), None)
    values = {"study": study, "results": results_in(found, study) if found else None}
    return [Page("study.html", "study.html", study.title, values, link="Blind study")]


def results_in(filed: Filed[VotesRecord], study: Study) -> Results:
    """What a record of votes says."""
    record = filed.record
    real = [tally for tally in record.tallies if tally.subject == REAL]
    kinds = {tally.subject: tally.approach_kind for tally in record.tallies}
    ordered = [*real, *(tally for tally in record.tallies if tally.subject != REAL)]
    return Results(
        voters=record.voters,
        answers=sum(file.answers for file in record.files),
        files=len(record.files),
        rows=tuple(_row(tally, real) for tally in ordered),
        guess_city=f"{100 / len(record.cities):.0f}%" if len(record.cities) > 1 else "",
        contests=tuple(_contest([d for d in record.duels if d.direction == way], kinds) for way in _ways(record)),
        stale="" if study.id == record.study else _STALE,
        record=filed.href,
    )


_STALE = "These votes are about other pictures than those of this site: they were made anew since."


def share_of(part: int, whole: int) -> Share | None:
    """A share in percent with its interval of 95%; None of nothing."""
    if not whole:
        return None
    ends = share_interval(part / whole, whole)
    value, low, high = (100 * each for each in (part / whole, ends.low, ends.high))
    return Share(f"{value:.0f}%", f"{low:.0f} to {high:.0f}%", round(value, 2), round(low, 2), round(high, 2))


def _row(tally: Tally, real: list[Tally]) -> ResultRow:
    is_real = tally.subject == REAL
    verdict, outcome = ("", "") if is_real else _verdict(tally, real)
    return ResultRow(
        name=f"Real {title_case(tally.city)}" if is_real else approach_name(tally.subject, tally.approach_kind),
        about="" if is_real else direction_name(tally.source, tally.city, tally.direction),
        role="floor" if is_real else "approach",
        answers=tally.answers,
        real=share_of(tally.taken_for_real, tally.answers),
        city=share_of(tally.cities.get(tally.city, 0), tally.answers) if tally.cities else None,
        seconds=f"{tally.seconds:.1f} s" if tally.answers else "–",
        verdict=verdict,
        outcome=outcome,
    )


def _verdict(tally: Tally, real: list[Tally]) -> tuple[str, str]:
    """Whether an approach's pictures were taken for real as often as real ones were, all cities together."""
    taken, answers = sum(t.taken_for_real for t in real), sum(t.answers for t in real)
    if not tally.answers or not answers:
        return "no answers yet", ""
    found = difference_of_shares(tally.taken_for_real, tally.answers, taken, answers)
    if not found.is_tie:
        return ("less often than real ones", "worse") if found.value < 0 else ("more often than real ones", "better")
    return ("too few answers to tell", "") if _is_wide(found) else ("as often as real ones", "tie")


def _is_wide(found: Difference) -> bool:
    return found.interval.high - found.interval.low > WIDE


def _ways(record: VotesRecord) -> list[str]:
    return list(dict.fromkeys(duel.direction for duel in record.duels))


def _contest(duels: list[Duel], kinds: dict[str, str]) -> ContestResult:
    source, target = duels[0].source, duels[0].target
    who = dict.fromkeys(name for duel in duels for name in (duel.a, duel.b))
    standings = [_standing(name, duels, _called(name, kinds, source, target)) for name in who]
    return ContestResult(
        title=title_case(direction_in_words(source, target, duels[0].direction)),
        city=title_case(target),
        standings=tuple(sorted(standings, key=lambda one: (-one.share.value, one.name))),
        encounters=tuple(_encounter(duel, kinds) for duel in duels),
    )


def _called(name: str, kinds: dict[str, str], source: str, target: str) -> str:
    """What a contestant is called."""
    others = {COPY: f"The input, real {title_case(source)}", REAL: f"Real {title_case(target)}"}
    return others.get(name) or approach_name(name, kinds.get(name, ""))


def _standing(name: str, duels: list[Duel], called: str) -> Standing:
    won = sum(duel.wins_a if duel.a == name else duel.wins_b for duel in duels if name in (duel.a, duel.b))
    compared = sum(duel.wins_a + duel.wins_b for duel in duels if name in (duel.a, duel.b))
    share = share_of(won, compared) or Share("–", "", 0.0, 0.0, 100.0)
    role = {REAL: "floor", COPY: "ceiling"}.get(name, "approach")
    return Standing(called, role, won, compared, share)


def _encounter(duel: Duel, kinds: dict[str, str]) -> Encounter:
    sides = [(duel.wins_a, duel.a), (duel.wins_b, duel.b)]
    (won, winner), (lost, loser) = sorted(sides, key=lambda side: -side[0])
    names = [_called(name, kinds, duel.source, duel.target) for name in (winner, loser)]
    ends = share_interval(won / (won + lost), won + lost)
    return Encounter(names[0], names[1], f"{won} of {won + lost}", won == lost, ends.low > 0.5)
