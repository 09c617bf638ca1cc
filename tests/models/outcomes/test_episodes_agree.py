"""Episodes computed twice agree in every field: the product's way, and slowly from the text."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from functools import cache
from itertools import pairwise

from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from models.outcomes.courses import group_courses
from models.outcomes.ending import EndReason, end_reason
from models.outcomes.episodes import Episode, Unstated, build_episodes
from models.outcomes.history import Moment, Score
from models.outcomes.rules import Rules
from tests.models.outcomes.made_histories import Case, make_case
from tests.models.outcomes.slow_episodes import THRESHOLDS, list_episodes

SEEDED_HISTORIES = 4000


@st.composite
def cases(draw):
    return make_case(lambda options: draw(st.sampled_from(options)))


# A history is many small choices; what Hypothesis calls too large is what a chart looks like.
many = settings(
    max_examples=400,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
some = settings(many, max_examples=100)


def make_rules(thresholds: dict[str, int]) -> Rules:
    assert thresholds["induction_infusions"] == THRESHOLDS["induction_infusions"]
    return Rules(
        course_gap=thresholds["course_gap"],
        baseline_window=thresholds["baseline_window"],
        response_window=thresholds["response_window"],
        late_response_window=thresholds["late_window"],
        confirmation=thresholds["confirmation"],
        widest_gap=thresholds["longest_gap"],
        silence=thresholds["silence"],
    )


def build(case: Case) -> list[Episode]:
    rules = make_rules(case.thresholds)
    courses = group_courses([Moment(*infusion) for infusion in case.infusions], rules)
    scores = [Score(Moment(day, clock), value) for day, clock, value in case.scores]
    return build_episodes(courses, scores, case.instrument, rules)


def export(case: Case, episodes: list[Episode]) -> list[dict[str, object]]:
    """Return the export's fields of stored episodes, as they read on the case's `as_of`."""
    days = [score[0] for score in case.scores]
    return [
        {
            "course_no": episode.course.number,
            "kind": episode.course.kind.value,
            "course_start": episode.course.first.day,
            "course_end": episode.course.last.day,
            "infusions": episode.course.infusions,
            "baseline": episode.baseline,
            "best": episode.best,
            "responded": episode.responded,
            "remitted": episode.remitted,
            "lower_days": episode.lower_days,
            "upper_days": episode.upper_days,
            "loss_on": episode.loss_on,
            "end_reason": end_reason(
                episode.held,
                last_assessed_on=max(days, default=None),
                left_on=case.left_on,
                as_of=case.as_of,
                rules=make_rules(case.thresholds),
            ),
        }
        for episode in episodes
    ]


def list_slowly(case: Case) -> list[dict[str, object]]:
    return list_episodes(
        case.infusions, case.scores, case.instrument, case.thresholds, case.left_on, case.as_of
    )


@cache
def make_seeded(count: int) -> list[Case]:
    return [make_case(random.Random(seed).choice) for seed in range(count)]


def run_both(case: Case) -> tuple[list[dict[str, object]], list[dict[str, object]]]:
    known = case.cut(case.as_of)
    return export(known, build(known)), list_slowly(case)


@many
@given(cases())
def test_both_ways_agree_on_any_history(case):
    fast, slow = run_both(case)

    for row in slow:
        event(f"end_reason {row['end_reason']}")
        event(f"responded {row['responded']}")
    assert fast == slow


def test_both_ways_agree_on_thousands_of_seeded_histories():
    differing = []
    for seed, case in enumerate(make_seeded(SEEDED_HISTORIES)):
        fast, slow = run_both(case)
        differing += [(seed, f, s) for f, s in zip(fast, slow, strict=True) if f != s]

    assert differing == []


def test_the_seeded_histories_reach_every_end_and_every_reason_for_none():
    ends: Counter[object] = Counter()
    unstated: Counter[object] = Counter()
    for case in make_seeded(SEEDED_HISTORIES):
        known = case.cut(case.as_of)
        episodes = build(known)
        unstated.update(episode.unstated for episode in episodes)
        ends.update(row["end_reason"] for row in list_slowly(case))

    assert {reason: ends[reason] for reason in EndReason if ends[reason] < 50} == {}
    assert {reason: unstated[reason] for reason in Unstated if unstated[reason] < 50} == {}


def test_the_seeded_histories_reach_every_limit():
    """A history that never stands exactly on a limit could not tell `<` from `<=`."""
    reached: Counter[str] = Counter()
    for case in make_seeded(SEEDED_HISTORIES):
        infused = sorted({day for day, _ in case.infusions})
        scored = sorted({day for day, _, _ in case.scores})
        pauses = {(b - a).days for a, b in pairwise(infused)}
        waits = {(b - a).days for a, b in pairwise(scored)}
        ages = {(b - a).days for a in infused for b in scored}
        reached.update(f"pause {days}" for days in pauses & {14, 15})
        reached.update(f"wait {days}" for days in waits & {84, 85})
        reached.update(f"age {days}" for days in ages & {-31, -30, 0, 14, 15, 31, 32})

    wanted = ["pause 14", "pause 15", "wait 84", "wait 85"]
    wanted += [f"age {days}" for days in (-31, -30, 0, 14, 15, 31, 32)]
    assert {name: reached[name] for name in wanted if reached[name] < 100} == {}


@some
@given(cases())
def test_a_stated_response_or_the_reason_for_none_never_both(case):
    for episode in build(case):
        assert (episode.responded is None) is (episode.unstated is not None)
        assert (episode.held is not None) is (episode.responded is True)


@some
@given(cases(), st.randoms(use_true_random=False))
def test_only_the_order_of_entry_of_ties_matters(case, chance):
    infusions = chance.sample(case.infusions, len(case.infusions))
    shuffled = chance.sample(case.scores, len(case.scores))
    # Back in order of entry within each moment, wherever the moments themselves came to lie.
    in_entry = {
        moment: iter([score for score in case.scores if score[:2] == moment])
        for moment in {score[:2] for score in case.scores}
    }
    scores = [next(in_entry[score[:2]]) for score in shuffled]
    other = replace(case, infusions=infusions, scores=scores)

    assert build(other) == build(case)


@some
@given(cases())
def test_a_stored_episode_reads_right_on_every_later_day(case):
    stored = build(case)
    for days in (0, 1, 13, 14, 15, 100):
        day = case.last_record_on + timedelta(days)
        known = case.cut(day)

        assert export(known, stored) == list_slowly(known)


@some
@given(cases())
def test_later_records_never_change_a_course_that_another_has_followed(case):
    whole = build(case)
    for number, following in enumerate(whole[1:], start=1):
        known = case.cut(following.course.first.day)

        assert build(known)[:number] == whole[:number]
