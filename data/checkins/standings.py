"""Keeps where check-ins stand equal to the plan, the records and the wishes they come from.

Whoever changes one of these writes the patients' standings in the same transaction. The counts of
the sites are touched last and always in the same order, so that two cannot wait for each other.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Connection,
    Delete,
    bindparam,
    delete,
    exists,
    insert,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from data.checkins.dues import BATCH, Facts, load_facts
from data.histories import bind_patients, is_chosen
from data.policies import PLAN, in_force
from models.checkins.plan import Plan
from models.checkins.standing import pack_forms, stand, unpack_forms
from models.tables import (
    CheckIn,
    CheckInLink,
    CheckInStanding,
    CheckInWishes,
    Patient,
    SiteCheckIns,
)

STANDINGS, COUNTS = CheckInStanding.__table__, SiteCheckIns.__table__
KEY = tuple(column.name for column in COUNTS.primary_key)
# What is worked out; `was_asked` and `look_at` are told by others.
WORKED_OUT = ("site_id", "forms", "missed_from", "missed_until")
# Nobody misses what they were never asked.
WAS_ASKED = or_(
    *(
        exists().where(model.patient_id == Patient.patient_id)
        for model in (CheckInWishes, CheckInLink, CheckIn)
    )
)
# Held against everyone else's additions while all counts are written anew.
LOCK = text("LOCK TABLE site_checkins IN SHARE ROW EXCLUSIVE MODE")

Key = tuple[UUID, date, date, date]


class Tally:
    """Forms and forms done by site, due day, closing day and the due day before."""

    def __init__(self) -> None:
        self.forms: Counter[Key] = Counter()
        self.done: Counter[Key] = Counter()

    def add(self, row: Mapping[str, Any], sign: int) -> None:
        for due_on, closes_on, before_on, is_done in unpack_forms(row["forms"]):
            key = (row["site_id"], due_on, closes_on, before_on)
            self.forms[key] += sign
            self.done[key] += sign * is_done

    def rows(self) -> list[dict[str, Any]]:
        """Return what is not nothing, in the order everybody keeps."""
        keys = sorted((key for key in self.forms if self.forms[key] or self.done[key]), key=str)
        return [self._row(key) for key in keys]

    def _row(self, key: Key) -> dict[str, Any]:
        counts = {"forms": self.forms[key], "done": self.done[key]}
        return {**dict(zip(KEY, key, strict=True)), **counts}


def refresh_standings(connection: Connection, patient_ids: Sequence[UUID]) -> int:
    """Work some patients' standings out anew and write those that changed; return how many.

    The patients must belong to this transaction already: of two at once on PostgreSQL, neither
    would see what the other has written.
    """
    plan, tally, changed = in_force(connection, PLAN), Tally(), 0
    for start in range(0, len(patient_ids), BATCH):
        changed += _refresh_batch(connection, plan, patient_ids[start : start + BATCH], tally)
    _add_to_counts(connection, tally)
    return changed


def refresh_all_standings(connection: Connection) -> int:
    """Work everybody's out anew and count them anew; return how many rows were wrong."""
    everyone = connection.scalars(select(Patient.patient_id).order_by(Patient.patient_id)).all()
    return refresh_standings(connection, everyone) + _recount(connection)


def note_asked(connection: Connection, patient_id: UUID) -> None:
    """Note that a patient was asked to fill something in."""
    connection.execute(_ASK, {"patient": patient_id})


def look_again(connection: Connection, patient_id: UUID) -> None:
    """Let reminders be planned anew, as after a change of the hour."""
    here = CheckInStanding.patient_id == patient_id
    connection.execute(update(CheckInStanding).where(here).values(look_at=None))


_ASK = (
    update(CheckInStanding)
    .where(CheckInStanding.patient_id == bindparam("patient"), CheckInStanding.was_asked.is_(False))
    .values(was_asked=True, look_at=None)
)
_ADD = insert(STANDINGS)
_CHANGE = (
    update(STANDINGS)
    .where(STANDINGS.c.patient_id == bindparam("patient"))
    .values(
        **{name: bindparam(name) for name in WORKED_OUT},
        was_asked=or_(STANDINGS.c.was_asked, bindparam("asked")),
        look_at=None,
    )
)


