"""The sentence on each line of the morning list, word for word: the rule, the scores, the dates."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import pytest

from dashboard.wording.reasons import TAGS, explain
from data.queries.due import MissedForms
from data.queries.flags import FlagRow, FlagStep
from data.queries.morning import LookRow, Reason
from models.outcomes.rules import Rules
from tests.histories import on

TODAY = on(30)
ROSE = FlagRow(
    patient_id=UUID(int=1),
    flag_id=UUID(int=2),
    assessment_id=UUID(int=3),
    kind="safety_item",
    instrument="PHQ-9",
    answered_on=on(28),
    answer=2,
    before=0,
    change="new",
    raised_at=datetime(2026, 2, 2, 18, tzinfo=UTC),
    first_action_at=None,
    first_action_by=None,
    closed_at=None,
    closed_by=None,
    version=1,
    is_withdrawn=False,
    has_changed=False,
    now_says=2,
    zone="America/Denver",
)
MARA = LookRow(
    reasons=(Reason.LOST,),
    patient_id=UUID(int=1),
    code="DEN-1",
    name="Mara Kent",
    site="Denver",
    instrument="PHQ-9",
    baseline=20,
    recent=((on(7), 8), (on(14), 9), (on(21), 15), (on(28), 16)),
    turned_on=on(21),
    course_end_on=on(0),
    last_infusion_on=on(0),
    last_assessed_on=on(28),
    safety_blank_on=on(28),
    held_before=(),
    flags=(ROSE,),
    missed=MissedForms(UUID(int=1), "DEN-1", "Mara Kent", "Denver", 3, on(2), on(23)),
)


def said(reason, rules=None, further=(), **facts):
    row = replace(MARA, reasons=(reason, *further), **facts)
    return explain(row, rules or Rules(), TODAY)


@pytest.mark.parametrize(
    ("before", "now", "change"),
    [
        (0, 1, "rose 0 → 1, new"),
        (0, 3, "rose 0 → 3, new"),
        (1, 2, "rose 1 → 2, worse"),
        (1, 1, "is 1, unchanged"),
        (3, 1, "fell 3 → 1, still above zero"),
        (None, 1, "is 1, new (not asked before)"),
    ],
)
def test_a_safety_answer_says_what_it_was_before(before, now, change):
    words = flagged(before=before, answer=now)
    assert words.sentence == f"PHQ-9 item 9 {change}, answered Mon 2 Feb."
    assert (words.tag, words.style) == ("Safety", "ag-safety")


def flagged(**facts):
    return said(Reason.SAFETY, flags=(replace(ROSE, **facts),))


@pytest.mark.parametrize("instrument", ["PCL-5", "one we no longer have"])
def test_a_safety_item_whose_number_is_not_known_has_none(instrument):
    words = flagged(instrument=instrument)
    assert words.sentence == f"{instrument} safety item rose 0 → 2, new, answered Mon 2 Feb."


def test_an_old_answer_names_its_year():
    assert flagged(answered_on=on(-30)).sentence.endswith("answered Sat 6 Dec 2025.")


def test_a_clinics_own_rule_is_named_with_its_value():
    words = flagged(kind="Total 20 or more", answer=22, before=18, change="new")
    assert words.sentence == (
        "PHQ-9 22 (before 18) meets the clinic's rule “Total 20 or more”, new, answered Mon 2 Feb."
    )


ACKED = FlagStep("acknowledged", "Rang.", datetime(2026, 2, 3, 16, 5, tzinfo=UTC), "Anna")


@pytest.mark.parametrize(
    ("facts", "after"),
    [
        ({"steps": (ACKED,)}, "Acknowledged by Anna, Tue 3 Feb 09:05."),
        ({"has_changed": True, "now_says": 0}, "The form has been corrected since, to 0."),
        ({"has_changed": True, "now_says": None}, "The form has been corrected since, to a blank."),
        ({"is_withdrawn": True, "has_changed": True}, "The form has been withdrawn since."),
    ],
)
def test_a_flag_says_what_has_become_of_it(facts, after):
    assert after in flagged(**facts).sentence


def test_several_open_flags_are_one_line():
    older = replace(ROSE, flag_id=UUID(int=9), answered_on=on(20))
    words = said(Reason.SAFETY, flags=(ROSE, older))
    assert words.sentence.endswith("2 flags are open, the oldest of Sun 25 Jan.")


def test_a_blank_safety_item_is_not_a_zero():
    words = said(Reason.SAFETY_BLANK)
    assert words.sentence == (
        "The safety item was left unanswered on Mon 2 Feb. A blank is not a zero."
    )


@pytest.mark.parametrize(
    ("facts", "sentence"),
    [
        (
            {},
            "PHQ-9 9 → 15 → 16 (19 Jan, 26 Jan, 2 Feb) no longer meets the clinic's rule (at or "
            "under 10, from baseline 20), first seen day 21; confirmed by 2 check-ins in a row.",
        ),
        (
            {"baseline": 15},
            "PHQ-9 9 → 15 → 16 (19 Jan, 26 Jan, 2 Feb) no longer meets the clinic's rule (at or "
            "under 7.5, from baseline 15), first seen day 21; confirmed by 2 check-ins in a row.",
        ),
        (
            {"instrument": "WHO-5", "baseline": 20, "recent": ((on(7), 64), (on(21), 28))},
            "WHO-5 64 → 28 (12 Jan, 26 Jan) no longer meets the clinic's rule{rule}, first seen "
            "day 21; confirmed by 2 check-ins in a row.",
        ),
        (
            {"baseline": None},
            "PHQ-9 9 → 15 → 16 (19 Jan, 26 Jan, 2 Feb) no longer meets the clinic's rule, first "
            "seen day 21; confirmed by 2 check-ins in a row.",
        ),
        (
            {"course_end_on": None},
            "PHQ-9 9 → 15 → 16 (19 Jan, 26 Jan, 2 Feb) no longer meets the clinic's rule (at or "
            "under 10, from baseline 20), first seen 26 Jan; confirmed by 2 check-ins in a row.",
        ),
    ],
)
def test_a_loss_is_stated_with_its_rule_scores_and_dates(facts, sentence):
    who_5 = " (at or over 60, from baseline 20)"
    assert said(Reason.LOST, **facts).sentence == sentence.replace("{rule}", who_5)


@pytest.mark.parametrize(
    ("confirmation", "lost", "possible"),
    [
        (1, "confirmed by one check-in.", "0 more would confirm it."),
        (2, "confirmed by 2 check-ins in a row.", "1 more would confirm it."),
        (3, "confirmed by 3 check-ins in a row.", "2 more would confirm it."),
    ],
)
def test_how_many_check_ins_confirm_is_the_clinics_rule(confirmation, lost, possible):
    rules = Rules(confirmation=confirmation)
    assert said(Reason.LOST, rules).sentence.endswith(lost)
    if confirmation > 1:  # with one, a first bad score is a loss and never a possible one
        assert said(Reason.POSSIBLE_LOSS, rules).sentence.endswith(possible)


def test_a_possible_loss_says_that_it_is_not_confirmed():
    assert said(Reason.POSSIBLE_LOSS, recent=MARA.recent[:3]).sentence == (
        "PHQ-9 9 → 15 (19 Jan, 26 Jan): the last score no longer meets the clinic's "
        "rule (at or under 10, from baseline 20), first seen day 21. 1 more would confirm it."
    )


def test_silence_is_not_called_wellness():
    assert said(Reason.SILENT, recent=((on(7), 8.5),), last_assessed_on=on(11)).sentence == (
        "No check-in for 19 days; last PHQ-9 8.5, responding then. Whether the response still "
        "holds is unknown."
    )


def test_the_context_says_where_when_and_what_earlier_courses_did():
    assert said(Reason.LOST).context == (
        "Denver · last infusion 30 days ago · last check-in 2 days ago"
    )
    assert said(Reason.LOST, held_before=((31, 38), (24, None))).context.endswith(
        " · earlier courses held 31–38, 24 or more days"
    )
    assert said(Reason.SAFETY, last_infusion_on=None, last_assessed_on=None).context == "Denver"


def test_a_further_reason_follows_in_short_in_its_own_colour():
    words = said(Reason.SAFETY, further=[Reason.SAFETY_BLANK, Reason.LOST])
    assert words.sentence == "PHQ-9 item 9 rose 0 → 2, new, answered Mon 2 Feb."
    assert words.further == (
        ("ag-safety", "Also left unanswered on Mon 2 Feb."),
        (
            "ag-off",
            "Also response lost: PHQ-9 9 → 15 → 16 (19 Jan, 26 Jan, 2 Feb), first seen day 21.",
        ),
    )
    possible = said(
        Reason.SAFETY_BLANK, further=[Reason.POSSIBLE_LOSS], recent=MARA.recent[:3]
    ).further
    assert possible == (
        ("ag-off", "Also possible loss: PHQ-9 9 → 15 (19 Jan, 26 Jan), first seen day 21."),
    )
    silent = said(Reason.SAFETY, further=[Reason.SILENT], last_assessed_on=on(11)).further
    assert silent == (("ag-quiet", "Also silent: no check-in for 19 days."),)
    assert said(Reason.LOST).further == ()


def test_every_reason_has_its_words():
    assert set(TAGS) == set(Reason)
    for reason in Reason:
        words = said(reason)
        assert words.sentence.endswith(".")
        assert (words.tag, words.style) == TAGS[reason]


def test_missed_check_ins_are_counted_with_the_last_one_done():
    assert said(Reason.MISSED).sentence == (
        "The last 3 check-ins in a row were missed, the latest due Wed 28 Jan; the last one done "
        "was due Wed 7 Jan."
    )
    never = replace(MARA.missed, last_on=None)
    assert said(Reason.MISSED, missed=never).sentence.endswith("; none was ever done.")
    also = said(Reason.SILENT, further=(Reason.MISSED,))
    assert also.further == (("ag-quiet", "Also missed: the last 3 check-ins in a row."),)
