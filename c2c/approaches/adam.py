"""The optimizer that all approaches share."""

from collections.abc import Iterable

from torch import nn
from torch.optim import Adam

from c2c.recipe import TrainingRecipe


def adam(settings: TrainingRecipe, parameters: Iterable[nn.Parameter], usually_fused: bool = False) -> Adam:
    """Adam with the recipe's rate and momenta.

    Args:
        settings: of the training.
        parameters: to be learnt.
        usually_fused: whether it is fused where the recipe does not say. That is several times faster for many weights,
            and rounds otherwise: without it float32 losses are those of the authors' code to the bit.
    """
    fused = usually_fused if settings.fused_adam is None else settings.fused_adam
    return Adam(parameters, settings.learning_rate, (settings.beta1, settings.beta2), fused=fused or None)
