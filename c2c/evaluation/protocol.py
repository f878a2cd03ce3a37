"""What a number was measured with, and a fingerprint that tells unlike numbers apart.

The fingerprint holds all that moves the number: the metric, the extractor and its weights, the resize, the codec, the
size, how many pictures on both sides, which pictures they are compared with, the dtype, and the random draws. Versions
of the libraries stay out of it: they travel in the record's provenance, and what they compute is fixed here by tests
against known values.
"""

import hashlib

from c2c.evaluation.pictures import CODEC, in_words
from c2c.models.features import FeatureNetwork

Protocol = dict[str, str]


def protocol_of(metric: str, size: tuple[int, int], n: int, n_reference: int, reference_sha256: str) -> Protocol:
    """What every metric states."""
    return {
        "metric": metric,
        "codec": CODEC,
        "size": in_words(size),
        "n": str(n),
        "n_reference": str(n_reference),
        "reference_sha256": reference_sha256,
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
