"""One call for each comparison: saved pictures in, `Score` records out.

Set scores compare translated pictures with real ones of the target city; truth scores compare each with the true
picture; depth scores compare depth maps. Every score carries its protocol and the protocol's fingerprint.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Literal

import torch
from torch import Tensor

from c2c.errors import ScoreError, TooFewImages
from c2c.evaluation.depth import DepthErrors, depth_errors
from c2c.evaluation.distances import (
    SHARES,
    FeatureStatistics,
    frechet_at_infinity,
    frechet_distance,
    frechet_draws,
    kid,
    kid_blocks,
    kid_draws,
)
from c2c.evaluation.features import BATCH, SetFeatures, features_of
from c2c.evaluation.intervals import around, mean_with_interval
from c2c.evaluation.manifolds import DENSITY_NEIGHBOURS, FEWEST, MOST, PRECISION_NEIGHBOURS, manifolds
from c2c.evaluation.paired import K1, K2, SIGMA_PX, WINDOW_PX, l1_distance, structural_similarity
from c2c.evaluation.pictures import (
    DEPTH_SCALE,
    common_size,
    contents_sha256,
    in_words,
    list_pictures,
    picture_size,
    pixels_sha256,
    read_depth_m,
    read_picture,
)
from c2c.evaluation.protocol import Protocol, extractor_of, fingerprint, protocol_of
from c2c.models.features import (
    PERCEPTUAL_BLOCKS,
    EfficientNetLite0,
    FeatureNetwork,
    load_features,
    perceptual_distance,
)
from c2c.process import giving_back
from c2c.records import Score, share_interval
from c2c.records.comparing import interval_around
from c2c.records.types import Against

L1_DETAILS = {"values": "RGB in [0, 1], float64"}
SSIM_WINDOW = f"Gaussian {WINDOW_PX} px, sigma {SIGMA_PX} px, reflected, K {K1} and {K2}"

Pictures = Sequence[Path] | SetFeatures
Better = Literal["lower", "higher"]


def set_scores(fake: Pictures, reference: Pictures, network: FeatureNetwork) -> tuple[Score, ...]:
    """Distances between two sets of pictures, and what one has of the other.

    KID; the Fréchet distance, called "fid" on Inception features only, and extrapolated to infinitely many pictures
    where there are at least twice as many as features; precision and recall, density and coverage where there are
    enough pictures for them.

    Args:
        fake: paths of the pictures to score, or their features by `features_of`.
        reference: the same for the real pictures, which have the same size.
        network: what turns pictures into features.

    Raises:
        TooFewImages: a side has fewer than 2 pictures.
        ScoreError: a picture cannot be used, or the sizes differ; the files are named.
    """
    a, b = _both(fake, reference, network)
    with giving_back():
        return _kid_score(a, b, network), *_frechet_scores(a, b, network), *_manifold_scores(a, b, network)


def kid_score(fake: Pictures, reference: Pictures, network: FeatureNetwork) -> Score:
    """The KID alone; see `set_scores`."""
    a, b = _both(fake, reference, network)
    with giving_back():
        return _kid_score(a, b, network)


def _both(fake: Pictures, reference: Pictures, network: FeatureNetwork) -> tuple[SetFeatures, SetFeatures]:
    a = _two_at_least(fake if isinstance(fake, SetFeatures) else _features(fake, network))
    b = _two_at_least(reference if isinstance(reference, SetFeatures) else _features(reference, network))
    if a.size != b.size:
        raise ScoreError(
            f"The pictures in {a.folder} are {in_words(a.size)}, those in {b.folder} {in_words(b.size)}.\n"
            "Distances at unlike sizes say nothing. Prepare the reference at the size of the pictures to score."
        )
    if a.codec != b.codec:
        raise ScoreError(
            f"The pictures in {a.folder} are {a.codec}, those in {b.folder} {b.codec}.\n"
            "The codec alone moves a distance. Save both sides alike, best as 8-bit PNG."
        )
    return a, b


def truth_scores(
    fake: Mapping[str, Path], truth: Mapping[str, Path], network: FeatureNetwork | None = None
) -> tuple[Score, Score, Score]:
    """L1, SSIM and perceptual distance to the true pictures: the mean over pictures, and each picture's own.

    Args:
        fake: name -> picture to score.
        truth: name -> true picture, the same names and the same size.
        network: an `EfficientNetLite0` to reuse for the perceptual distance; any other is not used.

    Raises:
        ScoreError: a name has no partner, a picture cannot be used, or the sizes differ; the files are named.
    """
    names = _partners(fake, truth)
    looks = network if isinstance(network, EfficientNetLite0) else EfficientNetLite0()
    size = common_size((path, picture_size(path)) for name in names for path in (fake[name], truth[name]))
    values: dict[str, list[float]] = {"l1": [], "ssim": [], "perceptual": []}
    digests: list[str] = []
    for start in range(0, len(names), BATCH):
        batch = names[start : start + BATCH]
        images = torch.stack([read_picture(fake[name]) for name in batch])
        truths = torch.stack([read_picture(truth[name]) for name in batch])
        digests += [pixels_sha256(picture) for picture in truths]
        values["l1"] += l1_distance(images, truths).tolist()
        values["ssim"] += structural_similarity(images, truths).tolist()
        values["perceptual"] += perceptual_distance(looks, images, truths).tolist()
    sha256 = contents_sha256(digests)

    def score(metric: str, better: Better, details: Protocol) -> Score:
        protocol = protocol_of(metric, size, len(names), len(names), sha256) | details
        return mean_score(metric, better, "truth", dict(zip(names, values[metric], strict=True)), protocol)

    return (
        score("l1", "lower", L1_DETAILS),
        score("ssim", "higher", L1_DETAILS | {"window": SSIM_WINDOW}),
        score("perceptual", "lower", _perceptual_details(looks)),
    )


def depth_scores(
    predicted: Mapping[str, Path], truth: Mapping[str, Path], far_m: float | None = None
) -> tuple[Score, ...]:
    """AbsRel, RMSE in metres, delta < 1.25, and the share of pixels predicted as none, over the true depth's pixels.

    A picture whose truth has no depth at all is left out; `n` counts the others.

    Args:
        predicted: name -> depth map.
        truth: name -> true depth map, the same names and the same size.
        far_m: what a prediction of none counts as where there is depth; None: the farthest true depth of all maps.

    Raises:
        ScoreError: a name has no partner, a map cannot be used, the sizes differ, or no truth has depth.
    """
    names = _partners(predicted, truth)
    maps = {name: (read_depth_m(predicted[name]), read_depth_m(truth[name])) for name in names}
    size = common_size(
        (path, (values.shape[1], values.shape[0]))
        for name in names
        for path, values in zip((predicted[name], truth[name]), maps[name], strict=True)
    )
    far = far_m if far_m is not None else max(float(true_m.max()) for _, true_m in maps.values())
    all_errors = {name: depth_errors(predicted_m, true_m, far) for name, (predicted_m, true_m) in maps.items()}
    errors = {name: found for name, found in all_errors.items() if found is not None}
    if not errors:
        raise ScoreError(f"No true depth map in {truth[names[0]].parent} holds any depth, so no error can be measured.")
    sha256 = contents_sha256([pixels_sha256(maps[name][1]) for name in errors])
    stated = {
        "mask": "pixels whose truth has depth",
        "none_counts_as": f"{far:.3f} m",
        "mean": "over a picture's pixels, then over pictures",
    }
    return scores_of_errors(errors, size, sha256, stated)


def scores_of_errors(
    errors: Mapping[str, DepthErrors], size: tuple[int, int], truth_sha256: str, stated: Protocol
) -> tuple[Score, ...]:
    """AbsRel, RMSE, delta and the share without a prediction, from the errors of each picture.

    Args:
        errors: by the names of the pictures.
        size: width and height of the maps.
        truth_sha256: of the true maps.
        stated: which pixels count, and what else the protocol is to say.
    """

    def score(metric: str, better: Better, values: dict[str, float]) -> Score:
        n, codec = len(errors), {"codec": f"png uint16, metres x {DEPTH_SCALE}"}
        protocol = protocol_of(metric, size, n, n, truth_sha256) | codec | stated
        return mean_score(metric, better, "truth", values, protocol)

    return (
        score("abs_rel", "lower", {name: found.abs_rel for name, found in errors.items()}),
        score("rmse_m", "lower", {name: found.rmse_m for name, found in errors.items()}),
        score("delta_1.25", "higher", {name: found.delta for name, found in errors.items()}),
        score("none_share", "lower", {name: found.none_share for name, found in errors.items()}),
    )


def score_folders(
    fake: Path, reference: Path, network: FeatureNetwork | None = None, paired: bool = False, jpeg: bool = False
) -> tuple[Score, ...]:
    """The scores of any two folders of PNG pictures, whatever program made them.

    Where several processes call this together, each looks at a share of the pictures.

    Args:
        fake: the folder to score.
        reference: the folder to compare with.
        network: what turns pictures into features; None: efficientnet-lite0.
        paired: also compare pictures of the same name, as `truth_scores` does; PNG only.
        jpeg: take JPEG where both folders hold that; the codec is part of the protocol.

    Raises:
        NoPictures: a folder is missing or holds no PNG.
        TooFewImages: a folder holds fewer than 2 pictures.
        ScoreError: a picture cannot be used; it is named.
    """
    looks = network or load_features()
    fakes, references = list_pictures(fake, jpeg), list_pictures(reference, jpeg)
    a, b = (features_of(_two(paths), looks, together=True, cached=True, jpeg=jpeg) for paths in (fakes, references))
    scores: tuple[Score, ...] = set_scores(a, b, looks)
    if paired:
        scores += truth_scores({p.stem: p for p in fakes}, {p.stem: p for p in references}, looks)
    return scores


def _features(paths: Sequence[Path], network: FeatureNetwork) -> SetFeatures:
    return features_of(_two(paths), network)


def _two(paths: Sequence[Path]) -> Sequence[Path]:
    if len(paths) < 2:
        raise TooFewImages(paths[0].parent if paths else "The set", len(paths), 2, "a distance between sets")
    return paths


def _two_at_least(found: SetFeatures) -> SetFeatures:
    if found.n < 2:
        raise TooFewImages(found.folder, found.n, 2, "a distance between sets")
    return found


def _kid_score(a: SetFeatures, b: SetFeatures, network: FeatureNetwork) -> Score:
    blocks = kid_blocks(a.n, b.n)
    protocol = _set_protocol("kid", a, b, network) | {
        "kernel": f"(x . y / {network.dims} + 1) ^ 3, unbiased",
        "subsets": "none: all pictures at once" if blocks == 1 else f"{blocks} disjoint ones",
    }
    return _set_score("kid", a, b, protocol, kid(a.features, b.features), kid_draws(a.features, b.features))


def _frechet_scores(a: SetFeatures, b: SetFeatures, network: FeatureNetwork) -> tuple[Score, ...]:
    metric = "fid" if network.name == "inception-fid" else "frechet"
    value = frechet_distance(_statistics(a), _statistics(b))
    draws = frechet_draws(a.features, b.features)
    score = _set_score(metric, a, b, _set_protocol(metric, a, b, network), value, draws)
    at_infinity = frechet_at_infinity(a.features, b.features)
    if at_infinity is None:
        return (score,)
    metric, (value, error) = f"{metric}_infinity", at_infinity
    protocol = _set_protocol(metric, a, b, network) | {"line": f"over 1 / share, shares {SHARES} of both sides"}
    without = _set_score(metric, a, b, protocol, value, None)
    return score, replace(without, spread=error, spread_is=f"standard error of a line through {len(SHARES)} points")


def _statistics(found: SetFeatures) -> FeatureStatistics:
    """The Gaussian of a set; the sums of a large one may lie in the cache."""
    if found.n > found.features.shape[1]:
        return FeatureStatistics.from_sums(found.sums)
    return FeatureStatistics.of(found.features)


def _manifold_scores(a: SetFeatures, b: SetFeatures, network: FeatureNetwork) -> tuple[Score, ...]:
    if min(a.n, b.n) < FEWEST:
        return ()
    made, real = (_at_most(side.features, MOST) for side in (a, b))
    found = manifolds(made, real)

    def score(metric: str, values: Tensor, side: int, neighbours: int) -> Score:
        value, interval, draws = mean_with_interval(values.tolist(), side)
        way = "bootstrap"
        if metric != "density":  # which may be above 1
            interval, way = share_interval(value, len(values)), "Wilson's interval"
        used = {"neighbours": str(neighbours), "pictures_used": f"{len(made)} and {len(real)}"}
        protocol = _set_protocol(metric, a, b, network) | used
        return replace(
            _set_score(metric, a, b, protocol, value, None),
            better="higher",
            interval=(interval.low, interval.high) if interval else None,
            interval_is=f"{way} over {len(values)} pictures; the manifolds stay as they are",
            draws=draws,
        )

    return (
        score("precision", found.precision, 0, PRECISION_NEIGHBOURS),
        score("recall", found.recall, 1, PRECISION_NEIGHBOURS),
        score("density", found.density, 0, DENSITY_NEIGHBOURS),
        score("coverage", found.coverage, 1, DENSITY_NEIGHBOURS),
    )


def _at_most(features: Tensor, most: int) -> Tensor:
    if len(features) <= most:
        return features
    return features[torch.randperm(len(features), generator=torch.Generator().manual_seed(0))[:most].sort().values]


def _set_protocol(metric: str, a: SetFeatures, b: SetFeatures, network: FeatureNetwork) -> Protocol:
    return protocol_of(metric, a.size, a.n, b.n, b.sha256) | extractor_of(network) | {"codec": a.codec}


def _set_score(
    metric: str, a: SetFeatures, b: SetFeatures, protocol: Protocol, value: float, draws: Tensor | None
) -> Score:
    resampled = () if draws is None else around(value, draws)
    interval = interval_around(value, resampled, min(a.n, b.n))
    return Score(
        metric=metric,
        value=value,
        better="lower",
        against="reference",
        n=a.n,
        n_reference=b.n,
        protocol=protocol,
        fingerprint=fingerprint(protocol),
        interval=(interval.low, interval.high) if interval else None,
        interval_is=f"random halves of both sides, {len(resampled)} draws" if interval else "",
        draws=resampled,
    )


def _perceptual_details(network: EfficientNetLite0) -> Protocol:
    return {
        **extractor_of(network),
        "extractor": f"perceptual ({network.name})",
        "layers": "blocks " + ", ".join(map(str, PERCEPTUAL_BLOCKS)) + ", unit length, uniform weights",
        "dtype": "float32",
    }


def mean_score(
    metric: str, better: Better, against: Against, per_picture: dict[str, float], protocol: Protocol
) -> Score:
    """The score that is the mean of one number a picture, with its bootstrap interval.

    Args:
        metric: its name.
        better: which way is better.
        against: what the pictures were compared with.
        per_picture: name of a picture -> its number.
        protocol: of the metric; its "n" and "n_reference" are the pictures'.
    """
    value, interval, draws = mean_with_interval(list(per_picture.values()))
    return Score(
        metric=metric,
        value=value,
        better=better,
        against=against,
        n=len(per_picture),
        n_reference=len(per_picture),
        protocol=protocol,
        fingerprint=fingerprint(protocol),
        per_picture=per_picture,
        interval=(interval.low, interval.high) if interval else None,
        interval_is=f"bootstrap over {len(per_picture)} pictures, {len(draws)} draws" if interval else "",
        draws=draws,
    )


def _partners(found: Mapping[str, Path], truth: Mapping[str, Path]) -> list[str]:
    """The names both sides have, which must be all of them: a picture left out would flatter."""
    if not truth:
        raise ScoreError("There are no true pictures to compare with.")
    alone = sorted(set(found) ^ set(truth))
    if alone:
        side = "picture to score" if alone[0] in truth else "true picture"
        more = f", and {len(alone) - 1} more names stand alone" if len(alone) > 1 else ""
        raise ScoreError(f"There is no {side} named {alone[0]!r}{more}. Every picture needs its true one.")
    return sorted(truth)
