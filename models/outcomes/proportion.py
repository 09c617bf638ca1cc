"""A share with the limits that few cases allow."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

from scipy.special import ndtri


@dataclass(frozen=True, slots=True)
class Proportion:
    """`count` of `total`, with Wilson's limits; without any case there is nothing to say."""

    count: int
    total: int
    share: float | None
    ci_lower: float | None
    ci_upper: float | None


def measure_share(count: int, total: int, *, level: float = 0.95) -> Proportion:
    """Wilson 1927: limits that stay within 0 and 1 and are honest for few cases."""
    if not 0 <= count <= total:
        raise ValueError("there cannot be more cases than there are")
    if total == 0:
        return Proportion(0, 0, None, None, None)
    z = float(ndtri((1 + level) / 2))
    share, weight = count / total, z * z / total
    middle = (share + weight / 2) / (1 + weight)
    half = z * sqrt(share * (1 - share) / total + weight / (4 * total)) / (1 + weight)
    # At 0 and at all of them the limit is exact, which floating point misses by a hair.
    lower = 0.0 if count == 0 else middle - half
    upper = 1.0 if count == total else middle + half
    return Proportion(count, total, share, lower, upper)
