import pytest
import torch

from c2c.approaches import build
from c2c.approaches.cyclegan import CycleGAN
from c2c.approaches.depth_chain import DepthChain
from c2c.approaches.neural_style import NeuralStyle
from c2c.approaches.pix2pix import Pix2Pix
from c2c.recipe import recipe_from


@pytest.mark.parametrize(
    ("name", "kind", "needs"),
    [
        ("cyclegan", CycleGAN, "unpaired"),
        ("old-depth", Pix2Pix, "depth_pairs"),
        ("depth-new", Pix2Pix, "depth_pairs"),
        ("chain", DepthChain, "trained_halves"),
    ],
)
def test_a_recipe_builds_the_approach_it_names(name, kind, needs, tiny_recipe):
    approach = build(tiny_recipe, name)

    assert type(approach) is kind
    assert approach.needs == needs


def test_neural_style_is_built_without_its_feature_network(tiny_table):
    tiny_table["approaches"] = {"style": {"kind": "neural_style", "content": "old", "style": "new"}}

    assert isinstance(build(recipe_from(tiny_table), "style"), NeuralStyle)


def test_the_same_seed_gives_the_same_networks(tiny_recipe):
    states = []
    for seed in (3, 3, 4):
        torch.manual_seed(seed)
        states.append(build(tiny_recipe, "cyclegan").networks.state_dict())
    first, same, other = (torch.cat([value.flatten() for value in state.values()]) for state in states)

    assert torch.equal(first, same)
    assert not torch.equal(first, other)


def test_the_papers_networks_are_the_default(tiny_table):
    tiny_table["size"] = 256
    tiny_table["approaches"] = {
        "cyclegan": {"kind": "cyclegan", "a": "old", "b": "new"},
        "pix2pix": {"kind": "pix2pix", "city": "old", "direction": "depth_to_image"},
    }
    recipe = recipe_from(tiny_table)

    with torch.device("meta"):
        cyclegan, pix2pix = build(recipe, "cyclegan"), build(recipe, "pix2pix")

    assert len(cyclegan.generator_ab.blocks) == 9
    assert cyclegan.generator_ab.blocks[0].body[1].weight.shape == (256, 256, 3, 3)
    assert len(pix2pix.generator.down) == 8
    assert pix2pix.discriminator.body[0].in_channels == 5  # a picture beside the two channels of its depth
