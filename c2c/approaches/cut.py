"""CUT and FastCUT: a generator, from unpaired pictures, in one direction; each patch must be told by its own source.

Source: Park et al. 2020, https://arxiv.org/abs/2007.15651
"""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from c2c.approaches.adam import adam
from c2c.approaches.protocol import Approach
from c2c.data.datasets import UnpairedBatch
from c2c.losses import least_squares_loss, patch_nce_loss
from c2c.models.initialisation import initialise_xavier
from c2c.models.patchgan import PatchGAN
from c2c.models.projection import ProjectionHeads, random_positions
from c2c.models.resnet import ResNetGenerator
from c2c.recipe import CUTRecipe, Direction


class CUT(Approach):
    """Translates city A into city B; FastCUT is the same with other settings.

    A generator's first half also tells what a patch shows. A patch of the translation must be more like the patch of
    the source at its own place than like the others of that picture, at several depths of the network.
    """

    needs = "unpaired"
    multiple = 4
    translators = ("generator",)
    generator: nn.Module
    discriminator: nn.Module
    projection: nn.Module

    def __init__(self, recipe: CUTRecipe, directions: tuple[Direction, ...]) -> None:
        self.recipe = recipe
        generator = ResNetGenerator(recipe.base_channels, recipe.blocks, upsample="blur", downsample="blur")
        layers = recipe.discriminator_layers
        discriminator = PatchGAN(3, recipe.discriminator_channels, layers, downsample="blur")
        projection = ProjectionHeads(generator.channels(recipe.nce_layers), recipe.projection_channels)
        super().__init__(directions, {"generator": generator, "discriminator": discriminator, "projection": projection})
        initialise_xavier(self.networks)
        self.optimizers = {
            "generator": adam(recipe.training, [*generator.parameters(), *projection.parameters()]),
            "discriminator": adam(recipe.training, discriminator.parameters()),
        }

    def training_step(self, batch: UnpairedBatch) -> dict[str, Tensor]:
        """One step of the discriminator, then one of generator and projection; see `Approach`."""
        real_a, real_b = batch
        reals = torch.cat([real_a, real_b]) if self.recipe.nce_identity else real_a
        flipped = self.recipe.flip_equivariance and self.flips()
        fakes = self.generator(reals.flip(3) if flipped else reals)
        fake_b = fakes[: len(real_a)]
        losses = self._discriminator_step(real_b, fake_b.detach())
        losses |= self._generator_step(reals, fakes, fake_b, flipped)
        return {name: loss.detach() for name, loss in losses.items()}

    def _discriminator_step(self, real_b: Tensor, fake_b: Tensor) -> dict[str, Tensor]:
        self.networks["discriminator"].requires_grad_(True)
        on_fake = least_squares_loss(self.discriminator(fake_b), real=False)
        on_real = least_squares_loss(self.discriminator(real_b), real=True)
        loss = 0.5 * (on_fake + on_real)
        self.descend("discriminator", loss)
        return {"discriminator": loss}

    def _generator_step(self, reals: Tensor, fakes: Tensor, fake_b: Tensor, flipped: bool) -> dict[str, Tensor]:
        self.networks["discriminator"].requires_grad_(False)
        losses = {"adversarial": least_squares_loss(self.networks["discriminator"](fake_b), real=True)}
        names = ("patch_nce", "patch_nce_identity") if self.recipe.nce_identity else ("patch_nce",)
        for name, per_picture in zip(names, self._patch_nce(reals, fakes, flipped).chunk(len(names)), strict=True):
            losses[name] = self.recipe.lambda_nce / len(names) * per_picture.mean()
        self.descend("generator", torch.stack(list(losses.values())).sum())
        return losses

    def _patch_nce(self, reals: Tensor, fakes: Tensor, flipped: bool) -> Tensor:
        """The loss of each picture, (N,), as a mean over layers; `fakes` may be of the flipped `reals`."""
        layers = self.recipe.nce_layers
        of_fakes = self.generator(fakes, layers)
        if flipped:
            of_fakes = tuple(features.flip(3) for features in of_fakes)
        positions = self.positions(of_fakes)
        queries = self.projection(of_fakes, positions)
        with torch.no_grad():  # the source is what it is: only the translation is to change
            keys = self.networks["projection"](self.networks["generator"](reals, layers), positions)
        pairs = zip(queries, keys, strict=True)
        return torch.stack([patch_nce_loss(query, key, self.recipe.temperature) for query, key in pairs]).mean(0)

    def flips(self) -> bool:
        """Whether this step's pictures are flipped: one chance in two."""
        return bool(torch.rand(()) < 0.5)

    def positions(self, maps: Sequence[Tensor]) -> list[Tensor]:
        """The places to compare in this step, (N, patches) for each map (N, C, h, w)."""
        return [random_positions(features, self.recipe.patches) for features in maps]

    def generate(self, picture: Tensor, direction: Direction) -> Tensor:
        """The fake in the other city; see `Approach`."""
        return self.networks["generator"](picture)
