"""What every approach offers: the class that they all derive from.

To add one, see the how-to *Add an approach*.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any, ClassVar

import torch
from torch import Tensor, nn
from torch.optim import Optimizer

from c2c.recipe import Direction, Modality, Needs

Wrapper = Callable[[nn.Module], nn.Module]


class Approach(ABC):
    """A way of translating pictures: its networks, one training step, one translate.

    An approach that is trained by steps has optimizers; the others are fitted once, from what they need. Its class is
    made from its own recipe, its directions, and the approaches that are its parts, in this order.

    Attributes:
        needs: what it learns from.
        multiple: a picture's sides must be multiples of this many pixels.
        directions: the ways it translates.
        networks: all its networks by name; what a checkpoint holds.
        translators: the names of those that translate; the others are needed for training only.
        channels_last: the names of those that a CPU trains faster with feature maps in channels_last.
        optimizers: by name; empty where nothing is trained by steps.
        watching: whether `descend` notes the norms of gradients, which takes a while for many weights.
        gradient_norms: of the last training step that was watched, by optimizer.
    """

    needs: ClassVar[Needs]
    multiple: int = 1
    directions: tuple[Direction, ...]
    networks: nn.ModuleDict
    translators: tuple[str, ...] = ()
    channels_last: tuple[str, ...] = ()

    def __init__(self, directions: tuple[Direction, ...], networks: dict[str, nn.Module]) -> None:
        """Take the networks; each becomes an attribute of its name, which training calls (see `wrap`)."""
        self.directions = directions
        self.networks = nn.ModuleDict(networks)
        self.optimizers: dict[str, Optimizer] = {}
        self.watching = True
        self.gradient_norms: dict[str, Tensor] = {}
        self.wrap(lambda network: network)

    def wrap(self, wrapper: Wrapper) -> None:
        """Let what training calls go through `wrapper`, such as torch.compile or DistributedDataParallel.

        `networks` keeps the bare networks, which share their weights: for frozen passes, translation and checkpoints.
        """
        for name, network in self.networks.items():
            setattr(self, name, wrapper(network))

    def training_step(self, batch: Any) -> dict[str, Tensor]:
        """Learn from one batch; gives the losses by name, detached. A discriminator's begins with "discriminator"."""
        raise TypeError(f"{type(self).__name__} is not trained by steps.")

    def descend(self, name: str, loss: Tensor) -> None:
        """One step of the optimizer of that name down the gradient of a loss.

        The gradient is taken outside of autocast, as torch advises. Sums over processes are the wrapped networks' work.
        """
        optimizer = self.optimizers[name]
        optimizer.zero_grad()
        with torch.autocast(loss.device.type, enabled=False):
            loss.backward()
        if self.watching:
            parameters = [parameter for group in optimizer.param_groups for parameter in group["params"]]
            gradients = [parameter.grad for parameter in parameters if parameter.grad is not None]
            self.gradient_norms[name] = torch.nn.utils.get_total_norm(gradients)
        optimizer.step()
        torch.clear_autocast_cache()  # it may hold the weights as they were before the step

    @abstractmethod
    def generate(self, picture: Tensor, direction: Direction) -> Tensor:
        """The translated pictures.

        Args:
            picture: (N, 3, H, W) in [-1, 1], or a depth code (N, 2, H, W), as the direction takes.
            direction: one of `directions`.
        """

    def translate(self, picture: Tensor, direction: Direction) -> dict[str, Tensor]:
        """The panels made from a batch of pictures, by name; see `panels`."""
        return {"fake": self.generate(picture, direction)}

    def panels(self, direction: Direction) -> dict[str, Modality]:
        """The names of what `translate` makes, with the modality of each: "fake", "reconstructed", "depth"."""
        return {"fake": direction.gives}

    def memory(self) -> dict[str, Any]:
        """What a resumed training needs beyond networks and optimizers: tensors, numbers and lists of them."""
        return {}

    def remember(self, memory: dict[str, Any]) -> None:  # noqa: B027 - most have nothing to take back
        """Take back what `memory` gave."""
