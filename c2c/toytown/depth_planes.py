"""Street-level depth of a town: the very planes of its ground and houses, as seen from a stop."""

import numpy as np
from numpy.typing import NDArray

from c2c.geometry import sine_cosine
from c2c.geometry.planes import DepthPlanes
from c2c.toytown.layout import Viewpoint
from c2c.toytown.shapes import Shapes, Vector
from c2c.toytown.town import CityTown, TownCamera

RASTER_PX = 256  # height of the index raster
MOST_PLANES = 255  # that an index of one byte can name; 0 names none
SAME = 1e4  # normals and distances that agree to one part of this are one plane's


def depth_planes(town: CityTown, position: Vector, yaw_deg: float) -> DepthPlanes:
    """The planes seen in a panorama and the index raster (256, 512), in the panorama's frame.

    Quads in one plane are merged. Of more than 255 planes those stay that cover most pixels; the pixels of the
    others have none.

    Args:
        town: what is seen.
        position: of the camera, in metres.
        yaw_deg: the middle of the panorama, clockwise from the town's y.
    """
    hits = town.fixed_hits(Viewpoint(TownCamera(RASTER_PX, yaw_deg), position))
    met = hits.shape >= 0
    seen, which = np.unique(hits.shape[met], return_inverse=True)
    planes = _planes(town.fixed, seen, position, yaw_deg)
    _, first, merged = np.unique(np.round(planes * SAME), axis=0, return_index=True, return_inverse=True)
    pixels = merged.ravel()[which]
    order = np.argsort(-np.bincount(pixels), kind="stable")[:MOST_PLANES]
    rank = np.zeros(len(first), np.uint8)
    rank[order] = np.arange(1, len(order) + 1)
    index = np.zeros(hits.shape.shape, np.uint8)
    index[met] = rank[pixels]
    table = np.concatenate([np.zeros((1, 4)), planes[first[order]]])
    return DepthPlanes(index, table.astype(np.float32))


def _planes(shapes: Shapes, numbers: NDArray[np.int32], position: Vector, yaw_deg: float) -> NDArray[np.float64]:
    """Planes (N, 4) of quads: a normal that points away from the viewer, and the distance along it."""
    normal = -shapes.normal[numbers]
    distance = ((shapes.origin[numbers] - np.array(position)) * normal).sum(axis=1)
    sin_yaw, cos_yaw = sine_cosine(yaw_deg)
    right = normal[:, 0] * cos_yaw - normal[:, 1] * sin_yaw
    ahead = normal[:, 0] * sin_yaw + normal[:, 1] * cos_yaw
    return np.stack([right, ahead, normal[:, 2], distance], axis=1) + 0.0
