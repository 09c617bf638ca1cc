"""One site's stated courses, counted by case mix and outcome."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from models.outcomes.sites.casemix import Codes
from models.outcomes.sites.clustering import Floats
from models.outcomes.sites.design import Covariates
from models.outcomes.sites.facts import Fate


@dataclass(frozen=True, eq=False)
class Cases:
    """One row a combination; `weight` is in patients (1/n of one a responded course)."""

    covariates: Sequence[Covariates]
    responded: Floats
    remitted: Floats
    fate: Sequence[Fate]
    courses: Floats
    weight: Floats

    def grouped(self) -> tuple[list[Covariates], Codes]:
        """The distinct covariates, and each row's place among them."""
        places: dict[Covariates, int] = {}
        place = [places.setdefault(row, len(places)) for row in self.covariates]
        return list(places), np.array(place, dtype=np.intp)
