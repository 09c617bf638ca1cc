"""Changing the clinic's rules."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sqlalchemy import Connection, Engine, insert

from data import clock
from data.audit import write_line
from data.database import writing
from data.policies import rules_in_force
from data.results import recompute_all
from models.errors import Refused
from models.outcomes.rules import Rules
from models.policy import Operation, Person, require_everywhere
from models.tables import ClinicPolicy

# Everybody's patients, new ones included, until the transaction ends; reading goes on.
HOLD_PATIENTS = "LOCK TABLE patients IN EXCLUSIVE MODE"


def set_rules(
    engine: Engine,
    person: Person,
    *,
    thresholds: Mapping[str, int],
    reason: str,
    tell: Callable[[int, int], None] | None = None,
) -> Rules:
    """Set thresholds as a new revision and recompute everybody under it, all or nothing.

    Raises Refused without a reason or without a change, DefinitionError for a value that makes
    no sense. `tell` hears patients done and patients in all.
    """
    with writing(engine) as connection:
        require_everywhere(person, Operation.SET_POLICY)
        if not reason.strip():
            raise Refused("A change of the clinic's rules needs a reason.")
        hold_patients(connection)
        now = rules_in_force(connection)
        rules = Rules(**{**now.to_dict(), **thresholds, "revision": now.revision + 1})
        changed = sorted(n for n, value in thresholds.items() if now.to_dict()[n] != value)
        if not changed:
            raise Refused("These are the rules already in force.")
        connection.execute(
            insert(ClinicPolicy),
            {
                "revision": rules.revision,
                "thresholds": rules.to_dict(),
                "reason": reason.strip()[:400],
                "recorded_at": clock.now(),
                "recorded_by": person.name,
            },
        )
        recompute_all(connection, tell)
        write_line(
            connection, person, Operation.SET_POLICY, revision=rules.revision, changed=changed
        )
    return rules


def hold_patients(connection: Connection) -> None:
    """Wait for whoever writes records now, and let nobody begin until the rules are in force.

    A patient whom another transaction is adding cannot be seen yet, so holding row by row would
    leave them under the old rules. Taken before anything else: every other writer touches the
    patient's row before the results, and so cannot hold what is waited for here. SQLite has one
    writer at a time and needs nothing.
    """
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(HOLD_PATIENTS)
