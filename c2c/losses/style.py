"""The losses of neural style transfer.

Source: Gatys et al. 2015, https://arxiv.org/abs/1508.06576
"""

from torch import Tensor


def gram_matrix(features: Tensor) -> Tensor:
    """Correlations between feature channels, (N, C, C), as means over positions.

    Args:
        features: (N, C, H, W).
    """
    flat = features.flatten(2)
    return flat @ flat.transpose(1, 2) / flat.shape[2]


def style_loss(features: Tensor, target_gram: Tensor) -> Tensor:
    """Squared distance of Gram matrices, as a share of the target's squared norm, summed over pictures.

    The paper divides by channels and positions instead; a share gives every layer and every network the same scale,
    so that one style weight serves all.

    Args:
        features: (N, C, H, W).
        target_gram: (N, C, C) or (1, C, C).
    """
    difference = gram_matrix(features) - target_gram
    return (difference.square().sum((1, 2)) / target_gram.square().sum((1, 2))).sum()


def content_loss(features: Tensor, target: Tensor) -> Tensor:
    """Squared distance of features, as a share of the target's squared norm, summed over pictures.

    Args:
        features: (N, C, H, W).
        target: same shape.
    """
    return ((features - target).square().sum((1, 2, 3)) / target.square().sum((1, 2, 3))).sum()


def total_variation_loss(image: Tensor) -> Tensor:
    """Mean absolute difference of neighbouring pixels, summed over pictures.

    Args:
        image: (N, 3, H, W).
    """
    down = (image[:, :, 1:] - image[:, :, :-1]).abs().mean((1, 2, 3))
    right = (image[:, :, :, 1:] - image[:, :, :, :-1]).abs().mean((1, 2, 3))
    return (down + right).sum()
