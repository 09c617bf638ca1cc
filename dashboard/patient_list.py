"""The parts of the Patients page: its filters, its table, its pager."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple
from datetime import date
from uuid import UUID

import pyarrow as pa
import streamlit as st

from dashboard.formats import age, number
from dashboard.wording import patients as words
from dashboard.wording import statuses
from data.queries.group import Group
from data.queries.patients import ORDERS, PAGE, PatientFilter, PatientPage, PatientRow
from models.outcomes.standing import Status

ANY = "Any"
HERE = "here"
# The columns to read without scrolling sideways on a phone come first: pixels of 390.
ON_A_PHONE = {"Patient": 120, "Status": 112, "Last check-in": 92}


def ask_filter(group: Group) -> PatientFilter:
    with st.container(key="filters", horizontal=True):  # columns would send six messages more
        text = st.text_input("Name or number", placeholder="Search", key="search", width=270)
        site = st.selectbox("Site", [ANY, *group.sites], key="site", width=190)
        indication = st.selectbox(
            "Indication",
            [ANY, *statuses.INDICATIONS],
            format_func=lambda code: statuses.INDICATIONS.get(code, code),
            key="indication",
            width=170,
        )
        status = st.selectbox(
            "Status",
            [HERE, ANY, *Status],
            format_func=lambda code: words.HERE if code == HERE else statuses.NAMES.get(code, code),
            key="status",
            help=statuses.explained(),
            width=200,
        )
        order = st.selectbox("Order by", list(ORDERS), key="order", width=170)
    return PatientFilter(
        search=text,
        site_id=group.sites.get(site),
        indication=None if indication == ANY else indication,
        status=None if status in (HERE, ANY) else Status(status),
        with_leavers=status != HERE,
        order=order,
    )


def page_number(wanted: PatientFilter) -> int:
    """Return the page being looked at; another filter starts at the first."""
    key = astuple(wanted)
    if st.session_state.get("patients_filter") != key:
        st.session_state["patients_filter"] = key
        st.session_state["patients_page"] = 0
    return int(st.session_state["patients_page"])


def draw_table(rows: Sequence[PatientRow], today: date) -> UUID | None:
    """Draw one page of patients; return the one that was clicked."""
    event = st.dataframe(
        _shown(rows, today),
        hide_index=True,
        height="content",
        row_height=38,
        on_select="rerun",
        selection_mode="single-row",
        key="patients_table",
        column_config={
            "Scores": st.column_config.LineChartColumn(
                "Last scores", width="small", y_min=0, help=words.SPARKLINE
            ),
            **{name: st.column_config.TextColumn(width=wide) for name, wide in ON_A_PHONE.items()},
        },
        alt="Patients, one row each. Choose a row to open the chart.",
    )
    chosen = event["selection"]["rows"]
    return rows[chosen[0]].patient_id if chosen else None


def _shown(rows: Sequence[PatientRow], today: date) -> pa.Table:
    """Return the columns as Streamlit sends them; a DataFrame would be converted every rerun."""
    return pa.table(
        {
            "Patient": [row.name or row.code for row in rows],
            "Status": [statuses.NAMES[row.status] for row in rows],
            "Last check-in": [age(row.last_assessed_on, today) or "–" for row in rows],
            "Number": [row.code for row in rows],
            "Scores": [[score for _, score in row.recent] for row in rows],
            "Latest": [
                f"{row.instrument} {number(row.latest)}" if row.instrument else "–" for row in rows
            ],
            "Last infusion": [age(row.last_infusion_on, today) or "–" for row in rows],
            "Indication": [statuses.indication(row.indication) for row in rows],
            "Site": [row.site for row in rows],
        }
    )


def draw_pager(page: int, shown: PatientPage) -> None:
    first = page * PAGE + 1
    with st.container(horizontal=True, vertical_alignment="center"):
        if page > 0:
            st.button("Back", on_click=_turn, args=(-1,))
        if shown.has_more:
            st.button("Next", on_click=_turn, args=(1,))
        st.text(f"{first:,} to {first + len(shown.rows) - 1:,}. {words.HOW_TO_OPEN}")


def _turn(step: int) -> None:
    st.session_state["patients_page"] = max(0, st.session_state["patients_page"] + step)
