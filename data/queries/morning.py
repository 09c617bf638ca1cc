"""Who needs a look today, and the evidence for it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import Connection, Engine

from data.database import reading
from data.looks import note_look
from data.policies import PROMPTS, RULES, in_force
from data.prompt_reviews import latest_reviews
from data.queries.due import MissedForms
from data.queries.flags import open_flags_of
from data.queries.held import held_before
from data.queries.morning_candidates import MOST_ROWS, Over, find_candidates
from data.queries.morning_rows import LookRow, Outlooks, RowFacts, urgency
from data.queries.planned_infusions import planned_of
from data.queries.scopes import Scope
from models.outcomes.prompt_rules import PromptRules
from models.outcomes.rules import Rules
from models.policy import Operation, Person, readable_sites


@dataclass(frozen=True)
class Morning:
    """The rows to look at, and those of whom every prompt is put aside.

    `is_cut`: there were more patients than one morning can hold.
    """

    rows: tuple[LookRow, ...]
    aside: tuple[LookRow, ...]
    rules: Rules
    lines: PromptRules
    is_cut: bool


def read_morning(
    engine: Engine,
    person: Person,
    *,
    today: date,
    site_id: UUID | None = None,
    missed: Collection[MissedForms] = (),
    outlooks: Outlooks | None = None,
) -> Morning:
    """Return a row a patient, in the order to look at them.

    `missed` comes from data.queries.due.read_missed and `outlooks` from
    data.queries.morning_outlooks, which the caller may keep for a while; None for no outlooks.
    """
    with reading(engine) as connection:
        sites = readable_sites(person, Operation.LIST_PATIENTS)
        found = morning_of(connection, Scope(sites, site_id), today, missed, outlooks or {})
    note_look(engine, person, Operation.LIST_PATIENTS, site_id=site_id, page="today")
    return found


def morning_of(
    connection: Connection,
    scope: Scope,
    today: date,
    missed: Collection[MissedForms],
    outlooks: Outlooks,
) -> Morning:
    """Return the morning of a scope; the caller has asked the policy."""
    rules, lines = in_force(connection, RULES), in_force(connection, PROMPTS)
    forms = {it.patient_id: it for it in missed}
    chances = _chances(outlooks, lines)
    over = Over(
        _nearest({it: form.missed for it, form in forms.items() if form.missed >= lines.missed}),
        _nearest({it: -chance for it, chance in chances.items() if chance >= lines.chance}),
    )
    found = find_candidates(connection, scope, today, rules, lines, over)
    ids = [row.patient_id for row in found[:MOST_ROWS]]
    facts = RowFacts(
        today=today,
        rules=rules,
        lines=lines,
        flags=open_flags_of(connection, ids),
        held=held_before(connection, ids),
        missed=forms,
        outlooks=outlooks,
        chances=chances,
        planned=planned_of(connection, ids),
        reviews=latest_reviews(connection, ids),
    )
    rows = sorted((facts.row(row) for row in found[:MOST_ROWS]), key=urgency)
    return Morning(
        tuple(row for row in rows if row.reasons),
        tuple(row for row in rows if row.aside and not row.reasons),
        rules,
        lines,
        max(len(found), len(over.missed), len(over.chance)) > MOST_ROWS,
    )


def _nearest(found: Mapping[UUID, float]) -> tuple[UUID, ...]:
    """Return who has the smallest number, one more than can be shown if there are."""
    return tuple(sorted(found, key=found.__getitem__)[: MOST_ROWS + 1])


def _chances(outlooks: Outlooks, lines: PromptRules) -> dict[UUID, float]:
    shares = {patient_id: near.share_lost(lines) for patient_id, near in outlooks.items()}
    return {patient_id: share for patient_id, share in shares.items() if share is not None}
