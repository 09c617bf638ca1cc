"""Pretend flags: who acted on which worrying answer, how soon, and which are still open."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from itertools import groupby
from operator import attrgetter
from typing import Any

import numpy as np
from numpy.random import Generator
from sqlalchemy import Connection, insert, select
from uuid_utils.compat import uuid7

from data import clock
from models.flags import ACKNOWLEDGED, CLOSED, SAFETY_ITEM, compare
from models.tables import Assessment, Flag, FlagAction, Patient, Site

# Older answers were somebody's business before this system; the last one of a patient is not.
SINCE = timedelta(days=120)
STAFF = ("Noor Idowu", "Marta Lindqvist", "Sam Okafor", "June Park", "Teo Vargas")
RANG = (
    "Rang; spoke with them, no plan, safety plan gone through.",
    "Rang twice, no answer; message left, partner reached.",
    "Seen at the visit today; talked it through.",
    "Video call; sees their therapist tomorrow.",
)
SETTLED = (
    "Talked again: has support at home, next visit brought forward.",
    "Psychiatrist has seen them and has taken over.",
    "Safety plan renewed at the visit.",
)
FLAG = ("patient_id", "assessment_id", "instrument")


def raise_pretend_flags(connection: Connection, *, seed: int) -> int:
    """Raise a flag for each recent answer above zero, most of them dealt with; return how many."""
    flags: list[dict[str, Any]] = []
    steps: list[dict[str, Any]] = []
    now = clock.now()
    for number, (row, before) in enumerate(_worrying(connection, now)):
        rng = np.random.default_rng([seed, 9, number])
        flag = _flag(row, before)
        for step in _deal_with(rng, flag, row, now):
            steps.append(step)
            flag["version"] += 1
        flags.append(flag)
    for table, rows in ((Flag, flags), (FlagAction, steps)):
        if rows:
            connection.execute(insert(table), rows)
    return len(flags)


def _worrying(connection: Connection, now: datetime) -> Iterator[tuple[Any, int | None]]:
    """Yield answers above zero that are recent, or a patient's last; each with the one before."""
    query = (
        select(
            Assessment.patient_id,
            Assessment.assessment_id,
            Assessment.instrument,
            Assessment.taken_on,
            Assessment.taken_at,
            Assessment.safety_answer,
            Patient.left_on,
            Site.time_zone,
            Site.name,
        )
        .join(Patient, Patient.patient_id == Assessment.patient_id)
        .join(Site, Site.site_id == Patient.site_id)
        .where(Assessment.safety_answer.is_not(None))
        .order_by(
            Patient.code,
            Assessment.instrument,
            Assessment.taken_on,
            Assessment.taken_at.asc().nulls_first(),
            Assessment.assessment_id,
        )
    )
    since = (now - SINCE).date()
    rows = connection.execute(query)
    for _, group in groupby(rows, key=attrgetter("patient_id", "instrument")):
        forms = list(group)
        for at, row in enumerate(forms):
            is_last = row is forms[-1] and row.left_on is None
            if row.safety_answer >= 1 and (is_last or row.taken_on >= since):
                yield row, forms[at - 1].safety_answer if at else None


def _flag(row: Any, before: int | None) -> dict[str, Any]:
    noon = time(12)
    return {
        **{name: getattr(row, name) for name in FLAG},
        "flag_id": uuid7(),
        "kind": SAFETY_ITEM,
        "answered_on": row.taken_on,
        "answer": float(row.safety_answer),
        "before": None if before is None else float(before),
        "change": compare(before, row.safety_answer).value,
        "raised_at": row.taken_at or clock.instant(row.taken_on, noon, row.time_zone),
        "first_action_at": None,
        "first_action_by": None,
        "closed_at": None,
        "closed_by": None,
        "version": 1,
    }


def _deal_with(
    rng: Generator, flag: dict[str, Any], row: Any, now: datetime
) -> Iterator[dict[str, Any]]:
    """Yield what was done until now. A site is quick or slow; the last days' work is not done."""
    slowness = 1 + sum(row.name.encode()) % 4
    first = flag["raised_at"] + timedelta(minutes=float(rng.lognormal(3.9, 1.1)) * slowness)
    closing = first + timedelta(hours=float(rng.lognormal(3.2, 1.0)))
    who = str(rng.choice(STAFF))
    is_forgotten = rng.random() < 0.02 and now - flag["raised_at"] < timedelta(days=30)
    if first >= now or is_forgotten:
        return
    flag["first_action_at"], flag["first_action_by"] = first, who
    yield _step(flag, ACKNOWLEDGED, str(rng.choice(RANG)), first, who)
    if closing < now:
        other = str(rng.choice(STAFF))
        flag["closed_at"], flag["closed_by"] = closing, other
        yield _step(flag, CLOSED, str(rng.choice(SETTLED)), closing, other)


def _step(flag: dict[str, Any], action: str, said: str, at: datetime, who: str) -> dict[str, Any]:
    return {
        "patient_id": flag["patient_id"],
        "flag_id": flag["flag_id"],
        "action_id": uuid7(),
        "action": action,
        "said": said,
        "taken_at": at,
        "taken_by": who,
    }
