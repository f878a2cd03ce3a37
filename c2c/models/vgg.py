"""VGG features for neural style transfer.

Source: Gatys et al. 2015, https://arxiv.org/abs/1508.06576; the networks are Simonyan and Zisserman's.
"""

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, cast

import h5py
import numpy as np
import torch
from torch import Tensor, nn
from torchvision.models import vgg16, vgg19

from c2c.weights import KNOWN, locate

VGGName = Literal["vgg16-hed", "vgg19"]

CONVOLUTIONS_A_BLOCK = (2, 2, 3, 3, 3)  # VGG-16


@dataclass(frozen=True)
class ColourCode:
    """How a network wants its pictures: channel order, range, mean and deviation."""

    bgr: bool
    highest: float  # value of white
    mean: tuple[float, float, float]  # in the network's own channel order
    deviation: tuple[float, float, float]


CAFFE = ColourCode(bgr=True, highest=255.0, mean=(104.00699, 116.66877, 122.67892), deviation=(1.0, 1.0, 1.0))
TORCHVISION = ColourCode(bgr=False, highest=1.0, mean=(0.485, 0.456, 0.406), deviation=(0.229, 0.224, 0.225))


class VGGFeatures(nn.Module):
    """Activations of a frozen VGG at the layers asked for.

    Layers are counted as in torchvision's `features`, so 1 is the first ReLU. Pooling takes the maximum, as the network
    was trained; Gatys et al. also tried the mean. Gradients flow to the pictures, never to the weights.
    """

    mean: Tensor
    deviation: Tensor

    def __init__(self, name: str, weights_sha256: str, features: nn.Sequential, colours: ColourCode) -> None:
        super().__init__()
        self.name = name
        self.weights_sha256 = weights_sha256
        self.features = features
        self.bgr, self.highest = colours.bgr, colours.highest
        self.register_buffer("mean", torch.tensor(colours.mean).view(1, 3, 1, 1))
        self.register_buffer("deviation", torch.tensor(colours.deviation).view(1, 3, 1, 1))
        for layer in features:
            if isinstance(layer, nn.ReLU):
                layer.inplace = False  # else a ReLU would overwrite an activation that was asked for
        self.requires_grad_(False)
        self.eval()

    def forward(self, images: Tensor, layers: Collection[int]) -> dict[int, Tensor]:
        """Layer -> activation (N, C, h, w); nothing deeper than the deepest layer asked for is computed.

        Args:
            images: (N, 3, H, W) in [-1, 1], RGB.
            layers: indices into torchvision's `features`.

        Raises:
            ValueError: the network has no such layer.
        """
        unknown = sorted(set(layers) - set(range(len(self.features))))
        if unknown or not layers:
            raise ValueError(f"{self.name} has layers 0 to {len(self.features) - 1}; asked for {sorted(layers)}")
        x = self.prepared(images)
        found = {}
        for index in range(max(layers) + 1):
            x = self.features[index](x)
            if index in layers:
                found[index] = x
        return found

    def prepared(self, images: Tensor) -> Tensor:
        """The pictures in the network's own colours, (N, 3, H, W) from (N, 3, H, W) in [-1, 1]."""
        x = (images + 1) * (self.highest / 2)
        return ((x.flip(1) if self.bgr else x) - self.mean) / self.deviation

    def train(self, mode: bool = True) -> "VGGFeatures":
        """This network as it is: it never trains."""
        return super().train(False)


def load_vgg(name: VGGName = "vgg16-hed") -> VGGFeatures:
    """A pretrained VGG as a feature network, on the CPU.

    Raises:
        WeightsError: its weights are not on this machine.
    """
    path = locate(name)
    with torch.device("meta"):  # the layout alone: torchvision would fill 100 million unused classifier weights
        features = cast(nn.Sequential, (vgg16() if name == "vgg16-hed" else vgg19()).features)
    state = _hed_state(path) if name == "vgg16-hed" else _torchvision_state(path)
    features.load_state_dict(state, assign=True)
    return VGGFeatures(name, KNOWN[name].sha256, features, CAFFE if name == "vgg16-hed" else TORCHVISION)


def _hed_state(path: Path) -> dict[str, Tensor]:
    """The 13 convolutions of a Keras weights file, named as in torchvision's `features`."""
    state, index = {}, 0
    with h5py.File(path) as file:
        for block, convolutions in enumerate(CONVOLUTIONS_A_BLOCK, start=1):
            for number in range(convolutions):
                group = f"block{block}/layers/conv2d{f'_{number}' if number else ''}/vars"
                kernel, bias = np.asarray(file[f"{group}/0"]), np.asarray(file[f"{group}/1"])
                state[f"{index}.weight"] = torch.from_numpy(kernel).permute(3, 2, 0, 1).contiguous()  # (out, in, 3, 3)
                state[f"{index}.bias"] = torch.from_numpy(bias)
                index += 2  # the convolution and its ReLU
            index += 1  # the pooling
    return state


def _torchvision_state(path: Path) -> dict[str, Tensor]:
    state = torch.load(path, map_location="cpu", weights_only=True, mmap=True)
    return {key.removeprefix("features."): value for key, value in state.items() if key.startswith("features.")}
