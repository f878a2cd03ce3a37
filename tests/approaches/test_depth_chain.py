import pytest
import torch

from c2c.approaches import build


@pytest.fixture
def chain(tiny_recipe):
    return build(tiny_recipe, "chain")


@torch.no_grad()
def test_the_chain_is_its_halves_one_after_the_other(chain):
    picture = torch.rand(2, 3, 32, 64) * 2 - 1
    (direction,) = chain.directions

    made = chain.translate(picture, direction)

    first, second = chain.halves
    depth = first.generate(picture, first.directions[0])
    assert torch.equal(made["depth"], depth)
    assert torch.equal(made["fake"], second.generate(depth, second.directions[0]))
    assert torch.equal(made["fake"], chain.generate(picture, direction))
    assert made["depth"].shape == (2, 2, 32, 64)
    assert made["fake"].shape == (2, 3, 32, 64)


def test_there_is_nothing_to_train(chain):
    assert chain.optimizers == {}
    with pytest.raises(TypeError, match="DepthChain is not trained by steps"):
        chain.training_step(None)


def test_it_keeps_the_generators_of_its_halves_alone(chain):
    assert set(chain.networks) == {"image_to_depth", "depth_to_image"}
    assert chain.networks["image_to_depth"] is chain.halves[0].networks["generator"]


def test_a_picture_must_suit_both_halves(chain):
    assert chain.multiple == 32
