"""The words of the site: names of approaches, cities and metrics, and how numbers are written."""

import hashlib
import math
import re
from dataclasses import dataclass

APPROACHES = {
    "neural_style": (
        "Neural style",
        "Each picture is optimised by itself until it has the content of the input and the texture of a picture "
        "of the other city. Nothing is learnt about cities, so nothing is kept from one picture to the next.",
    ),
    "cyclegan": (
        "CycleGAN",
        "Two generators learn from unpaired pictures, one in each direction. A picture sent there and back must "
        "return unchanged, and two discriminators ask that every translation looks like the other city.",
    ),
    "cut": (
        "CUT",
        "One generator learns from unpaired pictures, in one direction. A discriminator asks that every translation "
        "looks like the other city; each patch of it must be more like the patch it was made from than like the other "
        "patches of the same picture. No way back is learnt.",
    ),
    "fastcut": (
        "FastCUT",
        "CUT with less to do: patches count for more, pictures of the other city are not compared with what becomes of "
        "them, and the training is half as long. Half of its steps see flipped pictures.",
    ),
    "pix2pix": (
        "pix2pix",
        "A UNet learns from pairs: a depth map and the picture taken at the same place. A discriminator that sees "
        "both asks for plausible detail, an L1 loss keeps the translation on the spot.",
    ),
    "depth_chain": (
        "Depth chain",
        "Two networks in a row. The first reads depth out of a picture, learnt in one city; the second draws a "
        "picture from depth, learnt in the other. No depth is needed at test time: the middle one is predicted.",
    ),
    "pretrained": (
        "Pretrained",
        "A generator that somebody else trained with the code of the authors of CycleGAN and pix2pix. Which pictures "
        "it has seen is not known here; it is applied as it is.",
    ),
}

UNTRAINED = {
    "neural_style": "Nothing is trained: each picture is optimised by itself.",
    "depth_chain": "Nothing is trained here: the chain joins two networks that other approaches of this run trained.",
    "pretrained": "Nothing is trained here: the network comes out of a file.",
}


@dataclass(frozen=True)
class Metric:
    """How a metric is named, in a table and within a sentence, and explained."""

    name: str
    about: str
    in_words: str = ""

    @property
    def said(self) -> str:
        """The name as it stands within a sentence."""
        return self.in_words or self.name


METRICS = {
    "kid": Metric("KID", "Kernel distance between the features of two sets; unbiased, so it suits small ones."),
    "frechet": Metric(
        "Fréchet", "Distance of Gaussians fitted to features; biased upwards for few pictures.", "the Fréchet distance"
    ),
    "fid": Metric("FID", "Fréchet distance on Inception features."),
    "frechet_infinity": Metric(
        "Fréchet ∞", "The Fréchet distance of infinitely many pictures, by a line.", "the Fréchet distance at infinity"
    ),
    "fid_infinity": Metric("FID ∞", "The FID of infinitely many pictures, by a line."),
    "precision": Metric("Precision", "Share of these pictures that lie among the real ones.", "precision"),
    "recall": Metric("Recall", "Share of the real pictures that lie among these.", "recall"),
    "density": Metric("Density", "How densely real pictures lie around these; may be above 1.", "density"),
    "coverage": Metric("Coverage", "Share of the real pictures that have one of these near.", "coverage"),
    "perceptual": Metric(
        "Perceptual", "Distance between deep features of a picture and the true one.", "perceptual distance"
    ),
    "structure": Metric(
        "Structure", "How differently the places of a picture are related to each other than in the input.", "structure"
    ),
    "l1": Metric("L1", "Mean absolute difference from the true picture."),
    "ssim": Metric("SSIM", "Structural similarity to the true picture, 1 when equal."),
    "abs_rel": Metric("AbsRel", "Mean error of depth relative to the true depth."),
    "rmse_m": Metric("RMSE, metres", "Root of the mean squared error of depth."),
    "delta_1.25": Metric("δ < 1.25", "Share of pixels whose depth is within a factor of 1.25 of the truth."),
    "score": Metric("Mean score", "Mean over directions that are scored by different metrics.", "the mean score"),
    "none_share": Metric("No depth", "Share of the pixels with a true depth for which none was predicted."),
}


def approach_name(name: str, kind: str) -> str:
    """What an approach is called: its kind's proper name, or the name the recipe gave it where that says more."""
    return kind_name(kind) if name.replace("-", "_") == kind else name


def kind_name(kind: str) -> str:
    """A kind of approach by its proper name: "cyclegan" gives "CycleGAN", one from outside its own with a capital."""
    return APPROACHES[kind][0] if kind in APPROACHES else title_case(kind.replace("_", " "))


