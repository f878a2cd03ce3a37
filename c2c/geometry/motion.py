"""Where things were in the view before: the exact motion between two views of a still scene."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from c2c.geometry.cameras import PinholeCamera

Floats = NDArray[np.float64]
Point = tuple[float, float, float]

FAR_M = 1e6  # the sky is as far away as that: it turns with the camera and does not come nearer
APART = 0.02  # share by which the nearness of two points may differ that are one


@dataclass(frozen=True)
class Sight:
    """A view as geometry sees it: a camera, where it stands, and how far away everything is."""

    camera: PinholeCamera
    position: Point
    distance_m: NDArray[np.floating]  # (H, W), along each pixel's ray; 0 where there is only sky


@dataclass(frozen=True)
class Motion:
    """Where each pixel of a picture was in an earlier one, in that one's pixels: the centre of the first is at 0.5."""

    columns: NDArray[np.float32]  # (H, W)
    rows: NDArray[np.float32]  # (H, W)
    seen: NDArray[np.bool_]  # (H, W), whether the earlier picture shows it

    @classmethod
    def still(cls, height: int, width: int) -> "Motion":
        """Nothing moved."""
        rows, columns = np.mgrid[0:height, 0:width].astype(np.float32) + np.float32(0.5)
        return cls(columns, rows, np.ones((height, width), bool))


def motion_between(now: Sight, before: Sight) -> Motion:
    """Where each pixel of a view was in the view before, and whether it was to be seen there.

    A point was hidden if something else lies where it should be. The nearness (one over the planar depth) of a plane
    is linear across a picture, so on surfaces the nearness between four pixels is exact, and at edges it is not.
    """
    rays = now.camera.rays()
    away = np.where(now.distance_m > 0, now.distance_m, FAR_M)
    points = rays * away[..., None] + (np.array(now.position) - np.array(before.position))
    right, ahead, up = (points @ np.array(axis) for axis in before.camera.axes)
    forward = np.where(ahead > 0, ahead, np.inf)
    camera = before.camera
    columns = camera.width / 2 + camera.focal_px * right / forward
    rows = camera.height / 2 - camera.focal_px * up / forward
    inside = _within(columns, camera.width) & _within(rows, camera.height)
    expected = np.where(now.distance_m > 0, 1 / forward, 0.0)
    found = _between_pixels(_nearness(before), columns, rows)
    alike = np.abs(found - expected) <= APART * expected + 1 / FAR_M
    return Motion(columns.astype(np.float32), rows.astype(np.float32), (ahead > 0) & inside & alike)


def _within(places: Floats, side: int) -> NDArray[np.bool_]:
    """Whether places are between the centres of a side's first and last pixel, but for rounding."""
    return (places >= 0.4999) & (places <= side - 0.4999)


def _nearness(sight: Sight) -> Floats:
    """One over the planar depth (H, W); 0 for the sky."""
    depth = sight.camera.planar_depth(np.asarray(sight.distance_m, np.float64))
    return np.where(depth > 0, 1 / np.where(depth > 0, depth, 1.0), 0.0)


def _between_pixels(values: Floats, columns: Floats, rows: Floats) -> Floats:
    """Values (H, W) at places between pixel centres, by the four around; places outside take the border's."""
    height, width = values.shape
    across, down = np.clip(columns - 0.5, 0, width - 1), np.clip(rows - 0.5, 0, height - 1)
    left, top = np.minimum(across.astype(int), width - 2), np.minimum(down.astype(int), height - 2)
    u, v = across - left, down - top
    upper = values[top, left] * (1 - u) + values[top, left + 1] * u
    lower = values[top + 1, left] * (1 - u) + values[top + 1, left + 1] * u
    return upper * (1 - v) + lower * v
