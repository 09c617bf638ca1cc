"""How alike one patient's courses are, and how much less a course then tells.

Courses of one patient are alike: counted as if they were different people's, chance alone would
mark far too many sites. The likeness (intraclass correlation) is estimated from all sites at
once, because a single site holds too few repeated courses to say; each site's own numbers of
courses a patient then give its design effect.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Repeats:
    """One value a site: courses that count, those with the outcome, and sums over patients.

    `squares` is the sum of (a patient's courses)^2; `squares_with` and `squares_without` the
    same of the courses with and without the outcome.
    """

    courses: Floats
    events: Floats
    squares: Floats
    squares_with: Floats
    squares_without: Floats

    @property
    def extra(self) -> Floats:
        """Pairs of different courses of one patient, over courses."""
        empty = self.courses == 0
        return np.where(empty, 0.0, self.squares / np.where(empty, 1.0, self.courses) - 1.0)


def estimate_likeness(repeats: Repeats) -> float:
    """The correlation of two courses of one patient, about each site's own rate; within [0, 1].

    The moment estimate: the sum over pairs of (y - p)(y' - p), over what it would be if the two
    were always the same. 0 where nobody has two courses.
    """
    n, y = repeats.courses, repeats.events
    known = n > 0
    p = np.divide(y, n, out=np.zeros_like(n), where=known)
    both = (repeats.squares - repeats.squares_with - repeats.squares_without) / 2
    scatter = (
        (1 - p) ** 2 * repeats.squares_with
        + p**2 * repeats.squares_without
        - 2 * p * (1 - p) * both
    )
    alone = n * p * (1 - p)
    largest = float(np.sum((repeats.squares - n) * p * (1 - p)))
    if largest <= 0:
        return 0.0
    return float(np.clip(np.sum(scatter - alone) / largest, 0.0, 1.0))


def design_effects(repeats: Repeats, likeness: float) -> Floats:
    """By how much the variance of each site's rate exceeds that of as many different patients."""
    return np.maximum(1.0 + repeats.extra * likeness, 1.0)
