"""Flags by a site's own rules, and what every flag is made of."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, select
from uuid_utils.compat import uuid7

from data import clock
from data.site_contacts import Contact
from models.flags import STILL_ACTED_ON, FlagRule
from models.tables import Assessment, Flag

# As everywhere: of a day's forms one without a time came first, and ids are in order of entry.
IN_ORDER: Mapping[str, Any] = {
    "partition_by": (Assessment.patient_id, Assessment.instrument),
    "order_by": (
        Assessment.taken_on,
        Assessment.taken_at.asc().nulls_first(),
        Assessment.assessment_id,
    ),
}


def flag_row(
    row: Any, kind: str, answer: float, before: float | None, change: str
) -> dict[str, Any]:
    return {
        "patient_id": row.patient_id,
        "flag_id": uuid7(),
        "assessment_id": row.assessment_id,
        "kind": kind,
        "instrument": row.instrument,
        "answered_on": row.taken_on,
        "answer": float(answer),
        "before": None if before is None else float(before),
        "change": str(change),
        "raised_at": clock.now(),
        "version": 1,
    }


def flags_by_rules(
    connection: Connection,
    patient_ids: Sequence[UUID],
    entered: Collection[UUID],
    contacts: Mapping[UUID, Contact],
) -> Iterator[dict[str, Any]]:
    """Yield flags by the sites' own rules, of what was written since the rule is in force."""
    ruled = {patient: it for patient, it in contacts.items() if it.rules}
    if not ruled:
        return
    since = clock.today() - STILL_ACTED_ON
    flagged = _flagged(connection, ruled)
    for (patient_id, instrument), rows in _forms(connection, ruled).items():
        contact = ruled[patient_id]
        for rule in contact.rules:
            if rule.instrument != instrument:
                continue
            for row, value, before in _met(rule, rows):
                is_news = row is rows[-1] or row.taken_on >= since or row.assessment_id in entered
                is_old = row.recorded_at < contact.recorded_at
                if is_news and not is_old and (row.assessment_id, rule.name) not in flagged:
                    yield flag_row(row, rule.name, value, before, rule.compare(before, value))


def _forms(
    connection: Connection, patient_ids: Collection[UUID]
) -> dict[tuple[UUID, str], list[Any]]:
    query = (
        select(
            Assessment.patient_id,
            Assessment.assessment_id,
            Assessment.instrument,
            Assessment.taken_on,
            Assessment.items,
            Assessment.total,
            Assessment.recorded_at,
        )
        .where(Assessment.patient_id.in_(patient_ids), Assessment.withdrawn_at.is_(None))
        .order_by(Assessment.patient_id, Assessment.instrument, *IN_ORDER["order_by"])
    )
    found: dict[tuple[UUID, str], list[Any]] = {}
    for row in connection.execute(query):
        found.setdefault((row.patient_id, row.instrument), []).append(row)
    return found


def _flagged(connection: Connection, patient_ids: Collection[UUID]) -> set[tuple[UUID, str]]:
    query = select(Flag.assessment_id, Flag.kind).where(Flag.patient_id.in_(patient_ids))
    return {(row.assessment_id, row.kind) for row in connection.execute(query)}


def _met(rule: FlagRule, rows: Iterable[Any]) -> Iterator[tuple[Any, float, float | None]]:
    """Yield the forms that meet a rule, with what it looks at now and in the form before."""
    before = None
    for row in rows:
        value = rule.value_of(row.items, row.total)
        if value is not None and rule.is_met(value):
            yield row, value, before
        before = before if value is None else value
