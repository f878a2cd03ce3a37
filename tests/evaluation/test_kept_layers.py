import pytest
import torch

from c2c.evaluation import kept_layers
from c2c.evaluation.kept_layers import KeptLayers
from c2c.models.features import PERCEPTUAL_BLOCKS, EfficientNetLite0


@pytest.fixture
def looks(monkeypatch):
    """The network, and how often it really looked."""
    network, calls = KeptLayers(), []
    plain = EfficientNetLite0.perceptual_layers

    def counted(self, images, blocks=PERCEPTUAL_BLOCKS):
        calls.append(len(images))
        return plain(self, images, blocks)

    monkeypatch.setattr(EfficientNetLite0, "perceptual_layers", counted)
    return network, calls


def batch(seed, count=2):
    return torch.randint(0, 256, (count, 3, 32, 32), dtype=torch.uint8, generator=torch.Generator().manual_seed(seed))


def test_a_batch_is_looked_at_once_and_gives_the_same(looks):
    network, calls = looks

    first, second = network.perceptual_layers(batch(0)), network.perceptual_layers(batch(0))
    (deep,) = network.perceptual_layers(batch(0), (10,))

    assert calls == [2]
    assert all(torch.equal(a, b) for a, b in zip(first, second, strict=True))
    assert torch.equal(deep, first[PERCEPTUAL_BLOCKS.index(10)])
    assert all(torch.equal(a, b) for a, b in zip(first, EfficientNetLite0().perceptual_layers(batch(0)), strict=True))


def test_other_pictures_are_looked_at_anew_and_what_was_not_used_for_long_goes(looks, monkeypatch):
    network, calls = looks
    monkeypatch.setattr(kept_layers, "MOST", 2)

    for seed in (0, 1, 0, 2, 0, 1):
        network.perceptual_layers(batch(seed))

    assert len(calls) == 4  # 0, 1, 2, and 1 again
