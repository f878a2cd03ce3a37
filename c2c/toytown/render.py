"""A view of a scene: colour, depth, distance and classes, from one cast of rays.

Rays run through the corners, the edges' middles and the centre of every pixel: a lattice of half pixels. Depth and
classes are those of the centres; colour is the tent-weighted mean of the nine rays of each pixel, in linear light.
Only + - * /, square roots, comparisons, floor and integer hashes are used on pixels, so equal seeds give
equal bytes on any machine.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from c2c.toytown.cast import Hits, cast, ray_boxes
from c2c.toytown.chance import noise
from c2c.toytown.layout import Viewpoint
from c2c.toytown.light import lit, skylight, under_haze
from c2c.toytown.materials import CLASSES, Floats, Surface
from c2c.toytown.scene import Scene
from c2c.toytown.shapes import Part

SCALE = 2  # rays to a pixel's side
WATER = CLASSES.index("water")
NOTHING = 255  # the part of a ray that meets nothing
Planes = NDArray[np.float32]  # (3, rows, columns), linear light


@dataclass(frozen=True)
class View:
    """What a camera sees."""

    colour: NDArray[np.uint8]  # (H, W, 3)
    depth_m: NDArray[np.float32]  # (H, W), planar for a pinhole; 0 where there is only sky
    distance_m: NDArray[np.float32]  # (H, W), along the ray; 0 where there is only sky
    classes: NDArray[np.uint8]  # (H, W), an index into CLASSES


def render(scene: Scene, viewpoint: Viewpoint) -> View:
    """The view of a scene from a viewpoint."""
    camera, eye = viewpoint.camera, viewpoint.position
    columns, rows = (np.arange(SCALE * side + 1) / SCALE for side in (camera.width, camera.height))
    rays = camera.directions(columns, rows).astype(np.float32)
    boxes = ray_boxes(camera, eye, scene.shapes, SCALE, rays.shape[1:])
    hits = cast(scene.shapes, eye, rays, boxes)
    light, classes = _radiance(scene, hits, eye, rays)
    water = classes == WATER
    if water.any():
        _mirror(scene, viewpoint, rays, hits, water, light)
    seen = hits.shape[1::SCALE, 1::SCALE] >= 0
    distance = np.where(seen, hits.distance_m[1::SCALE, 1::SCALE], 0.0)
    return View(
        colour=_developed(light),
        depth_m=camera.planar_depth(distance).astype(np.float32),
        distance_m=distance.astype(np.float32),
        classes=classes[1::SCALE, 1::SCALE].copy(),
    )


def _radiance(
    scene: Scene, hits: Hits, eye: tuple[float, ...], rays: NDArray[np.float32]
) -> tuple[Planes, NDArray[np.uint8]]:
    """Linear light (3, R, C) that comes along each ray, and the class of what it meets."""
    flat = hits.shape.ravel()
    directions = rays.reshape(3, -1)
    light = np.empty((3, flat.size), np.float32)
    classes = np.zeros(flat.size, np.uint8)
    parts = np.append(scene.shapes.part, np.uint8(NOTHING))[flat]  # -1 takes the last
    for part in np.flatnonzero(np.bincount(parts)).tolist():
        chosen = np.flatnonzero(parts == part)
        way = directions.take(chosen, axis=1)
        if part == NOTHING:
            _put(light, chosen, skylight(scene, way))
            continue
        surface = _surface(scene, hits, chosen, eye, way)
        coat = scene.dress.painters[Part(part)](surface)
        bright = lit(scene, surface, coat, flat[chosen], way)
        _put(light, chosen, under_haze(scene, bright, surface.distance))
        classes[chosen] = scene.material_classes[coat.material]
    size = hits.shape.shape
    return light.reshape(3, *size), classes.reshape(size)


def _put(planes: NDArray[np.float32], chosen: NDArray[np.intp], values: Floats) -> None:
    for plane, row in zip(planes, values, strict=True):
        plane[chosen] = row


def _surface(
    scene: Scene, hits: Hits, chosen: NDArray[np.intp], eye: tuple[float, ...], way: NDArray[np.float32]
) -> Surface:
    shape = hits.shape.take(chosen)
    distance = hits.distance_m.take(chosen)
    width, height, ground_floor, storey = (measure.take(shape) for measure in scene.measures)
    x, y, z = (e + w * distance for e, w in zip(eye, way, strict=True))
    return Surface(
        u=hits.u.take(chosen),
        v=hits.v.take(chosen),
        width=width,
        height=height,
        seed=scene.shapes.seed.take(shape),
        ground_floor=ground_floor,
        storey=storey,
        distance=distance,
        x=x,
        y=y,
        z=z,
    )


def _mirror(
    scene: Scene, viewpoint: Viewpoint, rays: NDArray[np.float32], hits: Hits, water: NDArray[np.bool_], light: Planes
) -> None:
    """Add to the water what it mirrors: the town seen from under the surface, a ray a pixel, shaken by ripples."""
    used = np.flatnonzero(water.any(axis=1))
    top, bottom = int(used[0]), int(used[-1]) + 1
    x, y, z = viewpoint.position
    under = (x, y, 2 * scene.town.bed_m - z)
    below = rays[:, top:bottom:SCALE, ::SCALE] * np.array([1, 1, -1], np.float32)[:, None, None]
    rows, columns = below.shape[1:]
    boxes = ray_boxes(viewpoint.camera, viewpoint.position, scene.mirrored, 1, (viewpoint.camera.height + 1, columns))
    boxes[:, 2:] = np.clip(boxes[:, 2:] - top // SCALE + [-1, 0], 0, rows)
    mirrored, _ = _radiance(scene, cast(scene.shapes, under, below, boxes), under, below)

    row, column = np.nonzero(water)
    way = rays[:, row, column]
    distance = hits.distance_m[row, column]
    swell = _swell(x + way[0] * distance, y + way[1] * distance)
    shake = swell * (viewpoint.camera.height * 0.055)
    shaken_row = np.clip((row - top) // SCALE + np.floor(shake).astype(np.intp), 0, rows - 1)
    shaken_column = np.clip(column // SCALE + np.floor(shake * 0.3).astype(np.intp), 0, columns - 1)
    steep = 1 + way[2]  # 0 straight down, 1 at the horizon
    share = (0.30 + 0.42 * steep * steep) * (1 + 0.5 * swell)
    for plane, image in zip(light, mirrored, strict=True):
        plane[row, column] += (image[shaken_row, shaken_column] - plane[row, column]) * share


def _swell(x: Floats, y: Floats) -> Floats:
    """Height of the ripples at points of the water, about 0."""
    x, y = x * 1.1, y * 2.6
    return noise(x, y, 5) + noise(x * 3, y * 3, 6) * 0.5 - 0.75


def _developed(light: Planes) -> NDArray[np.uint8]:
    """Display bytes (H, W, 3) of the light on the lattice of half pixels: each pixel takes its nine rays."""
    rows = light[:, 0:-2:2] + 2 * light[:, 1::2] + light[:, 2::2]
    pixels = rows[:, :, 0:-2:2] + 2 * rows[:, :, 1::2] + rows[:, :, 2::2]
    shown = np.sqrt(np.clip(pixels * (1 / 16), 0, 1))
    return np.ascontiguousarray(np.floor(shown * 255 + 0.5).astype(np.uint8).transpose(1, 2, 0))
