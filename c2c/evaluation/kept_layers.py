"""A network that does not look twice: a run compares the same true pictures and inputs with every approach."""

from collections import OrderedDict

from torch import Tensor

from c2c.evaluation.pictures import pixels_sha256
from c2c.models.features import PERCEPTUAL_BLOCKS, EfficientNetLite0

MOST = 32  # batches; eight pictures take 11 MB


class KeptLayers(EfficientNetLite0):
    """EfficientNet-Lite0 that keeps the perceptual layers of the batches it saw last.

    A batch is known by all its pictures, since the same picture in another batch may round otherwise: what was looked
    at before must not move a score.
    """

    def __init__(self) -> None:
        super().__init__()
        self._kept: OrderedDict[str, tuple[Tensor, ...]] = OrderedDict()

    def perceptual_layers(self, images: Tensor, blocks: tuple[int, ...] = PERCEPTUAL_BLOCKS) -> tuple[Tensor, ...]:
        """As those of `EfficientNetLite0`, of blocks among `PERCEPTUAL_BLOCKS`."""
        key = pixels_sha256(images.cpu())
        if key not in self._kept and blocks != PERCEPTUAL_BLOCKS:
            return super().perceptual_layers(images, blocks)  # fewer blocks are cheaper, and not worth keeping
        if key not in self._kept:
            self._kept[key] = super().perceptual_layers(images)
        self._kept.move_to_end(key)
        while len(self._kept) > MOST:
            self._kept.popitem(last=False)
        return tuple(self._kept[key][PERCEPTUAL_BLOCKS.index(block)] for block in blocks)
