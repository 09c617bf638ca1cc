"""Changing the clinic's plan of check-ins."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import Engine, insert
from sqlalchemy.exc import IntegrityError

from data import clock
from data.actions.rules import hold_patients
from data.audit import write_line
from data.checkins.plans import plan_in_force
from data.checkins.standings import refresh_all_standings
from data.database import writing
from data.instruments import catalogue
from models.checkins.plan import Plan
from models.errors import Conflict, DefinitionError, Refused
from models.policy import Operation, Person, require_everywhere
from models.tables import CheckInPlan


def set_plan(engine: Engine, person: Person, *, plan: Plan, reason: str) -> Plan:
    """Set a plan as a new revision; `plan.revision` is the one it was made from.

    Raises Refused without a reason or a change, DefinitionError for an instrument whose
    questions cannot be shown, Conflict where somebody else has changed the plan since.
    """
    with writing(engine) as connection:
        require_everywhere(person, Operation.SET_POLICY)
        if not reason.strip():
            raise Refused("A change of the check-in plan needs a reason.")
        hold_patients(connection)
        now = plan_in_force(connection)
        if plan.revision != now.revision:
            raise Conflict("The check-in plan was changed by somebody else in the meantime.")
        if plan == now:
            raise Refused("This is the check-in plan already in force.")
        _check_instruments(plan)
        made = replace(plan, revision=now.revision + 1)
        row = {
            "revision": made.revision,
            "plan": made.to_dict(),
            "reason": reason.strip()[:400],
            "recorded_at": clock.now(),
            "recorded_by": person.name,
        }
        try:
            connection.execute(insert(CheckInPlan), row)
        except IntegrityError as error:
            raise Conflict(
                "The check-in plan was changed by somebody else in the meantime."
            ) from error
        refresh_all_standings(connection)
        old, new = now.to_dict(), made.to_dict()
        changed = sorted(name for name in new if new[name] != old[name] and name != "revision")
        write_line(
            connection,
            person,
            Operation.SET_POLICY,
            about="check-ins",
            revision=made.revision,
            changed=changed,
        )
    return made


def _check_instruments(plan: Plan) -> None:
    """Raise DefinitionError for what a patient could not be shown."""
    known = catalogue()
    for code in sorted(plan.every_instrument()):
        if code not in known:
            raise DefinitionError(f"{code} is not an instrument this clinic uses")
        if not known[code].has_text:
            raise DefinitionError(f"{code}: its questions may not be shown, so nobody can answer")
