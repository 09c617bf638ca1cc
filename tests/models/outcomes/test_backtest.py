"""The back-test: weights for those not followed, and what it must say of good and bad forecasts."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from types import SimpleNamespace

import numpy as np
import pytest

from models.outcomes.backtest import (
    Raised,
    Saying,
    days_left_by_last,
    from_plain,
    judge_prompts,
    list_days,
    run_backtest,
    say_by_population,
    to_plain,
    weigh,
)
from models.outcomes.backtest.sayings import Sheet
from models.outcomes.backtest.shares import DRAWS, SEED, share_of
from models.outcomes.proportion import wilson_limits

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


def weigh_all(sayings, within):
    sheet = Sheet.of(sayings)
    return weigh(sheet.followed, sheet.is_lost, within)


@pytest.mark.parametrize("first", [date(2026, 1, 5), date(2026, 1, 10)])
def test_days_looked_back_to_are_the_same_weeks_whatever_the_first(first):
    days = list_days(first, date(2026, 3, 5), every=28)

    assert days == [date(2026, 2, 1), date(2026, 3, 1)]
    assert list_days(date(2026, 3, 2), date(2026, 3, 1), every=7) == []


def test_who_was_followed_counts_for_who_was_not():
    # Of four, one is seen no more after day 5: the three others then weigh four thirds.
    sayings = [say(5.0), say(30.0), say(30.0), say(9.0, 11.0)]

    weight, lost = weigh_all(sayings, 14)

    assert weight == pytest.approx([0, 4 / 3, 4 / 3, 4 / 3])
    assert lost.tolist() == [False, False, False, True]


def test_a_loss_before_anyone_left_weighs_one_and_one_not_looked_at_for_long_is_lost_at_once():
    weight, lost = weigh_all([say(1.0, 3.0), say(-20.0, -6.0), say(5.0), say(30.0)], 14)

    assert weight == pytest.approx([1, 1, 0, 2])
    assert lost.tolist() == [True, True, False, False]


def test_leaving_out_the_ones_not_followed_would_overstate_losses():
    sayings, lost = invent(1)
    true_share = np.mean(lost <= 14)
    known = [one for one in sayings if one.upper is not None or one.lower >= 14]
    naive = np.mean([one.upper is not None and one_at(one) <= 14 for one in known])

    found = run_backtest(sayings)

    assert naive > true_share + 0.02
    assert found.base.value == pytest.approx(true_share, abs=0.012)
    assert found.base.ci_lower < true_share < found.base.ci_upper


def test_an_honest_forecast_is_calibrated_and_its_windows_hold_four_in_five():
    found = run_backtest(invent(2)[0])

    for one in found.calibration:
        assert one.lost.ci_lower < one.said < one.lost.ci_upper
        assert one.lost.value == pytest.approx(one.said, abs=0.07)
    assert found.windows.held.value == pytest.approx(0.8, abs=0.03)
    assert found.windows.early.value == pytest.approx(0.1, abs=0.03)
    assert found.windows.late.value == pytest.approx(0.1, abs=0.03)
    assert sum(one.lost.count for one in found.calibration) == found.known
    assert found.outlook.brier.value < found.population.brier.value - 0.005
    assert found.auc_gain.ci_lower > 0.1
    assert found.population.auc.value == pytest.approx(0.5)


def look_weekly(seed, said=8000):
    """The same seen at weekly check-ins only, by those who still come to them."""
    rng = np.random.default_rng(seed)
    rate, since = rng.uniform(0.005, 0.08, said), rng.uniform(0, 7, said)
    lost, gone = rng.exponential(1 / rate), rng.exponential(1 / 0.01, said)
    before = np.floor((np.minimum(lost, gone) + since) / 7) * 7 - since
    seen = np.floor((lost + since) / 7) * 7 - since + 7
    return [
        say(
            float(well), float(bad) if bad <= last else None, float(1 - np.exp(-14 * r)),
            patient=n, low=float(-np.log(0.9) / r), high=float(-np.log(0.1) / r),
        )
        for n, (r, well, bad, last) in enumerate(zip(rate, before, seen, gone, strict=True))
    ]  # fmt: skip


def test_it_is_calibrated_too_where_losses_are_only_seen_at_weekly_check_ins():
    found = run_backtest(look_weekly(4))

    assert found.windows.held.value == pytest.approx(0.8, abs=0.02)
    for one in found.calibration:
        assert one.lost.value == pytest.approx(one.said, abs=0.05)


def test_an_overconfident_one_is_seen_to_be():
    sayings, _ = invent(3, chance_of=lambda rate: 1.0 if rate > 0.04 else 0.0)
    narrow = [replace(one, low=one.low * 2, high=one.high / 2) for one in sayings]

    found = run_backtest(narrow)

    assert found.calibration[0].said == 0
    assert found.calibration[0].lost.ci_lower > 0.15
    assert found.windows.held.ci_upper < 0.65
    assert found.outlook.brier.value > run_backtest(invent(3)[0]).outlook.brier.value + 0.03


@pytest.mark.parametrize("seed", [11, 12, 13])
def test_every_figure_is_what_a_plain_loop_over_the_sayings_gives(seed):
    sayings = some_sayings(seed)
    found = run_backtest(sayings)
    weights = slow_weights(sayings)
    known = [(one, w) for one, w in zip(sayings, weights, strict=True) if w > 0]
    lost = [one.upper is not None and one_at(one) <= 14 for one, _ in known]
    total = sum(w for _, w in known)

    base = sum(w for (_, w), gone in zip(known, lost, strict=True) if gone) / total
    brier = sum(w * (one.within - gone) ** 2 for (one, w), gone in zip(known, lost, strict=True))
    pairs = [
        (w * v, (one.within > two.within) + (one.within == two.within) / 2)
        for (one, w), gone in zip(known, lost, strict=True)
        for (two, v), stayed in zip(known, lost, strict=True)
        if gone and not stayed
    ]

    assert found.known == len(known)
    assert found.base.value == pytest.approx(base)
    assert found.outlook.brier.value == pytest.approx(brier / total)
    assert found.outlook.auc.value == pytest.approx(
        sum(w * better for w, better in pairs) / sum(w for w, _ in pairs)
    )


def test_limits_are_those_of_patients_drawn_anew():
    sayings = some_sayings(14)
    weights = slow_weights(sayings)
    rng, patients = np.random.default_rng(SEED), 30
    drawn = []
    for chosen in rng.integers(0, patients, (DRAWS, patients)):
        rows = [
            (w, (one.within - (one.upper is not None and one_at(one) <= 14)) ** 2)
            for patient in chosen
            for one, w in zip(sayings, weights, strict=True)
            if one.patient == patient
        ]
        drawn.append(sum(w * error for w, error in rows) / sum(w for w, _ in rows))

    brier = run_backtest(sayings).outlook.brier

    assert (brier.ci_lower, brier.ci_upper) == pytest.approx(np.quantile(drawn, [0.025, 0.975]))


def some_sayings(seed):
    """Thirty patients of whom four things each were said, some of the same chance."""
    rng = np.random.default_rng(seed)
    return [
        say(
            float(lower), float(lower + rng.integers(1, 15)) if rng.random() < 0.6 else None,
            float(rng.integers(1, 10)) / 10, patient=number // 4,
        )
        for number, lower in enumerate(rng.integers(0, 40, 120))
    ]  # fmt: skip


def one_at(one):
    return one.lower if one.upper is None else (one.lower + one.upper) / 2


def slow_weights(sayings):
    """One over the chance to be followed until just before, by the product of what stayed."""
    weights = []
    for one in sayings:
        until, chance = min(one_at(one), 14), 1.0
        for day in sorted({one_at(two) for two in sayings if two.upper is None}):
            if day < until:
                at_risk = sum(one_at(two) >= day for two in sayings)
                left = sum(two.upper is None and one_at(two) == day for two in sayings)
                chance *= 1 - left / at_risk
        is_known = (one.upper is not None and one_at(one) <= 14) or one_at(one) >= 14
        weights.append(1 / chance if is_known else 0.0)
    return weights


def test_the_last_own_duration_is_judged_where_there_is_one_and_beside_the_outlook_there():
    sayings = [say(0, 7.0, last_own=10.0), say(30.0, last_own=30.0), say(30.0)] * 10

    found = run_backtest(sayings)

    assert (found.last_own.said, found.last_own.brier.value) == (20, 0.0)
    assert found.last_own.auc.value == 1.0
    assert found.outlook_own.said == 20
    assert found.outlook.said == 30


def test_a_share_of_one_patient_many_times_over_is_a_share_of_one():
    often = share_of(np.ones(40, bool), np.ones(40), np.zeros(40, int))
    once = share_of(np.ones(1, bool), np.ones(1), np.zeros(1, int))

    assert (often.ci_lower, often.ci_upper) == pytest.approx((once.ci_lower, once.ci_upper))
    assert (often.count, often.patients, often.cases, often.others) == (40, 1, 1, 0)
    assert (often.ci_lower, 1.0) == pytest.approx(wilson_limits(1.0, 1))


def test_who_it_holds_for_and_who_not_are_counted_by_patient():
    found = share_of(
        np.array([1, 0, 1, 1, 0, 1], bool),
        np.array([1, 1, 2, 1, 1, 0]),
        np.array([0, 0, 1, 1, 2, 2]),
    )

    assert (found.count, found.patients, found.cases, found.others) == (5, 3, 2, 2)
    assert found.value == pytest.approx(4 / 6)


def test_the_population_says_kaplan_meier_given_still_well():
    learnt = [SimpleNamespace(lower=lower, upper=upper) for lower, upper in
              ((10, 12), (20, 24), (30, np.inf), (38, 42))]  # fmt: skip

    # Losses at 11, 22 and 40; of four 3/4 and 1/2 stay, and none of the last one.
    assert say_by_population(learnt, [0, 12, 25], [11, 25, 39]) == pytest.approx([0.25, 1 / 3, 0])
    assert say_by_population([], [3.0], [17.0]).tolist() == [0.0]


@pytest.mark.parametrize(
    ("own", "since", "left"),
    [([], 5, None), ([(28, 35)], 20, 11.5), ([(9, 10), (28, None)], 30, -2)],
)
def test_days_left_if_it_held_as_long_as_the_last_one(own, since, left):
    assert days_left_by_last(own, since) == left


def test_prompts_by_precision_recall_and_how_early():
    responses = [
        Raised(1, 20, 28, (("wearing", 14),)),  # right, 14 days ahead
        Raised(2, 20, 28, (("wearing", 21), ("lost", 35))),
        Raised(3, 40, 44, (("wearing", 7),)),  # lost, but five weeks later
        Raised(4, 60, None, (("wearing", 14),)),  # still well
        Raised(5, 20, 28, ()),  # not told of
        Raised(6, 20, 28, (("wearing", 14),), is_in_time=False),
        Raised(7, 14, 21, (("wearing", 63),)),  # too late to have told of it
    ]

    wearing, lost = judge_prompts(responses, ["missed", "wearing", "lost"], within=14)

    assert (wearing.kind, wearing.raised, wearing.lead) == ("wearing", 6, 14)
    assert wearing.precision.value == pytest.approx(4 / 6)
    assert wearing.recall.value == pytest.approx(3 / 5)
    assert (lost.raised, lost.precision.value, lost.lead) == (1, 1.0, -7)
    assert lost.recall.value == pytest.approx(1 / 5)


def test_what_is_stored_reads_the_same():
    found = run_backtest(
        some_sayings(15), judge_prompts([Raised(1, 20, 28, (("lost", 35),))], ["lost"], within=14)
    )

    assert from_plain(json.loads(json.dumps(to_plain(found)))) == found
    assert from_plain(json.loads(json.dumps(to_plain(run_backtest([]))))) == run_backtest([])


@pytest.mark.parametrize("sayings", [[], [say(3.0)], [say(3.0)] * 5])
def test_where_nothing_is_known_nothing_is_said(sayings):
    found = run_backtest(sayings)

    assert (found.base, found.outlook, found.windows, found.calibration) == (None, None, None, ())
    assert (found.auc_gain, found.known_patients, found.is_enough) == (None, 0, False)
    assert found.sayings == len(sayings)


@pytest.mark.parametrize(("patients", "is_enough"), [(9, False), (10, True)])
def test_fewer_than_ten_patients_known_are_no_answer(patients, is_enough):
    found = run_backtest([say(30.0, patient=number) for number in range(patients)] * 3)

    assert found.is_enough is is_enough
