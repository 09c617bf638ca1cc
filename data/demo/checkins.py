"""Pretend check-ins: how patients wish to be asked, and the forms they have sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

import numpy as np
from numpy.random import Generator
from sqlalchemy import Connection, insert, select
from uuid_utils.compat import uuid7

from data import clock
from data.checkins.dues import Facts, load_facts
from data.checkins.wishes import DEFAULTS, PATIENT, address_place
from data.demo.filling_in import NEAR, choose_day, fill_in
from data.demo.group import SITES
from data.doors.sealing import seal
from data.policies import PLAN, in_force
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
ASKED = 0.93  # of the patients; the others fill in forms at the clinic only
BY_THEMSELVES = ("link", "kiosk")
OVER = (State.DONE, State.MISSED, State.OPEN)
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
    assessments: list[dict[str, Any]] = field(default_factory=list)


def make_pretend_checkins(connection: Connection, *, seed: int) -> int:
    """Give most patients wishes and the check-ins their answers came by; return how many."""
    rows = _Rows()
    patients = connection.execute(_PATIENTS).all()
    for number, patient in enumerate(patients):
        rng = np.random.default_rng([seed, 10, number])
        if rng.random() < ASKED:
            _wish(rng, rows, patient)
    _insert(connection, CheckInWishes, rows.wishes)
    _insert(connection, CheckInWishChange, rows.changes)
    _send(connection, seed, rows)
    _insert(connection, Assessment, rows.assessments)
    _insert(connection, CheckIn, rows.checkins)
    return len(rows.checkins)


def _insert(connection: Connection, table: type, rows: list[dict[str, Any]]) -> None:
    if rows:
        connection.execute(insert(table), rows)


_PATIENTS = (
    select(Patient.patient_id, Patient.name, Patient.left_on, Site.time_zone, PatientSite.from_on)
    .join(Site, Site.site_id == Patient.site_id)
    .join(PatientSite, PatientSite.patient_id == Patient.patient_id)
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
    if later and patient.left_on is None:
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


def _send(connection: Connection, seed: int, rows: _Rows) -> None:
    """Add a check-in for each form that was due lately and answered by the patient.

    Where the journey has none, most are filled in after the answers nearest to it: a patient's way
    through the clinic knows nothing of the plan's days.
    """
    plan, answers = in_force(connection, PLAN), _answers(connection)
    shares = _shares(connection)
    asked = sorted(row["patient_id"] for row in rows.wishes)
    for number, facts in enumerate(load_facts(connection, asked)):
        rng = np.random.default_rng([seed, 11, number])
        known = answers.get(facts.patient_id, ())
        for due in facts.dues(plan):
            if due.closes_on < facts.today - SINCE or due.state not in OVER:
                continue
            forms = [
                row
                for row in known
                if due.due_on <= row.taken_on <= due.closes_on
                and row.instrument in due.instruments
                and row.mode in BY_THEMSELVES
                and row.items
            ]
            made = [row._asdict() for row in forms]
            checkin_id = uuid7()
            if not made and due.state is State.MISSED and rng.random() < shares[facts.site_id]:
                day = choose_day(rng, facts, due, known)
                made = fill_in(rng, facts, due, known, checkin_id, day) if day else []
                rows.assessments += made
            if made:
                rows.checkins.append(_checkin(rng, facts, due, made, checkin_id))


def _shares(connection: Connection) -> dict[Any, float]:
    """Return the share of the forms that a site's patients fill in on the plan's days, by site."""
    shares = {site.name: site.fills_in for site in SITES}
    query = select(Site.site_id, Site.name)
    return {row.site_id: shares[row.name] for row in connection.execute(query)}


def _answers(connection: Connection) -> dict[Any, list[Any]]:
    query = (
        select(Assessment.__table__)
        .where(Assessment.total.is_not(None))
        .where(Assessment.taken_on >= clock.today() - SINCE - NEAR)
        .order_by(Assessment.patient_id, Assessment.taken_on, Assessment.assessment_id)
    )
    found: dict[Any, list[Any]] = {}
    for row in connection.execute(query):
        found.setdefault(row.patient_id, []).append(row)
    return found


def _checkin(
    rng: Generator, facts: Facts, due: Due, forms: Sequence[Mapping[str, Any]], checkin_id: UUID
) -> dict[str, Any]:
    last = forms[-1]
    sent_at = last["taken_at"] or clock.instant(last["taken_on"], time(12), facts.site_zone)
    chips = [str(chip) for chip in rng.permutation(CHIPS)[: int(rng.integers(1, 3))]]
    return {
        "patient_id": facts.patient_id,
        "checkin_id": checkin_id,
        "due_on": due.due_on,
        "mode": last["mode"],
        "language": facts.wishes.language,
        "instruments": list(due.instruments),
        "answers": {
            row["instrument"]: {str(at): _whole(it) for at, it in enumerate(row["items"], start=1)}
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
