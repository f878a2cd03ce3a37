"""What every approach offers, and what it asks for."""

from typing import Any, Literal, Protocol

from torch import Tensor, nn
from torch.optim import Optimizer

from c2c.approaches.directions import Direction

Needs = Literal["unpaired", "depth_pairs", "style_pictures", "trained_halves"]


class Approach(Protocol):
    """A way of translating pictures: its networks, one training step, one translate.

    An approach that is trained by steps has optimizers; the others are fitted once, from what they need.
    """

    needs: Needs
    directions: tuple[Direction, ...]
    multiple: int  # a picture's sides must be multiples of this many pixels
    networks: nn.ModuleDict
    optimizers: dict[str, Optimizer]

    def training_step(self, batch: Any) -> dict[str, Tensor]:
        """Learn from one batch; gives the losses by name, detached."""
        ...

    def translate(self, picture: Tensor, direction: Direction) -> dict[str, Tensor]:
        """The panels made from a batch of pictures, by name.

        Args:
            picture: (N, 3, H, W) in [-1, 1], or a depth code (N, 2, H, W), as the direction takes.
            direction: one of `directions`.

        Returns:
            "fake", and where the approach makes them "reconstructed" and "depth"; images or depth codes.
        """
        ...

    def generate(self, picture: Tensor, direction: Direction) -> Tensor:
        """The translated picture alone, without what else `translate` makes to be shown."""
        ...

    def memory(self) -> dict[str, Any]:
        """What else a resumed training needs: tensors, numbers and lists of them."""
        ...

    def remember(self, memory: dict[str, Any]) -> None:
        """Take back what `memory` gave."""
        ...
