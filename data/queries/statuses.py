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


def status_parts(status: Status, today: date, rules: Rules) -> list[ColumnElement[bool]]:
    """Return conditions of which exactly one is true of exactly the patients with this status.

    Each names one situation, so that an index finds its patients in the order of the list.
    """
    if status is Status.LEFT:
        return [and_(Patient.left_on.is_not(None), Patient.left_on <= today)]
    here = is_here(today)
    if status is not Status.NOT_STATED:
        # As a CASE, so that no index is tried for its days: half of the patients may be among them,
        # and the list is wanted in another order.
        told = case((dict(_conditions(today, rules))[status], literal(1)), else_=literal(0))
        return [
            and_(Standing.situation == situation.value, told == 1, here)
            for situation in _SITUATIONS[status]
        ]
    waited = or_(
        Standing.last_infusion_on.is_(None), Standing.last_infusion_on < _waiting(today, rules)
    )
    return [
        and_(Standing.situation == Situation.NOT_ASSESSED.value, waited, here),
        *(and_(Standing.situation == other.value, here) for other in _NEVER_STATED),
    ]


def is_here(today: date) -> ColumnElement[bool]:
    """Return the condition that a patient has not left."""
    return or_(Patient.left_on.is_(None), Patient.left_on > today)


_SITUATIONS = {
    Status.UNTREATED: (Situation.UNTREATED,),
    Status.RESPONDING: (Situation.OPEN,),
    Status.UNKNOWN: (Situation.OPEN,),
    Status.IN_COURSE: (Situation.NOT_ASSESSED,),
    Status.LOST: (Situation.LOST, Situation.GAP),
    Status.POSSIBLE_LOSS: (Situation.POSSIBLE_LOSS,),
    Status.NOT_RESPONDING: (Situation.NOT_RESPONDING,),
}
_NEVER_STATED = (Situation.NO_BASELINE, Situation.LOW_BASELINE, Situation.UNSCORED)


def _waiting(today: date, rules: Rules) -> date:
    return today - timedelta(days=rules.response_window)


def _conditions(today: date, rules: Rules) -> list[tuple[Status, ColumnElement[bool]]]:
    quiet_since = today - timedelta(days=rules.silence)
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
                Standing.last_infusion_on >= _waiting(today, rules),
            ),
        ),
        (
            Status.LOST,
            Standing.situation.in_([Situation.LOST.value, Situation.GAP.value]),
        ),
        (Status.POSSIBLE_LOSS, Standing.situation == Situation.POSSIBLE_LOSS.value),
        (Status.NOT_RESPONDING, Standing.situation == Situation.NOT_RESPONDING.value),
    ]
