"""Pretend check-ins: how patients wish to be asked, and the forms they have sent."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

import numpy as np
from numpy.random import Generator
from sqlalchemy import Connection, insert, select
from uuid_utils.compat import uuid7

from data import clock
from data.actions.checkin_wishes import DEFAULTS, PATIENT, address_place
from data.checkins.dues import Facts, load_facts
from data.checkins.plans import plan_in_force
from data.doors.sealing import seal
from models.checkins.schedule import Due, State
from models.tables import (
    Assessment,
    CheckIn,
    CheckInWishChange,
    CheckInWishes,
    Patient,
    PatientSite,
    Site,
)

SINCE = timedelta(days=120)
ASKED = 0.75  # of the patients who are still there; the others fill in forms at the clinic only
BY_THEMSELVES = ("link", "kiosk")
CHIPS = ("poor_sleep", "stressful_week", "side_effects", "good_news", "unwell", "missed_medicine")
NOTES = (
    "Slept badly since Tuesday.",
    "First week back at work.",
    "A little dizzy in the evening after the infusion.",
    "My sister is staying with me.",
)
STAFF = "Front desk"
GOLDEN = 0.618034


@dataclass
class _Rows:
    wishes: list[dict[str, Any]] = field(default_factory=list)
    changes: list[dict[str, Any]] = field(default_factory=list)
    checkins: list[dict[str, Any]] = field(default_factory=list)


def make_pretend_checkins(connection: Connection, *, seed: int) -> int:
    """Give most patients wishes and the check-ins their answers came by; return how many."""
    rows = _Rows()
    patients = connection.execute(_PATIENTS).all()
    for number, patient in enumerate(patients):
        rng = np.random.default_rng([seed, 10, number])
        if rng.random() < ASKED:
            _wish(rng, rows, patient)
    for table, some in ((CheckInWishes, rows.wishes), (CheckInWishChange, rows.changes)):
        if some:
            connection.execute(insert(table), some)
    rows.checkins += _sent(connection, seed, [row["patient_id"] for row in rows.wishes])
    if rows.checkins:
        connection.execute(insert(CheckIn), rows.checkins)
    return len(rows.checkins)


_PATIENTS = (
    select(Patient.patient_id, Patient.name, Site.time_zone, PatientSite.from_on)
    .join(Site, Site.site_id == Patient.site_id)
    .join(PatientSite, PatientSite.patient_id == Patient.patient_id)
    .where(Patient.left_on.is_(None))
    .order_by(Patient.code)
)


def _wish(rng: Generator, rows: _Rows, patient: Any) -> None:
    """Add what a patient chose at registration and, for some, what they chose later."""
    today = clock.today(patient.time_zone)
    chosen = _first_wishes(rng, patient)
    steps = [(patient.from_on, chosen, STAFF, False)]
    # Spread evenly, so that a small group has somebody of each kind as well.
    chance = (len(rows.wishes) * GOLDEN + 0.4) % 1
    later = _later_wishes(rng, chance, today, has_mail=bool(chosen.get("mail_agreed_at")))
    if later:
        days_ago = int(rng.integers(1, 20))
        steps.append((max(today - timedelta(days=days_ago), patient.from_on), later, None, True))
    row = {**DEFAULTS, "patient_id": patient.patient_id}
    for day, what, who, is_own in steps:
        at = _at(rng, day, patient.time_zone)
        name = who or patient.name or PATIENT
        row |= {**what, "recorded_at": at, "recorded_by": name}
        rows.changes.append(_change(patient, day, what, at, name, is_own=is_own))
    rows.wishes.append({**row, "version": len(steps)})


def _first_wishes(rng: Generator, patient: Any) -> dict[str, Any]:
    weekday = int(rng.integers(0, 7)) if rng.random() < 0.3 else None
    chosen: dict[str, Any] = {"weekday": weekday, "hour": int(rng.choice((9, 12, 17, 18, 19)))}
    if rng.random() < 0.08:
        chosen["language"] = "es"
    if rng.random() < 0.7:
        agreed = _at(rng, patient.from_on, patient.time_zone)
        # .invalid is nobody's, whatever mail server this is shown with (RFC 2606).
        name = "".join(char for char in (patient.name or "patient").lower() if char.isascii())
        mail = f"{'.'.join(name.split())}@example.invalid"
        place = address_place("email", patient.patient_id)
        chosen |= {"email": seal(mail, place), "mail_agreed_at": agreed}
    return chosen


def _later_wishes(rng: Generator, chance: float, today: date, *, has_mail: bool) -> dict[str, Any]:
    if chance < 0.06:
        ends = today + timedelta(days=int(rng.integers(3, 15)))
        return {"paused_from": today - timedelta(days=2), "paused_until": ends}
    if chance < 0.10:
        return {"stopped_on": today - timedelta(days=int(rng.integers(1, 10)))}
    if chance < 0.15 and has_mail:
        return {"mail_agreed_at": None}
    return {"hour": int(rng.choice((8, 20)))} if chance < 0.20 else {}


def _change(
    patient: Any, day: date, what: dict[str, Any], at: datetime, name: str, *, is_own: bool
) -> dict[str, Any]:
    told = {
        key: "changed" if key == "email" else value.isoformat() if _is_day(value) else value
        for key, value in what.items()
    }
    about = {"day": day.isoformat(), **({"by": PATIENT} if is_own else {})}
    return {
        "patient_id": patient.patient_id,
        "change_id": uuid7(),
        "what": {**about, **told},
        "changed_at": at,
        "changed_by": name,
    }


def _is_day(value: Any) -> bool:
    return isinstance(value, date)  # a datetime is one too


def _at(rng: Generator, day: date, zone: str) -> datetime:
    at = clock.instant(day, time(int(rng.integers(8, 18)), int(rng.integers(0, 60))), zone)
    return min(at, clock.now())


def _sent(connection: Connection, seed: int, patient_ids: Sequence[Any]) -> Iterator[Any]:
    """Yield a check-in for each form that was due lately and answered by the patient."""
    plan, answers = plan_in_force(connection), _answers(connection)
    for number, facts in enumerate(load_facts(connection, sorted(patient_ids))):
        rng = np.random.default_rng([seed, 11, number])
        for due in facts.dues(plan):
            forms = [
                row
                for row in answers.get(facts.patient_id, ())
                if due.due_on <= row.taken_on <= due.closes_on and row.instrument in due.instruments
            ]
            if forms and due.state in (State.DONE, State.MISSED, State.OPEN):
                yield _checkin(rng, facts, due, forms)


def _answers(connection: Connection) -> dict[Any, list[Any]]:
    query = (
        select(Assessment.__table__)
        .where(Assessment.mode.in_(BY_THEMSELVES), Assessment.items.is_not(None))
        .where(Assessment.taken_on >= clock.today() - SINCE)
        .order_by(Assessment.patient_id, Assessment.taken_on, Assessment.assessment_id)
    )
    found: dict[Any, list[Any]] = {}
    for row in connection.execute(query):
        found.setdefault(row.patient_id, []).append(row)
    return found


def _checkin(rng: Generator, facts: Facts, due: Due, forms: Sequence[Any]) -> dict[str, Any]:
    last = forms[-1]
    sent_at = last.taken_at or clock.instant(last.taken_on, time(12), facts.site_zone)
    chips = [str(chip) for chip in rng.permutation(CHIPS)[: int(rng.integers(1, 3))]]
    return {
        "patient_id": facts.patient_id,
        "checkin_id": uuid7(),
        "due_on": due.due_on,
        "mode": last.mode,
        "language": facts.wishes.language,
        "instruments": list(due.instruments),
        "answers": {
            row.instrument: {str(at): _whole(it) for at, it in enumerate(row.items, start=1)}
            for row in forms
        },
        "chips": chips if rng.random() < 0.15 else [],
        "note": str(rng.choice(NOTES)) if rng.random() < 0.04 else None,
        "started_at": sent_at - timedelta(seconds=int(rng.integers(50, 150))),
        "saved_at": sent_at,
        "submitted_at": sent_at,
    }


def _whole(answer: Any) -> int | None:
    return None if answer is None else int(answer)
