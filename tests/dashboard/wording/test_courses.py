from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from dashboard.wording.courses import (
    compare_domains,
    describe_curves,
    describe_domains,
    describe_steps,
    describe_swimmer,
    describe_timeline,
    explain_absent,
    held_in_short,
    held_in_words,
    rule_in_words,
)
from data.instruments import catalogue
from models.outcomes.curves import summarise
from models.outcomes.ending import EndReason
from models.outcomes.episodes import Unstated
from models.outcomes.rules import Rules
from tests.dashboard.charts.charts import (
    ENDINGS,
    INDUCTION,
    PAIN,
    PHQ9,
    WHO5,
    chart,
    day,
    ending,
    score,
)

SAID = {
    "lost": (
        "held 21–28 days: last seen responding on 12 Feb 2026, "
        "first seen not responding on 19 Feb 2026"
    ),
    "gap": (
        "held at least 21 days; then 92 days without a score until it was seen not responding on "
        "15 May 2026, too long (over 84 days) to say when it was lost"
    ),
    "next_course": (
        "responding at day 21 when the next course began (15 Feb 2026): "
        "ended by the next course, not lost"
    ),
    "possible_loss": (
        "possible loss: first seen not responding on 19 Feb 2026, not yet confirmed by a further "
        "score (2 in a row make a loss); held at least 21 days"
    ),
    "left": "held at least 21 days; left on 24 Feb 2026, responding when last seen",
    "silent": "silent since 12 Feb 2026; held at least 21 days, unknown after that",
    "holding": "holding for at least 21 days, last seen responding on 12 Feb 2026",
}
SHORT = {
    "lost": "held 21–28 d",
    "gap": "≥ 21 d, then unseen",
    "next_course": "≥ 21 d, next course",
    "possible_loss": "≥ 21 d, possible loss",
    "left": "≥ 21 d, left",
    "silent": "≥ 21 d, silent",
    "holding": "≥ 21 d, holding",
}
FORBIDDEN = re.compile(r"\bsafe\b|maintenance due|\bshould\b|\bmust\b|recommend|schedule", re.I)


def first_episode(patient):
    return patient.episodes.iloc[0]


def say(patient, instrument=PHQ9) -> str:
    return held_in_words(
        first_episode(patient), patient.rules, instrument, left_on=patient.patient.left_on
    )


def test_every_ending_has_its_history_here():
    assert set(ENDINGS) == set(SAID) == set(SHORT) == {reason.value for reason in EndReason}


@pytest.mark.parametrize("reason", ENDINGS)
def test_every_ending_has_a_sentence_and_a_short_form(reason):
    patient = ending(reason)

    assert say(patient) == SAID[reason]
    assert held_in_short(first_episode(patient), patient.rules) == SHORT[reason]


def test_a_response_not_seen_again_before_it_was_lost_held_under_a_week():
    row = first_episode(ending("lost")).copy()
    row["lower_days"], row["upper_days"] = 0, 7

    assert held_in_words(row, Rules(), PHQ9).startswith("held under 7 days")


def test_the_clinics_own_thresholds_are_the_ones_named():
    scores = [score(0, 18), score(24, 8), score(31, 13), score(38, 14)]
    patient = chart(INDUCTION, scores, today=40, rules=Rules(confirmation=3))

    assert "(3 in a row make a loss)" in say(patient)


def test_no_response_names_the_best_value_and_the_baseline():
    patient = chart(INDUCTION, [score(0, 18), score(24, 15), score(31, 17)], today=35)

    assert say(patient) == "no response: best 15 of baseline 18"
    assert held_in_short(first_episode(patient), patient.rules) == "no response"


def test_within_the_days_that_decide_there_is_no_response_yet():
    patient = chart(INDUCTION, [score(0, 18), score(24, 15)], today=31)
    row = first_episode(patient)
    open_still, over = day(31), day(32)  # 14 and 15 days after the last infusion

    yet = "no response yet: best 15 of baseline 18; decided by day 14"
    assert held_in_words(row, patient.rules, PHQ9, today=open_still) == yet
    assert held_in_short(row, patient.rules, today=open_still) == "no response yet"
    assert held_in_words(row, patient.rules, PHQ9, today=over) == yet.replace(" yet", "").replace(
        "; decided by day 14", ""
    )
    assert held_in_short(row, patient.rules, today=over) == "no response"


def test_a_good_score_that_is_no_response_says_why_not():
    during = chart(INDUCTION, [score(0, 18), score(10, 9), score(24, 15)], today=60)

    assert say(during) == "no response: best 9 of baseline 18, outside the days that decide"


