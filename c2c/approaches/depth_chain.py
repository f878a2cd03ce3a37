"""The chain image of A -> depth -> image of B: depth is only an intermediate product.

Source: Zhou and Jiang, City2City, section 2.2.
"""

from typing import Any

from torch import Tensor, nn
from torch.optim import Optimizer

from c2c.approaches.directions import Direction
from c2c.approaches.pix2pix import Pix2Pix
from c2c.approaches.protocol import Needs


class DepthChain:
    """Two trained pix2pix halves: image -> depth learnt on city A, depth -> image learnt on city B."""

    needs: Needs = "trained_halves"

    def __init__(self, image_to_depth: Pix2Pix, depth_to_image: Pix2Pix, directions: tuple[Direction, ...]) -> None:
        self.image_to_depth = image_to_depth
        self.depth_to_image = depth_to_image
        self.directions = directions
        self.multiple = max(image_to_depth.multiple, depth_to_image.multiple)
        self.networks = nn.ModuleDict(
            {"image_to_depth": self.image_to_depth.generator, "depth_to_image": self.depth_to_image.generator}
        )
        self.optimizers: dict[str, Optimizer] = {}

    def training_step(self, batch: Any) -> dict[str, Tensor]:
        """The halves are trained as approaches of their own, so there is nothing to learn here."""
        raise TypeError("A depth chain is not trained; its halves are.")

    def translate(self, picture: Tensor, direction: Direction) -> dict[str, Tensor]:
        """The depth in the middle and the image made from it; see `Approach`."""
        depth = self.image_to_depth.generate(picture, direction)
        return {"depth": depth, "fake": self.depth_to_image.generate(depth, direction)}

    def generate(self, picture: Tensor, direction: Direction) -> Tensor:
        """The image of the other city alone; see `Approach`."""
        return self.translate(picture, direction)["fake"]

    def memory(self) -> dict[str, Any]:
        """Nothing beyond the networks."""
        return {}

    def remember(self, memory: dict[str, Any]) -> None:
        """Nothing to take back."""
