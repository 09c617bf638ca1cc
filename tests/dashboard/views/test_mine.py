"""What a patient reads of themselves: plain words, no verdict, and whom to call."""

from __future__ import annotations

import re
from datetime import date

import pytest

from dashboard.wording import mine as words
from data.actions.crisis_texts import set_crisis_text
from data.instruments import catalogue
from models.policy import OPERATOR
from tests.clinic import LOST
from tests.dashboard.views.people import patient_of
from tests.dashboard.views.screens import open_screen

BANDS = {band.label for it in catalogue().values() for band in it.bands}


@pytest.fixture
def mara(clinic):
    return clinic.register("DEN-1", name="Mara Kent", records=LOST)


def own_screen(patient_id):
    return open_screen("mine", person=patient_of(patient_id))


def test_nothing_yet_is_a_sentence_under_whom_to_call(clinic):
    screen = own_screen(clinic.register("DEN-1"))
    assert [it.value for it in screen.at.info] == [words.NOTHING_YET]
    assert words.BUILT_IN in screen.said
    assert words.NOBODY_WATCHES in screen.said


def test_their_scores_stand_in_words_with_their_days(mara):
    said = own_screen(mara).said
    assert (
        "Your last score, on 2 Feb 2026, was 16. Your first, on 4 Jan 2026, was 20. "
        "Lower is better; the scale goes from 0 to 27."
    ) in said
    assert "1 infusion, the last on 5 Jan 2026." in said
    assert "What is recorded of you at Denver." in said


def test_of_many_infusions_the_latest_are_named():
    days = [date(2026, 1, day) for day in range(20, 0, -1)]
    assert words.infusions(days).endswith("14 Jan 2026, and 13 earlier.")
    assert words.infusions(days[:2]).endswith("Before that: 19 Jan 2026.")


def test_nothing_but_their_own_stands_there(clinic, mara):
    clinic.register("DEN-2", name="Other Person", records="day | GAD-7\n0 | 11")
    said = own_screen(mara).said
    assert "Other" not in said
    assert "GAD-7" not in said


def test_no_verdict_no_forecast_and_no_figure_that_takes_long_to_load(mara):
    screen = own_screen(mara)
    assert not screen.at.get("plotly_chart")
    assert not screen.at.get("arrow_vega_lite_chart")
    said = without_foot(screen.said)
    for word in (*BANDS, "relapse", "remission", "responding", "lost", "holding"):
        assert not re.search(rf"\b{re.escape(word)}\b", said, re.IGNORECASE), word


def without_foot(said):
    return said.replace(next(line for line in said.splitlines() if "is not a device" in line), "")


def test_the_bar_is_as_long_as_the_score_is_high(mara):
    [table] = [body for body in own_screen(mara).html if "ag-own" in body and "<td" in body]
    assert re.findall(r"width:(\d+)%", table) == ["59", "56", "33", "30", "74"]


def test_earlier_scores_are_a_fold_away(clinic, mara):
    clinic.record(mara, "day | PHQ-9\n" + "\n".join(f"{day} | 12" for day in range(30, 40)))
    screen = own_screen(mara)
    assert [it.label for it in screen.at.expander] == [
        "How I want to be asked",
        "7 earlier scores",
    ]


def test_the_sites_own_words_come_before_ours(clinic, mara):
    set_crisis_text(
        clinic.engine,
        OPERATOR,
        site_id=clinic.denver,
        seen_revision=0,
        body="Ring <b>us</b>\nday and night.",
        phone="+1 (303) 555-0100",
    )
    screen = own_screen(mara)
    [box] = [body for body in screen.html if "ag-crisis" in body and words.IN_DANGER in body]
    assert "Ring &lt;b&gt;us&lt;/b&gt;\nday and night." in box
    assert "href='tel:+13035550100'" in box
    assert words.BUILT_IN not in screen.said
    assert words.NOBODY_WATCHES in box
