import math

import pytest
import torch

from c2c.training.window import POINTS, Means, Window


def numbers(**values):
    return {name: torch.tensor(float(value)) for name, value in values.items()}


def test_a_window_closes_with_the_means_of_its_steps():
    window = Window(2 * POINTS)  # windows of 2 steps

    full = [window.add(step, numbers(cycle=step, adversarial=-step)) for step in (1, 2)]

    assert full == [False, True]
    assert window.close(numbers(g=20)) == Means({"cycle": 1.5, "adversarial": -1.5}, {"g": 20.0}, None)


def test_a_short_training_has_a_window_for_each_step():
    assert Window(3).add(1, numbers(l1=1))


def test_a_curve_has_no_more_points_than_it_needs():
    window, points = Window(5000), 0
    for step in range(1, 5001):
        if window.add(step, numbers(l1=1)):
            window.close({})
            points += 1

    assert points == POINTS


def test_closing_early_gives_what_there_is_and_closing_nothing_gives_nothing():
    window = Window(10 * POINTS)
    window.add(1, numbers(l1=2))
    window.add(2, numbers(l1=4))

    assert window.close({}) == Means({"l1": 3.0}, {}, None)
    assert window.close({}) is None


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_the_first_step_that_is_not_finite_is_remembered(value):
    window = Window(10 * POINTS)
    for step in range(1, 6):
        window.add(step, numbers(cycle=1, adversarial=value if step == 3 else 1))

    means = window.close({})

    assert means.first_bad == 3
    assert list(means.not_finite) == ["adversarial"]


def test_a_gradient_that_is_not_finite_is_named():
    window = Window(10 * POINTS)
    window.add(7, numbers(l1=1))

    means = window.close(numbers(generator=math.inf))

    assert (means.first_bad, means.not_finite) == (None, {"gradient of generator": math.inf})


def test_it_tells_before_the_step_that_fills_it():
    window = Window(2 * POINTS)

    assert not window.fills_next
    window.add(1, numbers(l1=1))
    assert window.fills_next


def test_the_window_keeps_its_own_numbers():
    window, loss = Window(2 * POINTS), torch.tensor(1.0)
    window.add(1, {"l1": loss})
    loss.fill_(100)
    window.add(2, numbers(l1=3))

    assert window.close({}).losses == {"l1": 2.0}
