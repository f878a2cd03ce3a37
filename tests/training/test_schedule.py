from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from c2c.recipe import TrainingRecipe
from c2c.training.schedule import learning_rate, seed_of, total_steps

PAPER = TrainingRecipe()


def test_the_papers_rate_is_constant_for_half_of_the_steps_then_falls_linearly():
    rates = [learning_rate(PAPER, step, 200) for step in range(200)]

    assert rates[:100] == pytest.approx([2e-4] * 100)
    assert rates[100] == pytest.approx(2e-4 * 100 / 101)
    assert rates[199] == pytest.approx(2e-4 / 101)
    assert [a - b for a, b in pairwise(rates[99:])] == pytest.approx([2e-4 / 101] * 100)


@given(st.integers(1, 300), st.floats(0, 1), st.data())
def test_it_is_the_reference_implementations_rule_at_every_step(steps, share, data):
    """`lambda_rule` of pytorch-CycleGAN-and-pix2pix, with its epochs read as steps."""
    recipe, step = TrainingRecipe(constant_share=share), data.draw(st.integers(0, steps - 1))
    n_constant = int(steps * share)
    n_decay = steps - n_constant
    factor = 1.0 - max(0, step + 1 - n_constant) / float(n_decay + 1)

    assert learning_rate(recipe, step, steps) == pytest.approx(2e-4 * factor)
    assert learning_rate(recipe, step, steps) > 0


def test_steps_are_epochs_over_the_pictures_unless_the_recipe_says_them():
    assert total_steps(PAPER, 1500) == 300_000
    assert total_steps(TrainingRecipe(epochs=2, batch_size=4), 10) == 6
    assert total_steps(TrainingRecipe(steps=7), 1500) == 7


def test_a_seed_depends_on_every_part_and_on_nothing_else():
    assert seed_of(0, "cyclegan", 3) == seed_of(0, "cyclegan", 3)
    seeds = {seed_of(seed, name, step) for seed in range(5) for name in ("a", "b") for step in range(20)}
    assert len(seeds) == 200


def test_a_seed_is_the_same_on_any_machine():
    """SHA-256 of "0/cyclegan/1", its first 63 bits, by sha256sum."""
    assert seed_of(0, "cyclegan", 1) == 1681377467099725320


@given(st.integers(), st.text())
def test_a_seed_is_one_that_torch_takes(number, name):
    assert 0 <= seed_of(number, name) < 2**63