def _refresh_batch(
    connection: Connection, plan: Plan, patient_ids: Sequence[UUID], tally: Tally
) -> int:
    several, chosen = len(patient_ids) != 1, bind_patients(patient_ids)
    stored = _rows(connection, several, chosen)
    asked = set(connection.scalars(_asked(several), chosen))
    new, moved = [], []
    for facts in load_facts(connection, patient_ids):
        row = _row(facts, plan)
        before, was_asked = stored.get(facts.patient_id), facts.patient_id in asked
        if before is None:
            new.append({**row, "patient_id": facts.patient_id, "was_asked": was_asked})
        elif any(before[name] != row[name] for name in row) or was_asked > before["was_asked"]:
            moved.append({**row, "patient": facts.patient_id, "asked": was_asked})
            tally.add(before, -1)
        else:
            continue
        tally.add(row, 1)
    for statement, rows in ((_ADD, new), (_CHANGE, moved)):
        if rows:
            connection.execute(statement, rows)
    return len(new) + len(moved)


def _row(facts: Facts, plan: Plan) -> dict[str, Any]:
    found = stand(facts.dues(plan, date.max))
    return {
        "site_id": facts.site_id,
        "forms": pack_forms(found.forms),
        "missed_from": found.missed_from,
        "missed_until": found.missed_until,
    }


def _rows(connection: Connection, several: bool, chosen: dict[str, Any]) -> dict[UUID, Any]:
    rows = connection.execute(_stored(several), chosen).mappings()
    return {row["patient_id"]: row for row in rows}


@cache
def _stored(several: bool) -> Any:
    return select(STANDINGS).where(is_chosen(STANDINGS.c.patient_id, several))


@cache
def _asked(several: bool) -> Any:
    return select(Patient.patient_id).where(is_chosen(Patient.patient_id, several), WAS_ASKED)


def _add_to_counts(connection: Connection, tally: Tally) -> None:
    """Add changes, which may be negative, to the stored counts; what came to nothing goes."""
    rows = tally.rows()
    if rows:
        connection.execute(_addition(connection.dialect.name), rows)
    fewer = [{f"at_{name}": row[name] for name in KEY} for row in rows if row["forms"] < 0]
    if fewer:
        connection.execute(_CLEAR, fewer)


@cache
def _addition(dialect: str) -> Any:
    add = (postgresql if dialect == "postgresql" else sqlite).insert(COUNTS)
    sums = {name: COUNTS.c[name] + add.excluded[name] for name in ("forms", "done")}
    return add.on_conflict_do_update(index_elements=list(KEY), set_=sums)


_CLEAR: Delete = delete(COUNTS).where(
    COUNTS.c.forms == 0, *(COUNTS.c[name] == bindparam(f"at_{name}") for name in KEY)
)


def _recount(connection: Connection) -> int:
    """Count everybody's forms anew; return how many stored counts were wrong."""
    if connection.dialect.name == "postgresql":
        connection.execute(LOCK)
    tally = Tally()
    query = select(STANDINGS.c.site_id, STANDINGS.c.forms)
    for row in connection.execute(query).mappings():
        tally.add(row, 1)
    wanted = _by_key(tally.rows())
    stored = _by_key(connection.execute(select(COUNTS)).mappings())
    wrong = {key for key in wanted.keys() | stored.keys() if wanted.get(key) != stored.get(key)}
    if wrong:
        connection.execute(delete(COUNTS))
        if wanted:
            connection.execute(insert(COUNTS), list(wanted.values()))
    return len(wrong)


def _by_key(rows: Iterable[Mapping[str, Any]]) -> dict[Any, dict[str, Any]]:
    return {tuple(row[name] for name in KEY): dict(row) for row in rows}
