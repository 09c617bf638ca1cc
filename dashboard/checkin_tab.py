"""The check-ins of one patient: what is due and done, ways to the form, how they are asked."""

from __future__ import annotations

from html import escape
from uuid import UUID

import streamlit as st

from dashboard import checkin_links, wishes_form
from dashboard.chart_access import may
from dashboard.tables import table_of
from dashboard.wording import asking
from dashboard.wording import checkin_tab as words
from data.database import configured_engine
from data.queries.chart import Chart
from data.queries.checkin_stops import read_stops
from data.queries.checkin_wishes import read_wishes
from data.queries.due import PatientDue, read_due, read_remarks
from data.queries.messages import read_undelivered
from models.checkins.schedule import Due, open_today
from models.policy import Operation, Person

SHOWN = 6
REMARKS_SHOWN = 5


def draw_stops(person: Person, chart: Chart) -> None:
    """Say on the chart's head what the patient has asked to stop, a withdrawn consent too."""
    found = read_stops(configured_engine(), person, chart.patient.patient_id)
    said = " ".join(asking.stops(found, chart.today))
    if said:
        st.html(f"<p class='ag-line ag-off'>{escape(said)}</p>")


def draw(person: Person, chart: Chart) -> None:
    patient_id, engine = chart.patient.patient_id, configured_engine()
    due = read_due(engine, person, patient_id)
    st.html(f"<p class='ag-line'>{escape(words.summary(due))}</p>")
    if may(person, chart, Operation.PLAN_CHECKINS):
        now = open_today(due.dues)
        checkin_links.offer(person, patient_id, now.due_on if now else due.today, due.zone)
    _draw_list(due)
    _draw_remarks(person, patient_id)
    if may(person, chart, Operation.PLAN_CHECKINS):
        st.subheader(asking.TO_STAFF.title)
        wishes = read_wishes(engine, person, patient_id)
        st.text(asking.reached(wishes))
        _draw_trouble(person, chart)
        wishes_form.draw(person, patient_id, wishes, asking.TO_STAFF)


def _draw_list(due: PatientDue) -> None:
    if not due.dues:
        st.info(words.NOTHING)
        return
    latest, earlier = words.shown(due.dues, SHOWN)
    st.html(_table(latest, due))
    if earlier:
        with st.expander(f"{words.EARLIER} ({len(earlier)})"):
            st.html(_table(earlier, due))


def _table(dues: list[Due], due: PatientDue) -> str:
    rows = [words.line(each, due.today) for each in dues]
    return table_of(words.COLUMNS, rows, is_narrow=True)


def _draw_remarks(person: Person, patient_id: UUID) -> None:
    said = read_remarks(configured_engine(), person, patient_id)
    if said:
        items = "".join(f"<li>{escape(words.remark(each))}</li>" for each in said[:REMARKS_SHOWN])
        st.html(f"<b>{words.REMARKS}</b><ul class='ag-note'>{items}</ul>")


def _draw_trouble(person: Person, chart: Chart) -> None:
    patient = chart.patient
    found = read_undelivered(configured_engine(), person, site_id=patient.site_id)
    theirs = [each for each in found if each.patient_id == patient.patient_id]
    theirs = [each for each in theirs if each.kind == "reminder"]
    said = words.trouble(theirs, patient.time_zone)
    if said:
        st.html(f"<p class='ag-note ag-off'>{escape(said)}</p>")
