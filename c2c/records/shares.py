"""Shares of things that are counted, such as pictures or answers: their intervals, and those of their differences."""

from math import hypot, sqrt
from statistics import NormalDist

from c2c.records.comparing import LEVEL, Difference, Interval


def share_interval(share: float, n: int) -> Interval:
    """The interval of 95% of a share of n, within 0 and 1; none or all of a few proves little.

    Source: Wilson 1927, https://doi.org/10.1080/01621459.1927.10502953
    """
    z = NormalDist().inv_cdf((1 + LEVEL) / 2)
    centre = (share + z**2 / (2 * n)) / (1 + z**2 / n)
    half = z * sqrt(share * (1 - share) / n + z**2 / (4 * n**2)) / (1 + z**2 / n)
    return Interval(max(0.0, centre - half), min(1.0, centre + half))


def difference_of_shares(part_a: int, n_a: int, part_b: int, n_b: int) -> Difference:
    """How far one share is above another, with its interval of 95%; the two are counted apart.

    Args:
        part_a: of n_a, the part that counts; 5 of 20 is a share of 0.25.
        n_a: at least 1.
        part_b: of n_b.
        n_b: at least 1.

    Source: Newcombe 1998, method 10, https://doi.org/10.1002/(SICI)1097-0258(19980430)17:8<873::AID-SIM779>3.0.CO;2-I
    """
    a, b = part_a / n_a, part_b / n_b
    around_a, around_b = share_interval(a, n_a), share_interval(b, n_b)
    below = hypot(a - around_a.low, around_b.high - b)
    above = hypot(around_a.high - a, b - around_b.low)
    return Difference(a - b, Interval(a - b - below, a - b + above))
