"""Who is trained on and who is held out: whole groups, chosen by a hash or by time, never by luck.

A group is what must not be torn apart: the views of one panorama, the crops of one frame of a drive. Without a
pattern every picture is its own group.
"""

import hashlib
import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, TypeVar

from c2c.errors import SplitError

T = TypeVar("T")
LeakRule = Literal["refuse", "regroup", "allow"]
Split = Literal["train", "val", "test", "gap"]  # "gap": left out, so that neighbours in time do not meet
SPLITS: tuple[Split, ...] = ("train", "val", "test")


@dataclass(frozen=True)
class SplitRules:
    """How a city's pictures are grouped and its groups split.

    Shares are shares of the groups, rounded to whole ones; "hash" and "time" are told in `assign`, "place" in
    `c2c.data.places`: its groups are neighbourhoods.
    """

    test: float = 0.1  # share of the groups held out for the results
    val: float = 0.0  # share of the groups held out for choosing settings
    seed: int = 0  # another seed is another draw; "time" takes no notice of it
    rule: Literal["hash", "time", "place"] = "hash"
    group: str = ""  # regular expression that captures a path's group; "": each picture is one
    gap: int = 0  # groups left out at each border in time; the others take no notice of it
    neighbourhood_m: float = 100.0  # side of the squares that are held out by place
    gap_m: float = 25.0  # how near to the test, and to validation, pictures for training are left out by place
    leaks: LeakRule = "allow"  # what becomes of pictures of one split that give away another's, see `c2c.data.leaks`


def assign(groups: Iterable[str], rules: SplitRules) -> dict[str, Split]:
    """The split of each group; at least one group is in test and one in train.

    "hash" ranks the groups by SHA-256 of the seed and the name, and takes test from the top of the ranking and val
    from its end. A group added to the others moves at most one of them in or out of test and one in or out of val,
    and none from test to val or back.

    "time" puts the groups in natural order (frame 9 before frame 10) and takes the last for test and those before
    for val; `gap` groups are left out before each of the two, because neighbouring frames are nearly the same.

    Args:
        groups: names; one that comes twice counts once.
        rules: shares, seed and rule.

    Raises:
        SplitError: the shares cannot be, or there are too few groups for them.
    """
    names = sorted(set(groups), key=natural_key)
    test, val = rules.test, rules.val
    if not (0 <= test < 1 and 0 <= val < 1 and test + val < 1 and rules.gap >= 0):
        raise SplitError(f"The shares test = {test} and val = {val} must be 0 or more and leave some for training.")
    if len(names) < 2:
        raise SplitError(
            f"{len(names)} group of pictures cannot be split into training and test.\n"
            "Add pictures, or let the group pattern capture less."
        )
    n_test = min(max(1, _rounded(test * len(names))), len(names) - 1)
    n_val = min(_rounded(val * len(names)), len(names) - 1 - n_test)
    if rules.rule == "time":
        return _by_time(names, n_test, n_val, rules.gap)
    return _by_hash(names, n_test, n_val, rules.seed)


def group_of(path: str, pattern: str = "") -> str:
    """The group of a picture: what the pattern's one group captures in its path, else the path itself.

    Args:
        path: relative to the city's folder, with forward slashes: "rgb/0000000012_1.png".
        pattern: a regular expression, such as r"(\\d+)_\\d"; it may match anywhere. Empty: none.

    Raises:
        SplitError: the pattern is no regular expression with one capturing group.
    """
    try:
        compiled = re.compile(pattern)
    except re.error as error:
        raise SplitError(f"The group pattern {pattern!r} is no regular expression: {error}.") from error
    if pattern and compiled.groups != 1:
        raise SplitError(
            f"The group pattern {pattern!r} captures {compiled.groups} parts of a path, but one is needed: the part "
            'that pictures of one group share, in round brackets, as in "(\\d+)_\\d".'
        )
    found = compiled.search(path) if pattern else None
    return path if found is None or found[1] is None else found[1]


def natural_key(name: str) -> tuple[list[str | int], str]:
    """A key that sorts names as people do: frame9 before frame10."""
    parts = re.split(r"([0-9]+)", name)
    return [int(part) if at % 2 else part for at, part in enumerate(parts)], name


def _by_hash(names: list[str], n_test: int, n_val: int, seed: int) -> dict[str, Split]:
    ranked = sorted(names, key=lambda name: hashlib.sha256(f"{seed}\0{name}".encode()).digest())
    return _dealt(ranked, [("test", n_test), ("train", len(names) - n_test - n_val), ("val", n_val)])


def _by_time(names: list[str], n_test: int, n_val: int, gap: int) -> dict[str, Split]:
    held_out: list[tuple[Split, int]] = [("gap", gap), ("test", n_test)]
    if n_val:
        held_out = [("gap", gap), ("val", n_val), *held_out]
    n_train = len(names) - sum(count for _, count in held_out)
    if n_train < 1:
        raise SplitError(
            f"{len(names)} groups of pictures leave none for training after {n_test} for test, {n_val} for val and "
            f"gaps of {gap}.\nTake smaller shares or a smaller gap."
        )
    return _dealt(names, [("train", n_train), *held_out])


def _dealt(names: list[str], counts: list[tuple[Split, int]]) -> dict[str, Split]:
    splits = [split for split, count in counts for _ in range(count)]
    return dict(zip(names, splits, strict=True))


def _rounded(share: float) -> int:
    return math.floor(share + 0.5)


def spread(items: Sequence[T], count: int) -> list[T]:
    """So many of the items, in their order and at even distances; some twice where there are fewer."""
    return [items[number * len(items) // count] for number in range(count)]
