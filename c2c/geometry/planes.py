"""Depth as planes: a panorama whose every pixel names the plane that its ray meets.

The frame is the cameras': x right, y forward, z up, metres, the viewer at the origin. A plane is (nx, ny, nz, d), and a
ray r meets it at d / (n . r). Plane 0 stands for no plane at all, such as the sky: there is no depth, not a far one.
"""

import functools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from c2c.geometry.cameras import EquirectangularCamera

Floats = NDArray[np.float64]

FARTHEST_M = 1e9  # what is said to be farther than that is no depth


@dataclass(frozen=True)
class DepthPlanes:
    """The planes around a panorama, and which one each of its pixels shows."""

    index: NDArray[np.uint8]  # (H, W), a row of `planes`; 0 where there is none
    planes: NDArray[np.float32]  # (P, 4), nx, ny, nz and d in metres; the first is no plane

    def distance_m(self) -> NDArray[np.float32]:
        """Distance along the ray of each pixel (H, W), in metres; NaN where there is no plane, or it lies behind."""
        height, width = self.index.shape
        return self.along(self.index, panorama_rays(height, width)).astype(np.float32)

    def negative_share(self) -> float:
        """The share of pixels with a plane whose ray does not meet it ahead.

        It is next to nothing in the right frame. A mirrored or a turned one gives itself away by it.
        """
        with_plane = int(np.count_nonzero(self.index))
        if not with_plane:
            return 0.0
        met = int(np.count_nonzero(self.distance_m() > 0))
        return (with_plane - met) / with_plane

    def along(self, index: NDArray[np.uint8], rays: Floats) -> Floats:
        """Where rays meet the planes named, in lengths of the rays; NaN where there is no plane, or it lies behind.

        Args:
            index: rows of `planes`, of any shape.
            rays: as planes of x, y and z, (3, *shape of index). With rays of unit length it gives distance, with
                rays that go one metre along a camera's axis planar depth.
        """
        nx, ny, nz, d = (np.take(column, index) for column in self._columns)
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            lengths = d / (nx * rays[0] + ny * rays[1] + nz * rays[2])
        lengths[~((lengths > 0) & (lengths < FARTHEST_M)) | (index == 0)] = np.nan
        return lengths

    @functools.cached_property
    def _columns(self) -> Floats:
        with np.errstate(invalid="ignore"):  # a payload's NaN may be one that signals
            return np.ascontiguousarray(self.planes.T, np.float64)


@functools.lru_cache(maxsize=4)
def panorama_rays(height: int, width: int) -> Floats:
    """Unit rays through the pixel centres of a panorama as planes of x, y and z, (3, H, W), kept between calls."""
    columns = (np.arange(width, dtype=np.float64) + 0.5) * (2 * height / width)  # all around, whatever the shape
    rays = EquirectangularCamera(height).directions(columns, np.arange(height, dtype=np.float64) + 0.5)
    rays.setflags(write=False)
    return rays
