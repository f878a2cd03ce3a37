"""Pinhole and equirectangular cameras: which way does each pixel look, and where does a point land?

The frame is x right, y forward, z up, in metres. Yaw turns clockwise seen from above, pitch lifts the view,
roll tips it clockwise. Pixel (column, row) covers [column, column + 1) x [row, row + 1), so its centre is at + 0.5.

Every number per pixel comes from + - * / and square roots, and every sine is a scalar rounded to 12 digits:
the same camera gives the same bits on any machine.
"""

import math
from dataclasses import dataclass
from itertools import combinations
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

NEAR_M = 0.05  # what is nearer to the lens's plane is clipped when its bounds are sought


class Camera(Protocol):
    """What a renderer asks of a camera."""

    @property
    def width(self) -> int:
        """Width in pixels."""
        ...

    @property
    def height(self) -> int:
        """Height in pixels."""
        ...

    def directions(self, columns: Floats, rows: Floats) -> Floats:
        """Unit rays as planes of x, y and z, (3, R, C), through the crossings of C columns and R rows, in pixels."""
        ...

    def rays(self) -> Floats:
        """Unit rays (H, W, 3) through the pixel centres."""
        ...

    def planar_depth(self, distance_m: Floats) -> Floats:
        """Planar depth (H, W) in metres, from distance along each pixel's ray (H, W)."""
        ...

    def bounds(self, corners: Floats) -> Floats:
        """Pixel bounds (N, 4) of N convex hulls: first column, last column, first row, last row."""
        ...


@dataclass(frozen=True)
class PinholeCamera:
    """A perspective camera; `fov_deg` is the horizontal field of view."""

    width: int
    height: int
    fov_deg: float
    yaw_deg: float = 0.0
    pitch_deg: float = 0.0
    roll_deg: float = 0.0

    def __post_init__(self) -> None:
        if not 0 < self.fov_deg < 180:
            raise ValueError(f"a pinhole's field of view lies between 0 and 180 degrees, not at {self.fov_deg}")

    @property
    def focal_px(self) -> float:
        """Focal length in pixels."""
        return self.width / 2 / _rounded(math.tan(math.radians(self.fov_deg) / 2))

    @property
    def axes(self) -> tuple[tuple[float, ...], tuple[float, ...], tuple[float, ...]]:
        """The unit vectors that point right, ahead and up in the picture."""
        sin_yaw, cos_yaw = sine_cosine(self.yaw_deg)
        sin_pitch, cos_pitch = sine_cosine(self.pitch_deg)
        sin_roll, cos_roll = sine_cosine(self.roll_deg)
        level = (cos_yaw, -sin_yaw, 0.0)
        ahead = (sin_yaw * cos_pitch, cos_yaw * cos_pitch, sin_pitch)
        upright = (-sin_yaw * sin_pitch, -cos_yaw * sin_pitch, cos_pitch)
        right = tuple(a * cos_roll - b * sin_roll for a, b in zip(level, upright, strict=True))
        up = tuple(a * sin_roll + b * cos_roll for a, b in zip(level, upright, strict=True))
        return right, ahead, up

    def directions(self, columns: Floats, rows: Floats) -> Floats:
        """Unit rays as planes of x, y and z, (3, R, C), through the crossings of C columns and R rows, in pixels."""
        right, ahead, up = self.axes
        across, upward = self._plane(columns, rows)
        length = np.sqrt(1 + across * across + upward * upward)
        return np.stack([(ahead[i] + right[i] * across + up[i] * upward) / length for i in range(3)])

    def rays(self) -> Floats:
        """Unit rays (H, W, 3) through the pixel centres."""
        return np.moveaxis(self.directions(*_centres(self.width, self.height)), 0, -1)

    def planar_depth(self, distance_m: Floats) -> Floats:
        """Depth (H, W) along the optical axis in metres, from distance along each pixel's ray (H, W)."""
        across, upward = self._plane(*_centres(self.width, self.height))
        return distance_m / np.sqrt(1 + across * across + upward * upward)

    def bounds(self, corners: Floats) -> Floats:
        """Pixel bounds (N, 4) of N convex hulls: first column, last column, first row, last row.

        Args:
            corners: K corners of each hull (N, K, 3), relative to the camera. A hull that is wholly behind the
                camera has its first column after its last.
        """
        right, ahead, up = self.axes
        x, y, z = (corners[..., 0] * a[0] + corners[..., 1] * a[1] + corners[..., 2] * a[2] for a in (right, ahead, up))
        x, y, z = _clipped(x, y, z)
        seen = y >= NEAR_M * 0.999
        y = np.where(seen, y, 1.0)
        column = self.width / 2 + self.focal_px * x / y
        row = self.height / 2 - self.focal_px * z / y
        low, high = np.inf, -np.inf
        return np.stack(
            [
                np.where(seen, column, low).min(axis=1),
                np.where(seen, column, high).max(axis=1),
                np.where(seen, row, low).min(axis=1),
                np.where(seen, row, high).max(axis=1),
            ],
            axis=1,
        )

    def _plane(self, columns: Floats, rows: Floats) -> tuple[Floats, Floats]:
        across = (columns[None, :] - self.width / 2) / self.focal_px
        upward = (self.height / 2 - rows[:, None]) / self.focal_px
        return across, upward


