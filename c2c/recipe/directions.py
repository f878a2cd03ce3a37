"""The ways that approaches translate, known before any network is built."""

from dataclasses import dataclass
from typing import Literal

Modality = Literal["image", "depth"]


@dataclass(frozen=True)
class Direction:
    """One way an approach translates: from a city's images or depth to another's."""

    source: str  # city
    target: str  # city
    takes: Modality = "image"
    gives: Modality = "image"
    keeps_shape: bool = True  # False: the approach may change the shape of things

    @property
    def name(self) -> str:
        """Name for folders and pages: "paris-to-burano", "manhattan-image-to-depth"."""
        if self.takes == self.gives:
            return f"{self.source}-to-{self.target}"
        return f"{self.source}-{self.takes}-to-{self.gives}"
