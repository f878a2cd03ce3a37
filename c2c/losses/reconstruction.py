"""Distances between a picture and what it should be."""

import torch.nn.functional as F
from torch import Tensor


def cycle_consistency_loss(real: Tensor, cycled: Tensor) -> Tensor:
    """Mean absolute error between an image and its round trip A -> B -> A.

    Args:
        real: images of one domain, (N, 3, H, W), in [-1, 1].
        cycled: the same images sent through both generators, same shape.

    Source: Zhu et al. 2017, eq. 2, https://arxiv.org/abs/1703.10593
    """
    return F.l1_loss(cycled, real)


def identity_loss(real: Tensor, identity: Tensor) -> Tensor:
    """Mean absolute error between an image of B and what the generator A -> B makes of it.

    Args:
        real: images of the target domain, (N, 3, H, W), in [-1, 1].
        identity: the generator's output for them, same shape.

    Source: Zhu et al. 2017, section 5.2, https://arxiv.org/abs/1703.10593
    """
    return F.l1_loss(identity, real)


def masked_l1_loss(output: Tensor, target: Tensor, weight: Tensor) -> Tensor:
    """Mean absolute error where the weight is not zero; 0 where it is zero everywhere.

    Args:
        output: (N, C, H, W).
        target: same shape.
        weight: (N, 1, H, W) or the same shape, 0 to 1.
    """
    weight = weight.expand_as(output)
    return ((output - target).abs() * weight).sum() / weight.sum().clamp(min=1)
