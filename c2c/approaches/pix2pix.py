"""pix2pix between a city's pictures and their depth, in one direction.

Source: Isola et al. 2017, https://arxiv.org/abs/1611.07004
"""

import torch
from torch import Tensor, nn

from c2c.approaches.adam import adam
from c2c.approaches.protocol import Approach
from c2c.data.datasets import DepthBatch
from c2c.losses import binary_adversarial_loss, masked_l1_loss
from c2c.models.initialisation import initialise_weights
from c2c.models.patchgan import PatchGAN
from c2c.models.unet import UNetGenerator
from c2c.recipe import Direction, Pix2PixRecipe

CHANNELS = {"image": 3, "depth": 2}


class Pix2Pix(Approach):
    """Learns depth -> image or image -> depth from pairs of one city.

    Depth is a code of two channels, log depth and a mask (see `c2c.data.depth_code`). Where a pair has no depth, the
    code's log depth says nothing, so the L1 loss of image -> depth leaves it out there; the mask is learnt everywhere.
    """

    needs = "depth_pairs"
    translators = ("generator",)
    channels_last = ("discriminator",)
    generator: nn.Module
    discriminator: nn.Module

    def __init__(self, recipe: Pix2PixRecipe, directions: tuple[Direction, ...]) -> None:
        self.recipe = recipe
        self.multiple = 2**recipe.levels
        takes, gives = CHANNELS[directions[0].takes], CHANNELS[directions[0].gives]
        generator = UNetGenerator(takes, gives, recipe.base_channels, recipe.levels, recipe.dropout, recipe.norm)
        discriminator = PatchGAN(takes + gives, recipe.discriminator_channels, recipe.discriminator_layers, recipe.norm)
        super().__init__(directions, {"generator": generator, "discriminator": discriminator})
        initialise_weights(self.networks)
        self.optimizers = {
            "generator": adam(recipe.training, generator.parameters(), usually_fused=True),
            "discriminator": adam(recipe.training, discriminator.parameters(), usually_fused=True),
        }

    def training_step(self, batch: DepthBatch) -> dict[str, Tensor]:
        """One step of the discriminator, then one of the generator; see `Approach`."""
        given, wanted = batch.picture, batch.depth
        if self.recipe.direction == "depth_to_image":
            given, wanted = wanted, given
        made = self.generator(given)
        losses = self._discriminator_step(given, wanted, made.detach())
        losses |= self._generator_step(given, wanted, made)
        return {name: loss.detach() for name, loss in losses.items()}

    def _discriminator_step(self, given: Tensor, wanted: Tensor, made: Tensor) -> dict[str, Tensor]:
        self.networks["discriminator"].requires_grad_(True)
        on_real = binary_adversarial_loss(self.discriminator(torch.cat([given, wanted], 1)), real=True)
        on_fake = binary_adversarial_loss(self.discriminator(torch.cat([given, made], 1)), real=False)
        loss = 0.5 * (on_real + on_fake)  # halved, section 3.3
        self.descend("discriminator", loss)
        return {"discriminator": loss}

    def _generator_step(self, given: Tensor, wanted: Tensor, made: Tensor) -> dict[str, Tensor]:
        self.networks["discriminator"].requires_grad_(False)
        scores = self.networks["discriminator"](torch.cat([given, made], 1))
        losses = {
            "adversarial": binary_adversarial_loss(scores, real=True),
            "l1": self.recipe.lambda_l1 * masked_l1_loss(made, wanted, self._weight(wanted)),
        }
        self.descend("generator", torch.stack(list(losses.values())).sum())
        return losses

    def _weight(self, wanted: Tensor) -> Tensor:
        if self.recipe.direction == "depth_to_image":
            return torch.ones_like(wanted[:, :1])
        mask = (wanted[:, 1:] > 0).to(wanted.dtype)
        return torch.cat([mask, torch.ones_like(mask)], 1)  # log depth where there is some, the mask everywhere

    def generate(self, picture: Tensor, direction: Direction) -> Tensor:
        """The other half of the pair; see `Approach`."""
        return self.networks["generator"](picture)
