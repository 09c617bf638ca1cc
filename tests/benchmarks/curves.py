"""Curves beside statsmodels, surpyval and lifelines on the same rows: PYTHONPATH=. python THIS

Rivals that are not installed are left out. Prints processor seconds, best of some runs, and the
ratio rival / ours, where above 1 ours is faster. Reads no data and checks nothing: the tests do.
"""

from __future__ import annotations

import argparse
import importlib.util
import time
import warnings
from collections.abc import Callable

import numpy as np

from models.outcomes.curves import kaplan_meier, midpoint, summarise, turnbull

Rows = tuple[np.ndarray, np.ndarray, np.ndarray]


def simulate(courses: int, step: float, seed: int = 1) -> Rows:
    """(lower, upper, patient): check-ins every `step` days, one in three missed."""
    random = np.random.default_rng(seed)
    patient = random.integers(0, max(courses // 3, 1), courses)
    held = random.lognormal(np.log(32), 0.6, courses)
    followed = random.uniform(20, 120, courses)
    lower, upper = np.zeros(courses), np.full(courses, np.inf)
    for day in np.arange(step, 120, step):
        seen = (random.random(courses) > 1 / 3) & (day <= followed) & np.isinf(upper)
        upper[seen & (held <= day)] = day
        lower[seen & (held > day)] = day
    return lower, upper, patient


def clock(work: Callable[[], object], seconds: float = 1.0) -> float:
    """Processor seconds of the best run, of as many as fit into about `seconds` (at least 1)."""
    best, started = float("inf"), time.process_time()
    while best == float("inf") or time.process_time() - started < seconds:
        begin = time.process_time()
        work()
        best = min(best, time.process_time() - begin)
    return best


def has(package: str) -> bool:
    return importlib.util.find_spec(package) is not None


def kaplan_meier_rivals(days: np.ndarray, lost: np.ndarray) -> dict[str, Callable[[], object]]:
    rivals: dict[str, Callable[[], object]] = {}
    if has("statsmodels"):
        from statsmodels.duration.survfunc import SurvfuncRight

        rivals["statsmodels"] = lambda: SurvfuncRight(days, lost.astype(int))
    if has("surpyval"):
        import surpyval

        rivals["surpyval"] = lambda: surpyval.KaplanMeier.fit(days, 1 - lost.astype(int))
    if has("lifelines"):
        from lifelines import KaplanMeierFitter

        rivals["lifelines"] = lambda: KaplanMeierFitter().fit(days, lost)
    return rivals


def turnbull_rivals(lower: np.ndarray, upper: np.ndarray) -> dict[str, Callable[[], object]]:
    rivals: dict[str, Callable[[], object]] = {}
    if has("surpyval"):
        import surpyval

        rivals["surpyval"] = lambda: surpyval.Turnbull.fit(
            xl=lower, xr=upper, turnbull_estimator="Kaplan-Meier"
        )
    if has("lifelines"):
        from lifelines import KaplanMeierFitter

        # Closed intervals are not our data; a little more than lower makes them half-open.
        rivals["lifelines"] = lambda: KaplanMeierFitter().fit_interval_censoring(
            lower + 1e-5, np.maximum(upper, lower + 1e-5)
        )
    return rivals


def compare(
    title: str, ours: Callable[[], object], rivals: dict[str, Callable[[], object]]
) -> None:
    base = clock(ours)
    ratios = "  ".join(f"{name} {clock(rival) / base:.1f}x" for name, rival in rivals.items())
    print(f"{title:<44} {base:9.5f} s   {ratios}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--courses", type=int, nargs="+", default=[1000, 10_000, 100_000])
    sizes = parser.parse_args().courses
    warnings.simplefilter("ignore")
    for courses in sizes:
        for name, step in (("weekly", 7.0), ("daily", 1.0)):
            lower, upper, patient = simulate(courses, step)
            days, lost = midpoint(lower, upper)
            what = f"{courses} courses, {name}"
            compare(
                f"Kaplan-Meier, {what}",
                lambda days=days, lost=lost: kaplan_meier(days, lost),
                kaplan_meier_rivals(days, lost),
            )
            compare(
                f"Turnbull, {what}",
                lambda lower=lower, upper=upper: turnbull(lower, upper),
                turnbull_rivals(lower, upper),
            )
            compare(
                f"Both, 200 draws of patients, {what}",
                lambda rows=(lower, upper, patient): summarise(*rows, seed=1),
                {},
            )


if __name__ == "__main__":
    main()
