"""What a discriminator's scores are compared with."""

import torch
import torch.nn.functional as F
from torch import Tensor


def least_squares_loss(scores: Tensor, real: bool) -> Tensor:
    """Mean squared distance of a discriminator's scores from 1 (real) or 0 (not).

    Args:
        scores: unbounded, any shape.
        real: what the discriminator should have said, or is to be made to say.

    Source: LSGAN, Mao et al. 2017, https://arxiv.org/abs/1611.04076, as used by CycleGAN, section 4.
    """
    return F.mse_loss(scores, torch.full_like(scores, float(real)))


def binary_adversarial_loss(scores: Tensor, real: bool) -> Tensor:
    """Mean binary cross-entropy of a discriminator's scores (logits) with 1 (real) or 0 (not).

    Source: Isola et al. 2017, eq. 1, https://arxiv.org/abs/1611.07004
    """
    return F.binary_cross_entropy_with_logits(scores, torch.full_like(scores, float(real)))
