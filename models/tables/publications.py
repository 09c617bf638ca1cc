"""What managers read: counts as they were published, and whose have changed since."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from models.tables.base import Base, patient_key, short
from models.tables.site_counts import CaseColumns, MarkColumns, SpanColumns


class PublishedMark(MarkColumns, Base):
    """Marks as published; "everyone" counts courses of patients who never answered as well."""

    __tablename__ = "published_marks"


class PublishedCase(CaseColumns, Base):
    __tablename__ = "published_cases"


class PublishedSpan(SpanColumns, Base):
    __tablename__ = "published_spans"


class PublishedSite(Base):
    """When a site's figures on an instrument were last taken over from the counts."""

    __tablename__ = "published_sites"

    site_id: Mapped[UUID] = mapped_column(ForeignKey("sites.site_id"), primary_key=True)
    instrument: Mapped[short] = mapped_column(primary_key=True)
    renewed_at: Mapped[datetime]


class PublishedReport(Base):
    """The group's figures on an instrument, worked out of what is published.

    `basis` says of which publication, names and rules; with another one it is worked out anew.
    """

    __tablename__ = "published_reports"

    instrument: Mapped[short] = mapped_column(primary_key=True)
    basis: Mapped[str]
    body: Mapped[str]


class FreshPatient(Base):
    """A patient whose courses count as something else than when their site was published.

    `question` is what has changed: how far a course got, how long it held, when its booster came.
    `was` is what was published of it, as a digest: who counts as that again has not changed.
    """

    __tablename__ = "fresh_patients"

    patient_id: Mapped[patient_key]
    site_id: Mapped[UUID] = mapped_column(ForeignKey("sites.site_id"), primary_key=True)
    instrument: Mapped[short] = mapped_column(primary_key=True)
    question: Mapped[short] = mapped_column(primary_key=True)
    was: Mapped[short | None]

    __table_args__ = (Index("ix_fresh_patients_site", "site_id", "instrument", "question"),)


class QuarterCount(Base):
    """Records of a whole quarter at a site, counted once when it was over: 2026-Q3."""

    __tablename__ = "quarter_counts"

    site_id: Mapped[UUID] = mapped_column(ForeignKey("sites.site_id"), primary_key=True)
    quarter: Mapped[short] = mapped_column(primary_key=True)
    figure: Mapped[short] = mapped_column(primary_key=True)
    records: Mapped[int] = mapped_column(BigInteger)
    patients: Mapped[int]
