"""The approach: its network, one training step, one translate."""

from torch import Tensor, nn

from c2c.approaches import Approach
from c2c.approaches.adam import adam
from c2c.data.datasets import UnpairedBatch
from c2c.recipe import Direction
from c2c_colour.recipe import ColourRecipe


class Colour(Approach):
    """Mixes the channels of each pixel until mean and covariance of the colours are those of city B."""

    needs = "unpaired"
    translators = ("generator",)
    generator: nn.Module

    def __init__(self, recipe: ColourRecipe, directions: tuple[Direction, ...]) -> None:
        self.recipe = recipe
        generator = nn.Conv2d(3, 3, 1)
        nn.init.dirac_(generator.weight)  # at first, every picture stays as it is
        nn.init.zeros_(generator.bias)
        super().__init__(directions, {"generator": generator})
        self.optimizers = {"generator": adam(recipe.training, generator.parameters())}

    def training_step(self, batch: UnpairedBatch) -> dict[str, Tensor]:
        """Learn from one batch; gives the losses by name, detached."""
        mean, covariance = colours(self.generator(batch.real_a))
        wanted_mean, wanted_covariance = colours(batch.real_b)
        losses = {
            "mean": (mean - wanted_mean).square().sum(),
            "covariance": self.recipe.covariance_weight * (covariance - wanted_covariance).square().sum(),
        }
        self.descend("generator", losses["mean"] + losses["covariance"])
        return {name: loss.detach() for name, loss in losses.items()}

    def generate(self, picture: Tensor, direction: Direction) -> Tensor:
        """The translated pictures, (N, 3, H, W) in [-1, 1]."""
        return self.networks["generator"](picture).clamp(-1, 1)


def colours(images: Tensor) -> tuple[Tensor, Tensor]:
    """Mean (3,) and covariance (3, 3) of the colours of images (N, 3, H, W)."""
    pixels = images.float().transpose(0, 1).flatten(1)
    return pixels.mean(1), pixels.cov()
