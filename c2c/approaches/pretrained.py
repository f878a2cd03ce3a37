"""A generator that somebody else trained, see `c2c.exchange`."""

from torch import Tensor, nn

from c2c.approaches.protocol import Approach
from c2c.errors import CheckpointError
from c2c.models.resnet import ResNetGenerator
from c2c.models.unet import UNetGenerator
from c2c.recipe import Direction, PretrainedRecipe


class Pretrained(Approach):
    """Translates one way by one generator; nothing is trained.

    Dropout is off, and a batch norm uses each picture's own statistics unless the recipe says otherwise.

    Raises:
        CheckpointError: the recipe does not say yet which network the file holds.
    """

    needs = "a_file"
    translators = ("generator",)

    def __init__(self, recipe: PretrainedRecipe, directions: tuple[Direction, ...]) -> None:
        self.recipe = recipe
        self.multiple = 2**recipe.levels if recipe.network == "unet" else 4
        super().__init__(directions, {"generator": _generator(recipe)})

    def generate(self, picture: Tensor, direction: Direction) -> Tensor:
        """What the generator makes of it; see `Approach`."""
        return self.networks["generator"](picture)


def _generator(recipe: PretrainedRecipe) -> nn.Module:
    channels = {"in_channels": recipe.in_channels, "out_channels": recipe.out_channels}
    if recipe.network == "resnet":
        return ResNetGenerator(recipe.base_channels, recipe.blocks, **channels)
    if recipe.network == "unet":
        return UNetGenerator(
            **channels, base_channels=recipe.base_channels, levels=recipe.levels, dropout=False, norm=recipe.norm
        )
    raise CheckpointError(
        f"{recipe.file} has not been read yet, so its network is not known. c2c train reads it, or\n"
        f"    c2c import-checkpoint {recipe.file} --out FOLDER --source {recipe.source} --target {recipe.target}"
    )
