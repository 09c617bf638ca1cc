"""A patient's own check-ins: what is due now, and how they want to be asked."""

from __future__ import annotations

from html import escape

import streamlit as st

from dashboard import wishes_form
from dashboard.wording import asking
from dashboard.wording import own_checkins as words
from data.database import configured_engine
from data.queries.checkin_wishes import read_wishes
from data.queries.due import read_due
from models.checkins.schedule import open_today
from models.policy import Person


def draw_due(person: Person) -> None:
    """Say what is due, with the way to the form: a page of our own, in this window."""
    assert person.patient_id is not None
    due = read_due(configured_engine(), person, person.patient_id)
    label = words.BEGIN if open_today(due.dues) else words.TELL_ANYWAY
    st.html(
        f"<section class='ag-due'><p>{escape(words.due(due))}</p>"
        f"<p><a href='/check-in'>{label}</a></p></section>"
    )


def draw_wishes(person: Person) -> None:
    """Draw the form once it is opened: its lists would make the page slow to load on a phone."""
    assert person.patient_id is not None
    fold = st.expander(asking.TO_PATIENT.title, key="own-wishes", on_change="rerun")
    if fold.open:
        with fold:
            wishes = read_wishes(configured_engine(), person, person.patient_id)
            wishes_form.draw(person, person.patient_id, wishes, asking.TO_PATIENT)
