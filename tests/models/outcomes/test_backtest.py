"""The back-test: weights for those not followed, and what it must say of good and bad forecasts."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from models.outcomes.backtest import Saying, list_days, run_backtest, weigh

DAY = date(2026, 3, 1)


def say(lower=20.0, upper=None, within=0.4, **more):
    plain = {"low": 3.0, "high": 40.0, "population": 0.4, "last_own": None}
    return Saying(more.pop("patient", 0), DAY, lower, upper, within, **plain | more)


def invent(seed, *, chance_of=lambda rate: 1 - np.exp(-14 * rate), leaving=0.02, said=4000):
    """Losses at a rate known for each, some seen no more before; the chance said of each."""
    rng = np.random.default_rng(seed)
    rate = rng.uniform(0.005, 0.08, said)
    lost, gone = rng.exponential(1 / rate), rng.exponential(1 / max(leaving, 1e-9), said)
    sayings = [
        say(
            min(at, off), at if at <= off else None, float(chance_of(r)), patient=n,
            population=0.4, low=float(-np.log(0.9) / r), high=float(-np.log(0.1) / r),
        )
        for n, (r, at, off) in enumerate(zip(rate, lost, gone, strict=True))
    ]  # fmt: skip
    return sayings, lost


def test_days_looked_back_to():
    days = list_days(date(2026, 1, 1), date(2026, 3, 1))

    assert days == [date(2026, 1, 1), date(2026, 1, 29), date(2026, 2, 26)]


def test_who_was_followed_counts_for_who_was_not():
    # Of four, one is seen no more after day 5: the three others then weigh four thirds.
    sayings = [say(5.0), say(30.0), say(30.0), say(9.0, 11.0)]

    weight, lost = weigh(sayings, 14)

    assert weight == pytest.approx([0, 4 / 3, 4 / 3, 4 / 3])
    assert lost.tolist() == [False, False, False, True]


def test_a_loss_before_anyone_left_weighs_one_and_one_not_looked_at_for_long_is_lost_at_once():
    weight, lost = weigh([say(1.0, 3.0), say(-20.0, -6.0), say(5.0), say(30.0)], 14)

    assert weight == pytest.approx([1, 1, 0, 2])
    assert lost.tolist() == [True, True, False, False]


def test_leaving_out_the_ones_not_followed_would_overstate_losses():
    sayings, lost = invent(1)
    true_share = np.mean(lost <= 14)
    known = [one for one in sayings if one.upper is not None or one.lower >= 14]
    naive = np.mean([one.upper is not None and one.lost_at <= 14 for one in known])

    found = run_backtest(sayings)

    assert naive > true_share + 0.02
    assert found.base == pytest.approx(true_share, abs=0.012)


def test_an_honest_forecast_is_calibrated_and_its_windows_hold_four_in_five():
    found = run_backtest(invent(2)[0])

    for one in found.calibration:
        assert one.lost == pytest.approx(one.said, abs=0.07)
    assert found.coverage == pytest.approx(0.8, abs=0.03)
    assert sum(one.count for one in found.calibration) == found.known
    assert found.outlook.brier < found.population.brier - 0.005
    assert found.outlook.auc > found.population.auc + 0.1
    assert found.population.auc == pytest.approx(0.5)


def test_an_overconfident_one_is_seen_to_be():
    sayings, _ = invent(3, chance_of=lambda rate: 1.0 if rate > 0.04 else 0.0)
    narrow = [replace(one, low=one.low * 2, high=one.high / 2) for one in sayings]

    found = run_backtest(narrow)

    assert found.calibration[0].said == 0
    assert found.calibration[0].lost > 0.15
    assert found.coverage < 0.65
    assert found.outlook.brier > run_backtest(invent(3)[0]).outlook.brier + 0.03


def test_the_last_own_duration_is_judged_where_there_is_one():
    sayings = [say(0, 7.0, last_own=10.0), say(30.0, last_own=30.0), say(30.0)] * 10

    found = run_backtest(sayings)

    assert (found.last_own.said, found.last_own.brier, found.last_own.auc) == (20, 0.0, 1.0)


def test_prompts_by_precision_and_recall():
    sayings = [
        *[say(3.0, 5.0, prompted=True)] * 3,
        *[say(30.0, prompted=True)] * 1,
        *[say(3.0, 5.0)] * 2,
        *[say(30.0)] * 4,
    ]

    prompts = run_backtest(sayings).prompts

    assert (prompts.listed, prompts.precision, prompts.recall) == (
        4, pytest.approx(0.75), pytest.approx(0.6),
    )  # fmt: skip


@pytest.mark.parametrize("sayings", [[], [say(3.0)], [say(3.0)] * 5])
def test_where_nothing_is_known_nothing_is_said(sayings):
    found = run_backtest(sayings)

    assert (found.base, found.outlook, found.coverage, found.calibration) == (None, None, None, ())
    assert found.prompts.precision is None
    assert found.sayings == len(sayings)
