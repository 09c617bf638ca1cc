"""The parts of the Correct page: the form on what is recorded, and the conflict screen."""

from __future__ import annotations

from datetime import time
from html import escape
from typing import Any
from uuid import UUID

import streamlit as st

from dashboard import loaders, registration_changes
from dashboard.attempts import go_to_chart
from dashboard.forms import assessment, infusion, screen
from dashboard.wording import record as say
from data import clock
from data.actions.assessments import correct_assessment
from data.actions.infusions import correct_infusion
from data.actions.screens import correct_screen
from data.actions.withdrawals import withdraw_record
from data.database import configured_engine
from data.instruments import catalogue
from data.queries.chart import PatientFacts
from data.queries.records import read_earlier_versions, read_record
from models.entries import AssessmentEntry, InfusionEntry
from models.errors import AfterglowError, Conflict
from models.policy import Person
from models.screening import ScreenEntry, ScreenKind

# A registration is corrected like a record: its id is the patient's own.
PATIENT = "patient"
KINDS = ("infusion", "assessment", "screen", PATIENT)
Entry = InfusionEntry | AssessmentEntry | ScreenEntry


def record_in_address() -> tuple[str, UUID] | None:
    """Return the kind and id the address names; None when it names nonsense."""
    kind = st.query_params.get("kind", "")
    try:
        record_id = UUID(st.query_params.get("record", ""))
    except ValueError:
        return None
    return (kind, record_id) if kind in KINDS else None


def correct_record(person: Person, patient: PatientFacts, kind: str, record_id: UUID) -> None:
    if kind == PATIENT:
        registration_changes.correct_registration(person, patient.patient_id)
        return
    now = read_record(
        configured_engine(), person, kind, patient_id=patient.patient_id, record_id=record_id
    )
    if now["withdrawn_at"] is not None:
        st.info(say.WITHDRAWN)
        return
    seen = _as_first_seen(now, record_id)
    key = f"c-{record_id}-{seen['version']}"
    how = _how(kind, seen, key)
    with st.form("correct", border=False):
        entry = _ask(person, patient, kind, seen, how, key)
        reason = st.text_input(say.REASON, key=f"{key}-reason", max_chars=400)
        withdraw = st.checkbox(say.WITHDRAW, key=f"{key}-withdraw")
        sent = st.form_submit_button("Save the correction", type="primary")
    if sent:
        _save(person, patient, kind, seen, entry, reason, withdraw=withdraw)


def _as_first_seen(now: dict[str, Any], record_id: UUID) -> dict[str, Any]:
    """Return the record as this form first showed it, so that a change by others is noticed."""
    shown = st.session_state.get("correcting")
    if shown is None or shown["id"] != record_id:
        shown = {"id": record_id, "record": now}
        st.session_state["correcting"] = shown
    return dict(shown["record"])


def _how(kind: str, seen: dict[str, Any], key: str) -> str:
    if kind != "assessment":
        return ""
    return assessment.ask_how(
        catalogue()[seen["instrument"]], has_items=seen["items"] is not None, key=key
    )


def _ask(
    person: Person, patient: PatientFacts, kind: str, seen: dict[str, Any], how: str, key: str
) -> Entry:
    if kind == "infusion":
        return infusion.ask_infusion(
            seen,
            day=seen["given_on"],
            clock=_clock(seen, "given_at"),
            givers=loaders.givers(person, patient.site_id, clock.today(patient.time_zone)),
            key=key,
        )
    if kind == "screen":
        asked = screen.ask_screen(ScreenKind(seen["kind"]), seen, day=seen["done_on"], key=key)
        assert asked is not None  # a result that is recorded cannot be emptied
        return asked
    return assessment.ask_assessment(
        catalogue()[seen["instrument"]],
        how,
        seen,
        day=seen["taken_on"],
        clock=_clock(seen, "taken_at"),
        key=key,
    )


def _clock(seen: dict[str, Any], column: str) -> time | None:
    return clock.moment(clock.today(), seen[column], seen["time_zone"]).time


def _save(
    person: Person,
    patient: PatientFacts,
    kind: str,
    seen: dict[str, Any],
    entry: Entry,
    reason: str,
    *,
    withdraw: bool,
) -> None:
    try:
        _write(person, patient.patient_id, kind, seen, entry, reason, withdraw=withdraw)
    except Conflict as conflict:
        _show_conflict(person, patient.patient_id, kind, seen, entry, conflict)
        return
    except AfterglowError as error:
        st.error(f"Not saved: {error}")
        return
    st.session_state.pop("correcting", None)
    go_to_chart(patient.patient_id, say.CORRECTED)


def _write(
    person: Person,
    patient_id: UUID,
    kind: str,
    seen: dict[str, Any],
    entry: Entry,
    reason: str,
    *,
    withdraw: bool,
) -> None:
    engine = configured_engine()
    common = {"patient_id": patient_id, "seen_version": seen["version"], "reason": reason}
    record_id = seen[f"{kind}_id"]
    if withdraw:
        withdraw_record(engine, person, kind, record_id=record_id, **common)
    elif isinstance(entry, InfusionEntry):
        correct_infusion(engine, person, infusion_id=record_id, entry=entry, **common)
    elif isinstance(entry, ScreenEntry):
        correct_screen(engine, person, screen_id=record_id, entry=entry, **common)
    else:
        correct_assessment(engine, person, assessment_id=record_id, entry=entry, **common)


def _show_conflict(
    person: Person,
    patient_id: UUID,
    kind: str,
    seen: dict[str, Any],
    entry: Entry,
    conflict: Conflict,
) -> None:
    now = read_record(
        configured_engine(), person, kind, patient_id=patient_id, record_id=seen[f"{kind}_id"]
    )
    st.warning(f"{conflict} {say.CONFLICT}")
    theirs, ours = st.columns(2)
    theirs.markdown("**What it says now**")
    now_lines, our_lines = say.differing(say.recorded(now), say.entered(entry))
    theirs.html(_listed(now_lines))
    ours.markdown("**What you entered**")
    ours.html(_listed(our_lines))
    st.text(say.SAME)
    st.button(say.KEEP_THEIRS, on_click=_forget)
    st.text(say.HOW_TO_OVERRULE)


def _forget() -> None:
    st.session_state.pop("correcting", None)


def _listed(lines: list[tuple[str, str]]) -> str:
    rows = "".join(f"<tr><td>{escape(a)}</td><td>{escape(b)}</td></tr>" for a, b in lines)
    return f"<table class='ag-courses'>{rows}</table>"


def draw_history(person: Person, patient: PatientFacts, record_id: UUID) -> None:
    """Draw what a record said before, the latest first, in the times of the patient's site."""
    patient_id = patient.patient_id
    versions = [
        version
        for version in read_earlier_versions(configured_engine(), person, patient_id=patient_id)
        if version["record_id"] == record_id
    ]
    if versions:
        st.subheader("Earlier versions")
    for version in versions:
        with st.expander(say.version_title(version, patient.time_zone)):
            body = version["body"]
            if version["kind"] == PATIENT:
                body = registration_changes.in_words(person, body)
            st.html(_listed(say.recorded(body)))
