"""Simulated groups with a known truth. tests/benchmarks/sites.py does the same a thousand times."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from models.outcomes.disclosure import Count
from models.outcomes.sites.compare import compare_sites
from models.outcomes.sites.durations import describe_durations, describe_group
from models.outcomes.sites.facts import Mark
from models.outcomes.sites.verdicts import Measure, Reason, Verdict
from tests.simulated_sites import Truth, simulate

ODD = (0.0,) * 3 + (-1.6,) + (0.0,) * 8


def tables_of(truth, seed):
    tally, names = simulate(truth, np.random.default_rng(seed))
    return tally.tables("PHQ-9", names)


def test_of_sites_that_do_not_differ_none_is_said_to():
    for seed in range(4):
        tables = tables_of(Truth(mixed=0.5 * (seed % 2)), seed)
        for measure in Measure:
            found = compare_sites(tables, measure)
            assert found.named(Verdict.ABOVE, Verdict.BELOW) == ()
            said = found.headline
            assert set(said.alike) == {row.site for row in found.results if row.crude}
            assert len(said.alike) + len(said.too_few) == 12
            assert not set(said.watched) & set(said.too_few)


def found_odd(truth, seeds):
    """How often site 3 is said to differ on each measure; no other may be."""
    found = dict.fromkeys(Measure, 0)
    for seed in seeds:
        tables = tables_of(truth, seed)
        for measure in Measure:
            odd = compare_sites(tables, measure).named(Verdict.ABOVE, Verdict.BELOW)
            assert set(odd) <= {"Site 03"}
            found[measure] += bool(odd)
    return found


def test_a_site_where_fewer_respond_is_found_and_no_other():
    found = found_odd(Truth(shift=ODD), range(150, 153))
    assert found[Measure.RESPONSE] == 3
    assert found[Measure.REMISSION] >= 1
    assert found[Measure.HOLD_8_WEEKS] == 0


def test_a_site_where_responses_are_short_is_found_and_no_other():
    # So few hold for eight weeks that the rate is hidden; that they are few is said all the same.
    found = found_odd(Truth(holds=tuple(0.8 * x for x in ODD)), range(150, 153))
    assert found[Measure.HOLD_8_WEEKS] == 3
    assert found[Measure.RESPONSE] == 0


def test_what_the_mix_of_patients_makes_is_taken_out():
    crude, adjusted = [], []
    for seed in range(2):
        for row in compare_sites(tables_of(Truth(mixed=1.0), 80 + seed), Measure.RESPONSE).results:
            crude.append(row.crude.value)
            adjusted.append(row.adjusted.value)
    assert np.std(crude) > 2 * np.std(adjusted)


def test_estimates_are_drawn_to_the_group_and_stay_inside_their_limits():
    found = compare_sites(tables_of(Truth(), 3), Measure.RESPONSE)
    for row in found.results:
        own, drawn = row.adjusted.value, row.shrunken.value
        assert abs(drawn - found.target) <= abs(own - found.target) + 0.01
        assert row.shrunken.lower < drawn < row.shrunken.upper
        assert row.adjusted.lower < own < row.adjusted.upper
        assert row.watch[0] > row.differs[0]
        assert row.watch[1] < row.differs[1]


def test_a_verdict_and_its_limits_say_the_same():
    tables = tables_of(Truth(shift=ODD), 60)
    for measure in Measure:
        for row in compare_sites(tables, measure).results:
            if row.adjusted is None:
                continue
            inside = row.watch[0] <= row.adjusted.value <= row.watch[1]
            assert inside == (row.verdict is Verdict.SAME)
            if row.verdict in (Verdict.ABOVE, Verdict.BELOW):
                assert not row.differs[0] <= row.adjusted.value <= row.differs[1]


def test_a_site_of_ten_is_hidden_and_changes_nothing_of_the_others():
    truth = Truth(sizes=(90, 80, 70, 60))
    with_small, _ = simulate(replace(truth, sizes=(90, 80, 70, 60, 8)), np.random.default_rng(9))
    names = {site: f"Site {site:02}" for site in range(5)}
    for measure in Measure:
        all_five = compare_sites(with_small.tables("PHQ-9", names), measure)
        just_four = compare_sites(
            with_small.tables("PHQ-9", {s: n for s, n in names.items() if s < 4}), measure
        )
        hidden = all_five.results[-1]
        assert hidden.verdict is Verdict.HIDDEN
        assert hidden.reason is Reason.TOO_FEW
        shown = {hidden.numerator, hidden.denominator, hidden.crude, hidden.watch, hidden.p_value}
        assert shown == {None}
        # But for the verdicts, which allow for as many sites as there are.
        assert all_five.results[:4] == just_four.results
        assert all_five.target == just_four.target


def test_a_site_where_nearly_all_respond_keeps_its_verdict_and_hides_its_rate():
    tables = tables_of(Truth(sizes=(40,) + (90,) * 5, shift=(3.5, 0, 0, 0, 0, 0), courses=2.0), 4)
    row = compare_sites(tables, Measure.RESPONSE).results[0]
    assert row.denominator > 11
    assert (row.numerator, row.crude, row.adjusted, row.shrunken, row.p_value) == (None,) * 5
    assert row.verdict is Verdict.ABOVE


def test_unknowns_are_bounds_and_not_dropped():
    tables = tables_of(Truth(), 5)
    hold = compare_sites(tables, Measure.HOLD_8_WEEKS).results[0]
    assert hold.worst_case < hold.crude.value < hold.best_case
    assert hold.worst_case == hold.numerator / hold.denominator

    site = tables["Site 00"]
    marks = {**site.marks, Mark.NOT_FOLLOWED: Count(50, 40)}
    marks[Mark.TREATED] = Count(site.marks[Mark.TREATED].courses + 50, 160)
    changed = {**tables, "Site 00": replace(site, marks=marks)}
    response = compare_sites(changed, Measure.RESPONSE).results[0]
    total = response.denominator + 50
    assert response.worst_case == pytest.approx(response.numerator / total)
    assert response.best_case == pytest.approx((response.numerator + 50) / total)


def test_hold_is_turnbull_s_share_and_covers_the_truth():
    truth, covered = Truth(alike=0.0, missed=0.1), []
    for seed in range(2):
        found = compare_sites(tables_of(truth, 20 + seed), Measure.HOLD_8_WEEKS)
        covered += [
            row.crude.lower <= found.target <= row.crude.upper for row in found.results if row.crude
        ]
    assert np.mean(covered) > 0.9


def test_durations_of_equal_sites_differ_by_nothing_and_a_short_one_is_shorter():
    tables = tables_of(Truth(holds=(-1.0,) + (0.0,) * 11), 7)
    first, *others = describe_durations(tables)

    assert first.mean_difference.upper < 0
    assert first.median_difference.upper < 0
    outside = [d for d in others if d.mean_difference.lower > 0 or d.mean_difference.upper < 0]
    assert len(outside) <= 3
    whole = describe_group(tables)
    curves = [one.curve for one in (*others, whole) if one.curve]
    assert len(curves) > 1
    for curve in curves:
        assert curve.day[0] == 0
        assert curve.day.tolist() == whole.curve.day.tolist()
        assert np.all(np.diff(curve.survival) <= 0)
    assert whole.courses == sum(one.courses for one in (first, *others))


def test_no_sites_and_sites_without_courses_are_no_error():
    for measure in Measure:
        assert compare_sites({}, measure).results == ()
    tally, _ = simulate(Truth(sizes=(60, 60)), np.random.default_rng(1))
    tables = tally.tables("PHQ-9", {0: "A", 1: "B", 2: "Empty"})
    for measure in Measure:
        empty = compare_sites(tables, measure).results[2]
        assert (empty.verdict, empty.reason) == (Verdict.HIDDEN, Reason.NONE)
    assert not describe_durations(tables)[2].is_shown
