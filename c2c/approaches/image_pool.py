"""A history of generated images for the discriminators.

Source: Shrivastava et al. 2017, https://arxiv.org/abs/1612.07828, as used by CycleGAN, section 4.
"""

import torch
from torch import Tensor


class ImagePool:
    """Keeps up to `size` generated images; hands back the new one or, half of the time once full, an older one.

    Chance comes from torch's generator, which the training loop seeds anew at every step.
    """

    def __init__(self, size: int) -> None:
        self.size = size
        self.images: list[Tensor] = []

    def query(self, images: Tensor) -> Tensor:
        """For each image of (N, 3, H, W): itself, or an older one that it replaces; same shape."""
        return torch.stack([self._exchange(image) for image in images.detach()])

    def _exchange(self, image: Tensor) -> Tensor:
        if len(self.images) < self.size:
            self.images.append(image.clone())
            return image
        if self.size == 0 or torch.rand(()) < 0.5:
            return image
        place = int(torch.randint(self.size, ()))
        older, self.images[place] = self.images[place], image.clone()
        return older
