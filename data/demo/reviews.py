"""What pretend staff have put aside this morning, so that Today shows how it looks."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np
from sqlalchemy import Connection, insert
from uuid_utils.compat import uuid7

from data import clock
from data.demo.flags import STAFF
from data.queries.morning import morning_of
from data.queries.morning_rows import LookRow
from data.queries.scopes import Scope
from models.outcomes.prompt_rules import Prompt
from models.outcomes.reviews import Deed
from models.tables import PromptReview

ONE_IN = 4
OF_WEARING_OFF = {Prompt.LOST, Prompt.POSSIBLE_LOSS, Prompt.GAIN_FIRST, Prompt.GAIN_SECOND}
SEEN_BECAUSE = (
    "Rang; wants to see how the next week goes.",
    "Known stressor, sees a therapist this week.",
    "Spoke in the waiting room, next infusion is booked.",
)
SNOOZED_BECAUSE = (
    "Away until then, will answer after.",
    "Left a message, asked to be called next week.",
)


def put_pretend_prompts_aside(connection: Connection, *, seed: int, today: date) -> int:
    """Put one prompt in some aside, none about safety; return how many. Flags must be raised."""
    rng = np.random.default_rng([seed, 11])
    rows = morning_of(connection, Scope(), today, (), {}).rows
    chosen = [row for row in rows if OF_WEARING_OFF.issuperset(row.reasons)][1::ONE_IN]
    if chosen:
        connection.execute(insert(PromptReview), [_review(row, rng, today) for row in chosen])
    return len(chosen)


def _review(row: LookRow, rng: np.random.Generator, today: date) -> dict[str, Any]:
    is_seen = bool(rng.random() < 0.6)
    return {
        "patient_id": row.patient_id,
        "review_id": uuid7(),
        "action": (Deed.SEEN if is_seen else Deed.SNOOZED).value,
        "prompts": sorted(prompt.value for prompt in row.reasons),
        "evidence": row.evidence,
        "until": None if is_seen else today + timedelta(days=int(rng.integers(3, 15))),
        "reason": str(rng.choice(SEEN_BECAUSE if is_seen else SNOOZED_BECAUSE)),
        "recorded_at": clock.now() - timedelta(hours=int(rng.integers(1, 30))),
        "recorded_by": str(rng.choice(STAFF)),
    }
