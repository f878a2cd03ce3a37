"""Averaged weights: what translates is the mean of the last steps' networks rather than the last one."""

import torch
from torch import Tensor

from c2c.approaches import Approach


class AveragedWeights:
    """An exponential moving average of the networks that translate.

    Args:
        twin: an approach of the same kind, built for this: its networks hold the average.
        source: the approach that learns.
        decay: of the average; smaller in the first steps, which would otherwise weigh too much.

    Source: Yazıcı et al. 2019, The unusual effectiveness of averaging in GAN training, https://arxiv.org/abs/1806.04498
    """

    def __init__(self, twin: Approach, source: Approach, decay: float) -> None:
        self.twin, self.source, self.decay = twin, source, decay
        twin.networks.load_state_dict(source.networks.state_dict())
        twin.networks.eval().requires_grad_(False)

    @torch.no_grad()
    def update(self, step: int) -> None:
        """Take in the weights after a step counted from 1."""
        weight = 1 - min(self.decay, step / (step + 10))
        torch._foreach_lerp_(_parameters(self.twin), _parameters(self.source), weight)
        for name in self.source.translators:
            for mine, theirs in zip(
                self.twin.networks[name].buffers(), self.source.networks[name].buffers(), strict=True
            ):
                mine.copy_(theirs)

    def state(self) -> dict[str, Tensor]:
        """The averaged weights, by the names that the approach's networks give them."""
        return {
            name: tensor
            for name, tensor in self.twin.networks.state_dict().items()
            if name.split(".")[0] in self.source.translators
        }


def _parameters(approach: Approach) -> list[Tensor]:
    return [parameter.data for name in approach.translators for parameter in approach.networks[name].parameters()]
