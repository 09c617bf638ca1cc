"""Forms that were begun, say something worrying, and were never sent.

Whoever answers the item about suicide above zero and then puts the telephone away has told the
clinic all the same. What is not worrying stays unsent: it is theirs to send or not.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, Engine, select

from data import clock
from data.checkins.filling import Filling, find_checkin, instruments_of
from data.checkins.links import holder
from data.checkins.submitting import record_filling
from data.database import reading, writing
from data.places import hold_patient
from models.checkins.forms import items_of
from models.tables import CheckIn

# Long enough to come back to a form after an interruption; nobody watches it live in any case.
LEFT_AFTER = timedelta(hours=1)
# Looked at for so long, in case nothing was running meanwhile.
LOOKED_BACK = timedelta(days=14)


def send_left_behind(engine: Engine) -> int:
    """Submit every unsent form with a worrying answer left for an hour; return how many.

    It is recorded for the moment of its last answer, raises its flag as any other, and shows its
    receipt to whoever opens it again. Several workers at once submit each of them once.
    """
    with reading(engine) as connection:
        left = [row for row in connection.execute(_left()) if _is_worrying(row)]
    return sum(_send(engine, row) for row in left)


def _left() -> Any:
    now = clock.now()
    return select(CheckIn.__table__).where(
        CheckIn.submitted_at.is_(None),
        CheckIn.saved_at <= now - LEFT_AFTER,
        CheckIn.saved_at > now - LOOKED_BACK,
    )


def _is_worrying(row: Any) -> bool:
    return any(
        (items_of(instrument, row.answers)[instrument.safety_item - 1] or 0) > 0
        for instrument in instruments_of(row)
        if instrument.safety_item is not None
    )


def _send(engine: Engine, seen: Any) -> bool:
    with writing(engine) as connection:
        place = hold_patient(connection, seen.patient_id)
        row = _hold(connection, seen)
        # They may have come back since, or sent it.
        if row.submitted_at is not None or row.saved_at != seen.saved_at:
            return False
        filling = Filling(row, holder(row.patient_id, None), row.mode, None, None, True)
        record_filling(connection, filling, place, at=row.saved_at, left_behind="yes")
        return True


def _hold(connection: Connection, seen: Any) -> Any:
    which = CheckIn.checkin_id == seen.checkin_id
    return find_checkin(connection, seen.patient_id, which, hold=True)
