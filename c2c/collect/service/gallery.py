"""The pictures of the Toytown service: drawn when they are first asked for, and kept in the per-user cache."""

import hashlib
import io
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from c2c.collect.depth_payload import encode
from c2c.collect.service.catalogue import Catalogue, Photo, Shot
from c2c.geometry import PinholeCamera
from c2c.toytown import cache
from c2c.toytown.depth_planes import depth_planes
from c2c.toytown.layout import Viewpoint

TILE_PX = 512
QUALITY = 92
MEMORY_BYTES = 128 * 2**20  # of what was made and may be asked for again

Pixels = NDArray[np.uint8]  # (H, W, 3)
Thing = TypeVar("Thing")


class Gallery:
    """Draws what a catalogue lists.

    Args:
        catalogue: what there is.
        height: of the panoramas, in pixels.
        keep: what was drawn, in the per-user cache; else in memory alone.
    """

    def __init__(self, catalogue: Catalogue, height: int, keep: bool = True) -> None:
        self.catalogue, self.height, self.keep = catalogue, height, keep
        self.memory = Memory(MEMORY_BYTES)

    @property
    def level_heights(self) -> tuple[int, ...]:
        """Heights of a panorama at each zoom: each is twice the one before, the first fits in a tile."""
        heights = [self.height]
        while 2 * heights[0] > TILE_PX and heights[0] % 2 == 0:
            heights.insert(0, heights[0] // 2)
        return tuple(heights)

    @property
    def photo_size(self) -> tuple[int, int]:
        """Width and height of the photos."""
        return self.height * 4 // 3, self.height

    def panorama(self, shot: Shot) -> Image.Image:
        """A whole panorama."""
        stop = self.catalogue.town.viewpoint(shot.stop, self.height)
        drawn = self._drawn(("panorama", shot.stop, self.height), stop)
        return Image.fromarray(np.roll(drawn, self.height, axis=1) if shot.turned else drawn)

    def panorama_jpeg(self, shot: Shot, height: int) -> bytes:
        """A whole panorama as JPEG, at most so high."""
        picture = self.panorama(shot)
        if height < self.height:
            picture = picture.resize((2 * height, height), Image.Resampling.BOX)
        return jpeg(picture)

    def tile(self, shot: Shot, zoom: int, x: int, y: int) -> bytes:
        """One tile of 512 x 512 pixels; black where there is no panorama, as the real service has it."""
        tile = Image.new("RGB", (TILE_PX, TILE_PX))
        heights = self.level_heights
        if 0 <= zoom < len(heights) and x * TILE_PX < 2 * heights[zoom] and y * TILE_PX < heights[zoom]:
            picture = self.panorama(shot).reduce(self.height // heights[zoom])
            tile.paste(picture, (-x * TILE_PX, -y * TILE_PX))
        return jpeg(tile)

    def photo_jpeg(self, photo: Photo) -> bytes:
        """A photo as JPEG."""
        width, height = self.photo_size
        camera = PinholeCamera(width, height, photo.fov_deg, photo.yaw_deg, photo.pitch_deg)
        drawn = self._drawn(("photo", photo.number, self.height), self.catalogue.town.viewpoint(photo.stop, camera))
        return jpeg(Image.fromarray(drawn))

    def payload(self, shot: Shot) -> str:
        """The depth payload of a panorama."""
        town, yaw_deg = self.catalogue.town, self.catalogue.yaw_deg(shot.stop, shot.turned)
        position = town.plan.stops[shot.stop].position
        return self.memory.get(("payload", shot.number), lambda: encode(depth_planes(town, position, yaw_deg)), len)

    def _drawn(self, what: tuple[str, int, int], viewpoint: Viewpoint) -> Pixels:
        plan = self.catalogue.town.plan
        parts = (cache.DRAWING_VERSION, "town", self.catalogue.town.city, plan.seed, len(plan.stops), viewpoint)
        key = hashlib.sha256("/".join(map(str, parts)).encode()).hexdigest()[:32]

        def draw() -> Pixels:
            return self.catalogue.town.view(viewpoint).colour

        return self.memory.get(what, lambda: kept(key, draw) if self.keep else draw(), lambda pixels: pixels.nbytes)


class Memory:
    """What was made last, up to so many bytes; what two ask for at once is made once."""

    def __init__(self, most_bytes: int) -> None:
        self.most_bytes, self.used_bytes = most_bytes, 0
        self.lock = threading.Lock()
        self.things: OrderedDict[Hashable, tuple[Any, int]] = OrderedDict()

    def get(self, key: Hashable, make: Callable[[], Thing], size: Callable[[Thing], int]) -> Thing:
        """The thing of this key, made now if it is not here."""
        with self.lock:
            if key in self.things:
                self.things.move_to_end(key)
                return self.things[key][0]
            thing = make()
            self.things[key] = (thing, size(thing))
            self.used_bytes += size(thing)
            while self.used_bytes > self.most_bytes and len(self.things) > 1:
                self.used_bytes -= self.things.popitem(last=False)[1][1]
            return thing


def kept(key: str, draw: Callable[[], Pixels]) -> Pixels:
    """A picture from the cache, drawn now if it was not there."""
    name = "colour.png"
    folder = cache.find(key, (name,))
    if folder is None:
        folder = cache.store(key, {name: cache.png_bytes(draw(), key)})
    with Image.open(folder / name) as picture:
        return np.asarray(picture.convert("RGB"))


def jpeg(picture: Image.Image) -> bytes:
    """A picture as the bytes of a JPEG file."""
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=QUALITY)
    return file.getvalue()
