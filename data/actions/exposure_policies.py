"""Changing when screens are due and which blood pressure is high."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import Engine, insert
from sqlalchemy.exc import IntegrityError

from data import clock
from data.audit import write_line
from data.database import writing
from data.exposure_policies import exposure_policy_in_force
from models.errors import Conflict, Refused
from models.exposure_policy import Policy
from models.policy import Operation, Person, require_everywhere
from models.tables import ExposurePolicy

CHANGED = "This policy was changed by somebody else in the meantime."


def set_exposure_policy(engine: Engine, person: Person, *, policy: Policy, reason: str) -> Policy:
    """Set a policy as a new revision; `policy.revision` is the one it was made from.

    Raises Refused without a reason or a change, Conflict where somebody else has changed it since.
    """
    with writing(engine) as connection:
        require_everywhere(person, Operation.SET_POLICY)
        if not reason.strip():
            raise Refused("A change of the policy needs a reason.")
        now = exposure_policy_in_force(connection)
        if policy.revision != now.revision:
            raise Conflict(CHANGED)
        if policy == now:
            raise Refused("This is the policy already in force.")
        made = replace(policy, revision=now.revision + 1)
        row = {
            "revision": made.revision,
            "policy": made.to_dict(),
            "reason": reason.strip()[:400],
            "recorded_at": clock.now(),
            "recorded_by": person.name,
        }
        try:
            connection.execute(insert(ExposurePolicy), row)
        except IntegrityError as error:
            raise Conflict(CHANGED) from error
        old, new = now.to_dict(), made.to_dict()
        changed = sorted(name for name in new if new[name] != old[name] and name != "revision")
        write_line(
            connection,
            person,
            Operation.SET_POLICY,
            about="exposure",
            revision=made.revision,
            changed=changed,
        )
    return made
