import math

import pytest
import torch

from c2c.errors import TrainingDiverged
from c2c.training.loss_log import POINTS, LossLog


def losses(**values):
    return {name: torch.tensor(float(value)) for name, value in values.items()}


def test_a_point_is_the_mean_of_its_window():
    log = LossLog(2 * POINTS)  # windows of 2 steps
    for step, value in enumerate([1, 3, 10, 20], start=1):
        log.add(step, losses(cycle=value, adversarial=-value))

    assert log.curves == {"cycle": [(2, 2.0), (4, 15.0)], "adversarial": [(2, -2.0), (4, -15.0)]}


def test_a_short_training_has_a_point_for_each_step():
    log = LossLog(3)
    for step in (1, 2, 3):
        log.add(step, losses(l1=step))

    assert log.curves == {"l1": [(1, 1.0), (2, 2.0), (3, 3.0)]}


def test_a_curve_has_no_more_points_than_it_needs():
    log = LossLog(5000)
    for step in range(1, 5001):
        log.add(step, losses(l1=1))

    assert len(log.curves["l1"]) == POINTS


def test_closing_early_makes_a_point_of_what_there_is_and_closing_nothing_makes_none():
    log = LossLog(10 * POINTS)
    log.add(1, losses(l1=2))
    log.add(2, losses(l1=4))

    log.close(2)
    log.close(2)

    assert log.curves == {"l1": [(2, 3.0)]}


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_a_loss_that_is_no_number_ends_the_training_by_name(value):
    log = LossLog(10 * POINTS)
    log.add(1, losses(cycle=1, adversarial=value))
    for step in range(2, 10):
        log.add(step, losses(cycle=1, adversarial=1))

    with pytest.raises(TrainingDiverged, match=r"step 10: cycle = 1.0, adversarial = (nan|inf|-inf)") as found:
        log.add(10, losses(cycle=1, adversarial=1))

    assert found.value.step == 10
    assert log.curves == {}


def test_the_log_keeps_its_own_numbers():
    log, loss = LossLog(2 * POINTS), torch.tensor(1.0)
    log.add(1, {"l1": loss})
    loss.fill_(100)
    log.add(2, losses(l1=3))

    assert log.curves == {"l1": [(2, 2.0)]}
