"""What named persons have done about review prompts."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from models.tables.base import Base, line, patient_key, short


class PromptReview(Base):
    """What somebody did about a patient's prompts; the newest one counts, none is ever changed.

    `prompts` are the kinds it was about; `evidence` names the scores they rested on, so that a new
    one is noticed. `until` is the day a snoozed one comes back.
    """

    __tablename__ = "prompt_reviews"

    patient_id: Mapped[patient_key]
    review_id: Mapped[UUID] = mapped_column(primary_key=True)
    action: Mapped[short]  # seen, snoozed, brought_back
    prompts: Mapped[list[Any]]
    evidence: Mapped[short]
    until: Mapped[date | None]
    reason: Mapped[line]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[short]

    __table_args__ = (Index(None, "recorded_at"),)
