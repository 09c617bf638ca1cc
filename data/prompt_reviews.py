"""What has been done about a patient's review prompts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, select

from models.outcomes.prompt_rules import Prompt
from models.outcomes.reviews import Deed, Review
from models.tables import PromptReview

BATCH = 500


def latest_reviews(connection: Connection, patient_ids: Sequence[UUID]) -> dict[UUID, Review]:
    """Return the newest review of each patient that has one; the caller has asked the policy."""
    found: dict[UUID, Review] = {}
    for start in range(0, len(patient_ids), BATCH):
        query = (
            select(PromptReview.__table__)
            .where(PromptReview.patient_id.in_(patient_ids[start : start + BATCH]))
            .order_by(PromptReview.patient_id, PromptReview.review_id)
        )
        found |= {row.patient_id: _review(row) for row in connection.execute(query)}
    return found


def _review(row: Any) -> Review:
    return Review(
        review_id=row.review_id,
        deed=Deed(row.action),
        prompts=frozenset(Prompt(name) for name in row.prompts),
        evidence=row.evidence,
        until=row.until,
        reason=row.reason,
        recorded_at=row.recorded_at,
        recorded_by=row.recorded_by,
    )
