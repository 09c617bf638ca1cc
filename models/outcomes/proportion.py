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
    lower, upper = wilson_limits(count / total, total, level=level)
    return Proportion(count, total, count / total, lower, upper)


def wilson_limits(share: float, total: float, *, level: float = 0.95) -> tuple[float, float]:
    """Wilson's limits of a share; `total` above 0 need not be whole where cases are weighted."""
    z = float(ndtri((1 + level) / 2))
    weight = z * z / total
    middle = (share + weight / 2) / (1 + weight)
    half = z * sqrt(share * (1 - share) / total + weight / (4 * total)) / (1 + weight)
    # At none and at all of them the limit is exact, which floating point misses by a hair.
    return 0.0 if share <= 0 else middle - half, 1.0 if share >= 1 else middle + half
