"""The feature networks that scores can be measured with: those of c2c, and those that installed packages register.

A package registers one with an entry point in the group `c2c.extractors`, whose name is the extractor's and whose value
is what makes it: a class, or a function without arguments. It is imported only when it is loaded.
"""

from importlib.metadata import EntryPoint, entry_points

GROUP = "c2c.extractors"

# What makes each, as "module:attribute"; only the distance on inception-fid is called FID.
EXTRACTORS = {
    "efficientnet-lite0": "c2c.models.features:EfficientNetLite0",
    "inception-fid": "c2c.models.features:InceptionFID",
    "squeezenet": "c2c.models.second_opinions:SqueezeNet",
    "mobilenetv2": "c2c.models.second_opinions:MobileNetV2",
}


def known_extractors() -> tuple[str, ...]:
    """The names of all: ours first, then those registered from outside."""
    return *EXTRACTORS, *(name for name in _registered() if name not in EXTRACTORS)


def extractor_named(name: str) -> EntryPoint | None:
    """Where what makes it is to be found, ours before any other of that name; None where there is none."""
    if name in EXTRACTORS:
        return EntryPoint(name, EXTRACTORS[name], GROUP)
    return _registered().get(name)


def _registered() -> dict[str, EntryPoint]:
    return {entry.name: entry for entry in entry_points(group=GROUP)}
