"""CycleGAN: two generators and two discriminators learn from unpaired pictures of two cities.

Source: Zhu et al. 2017, https://arxiv.org/abs/1703.10593
"""

from typing import Any

import torch
from torch import Tensor, nn

from c2c.approaches.adam import adam
from c2c.approaches.image_pool import ImagePool
from c2c.approaches.protocol import Approach
from c2c.data.datasets import UnpairedBatch
from c2c.losses import cycle_consistency_loss, identity_loss, least_squares_loss
from c2c.models.initialisation import initialise_weights
from c2c.models.patchgan import PatchGAN
from c2c.models.resnet import ResNetGenerator
from c2c.recipe import CycleGANRecipe, Direction, Modality


class CycleGAN(Approach):
    """Translates both ways between city A and city B."""

    needs = "unpaired"
    multiple = 4
    translators = ("generator_ab", "generator_ba")
    generator_ab: nn.Module
    generator_ba: nn.Module
    discriminator_a: nn.Module
    discriminator_b: nn.Module

    def __init__(self, recipe: CycleGANRecipe, directions: tuple[Direction, ...]) -> None:
        self.recipe = recipe

        def generator() -> nn.Module:
            return ResNetGenerator(recipe.base_channels, recipe.blocks, recipe.upsample)

        def discriminator() -> nn.Module:
            return PatchGAN(3, recipe.discriminator_channels, recipe.discriminator_layers)

        networks = {"generator_ab": generator(), "generator_ba": generator()}
        networks |= {"discriminator_a": discriminator(), "discriminator_b": discriminator()}
        super().__init__(directions, networks)
        initialise_weights(self.networks)
        self.discriminators = nn.ModuleList([self.networks["discriminator_a"], self.networks["discriminator_b"]])
        generators = nn.ModuleList([self.networks["generator_ab"], self.networks["generator_ba"]])
        self.optimizers = {
            "generators": adam(recipe.training, generators.parameters()),
            "discriminators": adam(recipe.training, self.discriminators.parameters()),
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
        weight, identity_weight = self.recipe.lambda_cycle, self.recipe.lambda_cycle * self.recipe.lambda_identity
        fake_b, same_b = self._translated(self.generator_ab, real_a, real_b)
        cycled_a = self.generator_ba(fake_b)
        fake_a, same_a = self._translated(self.generator_ba, real_b, real_a)
        cycled_b = self.generator_ab(fake_a)
        losses = {
            "adversarial_ab": least_squares_loss(self.networks["discriminator_b"](fake_b), real=True),
            "adversarial_ba": least_squares_loss(self.networks["discriminator_a"](fake_a), real=True),
            "cycle_a": weight * cycle_consistency_loss(real_a, cycled_a),
            "cycle_b": weight * cycle_consistency_loss(real_b, cycled_b),
        }
        if identity_weight:
            same_b = self.generator_ab(real_b) if same_b is None else same_b
            same_a = self.generator_ba(real_a) if same_a is None else same_a
            losses["identity_b"] = identity_weight * identity_loss(real_b, same_b)
            losses["identity_a"] = identity_weight * identity_loss(real_a, same_a)
        self.descend("generators", torch.stack(list(losses.values())).sum())
        return losses, fake_a.detach(), fake_b.detach()

    def _translated(self, generator: nn.Module, source: Tensor, target: Tensor) -> tuple[Tensor, Tensor | None]:
        """The source translated and, in a joint pass, what is made of the target itself."""
        if self.recipe.joint_passes and self.recipe.lambda_identity:
            fake, same = generator(torch.cat([source, target])).chunk(2)
            return fake, same
        return generator(source), None

    def _discriminator_step(self, real_a: Tensor, real_b: Tensor, fake_a: Tensor, fake_b: Tensor) -> dict[str, Tensor]:
        self.discriminators.requires_grad_(True)
        losses = {
            "discriminator_a": self._discriminator_loss(self.discriminator_a, real_a, self.pool_a.query(fake_a)),
            "discriminator_b": self._discriminator_loss(self.discriminator_b, real_b, self.pool_b.query(fake_b)),
        }
        self.descend("discriminators", torch.stack(list(losses.values())).sum())
        return losses

    def _discriminator_loss(self, discriminator: nn.Module, real: Tensor, fake: Tensor) -> Tensor:
        """Half the sum, which slows the discriminator down as the paper does (section 7.1)."""
        if self.recipe.joint_passes:
            on_real, on_fake = discriminator(torch.cat([real, fake])).chunk(2)
        else:
            on_real, on_fake = discriminator(real), discriminator(fake)
        return 0.5 * (least_squares_loss(on_real, real=True) + least_squares_loss(on_fake, real=False))

    def generate(self, picture: Tensor, direction: Direction) -> Tensor:
        """The fake in the other city; see `Approach`."""
        return self.networks["generator_ab" if direction == self.directions[0] else "generator_ba"](picture)

    def translate(self, picture: Tensor, direction: Direction) -> dict[str, Tensor]:
        """The fake in the other city and its round trip; see `Approach`."""
        there, back = self.directions
        if direction == back:
            there, back = back, there
        fake = self.generate(picture, there)
        return {"fake": fake, "reconstructed": self.generate(fake, back)}

    def panels(self, direction: Direction) -> dict[str, Modality]:
        """Fake and round trip; see `Approach`."""
        return {"fake": direction.gives, "reconstructed": direction.takes}

    def memory(self) -> dict[str, Any]:
        """The image pools."""
        return {"pool_a": self.pool_a.images, "pool_b": self.pool_b.images}

    def remember(self, memory: dict[str, Any]) -> None:
        """Take the image pools back."""
        self.pool_a.images, self.pool_b.images = list(memory["pool_a"]), list(memory["pool_b"])
