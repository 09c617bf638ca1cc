"""What each site could be expected to reach with the patients it has.

A penalised logistic regression with an effect of its own for every site, so that what a
covariate does is learnt within sites and a site's quality is not taken for its patients'. The
expectation is then the group's, at the group's overall rate (indirect standardisation).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit

from models.outcomes.sites.clustering import Floats

Codes = NDArray[np.intp]

# Prior standard deviations in log-odds: weak, so that only cells nobody has seen are held back.
SLOPE_SD = 1.0
SITE_SD = 2.5
ROUNDS = 50
STEP_DONE = 1e-10


@dataclass(frozen=True, eq=False)
class Cells:
    """Courses with the same covariates at the same site: one row a cell.

    `site` counts from 0; `design` has a column a covariate; `courses` may be weights.
    """

    site: Codes
    design: Floats
    courses: Floats
    events: Floats


@dataclass(frozen=True, eq=False)
class CaseMix:
    """The fitted expectation: rates a cell, slopes with their covariance, and the mean design."""

    slopes: Floats
    covariance: Floats
    intercept: float
    centre: Floats

    def rates(self, design: Floats) -> Floats:
        """The group's rate in cells with these covariates."""
        return np.asarray(expit(self.intercept + design @ self.slopes), dtype=np.float64)


def fit_case_mix(cells: Cells, *, slope_sd: float = SLOPE_SD) -> CaseMix:
    """Fit slopes within sites, then the intercept that makes the expected sum the observed."""
    sites = int(cells.site.max(initial=-1)) + 1
    own = np.zeros((cells.site.size, sites))
    own[np.arange(cells.site.size), cells.site] = 1.0
    design = np.column_stack([np.ones(cells.site.size), own, cells.design])
    penalty = np.concatenate(
        ([0.0], np.full(sites, SITE_SD**-2.0), np.full(cells.design.shape[1], slope_sd**-2.0))
    )
    found, information = _maximise(design, cells.courses, cells.events, penalty)
    slopes = found[1 + sites :]
    covariance = np.asarray(np.linalg.pinv(information)[1 + sites :, 1 + sites :], dtype=np.float64)
    intercept = _calibrate(cells, slopes)
    rate = expit(intercept + cells.design @ slopes)
    weight = cells.courses * rate * (1 - rate)
    total = float(weight.sum())
    centre = weight @ cells.design / total if total > 0 else np.zeros(slopes.size)
    return CaseMix(slopes, covariance, intercept, np.asarray(centre, np.float64))


def _maximise(
    design: Floats, courses: Floats, events: Floats, penalty: Floats
) -> tuple[Floats, Floats]:
    """Newton's method on the penalised likelihood, each step halved until it climbs."""
    share = float(np.clip(events.sum() / max(courses.sum(), 1e-12), 0.01, 0.99))
    found = np.zeros(design.shape[1])
    found[0] = float(logit(share))
    height = _height(found, design, courses, events, penalty)
    information = np.diag(penalty)
    for _ in range(ROUNDS):
        rate = expit(design @ found)
        slope = design.T @ (events - courses * rate) - penalty * found
        weight = courses * rate * (1 - rate)
        information = design.T @ (design * weight[:, None]) + np.diag(penalty)
        step = np.linalg.lstsq(information, slope, rcond=None)[0]
        size = 1.0
        while (new := _height(found + size * step, design, courses, events, penalty)) < height:
            size /= 2
            if size < STEP_DONE:
                return found, information
        found, height = found + size * step, new
        if float(np.max(np.abs(size * step))) < STEP_DONE:
            break
    return found, information


def _height(
    found: Floats, design: Floats, courses: Floats, events: Floats, penalty: Floats
) -> float:
    line = design @ found
    likelihood = float(np.sum(events * line - courses * np.logaddexp(0.0, line)))
    return likelihood - float(penalty @ found**2) / 2


def _calibrate(cells: Cells, slopes: Floats) -> float:
    """The intercept at which the expected events are as many as were seen."""
    line = cells.design @ slopes
    return float(shift_to(line, cells.courses, np.array([cells.events.sum()]))[0])


def shift_to(line: Floats, courses: Floats, events: Floats) -> Floats:
    """The shift in log-odds at which these courses have each of these numbers of events.

    A number of none, or of all, has no shift; the limits of the search (+-15) stand for it.
    """
    low, high = np.full(events.size, -15.0), np.full(events.size, 15.0)
    for _ in range(45):
        middle = (low + high) / 2
        expected = courses @ expit(line[:, None] + middle[None, :])
        low, high = (
            np.where(expected < events, middle, low),
            np.where(expected < events, high, middle),
        )
    return np.asarray((low + high) / 2, dtype=np.float64)
