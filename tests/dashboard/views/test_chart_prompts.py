"""A patient's review prompts on their chart, in the words of Today: put aside, brought back."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dashboard.wording import put_aside as words
from data.actions.prompt_reviews import mark_seen
from data.queries.morning import read_morning
from data.queries.prompts import read_prompts
from models.outcomes.prompt_rules import Prompt
from models.policy import OPERATOR
from models.tables import PromptReview
from tests.clinic import HOLDING, LOST, only_row
from tests.dashboard.views.people import clinician_at
from tests.dashboard.views.screens import open_screen
from tests.histories import on, read_moment

SENTENCE = "confirmed by 2 check-ins in a row"


@pytest.fixture
def lost(clinic):
    clinic.set_day(30)
    return clinic.register("DEN-1", name="Lo Sst", records=LOST)


def open_chart(patient_id, **more):
    return open_screen("patient", id=patient_id, **more)


def said_on(screen):
    return " ".join(screen.said.split())


def put_aside_elsewhere(clinic, patient_id, reason="On the phone"):
    [row] = read_prompts(clinic.engine, OPERATOR, patient_id, tells_outlook=False).rows
    mark_seen(
        clinic.engine,
        clinic.anna,
        patient_id=patient_id,
        seen_review=None,
        prompts=row.reasons,
        evidence=row.evidence,
        reason=reason,
    )


def test_the_chart_says_what_today_says(clinic, lost):
    clinic.register("DEN-2", records=LOST)

    [line] = [
        row
        for row in read_morning(clinic.engine, OPERATOR, today=on(30)).rows
        if row.code == "DEN-1"
    ]
    assert read_prompts(clinic.engine, OPERATOR, lost, tells_outlook=False).rows == (line,)
    [sentence] = [body for body in open_screen("today").html if "DEN-1" in body]
    [on_chart] = [body for body in open_chart(lost).html if SENTENCE in body]
    assert on_chart.split("<small>")[0].strip() == sentence.split("<br>")[0].strip()


def test_who_meets_no_rule_has_no_line(clinic):
    clinic.set_day(20)
    holding = clinic.register("DEN-1", records=HOLDING)

    screen = open_chart(holding)

    assert SENTENCE not in said_on(screen)
    assert words.PUT_ASIDE not in screen.buttons


def test_it_is_put_aside_and_brought_back_on_the_chart(clinic, lost):
    screen = open_chart(lost).press(words.PUT_ASIDE)
    screen.field("text_input", words.WHY).set_value("Booked for Wednesday")
    screen.press(words.SEEN)

    said = said_on(screen)
    assert "seen by Robin Local, until there is something new: Booked for Wednesday" in said
    assert SENTENCE not in said
    assert only_row(clinic.engine, PromptReview).recorded_by == "Robin Local"

    screen.press(words.BRING_BACK)
    assert SENTENCE in said_on(screen)


def test_the_second_of_two_reads_what_the_first_did_and_keeps_their_words(clinic, lost):
    screen = open_chart(lost).press(words.PUT_ASIDE)
    put_aside_elsewhere(clinic, lost)
    screen.field("text_input", words.WHY).set_value("I rang them, too")
    screen.press(words.SEEN)

    assert "Meanwhile these prompts were seen by Anna: On the phone" in (
        screen.at.warning[-1].value.replace("\\", "")
    )
    assert screen.field("text_input", words.WHY).value == "I rang them, too"
    screen.press(words.AS_IT_IS_NOW)
    assert "seen by Anna" in said_on(screen)


def test_a_flag_is_said_once_and_what_stands_beside_it_cannot_be_put_aside(clinic, lost):
    clinic.score(lost, read_moment("29"), 17, safety_answer=1)

    [row] = read_prompts(clinic.engine, OPERATOR, lost, tells_outlook=False).rows
    screen = open_chart(lost)

    assert row.reasons[0] is Prompt.SAFETY
    assert said_on(screen).count("Not acknowledged yet.") == 1
    assert SENTENCE in said_on(screen)
    assert words.PUT_ASIDE not in screen.buttons


def test_what_is_aside_stays_readable_beside_a_flag(clinic, lost):
    put_aside_elsewhere(clinic, lost)
    clinic.score(lost, read_moment("28"), 16, safety_answer=1)

    screen = open_chart(lost)

    assert "On the phone" in said_on(screen)
    assert "Not acknowledged yet." in said_on(screen)


def test_a_reason_is_shown_as_it_was_typed(clinic, lost):
    put_aside_elsewhere(clinic, lost, reason="<b>loud</b> **bold**")
    [body] = [body for body in open_chart(lost).html if "loud" in body]
    assert "&lt;b&gt;loud&lt;/b&gt; **bold**" in body


def test_whoever_has_it_open_in_an_emergency_reads_it_and_puts_nothing_aside(clinic, lost):
    pia = replace(clinician_at(clinic.phoenix), emergencies=frozenset({lost}))

    screen = open_chart(lost, person=pia)

    assert SENTENCE in said_on(screen)
    assert words.PUT_ASIDE not in screen.buttons
