"""A drive through Toytown: the same street from a camera that moves along it, with its exact motion."""

from collections.abc import Iterator
from itertools import count

from c2c.geometry import PinholeCamera, sine_cosine
from c2c.geometry.motion import Sight
from c2c.toytown.chance import mixed
from c2c.toytown.layout import EYE_HEIGHT_M, StreetLayout, Viewpoint
from c2c.toytown.render import View, render
from c2c.toytown.scene import build_scene

FIRST_Y_M, LAST_Y_M = -40.0, 80.0  # a drive stays between these places along the street
LONGEST_M = LAST_Y_M - FIRST_Y_M
SWING_DEG, SWING_M = 7.0, 6.0  # the camera looks so far to either side, and is back after so many metres
PITCH_DEG, FOV_DEG = 4.0, 82.0  # the middle of what layouts draw


def drive_layout(seed: int) -> StreetLayout:
    """A street that is long enough to drive along; no city's pictures show it."""
    layouts = (StreetLayout.from_seed(mixed("toytown drive", seed, number)) for number in count())
    return next(layout for layout in layouts if layout.end_m > LAST_Y_M + 20)


def drive(frames: int, step_m: float, size: int) -> list[Viewpoint]:
    """Where the camera stands in each frame: it goes ahead in the middle of the street and looks from side to side.

    Args:
        frames: how many.
        step_m: how far the camera moves between two frames, in metres.
        size: side of the square frames, in pixels.
    """
    whole = (frames - 1) * step_m
    start = max(FIRST_Y_M, -whole / 2)
    views = []
    for number in range(frames):
        sideways, _ = sine_cosine(360 * number * step_m / SWING_M)
        camera = PinholeCamera(size, size, FOV_DEG, round(SWING_DEG * sideways, 9), PITCH_DEG)
        views.append(Viewpoint(camera, (0.0, start + number * step_m, EYE_HEIGHT_M)))
    return views


def filmed(layout: StreetLayout, viewpoints: list[Viewpoint], massing: str, dress: str) -> Iterator[View]:
    """What is seen from each viewpoint, in a town of one city's massing and dress; built once."""
    scene = build_scene(layout, massing, dress)
    return (render(scene, viewpoint) for viewpoint in viewpoints)


def sight_of(viewpoint: Viewpoint, view: View) -> Sight:
    """A frame of a drive as geometry sees it.

    Raises:
        TypeError: the camera is no pinhole.
    """
    if not isinstance(viewpoint.camera, PinholeCamera):
        raise TypeError("motion is known between pinhole views only")
    return Sight(viewpoint.camera, viewpoint.position, view.distance_m)
