import copy

import pytest
import torch

from c2c.approaches import build
from c2c.data.datasets import DepthBatch
from c2c.recipe import recipe_from
from c2c.training.speed import prepare

CPU = torch.device("cpu")


def recipe(norm="batch", **training):
    return recipe_from(
        {
            "name": "t",
            "title": "T",
            "size": 64,
            "cities": {"old": {"folder": "old"}},
            "approaches": {
                "m": {
                    "kind": "pix2pix",
                    "city": "old",
                    "direction": "depth_to_image",
                    "levels": 4,
                    "base_channels": 8,
                    "discriminator_channels": 8,
                    "dropout": False,
                    "norm": norm,
                    "training": training,
                }
            },
        }
    )


def in_channels_last(network):
    return all(
        weight.is_contiguous(memory_format=torch.channels_last)
        for weight in network.parameters()
        if weight.ndim == 4 and min(weight.shape[1:]) > 1
    )


@pytest.mark.parametrize(
    ("memory_format", "discriminator", "generator"),
    [("auto", True, False), ("contiguous", False, False), ("channels_last", True, True)],
)
def test_the_discriminator_of_pix2pix_is_in_channels_last_unless_the_recipe_says_otherwise(
    memory_format, discriminator, generator
):
    of = recipe(memory_format=memory_format)
    approach = build(of, "m")
    prepare(approach, of.approaches["m"].training, CPU)

    assert in_channels_last(approach.networks["discriminator"]) is discriminator
    assert in_channels_last(approach.networks["generator"]) is generator


@pytest.mark.parametrize("batch", [1, 2])
@pytest.mark.parametrize("norm", ["batch", "instance"])
def test_gradients_through_networks_of_unlike_memory_formats_are_those_of_float64(norm, batch):
    of = recipe(norm)
    torch.manual_seed(0)
    approach = build(of, "m")
    precise = copy.deepcopy(approach)
    precise.networks.double()
    prepare(approach, of.approaches["m"].training, CPU)
    pair = torch.rand(batch, 3, 64, 64) * 2 - 1, torch.rand(batch, 2, 64, 64) * 2 - 1

    approach.training_step(DepthBatch(*pair))
    precise.training_step(DepthBatch(*(tensor.double() for tensor in pair)))

    for name in ("generator", "discriminator"):
        found, expected = (
            torch.cat([weight.grad.double().flatten() for weight in network.parameters() if weight.grad is not None])
            for network in (approach.networks[name], precise.networks[name])
        )
        assert (found - expected).norm() < 0.02 * expected.norm()
