import copy

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from c2c.models.initialisation import initialise_weights
from c2c.models.norms import InstanceNorm2d
from c2c.models.resnet import ResidualBlock, ResNetGenerator

LAYOUTS = {
    "strided": {},
    "resized": {"upsample": "resize"},
    "blurred": {"upsample": "blur", "downsample": "blur"},
}


def noise(*shape, seed=0):
    return torch.rand(*shape, generator=torch.Generator().manual_seed(seed)) * 2 - 1


def without_norms(network):
    """The network with nothing in it that looks at a whole picture."""
    for module in network.modules():
        for name, child in module.named_children():
            if isinstance(child, InstanceNorm2d):
                setattr(module, name, nn.Identity())
    return network


def test_the_papers_generator_has_the_published_11_378_thousand_parameters():
    generator = ResNetGenerator(base_channels=64, blocks=9)

    assert sum(parameter.numel() for parameter in generator.parameters()) == 11_378_179


def test_a_block_without_weights_changes_nothing():
    block = ResidualBlock(4)
    for parameter in block.parameters():
        nn.init.zeros_(parameter)
    x = noise(1, 4, 8, 8)

    assert torch.equal(block(x), x)


@settings(max_examples=15, deadline=None)
@given(st.integers(4, 14), st.integers(4, 14))
@pytest.mark.parametrize("layout", LAYOUTS)
def test_any_size_that_is_a_multiple_of_4_is_kept(layout, rows, columns):
    generator = ResNetGenerator(base_channels=2, blocks=1, **LAYOUTS[layout])

    made = generator(noise(1, 3, 4 * rows, 4 * columns))

    assert made.shape == (1, 3, 4 * rows, 4 * columns)
    assert made.abs().max() <= 1


def test_it_is_fully_convolutional():
    """Away from the borders, and but for the norms, a crop's translation is the crop of the translation."""
    generator = without_norms(ResNetGenerator(base_channels=4, blocks=1)).eval()
    picture = noise(1, 3, 96, 96)

    whole, crop = generator(picture), generator(picture[..., 16:80, 16:80])

    assert torch.allclose(whole[..., 40:56, 40:56], crop[..., 24:40, 24:40], atol=1e-6)


def test_a_pictures_translation_is_independent_of_its_batch_neighbours():
    generator = ResNetGenerator(base_channels=4, blocks=2)
    batch = noise(3, 3, 32, 32)

    assert torch.allclose(generator(batch)[1:2], generator(batch[1:2]), atol=1e-5)


def test_every_output_pixel_depends_on_the_picture():
    generator = ResNetGenerator(base_channels=4, blocks=1)
    picture = noise(1, 3, 16, 16).requires_grad_(True)

    generator(picture).square().sum().backward()

    assert (picture.grad != 0).all()


@pytest.mark.parametrize("layout", LAYOUTS)
def test_gradients_agree_with_double_precision(layout):
    generator = initialise_weights(ResNetGenerator(base_channels=8, blocks=2, **LAYOUTS[layout]), gain=0.1)
    exact = copy.deepcopy(generator).double()
    picture = noise(1, 3, 32, 32)

    (generator(picture) - 0.3).abs().mean().backward()
    (exact(picture.double()) - 0.3).abs().mean().backward()

    for found, true in zip(generator.parameters(), exact.parameters(), strict=True):
        if true.dim() > 1:  # a bias before an instance norm has no gradient but rounding
            assert (found.grad - true.grad).norm() <= 1e-3 * true.grad.norm()


def test_state_dicts_of_the_papers_generator_have_the_keys_they_always_had():
    keys = [key for key in ResNetGenerator(2, 1).state_dict() if key.endswith("weight")]

    assert keys == [
        "stem.1.weight",
        "down.0.weight",
        "down.3.weight",
        "blocks.0.body.1.weight",
        "blocks.0.body.5.weight",
        "up.0.weight",
        "up.3.weight",
        "head.1.weight",
    ]


def test_cuts_generator_has_the_published_11_378_thousand_parameters_too_and_no_weights_in_its_blurs():
    generator = ResNetGenerator(64, 9, upsample="blur", downsample="blur")

    assert sum(parameter.numel() for parameter in generator.parameters()) == 11_378_179
    assert sum(tensor.numel() for tensor in generator.state_dict().values()) == 11_378_179


def test_cuts_features_are_pixels_both_downsamplings_and_blocks_1_and_5():
    generator, picture = ResNetGenerator(4, 5, upsample="blur", downsample="blur"), noise(2, 3, 32, 48)

    pixels, first, second, early, late = generator(picture, (0, 4, 8, 12, 16))

    x = generator.stem(picture)
    assert torch.equal(pixels, nn.functional.pad(picture, (3, 3, 3, 3), mode="reflect"))
    assert torch.equal(first, generator.down[0](x))
    assert torch.equal(second, generator.down[4](generator.down[:4](x)))
    assert torch.equal(early, generator.blocks[0](generator.down(x)))
    assert torch.equal(late, generator.blocks(generator.down(x)))
    assert [features.shape[1:] for features in (pixels, first, second, early, late)] == [
        (3, 38, 54),
        (8, 32, 48),
        (16, 16, 24),
        (16, 8, 12),
        (16, 8, 12),
    ]


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_channels_of_every_layer_are_known_before_a_picture_is_seen(layout):
    generator = ResNetGenerator(2, 2, **LAYOUTS[layout])
    count = len([*generator.stem, *generator.down, *generator.blocks, *generator.up, *generator.head])

    found = generator.features(noise(1, 3, 16, 16), range(count))

    assert generator.channels(range(count)) == [features.shape[1] for features in found]
    assert torch.equal(torch.tanh(found[-1]), generator(noise(1, 3, 16, 16)))


def test_nothing_deeper_than_what_is_asked_for_is_computed():
    generator, seen = ResNetGenerator(2, 2), []
    for part in (*generator.blocks, generator.up[0]):
        part.register_forward_hook(lambda part, *_: seen.append(part))

    generator(noise(1, 3, 16, 16), (0, 10))

    assert seen == [generator.blocks[0]]
