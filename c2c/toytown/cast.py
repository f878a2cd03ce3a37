"""Ray casting: what does each ray meet first, how far away, and where on that surface?"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from c2c.geometry import Camera
from c2c.toytown.chance import hash01
from c2c.toytown.shapes import Shapes

Floats = NDArray[np.float64]
Rays = NDArray[np.float32]
Vector = tuple[float, float, float]

SMALL = 600  # a quad that may meet no more rays than this is small
MARGIN = 0.01  # rays by which the boxes of rays are too large, lest rounding cut one off
LEAF_M = 0.22  # leaves break the outline of a crown in pieces of this size
EDGE_M = 1e-4  # walls that meet overlap by this much, so that no ray slips between


@dataclass(frozen=True)
class Hits:
    """The first surface on each ray (R, C)."""

    shape: NDArray[np.int32]  # its number, -1 for none
    distance_m: NDArray[np.float32]  # along the ray, infinite for none
    u: NDArray[np.float32]  # metres along the quad's own axes
    v: NDArray[np.float32]


def cast(shapes: Shapes, eye: Vector, rays: Rays, boxes: NDArray[np.intp]) -> Hits:
    """What each ray meets first.

    Args:
        eye: where all rays start, in metres.
        rays: unit vectors as planes of x, y and z, (3, R, C).
        boxes: the rays that each shape may meet, (N + M, 4): first and last column, first and last row; last excluded.
    """
    size = rays.shape[1:]
    hits = Hits(
        np.full(size, -1, np.int32),
        np.full(size, np.inf, np.float32),
        np.zeros(size, np.float32),
        np.zeros(size, np.float32),
    )
    quads = len(shapes.origin)
    planes = _planes(shapes, eye)
    near = _nearest(shapes, eye)
    seen = (boxes[:, 0] < boxes[:, 1]) & (boxes[:, 2] < boxes[:, 3])
    seen[:quads] &= planes.offset < 0  # a quad is seen from its front only
    area = (boxes[:, 1] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 2])
    small = seen & (area <= SMALL) & (np.arange(len(seen)) < quads)
    order = np.argsort(near, kind="stable")
    with np.errstate(divide="ignore", invalid="ignore"):
        for number in order[(seen & ~small)[order]].tolist():
            left, right, top, bottom = boxes[number].tolist()
            window = (slice(top, bottom), slice(left, right))
            if hits.distance_m[window].max() <= near[number]:
                continue
            view = rays[:, top:bottom, left:right]
            if number < quads:
                _meet_quad(planes, number, view, hits, window)
            else:
                _meet_ellipsoid(shapes, number, eye, view, hits, window)
        _meet_small_quads(planes, np.flatnonzero(small), boxes, rays, hits)
    return hits


def ray_boxes(camera: Camera, eye: Vector, shapes: Shapes, scale: int, size: tuple[int, int]) -> NDArray[np.intp]:
    """The rays that each shape may meet (N + M, 4), for rays `scale` to a pixel, `size` = (R, C) of them."""
    bounds = [camera.bounds(hulls - np.array(eye)) for hulls in (shapes.corners(), shapes.boxes()) if len(hulls)]
    low_high = np.concatenate(bounds) * scale
    rows, columns = size
    first = np.floor(np.clip(low_high[:, [0, 2]] - MARGIN, 0, [columns, rows]))
    last = np.ceil(np.clip(low_high[:, [1, 3]] + MARGIN, -1, [columns - 1, rows - 1])) + 1
    return np.stack([first[:, 0], last[:, 0], first[:, 1], last[:, 1]], axis=1).astype(np.intp)


def _dots(a: Floats, b: Floats) -> Floats:
    return a[:, 0] * b[:, 0] + a[:, 1] * b[:, 1] + a[:, 2] * b[:, 2]


def _nearest(shapes: Shapes, eye: Vector) -> Floats:
    """A distance (N + M,) below which no ray meets the shape."""
    nearest = []
    for hulls in (shapes.corners(), shapes.boxes()):
        low, high = hulls.min(axis=1), hulls.max(axis=1)
        gap = np.maximum(np.maximum(low - eye, eye - high), 0)
        nearest.append(np.sqrt(_dots(gap, gap)))
    return np.concatenate(nearest)


@dataclass(frozen=True)
class _Planes:
    """The quads as seen from one eye."""

    offset: Rays  # (N,), distance of the plane in front of the eye along its normal
    axes: Rays  # (3, N, 3): normal, along, up
    start: Rays  # (2, N), u and v of the eye itself
    extent: Rays  # (3, N), width, height, taper


def _planes(shapes: Shapes, eye: Vector) -> _Planes:
    normal, offset = shapes.normal, shapes.origin - eye
    return _Planes(
        _dots(offset, normal).astype(np.float32),
        np.stack([normal, shapes.along, shapes.up]).astype(np.float32),
        np.stack([-_dots(offset, shapes.along), -_dots(offset, shapes.up)]).astype(np.float32),
        np.stack([*shapes.size.T, shapes.taper]).astype(np.float32),
    )


def _along(view: Rays, vector: list[float]) -> Rays:
    """Rays times a vector, (R, C); a zero component costs nothing."""
    parts = [d if c == 1 else d * c for d, c in zip(view, vector, strict=True) if c != 0]
    total = parts[0]
    for part in parts[1:]:
        total = total + part
    return total


def _meet_quad(planes: _Planes, number: int, view: Rays, hits: Hits, window: tuple[slice, slice]) -> None:
    normal, along, up = planes.axes[:, number].tolist()
    distance = planes.offset[number] / _along(view, normal)
    nearest = hits.distance_m[window]
    inside = distance < nearest
    inside &= distance > 0
    if not inside.any():
        return
    width, height, taper = planes.extent[:, number]
    v = _along(view, up) * distance
    v += planes.start[1, number]
    inside &= v >= -EDGE_M
    inside &= v <= height + EDGE_M
    u = _along(view, along) * distance
    u += planes.start[0, number]
    if taper:
        inside &= u >= taper * v
        inside &= u <= width - taper * v
    else:
        inside &= u >= -EDGE_M
        inside &= u <= width + EDGE_M
    np.copyto(nearest, distance, where=inside)
    np.copyto(hits.shape[window], number, where=inside)
    np.copyto(hits.u[window], u, where=inside)
    np.copyto(hits.v[window], v, where=inside)


def _meet_small_quads(
    planes: _Planes, numbers: NDArray[np.intp], boxes: NDArray[np.intp], rays: Rays, hits: Hits
) -> None:
    """Many quads that cover few rays each, as one list of pairs of a quad and a ray."""
    left, right, top, bottom = boxes[numbers].T
    wide, high = right - left, bottom - top
    pair = np.repeat(np.arange(len(numbers)), wide * high)
    place = np.arange(len(pair)) - np.repeat(np.cumsum(wide * high) - wide * high, wide * high)
    ray = (top[pair] + place // wide[pair]) * rays.shape[2] + left[pair] + place % wide[pair]
    number = numbers[pair]
    x, y, z = rays.reshape(3, -1)[:, ray]
    normal, along, up = (x * axis[0] + y * axis[1] + z * axis[2] for axis in planes.axes[:, number].transpose(0, 2, 1))
    distance = planes.offset[number] / normal
    u, v = along * distance + planes.start[0, number], up * distance + planes.start[1, number]
    width, height, taper = planes.extent[:, number]
    inset = taper * v
    inside = (distance > 0) & (distance < hits.distance_m.ravel()[ray])
    inside &= (v >= -EDGE_M) & (v <= height + EDGE_M) & (u >= inset - EDGE_M) & (u <= width - inset + EDGE_M)
    met = np.flatnonzero(inside)
    met = met[np.argsort(-distance[met], kind="stable")]  # of several on one ray the nearest is written last
    for values, found in ((hits.distance_m, distance), (hits.shape, number), (hits.u, u), (hits.v, v)):
        values.reshape(-1)[ray[met]] = found[met]


def _meet_ellipsoid(
    shapes: Shapes, number: int, eye: Vector, view: Rays, hits: Hits, window: tuple[slice, slice]
) -> None:
    index = number - len(shapes.origin)
    level, upright = shapes.radii[index].tolist()
    x, y, z = (np.array(eye) - shapes.centre[index]).tolist()
    squash = level / upright
    dx, dy, dz = view[0], view[1], view[2] * squash
    z *= squash
    a = dx * dx + dy * dy + dz * dz
    b = dx * x + dy * y + dz * z
    c = x * x + y * y + z * z - level * level
    root = b * b - a * c
    distance = (-b - np.sqrt(np.maximum(root, 0))) / a
    nearest = hits.distance_m[window]
    inside = (root > 0) & (distance > 0) & (distance < nearest)
    if not inside.any():
        return
    # Leaves: where a ray only grazes the crown it may pass between them.
    rows, columns = np.nonzero(inside)
    deep = root[rows, columns] / (a[rows, columns] * (level * level))  # 1 through the middle, 0 at the outline
    far = distance[rows, columns]
    cells = [
        np.floor((e + d[rows, columns] * far) * (1 / LEAF_M)).astype(np.int32) for e, d in zip(eye, view, strict=True)
    ]
    kept = deep > 0.45 * hash01(*cells, int(shapes.seed[number]))
    rows, columns, far = rows[kept], columns[kept], far[kept]
    nearest[rows, columns] = far
    hits.shape[window][rows, columns] = number
