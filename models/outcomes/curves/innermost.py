"""Where the mass of an interval-censored curve can lie."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.outcomes.curves.observations import Codes, Days, index_codes, index_days

# The order of end points on the same day: an exact day starts, whatever ends that day ends,
# and only then does an interval open. So (0, 7] and (7, 14] share no point.
STARTS_AT, ENDS_AT, OPENS_AFTER = 0, 1, 2


@dataclass(frozen=True, eq=False)
class Overlaps:
    """Distinct rows (lower, upper], and the innermost intervals first..last each one covers.

    `row` says for each row given which distinct one it is.
    """

    lower: Days
    upper: Days
    row: Codes
    intervals: NDArray[np.float64]
    first: Codes
    last: Codes


def find_overlaps(lower: Days, upper: Days) -> Overlaps:
    """Reduce rows to distinct ones and find Peto's innermost intervals (n, 2), in order.

    An innermost interval runs from a lower end point to the next end point, if that is an upper.
    """
    left, right, row = _reduce(lower, upper)
    opens = np.where(left == right, STARTS_AT, OPENS_AFTER)
    value = np.concatenate([left, right])
    rank = np.concatenate([opens, np.full(right.size, ENDS_AT)])
    order = np.lexsort((rank, value))
    value, is_upper = value[order], rank[order] == ENDS_AT
    at = np.flatnonzero(~is_upper[:-1] & is_upper[1:])
    intervals = np.column_stack([value[at], value[at + 1]])
    # An interval that opens on a day begins after whatever is dated exactly that day.
    exact = intervals[:, 0] == intervals[:, 1]
    first = np.searchsorted(intervals[:, 0], left, side="left")
    first += _is_at(intervals[:, 0], exact, first, left) & (left < right)
    last = np.searchsorted(intervals[:, 1], right, side="right") - 1
    return Overlaps(left, right, row, intervals, first, last)


def _reduce(lower: Days, upper: Days) -> tuple[Days, Days, Codes]:
    starts, start = index_days(lower)
    # Infinity is put after the last day while days are numbered.
    endless = np.isinf(upper)
    never = np.where(endless, 0.0, upper).max() + 1
    ends, end = index_days(np.where(endless, never, upper))
    pairs, row = index_codes(start * ends.size + end)
    right = ends[pairs % ends.size]
    return starts[pairs // ends.size], np.where(right == never, np.inf, right), row


def _is_at(begins: Days, exact: NDArray[np.bool_], at: Codes, left: Days) -> NDArray[np.bool_]:
    """Whether the interval each row would start with is a single day, the row's own lower."""
    inside = np.minimum(at, begins.size - 1)
    return np.asarray((at < begins.size) & exact[inside] & (begins[inside] == left))
