"""What every curve asks of the rows it is given."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Days = NDArray[np.float64]
Codes = NDArray[np.intp]


def read_days(values: ArrayLike, name: str) -> Days:
    """A one-dimensional array of days from 0 on; infinity is allowed, NaN is not."""
    days = np.asarray(values, dtype=np.float64)
    if days.ndim != 1:
        raise ValueError(f"{name} must be one-dimensional")
    if not bool(np.all(days >= 0)):
        raise ValueError(f"{name} must hold days from 0 on, without gaps")
    return days


def read_intervals(lower: ArrayLike, upper: ArrayLike) -> tuple[Days, Days]:
    """(lower, upper] in days: lower finite, upper infinite if not lost, equal if dated exactly."""
    left, right = read_days(lower, "lower"), read_days(upper, "upper")
    if left.shape != right.shape:
        raise ValueError("lower and upper must have the same length")
    if not bool(np.all(np.isfinite(left))):
        raise ValueError("lower must be finite")
    if bool(np.any(left > right)):
        raise ValueError("lower must not be after upper")
    return left, right


def read_weights(weights: ArrayLike | None, rows: int) -> Days:
    """Case weights, one a row; ones where none are given."""
    if weights is None:
        return np.ones(rows)
    read = np.asarray(weights, dtype=np.float64)
    if read.shape != (rows,):
        raise ValueError("weights must have one value a row")
    if not bool(np.all(np.isfinite(read) & (read >= 0))):
        raise ValueError("weights must be finite and not negative")
    return read


def read_groups(labels: ArrayLike, rows: int) -> Codes:
    """Labels (patients, clusters) of any sort, as numbers from 0 on."""
    read = np.asarray(labels)
    if read.shape != (rows,):
        raise ValueError("there must be one label a row")
    return np.unique(read, return_inverse=True)[1].astype(np.intp, copy=False)


def index_days(days: Days) -> tuple[Days, Codes]:
    """The distinct days in order, and each row's place among them.

    Days are mostly whole or half days of a few years: those are counted, which takes no sorting.
    """
    halves = days * 2
    if days.size and halves.max() < 4 * days.size + 1000:
        codes = halves.astype(np.intp)
        if bool((codes == halves).all()):
            half, place = index_codes(codes)
            return half.astype(np.float64) / 2, place
    found, place = np.unique(days, return_inverse=True)
    return found, place.astype(np.intp, copy=False)


def index_codes(codes: Codes) -> tuple[Codes, Codes]:
    """The same for whole numbers from 0 on, quick where they are not many times the rows."""
    if codes.size and codes.max() < 8 * codes.size + 1000:
        seen = np.bincount(codes) > 0
        return np.flatnonzero(seen), (np.cumsum(seen) - 1)[codes]
    found, place = np.unique(codes, return_inverse=True)
    return found, place.astype(np.intp, copy=False)


def add_up(values: Days, at: Codes, size: int) -> Days:
    """Sums of `values` by where they belong, `size` of them."""
    return np.bincount(at, values, size).astype(np.float64, copy=False)


def share_within(patient: Codes) -> Days:
    """Weights 1/n, n being the patient's rows: every patient counts once, however many courses.

    Unweighted, short responders count more often, because they need more courses.
    """
    return np.asarray(1.0 / np.bincount(patient)[patient], dtype=np.float64)
