"""What can go wrong in a training, and how it is noticed.

- a loss or gradient is not finite: nothing can be learnt from there on;
- the generator has collapsed: it makes the same picture of everything;
- the generator copies: its output is its input;
- a discriminator's loss is zero: it has won, and has nothing left to teach.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from c2c.recipe import HealthRecipe
from c2c.recipe.schema import Remedy
from c2c.training.window import Means

NON_FINITE, COLLAPSE, COPYING, IDLE = "non-finite", "collapse", "copying", "idle discriminator"


@dataclass(frozen=True)
class Trouble:
    """Something that was noticed, and what the recipe does about it."""

    step: int
    what: str
    message: str
    remedy: Remedy


def trouble_in_means(step: int, means: Means, recipe: HealthRecipe) -> list[Trouble]:
    """What the losses and gradients of a window that ends at a step tell."""
    found = []
    if means.first_bad is not None or means.not_finite:
        named = ", ".join(f"{name} = {value}" for name, value in means.not_finite.items()) or "within the window"
        found.append(Trouble(means.first_bad or step, NON_FINITE, f"not a finite number: {named}", recipe.non_finite))
    for name, value in means.losses.items():
        if name.startswith("discriminator") and value < recipe.idle_below:
            message = f"{name} has a mean loss of {value:.2g}, less than {recipe.idle_below:g}"
            found.append(Trouble(step, IDLE, message, recipe.idle_discriminator))
    return found


def trouble_in_samples(
    step: int, direction: str, given: list[Tensor], made: list[Tensor], recipe: HealthRecipe
) -> list[Trouble]:
    """What a few translated pictures tell.

    Args:
        step: after which they were made.
        direction: its name.
        given: what was translated, each (C, H, W) in [-1, 1].
        made: what came out, in the same order; of another number of channels where depth is made or taken.
        recipe: the bounds.
    """
    found = []
    outputs = torch.stack(made) / 2  # differences on a scale of 0 to 1
    deviation = float((outputs - outputs.mean(0)).abs().mean())
    if len(made) > 1 and deviation < recipe.collapse_below:
        message = f"{direction}: the pictures differ from their mean by {deviation:.2g}, of {recipe.collapse_below:g}"
        found.append(Trouble(step, COLLAPSE, message, recipe.collapse))
    if given[0].shape == made[0].shape:
        change = float((torch.stack(given) / 2 - outputs).abs().mean())
        if change < recipe.copying_below:
            message = f"{direction}: the pictures change by {change:.2g}, less than {recipe.copying_below:g}"
            found.append(Trouble(step, COPYING, message, recipe.copying))
    return found
