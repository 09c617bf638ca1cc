"""What was computed: courses, episodes, and one summary row a patient for the lists."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from models.tables.base import Base, patient_key, short


class StoredCourse(Base):
    __tablename__ = "courses"

    patient_id: Mapped[patient_key]
    course_no: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[short]
    infusions: Mapped[int]
    start_on: Mapped[date]
    end_on: Mapped[date]
    route: Mapped[short | None]


class StoredEpisode(Base):
    """models.outcomes.episodes.Episode, without what depends on today's date."""

    __tablename__ = "episodes"

    patient_id: Mapped[patient_key]
    instrument: Mapped[short] = mapped_column(primary_key=True)
    course_no: Mapped[int] = mapped_column(primary_key=True)
    baseline: Mapped[float | None]
    baseline_on: Mapped[date | None]
    best: Mapped[float | None]
    followups: Mapped[int]
    responded: Mapped[bool | None]
    remitted: Mapped[bool | None]
    unstated: Mapped[short | None]
    held: Mapped[short | None]
    lower_days: Mapped[int | None]
    upper_days: Mapped[int | None]
    turned_on: Mapped[date | None]
    last_assessed_on: Mapped[date | None]
    policy_revision: Mapped[int]

    # Covers the curves: instrument, then responders, then the interval itself.
    __table_args__ = (Index(None, "instrument", "responded", "lower_days", "upper_days"),)


class Standing(Base):
    """Where a patient stands, one row each, so that a list reads no scores.

    `situation` is what the records alone say of the latest course on the patient's main
    instrument; with today's date a query turns it into a status. `code` is the patient's own,
    repeated here so that one index both finds a status and orders it.
    """

    __tablename__ = "standings"

    patient_id: Mapped[patient_key]
    code: Mapped[short]
    instrument: Mapped[short | None]
    situation: Mapped[short]
    course_no: Mapped[int | None]
    last_infusion_on: Mapped[date | None]
    last_assessed_on: Mapped[date | None]
    turned_on: Mapped[date | None]
    baseline: Mapped[float | None]
    latest: Mapped[float | None]
    gain_lost: Mapped[float | None]  # the share gone at each of the last two check-ins
    recent: Mapped[list[Any]]  # [ISO day, score] on the main instrument, oldest first
    safety_instrument: Mapped[short | None]
    safety_on: Mapped[date | None]
    safety_answer: Mapped[int | None]
    safety_before: Mapped[int | None]
    safety_blank_on: Mapped[date | None]  # a later form left the safety item unanswered

    __table_args__ = (
        # Each order of the list of patients, so that a page reads the rows it shows and no more.
        Index(None, "situation", "code", "last_assessed_on", "last_infusion_on"),
        Index(None, "last_assessed_on", "code"),
        Index(None, "last_infusion_on", "code"),
        Index(None, "safety_answer", "safety_on"),
        Index(None, "safety_blank_on"),
        # Today finds each kind of prompt by it, the latest check-in first, and reads no more.
        Index(None, "situation", "last_assessed_on", "gain_lost"),
    )
