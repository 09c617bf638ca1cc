"""How a patient is asked, as a form: the same to staff on the chart and to the patient."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from html import escape
from typing import Any
from uuid import UUID

import streamlit as st

from dashboard.attempts import attempt_and_reload, offer_anew
from dashboard.wording import asking as words
from dashboard.wording.asking import Voice
from data import clock
from data.actions.checkin_wishes import set_wishes
from data.database import configured_engine
from data.queries.checkin_wishes import PatientWishes
from models.errors import Conflict
from models.policy import Person

SEEN = "wishes_being_changed"
HOURS = tuple(range(8, 21))


def draw(person: Person, patient_id: UUID, now: PatientWishes, voice: Voice) -> None:
    """Draw the form as first seen, so that a change by others is noticed, and all changes."""
    seen = _as_first_seen(patient_id, now)
    refused = words.refused(now, voice)
    if refused:
        st.html(f"<p class='ag-note ag-off'>{escape(refused)}</p>")
    st.html(f"<p class='ag-note'>{escape(voice.seen_by)}</p>")
    with st.form(f"wishes-{patient_id}-{seen.version}", border=False):
        asked = _ask(seen, voice)
        sent = st.form_submit_button(words.SAVE, type="primary")
    if sent:
        _save(person, patient_id, seen, asked)
    if now.changes:
        with st.expander(voice.history):
            said = (words.history(change, now.zone, voice) for change in now.changes)
            items = "".join(f"<li>{escape(line)}</li>" for line in said)
            st.html(f"<ul class='ag-note'>{items}</ul>")


def _as_first_seen(patient_id: UUID, now: PatientWishes) -> PatientWishes:
    held = st.session_state.get(SEEN)
    if held is None or held[0] != patient_id:
        held = (patient_id, now)
        st.session_state[SEEN] = held
    return held[1]


def _forget() -> None:
    st.session_state.pop(SEEN, None)


def _ask(seen: PatientWishes, voice: Voice) -> dict[str, Any]:
    before = values_of(seen)
    when, reach, rest = (st.container(key=f"wishes-{part}") for part in ("when", "reach", "rest"))
    asked: dict[str, Any] = {}
    with when:
        columns = st.columns(4)
        asked["weekday"] = _choose(
            columns[0], voice.weekday, [None, *range(7)], before["weekday"], words.weekday
        )
        asked["hour"] = _choose(columns[1], voice.hour, HOURS, before["hour"], words.hour)
        asked["language"] = _choose(
            columns[2],
            voice.language,
            list(words.LANGUAGES),
            before["language"],
            words.LANGUAGES.__getitem__,
        )
        zones = [None, *sorted(clock.zones())]
        asked["time_zone"] = _choose(columns[3], voice.zone, zones, before["time_zone"], words.zone)
    with reach:
        left, right = st.columns(2)
        asked["email"] = left.text_input(voice.email, before["email"] or "").strip() or None
        asked["mail_agreed"] = left.checkbox(voice.mail_agreed, before["mail_agreed"])
        asked["phone"] = right.text_input(voice.phone, before["phone"] or "").strip() or None
        asked["text_agreed"] = right.checkbox(voice.text_agreed, before["text_agreed"])
    with rest:
        left, right = st.columns(2)
        first, last = before["paused_from"], before["paused_until"]
        asked["paused_from"] = left.date_input(voice.pause_from, first, format="YYYY-MM-DD")
        asked["paused_until"] = right.date_input(voice.pause_until, last, format="YYYY-MM-DD")
        asked["stopped"] = st.checkbox(voice.stopped, before["stopped"])
    return asked


def _choose(where: Any, label: str, options: Any, chosen: Any, say: Any) -> Any:
    options = list(options)
    return where.selectbox(label, options, options.index(chosen), format_func=say)


def values_of(seen: PatientWishes) -> dict[str, Any]:
    """Return what the form shows; a pause that is over is none."""
    is_over = seen.paused_until is None or seen.paused_until < clock.today(seen.zone)
    return {
        "weekday": seen.wishes.weekday,
        "hour": seen.wishes.hour,
        "language": seen.wishes.language,
        "time_zone": seen.wishes.time_zone,
        "email": seen.email,
        "mail_agreed": seen.mail_agreed_at is not None,
        "phone": seen.phone,
        "text_agreed": seen.text_agreed_at is not None,
        "paused_from": None if is_over else seen.paused_from,
        "paused_until": None if is_over else seen.paused_until,
        "stopped": seen.stopped_on is not None,
    }


def changes_of(before: Mapping[str, Any], asked: Mapping[str, Any], today: date) -> dict[str, Any]:
    """Return what differs. A pause that has begun is changed from today on: what was stays."""
    changes = {name: value for name, value in asked.items() if value != before[name]}
    if {"paused_from", "paused_until"} & set(changes):
        first, last = asked["paused_from"], asked["paused_until"]
        has_begun = first is not None and first == before["paused_from"] and first < today
        changes["paused_from"] = today if has_begun else first
        changes["paused_until"] = last
    return changes


def _save(person: Person, patient_id: UUID, seen: PatientWishes, asked: dict[str, Any]) -> None:
    changes = changes_of(values_of(seen), asked, clock.today(seen.zone))

    def act() -> None:
        set_wishes(
            configured_engine(),
            person,
            patient_id=patient_id,
            seen_version=seen.version,
            changes=changes,
        )
        _forget()

    if not changes:
        st.info(words.SAME)
        return
    try:
        attempt_and_reload(act, words.NOT_SAVED, words.SAVED)
    except Conflict as conflict:
        offer_anew(conflict, words.NOT_SAVED, words.AS_IT_IS_NOW, _forget)
