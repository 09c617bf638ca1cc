"""Filling in a check-in: open it, save each answer, submit it, get a receipt.

`who` is a link's token, or whoever is signed in as a patient; these also give the form's `key`.
Every answer is in the database before it is acknowledged, so a form goes on where it was left: on
the same link, another one, another device, or signed in.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Engine, Select, select, update

from data import clock
from data.audit import FAILED
from data.checkins.dues import dues_of
from data.checkins.filling import (
    SIGNED_IN,
    AlreadySubmitted,
    Filling,
    TooLate,
    Who,
    begin,
    find_checkin,
    find_filling,
    instruments_of,
    own_patient,
)
from data.checkins.links import LinkOver, find_link, holder, is_live
from data.checkins.receipts import make_receipt, support_of
from data.checkins.submitting import submit
from data.database import reading, writing
from data.looks import note_look
from models.checkins.forms import OpenForm, Receipt, check_extras, list_questions, put_answer
from models.checkins.schedule import open_today
from models.policy import Operation, Person
from models.tables import CheckIn, Patient

__all__ = [
    "AlreadySubmitted",
    "LinkOver",
    "TooLate",
    "open_link",
    "open_own",
    "read_receipt",
    "save_answer",
    "save_extras",
    "submit",
]


def open_link(
    engine: Engine, token: str, *, client: str | None = None
) -> OpenForm | Receipt | None:
    """Return the form of a link; its receipt once submitted; None for a link that is over.

    Looking uses nothing up. Nobody can tell a link that never was one from one that is too old.
    Whoever comes with one that is over leaves a line: it may be in other hands by then.
    """
    with reading(engine) as connection:
        link = find_link(connection, token)
        site_id = None if link is None else connection.scalar(_site_of(link.patient_id))
    if link is None:
        return None
    if not is_live(link):
        actor, state = holder(link.patient_id, client), "used" if link.used_at else "too old"
        whose = {"site_id": site_id, "patient_id": link.patient_id}
        note_look(engine, actor, Operation.ANSWER_CHECKIN, **whose, outcome=FAILED, link=state)
    try:
        with writing(engine) as connection:
            actor = holder(link.patient_id, client)
            if is_live(link):
                spot = {"patient_id": link.patient_id, "due_on": link.due_on, "mode": link.mode}
                begin(connection, actor, **spot)
            return _show(connection, find_filling(connection, token, None, client))
    except LinkOver:
        return None


def _site_of(patient_id: UUID) -> Select[Any]:
    return select(Patient.site_id).where(Patient.patient_id == patient_id)


def open_own(
    engine: Engine, person: Person, *, key: str | None = None, extra: bool = False
) -> OpenForm | Receipt | None:
    """Return the form a signed-in patient may fill in, None where nothing is due.

    With `key` it is that one, also after the midnight at which another falls due: what was begun
    goes on. With `extra` they may where nothing is due, once a day; then it is that day's
    check-in. Raises TooLate for one begun too long ago, NotFound for somebody else's.
    """
    patient_id = own_patient(person)
    with writing(engine) as connection:
        if key is not None:
            return _show(connection, find_filling(connection, person, key, None))
        found = dues_of(connection, patient_id)
        if found is None:
            return None
        facts, dues = found
        due = open_today(dues)
        due_on = due.due_on if due else facts.today
        row = find_checkin(connection, patient_id, CheckIn.due_on == due_on)
        if row is None and (due or extra):
            row = begin(connection, person, patient_id=patient_id, due_on=due_on, mode=SIGNED_IN)
        if row is None or (row.submitted_at is not None and not (due or extra)):
            return None
        is_open = row.submitted_at is None
        return _show(connection, Filling(row, person, SIGNED_IN, None, None, is_open))


def save_answer(
    engine: Engine,
    who: Who,
    *,
    question: str,
    value: int | None,
    key: str | None = None,
    client: str | None = None,
) -> None:
    """Save one answer; None is "would rather not say". Later answers replace earlier ones.

    Raises AnswerOutOfRange, AlreadySubmitted, LinkOver, or NotFound for another's check-in.
    """
    with writing(engine) as connection:
        filling = _hold_open(connection, who, key, client)
        row = filling.row
        answers = put_answer(row.answers, instruments_of(row), question, value)
        _store(connection, row, answers=answers)


def save_extras(
    engine: Engine,
    who: Who,
    *,
    chips: Sequence[str],
    note: str,
    key: str | None = None,
    client: str | None = None,
) -> None:
    """Save what else happened this week, in place of what was said before."""
    chosen, text = check_extras(chips, note)
    with writing(engine) as connection:
        _store(connection, _hold_open(connection, who, key, client).row, chips=chosen, note=text)


def read_receipt(
    engine: Engine, who: Who, *, key: str | None = None, client: str | None = None
) -> Receipt | None:
    """Return the receipt of a submitted check-in, None of one that is not."""
    with reading(engine) as connection:
        filling = find_filling(connection, who, key, client)
        return None if filling.is_open else make_receipt(connection, filling)


def _hold_open(connection: Any, who: Who, key: str | None, client: str | None) -> Filling:
    filling = find_filling(connection, who, key, client, hold=True)
    if not filling.is_open:
        raise AlreadySubmitted
    return filling


def _store(connection: Any, row: Any, **values: Any) -> None:
    here = (CheckIn.patient_id == row.patient_id) & (CheckIn.checkin_id == row.checkin_id)
    connection.execute(update(CheckIn).where(here).values(**values, saved_at=clock.now()))


def _show(connection: Any, filling: Filling) -> OpenForm | Receipt:
    row = filling.row
    if not filling.is_open:
        return make_receipt(connection, filling)
    found = dues_of(connection, row.patient_id)
    dues = found[1] if found else ()
    expires_at: datetime | None = filling.expires_at
    return OpenForm(
        key=str(row.checkin_id),
        due_on=row.due_on,
        mode=filling.mode,
        language=row.language,
        is_extra=all(due.due_on != row.due_on for due in dues),
        questions=list_questions(instruments_of(row), row.answers),
        chips=tuple(row.chips),
        note=row.note or "",
        support=support_of(connection, row.patient_id),
        expires_at=expires_at,
    )
