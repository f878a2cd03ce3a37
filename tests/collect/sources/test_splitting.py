import pytest

from c2c.collect.failures import BadAnswer
from c2c.collect.sources.splitting import MOST_QUESTIONS, in_parts


def halves(span):
    first, last = span
    middle = (first + last) // 2
    return [(first, middle), (middle, last)]


def at_most(count, asked):
    def ask(span):
        asked.append(span)
        return None if span[1] - span[0] > count else range(*span)

    return ask


def test_a_question_that_is_small_enough_is_asked_once():
    asked = []

    assert list(in_parts((0, 5), at_most(5, asked), halves)) == [0, 1, 2, 3, 4]
    assert asked == [(0, 5)]


def test_the_parts_of_a_question_give_what_the_whole_would_in_its_order():
    assert list(in_parts((0, 1000), at_most(7, []), halves)) == list(range(1000))


def test_later_parts_are_not_asked_for_before_they_are_needed():
    asked = []
    found = in_parts((0, 16), at_most(4, asked), halves)
    next(found)

    assert asked == [(0, 16), (0, 8), (0, 4)]


def test_parts_without_an_end_are_given_up():
    asked = []

    def never(span):
        asked.append(span)

    with pytest.raises(BadAnswer, match="given up"):
        list(in_parts((0, 1), never, lambda span: [span, span]))
    assert len(asked) == MOST_QUESTIONS
