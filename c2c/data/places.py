"""Who is held out, by where pictures were taken: whole neighbourhoods, with a gap around them.

The earth is laid out in squares of `neighbourhood_m`. A hash draws the squares for test and validation, as it draws
groups elsewhere, so that new pictures hardly move old ones. Then every picture for training that was taken nearer than
`gap_m` to one of test or validation is left out, and so is one for validation that near to the test: what is seen on
one side of a border is not seen from the other as well.
"""

import math
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from c2c.collect.pictures import Place
from c2c.data.splits import Split, SplitRules, assign
from c2c.errors import SplitError
from c2c.geometry.earth import RADIUS_M

Points = NDArray[np.float64]  # (N, 3), metres from the middle of the earth


def neighbourhood_of(place: Place, side_m: float) -> str:
    """The name of the square that a place lies in; it depends on nothing else."""
    row = math.floor(math.radians(place.lat_deg) * RADIUS_M / side_m)
    middle = min(max((row + 0.5) * side_m / RADIUS_M, -math.pi / 2), math.pi / 2)
    column = math.floor(math.radians(place.lon_deg) * RADIUS_M * math.cos(middle) / side_m)
    return f"{row},{column}"


def assign_by_place(place_of: Mapping[str, Place], rules: SplitRules) -> dict[str, Split]:
    """The split of each picture, by its place; "gap" for those that are left out.

    Args:
        place_of: the place of each picture, by its path.
        rules: shares of the neighbourhoods, their side, the gap and the seed.

    Raises:
        SplitError: there are too few neighbourhoods, or the gap leaves none for training, the test, or a validation
            that was drawn.
    """
    squares = {path: neighbourhood_of(place, rules.neighbourhood_m) for path, place in place_of.items()}
    if len(set(squares.values())) < 2:
        raise SplitError(
            f"All {len(squares)} pictures lie in one neighbourhood of {rules.neighbourhood_m:g} m, so none can be held "
            f"out by place.\n{_advice(round(_extent_m(place_of) / 4))}"
        )
    drawn = assign(squares.values(), rules)
    splits: dict[str, Split] = {path: drawn[square] for path, square in squares.items()}
    _leave_out(splits, "val", ("test",), place_of, rules.gap_m)
    _leave_out(splits, "train", ("test", "val"), place_of, rules.gap_m)
    for needed in sorted({"train", *drawn.values()}):
        if needed not in splits.values():
            raise SplitError(
                f"A gap of {rules.gap_m:g} m around neighbourhoods of {rules.neighbourhood_m:g} m leaves no picture "
                f"for {needed}.\nTake a smaller gap_m, or larger shares of more pictures."
            )
    return splits


def _advice(side_m: int) -> str:
    if side_m < 1:
        return 'They stand at one spot, so no smaller ones would do. Take split = "hash".'
    return f"Take smaller ones: neighbourhood_m = {side_m}"


def _leave_out(
    splits: dict[str, Split], split: Split, others: Sequence[Split], place_of: Mapping[str, Place], gap_m: float
) -> None:
    """Move the pictures of one split to the gap that lie nearer than it to one of the others."""
    paths = [path for path, own in splits.items() if own == split]
    held = [path for path, own in splits.items() if own in others]
    for path, near in zip(paths, _near(_points(paths, place_of), _points(held, place_of), gap_m), strict=True):
        if near:
            splits[path] = "gap"


def _near(points: Points, others: Points, gap_m: float) -> list[bool]:
    """Which points have one of the others within the gap, in a straight line."""
    standpoints, of_point = np.unique(points, axis=0, return_inverse=True)  # six views have one standpoint
    near = np.zeros(len(standpoints), bool)
    for other in np.unique(others, axis=0):
        near |= ((standpoints - other) ** 2).sum(axis=1) < gap_m**2
    return near[of_point.reshape(-1)].tolist()


def _points(paths: Sequence[str], place_of: Mapping[str, Place]) -> Points:
    degrees = np.array([(place_of[path].lat_deg, place_of[path].lon_deg) for path in paths], np.float64).reshape(-1, 2)
    lat, lon = np.radians(degrees).T
    return RADIUS_M * np.stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)], axis=1)


def _extent_m(place_of: Mapping[str, Place]) -> float:
    """How far the pictures reach, in metres."""
    points = _points(list(place_of), place_of)
    return float(np.sqrt(((points.max(axis=0) - points.min(axis=0)) ** 2).sum()))
