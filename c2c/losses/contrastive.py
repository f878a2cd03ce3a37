"""Whether each patch of a translation can be told to belong to its own patch of the source."""

import torch
import torch.nn.functional as F
from torch import Tensor


def patch_nce_loss(queries: Tensor, keys: Tensor, temperature: float = 0.07) -> Tensor:
    """Mean cross-entropy of finding each query's own key among all keys of its picture, (N,); log P is guessing.

    Args:
        queries: points of patches of the translation, (N, P, C), of length 1.
        keys: points of the same patches of the source, same shape; no gradient flows to them.
        temperature: what similarities are divided by; a smaller one asks for a clearer choice.

    Source: Park et al. 2020, section 3, https://arxiv.org/abs/2007.15651
    """
    pictures, patches, _ = queries.shape
    with torch.autocast(queries.device.type, enabled=False):  # a similarity divided by 0.07 needs all its digits
        similarities = queries @ keys.detach().transpose(1, 2) / temperature  # (N, query, key)
    own = torch.arange(patches, device=queries.device).expand(pictures, patches)
    return F.cross_entropy(similarities.transpose(1, 2), own, reduction="none").mean(1)