@dataclass(frozen=True)
class EquirectangularCamera:
    """A full panorama, twice as wide as high; its middle column looks ahead, and columns turn clockwise."""

    height: int
    yaw_deg: float = 0.0

    @property
    def width(self) -> int:
        """Width in pixels."""
        return 2 * self.height

    def directions(self, columns: Floats, rows: Floats) -> Floats:
        """Unit rays as planes of x, y and z, (3, R, C), through the crossings of C columns and R rows, in pixels."""
        turns = [sine_cosine((c / self.width - 0.5) * 360 + self.yaw_deg) for c in columns.tolist()]
        lifts = [sine_cosine((0.5 - r / self.height) * 180) for r in rows.tolist()]
        sin_turn, cos_turn = np.array(turns).T
        sin_lift, cos_lift = np.array(lifts).T
        parts = [
            cos_lift[:, None] * sin_turn,
            cos_lift[:, None] * cos_turn,
            np.broadcast_to(sin_lift[:, None], (len(lifts), len(turns))),
        ]
        return np.stack(parts)

    def rays(self) -> Floats:
        """Unit rays (H, W, 3) through the pixel centres."""
        return np.moveaxis(self.directions(*_centres(self.width, self.height)), 0, -1)

    def planar_depth(self, distance_m: Floats) -> Floats:
        """The distance itself: a panorama has no image plane."""
        return distance_m

    def bounds(self, corners: Floats) -> Floats:
        """Pixel bounds (N, 4) of N convex hulls, generous: every row, and every column where a hull wraps around.

        Args:
            corners: K corners of each hull (N, K, 3), relative to the camera.
        """
        turn = np.arctan2(corners[..., 0], corners[..., 1]) - math.radians(self.yaw_deg)
        first = np.remainder(turn[:, :1] + np.pi, 2 * np.pi) - np.pi
        offset = np.remainder(turn - first + np.pi, 2 * np.pi) - np.pi
        low, high = first[:, 0] + offset.min(axis=1), first[:, 0] + offset.max(axis=1)
        around = (high - low > np.pi * 0.99) | (low < -np.pi) | (high > np.pi)
        first_column = np.where(around, 0.0, (low / (2 * np.pi) + 0.5) * self.width)
        last_column = np.where(around, self.width, (high / (2 * np.pi) + 0.5) * self.width)
        first_row, last_row = np.zeros(len(corners)), np.full(len(corners), float(self.height))
        return np.stack([first_column, last_column, first_row, last_row], axis=1)


def sine_cosine(angle_deg: float) -> tuple[float, float]:
    """Sine and cosine of an angle in degrees, rounded to 12 digits so that every machine agrees."""
    angle = math.radians(angle_deg)
    return _rounded(math.sin(angle)), _rounded(math.cos(angle))


def _rounded(value: float) -> float:
    return round(value, 12) + 0.0  # + 0.0 turns -0.0 into 0.0


def _centres(width: int, height: int) -> tuple[Floats, Floats]:
    return np.arange(width, dtype=np.float64) + 0.5, np.arange(height, dtype=np.float64) + 0.5


def _clipped(x: Floats, y: Floats, z: Floats) -> tuple[Floats, Floats, Floats]:
    """The corners, and the points where lines between them pierce the near plane; others land behind it."""
    pairs = np.array(list(combinations(range(x.shape[1]), 2)), int).reshape(-1, 2)
    a, b = pairs[:, 0], pairs[:, 1]
    span = y[:, b] - y[:, a]
    crosses = (y[:, a] < NEAR_M) != (y[:, b] < NEAR_M)
    part = np.where(crosses, (NEAR_M - y[:, a]) / np.where(crosses, span, 1.0), 0.0)
    cut_x = x[:, a] + part * (x[:, b] - x[:, a])
    cut_z = z[:, a] + part * (z[:, b] - z[:, a])
    cut_y = np.where(crosses, NEAR_M, -1.0)
    return np.hstack([x, cut_x]), np.hstack([y, cut_y]), np.hstack([z, cut_z])
