"""How a run tells of its progress, without knowing where it is shown."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol

Progress = Callable[[int, int], None]


class Reporter(Protocol):
    """Shows stages and how far they are."""

    def stage(self, name: str) -> AbstractContextManager[Progress]:
        """Open a stage; what comes back takes (done, of all)."""
        ...

    def say(self, text: str) -> None:
        """Show one line."""
        ...


class SilentReporter:
    """Shows nothing."""

    @contextmanager
    def stage(self, name: str) -> Iterator[Progress]:
        """Take progress and show none of it."""
        yield lambda done, total: None

    def say(self, text: str) -> None:
        """Show nothing."""
