"""Areas on the map that services are asked about: boxes of degrees, and the tiles of web maps."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

from c2c.collect.pictures import Place
from c2c.geometry.earth import METRES_PER_DEGREE, distance_m

FARTHEST_LAT_DEG = 85.0511  # where web maps end


@dataclass(frozen=True)
class Box:
    """An area between two meridians and two parallels."""

    west_deg: float
    south_deg: float
    east_deg: float
    north_deg: float

    @property
    def text(self) -> str:
        """As services want it: west,south,east,north."""
        return f"{self.west_deg:.7f},{self.south_deg:.7f},{self.east_deg:.7f},{self.north_deg:.7f}"

    @property
    def square_deg(self) -> float:
        """Its area in square degrees."""
        return (self.east_deg - self.west_deg) * (self.north_deg - self.south_deg)

    def quarters(self) -> "list[Box]":
        """The four boxes that it consists of."""
        lon, lat = (self.west_deg + self.east_deg) / 2, (self.south_deg + self.north_deg) / 2
        return [
            Box(west, south, east, north)
            for south, north in ((self.south_deg, lat), (lat, self.north_deg))
            for west, east in ((self.west_deg, lon), (lon, self.east_deg))
        ]


def box_around(centre: Place, radius_m: float) -> Box:
    """The box that a circle just fits into; it ends at the poles and at the date line."""
    up = radius_m / METRES_PER_DEGREE
    aside = min(180.0, up / max(math.cos(math.radians(centre.lat_deg)), 1e-6))
    return Box(
        max(centre.lon_deg - aside, -180.0),
        max(centre.lat_deg - up, -90.0),
        min(centre.lon_deg + aside, 180.0),
        min(centre.lat_deg + up, 90.0),
    )


def metres_between(a: Place, b: Place) -> float:
    """Metres between two places along the ground."""
    return distance_m(a.lat_deg, a.lon_deg, b.lat_deg, b.lon_deg)


def bearing_deg(a: Place, b: Place) -> float:
    """Compass bearing from one place to another, in [0, 360)."""
    lat_a, lat_b = math.radians(a.lat_deg), math.radians(b.lat_deg)
    lon = math.radians(b.lon_deg - a.lon_deg)
    x = math.sin(lon) * math.cos(lat_b)
    y = math.cos(lat_a) * math.sin(lat_b) - math.sin(lat_a) * math.cos(lat_b) * math.cos(lon)
    return math.degrees(math.atan2(x, y)) % 360.0


def map_tile(place: Place, zoom: int) -> tuple[int, int]:
    """Column and row of the web map's tile that a place lies in."""
    count, lat = 1 << zoom, max(-FARTHEST_LAT_DEG, min(FARTHEST_LAT_DEG, place.lat_deg))
    x = (place.lon_deg + 180.0) / 360.0
    y = (1.0 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2.0
    return min(int(x * count), count - 1), min(int(y * count), count - 1)


def tile_side_m(lat_deg: float, zoom: int) -> float:
    """Side of the web map's tile at a latitude, in metres."""
    return 360.0 * METRES_PER_DEGREE * math.cos(math.radians(lat_deg)) / (1 << zoom)


def ring(x: int, y: int, radius: int, count: int) -> Iterator[tuple[int, int]]:
    """The tiles that lie `radius` tiles around one tile, on a map of `count` columns that meet at the date line."""
    for row in range(y - radius, y + radius + 1):
        step = 1 if abs(row - y) == radius else 2 * radius
        if 0 <= row < count:
            yield from ((column % count, row) for column in range(x - radius, x + radius + 1, max(step, 1)))
