import torch

from c2c.approaches import build
from c2c.data.datasets import UnpairedBatch
from c2c.training.average import AveragedWeights


def flat(approach, name="generator_ab"):
    return torch.cat([parameter.detach().flatten() for parameter in approach.networks[name].parameters()])


def test_the_average_follows_its_definition(tiny_recipe):
    source, twin = build(tiny_recipe, "cyclegan"), build(tiny_recipe, "cyclegan")
    average, expected = AveragedWeights(twin, source, 0.5), flat(source)

    for step in range(1, 16):
        source.training_step(UnpairedBatch(torch.rand(1, 3, 32, 32), torch.rand(1, 3, 32, 32)))
        average.update(step)
        decay = min(0.5, step / (step + 10))
        expected = decay * expected + (1 - decay) * flat(source)

    assert torch.allclose(flat(twin), expected, atol=1e-6)
    assert not torch.allclose(flat(twin), flat(source))


def test_it_holds_what_translates_and_nothing_else(tiny_recipe):
    source = build(tiny_recipe, "cyclegan")

    state = AveragedWeights(build(tiny_recipe, "cyclegan"), source, 0.9).state()

    assert {name.split(".")[0] for name in state} == {"generator_ab", "generator_ba"}
