"""Pretrained networks that turn pictures into the features that distances are measured in.

A network's preprocessing is part of what it measures, so it lives beside it and is stated in `resize`. Installed
packages can bring more of them, see `c2c.recipe.extractors`.
Only `inception-fid` yields the distance called FID (Heusel et al. 2017, https://arxiv.org/abs/1706.08500).
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from difflib import get_close_matches
from importlib import import_module
from importlib.metadata import EntryPoint
from typing import Protocol, Self

import torch
import torch.nn.functional as F
from efficientnet_lite_pytorch import EfficientNet
from torch import Tensor, nn

from c2c.errors import C2CError, WeightsError
from c2c.recipe.extractors import EXTRACTORS, extractor_named, known_extractors
from c2c.weights import KNOWN, locate

PERCEPTUAL_BLOCKS = (0, 2, 4, 10, 15)  # the last of each resolution: 112, 56, 28, 14 and 7 positions a side


@contextmanager
def exactly() -> Iterator[None]:
    """No gradients, and full float32 on CUDA too: TF32 would move the features by a thousandth."""
    with torch.inference_mode(), torch.backends.cudnn.flags(enabled=True, deterministic=True, allow_tf32=False):
        yield


class FeatureNetwork(Protocol):
    """A frozen network that gives each picture one feature vector."""

    name: str
    weights_sha256: str
    size_px: int  # side that pictures are resized to
    dims: int
    resize: str  # how, in words, as it stands in the protocol of a score

    def __call__(self, images: Tensor) -> Tensor:
        """Features (N, dims) float32 of pictures (N, 3, H, W), uint8 or float in [-1, 1]."""
        ...


class Frozen(nn.Module):
    """A network that is as its weights' file made it: it never trains and keeps no gradients.

    channels_last is the fastest layout on a CPU, with 8 pictures a call.
    """

    def freeze(self) -> None:
        """Call this once all layers are there."""
        self.requires_grad_(False)
        self.eval()
        self.to(memory_format=torch.channels_last)

    def train(self, mode: bool = True) -> Self:
        """This network as it is."""
        return super().train(False)


class EfficientNetLite0(Frozen):
    """1280 features of a picture: the means of EfficientNet-Lite0's last maps.

    A picture becomes 224 x 224 whatever its sides, with an antialiased bilinear filter in float32.
    """

    name = "efficientnet-lite0"
    size_px = 224
    dims = 1280
    resize = "to 224 x 224, bilinear, antialiased, float32"

    def __init__(self) -> None:
        super().__init__()
        self.weights_sha256 = KNOWN[self.name].sha256
        self.network = EfficientNet.from_name(self.name)
        self.network.load_state_dict(torch.load(locate(self.name), map_location="cpu", weights_only=True))
        self.freeze()

    @exactly()
    def forward(self, images: Tensor) -> Tensor:
        """Features (N, 1280) of pictures (N, 3, H, W), uint8 or float in [-1, 1]."""
        return self.network.extract_features(self.prepared(images)).mean((2, 3))

    @exactly()
    def perceptual_layers(self, images: Tensor, blocks: tuple[int, ...] = PERCEPTUAL_BLOCKS) -> tuple[Tensor, ...]:
        """Maps (N, C, s, s) after some blocks, of unit length over their channels; what comes later is not computed."""
        network, found = self.network, []
        x = network._swish(network._bn0(network._conv_stem(self.prepared(images))))
        for index, block in enumerate(network._blocks[: max(blocks) + 1]):
            x = block(x)
            if index in blocks:
                found.append(F.normalize(x, dim=1))
        return tuple(found)

    def prepared(self, images: Tensor) -> Tensor:
        """Pictures (N, 3, 224, 224) as the network was trained on: RGB, (0..255 - 127) / 128."""
        resized = resized_from_0_to_255(images, self.size_px, self.network._conv_stem.weight.device)
        return ((resized - 127) / 128).contiguous(memory_format=torch.channels_last)


class InceptionFID(Frozen):
    """The 2048 features that FID is defined on, by torch-fidelity's port of the original network.

    Raises:
        WeightsError: torch-fidelity or the weights are not on this machine.
    """

    name = "inception-fid"
    size_px = 299
    dims = 2048
    resize = "to 299 x 299, bilinear as TensorFlow 1, not antialiased, float32"

    def __init__(self) -> None:
        super().__init__()
        try:
            torch_fidelity = import_module("torch_fidelity.feature_extractor_inceptionv3")
        except ImportError as error:
            raise WeightsError(
                "FID needs the package torch-fidelity and the weights inception-fid:\n"
                '    python -m pip install "torch-fidelity>=0.3"\n    c2c weights get inception-fid'
            ) from error
        self.weights_sha256 = KNOWN[self.name].sha256
        path = str(locate(self.name))
        self.network: nn.Module = torch_fidelity.FeatureExtractorInceptionV3(
            self.name, ["2048"], feature_extractor_weights_path=path
        )

    @exactly()
    def forward(self, images: Tensor) -> Tensor:
        """Features (N, 2048) of pictures (N, 3, H, W), uint8 or float in [-1, 1]."""
        exact = _from_0_to_255(images).round().to(torch.uint8)
        return self.network(exact.to(next(self.network.parameters()).device))[0]


def feature_name(text: str) -> str:
    """The feature network that a text names.

    Raises:
        WeightsError: there is none of that name; the text of the error lists them.
    """
    if extractor_named(text) is not None:
        return text
    known = known_extractors()
    near = get_close_matches(text, known, n=1)
    raise WeightsError(
        f"There is no feature network {text!r}{f'; did you mean {near[0]!r}?' if near else '.'}\n"
        f"There are {', '.join(known)}. One of another package is there when that is installed."
    )


def load_features(name: str = "efficientnet-lite0", device: torch.device | str = "cpu") -> FeatureNetwork:
    """A feature network by its name, on a device.

    Raises:
        WeightsError: there is none of that name, its weights or a package it needs are not on this machine, or what a
            package registered is no feature network.
    """
    entry = extractor_named(feature_name(name))
    assert entry is not None  # its name was found
    network = _made(entry)
    if isinstance(network, nn.Module):
        network.to(device)
    return network


def _made(entry: EntryPoint) -> FeatureNetwork:
    if entry.name in EXTRACTORS:
        return entry.load()()
    told = f"The extractor {entry.name!r} ({entry.value}, from {entry.dist.name if entry.dist else 'no package'})"
    try:
        network = entry.load()()
    except C2CError:
        raise
    except Exception as error:  # somebody else's code
        raise WeightsError(f"{told} cannot be loaded: {type(error).__name__}: {error}") from error
    for needed, kind in (("name", str), ("weights_sha256", str), ("size_px", int), ("dims", int), ("resize", str)):
        if not isinstance(getattr(network, needed, None), kind):
            raise WeightsError(
                f"{told} must say `{needed}`, a {kind.__name__}, see c2c.models.features.FeatureNetwork."
            )
    if network.name != entry.name:
        raise WeightsError(f"{told} calls itself {network.name!r}; a score's protocol needs the name it is found by.")
    return network


def perceptual_distance(network: EfficientNetLite0, images: Tensor, others: Tensor) -> Tensor:
    """How different two pictures look to the network, (N,), from 0 for the same picture up to at most 4.

    As in LPIPS, maps of several depths are brought to unit length over their channels and their squared differences
    are summed over channels and averaged over positions. Unlike LPIPS, no layer or channel carries a learnt weight: the
    layers are averaged, and the network is another. So it is called "perceptual (efficientnet-lite0)", never LPIPS.

    Args:
        network: the network that looks.
        images: (N, 3, H, W), uint8 or float in [-1, 1].
        others: the pictures to compare with, in the same order.

    Source: after Zhang et al. 2018, section 3, https://arxiv.org/abs/1801.03924
    """
    return layer_distance(network.perceptual_layers(images), network.perceptual_layers(others))


def layer_distance(maps: Sequence[Tensor], others: Sequence[Tensor]) -> Tensor:
    """The perceptual distance (N,) of pictures whose `perceptual_layers` are at hand."""
    pairs = zip(maps, others, strict=True)
    return torch.stack([(a - b).square().sum(1).mean((1, 2)) for a, b in pairs]).mean(0)


def resized_from_0_to_255(images: Tensor, side: int, device: torch.device) -> Tensor:
    """Pictures (N, 3, side, side) float32 on a device, by an antialiased bilinear filter; bytes travel as bytes."""
    values = _from_0_to_255(images.to(device, non_blocking=True))
    return F.interpolate(values, size=(side, side), mode="bilinear", antialias=True)


def _from_0_to_255(images: Tensor) -> Tensor:
    return images.float() if images.dtype == torch.uint8 else (images.float() + 1) * 127.5
