"""A patient's status on a day, said in SQL; models.outcomes.standing.status_on says the same."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import ColumnElement, and_, case, literal, or_

from models.outcomes.rules import Rules
from models.outcomes.standing import Situation, Status
from models.tables import Patient, Standing


def status_column(today: date, rules: Rules) -> ColumnElement[str]:
    """Return the CASE that names each patient's status; the first true condition wins."""
    return case(
        *((condition, literal(status.value)) for status, condition in _conditions(today, rules)),
        else_=literal(Status.NOT_STATED.value),
    )


def has_status(status: Status, today: date, rules: Rules) -> ColumnElement[bool]:
    """Return a condition an index can serve, true of exactly the patients with this status."""
    left = and_(Patient.left_on.is_not(None), Patient.left_on <= today)
    if status is Status.LEFT:
        return left
    plain = dict(_conditions(today, rules))
    if status is Status.NOT_STATED:
        others = [condition for other, condition in plain.items() if other is not Status.LEFT]
        return and_(_here(today), ~or_(*others))
    return and_(_here(today), plain[status])


def _here(today: date) -> ColumnElement[bool]:
    return or_(Patient.left_on.is_(None), Patient.left_on > today)


def _conditions(today: date, rules: Rules) -> list[tuple[Status, ColumnElement[bool]]]:
    quiet_since = today - timedelta(days=rules.silence)
    waiting_since = today - timedelta(days=rules.response_window)
    is_open = Standing.situation == Situation.OPEN.value
    return [
        (Status.LEFT, and_(Patient.left_on.is_not(None), Patient.left_on <= today)),
        (Status.UNTREATED, Standing.situation == Situation.UNTREATED.value),
        (Status.RESPONDING, and_(is_open, Standing.last_assessed_on > quiet_since)),
        (Status.UNKNOWN, and_(is_open, Standing.last_assessed_on <= quiet_since)),
        (
            Status.IN_COURSE,
            and_(
                Standing.situation == Situation.NOT_ASSESSED.value,
                Standing.last_infusion_on >= waiting_since,
            ),
        ),
        (
            Status.LOST,
            Standing.situation.in_([Situation.LOST.value, Situation.GAP.value]),
        ),
        (Status.POSSIBLE_LOSS, Standing.situation == Situation.POSSIBLE_LOSS.value),
        (Status.NOT_RESPONDING, Standing.situation == Situation.NOT_RESPONDING.value),
    ]
