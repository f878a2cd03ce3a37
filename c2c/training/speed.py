"""What makes a training faster on a device without changing what it learns, but for rounding.

Each is on by default only where it was measured to help, see the documentation, *Speed*.
"""

import torch

from c2c.approaches import Approach
from c2c.recipe import TrainingRecipe

AMPERE = (8, 0)  # the first CUDA architecture with bfloat16 in its matrix units


def precision_of(recipe: TrainingRecipe, device: torch.device) -> torch.dtype:
    """The type that autocast computes in: bfloat16 where it is asked for, or where the GPU is good at it."""
    if recipe.precision == "auto":
        good = device.type == "cuda" and torch.cuda.get_device_capability(device) >= AMPERE
        return torch.bfloat16 if good else torch.float32
    return torch.bfloat16 if recipe.precision == "bfloat16" else torch.float32


def autocast(precision: torch.dtype, device: torch.device) -> torch.autocast:
    """The context in which a step computes; weights, losses and optimizers stay float32."""
    return torch.autocast(device.type, torch.bfloat16, enabled=precision is torch.bfloat16)


def memory_format_of(recipe: TrainingRecipe) -> torch.memory_format:
    """How pictures lie in memory, and feature maps too unless an approach names networks that gain from the other."""
    return torch.channels_last if recipe.memory_format == "channels_last" else torch.contiguous_format


def prepare(approach: Approach, recipe: TrainingRecipe, device: torch.device) -> None:
    """Bring an approach's networks to the device and layout of a training, compiled if the recipe says so."""
    approach.networks.to(device).to(memory_format=memory_format_of(recipe)).train()
    if recipe.memory_format == "auto" and device.type == "cpu":
        for name in approach.channels_last:
            approach.networks[name].to(memory_format=torch.channels_last)
    if recipe.compile:
        for network in approach.networks.values():
            network.compile()
