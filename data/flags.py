"""Flags: a worrying answer, raised in the transaction that writes the answer.

A flag is never taken back by a later form, a correction or a withdrawal: a named person closes it
(data/actions/flags.py). One an assessment and kind, so that the same file brought in again, or
the same form submitted again, raises nothing anew.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Connection,
    Select,
    and_,
    bindparam,
    func,
    insert,
    or_,
    select,
    update,
)
from uuid_utils.compat import uuid7

from data import clock
from data.flag_mail import announce
from data.flag_rules import IN_ORDER, flag_row, flags_by_rules
from data.histories import bind_patients, is_chosen
from data.site_contacts import contacts_of
from models.flags import SAFETY_ITEM, STILL_ACTED_ON, compare
from models.tables import Assessment, Flag, FlagAction, Patient

BATCH = 500
RAISED_AGAIN = "raised_again"


def raise_flags(
    connection: Connection, patient_ids: Sequence[UUID], *, entered: Collection[UUID] = ()
) -> int:
    """Raise what is missing for some patients; return how many flags were raised.

    Call it once the answers are written and the patients held (as `recompute` holds them). An
    answer that is neither the patient's last nor at most 14 days old is history and raises
    nothing, nor does one of a patient who has left; of the assessments `entered`, which somebody
    has just typed in or corrected, each does.
    """
    count = 0
    for start in range(0, len(patient_ids), BATCH):
        batch = patient_ids[start : start + BATCH]
        contacts = contacts_of(connection, batch)
        raised = [*_safety_flags(connection, batch, entered)]
        raised += flags_by_rules(connection, batch, entered, contacts)
        if raised:
            connection.execute(insert(Flag), raised)
        again = [*_raise_again(connection, batch, entered)] if entered else []
        announce(connection, raised + again, contacts)
        count += len(raised) + len(again)
    return count


def _safety_flags(
    connection: Connection, patient_ids: Sequence[UUID], entered: Collection[UUID]
) -> Iterator[dict[str, Any]]:
    query = _unflagged_safety(len(patient_ids) != 1)
    for row in connection.execute(query, _bound(patient_ids, entered)):
        change = compare(row.before, row.safety_answer)
        yield flag_row(row, SAFETY_ITEM, row.safety_answer, row.before, change)


def _bound(patient_ids: Sequence[UUID], entered: Collection[UUID]) -> dict[str, Any]:
    today = clock.today()
    return {
        **bind_patients(patient_ids),
        "entered": list(entered),
        "today": today,
        "since": today - STILL_ACTED_ON,
    }


# Built once: putting it together costs more than running it for one patient.
@cache
def _unflagged_safety(several: bool) -> Select[Any]:
    """Select answers above zero that are news, each with the one before it."""
    answered = (
        select(
            Assessment.patient_id,
            Assessment.assessment_id,
            Assessment.instrument,
            Assessment.taken_on,
            Assessment.safety_answer,
            func.lag(Assessment.safety_answer).over(**IN_ORDER).label("before"),
            func.lead(Assessment.assessment_id).over(**IN_ORDER).label("later"),
        )
        .where(
            is_chosen(Assessment.patient_id, several),
            Assessment.withdrawn_at.is_(None),
            Assessment.safety_answer.is_not(None),
        )
        .subquery()
    )
    return (
        select(answered)
        .join(Patient, Patient.patient_id == answered.c.patient_id)
        .outerjoin(Flag, _is_of(answered, SAFETY_ITEM))
        .where(answered.c.safety_answer >= 1, Flag.flag_id.is_(None))
        .where(_is_news(answered))
        .order_by(answered.c.patient_id, answered.c.assessment_id)
    )


def _is_of(answered: Any, kind: str) -> Any:
    return and_(
        Flag.patient_id == answered.c.patient_id,
        Flag.assessment_id == answered.c.assessment_id,
        Flag.kind == kind,
    )


def _is_news(answered: Any) -> Any:
    return or_(
        answered.c.assessment_id.in_(bindparam("entered", expanding=True)),
        and_(
            or_(Patient.left_on.is_(None), Patient.left_on > bindparam("today")),
            or_(answered.c.later.is_(None), answered.c.taken_on >= bindparam("since")),
        ),
    )


def _raise_again(
    connection: Connection, patient_ids: Sequence[UUID], entered: Collection[UUID]
) -> Iterator[dict[str, Any]]:
    """Open a flag again whose form has been corrected to a higher answer than it was raised for."""
    query = (
        select(Flag.__table__, Assessment.safety_answer, Assessment.recorded_by)
        .join(
            Assessment,
            and_(
                Assessment.patient_id == Flag.patient_id,
                Assessment.assessment_id == Flag.assessment_id,
            ),
        )
        .where(Flag.patient_id.in_(patient_ids), Flag.assessment_id.in_(entered))
        .where(Flag.kind == SAFETY_ITEM, Assessment.withdrawn_at.is_(None))
        .where(Assessment.safety_answer > Flag.answer)
    )
    for row in connection.execute(query).all():
        answer = float(row.safety_answer)
        here = and_(Flag.patient_id == row.patient_id, Flag.flag_id == row.flag_id)
        values = {
            "answer": answer,
            "change": compare(row.before, answer).value,
            "version": row.version + 1,
            "closed_at": None,
            "closed_by": None,
        }
        connection.execute(update(Flag).where(here).values(**values))
        connection.execute(
            insert(FlagAction),
            {
                "patient_id": row.patient_id,
                "flag_id": row.flag_id,
                "action_id": uuid7(),
                "action": RAISED_AGAIN,
                "said": f"The form was corrected: the answer is {answer:g}.",
                "taken_at": clock.now(),
                "taken_by": row.recorded_by,
            },
        )
        names = ("patient_id", "flag_id")
        yield {name: getattr(row, name) for name in names} | {"version": row.version + 1}
