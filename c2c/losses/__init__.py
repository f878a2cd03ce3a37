"""Losses: pure functions of tensors."""

from c2c.losses.adversarial import binary_adversarial_loss, least_squares_loss
from c2c.losses.contrastive import patch_nce_loss
from c2c.losses.reconstruction import cycle_consistency_loss, identity_loss, masked_l1_loss
from c2c.losses.style import content_loss, gram_matrix, style_loss, total_variation_loss

__all__ = [
    "binary_adversarial_loss",
    "content_loss",
    "cycle_consistency_loss",
    "gram_matrix",
    "identity_loss",
    "least_squares_loss",
    "masked_l1_loss",
    "patch_nce_loss",
    "style_loss",
    "total_variation_loss",
]
