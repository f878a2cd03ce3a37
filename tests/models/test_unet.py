import copy

import pytest
import torch
from torch import nn

from c2c.models.initialisation import initialise_weights
from c2c.models.unet import UNetGenerator


def noise(*shape, seed=0):
    return torch.rand(*shape, generator=torch.Generator().manual_seed(seed)) * 2 - 1


def convolutions(network):
    return [layer for layer in network.modules() if isinstance(layer, nn.Conv2d | nn.ConvTranspose2d)]


def test_unet_256_has_the_published_54_414_thousand_parameters():
    with torch.device("meta"):
        generator = UNetGenerator(3, 3, base_channels=64, levels=8)

    assert sum(parameter.numel() for parameter in generator.parameters()) == 54_413_955


def test_unet_256_drops_out_at_the_three_depths_of_the_paper():
    with torch.device("meta"):
        generator = UNetGenerator(3, 3, levels=8)

    assert [any(isinstance(layer, nn.Dropout) for layer in up) for up in generator.up] == [False] * 4 + [True] * 3 + [
        False
    ]


@pytest.mark.parametrize("norm", ["batch", "instance"])
def test_depth_comes_out_as_two_channels_of_the_pictures_sides(norm):
    made = UNetGenerator(3, 2, base_channels=2, levels=3, norm=norm)(noise(2, 3, 24, 40))

    assert made.shape == (2, 2, 24, 40)
    assert made.abs().max() <= 1


def test_there_is_chance_in_training_only():
    generator, picture = UNetGenerator(3, 3, base_channels=2, levels=6), noise(1, 3, 64, 64)

    assert not torch.equal(generator.train()(picture), generator(picture))
    assert torch.equal(generator.eval()(picture), generator(picture))


def test_without_dropout_there_is_no_chance_at_all():
    generator, picture = UNetGenerator(3, 3, base_channels=2, levels=6, dropout=False), noise(1, 3, 64, 64)

    assert torch.equal(generator.train()(picture), generator(picture))


def test_a_picture_alone_is_translated_at_test_as_in_training():
    generator, picture = UNetGenerator(3, 3, base_channels=2, levels=3, dropout=False), noise(1, 3, 16, 16)

    assert torch.allclose(generator.train()(picture), generator.eval()(picture), atol=1e-6)


def test_a_skip_leads_around_every_level():
    """With nothing coming up from below, each level still hands on what it saw."""
    generator, picture = UNetGenerator(3, 3, base_channels=2, levels=4), noise(1, 3, 32, 32)
    for level in range(1, 4):
        muted = copy.deepcopy(generator).eval()
        nn.init.zeros_(muted.up[level][1].weight)

        made = muted(picture)

        assert made.flatten(2).std(-1).min() > 0


def test_gradients_agree_with_double_precision():
    generator = initialise_weights(UNetGenerator(3, 3, base_channels=4, levels=4, dropout=False), gain=0.1)
    exact = copy.deepcopy(generator).double()
    picture = noise(2, 3, 32, 32)

    (generator(picture) - 0.3).abs().mean().backward()
    (exact(picture.double()) - 0.3).abs().mean().backward()

    for found, true in zip(generator.parameters(), exact.parameters(), strict=True):
        if true.dim() > 1:  # a bias before a norm has no gradient but rounding
            assert (found.grad - true.grad).norm() <= 1e-3 * true.grad.norm()