def approach_about(kind: str) -> str:
    """One paragraph on how a kind of approach works; of one from outside c2c, only where it comes from."""
    if not kind or kind in APPROACHES:
        return APPROACHES.get(kind, ("", ""))[1]
    return f"This approach does not come with c2c. An installed package brought its kind, {kind}."


def metric_of(name: str) -> Metric:
    """How a metric is named; one that is not known keeps its own name."""
    return METRICS.get(name, Metric(name, ""))


def title_case(text: str) -> str:
    """The text with a capital at its start: "paris depth" gives "Paris depth"."""
    return text[:1].upper() + text[1:]


def direction_name(source: str, target: str, direction: str) -> str:
    """A direction as it is read: "Paris → Burano", or within one city "Paris, depth → image"."""
    within = _within(source, target, direction)
    if within:
        return f"{title_case(source)}, {within[0]} → {within[1]}"
    return f"{title_case(source)} → {title_case(target)}"


def direction_in_words(source: str, target: str, direction: str) -> str:
    """A direction within a sentence: "Paris into Burano", or "depth of Paris into images"."""
    within = _within(source, target, direction)
    if within:
        before, after = ({"image": "images"}.get(part, part) for part in within)
        return f"{before} of {title_case(source)} into {after}"
    return f"{title_case(source)} into {title_case(target)}"


def _within(source: str, target: str, direction: str) -> tuple[str, str] | None:
    """What becomes what within one city: "paris-depth-to-image" gives depth and image."""
    what = direction.removeprefix(f"{source}-").split("-to-")
    return (what[0], what[1]) if source == target and len(what) == 2 else None


def slug(text: str) -> str:
    """A name that is safe in any file system and address; unlike texts give unlike slugs."""
    if re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,79}", text) and ".." not in text:
        return text
    plain = re.sub(r"[^A-Za-z0-9_-]+", "-", text).strip("-")[:40] or "name"
    return f"{plain}-{hashlib.sha256(text.encode('utf-8', 'surrogatepass')).hexdigest()[:8]}"


def digits_for(value: float) -> int:
    """Decimals that show a value with three significant digits, and whole numbers from 100 upwards."""
    if not math.isfinite(value) or value == 0:
        return 2
    return max(0, 2 - math.floor(math.log10(abs(value))))


def number(value: float | None) -> str:
    """A value with three significant digits: 0.0612, 41.3, 1,240; a dash where there is none."""
    if value is None:
        return "–"
    if not math.isfinite(value):
        return "not finite"
    return written(value, min(digits_for(value), 6))


def written(value: float, decimals: int) -> str:
    """A value with so many decimals, its minus a proper one; what is rounded to nought has none."""
    return f"{value:z,.{decimals}f}".replace("-", "−")


def spread(value: float, spread: float | None) -> str:
    """The spread to as many decimals as its value, or nothing."""
    if spread is None or not math.isfinite(spread):
        return ""
    return f"± {spread:,.{min(digits_for(value), 6)}f}"


def interval(value: float, ends: tuple[float, float] | None) -> tuple[str, str]:
    """A value and the ends of its interval, to as many decimals as the interval can tell: 0.31 and "0.28 to 0.35"."""
    if ends is None or not all(map(math.isfinite, (value, *ends))):
        return number(value), ""
    half = (ends[1] - ends[0]) / 2
    told = 1 - math.floor(math.log10(half)) if half > 0 else digits_for(value)
    decimals = max(0, min(told, digits_for(value), 6))
    shown, low, high = (written(each, decimals) for each in (value, *ends))
    return shown, f"{low} to {high}"


def duration(seconds: float) -> str:
    """Seconds as a person says them: 0.4 s, 92 s, 12 min 30 s, 3 h 20 min."""
    if seconds < 10:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < 120:
        return f"{whole} s"
    if whole < 7200:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"


def moment(seconds: float) -> str:
    """A short time to two digits, longer ones as `duration` says them: 34 ms, 0.21 s, 5.8 s, 92 s."""
    if seconds < 0.1:
        return f"{seconds * 1000:.2g} ms" if seconds < 0.0995 else "100 ms"
    return f"{seconds:.2g} s" if seconds < 1 else duration(seconds)


def short_count(count: int) -> str:
    """A number of things to three digits: 812, 349 k, 1.34 M."""
    if count < 1000:
        return f"{count}"
    size, letter = next((s, letter) for s, letter in ((1e3, "k"), (1e6, "M"), (1e9, "G")) if count < 999.5 * s)
    return f"{count / size:.3g}\N{NO-BREAK SPACE}{letter}"


def mebibytes(count: int | None) -> str:
    """Bytes as MiB, or a dash where not measured."""
    return "–" if count is None else f"{count / 2**20:,.0f} MiB"


def enumerate_words(words: list[str]) -> str:
    """Words in a row: "a", "a and b", "a, b and c"."""
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)
