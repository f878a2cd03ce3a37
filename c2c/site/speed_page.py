"""The speed page: what the time of each approach buys, how fast each is, and how that moved."""

from dataclasses import dataclass

from c2c.site.fronts import Front, fronts_of
from c2c.site.history import History, history_of
from c2c.site.reaching import Reaching, reaching_of
from c2c.site.reading import RunFolder
from c2c.site.speed import TimedGroup, timed_groups


@dataclass(frozen=True)
class Speed:
    """All of the speed page."""

    fronts: tuple[Front, ...]
    reaching: tuple[Reaching, ...]
    groups: tuple[TimedGroup, ...]
    history: History

    @property
    def files(self) -> dict[str, str]:
        """Files of the site that the page links to, by address."""
        return self.history.files


def speed_of(run: RunFolder, names: dict[str, str]) -> Speed:
    """The speed page of a run; `names` says what approaches are called."""
    return Speed(
        fronts_of(run, names), reaching_of(run, names), tuple(timed_groups(run, names)), history_of(run, names)
    )
