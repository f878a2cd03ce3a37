"""Normalisation, each picture by itself."""

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class InstanceNorm2d(nn.Module):
    """Each channel of each picture brought to mean 0 and variance 1, without learnt scale and shift.

    The same as `nn.InstanceNorm2d(channels)`, whose gradients are wrong in torch 2.14.1: on the CPU at batch 1, where
    the features or the gradient of what follows lie in channels_last. So features in channels_last go through
    `group_norm` with a group a channel, and that gradient is made contiguous for others, which stay torch's to the bit.

    Source: Ulyanov et al. 2016, https://arxiv.org/abs/1607.08022
    """

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.channels = channels

    def forward(self, x: Tensor) -> Tensor:
        """Features of the same shape, (N, channels, H, W)."""
        if torch.compiler.is_compiling() or not x.is_contiguous():
            return F.group_norm(x, self.channels)
        normed = F.instance_norm(x)
        if normed.requires_grad:
            normed.register_hook(torch.Tensor.contiguous)
        return normed


class BatchNorm2d(nn.BatchNorm2d):
    """Batch norm whose statistics are the batch's in training, and each picture's own at test.

    So a picture's translation does not depend on which others are translated with it; one picture at a time, it is what
    pix2pix does.

    Args:
        channels: of the features.
        running: use the mean statistics of the training at test instead.

    Source: Isola et al. 2017, section 3.3, https://arxiv.org/abs/1611.07004
    """

    def __init__(self, channels: int, running: bool = False) -> None:
        super().__init__(channels, track_running_stats=running)

    def forward(self, input: Tensor) -> Tensor:
        """Features of the same shape, (N, channels, H, W)."""
        if self.training or self.track_running_stats:
            return super().forward(input)
        return F.group_norm(input, self.num_features, self.weight, self.bias, self.eps)


def norm_layer(kind: str, channels: int) -> nn.Module:
    """The norm of that kind: "instance", "batch", or "batch-running" with the statistics of the training at test."""
    if kind == "instance":
        return InstanceNorm2d(channels)
    return BatchNorm2d(channels, running=kind == "batch-running")
