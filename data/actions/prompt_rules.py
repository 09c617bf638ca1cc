"""Changing the clinic's lines for review prompts. Nothing is recomputed: Today reads them anew."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import Engine, insert
from sqlalchemy.exc import IntegrityError

from data import clock
from data.audit import write_line
from data.database import writing
from data.prompts import prompt_rules_in_force
from models.errors import Conflict, Refused
from models.outcomes.prompt_rules import PromptRules
from models.policy import Operation, Person, require_everywhere
from models.tables import PromptPolicy

MEANWHILE = "The rules for prompts were changed by somebody else in the meantime."


def set_prompt_rules(
    engine: Engine, person: Person, *, lines: PromptRules, reason: str
) -> PromptRules:
    """Set lines as a new revision; `lines.revision` is the one they were made from.

    Raises Refused without a reason or a change, Conflict where somebody else changed them since.
    """
    with writing(engine) as connection:
        require_everywhere(person, Operation.SET_POLICY)
        if not reason.strip():
            raise Refused("A change of the rules for prompts needs a reason.")
        now = prompt_rules_in_force(connection)
        if lines.revision != now.revision:
            raise Conflict(MEANWHILE)
        if lines == now:
            raise Refused("These are the rules for prompts already in force.")
        made = replace(lines, revision=now.revision + 1)
        row = {
            "revision": made.revision,
            "lines": made.to_dict(),
            "reason": reason.strip()[:400],
            "recorded_at": clock.now(),
            "recorded_by": person.name,
        }
        try:
            connection.execute(insert(PromptPolicy), row)
        except IntegrityError as error:
            raise Conflict(MEANWHILE) from error
        old, new = now.to_dict(), made.to_dict()
        write_line(
            connection,
            person,
            Operation.SET_POLICY,
            about="prompts",
            revision=made.revision,
            changed=sorted(n for n in new if new[n] != old[n] and n != "revision"),
        )
    return made
