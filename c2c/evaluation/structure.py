"""How much of a scene's layout a translation keeps, whatever its colours became.

Each place of a picture is compared with every other place of the same picture, by the cosine of their features: windows
are like windows, the road is unlike the sky. A change of dress leaves this self-similarity nearly as it was, another
street does not. The structure distance is the mean absolute difference of the self-similarities of input and output: 0
for the same picture, at most 2. It needs no true picture, only the input.

Source: after Tumanyan et al. 2022, https://arxiv.org/abs/2201.00424, who compare keys of a vision transformer (DINO),
and Kolkin et al. 2019, https://arxiv.org/abs/1904.12785. Here the features are another network's, EfficientNet-Lite0's,
so values are not comparable with theirs.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor

from c2c.errors import ScoreError
from c2c.evaluation.features import BATCH
from c2c.evaluation.pictures import common_size, contents_sha256, picture_size, pixels_sha256, read_picture
from c2c.evaluation.protocol import extractor_of, protocol_of
from c2c.evaluation.score import mean_score
from c2c.models.features import EfficientNetLite0, FeatureNetwork
from c2c.records import Score

BLOCK = 10  # of the network, the last with 14 x 14 places: best at telling Toytown's streets apart in any dress


def structure_distance(network: EfficientNetLite0, inputs: Tensor, outputs: Tensor) -> Tensor:
    """How differently the places of two pictures are related to each other, (N,) from 0 to at most 2.

    Args:
        network: whose features describe a place.
        inputs: (N, 3, H, W), uint8 or float in [-1, 1].
        outputs: same shape, in the same order.
    """
    return (self_similarity(network, inputs) - self_similarity(network, outputs)).abs().mean((1, 2))


def self_similarity(network: EfficientNetLite0, images: Tensor) -> Tensor:
    """The cosine of the features of each two places of a picture, (N, P, P) for P places.

    The mean over a picture's places is taken off first: it is what all of them share, most of all the colours.

    Args:
        network: whose features describe a place.
        images: (N, 3, H, W), uint8 or float in [-1, 1].
    """
    maps = network.perceptual_layers(images, (BLOCK,))[0].flatten(2)  # (N, C, P)
    places = F.normalize(maps - maps.mean(2, keepdim=True), dim=1)
    return places.transpose(1, 2) @ places


def structure_score(
    fake: Mapping[str, Path], source: Mapping[str, Path], network: FeatureNetwork | None = None
) -> Score:
    """The mean structure distance between each picture and its input.

    Args:
        fake: name -> translated picture.
        source: name -> its input, the same names and the same size.
        network: an `EfficientNetLite0` to reuse; any other is not used.

    Raises:
        ScoreError: a name has no partner, a picture cannot be used, or the sizes differ; the files are named.
    """
    if not source or fake.keys() != source.keys():
        alone = sorted(fake.keys() ^ source.keys())
        raise ScoreError(
            f"Structure needs an input for each of {len(fake)} pictures, and found {len(source)} inputs"
            + (f"; {alone[0]!r} stands alone." if alone else ".")
        )
    looks = network if isinstance(network, EfficientNetLite0) else EfficientNetLite0()
    size = common_size((path, picture_size(path)) for name in sorted(source) for path in (fake[name], source[name]))
    values: dict[str, float] = {}
    digests: list[str] = []
    for names in _batches(sorted(source)):
        inputs = torch.stack([read_picture(source[name]) for name in names])
        outputs = torch.stack([read_picture(fake[name]) for name in names])
        digests += [pixels_sha256(picture) for picture in inputs]
        values |= dict(zip(names, structure_distance(looks, inputs, outputs).tolist(), strict=True))
    protocol = protocol_of("structure", size, len(values), len(values), contents_sha256(digests))
    return mean_score("structure", "lower", "input", values, protocol | structure_details(looks))


def structure_details(network: EfficientNetLite0) -> dict[str, str]:
    """What the protocol of a structure distance states of its network."""
    return {
        **extractor_of(network),
        "extractor": f"self-similarity ({network.name})",
        "layers": f"block {BLOCK}, 14 x 14 places, less their mean",
        "distance": "mean absolute difference of cosines",
        "dtype": "float32",
    }


def _batches(names: list[str]) -> Iterator[list[str]]:
    return (names[start : start + BATCH] for start in range(0, len(names), BATCH))
