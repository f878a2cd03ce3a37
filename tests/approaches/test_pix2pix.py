import copy

import pytest
import torch
import torch.nn.functional as F

from c2c.approaches import build
from c2c.data.datasets import DepthBatch
from c2c.data.depth_code import DepthCode
from c2c.recipe import recipe_from

NAMES = ("old-depth", "depth-new")


def batch(count=2, size=32):
    generator = torch.Generator().manual_seed(5)
    metres = torch.rand(count, 1, size, size, generator=generator) * 80 + 2
    metres[..., :6] = 0
    return DepthBatch(torch.rand(count, 3, size, size, generator=generator) * 2 - 1, DepthCode().encode(metres))


def without_chance(table):
    for name in NAMES:
        table["approaches"][name]["dropout"] = False
    return recipe_from(table)


@pytest.mark.parametrize("name", NAMES)
def test_the_first_step_is_the_one_of_the_paper(name, tiny_table):
    pix2pix = build(without_chance(tiny_table), name)
    exact = copy.deepcopy(pix2pix.networks).double()
    pictures = batch()
    given, wanted = (part.double() for part in pictures)
    if name == "depth-new":
        given, wanted = wanted, given

    found = pix2pix.training_step(pictures)

    made = exact["generator"](given)
    real, fake = (exact["discriminator"](torch.cat([given, other], 1)) for other in (wanted, made))
    error = (made - wanted).abs()
    if name == "old-depth":
        known = wanted[:, 1] > 0
        l1 = (error[:, 0][known].sum() + error[:, 1].sum()) / (known.sum() + known.numel())
    else:
        l1 = error.mean()
    assert found["discriminator"].item() == pytest.approx(
        0.5 * (F.softplus(-real).mean() + F.softplus(fake).mean()).item(), rel=1e-4
    )
    assert found["l1"].item() == pytest.approx(100 * l1.item(), rel=1e-4)


@pytest.mark.parametrize("name", NAMES)
def test_a_step_changes_both_networks(name, tiny_recipe):
    pix2pix = build(tiny_recipe, name)
    before = copy.deepcopy(pix2pix.networks.state_dict())

    losses = pix2pix.training_step(batch())

    after = pix2pix.networks.state_dict()
    assert set(losses) == {"discriminator", "adversarial", "l1"}
    assert all(not torch.equal(before[key], after[key]) for key in before if key.endswith("0.weight"))


def test_the_generators_step_gives_the_discriminator_no_gradient(tiny_recipe):
    pix2pix = build(tiny_recipe, "depth-new")
    gradients = []
    step = pix2pix.optimizers["generator"].step

    def spy():
        gradients.extend(p.grad.clone() for p in pix2pix.discriminator.parameters())
        step()

    pix2pix.optimizers["generator"].step = spy
    held = pix2pix.optimizers["discriminator"]
    after_its_own = []
    own_step = held.step
    held.step = lambda: (after_its_own.extend(p.grad.clone() for p in pix2pix.discriminator.parameters()), own_step())

    pix2pix.training_step(batch())

    assert all(torch.equal(a, b) for a, b in zip(gradients, after_its_own, strict=True))


def test_log_depth_where_there_is_none_does_not_move_the_l1_loss(tiny_table):
    recipe = without_chance(tiny_table)
    pictures = batch()
    other = pictures.depth.clone()
    other[:, :1][other[:, 1:] < 0] = -0.5
    losses = []
    for depth in (pictures.depth, other):
        torch.manual_seed(0)
        losses.append(build(recipe, "old-depth").training_step(DepthBatch(pictures.picture, depth))["l1"])

    assert torch.equal(*losses)


@pytest.mark.parametrize(("name", "takes", "gives"), [("old-depth", 3, 2), ("depth-new", 2, 3)])
@torch.no_grad()
def test_a_pictures_translation_is_independent_of_its_batch_neighbours_and_of_chance(name, takes, gives, tiny_recipe):
    pix2pix = build(tiny_recipe, name)
    pix2pix.networks.eval()
    pictures = torch.rand(3, takes, 32, 32) * 2 - 1
    (direction,) = pix2pix.directions

    made = pix2pix.translate(pictures, direction)["fake"]

    assert made.shape == (3, gives, 32, 32)
    assert torch.equal(made, pix2pix.translate(pictures, direction)["fake"])
    assert torch.allclose(made[1:2], pix2pix.translate(pictures[1:2], direction)["fake"], atol=1e-6)


def test_it_learns_a_pair_by_heart(tiny_table):
    tiny_table["approaches"]["old-depth"] |= {"training": {"learning_rate": 0.01}, "dropout": False}
    pix2pix, pictures = build(recipe_from(tiny_table), "old-depth"), batch()

    losses = [pix2pix.training_step(pictures)["l1"].item() for _ in range(25)]

    assert losses[-1] < 0.7 * losses[0]