UNSTATED = {
    Unstated.NO_BASELINE: (
        [score(24, 8)],
        PHQ9,
        "not stated: no baseline within 30 days of the first infusion",
    ),
    Unstated.LOW_BASELINE: (
        [score(0, 8), score(24, 4)],
        PHQ9,
        "not stated: the baseline of 8 is under the 10 a response is stated from",
    ),
    Unstated.NOT_ASSESSED: (
        [score(0, 18)],
        PHQ9,
        "not assessed: no score within 31 days of the last infusion",
    ),
    Unstated.NO_RULE: (
        [score(0, 8, "AUDIT-C"), score(24, 4, "AUDIT-C")],
        catalogue()["AUDIT-C"],
        "not stated: AUDIT-C has no response rule",
    ),
}


def test_every_reason_for_no_statement_has_its_history_here():
    assert set(UNSTATED) == set(Unstated)


@pytest.mark.parametrize("reason", Unstated)
def test_what_cannot_be_stated_says_why(reason):
    scores, instrument, sentence = UNSTATED[reason]
    patient = chart(INDUCTION, scores, today=90)

    assert first_episode(patient)["unstated"] == reason
    assert say(patient, instrument) == sentence


def test_a_course_that_may_still_be_assessed_is_not_assessed_yet():
    patient = chart(INDUCTION, [score(0, 18)], today=40)
    row = first_episode(patient)
    late, early = day(49), day(48)  # 32 and 31 days after the last infusion

    yet = "not assessed yet: no score since the last infusion"
    assert held_in_words(row, patient.rules, PHQ9, today=early) == yet
    assert held_in_words(row, patient.rules, PHQ9, today=late) == UNSTATED["not_assessed"][2]
    assert held_in_short(row, patient.rules, today=early) == "not assessed yet"
    assert held_in_short(row, patient.rules, today=late) == "not assessed"


def test_a_course_followed_by_the_next_without_a_score_says_so():
    patient = chart([*INDUCTION, 41], [score(0, 18)], today=90)

    assert say(patient) == ("not assessed: no score between the last infusion and the next course")
    assert held_in_short(first_episode(patient), patient.rules, today=day(42)) == "not assessed"


def test_the_rule_is_not_said_where_it_cannot_apply():
    low = describe_timeline(chart(INDUCTION, [score(0, 8), score(24, 4)], today=30), PHQ9)

    assert "Responding means" not in low


def test_a_well_being_baseline_that_is_too_good_is_above_its_limit():
    patient = chart(INDUCTION, [score(0, 60, "WHO-5"), score(24, 80, "WHO-5")], today=30)

    assert "the baseline of 60 is above the 51" in say(patient, WHO5)


@pytest.mark.parametrize(
    ("instrument", "baseline", "sentence"),
    [
        (PHQ9, 18, "PHQ-9 at or under 9 = at least 50\u00a0% better than the baseline of 18"),
        (PHQ9, 15, "PHQ-9 at or under 7.5 = at least 50\u00a0% better than the baseline of 15"),
        (PAIN, 8, "NRS-11 at or under 5.6 = at least 30\u00a0% better than the baseline of 8"),
        (WHO5, 24, "WHO-5 at or above 62 = at least 50\u00a0% of the way from 24 to 100"),
        (PHQ9, None, "PHQ-9 at least 50\u00a0% better than the baseline"),
        (catalogue()["AUDIT-C"], 8, "AUDIT-C has no response rule"),
    ],
)
def test_an_instruments_rule_is_said_with_its_threshold(instrument, baseline, sentence):
    assert rule_in_words(instrument, baseline) == sentence


def test_the_timeline_in_words_holds_all_that_the_picture_shows():
    scores = [score(0, 18, safety_answer=2), score(24, 8, safety_answer=0), score(31, None)]
    text = describe_timeline(chart(INDUCTION, scores, today=32), PHQ9)

    assert text == (
        "PHQ-9, 2 scores from 5 Jan 2026 (18) to 29 Jan 2026 (8, mild); 1 incomplete form. "
        "6 infusions in 1 course, the last on 22 Jan 2026. "
        "Course 1, induction, ended 22 Jan 2026: holding for at least 7 days, last seen responding "
        "on 29 Jan 2026. "
        "Responding means PHQ-9 at or under 9 = at least 50\u00a0% better than the baseline of 18. "
        "Item 9 was above 0 in 1 of 2 answers, last on 5 Jan 2026 (2)."
    )


def test_the_timeline_of_a_new_patient_in_words():
    text = describe_timeline(chart([], [], today=0), PHQ9)

    assert text == "No PHQ-9 recorded. No infusion recorded. Item 9 has no answer on record."


