"""The chain image of A -> depth -> image of B: depth is only an intermediate product.

Source: Zhou and Jiang, City2City, section 2.2.
"""

from torch import Tensor

from c2c.approaches.pix2pix import Pix2Pix
from c2c.approaches.protocol import Approach
from c2c.recipe import DepthChainRecipe, Direction, Modality


class DepthChain(Approach):
    """Two trained pix2pix halves: image -> depth learnt on city A, depth -> image learnt on city B."""

    needs = "trained_halves"
    translators = ("image_to_depth", "depth_to_image")

    def __init__(
        self,
        recipe: DepthChainRecipe,
        directions: tuple[Direction, ...],
        image_to_depth: Pix2Pix,
        depth_to_image: Pix2Pix,
    ) -> None:
        networks = (image_to_depth.networks["generator"], depth_to_image.networks["generator"])
        super().__init__(directions, dict(zip(self.translators, networks, strict=True)))
        self.halves = (image_to_depth, depth_to_image)
        self.multiple = max(image_to_depth.multiple, depth_to_image.multiple)

    def generate(self, picture: Tensor, direction: Direction) -> Tensor:
        """The image of the other city; see `Approach`."""
        return self.translate(picture, direction)["fake"]

    def translate(self, picture: Tensor, direction: Direction) -> dict[str, Tensor]:
        """The depth in the middle and the image made from it; see `Approach`."""
        image_to_depth, depth_to_image = self.halves
        depth = image_to_depth.generate(picture, direction)
        return {"depth": depth, "fake": depth_to_image.generate(depth, direction)}

    def panels(self, direction: Direction) -> dict[str, Modality]:
        """Depth and image; see `Approach`."""
        return {"depth": "depth", "fake": direction.gives}
