"""Pretend bookings of next infusions, and urinary and cognition screens."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, time, timedelta
from itertools import groupby
from operator import attrgetter
from typing import Any

import numpy as np
from numpy.random import Generator
from sqlalchemy import Connection, insert, select
from uuid_utils.compat import uuid7

from data import clock
from data.actions.records import form_key
from data.demo.group import clinicians_of
from models.outcomes.exposure import add_months
from models.screening import FINDINGS, ScreenEntry, ScreenKind
from models.tables import Infusion, Patient, PlannedInfusion, Screen, Site

# Who was treated lately is likely to come again; the others have nothing booked.
LATELY = timedelta(days=45)
BOOKED, MISSED, MOVED = 0.5, 0.12, 0.15
# Months between screens, how often one is done when its time has come, and something found.
EVERY = {ScreenKind.URINARY: (6, 0.85), ScreenKind.COGNITION: (12, 0.8)}
FOUND = 0.06
WORDS = {
    ScreenKind.URINARY: ("No complaints.", "Dipstick clear.", "As at the last visit."),
    ScreenKind.COGNITION: ("MoCA 27 of 30.", "MoCA 28 of 30.", "Digit span as a year ago."),
}
FOUND_WORDS = {
    ScreenKind.URINARY: "Urologist asked for an opinion.",
    ScreenKind.COGNITION: "MoCA 24 of 30; three months ago 27.",
}
Rows = list[dict[str, Any]]


def make_pretend_exposure(connection: Connection, *, seed: int, today: date) -> dict[str, int]:
    """Book next infusions after `today` and do screens before it; return how many of each."""
    bookings: Rows = []
    screens: Rows = []
    rows = connection.execute(_GIVEN)
    for number, (_, group) in enumerate(groupby(rows, key=attrgetter("patient_id"))):
        given = list(group)
        rng = np.random.default_rng([seed, 12, number])
        bookings += _book(rng, given[-1], [row.given_on for row in given], today)
        screens += _screen(rng, given[-1], [row.given_on for row in given], today)
    for table, some in ((PlannedInfusion, bookings), (Screen, screens)):
        if some:
            connection.execute(insert(table), some)
    return {"booked infusions": len(bookings), "screens": len(screens)}


_GIVEN = (
    select(
        Infusion.patient_id,
        Infusion.given_on,
        Patient.site_id,
        Patient.left_on,
        Site.time_zone,
        Site.name.label("site"),
    )
    .join(Patient, Patient.patient_id == Infusion.patient_id)
    .join(Site, Site.site_id == Patient.site_id)
    .order_by(Patient.code, Infusion.given_on, Infusion.infusion_id)
)


def _book(
    rng: Generator, patient: Any, given: Sequence[date], today: date
) -> Iterator[dict[str, Any]]:
    """Yield what was said of one patient's next infusion, versions in order."""
    last = given[-1]
    chance = rng.random()
    if patient.left_on or today - last > LATELY or chance > BOOKED + MISSED:
        return
    made_on = min(last + timedelta(days=int(rng.integers(0, 3))), today)
    ahead = 2 if len(given) < 6 and (today - last).days < 7 else int(rng.integers(4, 24))
    planned_on = today + timedelta(days=ahead)
    planned_on = _weekday(planned_on)
    passed = min(made_on + timedelta(days=int(rng.integers(5, 20))), today - timedelta(days=1))
    if chance > BOOKED and passed > made_on:
        planned_on = passed  # and nobody came
    yield _booking(patient, 1, planned_on, made_on)
    if rng.random() < MOVED and planned_on > today:
        later = planned_on + timedelta(days=int(rng.integers(1, 5)))
        yield _booking(patient, 2, _weekday(later), min(made_on + timedelta(days=1), today))


def _weekday(day: date) -> date:
    """Return the day, or the Monday after a weekend."""
    return day + timedelta(days=7 - day.weekday()) if day.weekday() > 4 else day


def _booking(patient: Any, version: int, planned_on: date, made_on: date) -> dict[str, Any]:
    return {
        "patient_id": patient.patient_id,
        "planned_id": uuid7(),
        "site_id": patient.site_id,
        "version": version,
        "planned_on": planned_on,
        "made_on": made_on,
        "reason": None,
        **_stamp(patient, made_on),
    }


def _screen(
    rng: Generator, patient: Any, given: Sequence[date], today: date
) -> Iterator[dict[str, Any]]:
    """Yield the screens of a patient: one at the beginning for most, then as the months pass."""
    last = min(given[-1] + timedelta(days=60), today)
    for kind, (months, diligence) in EVERY.items():
        day = given[0]
        while day < last:
            if rng.random() < diligence:
                yield _screened(rng, patient, kind, day)
            day = add_months(day, months) + timedelta(days=int(rng.integers(-20, 15)))


def _screened(rng: Generator, patient: Any, kind: ScreenKind, day: date) -> dict[str, Any]:
    is_finding = bool(rng.random() < FOUND)
    findings = (str(rng.choice(FINDINGS[kind])),) if is_finding else ()
    remark = str(rng.choice(WORDS[kind])) if rng.random() < 0.3 else None
    entry = ScreenEntry(
        kind, day, is_finding, findings, FOUND_WORDS[kind] if is_finding else remark
    )
    return {
        "patient_id": patient.patient_id,
        "screen_id": uuid7(),
        "site_id": patient.site_id,
        "kind": kind.value,
        "done_on": day,
        "is_finding": is_finding,
        "findings": list(findings),
        "remark": entry.remark,
        "entry_key": form_key(entry),
        "version": 1,
        **_stamp(patient, day),
    }


def _stamp(patient: Any, day: date) -> dict[str, Any]:
    at = clock.instant(day, time(13, 30), patient.time_zone)
    who = clinicians_of(patient.site)
    return {
        "recorded_at": min(at, clock.now()) if at else clock.now(),
        "recorded_by": who[patient.patient_id.int % len(who)],
    }
