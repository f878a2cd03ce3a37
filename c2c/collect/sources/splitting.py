"""Questions that are too large for a service, asked in parts."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, TypeVar

from c2c.collect.failures import BadAnswer

T = TypeVar("T")
MOST_QUESTIONS = 5000  # of one search; more means that the service does not count rightly


def in_parts(whole: T, ask: Callable[[T], Iterable[Any] | None], parts: Callable[[T], Sequence[T]]) -> Iterator[Any]:
    """What a service answers to a question, or to its parts where it is too large, and to theirs.

    Args:
        whole: the question.
        ask: gives what was found, or None where the question is too large and can be split.
        parts: of a question, in the order in which they are asked.

    Raises:
        BadAnswer: there is no end to it.
    """
    waiting, asked = [whole], 0
    while waiting:
        asked += 1
        if asked > MOST_QUESTIONS:
            raise BadAnswer(
                f"A search took more than {MOST_QUESTIONS} questions, and was given up.\n"
                "Ask for a smaller area, or for fewer days."
            )
        one = waiting.pop()
        found = ask(one)
        if found is None:
            waiting.extend(reversed(parts(one)))
        else:
            yield from found
