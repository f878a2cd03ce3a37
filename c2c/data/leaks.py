"""Leaks: pictures in training that give away the test.

Two kinds. Near-duplicates are found by what they show, see `c2c.data.duplicates`. Neighbours are found by their names
and what they show: files whose names differ in one number are a sequence, and where most pictures of a sequence are
much more alike than any two are, it is a drive, a video or a row of panoramas.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from c2c.data.duplicates import Grey, Words, bits_apart, near_duplicates, words_of
from c2c.data.splits import SplitRules
from c2c.errors import LeakError

Pair = tuple[int, int]
Why = Literal["near-duplicates", "neighbours"]

REACH = 3  # places apart in a sequence up to which pictures are neighbours
FEWEST = 10  # neighbouring pairs from which a sequence can be told
ALIKE_SHARE = 0.05  # of all pairs: neighbours are closer than all but so many
SAMPLE = 20_000  # pairs that stand for all
SHOWN = 3  # pairs that an error names


class Related(NamedTuple):
    """Two pictures that must not stand on both sides of a split, by their numbers, a before b."""

    a: int
    b: int
    why: Why
    likeness: float | None  # of near-duplicates: correlation of their fine structure


@dataclass(frozen=True)
class Leak:
    """Two pictures that do stand on both sides."""

    a: str
    b: str
    side_a: str
    side_b: str
    why: Why
    likeness: float | None


def related(
    paths: Sequence[str], hashes: Sequence[str], grey_of: Callable[[int], Grey], sides: Sequence[str] | None = None
) -> list[Related]:
    """Every pair of near-duplicates and every pair of alike neighbours, in order.

    Args:
        paths: of the pictures, with forward slashes; folders named train, val and test are not looked at.
        hashes: of the pictures, by `c2c.data.duplicates.picture_hash`.
        grey_of: gives a picture's small grey version by its number.
        sides: a name for each picture; then only pairs of different names are returned.
    """
    found: dict[Pair, Related] = {}
    for a, b in _alike_neighbours(paths, hashes):
        if sides is None or sides[a] != sides[b]:
            found[a, b] = Related(a, b, "neighbours", None)
    for near in near_duplicates(hashes, grey_of, sides):
        found[near.a, near.b] = Related(near.a, near.b, "near-duplicates", near.likeness)
    return [found[pair] for pair in sorted(found)]


def leaks_between(
    paths: Sequence[str], hashes: Sequence[str], grey_of: Callable[[int], Grey], sides: Sequence[str]
) -> list[Leak]:
    """The related pairs whose pictures stand on different sides."""
    pairs = related(paths, hashes, grey_of, sides)
    return [Leak(paths[p.a], paths[p.b], sides[p.a], sides[p.b], p.why, p.likeness) for p in pairs]


def refusal(city: str, root: Path, leaks: Sequence[Leak], rules: SplitRules) -> LeakError:
    """The error that refuses a city for its leaks; it names pairs, how many, and what can be done."""
    shown = [f"    {leak.a} ({leak.side_a}) and {leak.b} ({leak.side_b}): {in_words(leak)}" for leak in leaks[:SHOWN]]
    more = [f"    and {len(leaks) - SHOWN} more pairs"] if len(leaks) > SHOWN else []
    count = "1 pair" if len(leaks) == 1 else f"{len(leaks)} pairs"
    lines = [
        f"{count} of {city}'s pictures leak from one split into another, so that a score would reward memory:",
        *shown,
        *more,
        "Let c2c keep such pictures on one side:",
        "    --set data.leaks=regroup",
    ]
    if rules.rule == "time":
        lines.append(f"or leave out more pictures at the border: cities.{city}.gap, now {rules.gap}.")
    elif rules.rule == "place":
        lines.append(f"or leave out more around the test: cities.{city}.gap_m, now {rules.gap_m:g}.")
    elif any(leak.why == "neighbours" for leak in leaks):
        lines.append(f'or split a drive or a video by time: cities.{city}.split = "time", with a gap.')
    lines.append(f"See every such pair:\n    c2c leaks {root}\nIf they are meant to be there: --set data.leaks=allow")
    return LeakError("\n".join(lines))


def in_words(leak: Leak | Related) -> str:
    """Why two pictures must not be torn apart."""
    if leak.why == "neighbours":
        return "neighbours in a sequence, and alike"
    return f"nearly the same picture ({leak.likeness:.2f})"


def _alike_neighbours(paths: Sequence[str], hashes: Sequence[str]) -> list[Pair]:
    """Neighbours in sequences of which most neighbours are more alike than nearly all other pairs."""
    words, sequences = words_of(hashes), _sequences(paths)
    limit = _alike_bits(words, {pair for steps in sequences.values() for pair, _ in steps})
    found: set[Pair] = set()
    for steps in sequences.values():
        next_to = [pair for pair, step in steps if step == 1]
        if len(next_to) >= FEWEST and np.mean(_bits(words, next_to) < limit) > 0.5:
            pairs = [pair for pair, _ in steps]
            found |= {pair for pair, bits in zip(pairs, _bits(words, pairs), strict=True) if bits < limit}
    return sorted(found)


def _sequences(paths: Sequence[str]) -> dict[tuple[str, int], list[tuple[Pair, int]]]:
    """Neighbours by names: (names with their numbers blanked, which number counts) -> pairs, and how far apart."""
    rows: dict[tuple[str, int, str], list[tuple[int, int]]] = defaultdict(list)
    for number, path in enumerate(paths):
        name = "/".join(part for part in path.split("/") if part not in ("train", "val", "test"))
        parts = re.split(r"([0-9]+)", name)
        for at in range(1, len(parts), 2):
            others = "".join("#" if place == at else part for place, part in enumerate(parts))
            rows["#".join(parts[::2]), at, others].append((int(parts[at]), number))
    steps: dict[tuple[str, int], list[tuple[Pair, int]]] = defaultdict(list)
    for (blanked, at, _), members in rows.items():
        order = [number for _, number in sorted(members)]
        for step in range(1, REACH + 1):
            ends = zip(order, order[step:], strict=False)
            steps[blanked, at] += [((min(a, b), max(a, b)), step) for a, b in ends]
    return steps


def _alike_bits(words: Words, neighbours: set[Pair]) -> float:
    """How many bits differ in the closest twentieth of the pairs that are no neighbours, by a sample of them."""
    if len(words) < 2:
        return 0.0
    chance = np.random.default_rng(0)
    a = chance.integers(0, len(words), SAMPLE)
    b = (a + chance.integers(1, len(words), SAMPLE)) % len(words)
    drawn = zip(np.minimum(a, b).tolist(), np.maximum(a, b).tolist(), strict=True)
    others = [pair for pair in drawn if pair not in neighbours]
    return float(np.quantile(_bits(words, others), ALIKE_SHARE)) if others else 0.0


def _bits(words: Words, pairs: Sequence[Pair]) -> NDArray[np.uint8]:
    a, b = np.array(pairs).T
    return bits_apart(words[a], words[b])
