"""A town of a city: the streets of a plan, built and dressed once, seen from anywhere in them.

What stands in one panorama stands in its neighbour, for both look at the same shapes. Depth comes in two kinds: of
everything, as of any Toytown picture, and of what street-level depth knows of: ground and houses, without trees,
vehicles and posts.
"""

import math
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from c2c.geometry import Camera, EquirectangularCamera
from c2c.geometry.earth import METRES_PER_DEGREE
from c2c.toytown.cast import Hits, cast, ray_boxes
from c2c.toytown.dress import DRESSES
from c2c.toytown.grid import TownPlan
from c2c.toytown.layout import Viewpoint
from c2c.toytown.massing import MASSINGS
from c2c.toytown.render import View, render
from c2c.toytown.scene import Scene
from c2c.toytown.shapes import Part, Shapes
from c2c.toytown.town_building import build_town

LOOSE = (Part.TRUNK, Part.CROWN, Part.BODY, Part.DECK, Part.CABIN, Part.POST)  # what street-level depth leaves out


@dataclass(frozen=True)
class Anchor:
    """Where on earth a town lies."""

    lat_deg: float
    lon_deg: float
    bearing_deg: float  # compass bearing of the town's y
    elevation_m: float  # of its pavements
    country: str
    name: str

    def lat_lon(self, x: float, y: float) -> tuple[float, float]:
        """Latitude and longitude of a point of the town, in degrees."""
        turn = math.radians(self.bearing_deg)
        east = x * math.cos(turn) + y * math.sin(turn)
        north = y * math.cos(turn) - x * math.sin(turn)
        lon_metres = METRES_PER_DEGREE * math.cos(math.radians(self.lat_deg))
        return self.lat_deg + north / METRES_PER_DEGREE, self.lon_deg + east / lon_metres


ANCHORS = {
    "manhattan": Anchor(40.7527, -73.9772, 29.0, 15.0, "US", "New York"),
    "paris": Anchor(48.8575, 2.3514, 342.0, 35.0, "FR", "Paris"),
    "burano": Anchor(45.4853, 12.4167, 11.0, 1.0, "IT", "Burano"),
}


class TownCamera(EquirectangularCamera):
    """A panorama's camera that knows the rows of what it sees: a town has much that is far away and low."""

    def bounds(self, corners: NDArray[np.float64]) -> NDArray[np.float64]:
        """Pixel bounds (N, 4) of N convex hulls; the rows are those of the boxes around them.

        Args:
            corners: K corners of each hull (N, K, 3), relative to the camera.
        """
        bounds, low, high = super().bounds(corners), corners.min(axis=1), corners.max(axis=1)
        gap, reach = np.maximum(np.maximum(low, -high), 0), np.maximum(-low, high)
        near, far = (np.sqrt(away[:, 0] ** 2 + away[:, 1] ** 2) for away in (gap, reach))
        top = np.arctan2(high[:, 2], np.where(high[:, 2] > 0, near, far))
        bottom = np.arctan2(low[:, 2], np.where(low[:, 2] < 0, near, far))
        bounds[:, 2], bounds[:, 3] = ((0.5 - lift / np.pi) * self.height for lift in (top, bottom))
        return bounds


@dataclass(frozen=True)
class CityTown:
    """A plan as one city builds and dresses it."""

    plan: TownPlan
    city: str

    @property
    def anchor(self) -> Anchor:
        """Where on earth it lies."""
        return ANCHORS[self.city]

    @cached_property
    def scene(self) -> Scene:
        """Everything that stands in the town."""
        return Scene(self.plan, build_town(self.plan, MASSINGS[self.city]), DRESSES[self.city])

    @cached_property
    def fixed(self) -> Shapes:
        """What of it street-level depth knows: ground and houses."""
        shapes = self.scene.shapes
        count = len(shapes.origin)
        kept = np.flatnonzero(~np.isin(shapes.part[:count], LOOSE))
        return replace(
            shapes,
            **{name: getattr(shapes, name)[kept] for name in ("origin", "along", "up", "size", "taper")},
            **{name: getattr(shapes, name)[kept] for name in ("part", "seed", "storey_m")},
            centre=shapes.centre[:0],
            radii=shapes.radii[:0],
        )

    def viewpoint(self, stop: int, camera: Camera | int) -> Viewpoint:
        """A camera at a stop; a number is the height of the panorama that was taken there."""
        place = self.plan.stops[stop]
        if isinstance(camera, int):
            camera = TownCamera(camera, place.yaw_deg)
        return Viewpoint(camera, place.position)

    def view(self, viewpoint: Viewpoint) -> View:
        """What is seen from a viewpoint."""
        return render(self.scene, viewpoint)

    def fixed_hits(self, viewpoint: Viewpoint) -> Hits:
        """What of ground and houses the ray through each pixel's centre (H, W) meets first."""
        camera = viewpoint.camera
        columns, rows = (np.arange(side, dtype=np.float64) + 0.5 for side in (camera.width, camera.height))
        rays = camera.directions(columns, rows).astype(np.float32)
        boxes = ray_boxes(camera, viewpoint.position, self.fixed, 1, rays.shape[1:])
        boxes[:, [0, 2]] = np.maximum(boxes[:, [0, 2]] - 1, 0)
        return cast(self.fixed, viewpoint.position, rays, boxes)

    def fixed_depth_m(self, viewpoint: Viewpoint) -> NDArray[np.float32]:
        """Exact depth (H, W) of ground and houses in metres, planar for a pinhole; 0 where there is only sky."""
        hits = self.fixed_hits(viewpoint)
        distance = np.where(hits.shape >= 0, hits.distance_m, 0.0)
        return viewpoint.camera.planar_depth(distance).astype(np.float32)
