"""Changing what a clinic sets for itself: its policies, each change a revision with a reason."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, Engine, insert
from sqlalchemy.exc import IntegrityError

from data import clock
from data.audit import write_line
from data.checkins.standings import refresh_all_standings
from data.database import writing
from data.instruments import catalogue
from data.policies import PLAN, RULES, Kind, V, changed_names, in_force
from data.results import recompute_all
from models.checkins.plan import Plan
from models.errors import Conflict, DefinitionError, Refused
from models.policy import Operation, Person, require_everywhere

Tell = Callable[[int, int], None]

# Everybody's patients, new ones included, until the transaction ends; reading goes on.
HOLD_PATIENTS = "LOCK TABLE patients IN EXCLUSIVE MODE"
# What was worked out under a policy is worked out anew with it; of the others nothing is stored.
CONSEQUENCES: dict[Kind[Any], Callable[[Connection, Tell | None], object]] = {
    RULES: recompute_all,
    PLAN: lambda connection, _: refresh_all_standings(connection),
}


def set_policy(
    engine: Engine,
    person: Person,
    kind: Kind[V],
    wanted: V,
    *,
    reason: str,
    tell: Tell | None = None,
) -> V:
    """Set a policy as a new revision, all or nothing; `wanted.revision` is the one it came from.

    Raises Refused without a reason or a change, Conflict where somebody else has changed it since,
    DefinitionError for a plan that asks what cannot be shown. `tell` hears patients done and
    patients in all where everybody is recomputed.
    """
    with writing(engine) as connection:
        require_everywhere(person, Operation.SET_POLICY)
        return add_revision(connection, person, kind, wanted, reason, tell)


def add_revision(
    connection: Connection,
    person: Person,
    kind: Kind[V],
    wanted: V,
    reason: str,
    tell: Tell | None = None,
) -> V:
    """Do what `set_policy` does within a transaction; the caller has asked the policy."""
    if not reason.strip():
        raise Refused(f"A change of {kind.named} needs a reason.")
    if kind in CONSEQUENCES:
        _hold_patients(connection)
    before = in_force(connection, kind)
    if wanted.revision != before.revision:
        raise Conflict(_meanwhile(kind))
    if wanted == before:
        raise Refused(f"Nothing about {kind.named} would change: this is already in force.")
    if isinstance(wanted, Plan):
        _check_instruments(wanted)
    made: V = replace(wanted, revision=before.revision + 1)  # type: ignore[type-var]
    _insert(connection, person, kind, made, reason)
    if kind in CONSEQUENCES:
        CONSEQUENCES[kind](connection, tell)
    write_line(
        connection,
        person,
        Operation.SET_POLICY,
        about=kind.about,
        revision=made.revision,
        changed=changed_names(before, made),
    )
    return made


def _insert(connection: Connection, person: Person, kind: Kind[V], made: V, reason: str) -> None:
    row = {
        "revision": made.revision,
        kind.stored.key: made.to_dict(),
        "reason": reason.strip()[:400],
        "recorded_at": clock.now(),
        "recorded_by": person.name,
    }
    try:
        connection.execute(insert(kind.stored.class_), row)
    except IntegrityError as error:
        raise Conflict(_meanwhile(kind)) from error


def _meanwhile(kind: Kind[Any]) -> str:
    return f"Somebody else has changed {kind.named} in the meantime."


def _hold_patients(connection: Connection) -> None:
    """Wait for whoever writes records now, and let nobody begin until the change is in force.

    A patient whom another transaction is adding cannot be seen yet, so holding row by row would
    leave them under the old rules. Taken before anything else: every other writer touches the
    patient's row before the results, and so cannot hold what is waited for here. SQLite has one
    writer at a time and needs nothing.
    """
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(HOLD_PATIENTS)


def _check_instruments(plan: Plan) -> None:
    """Raise DefinitionError for what a patient could not be shown."""
    known = catalogue()
    for code in sorted(plan.every_instrument()):
        if code not in known:
            raise DefinitionError(f"{code} is not an instrument this clinic uses")
        if not known[code].has_text:
            raise DefinitionError(f"{code}: its questions may not be shown, so nobody can answer")
