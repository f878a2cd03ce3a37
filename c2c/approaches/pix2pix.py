"""pix2pix between a city's pictures and their depth, in one direction.

Source: Isola et al. 2017, https://arxiv.org/abs/1611.07004
"""

from typing import Any

import torch
from torch import Tensor, nn
from torch.optim import Adam, Optimizer

from c2c.approaches.directions import Direction
from c2c.approaches.protocol import Needs
from c2c.data.datasets import DepthBatch
from c2c.losses import binary_adversarial_loss, masked_l1_loss
from c2c.models.initialisation import initialise_weights
from c2c.models.patchgan import PatchGAN
from c2c.models.unet import UNetGenerator
from c2c.recipe import Pix2PixRecipe

CHANNELS = {"image": 3, "depth": 2}


class Pix2Pix:
    """Learns depth -> image or image -> depth from pairs of one city.

    Depth is a code of two channels, log depth and a mask (see `c2c.data.depth_code`). Where a pair has no depth, the
    code's log depth says nothing, so the L1 loss of image -> depth leaves it out there; the mask is learnt everywhere.
    """

    needs: Needs = "depth_pairs"

    def __init__(self, recipe: Pix2PixRecipe, directions: tuple[Direction, ...]) -> None:
        self.recipe = recipe
        self.directions = directions
        self.multiple = 2**recipe.levels
        takes, gives = directions[0].takes, directions[0].gives
        self.generator = UNetGenerator(
            CHANNELS[takes], CHANNELS[gives], recipe.base_channels, recipe.levels, recipe.dropout, recipe.norm
        )
        self.discriminator = PatchGAN(
            CHANNELS[takes] + CHANNELS[gives], recipe.discriminator_channels, recipe.discriminator_layers, recipe.norm
        )
        self.networks = nn.ModuleDict({"generator": self.generator, "discriminator": self.discriminator})
        initialise_weights(self.networks)
        settings = recipe.training
        betas = (settings.beta1, settings.beta2)
        self.optimizers: dict[str, Optimizer] = {
            "generator": Adam(self.generator.parameters(), settings.learning_rate, betas, fused=True),
            "discriminator": Adam(self.discriminator.parameters(), settings.learning_rate, betas, fused=True),
        }

    def training_step(self, batch: DepthBatch) -> dict[str, Tensor]:
        """One step of the discriminator, then one of the generator; see `Approach`."""
        given, wanted = batch.picture, batch.depth
        if self.recipe.direction == "depth_to_image":
            given, wanted = wanted, given
        self.generator.train()
        made = self.generator(given)
        losses = self._discriminator_step(given, wanted, made.detach())
        losses |= self._generator_step(given, wanted, made)
        return {name: loss.detach() for name, loss in losses.items()}

    def _discriminator_step(self, given: Tensor, wanted: Tensor, made: Tensor) -> dict[str, Tensor]:
        self.discriminator.requires_grad_(True)
        on_real = binary_adversarial_loss(self.discriminator(torch.cat([given, wanted], 1)), real=True)
        on_fake = binary_adversarial_loss(self.discriminator(torch.cat([given, made], 1)), real=False)
        loss = 0.5 * (on_real + on_fake)  # halved, section 3.3
        self.optimizers["discriminator"].zero_grad()
        loss.backward()
        self.optimizers["discriminator"].step()
        return {"discriminator": loss}

    def _generator_step(self, given: Tensor, wanted: Tensor, made: Tensor) -> dict[str, Tensor]:
        self.discriminator.requires_grad_(False)
        scores = self.discriminator(torch.cat([given, made], 1))
        losses = {
            "adversarial": binary_adversarial_loss(scores, real=True),
            "l1": self.recipe.lambda_l1 * masked_l1_loss(made, wanted, self._weight(wanted)),
        }
        self.optimizers["generator"].zero_grad()
        torch.stack(list(losses.values())).sum().backward()
        self.optimizers["generator"].step()
        return losses

    def _weight(self, wanted: Tensor) -> Tensor:
        if self.recipe.direction == "depth_to_image":
            return torch.ones_like(wanted[:, :1])
        mask = (wanted[:, 1:] > 0).to(wanted.dtype)
        return torch.cat([mask, torch.ones_like(mask)], 1)  # log depth where there is some, the mask everywhere

    def translate(self, picture: Tensor, direction: Direction) -> dict[str, Tensor]:
        """The other half of the pair; see `Approach`."""
        return {"fake": self.generate(picture, direction)}

    def generate(self, picture: Tensor, direction: Direction) -> Tensor:
        """The other half, one picture at a time so that none moves its neighbours; see `Approach`."""
        self.generator.eval()
        return torch.cat([self.generator(one) for one in picture.split(1)])

    def memory(self) -> dict[str, Any]:
        """Nothing beyond networks and optimizers."""
        return {}

    def remember(self, memory: dict[str, Any]) -> None:
        """Nothing to take back."""
