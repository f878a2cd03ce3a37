"""CycleGAN: two generators and two discriminators learn from unpaired pictures of two cities.

Source: Zhu et al. 2017, https://arxiv.org/abs/1703.10593
"""

from typing import Any

import torch
from torch import Tensor, nn
from torch.optim import Adam, Optimizer

from c2c.approaches.directions import Direction
from c2c.approaches.image_pool import ImagePool
from c2c.approaches.protocol import Needs
from c2c.data.datasets import UnpairedBatch
from c2c.losses import cycle_consistency_loss, identity_loss, least_squares_loss
from c2c.models.initialisation import initialise_weights
from c2c.models.patchgan import PatchGAN
from c2c.models.resnet import ResNetGenerator
from c2c.recipe import CycleGANRecipe


class CycleGAN:
    """Translates both ways between city A and city B."""

    needs: Needs = "unpaired"
    multiple = 4

    def __init__(self, recipe: CycleGANRecipe, directions: tuple[Direction, ...]) -> None:
        self.recipe = recipe
        self.directions = directions
        self.generator_ab = ResNetGenerator(recipe.base_channels, recipe.blocks, recipe.upsample)
        self.generator_ba = ResNetGenerator(recipe.base_channels, recipe.blocks, recipe.upsample)
        self.discriminator_a = PatchGAN(3, recipe.discriminator_channels, recipe.discriminator_layers)
        self.discriminator_b = PatchGAN(3, recipe.discriminator_channels, recipe.discriminator_layers)
        self.networks = nn.ModuleDict(
            {
                "generator_ab": self.generator_ab,
                "generator_ba": self.generator_ba,
                "discriminator_a": self.discriminator_a,
                "discriminator_b": self.discriminator_b,
            }
        )
        initialise_weights(self.networks)
        self.generators = [*self.generator_ab.parameters(), *self.generator_ba.parameters()]
        self.discriminators = nn.ModuleList([self.discriminator_a, self.discriminator_b])
        settings = recipe.training
        betas = (settings.beta1, settings.beta2)
        self.optimizers: dict[str, Optimizer] = {
            "generators": Adam(self.generators, settings.learning_rate, betas, fused=True),
            "discriminators": Adam(self.discriminators.parameters(), settings.learning_rate, betas, fused=True),
        }
        self.pool_a = ImagePool(recipe.pool_size)
        self.pool_b = ImagePool(recipe.pool_size)

    def training_step(self, batch: UnpairedBatch) -> dict[str, Tensor]:
        """One step of both generators, then one of both discriminators; see `Approach`."""
        losses, fake_a, fake_b = self._generator_step(batch.real_a, batch.real_b)
        losses |= self._discriminator_step(batch.real_a, batch.real_b, fake_a, fake_b)
        return {name: loss.detach() for name, loss in losses.items()}

    def _generator_step(self, real_a: Tensor, real_b: Tensor) -> tuple[dict[str, Tensor], Tensor, Tensor]:
        self.discriminators.requires_grad_(False)
        fake_b, fake_a = self.generator_ab(real_a), self.generator_ba(real_b)
        cycled_a, cycled_b = self.generator_ba(fake_b), self.generator_ab(fake_a)
        weight = self.recipe.lambda_cycle
        losses = {
            "adversarial_ab": least_squares_loss(self.discriminator_b(fake_b), real=True),
            "adversarial_ba": least_squares_loss(self.discriminator_a(fake_a), real=True),
            "cycle_a": weight * cycle_consistency_loss(real_a, cycled_a),
            "cycle_b": weight * cycle_consistency_loss(real_b, cycled_b),
        }
        if self.recipe.lambda_identity:
            weight = self.recipe.lambda_cycle * self.recipe.lambda_identity
            losses["identity_a"] = weight * identity_loss(real_a, self.generator_ba(real_a))
            losses["identity_b"] = weight * identity_loss(real_b, self.generator_ab(real_b))
        self.optimizers["generators"].zero_grad()
        torch.stack(list(losses.values())).sum().backward()
        self.optimizers["generators"].step()
        return losses, fake_a.detach(), fake_b.detach()

    def _discriminator_step(self, real_a: Tensor, real_b: Tensor, fake_a: Tensor, fake_b: Tensor) -> dict[str, Tensor]:
        self.discriminators.requires_grad_(True)
        losses = {
            "discriminator_a": _discriminator_loss(self.discriminator_a, real_a, self.pool_a.query(fake_a)),
            "discriminator_b": _discriminator_loss(self.discriminator_b, real_b, self.pool_b.query(fake_b)),
        }
        self.optimizers["discriminators"].zero_grad()
        torch.stack(list(losses.values())).sum().backward()
        self.optimizers["discriminators"].step()
        return losses

    def translate(self, picture: Tensor, direction: Direction) -> dict[str, Tensor]:
        """The fake in the other city and its round trip; see `Approach`."""
        there, back = self.directions
        if direction == back:
            there, back = back, there
        fake = self.generate(picture, there)
        return {"fake": fake, "reconstructed": self.generate(fake, back)}

    def generate(self, picture: Tensor, direction: Direction) -> Tensor:
        """The fake in the other city; see `Approach`."""
        return (self.generator_ab if direction == self.directions[0] else self.generator_ba)(picture)

    def memory(self) -> dict[str, Any]:
        """The image pools."""
        return {"pool_a": self.pool_a.images, "pool_b": self.pool_b.images}

    def remember(self, memory: dict[str, Any]) -> None:
        """Take the image pools back."""
        self.pool_a.images, self.pool_b.images = list(memory["pool_a"]), list(memory["pool_b"])


def _discriminator_loss(discriminator: nn.Module, real: Tensor, fake: Tensor) -> Tensor:
    """Half the sum, which slows the discriminator down as the paper does (section 7.1)."""
    on_real = least_squares_loss(discriminator(real), real=True)
    return 0.5 * (on_real + least_squares_loss(discriminator(fake), real=False))
