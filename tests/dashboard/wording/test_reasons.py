"""The sentence on each line of the morning list, word for word: the rule, the scores, the dates."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import pytest

from dashboard.wording import put_aside
from dashboard.wording.reasons import TAGS, By, explain, in_short
from data.queries.due import MissedForms
from data.queries.flags import FlagRow, FlagStep
from data.queries.morning_rows import LookRow
from models.outcomes.forecast import Outlook, OutlookStatus, Window
from models.outcomes.prompt_rules import Prompt, PromptRules
from models.outcomes.reviews import Deed, Review
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
OUTLOOK = Outlook(
    status=OutlookStatus.STATED,
    as_of=TODAY,
    course_end=on(0),
    days_since=30,
    well_on=on(28),
    window=Window((1.0, 3.0, 9.2, 15.0, 40.0), (0.4,) * 16, ((0.0, 0.0),)),
)
MARA = LookRow(
    reasons=(Prompt.LOST,),
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
    best=4,
    gain_lost=0.3125,
    gain_since=on(21),
    outlook=OUTLOOK,
    chance=0.456,
)
# Nothing of the days ahead, as where outlooks are switched off or too many.
NO_OUTLOOK = {"outlook": None, "chance": None}


def said(reason, rules=None, further=(), **facts):
    row = replace(MARA, reasons=(reason, *further), **facts)
    return explain(row, By(rules or Rules(), PromptRules(), TODAY))


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
    assert words.sentence == f"PHQ-9 item 9 {change}, answered Mon 2 Feb. Not acknowledged yet."
    assert (words.tag, words.style) == ("Safety", "ag-safety")


def flagged(**facts):
    return said(Prompt.SAFETY, flags=(replace(ROSE, **facts),))


@pytest.mark.parametrize("instrument", ["PCL-5", "one we no longer have"])
def test_a_safety_item_whose_number_is_not_known_has_none(instrument):
    words = flagged(instrument=instrument)
    assert (
        words.sentence == f"{instrument} safety item rose 0 → 2, new, answered Mon 2 Feb. "
        "Not acknowledged yet."
    )


def test_an_old_answer_names_its_year():
    assert flagged(answered_on=on(-30)).sentence.endswith(
        "answered Sat 6 Dec 2025. Not acknowledged yet."
    )


def test_a_clinics_own_rule_is_named_with_its_value():
    words = flagged(kind="Total 20 or more", answer=22, before=18, change="new")
    assert words.sentence == (
        "PHQ-9 22 (before 18) meets the clinic's rule “Total 20 or more”, new, answered Mon 2 Feb. "
        "Not acknowledged yet."
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
    words = said(Prompt.SAFETY, flags=(ROSE, older))
    assert words.sentence.endswith("2 flags are open, the oldest of Sun 25 Jan.")


def test_of_several_flags_one_that_nobody_has_acknowledged_is_told():
    in_hand = replace(ROSE, answer=1, before=1, steps=(ACKED,))
    waiting = replace(ROSE, flag_id=UUID(int=9), answered_on=on(25), answer=3, before=0)
    words = said(Prompt.SAFETY, flags=(in_hand, waiting))
    assert words.sentence == (
        "PHQ-9 item 9 rose 0 → 3, new, answered Fri 30 Jan. Not acknowledged yet. "
        "2 flags are open, the oldest of Fri 30 Jan."
    )


def test_a_blank_safety_item_is_not_a_zero():
    words = said(Prompt.SAFETY_BLANK)
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
    assert said(Prompt.LOST, **facts).sentence == sentence.replace("{rule}", who_5)


@pytest.mark.parametrize(
    ("score", "then"),
    [(13, " Now 13 (4 Feb)."), (10, " Now 10 (4 Feb), which meets it again.")],
)
def test_a_score_after_the_loss_is_told_as_it_is(score, then):
    row = {"recent": (*MARA.recent, (on(30), score))}
    assert said(Prompt.LOST, **row).sentence.endswith("2 check-ins in a row." + then)
    [(_, also)] = said(Prompt.SAFETY, further=[Prompt.LOST], **row).further
    assert also.endswith("(19 Jan, 26 Jan, 2 Feb), first seen day 21." + then)


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
    assert lost in said(Prompt.LOST, rules).sentence
    if confirmation > 1:  # with one, a first bad score is a loss and never a possible one
        turned = said(Prompt.POSSIBLE_LOSS, rules, recent=MARA.recent[:3])
        assert turned.sentence.endswith(possible)


def test_with_three_to_confirm_the_second_leaves_one():
    assert said(Prompt.POSSIBLE_LOSS, Rules(confirmation=3)).sentence == (
        "PHQ-9 9 → 15 → 16 (19 Jan, 26 Jan, 2 Feb): the last 2 scores no longer meet the clinic's "
        "rule (at or under 10, from baseline 20), first seen day 21. 1 more would confirm it."
    )


@pytest.mark.parametrize(
    ("confirmation", "scores", "then"),
    [
        (1, "9 → 15 (19 Jan, 26 Jan)", " Now 6 (4 Feb), which meets it again."),
        (3, "9 → 15 → 16 → 17 (19 Jan, 26 Jan, 2 Feb, 3 Feb)", ""),
    ],
)
def test_the_scores_told_of_a_loss_are_those_that_confirm_it(confirmation, scores, then):
    after = ((on(30), 6),) if confirmation == 1 else ((on(28), 16), (on(29), 17))
    told = said(Prompt.LOST, Rules(confirmation=confirmation), recent=(*MARA.recent[:3], *after))
    assert told.sentence.startswith(f"PHQ-9 {scores} no longer meets")
    assert told.sentence.endswith(("one check-in." if then else "3 check-ins in a row.") + then)


def test_a_possible_loss_says_that_it_is_not_confirmed():
    assert said(Prompt.POSSIBLE_LOSS, recent=MARA.recent[:3]).sentence == (
        "PHQ-9 9 → 15 (19 Jan, 26 Jan): the last score no longer meets the clinic's "
        "rule (at or under 10, from baseline 20), first seen day 21. 1 more would confirm it."
    )


def test_silence_is_not_called_wellness():
    assert said(Prompt.SILENT, recent=((on(7), 8.5),), last_assessed_on=on(11)).sentence == (
        "No check-in for 19 days; last PHQ-9 8.5, responding then. Whether the response still "
        "holds is unknown."
    )


def test_the_context_says_where_when_and_what_earlier_courses_did():
    assert said(Prompt.LOST).context == (
        "Denver · last infusion 30 days ago · last check-in 2 days ago · 46\u00a0% like this "
        "lose response within 14 days"
    )
    assert said(Prompt.LOST, planned_on=on(37), **NO_OUTLOOK).context == (
        "Denver · last infusion 30 days ago · next planned Wed 11 Feb · last check-in 2 days ago"
    )
    assert said(Prompt.LOST, held_before=((31, 38), (24, None))).context.endswith(
        " · earlier courses held 31–38, 24 or more days"
    )
    never = {"last_infusion_on": None, "last_assessed_on": None}
    assert said(Prompt.SAFETY, **never, **NO_OUTLOOK).context == "Denver"


def test_a_further_reason_follows_in_short_in_its_own_colour():
    words = said(Prompt.SAFETY, further=[Prompt.SAFETY_BLANK, Prompt.LOST])
    assert (
        words.sentence == "PHQ-9 item 9 rose 0 → 2, new, answered Mon 2 Feb. Not acknowledged yet."
    )
    assert words.further == (
        ("ag-safety", "Also left unanswered on Mon 2 Feb."),
        (
            "ag-off",
            "Also response lost: PHQ-9 9 → 15 → 16 (19 Jan, 26 Jan, 2 Feb), first seen day 21.",
        ),
    )
    possible = said(
        Prompt.SAFETY_BLANK, further=[Prompt.POSSIBLE_LOSS], recent=MARA.recent[:3]
    ).further
    assert possible == (
        ("ag-off", "Also possible loss: PHQ-9 9 → 15 (19 Jan, 26 Jan), first seen day 21."),
    )
    silent = said(Prompt.SAFETY, further=[Prompt.SILENT], last_assessed_on=on(11)).further
    assert silent == (("ag-quiet", "Also silent: no check-in for 19 days."),)
    assert said(Prompt.LOST).further == ()


def test_every_reason_has_its_words():
    assert set(TAGS) == set(Prompt)
    for reason in Prompt:
        words = said(reason)
        assert words.sentence.endswith(".")
        assert (words.tag, words.style) == TAGS[reason]


def test_missed_check_ins_are_counted_with_the_last_one_done():
    told = (
        "The last 3 check-ins in a row were missed, the latest due Wed 28 Jan; the last one done "
        "was due Wed 7 Jan."
    )
    assert said(Prompt.MISSED, last_assessed_on=on(3)).sentence == told
    # Whose score a clinician entered since has missed forms, and has been seen all the same.
    since = f"{told} A score was recorded without one on Mon 2 Feb."
    assert said(Prompt.MISSED, last_assessed_on=on(28)).sentence == since
    never = {"missed": replace(MARA.missed, last_on=None), "last_assessed_on": None}
    assert said(Prompt.MISSED, **never).sentence.endswith("; none was ever done.")
    also = said(Prompt.SILENT, further=(Prompt.MISSED,))
    assert also.further == (("ag-quiet", "Also missed: the last 3 check-ins in a row."),)


def test_the_share_of_the_gain_that_is_gone_is_told_with_its_line_scores_and_dates():
    fading = {"recent": ((on(7), 4), (on(21), 9), (on(28), 10))}
    assert said(Prompt.GAIN_FIRST, **fading).sentence == (
        "31\u00a0% or more of the gain is gone on two check-ins in a row (line: 25\u00a0%), since "
        "26 Jan: PHQ-9 best 4, now 9 → 10 (26 Jan, 2 Feb), from baseline 20; day 30 today. Still "
        "responding by the clinic's rule."
    )
    assert "(line: 50\u00a0%)" in said(Prompt.GAIN_SECOND, **fading).sentence
    also = said(Prompt.SAFETY, further=(Prompt.GAIN_FIRST,)).further
    assert also == (
        ("ag-off", "Also 31\u00a0% or more of the gain is gone on two check-ins in a row."),
    )


def test_the_outlook_is_told_of_patients_like_this_with_its_line_and_as_a_window():
    words = said(Prompt.OUTLOOK)
    assert words.sentence == (
        "Day 30 today: PHQ-9 15 → 16 (26 Jan, 2 Feb), last seen well on day 28 (at or under 10, "
        "from baseline 20). Of patients like this 46\u00a0% lose response within 14 days from "
        "today (at or over the line of 40\u00a0%); half lose response between day 33 and day 45 "
        "(7 Feb to 19 Feb)."
    )
    once = said(Prompt.OUTLOOK, recent=((on(-7), 20), (on(0), 17), (on(7), 8))).sentence
    assert once.startswith("Day 30 today: PHQ-9 8 (12 Jan), last seen well")
    assert "like this" not in words.context  # said once
    since = "(at or over the line of 40\u00a0% since 3 Feb); half"
    assert since in said(Prompt.OUTLOOK, chance_since=on(29)).sentence
    since = "(at or over the line of 40\u00a0% since 2 Feb, the last check-in); half"
    assert since in said(Prompt.OUTLOOK, chance_since=on(28)).sentence
    also = said(Prompt.GAIN_SECOND, further=(Prompt.OUTLOOK,), chance_since=on(29)).further
    assert also == (
        (
            "ag-off",
            "Also of patients like this 46\u00a0% lose response within 14 days from today (at or "
            "over the line since 3 Feb).",
        ),
    )


REVIEW = Review(
    review_id=UUID(int=5),
    deed=Deed.SNOOZED,
    prompts=frozenset({Prompt.LOST}),
    evidence="",
    until=on(37),
    reason="Booked for Wednesday",
    recorded_at=datetime(2026, 2, 3, 16, 5, tzinfo=UTC),
    recorded_by="Anna",
)


@pytest.mark.parametrize(
    ("review", "until", "signed"),
    [
        (
            REVIEW,
            "11 Feb",
            "3 Feb 2026, 09:05, snoozed by Anna until Wed 11 Feb: Booked for Wednesday",
        ),
        (
            replace(REVIEW, deed=Deed.SEEN, until=None),
            "there is something new",
            "3 Feb 2026, 09:05, seen by Anna, until there is something new: Booked for Wednesday",
        ),
    ],
    ids=["snoozed", "seen"],
)
def test_what_was_put_aside_says_by_whom_until_when_and_why(review, until, signed):
    aside = {"aside": (Prompt.LOST,), "review": review, **NO_OUTLOOK}
    assert said(Prompt.SAFETY, **aside).context.endswith(
        f" · put aside: response lost (Anna, until {until})"
    )
    row = replace(MARA, reasons=(), **aside)
    assert in_short(row, By(Rules(), PromptRules(), TODAY)) == (
        "Response lost: PHQ-9 9 → 15 → 16 (19 Jan, 26 Jan, 2 Feb), first seen day 21."
    )
    assert put_aside.signed(review, "America/Denver") == signed