def test_mood_responded_and_pain_did_not():
    scores = [score(0, 18), score(24, 6), score(0, 8, "NRS-11"), score(24, 7, "NRS-11")]
    patient = chart(INDUCTION, scores, today=30)

    assert compare_domains(patient, catalogue()) == (
        "After course 1, ended 22 Jan 2026: pain intensity (NRS-11) did not respond; "
        "depression (PHQ-9) responded."
    )
    described = describe_domains(patient, catalogue())
    assert "PHQ-9: baseline 18 on 5 Jan 2026, last 6 on 29 Jan 2026, 33\u00a0%" in described
    nothing = compare_domains(chart([], [], today=0), catalogue())
    assert nothing == "No instrument has a baseline and a later score to compare."


def test_an_instrument_that_is_not_compared_says_why():
    scores = [score(0, 18), score(24, 6), score(24, 7, "GAD-7")]  # no baseline
    scores += [score(0, 8, "AUDIT-C"), score(24, 4, "AUDIT-C")]  # no rule
    scores += [score(0, 2, "NRS-11"), score(24, 1, "NRS-11")]  # too well to begin with
    scores += [score(0, 24, "WHO-5")]  # nothing after it
    patient = chart(INDUCTION, scores, today=30)

    assert explain_absent(patient, catalogue()) == (
        "Not compared: alcohol use (AUDIT-C), which has no response rule; anxiety (GAD-7), no "
        "baseline within 30 days of the first infusion; pain intensity (NRS-11), the baseline of "
        "2 is under the 4 a response is stated from; well-being (WHO-5), no later score than the "
        "baseline of 24."
    )
    assert explain_absent(mood := chart(INDUCTION, scores[:2], today=30), catalogue()) == ""
    assert explain_absent(chart([], mood.scores.to_dict("records"), today=30), catalogue()) == (
        "Not compared: depression (PHQ-9), no baseline within 30 days of the first infusion."
    )


def test_steps_in_words():
    patient = chart(INDUCTION, [score(0, 18), score(3, 14), score(24, 8)], today=30)

    assert describe_steps(patient, PHQ9, 1) == (
        "PHQ-9 in course 1: 18 before infusion 1; 14 (\u22124) before infusion 2; "
        "no score before infusions 3 to 6; 8 (\u22126) after the last."
    )
    assert describe_steps(chart(INDUCTION, [score(24, 8)], today=30), PHQ9, 1) == (
        "PHQ-9 in course 1: no score before infusions 1 to 6; 8 after the last."
    )
    one = chart([0], [score(0, 18)], today=3)
    assert describe_steps(one, PHQ9, 1) == (
        "PHQ-9 in course 1: 18 before infusion 1; no score after the last."
    )
    assert describe_steps(patient, PHQ9, 4) == "Course 4 has no infusion."


def test_curves_in_words():
    kept = summarise([30, 40, 60], [np.inf] * 3, [1, 2, 2], seed=1, replicates=20)
    empty = summarise([], [], [], seed=1, replicates=2)

    assert describe_curves({"Mesa": kept, "Yuma": empty}) == (
        "Mesa, 3 courses of 2 patients, 0 lost: median not reached, 100\u00a0% still responding at "
        "day 28, 100\u00a0% still responding at day 56. "
        "Yuma: no course with a response to follow."
    )


def test_the_swimmer_in_words():
    frame = pd.DataFrame({"lower_days": [7, 21], "end_reason": ["lost", "next_course"]})

    assert describe_swimmer(frame) == (
        "2 courses, shortest first: 1 lost, 1 next course given while responding. "
        "Longest seen responding: 21 days."
    )
    assert describe_swimmer(frame.iloc[:0]) == "No course with a response to show."


@pytest.mark.parametrize("reason", ENDINGS)
def test_nothing_said_of_a_course_is_advice_or_reassurance(reason):
    assert not FORBIDDEN.search(describe_timeline(ending(reason), PHQ9))


def test_no_sentence_in_the_files_is_advice_or_reassurance():
    root = Path(__file__).resolve().parents[3] / "dashboard" / "wording"
    for name in ("courses.py", "episodes.py"):
        assert not FORBIDDEN.search((root / name).read_text(encoding="utf-8")), name


def test_a_row_with_nan_for_blanks_reads_like_one_with_none():
    row = first_episode(ending("holding")).astype(object)
    row = row.where(row.notna(), float("nan"))

    assert held_in_words(row, Rules(), PHQ9) == SAID["holding"]
    assert day(38).isoformat() == "2026-02-12"
