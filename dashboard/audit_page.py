"""The parts of the Audit page: filters, lines, and the check of the chains."""

from __future__ import annotations

import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import astuple
from datetime import date
from typing import Any
from uuid import UUID

import streamlit as st

from dashboard.formats import plain
from dashboard.tables import table_of
from dashboard.wording import audit as words
from data.audit_heads import heads_path, read_lines
from data.database import configured_engine
from data.queries.audit import PAGE, AuditFilter, AuditPage, verify
from data.queries.audit_size import count_audit
from models.policy import Person

LOOK_EVERY = 0.1  # seconds between two looks at the progress
FILTER, NUMBER = "audit_filter", "audit_page"


def ask_filter(sites: Mapping[str, UUID]) -> AuditFilter:
    with st.container(key="filters", horizontal=True):
        person = st.text_input(words.PERSON, key="audit_person", width=160)
        patient = st.text_input(words.PATIENT, key="audit_patient", width=130)
        site = st.selectbox(words.SITE, [words.ANY, *sites], key="audit_site", width=150)
        operation = st.selectbox(
            words.OPERATION,
            [words.ANY, *words.EVENTS],
            format_func=lambda code: words.ANY if code == words.ANY else words.what(code),
            key="audit_what",
            width=180,
        )
        outcome = st.selectbox(
            words.OUTCOME,
            [words.ANY, *words.OUTCOMES],
            format_func=lambda code: words.OUTCOMES.get(code, code),
            key="audit_outcome",
            width=130,
        )
        days = st.date_input(words.DAYS, [], format="YYYY-MM-DD", key="audit_days", width=250)
    since, until = days if len(days) == 2 else (None, None)
    return AuditFilter(
        person=person,
        patient=patient,
        site_id=sites.get(site),
        operation=None if operation == words.ANY else str(operation),
        outcome=None if outcome == words.ANY else outcome,
        since=since,
        until=until,
    )


def page_number(wanted: AuditFilter) -> int:
    """Return the page being looked at; another filter starts at the first."""
    key = astuple(wanted)
    if st.session_state.get(FILTER) != key:
        st.session_state[FILTER] = key
        st.session_state[NUMBER] = 0
    return int(st.session_state[NUMBER])


def draw_lines(page: AuditPage) -> None:
    """Draw the lines, the newest first."""
    st.html(table_of(words.COLUMNS, map(words.line, page.rows)))


def draw_pager(number: int, page: AuditPage) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        if number > 0:
            st.button("Newer", on_click=_turn, args=(-1,))
        if page.has_more:
            st.button("Older", on_click=_turn, args=(1,))
        st.text(words.place(number * PAGE + 1, len(page.rows)))


def _turn(step: int) -> None:
    st.session_state[NUMBER] = max(0, st.session_state[NUMBER] + step)


def offer_check(person: Person) -> None:
    st.subheader(words.CHECK_TITLE)
    st.text(words.WHY_CHAINS)
    if st.button(words.CHECK):
        _check(person)


def _check(person: Person) -> None:
    """Say what is wrong with the chains, or that nothing is, and what they were compared with."""
    heads = read_lines(heads_path(configured_engine()))
    size = count_audit(configured_engine(), person)
    findings = _verify(person, heads)
    if findings:
        st.error(plain(words.found(findings)))
        st.text("\n".join(str(finding) for finding in findings))
    else:
        st.success(words.sound(size.lines, size.chains))
    st.text(words.kept(len(heads), _last_day(heads)))


def _verify(person: Person, heads: list[str]) -> Any:
    """Read in a thread of its own, so that the page can tell how far it is."""
    progress = [0.0]

    def tell(done: int, total: int) -> None:
        progress[0] = min(done / max(total, 1), 1.0)

    bar = st.progress(0.0, words.CHECKING)
    with ThreadPoolExecutor(max_workers=1) as pool:
        work = pool.submit(verify, configured_engine(), person, heads=heads, tell=tell)
        while not work.done():
            bar.progress(progress[0], words.CHECKING)
            time.sleep(LOOK_EVERY)
    bar.empty()
    return work.result()


def _last_day(heads: list[str]) -> date | None:
    days = [line[:10] for line in heads if line.strip()]
    try:
        return date.fromisoformat(days[-1]) if days else None
    except ValueError:
        return None
