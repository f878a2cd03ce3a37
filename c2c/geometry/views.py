"""Perspective views of a panorama: colour by rays, and planar depth by rays and planes.

Yaw turns clockwise from the panorama's middle column, pitch lifts the view. A view's axes are those of
`c2c.geometry.cameras`; a picture of the inside of a sphere that was textured from outside is mirrored, and so are its
views: its depth payload gives that away, see `c2c.collect.depth_payload`.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from c2c.geometry.cameras import PinholeCamera
from c2c.geometry.lookups import bands, between_four, on_raster
from c2c.geometry.packed import PackedPanorama, box_for, pack
from c2c.geometry.planes import DepthPlanes

SIZE_PX = 264  # of a view; so are the paper's
FOV_DEG = 90.0  # the paper gives none; six such views cover the sphere without overlap
SIX = ((0.0, 0.0), (90.0, 0.0), (180.0, 0.0), (-90.0, 0.0), (0.0, 90.0), (0.0, -90.0))  # yaw, pitch
APART = 0.02  # share by which depths at an edge may differ and still be one


def six_views(size_px: int = SIZE_PX, fov_deg: float = FOV_DEG) -> tuple[PinholeCamera, ...]:
    """Cameras that look ahead, right, behind, left, up and down; at 90 degrees the faces of a cube."""
    return tuple(PinholeCamera(size_px, size_px, fov_deg, yaw, pitch) for yaw, pitch in SIX)


def cross(faces: Sequence[NDArray[np.generic]]) -> NDArray[np.generic]:
    """The six views of `six_views` as a cube unfolded into a cross (3 H, 4 H, ...): left, ahead, right, behind."""
    size = len(faces[0])
    unfolded = np.zeros((3 * size, 4 * size, *faces[0].shape[2:]), faces[0].dtype)
    places = ((1, 1), (1, 2), (1, 3), (1, 0), (0, 1), (2, 1))  # rows and columns, in the order of SIX
    for face, (row, column) in zip(faces, places, strict=True):
        unfolded[row * size : (row + 1) * size, column * size : (column + 1) * size] = face
    return unfolded


def colour_view(panorama: NDArray[np.generic], camera: PinholeCamera) -> NDArray[np.float32]:
    """One view (H, W, 3) of a panorama (H, 2H, 3), in its own levels, not rounded."""
    packed = pack(panorama, box_for(camera, len(panorama)))
    return np.concatenate([_colour(packed, camera, rows)[..., :3] for rows in bands(camera)])


def colour_views(packed: PackedPanorama, cameras: Sequence[PinholeCamera]) -> list[NDArray[np.uint8]]:
    """Views (H, W, 3) of a panorama that was packed for them, rounded to whole levels.

    Args:
        packed: by the box that suits the views, see `box_for`.
        cameras: one for each view.
    """
    views = [np.empty((camera.height, camera.width, 3), np.uint8) for camera in cameras]
    for view, camera in zip(views, cameras, strict=True):
        for rows in bands(camera):
            levels = _colour(packed, camera, rows)
            np.rint(levels, out=levels)
            for channel in range(3):  # one by one: numpy is slow along an axis of three
                view[rows, :, channel] = levels[..., channel]
    return views


def depth_view(planes: DepthPlanes, camera: PinholeCamera, edges: bool = True) -> NDArray[np.float32]:
    """Planar depth (H, W) of a view in metres; NaN where there is no plane.

    The plane is the one of the nearest pixel of the raster, and the view's own ray meets it: depth on a plane is exact,
    however coarse the raster is.

    Args:
        planes: of the panorama.
        camera: of the view.
        edges: whether pixels keep their depth that look between neighbours of the raster whose planes disagree by more
            than 2% on this ray, or one of which has none: there, which is nearest is a guess.
    """
    return np.concatenate([_depth(planes, camera, rows, edges) for rows in bands(camera)])


def raster_depth_view(distance: NDArray[np.generic], camera: PinholeCamera) -> NDArray[np.float32]:
    """Planar depth (H, W) of a view of a raster of distances, in the raster's unit; what has none stays as it is, 0.

    The distance is that of the nearest pixel, so depth on slanting surfaces is as coarse as the raster.

    Args:
        distance: along each pixel's ray, (H, 2H).
        camera: of the view.
    """
    flat = distance.reshape(-1)
    views = []
    for rows in bands(camera):
        looked = on_raster(camera, rows.start, rows.stop, *distance.shape)
        views.append(flat[looked.nearest] / np.sqrt((looked.rays**2).sum(axis=0)))
    return np.concatenate(views).astype(np.float32).reshape(-1, camera.width)


def _colour(packed: PackedPanorama, camera: PinholeCamera, rows: slice) -> NDArray[np.float32]:
    """Some rows of a view (rows, W, 4); the fourth channel is empty."""
    four = between_four(camera, rows.start, rows.stop, packed.height, packed.width)
    pixels, below = packed.pixels, packed.width + 2
    fetched = np.empty(len(four.first), pixels.dtype)
    channels = fetched.view(packed.sums.dtype)

    def corner(offset: int) -> NDArray[np.float32]:
        np.take(pixels[offset:], four.first, out=fetched, mode="clip")
        return channels.astype(np.float32)

    upper = _blended(corner(0), corner(1), four.across)
    total = _blended(upper, _blended(corner(below), corner(below + 1), four.across), four.down)
    total /= packed.box**2
    return total.reshape(-1, camera.width, 4)


def _blended(a: NDArray[np.float32], b: NDArray[np.float32], share_of_b: NDArray[np.float32]) -> NDArray[np.float32]:
    """Between a and b; both are used up."""
    b -= a
    b *= share_of_b
    a += b
    return a


def _depth(planes: DepthPlanes, camera: PinholeCamera, rows: slice, edges: bool) -> NDArray[np.float32]:
    raster = planes.index.reshape(-1)
    looked = on_raster(camera, rows.start, rows.stop, *planes.index.shape)
    depth = planes.along(raster[looked.nearest], looked.rays)
    if not edges:
        around = raster[looked.four]
        torn = np.flatnonzero((around != around[0]).any(axis=0))
        others = planes.along(around[:, torn], looked.rays[:, None, torn])
        alike = np.abs(others - depth[torn]) <= APART * depth[torn]  # never so where one is NaN
        depth[torn[~alike.all(axis=0)]] = np.nan
    return depth.astype(np.float32).reshape(-1, camera.width)
