"""Who is signed in, a person at a time."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from itertools import groupby

import streamlit as st

from dashboard.attempts import attempt_and_reload
from dashboard.wording import sessions as words
from data import clock
from data.actions.sessions import end_session_of, end_sessions_of
from data.database import configured_engine
from data.queries.sessions import SessionRow
from models.policy import Person

MOST_SHOWN = 100


def draw_list(person: Person, rows: list[SessionRow], zone: str) -> None:
    st.text(words.how_many(rows))
    shown = rows[:MOST_SHOWN]
    last = {row.user_id: number for number, row in reversed(list(enumerate(shown)))}
    shown.sort(key=lambda row: last[row.user_id])  # whoever did something last comes first
    for _, theirs in groupby(shown, key=lambda row: row.user_id):
        _draw_person(person, list(theirs), zone)
    if len(rows) > MOST_SHOWN:
        st.text(words.CUT.format(most=MOST_SHOWN))


def _draw_person(person: Person, theirs: list[SessionRow], zone: str) -> None:
    engine, first = configured_engine(), theirs[0]
    whose = words.whose(first, is_me=first.user_id == person.user_id)
    with st.container(key=f"who-{first.user_id}", gap="small", width=820):
        head = st.container(horizontal=True, vertical_alignment="center")
        head.html(f"<b>{escape(whose)}</b>")
        if len(theirs) > 1 and head.button(words.END_ALL, key=f"all-{first.user_id}"):
            _end(lambda: end_sessions_of(engine, person, user_id=first.user_id))
        for row in theirs:
            place = st.container(horizontal=True, vertical_alignment="center")
            place.html(f"<div class='ag-line'>{escape(words.line(row, zone, clock.now()))}</div>")
            if place.button(words.END, key=f"end-{row.session_id}"):
                _end(lambda ended=row: end_session_of(engine, person, session_id=ended.session_id))


def _end(act: Callable[[], None]) -> None:
    attempt_and_reload(act, words.NOT_ENDED, words.ENDED)
