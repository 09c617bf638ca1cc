"""Putting prompts aside from Today: who, why and until when, and nobody over another."""

from __future__ import annotations

import pytest

from dashboard.wording import morning as morning_words
from dashboard.wording import put_aside as words
from data.actions.policies import set_policy
from data.actions.prompt_reviews import mark_seen
from data.policies import PROMPTS
from data.queries.morning import read_morning
from models.outcomes.prompt_rules import PromptRules
from models.policy import OPERATOR
from models.tables import PromptReview
from tests.clinic import LOST, only_row, rows_of
from tests.dashboard.views.screens import open_screen
from tests.histories import on, read_moment


@pytest.fixture
def lost(clinic):
    clinic.set_day(30)
    clinic.register("DEN-1", name="Lo Sst", records=LOST)
    return clinic


def open_form():
    return open_screen("today").press(words.PUT_ASIDE)


def listed(screen):
    return [link.label for link in screen.links]


def put_aside_elsewhere(clinic, reason="On the phone"):
    rows = read_morning(clinic.engine, OPERATOR, today=on(30)).rows
    [row] = [it for it in rows if it.code == "DEN-1"]
    mark_seen(
        clinic.engine,
        clinic.anna,
        patient_id=row.patient_id,
        seen_review=None,
        prompts=row.reasons,
        evidence=row.evidence,
        reason=reason,
    )


def test_seen_folds_the_line_away_with_the_name_and_the_reason(lost):
    screen = open_form()
    assert "Lo Sst, DEN-1" in [text.value for text in screen.at.text]
    screen.field("text_input", words.WHY).set_value("Booked for Wednesday")
    screen.press(words.SEEN)

    assert screen.at.expander[0].label == "1 put aside"
    assert morning_words.ALL_ASIDE in screen.said
    said = " ".join(screen.said.split())
    assert "seen by Robin Local, until there is something new: Booked for Wednesday" in said
    assert "0 to call" in said
    assert "Robin Local 0 0 1 0" in said
    assert only_row(lost.engine, PromptReview).recorded_by == "Robin Local"


def test_snoozed_says_until_when_and_is_brought_back(lost):
    screen = open_form()
    screen.field("text_input", words.WHY).set_value("Away")
    screen.field("date_input", words.UNTIL).set_value(on(40))
    screen.press(words.SNOOZE)
    assert "snoozed by Robin Local until Sat 14 Feb: Away" in " ".join(screen.said.split())

    screen.press(words.BRING_BACK)

    assert not [box for box in screen.at.expander if "put aside" in box.label]
    assert "1  to call" in screen.said
    assert [row.action for row in rows_of(lost.engine, PromptReview)] == ["snoozed", "brought_back"]


def test_the_days_offered_end_where_the_clinic_says(lost):
    set_policy(lost.engine, OPERATOR, PROMPTS, PromptRules(snooze_days=3), reason="Shorter")
    until = open_form().field("date_input", words.UNTIL)

    assert (until.min, until.max, until.value) == (on(31), on(33), on(33))


def test_without_a_reason_nothing_is_put_aside_and_it_is_said(lost):
    screen = open_form()
    screen.press(words.SEEN)
    assert "say why" in screen.at.error[0].value
    assert rows_of(lost.engine, PromptReview) == []
    screen.press(words.LEAVE)
    assert words.SEEN not in screen.buttons


def test_the_second_of_two_reads_what_the_first_did_and_keeps_their_words(lost):
    screen = open_form()
    put_aside_elsewhere(lost)
    screen.field("text_input", words.WHY).set_value("I rang them, too")
    screen.press(words.SEEN)

    assert "Meanwhile these prompts were seen by Anna: On the phone" in (
        screen.at.warning[-1].value.replace("\\", "")
    )
    assert screen.field("text_input", words.WHY).value == "I rang them, too"
    assert len(rows_of(lost.engine, PromptReview)) == 1
    screen.press(words.AS_IT_IS_NOW)
    assert "seen by Anna" in screen.said


def test_of_two_who_bring_it_back_one_does_and_the_other_sees_it_back(lost):
    put_aside_elsewhere(lost)
    first, second = open_screen("today"), open_screen("today")
    first.press(words.BRING_BACK)
    second.press(words.BRING_BACK)

    assert listed(second) == ["Lo Sst"]
    assert words.PUT_ASIDE in second.buttons
    assert [row.action for row in rows_of(lost.engine, PromptReview)] == ["seen", "brought_back"]


def test_buttons_that_look_alike_do_not_sound_alike(lost):
    lost.register("DEN-2", name="Lo Sst", records=LOST)
    lost.score(lost.register("DEN-3"), read_moment("29"), 17, safety_answer=1)
    before = open_screen("today")
    put_aside_elsewhere(lost)
    after = open_screen("today")

    names = [button.label for button in (*before.at.button, *after.at.button)]
    assert set(names) == {
        r"Act :small[DEN\-3]",
        r"Put aside :small[Lo Sst, DEN\-1]",
        r"Put aside :small[Lo Sst, DEN\-2]",
        r"Bring back :small[Lo Sst, DEN\-1]",
    }


def test_a_worry_about_safety_is_acted_on_and_never_put_aside(clinic):
    clinic.set_day(30)
    patient = clinic.register("DEN-1", records=LOST)
    clinic.score(patient, read_moment("29"), 17, safety_answer=1)
    blank = clinic.register("DEN-2")
    clinic.score(blank, read_moment("29"), items=(1, 1, 1, 1, 1, 1, 1, 1, None))

    buttons = open_screen("today").buttons
    assert words.PUT_ASIDE not in buttons
    assert "Act" in buttons
    assert len(listed(open_screen("today"))) == 2


def test_a_reason_is_shown_as_it_was_typed(lost):
    put_aside_elsewhere(lost, reason="<b>loud</b> **bold**")
    screen = open_screen("today")
    [body] = [body for body in screen.html if "loud" in body]
    assert "&lt;b&gt;loud&lt;/b&gt; **bold**" in body


def test_without_any_work_it_says_so(lost):
    assert morning_words.NO_WORK in open_screen("today").said
