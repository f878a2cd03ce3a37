"""What a number was measured with, and a fingerprint that tells unlike numbers apart.

The fingerprint holds all that moves the number: the metric, the extractor and its weights, the resize, the codec, the
size and range of the values, how many pictures on both sides, which pictures they are compared with and how these were
split, the rule by which a checkpoint was kept, the dtype, the random draws, and the versions of the libraries.
"""

import hashlib
from dataclasses import replace

from c2c.evaluation.pictures import CODEC, in_words
from c2c.models.features import FeatureNetwork
from c2c.records import Score
from c2c.records.provenance import versions

Protocol = dict[str, str]
COMPUTING = ("c2c", "torch", "numpy", "pillow")  # the libraries that a score goes through


def protocol_of(metric: str, size: tuple[int, int], n: int, n_reference: int, reference_sha256: str) -> Protocol:
    """What every metric states."""
    found = versions()
    return {
        "metric": metric,
        "codec": CODEC,
        "values": "RGB, 0 to 255",
        "size": in_words(size),
        "n": str(n),
        "n_reference": str(n_reference),
        "reference_sha256": reference_sha256,
        "libraries": ", ".join(f"{name} {found[name]}" for name in COMPUTING if name in found),
    }


def extractor_of(network: FeatureNetwork) -> Protocol:
    """What a metric on features states beside."""
    return {
        "extractor": network.name,
        "weights_sha256": network.weights_sha256,
        "resize": network.resize,
        "dtype": "features float32, statistics float64",
    }


def fingerprint(protocol: Protocol) -> str:
    """The first 12 hexadecimal digits of the SHA-256 of a protocol's sorted items."""
    lines = "\n".join(f"{key}={value}" for key, value in sorted(protocol.items()))
    return hashlib.sha256(lines.encode()).hexdigest()[:12]


def stating(score: Score, **more: str) -> Score:
    """A score whose protocol states more, such as how its pictures were split."""
    protocol = score.protocol | more
    return replace(score, protocol=protocol, fingerprint=fingerprint(protocol))
