"""One audit line a look: a page that is run again at every click is not another look."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from weakref import WeakKeyDictionary

from sqlalchemy import Engine

from data import clock
from data.audit import write_line
from data.database import writing
from models.policy import Operation, Person, Relation

SAME_LOOK = timedelta(seconds=60)
MOST_KEPT = 10_000

# When each look was last written, kept in this process only: another process, or this one started
# anew, writes a line too many rather than one too few.
_seen: WeakKeyDictionary[Engine, dict[Any, datetime]] = WeakKeyDictionary()


def note_look(
    engine: Engine,
    person: Person,
    operation: Operation,
    *,
    site_id: UUID | None = None,
    patient_id: UUID | None = None,
    **detail: Any,
) -> None:
    """Write that a person looked at something, unless they did within the last minute.

    Raises Unavailable where the line cannot be written; then nothing may be shown either.
    """
    look = (person.user_id, person.name, operation, site_id, patient_id, repr(detail))
    seen, now = _seen.setdefault(engine, {}), clock.now()
    if look in seen and timedelta(0) <= now - seen[look] < SAME_LOOK:
        return
    with writing(engine) as connection:
        write_line(connection, person, operation, site_id=site_id, patient_id=patient_id, **detail)
    if len(seen) >= MOST_KEPT:
        seen.clear()
    seen[look] = now


def note_chart_look(engine: Engine, person: Person, *, site_id: UUID, patient_id: UUID) -> None:
    """Write that a chart was looked at, and whether in an emergency.

    Every part of a chart says it in the same words, so that opening the page is one look.
    """
    is_emergency = person.relation_to(site_id, patient_id) is Relation.EMERGENCY
    told = {"emergency": True} if is_emergency else {}
    note_look(engine, person, Operation.READ_CHART, site_id=site_id, patient_id=patient_id, **told)
