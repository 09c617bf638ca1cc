"""Putting a patient's prompts aside, seen or until a day, and bringing them back: by name."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Engine, insert
from uuid_utils.compat import uuid7

from data import clock
from data.audit import write_line
from data.database import writing
from data.places import hold_place
from data.policies import PROMPTS, in_force
from data.prompt_reviews import latest_reviews
from models.errors import Conflict, Refused
from models.outcomes.prompt_rules import OF_SAFETY, Prompt
from models.outcomes.reviews import Deed, Review
from models.policy import Operation, Person
from models.tables import PromptReview

LONGEST = 400


def mark_seen(
    engine: Engine,
    person: Person,
    *,
    patient_id: UUID,
    seen_review: UUID | None,
    prompts: Collection[Prompt],
    evidence: str,
    reason: str,
) -> UUID:
    """Hide prompts until there is something new. `prompts` and `evidence` are as they were shown.

    `seen_review` is the newest review that was shown, None for none. Raises Conflict where
    somebody else has put them aside, or brought them back, since.
    """
    with writing(engine) as connection:
        site_id, _ = hold_place(connection, person, Operation.REVIEW_PROMPT, patient_id)
        said = {"prompts": prompts, "evidence": evidence, "reason": _reason(reason), "until": None}
        return _note(connection, person, site_id, patient_id, seen_review, Deed.SEEN, **said)


def snooze(
    engine: Engine,
    person: Person,
    *,
    patient_id: UUID,
    seen_review: UUID | None,
    prompts: Collection[Prompt],
    evidence: str,
    until: date,
    reason: str,
) -> UUID:
    """Hide prompts until a day, on which they are back. Raises like `mark_seen`."""
    with writing(engine) as connection:
        site_id, zone = hold_place(connection, person, Operation.REVIEW_PROMPT, patient_id)
        today = clock.today(zone)
        farthest = today + timedelta(days=in_force(connection, PROMPTS).snooze_days)
        if not today < until <= farthest:
            raise Refused(f"Please choose a day from tomorrow to {farthest:%d %b %Y}.")
        said = {"prompts": prompts, "evidence": evidence, "reason": _reason(reason), "until": until}
        return _note(connection, person, site_id, patient_id, seen_review, Deed.SNOOZED, **said)


def bring_back(
    engine: Engine, person: Person, *, patient_id: UUID, seen_review: UUID | None
) -> UUID:
    """Show again what was put aside. Raises Conflict if somebody else was quicker."""
    with writing(engine) as connection:
        site_id, _ = hold_place(connection, person, Operation.REVIEW_PROMPT, patient_id)
        newest = latest_reviews(connection, [patient_id]).get(patient_id)
        if newest is None or newest.deed is Deed.BROUGHT_BACK:
            raise Refused("Nothing is put aside for this patient.")
        said = {"prompts": newest.prompts, "evidence": "", "reason": "", "until": None}
        deed = Deed.BROUGHT_BACK
        return _note(connection, person, site_id, patient_id, seen_review, deed, **said)


def _reason(reason: str) -> str:
    said = " ".join(reason.split())
    if not said:
        raise Refused("Please say why.")
    if len(said) > LONGEST:
        raise Refused(f"Please say why in at most {LONGEST} characters.")
    return said


def _note(
    connection: Connection,
    person: Person,
    site_id: UUID,
    patient_id: UUID,
    seen_review: UUID | None,
    deed: Deed,
    *,
    prompts: Collection[Prompt],
    **said: Any,
) -> UUID:
    """Write the newest review. The patient is held, so that of two at once one is told."""
    if not prompts or OF_SAFETY & set(prompts):
        raise Refused("A worry about safety is closed on its flag; it cannot be put aside.")
    newest = latest_reviews(connection, [patient_id]).get(patient_id)
    if (newest.review_id if newest else None) != seen_review:
        raise Conflict(_what_was_done(newest))
    review_id = uuid7()
    connection.execute(
        insert(PromptReview),
        {
            "patient_id": patient_id,
            "review_id": review_id,
            "action": deed.value,
            "prompts": sorted(prompt.value for prompt in prompts),
            "recorded_at": clock.now(),
            "recorded_by": person.name,
            **said,
        },
    )
    write_line(
        connection,
        person,
        Operation.REVIEW_PROMPT,
        site_id=site_id,
        patient_id=patient_id,
        record_id=review_id,
        action=deed.value,
        prompts=sorted(prompt.value for prompt in prompts),
    )
    return review_id


def _what_was_done(newest: Review | None) -> str:
    assert newest is not None  # reviews are never taken away
    deed = newest.deed.value.replace("_", " ")
    until = f" until {newest.until:%d %b %Y}" if newest.until else ""
    reason = f": {newest.reason}" if newest.reason else ""
    return f"Meanwhile these prompts were {deed}{until} by {newest.recorded_by}{reason}"
