"""The outlooks of a morning: of whoever responds and was heard of lately, or may have lost it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Engine, Row, Select, and_, or_, select

from data.database import reading
from data.forecasts import forecast_instruments, stored_fit
from data.looks import note_look
from data.policies import PROMPTS, RULES, in_force
from data.queries.forecast import ask_of
from data.queries.morning_rows import NearOutlook
from data.queries.scopes import Scope
from data.queries.statuses import is_here
from models.outcomes.forecast import Asked, DurationModel, state_outlooks
from models.outcomes.over_line import find_days_reached
from models.outcomes.prompt_rules import PromptRules
from models.outcomes.prompts import STILL_NEWS
from models.outcomes.rules import Rules
from models.outcomes.standing import Situation
from models.policy import Operation, Person, readable_sites
from models.tables import Patient, Standing

# Of more than these the outlooks are not worked out while a page waits: a millisecond each.
MOST = 600


def read_morning_outlooks(
    engine: Engine, person: Person, *, today: date, site_id: UUID | None = None
) -> dict[UUID, NearOutlook] | None:
    """Return outlooks on each patient's main instrument; None for more patients than MOST."""
    with reading(engine) as connection:
        sites = readable_sites(person, Operation.LIST_PATIENTS)
        found = morning_outlooks_of(connection, Scope(sites, site_id), today)
    note_look(engine, person, Operation.LIST_PATIENTS, site_id=site_id, page="today")
    return found


def morning_outlooks_of(
    connection: Connection, scope: Scope, today: date
) -> dict[UUID, NearOutlook] | None:
    """Return the same of a scope; the caller has asked the policy."""
    rules = in_force(connection, RULES)
    rows = connection.execute(scope.narrow(_query(rules, today))).all()
    return None if len(rows) > MOST else _outlooks(connection, rows, rules, today)


def _query(rules: Rules, today: date) -> Select[Any]:
    heard_of = and_(
        Standing.situation == Situation.OPEN.value,
        Standing.last_assessed_on > today - timedelta(days=rules.silence),
    )
    turned = and_(
        Standing.situation == Situation.POSSIBLE_LOSS.value,
        Standing.last_assessed_on >= today - STILL_NEWS,
    )
    return (
        select(Standing.patient_id, Standing.instrument)
        .join(Patient, Patient.patient_id == Standing.patient_id)
        .where(or_(heard_of, turned), is_here(today))
        .limit(MOST + 1)
    )


def _outlooks(
    connection: Connection, rows: Sequence[Row[Any]], rules: Rules, today: date
) -> dict[UUID, NearOutlook]:
    found: dict[UUID, NearOutlook] = {}
    lines = in_force(connection, PROMPTS)
    for instrument in sorted({row.instrument for row in rows} & set(forecast_instruments())):
        ids = [row.patient_id for row in rows if row.instrument == instrument]
        asked = ask_of(connection, instrument, ids, today, rules)
        fit = stored_fit(connection, instrument, rules)
        found |= _state(fit.model if fit else None, asked, lines)
    return found


def _state(
    model: DurationModel | None, asked: Mapping[UUID, Asked], lines: PromptRules
) -> dict[UUID, NearOutlook]:
    outlooks = zip(asked, state_outlooks(model, [*asked.values()]), strict=True)
    found = {who: NearOutlook(outlook) for who, outlook in outlooks}
    over = [who for who, near in found.items() if (near.share_lost(lines) or 0.0) >= lines.chance]
    if model is None or not over:
        return found
    reached = find_days_reached(
        model, [asked[who] for who in over], days=lines.chance_days, line=lines.chance
    )
    since = zip(over, reached, strict=True)
    return found | {who: NearOutlook(found[who].outlook, day) for who, day in since}
