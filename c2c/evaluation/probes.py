"""Two looks inside an approach: what a cycle hides in its middle picture, and which half of a depth chain loses.

**Hidden signal.** CycleGAN may hide its input in the translated picture, in amplitudes that no eye sees, and read it
out again on the way back. So the middle picture is harmed a little (rounded to 8 bits, through JPEG, with noise) before
the way back. What that costs, beyond the same harm done to the reconstruction, was carried by what the harm took away:

    hidden share = (error, middle harmed - error, honest) / (error, another's middle - error, as trained)

where the honest error is that of the harmed reconstruction, or of the reconstruction as trained where harm happens to
mend it. Below the line stands all that the reconstruction knows of its own picture. A way there and back that passes
everything on openly scores 0, one that reads everything out of what the harm destroys scores 1. It may be more, where
the harm makes a reconstruction worse than another picture's; and less than 0, where the way back smooths the harm out.

**Depth chain.** Its second half is fed with true, predicted, shuffled and blank depth, and its pictures are compared
with what they should be.

Source: Chu et al. 2017, https://arxiv.org/abs/1712.02950
"""

import io
from collections.abc import Mapping, Sequence
from functools import cached_property

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from c2c.errors import TooFewImages
from c2c.evaluation.paired import l1_distance, structural_similarity
from c2c.evaluation.pictures import contents_sha256, pixels_sha256
from c2c.evaluation.protocol import Protocol, extractor_of, protocol_of
from c2c.evaluation.score import SSIM_WINDOW, mean_score
from c2c.models.features import EfficientNetLite0, layer_distance
from c2c.records import Finding, Score
from c2c.records.comparing import interval_around
from c2c.records.types import Against

JPEG_QUALITY = 75
NOISE_SIGMA = 0.02  # of values in [0, 1]: about 5 of 255 levels


def as_jpeg(pictures: Tensor, quality: int = JPEG_QUALITY) -> Tensor:
    """Pictures (N, 3, H, W) uint8 as they come back from a JPEG file with halved colour (4:2:0)."""
    return torch.stack([_through_jpeg(picture, quality) for picture in pictures])


def with_noise(pictures: Tensor, seed: int, sigma: float = NOISE_SIGMA) -> Tensor:
    """Pictures (N, 3, H, W) uint8 with Gaussian noise, rounded to 8 bits; the same noise for the same seed and shape.

    Args:
        pictures: of values 0 to 255.
        seed: of the noise.
        sigma: its standard deviation, of values in [0, 1].
    """
    noise = torch.randn(pictures.shape, generator=torch.Generator().manual_seed(seed))
    return (pictures + 255 * sigma * noise).round().clamp(0, 255).to(torch.uint8)


def others_of(n: int, seed: int) -> list[int]:
    """For each of n things another one, each taken once: a random ring, in which everyone takes the next.

    Raises:
        TooFewImages: there is no other.
    """
    if n < 2:
        raise TooFewImages("The test set", n, 2, "feeding a network with another picture")
    ring = torch.randperm(n, generator=torch.Generator().manual_seed(seed)).tolist()
    following = dict(zip(ring, [*ring[1:], ring[0]], strict=True))
    return [following[index] for index in range(n)]


class Compared:
    """Pictures that others are compared with, one by one; what the network sees in them is computed once.

    Args:
        names: of the pictures.
        pictures: (N, 3, H, W) uint8.
        against: what they are to the others.
        network: of the perceptual distance.
    """

    def __init__(self, names: Sequence[str], pictures: Tensor, against: Against, network: EfficientNetLite0) -> None:
        self.names, self.pictures, self.against, self.network = names, pictures, against, network
        self._sha256 = contents_sha256([pixels_sha256(picture) for picture in self.pictures])

    @cached_property
    def _looks(self) -> tuple[Tensor, ...]:
        return self.network.perceptual_layers(self.pictures)

    def scores(self, images: Tensor, stated: Protocol) -> tuple[Score, Score, Score]:
        """L1, SSIM and perceptual distance of images (N, 3, H, W) uint8; `stated` goes into their protocols."""
        looks = layer_distance(self._looks, self.network.perceptual_layers(images)).tolist()
        seen = {**extractor_of(self.network), "extractor": f"perceptual ({self.network.name})", "dtype": "float32"}
        return *self.pixel_scores(images, stated), self.score("perceptual", looks, seen | stated)

    def pixel_scores(self, images: Tensor, stated: Protocol) -> tuple[Score, Score]:
        """L1 and SSIM alone: a hundredth of the arithmetic."""
        alike = structural_similarity(images, self.pictures).tolist()
        return self.l1(images, stated), self.score("ssim", alike, {"window": SSIM_WINDOW} | stated)

    def l1(self, images: Tensor, stated: Protocol) -> Score:
        """Mean absolute difference of values in [0, 1]."""
        return self.score("l1", l1_distance(images, self.pictures).tolist(), stated)

    def score(self, metric: str, values: Sequence[float], stated: Protocol) -> Score:
        """The score of one number a picture."""
        height, width = self.pictures.shape[2:]
        n = len(self.names)
        protocol = protocol_of(metric, (width, height), n, n, self._sha256) | stated
        named = dict(zip(self.names, values, strict=True))
        return mean_score(metric, "higher" if metric == "ssim" else "lower", self.against, named, protocol)


