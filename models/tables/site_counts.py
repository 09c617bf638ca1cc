"""Counts a site, kept current with the episodes, so that a manager's page reads no patients."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from models.tables.base import Base, patient_key, short


class CountedCourse(Base):
    """What a patient's course counts as now: what is to be taken away when it changes.

    The fields are those of models.outcomes.sites.facts.Counted. `instrument` is empty for the
    course itself, whatever was answered.
    """

    __tablename__ = "counted_courses"

    patient_id: Mapped[patient_key]
    instrument: Mapped[short] = mapped_column(primary_key=True)
    course_no: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[UUID] = mapped_column(ForeignKey("sites.site_id"))
    month: Mapped[date]
    kind: Mapped[short]
    indication: Mapped[short]
    route: Mapped[short]
    severity: Mapped[int]
    failures: Mapped[int]
    step: Mapped[short]
    remitted: Mapped[bool | None]
    change: Mapped[short | None]
    lower_days: Mapped[int | None]
    upper_days: Mapped[int | None]
    booster: Mapped[short | None]
    given_by: Mapped[short | None]


_IS_BOOSTER = CountedCourse.booster.is_not(None)
# Covers who gave which boosters; most courses are none and cost nothing.
Index(
    "ix_counted_courses_boosters",
    CountedCourse.instrument,
    CountedCourse.site_id,
    CountedCourse.given_by,
    CountedCourse.booster,
    CountedCourse.patient_id,
    sqlite_where=_IS_BOOSTER,
    postgresql_where=_IS_BOOSTER,
)


class MarkColumns:
    """Courses, different patients and squared courses a patient, by one breakdown at a time."""

    site_id: Mapped[UUID] = mapped_column(ForeignKey("sites.site_id"), primary_key=True)
    instrument: Mapped[short] = mapped_column(primary_key=True)
    breakdown: Mapped[short] = mapped_column(primary_key=True)
    value: Mapped[short] = mapped_column(primary_key=True)
    mark: Mapped[short] = mapped_column(primary_key=True)
    courses: Mapped[int]
    patients: Mapped[int]
    squares: Mapped[int] = mapped_column(BigInteger)


class CaseColumns:
    """Stated courses by case mix and outcome. Weights are whole parts of a patient."""

    site_id: Mapped[UUID] = mapped_column(ForeignKey("sites.site_id"), primary_key=True)
    instrument: Mapped[short] = mapped_column(primary_key=True)
    severity: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    failures: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    indication: Mapped[short] = mapped_column(primary_key=True)
    kind: Mapped[short] = mapped_column(primary_key=True)
    route: Mapped[short] = mapped_column(primary_key=True)
    responded: Mapped[bool] = mapped_column(primary_key=True)
    remitted: Mapped[bool] = mapped_column(primary_key=True)
    fate: Mapped[short] = mapped_column(primary_key=True)
    courses: Mapped[int]
    weight: Mapped[int] = mapped_column(BigInteger)


class SpanColumns:
    """Responded courses by (lower, upper] day; `upper_days` 0 where response was not lost."""

    site_id: Mapped[UUID] = mapped_column(ForeignKey("sites.site_id"), primary_key=True)
    instrument: Mapped[short] = mapped_column(primary_key=True)
    lower_days: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    upper_days: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    courses: Mapped[int]
    weight: Mapped[int] = mapped_column(BigInteger)
    square: Mapped[int] = mapped_column(BigInteger)


class SiteMark(MarkColumns, Base):
    __tablename__ = "site_marks"


class SiteCase(CaseColumns, Base):
    __tablename__ = "site_cases"


class SiteSpan(SpanColumns, Base):
    __tablename__ = "site_spans"
