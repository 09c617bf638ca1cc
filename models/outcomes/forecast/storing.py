"""A fitted model as plain values and back, so that it can be kept and read on the next page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from models.outcomes.forecast.covariates import Columns
from models.outcomes.forecast.laws import Array, Law
from models.outcomes.forecast.marginal import Fitted
from models.outcomes.forecast.model import DurationModel, FittedLaw
from models.outcomes.forecast.pace import Pace, Scale, Turning
from models.outcomes.forecast.paths import Paths
from models.outcomes.forecast.population import Population


def to_plain(model: DurationModel) -> dict[str, Any]:
    """Return what JSON can hold, to the last digit."""
    return {
        "columns": model.columns.to_list(),
        "laws": [_plain_law(one) for one in model.laws],
        "turning": {
            "scale": _plain_scale(model.turning.scale),
            "constant": model.turning.constant,
            "slopes": model.turning.slopes.tolist(),
        },
        "paths": [model.paths.noise, model.paths.sudden, model.paths.narrower],
        "population": [model.population.day.tolist(), model.population.survival.tolist()],
        "patients": model.patients,
        "responses": model.responses,
        "losses": model.losses,
        "usual": list(model.usual),
    }


def from_plain(stored: Mapping[str, Any]) -> DurationModel:
    turning = stored["turning"]
    return DurationModel(
        columns=Columns.from_list(stored["columns"]),
        laws=tuple(_read_law(one) for one in stored["laws"]),
        turning=Turning(
            _read_scale(turning["scale"]), turning["constant"], _array(turning["slopes"])
        ),
        paths=Paths(*stored["paths"]),
        population=Population(*map(_array, stored["population"])),
        patients=stored["patients"],
        responses=stored["responses"],
        losses=stored["losses"],
        usual=tuple(stored["usual"]),
    )


def _plain_law(one: FittedLaw) -> dict[str, Any]:
    fitted, pace = one.durations, one.pace
    return {
        "law": fitted.law.value,
        "intercept": fitted.intercept,
        "slopes": fitted.slopes.tolist(),
        "scale": fitted.scale,
        "spread": fitted.spread,
        "log_likelihood": fitted.log_likelihood,
        "covariance": fitted.covariance.tolist(),
        "pace": {
            "scale": _plain_scale(pace.scale),
            "slopes": pace.slopes.tolist(),
        },
    }


def _read_law(stored: Mapping[str, Any]) -> FittedLaw:
    fitted = Fitted(
        Law(stored["law"]),
        stored["intercept"],
        _array(stored["slopes"]),
        stored["scale"],
        stored["spread"],
        stored["log_likelihood"],
        _array(stored["covariance"]),
    )
    pace = stored["pace"]
    return FittedLaw(fitted, Pace(_read_scale(pace["scale"]), _array(pace["slopes"])))


def _plain_scale(scale: Scale) -> list[list[float]]:
    return [scale.mean.tolist(), scale.spread.tolist()]


def _read_scale(stored: list[list[float]]) -> Scale:
    return Scale(_array(stored[0]), _array(stored[1]))


def _array(values: list[Any]) -> Array:
    return np.array(values, dtype=np.float64)