def hidden_share(harm: str, harmed: Score, control: Score, trained: Score, other: Score) -> Finding:
    """How much of what a reconstruction knows of its picture a harm to the middle picture takes away.

    Args:
        harm: its name.
        harmed: the error of reconstructions from the harmed middle pictures.
        control: the error of reconstructions that were harmed themselves.
        trained: the error of reconstructions as trained.
        other: the error of reconstructions from another picture's middle.
    """
    return _share(
        f"hidden share, {harm}",
        _line(harmed) - np.maximum(_line(control), _line(trained)),
        _line(other) - _line(trained),
        trained.n,
        "(error, middle harmed - the larger of error, reconstruction harmed, and error, as trained) / "
        "(error, another's middle - error, as trained)",
    )


def depth_findings(errors: Mapping[str, Score]) -> tuple[Finding, ...]:
    """Where a depth chain loses, from the errors of its second half fed with different depth.

    Args:
        errors: "predicted", "shuffled" and "blank", and "true" where it is known; lower is better.
    """
    n = errors["predicted"].n
    lines = {fed: _line(score) for fed, score in errors.items()}
    predicted, shuffled, blank = lines["predicted"], lines["shuffled"], lines["blank"]
    if "true" not in lines:
        return (
            _difference("worth of the predicted depth", shuffled - predicted, n, "error, shuffled - error, predicted"),
            _difference("worth of any depth", blank - predicted, n, "error, blank - error, predicted"),
        )
    true = lines["true"]
    return (
        _difference("lost to the predicted depth", predicted - true, n, "error, predicted - error, true"),
        _difference("left to the renderer", true, n, "error, true"),
        _share(
            "share of the predicted depth",
            predicted - true,
            predicted,
            n,
            "(error, predicted - error, true) / error, predicted",
        ),
        _share(
            "worth of depth that is kept",
            shuffled - predicted,
            shuffled - true,
            n,
            "(error, shuffled - error, predicted) / (error, shuffled - error, true)",
        ),
    )


def _line(score: Score) -> np.ndarray:
    """The value, then its draws: what is computed with several of them is computed with each draw."""
    return np.array([score.value, *score.draws])


def _difference(name: str, line: np.ndarray, n: int, definition: str) -> Finding:
    value, *draws = line.tolist()
    interval = interval_around(value, tuple(draws), n)
    return Finding(name, value, (interval.low, interval.high) if interval else None, definition)


def _share(name: str, part: np.ndarray, whole: np.ndarray, n: int, definition: str) -> Finding:
    """A part over a whole; no value where the whole may be nought by chance.

    The draws are those of the ratio's linear part, so that none is divided by a draw that happens to be near nought.
    """
    around = _difference(name, whole, n, definition).interval
    if around is None or around[0] <= 0:
        return Finding(name, None, None, definition)
    ratio = part[0] / whole[0]
    return _difference(name, ratio + (part - ratio * whole) / whole[0], n, definition)


def _through_jpeg(picture: Tensor, quality: int) -> Tensor:
    file = io.BytesIO()
    Image.fromarray(picture.permute(1, 2, 0).numpy()).save(file, format="JPEG", quality=quality, subsampling="4:2:0")
    with Image.open(file) as image:
        return torch.from_numpy(np.array(image.convert("RGB"))).permute(2, 0, 1)
