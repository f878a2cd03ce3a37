"""Learning rates as a function of the step."""

import hashlib
import math

from c2c.recipe import TrainingRecipe


def total_steps(recipe: TrainingRecipe, pictures: int, processes: int = 1) -> int:
    """How many steps a training takes: what the recipe says, or its epochs over so many pictures."""
    return recipe.steps or recipe.epochs * math.ceil(pictures / (recipe.batch_size * processes))


def learning_rate(recipe: TrainingRecipe, step: int, steps: int) -> float:
    """The rate at a step counted from 0: constant at first, then falling linearly to zero.

    Source: Zhu et al. 2017, section 7.1, https://arxiv.org/abs/1703.10593
    """
    constant = int(steps * recipe.constant_share)
    return recipe.learning_rate * min(1.0, (steps - step) / (steps - constant + 1))


def seed_of(*parts: str | int) -> int:
    """A seed of 63 bits that depends on all parts: chance as a function of (run, approach, step), with no state."""
    text = "/".join(str(part) for part in parts)
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big") >> 1
