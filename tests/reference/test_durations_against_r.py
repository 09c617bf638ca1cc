"""Our interval-censored fits against what R's survreg printed (durations.R, r_durations.csv)."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from models.outcomes.forecast.laws import Law
from models.outcomes.forecast.marginal import fit_marginal

HERE = Path(__file__).resolve().parent
LAWS = {"weibull": Law.WEIBULL, "lognormal": Law.LOG_NORMAL}


def read(name):
    with (HERE / f"{name}.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def read_rows(name):
    """(lower, upper, covariate), without the rows that say nothing and that R does not take."""
    rows = read(name)
    if name == "cosmesis":
        mark = [float(row["treatment"] == "radiation_chemotherapy") for row in rows]
    else:
        seen: set[str] = set()
        mark = [float(row["patient"] in seen or bool(seen.add(row["patient"]))) for row in rows]
    lower, upper = ([float(row[side]) for row in rows] for side in ("lower", "upper"))
    lower, upper, mark = np.array(lower), np.array(upper), np.array(mark)
    kept = (lower > 0) | np.isfinite(upper)
    return lower[kept], upper[kept], mark[kept][:, None]


@pytest.mark.parametrize("printed", read("r_durations"), ids=lambda r: f"{r['data']}-{r['law']}")
def test_coefficients_errors_and_likelihood(printed):
    lower, upper, mark = read_rows(printed["data"])

    fitted = fit_marginal(LAWS[printed["law"]], lower, upper, mark, None)

    assert lower.size == int(printed["rows"])
    ours = [fitted.intercept, fitted.slopes[0], fitted.scale]
    theirs = [float(printed[name]) for name in ("intercept", "slope", "scale")]
    np.testing.assert_allclose(ours, theirs, rtol=1e-5, atol=1e-6)
    names = ("intercept_error", "slope_error", "log_scale_error")
    errors = [float(printed[name]) for name in names]
    np.testing.assert_allclose(np.sqrt(np.diag(fitted.covariance)), errors, rtol=1e-5)
    assert fitted.log_likelihood == pytest.approx(float(printed["log_likelihood"]), abs=1e-8)


def test_the_regression_everyone_knows():
    """Chemotherapy shortens the time to retraction by 43 % under the Weibull law.

    Printed by R for the data of Finkelstein & Wolfe 1985: survreg's -0.568, standard error 0.176.
    """
    lower, upper, mark = read_rows("cosmesis")

    fitted = fit_marginal(Law.WEIBULL, lower, upper, mark, None)

    assert fitted.slopes[0] == pytest.approx(-0.568, abs=5e-4)
    assert np.sqrt(fitted.covariance[1, 1]) == pytest.approx(0.176, abs=5e-4)
    assert 1 - np.exp(fitted.slopes[0]) == pytest.approx(0.43, abs=0.01)
