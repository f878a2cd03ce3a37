import copy

import pytest
import torch

from c2c.approaches import build
from c2c.data.datasets import UnpairedBatch
from c2c.recipe import recipe_from


@pytest.fixture
def cyclegan(tiny_recipe):
    return build(tiny_recipe, "cyclegan")


def batch(size=32):
    generator = torch.Generator().manual_seed(5)
    return UnpairedBatch(*(torch.rand(1, 3, size, size, generator=generator) * 2 - 1 for _ in range(2)))


def plain_losses(networks, real_a, real_b):
    """CycleGAN's first step as it stands in the paper: losses of the generators, then of the discriminators."""
    g_ab, g_ba, d_a, d_b = (networks[name] for name in networks)
    fake_b, fake_a = g_ab(real_a), g_ba(real_b)
    generators = {
        "adversarial_ab": ((d_b(fake_b) - 1) ** 2).mean(),
        "adversarial_ba": ((d_a(fake_a) - 1) ** 2).mean(),
        "cycle_a": 10 * (g_ba(fake_b) - real_a).abs().mean(),
        "cycle_b": 10 * (g_ab(fake_a) - real_b).abs().mean(),
        "identity_a": 5 * (g_ba(real_a) - real_a).abs().mean(),
        "identity_b": 5 * (g_ab(real_b) - real_b).abs().mean(),
    }
    fake_a, fake_b = fake_a.detach(), fake_b.detach()
    discriminators = {
        "discriminator_a": 0.5 * (((d_a(real_a) - 1) ** 2).mean() + (d_a(fake_a) ** 2).mean()),
        "discriminator_b": 0.5 * (((d_b(real_b) - 1) ** 2).mean() + (d_b(fake_b) ** 2).mean()),
    }
    return generators, discriminators


def weights_of(network):
    """All but the biases: one before an instance norm has no gradient but rounding."""
    return [parameter for parameter in network.parameters() if parameter.dim() > 1]


def test_the_first_step_is_the_one_of_the_paper(cyclegan):
    for parameter in cyclegan.networks.parameters():
        parameter.data.mul_(5)  # away from the start, where all is nearly zero
    exact = copy.deepcopy(cyclegan.networks).double()
    pictures = batch()

    found = cyclegan.training_step(pictures)
    generators, discriminators = plain_losses(exact, *(picture.double() for picture in pictures))

    assert {name: loss.item() for name, loss in found.items()} == pytest.approx(
        {name: loss.item() for name, loss in (generators | discriminators).items()}, rel=1e-4
    )
    for name, network in cyclegan.networks.items():
        losses = generators if name.startswith("generator") else discriminators
        true = torch.autograd.grad(sum(losses.values()), weights_of(exact[name]), retain_graph=True)
        for weight, expected in zip(weights_of(network), true, strict=True):
            assert (weight.grad - expected).norm() <= 1e-2 * expected.norm() + 1e-9


def test_a_step_changes_all_four_networks_and_nothing_else(cyclegan):
    before, pictures = copy.deepcopy(cyclegan.networks.state_dict()), batch()
    kept = [picture.clone() for picture in pictures]

    cyclegan.training_step(pictures)

    for name in ("generator_ab", "generator_ba", "discriminator_a", "discriminator_b"):
        weights = [key for key in before if key.startswith(name) and key.endswith("weight")]
        assert weights
        assert all(not torch.equal(before[key], cyclegan.networks.state_dict()[key]) for key in weights)
    assert all(torch.equal(now, then) for now, then in zip(pictures, kept, strict=True))


def test_the_generators_step_gives_the_discriminators_no_gradient(cyclegan, monkeypatch):
    seen = []
    step = cyclegan.optimizers["generators"].step
    monkeypatch.setattr(
        cyclegan.optimizers["generators"],
        "step",
        lambda: (seen.extend(p.grad for p in cyclegan.discriminators.parameters()), step()),
    )

    cyclegan.training_step(batch())

    assert seen
    assert all(gradient is None for gradient in seen)


def test_the_rate_bounds_how_far_a_first_step_goes(cyclegan):
    before = copy.deepcopy(cyclegan.networks.state_dict())

    cyclegan.training_step(batch())

    rate = cyclegan.recipe.training.learning_rate
    moved = [(cyclegan.networks.state_dict()[key] - before[key]).abs().max().item() for key in before]
    assert max(moved) == pytest.approx(rate, rel=1e-2)  # Adam's first step is the rate itself


def test_without_identity_loss_no_identity_is_made(tiny_table):
    tiny_table["approaches"]["cyclegan"]["lambda_identity"] = 0.0

    losses = build(recipe_from(tiny_table), "cyclegan").training_step(batch())

    assert set(losses) == {
        "adversarial_ab",
        "adversarial_ba",
        "cycle_a",
        "cycle_b",
        "discriminator_a",
        "discriminator_b",
    }


def test_losses_come_detached(cyclegan):
    assert not any(loss.requires_grad for loss in cyclegan.training_step(batch()).values())


@torch.no_grad()
def test_translating_back_uses_the_other_generator(cyclegan):
    there, back = cyclegan.directions
    picture = batch().real_a

    made = cyclegan.translate(picture, there)
    other = cyclegan.translate(picture, back)

    assert torch.equal(made["fake"], cyclegan.generator_ab(picture))
    assert torch.equal(made["reconstructed"], cyclegan.generator_ba(made["fake"]))
    assert torch.equal(other["fake"], cyclegan.generator_ba(picture))
    assert torch.equal(other["reconstructed"], cyclegan.generator_ab(other["fake"]))


def test_the_discriminators_learn_from_older_fakes_once_the_pool_is_full(cyclegan, monkeypatch):
    for _ in range(cyclegan.recipe.pool_size):
        cyclegan.training_step(batch())
    mirrored = UnpairedBatch(*(picture.flip(3) for picture in batch()))
    monkeypatch.setattr(torch, "rand", lambda *shape: torch.tensor(0.9))
    oldest, seen = [image.clone() for image in cyclegan.pool_b.images], []
    cyclegan.discriminator_b.register_forward_hook(lambda _, given, __: seen.append(given[0].detach().clone()))

    cyclegan.training_step(mirrored)

    assert any(torch.equal(seen[-1][0], image) for image in oldest)


def test_a_fresh_one_remembers_the_pools(cyclegan, tiny_recipe):
    cyclegan.training_step(batch())
    other = build(tiny_recipe, "cyclegan")

    other.remember(cyclegan.memory())

    assert torch.equal(other.pool_a.images[0], cyclegan.pool_a.images[0])
    assert torch.equal(other.pool_b.images[0], cyclegan.pool_b.images[0])
    other.pool_a.images.append(torch.zeros(3, 32, 32))
    assert len(cyclegan.pool_a.images) == 1
