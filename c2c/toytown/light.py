"""Sun, shade, sky and haze, in linear light."""

import numpy as np
from numpy.typing import NDArray

from c2c.toytown.chance import noise
from c2c.toytown.materials import Coat, Surface, linear
from c2c.toytown.scene import Scene
from c2c.toytown.shapes import Part

Floats = NDArray[np.floating]

SUN = (1.22, 1.13, 0.97)
SHADE = (0.47, 0.50, 0.57)  # what the open sky gives
BOUNCE = 0.08  # what sunlit ground gives to walls that face down or away
HAZE_M = 210.0
GROUND = (Part.BED, Part.JUNCTION, Part.PAVEMENT)


def skylight(scene: Scene, way: Floats) -> Floats:
    """Light (3, n) of the sky along unit rays (3, n): a gradient, clouds, and a glow about the sun."""
    light = clear_sky(scene, way)
    high = np.clip(way[2], 0, 1) + 0.16
    x, y = way[0] / high * 1.3, way[1] / high * 1.3
    cloud = noise(x, y, scene.layout.seed & 0xFFFF) + 0.5 * noise(x * 2.4, y * 2.4, 3)
    cloud = np.clip((cloud - (0.95 - 0.5 * scene.dress.clouds)) * 1.6, 0, 0.75)
    glow = np.clip(_dot(way, scene.layout.sun), 0, 1)
    glow = glow * glow * glow * 0.22
    for plane, sun in zip(light, SUN, strict=True):
        plane += (0.93 - plane) * cloud + glow * sun
    return light


def clear_sky(scene: Scene, way: Floats) -> Floats:
    """Light (3, n) of the sky without clouds or sun."""
    share = 1 - np.clip(way[2], 0, 1)
    share = share * share
    share = share * share
    zenith, horizon = linear(scene.dress.zenith), linear(scene.dress.horizon)
    return np.stack([top + (low - top) * share for top, low in zip(zenith, horizon, strict=True)])


def lit(scene: Scene, surface: Surface, coat: Coat, shape: NDArray[np.int32], way: Floats) -> Floats:
    """Light (3, n) that painted points send back along unit rays (3, n)."""
    if scene.shapes.part[shape[0]] == Part.CROWN:
        normal = _round_normals(scene, surface, shape)
        facing = _dot(normal, scene.layout.sun)
        level = normal[2]
    else:
        facing, level = _dot(scene.normals, scene.layout.sun).take(shape), scene.normals[2].take(shape)
    sun = np.clip(facing, 0, 1) * (1 - scene.town.shade.houses(surface, scene.layout.sun))
    sky = 0.86 + 0.14 * level + BOUNCE * np.clip(-facing, 0, 1)
    if scene.shapes.part[shape[0]] in GROUND:
        scene.town.shade.ground(surface, sun, sky)
    light = np.empty((3, len(sun)), np.float32)
    for plane, colours, bright, dim in zip(light, scene.colours, SUN, SHADE, strict=True):
        np.multiply(colours.take(coat.material), coat.tone, out=plane)
        plane *= bright * sun + dim * sky
    gloss = scene.gloss.take(coat.material)
    shiny = np.flatnonzero(gloss)
    if len(shiny):
        _add_gloss(scene, light, shiny, gloss[shiny], scene.normals.take(shape[shiny], axis=1), way[:, shiny])
    return light


def under_haze(scene: Scene, light: Floats, distance: Floats) -> Floats:
    """Light (3, n) after it has come this far through the air."""
    part = distance * (1 / HAZE_M)
    clear = 1 / (1 + part * part * 2)
    for plane, haze in zip(light, linear(scene.dress.horizon), strict=True):
        plane += (haze - plane) * (1 - clear)
    return light


def _round_normals(scene: Scene, surface: Surface, shape: NDArray[np.int32]) -> Floats:
    """Unit normals (3, n) of points on ellipsoids."""
    index = shape - len(scene.shapes.origin)
    centre, radii = scene.shapes.centre[index].astype(np.float32).T, scene.shapes.radii[index].astype(np.float32).T
    points, squares = (surface.x, surface.y, surface.z), (radii[0] * radii[0], radii[0] * radii[0], radii[1] * radii[1])
    out = np.stack([(p - c) / r for p, c, r in zip(points, centre, squares, strict=True)])
    return out / np.sqrt(_dot(out, out))


def _dot(a: Floats, b: Floats | tuple[float, float, float]) -> Floats:
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]


def _add_gloss(
    scene: Scene, light: Floats, shiny: NDArray[np.intp], gloss: Floats, normal: Floats, way: Floats
) -> None:
    """Mix in the sky, or the dim street, that a smooth surface mirrors."""
    ahead = _dot(way, normal)
    bounced = way - 2 * ahead * normal
    graze = 1 + np.clip(ahead, -1, 0)
    share = gloss * (0.4 + 0.6 * graze * graze)
    sees_sky = np.clip(bounced[2] * 4 + 0.55, 0.16, 1)
    for plane, mirrored in zip(light, clear_sky(scene, bounced), strict=True):
        plane[shiny] += (mirrored * sees_sky - plane[shiny]) * share
