"""How a request can fail; each kind says what a crawl should do next."""

from c2c.errors import CollectError


class Gone(CollectError):
    """What was asked for is not there, and asking again will not help."""


class Blocked(CollectError):
    """The service does not want to be asked: stop."""


class Throttled(CollectError):
    """The service asks to be left alone for a while."""

    def __init__(self, text: str, retry_after_s: float | None = None) -> None:
        self.retry_after_s = retry_after_s  # None where it did not say
        super().__init__(text)


class Transient(CollectError):
    """Something went wrong on the way; another try may well succeed."""


class BadAnswer(CollectError):
    """An answer came, but not one that can be used."""
