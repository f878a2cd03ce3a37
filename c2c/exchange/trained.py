"""The approach that a checkpoint holds, as it translates."""

from pathlib import Path

import torch

from c2c.approaches import Approach
from c2c.recipe import Recipe
from c2c.training.checkpoint import load_approach, recipe_of


def trained(checkpoint: Path) -> tuple[Approach, Recipe, str]:
    """The approach with the weights that its recipe keeps, on the CPU; its recipe, and its name there.

    Args:
        checkpoint: a checkpoint's folder, or the folder of an approach's checkpoints.

    Raises:
        CheckpointError: there is none, or it does not fit its own recipe.
    """
    approach, description = load_approach(checkpoint, torch.device("cpu"))
    return approach, recipe_of(description), description.approach
