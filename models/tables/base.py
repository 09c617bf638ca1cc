"""What all tables share: names of constraints, column meanings, UTC times."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID

from sqlalchemy import JSON, DateTime, Dialect, ForeignKey, MetaData, String, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, mapped_column
from sqlalchemy.types import TypeDecorator

# SQLite can alter a constraint only by name, so every constraint has one.
NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class UtcTime(TypeDecorator[datetime]):
    """An instant. Takes only times with a zone, stores UTC, gives UTC back on either database."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs a time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


PlainJson = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")

short = Annotated[str, mapped_column(String(80))]
line = Annotated[str, mapped_column(String(400))]
instant = Annotated[datetime, mapped_column(UtcTime)]
patient_key = Annotated[UUID, mapped_column(ForeignKey("patients.patient_id"), primary_key=True)]
site_key = Annotated[UUID, mapped_column(ForeignKey("sites.site_id"))]


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy reads it as a plain class attribute
        UUID: Uuid,
        datetime: UtcTime,
        str: Text,
        dict[str, Any]: PlainJson,
        list[Any]: PlainJson,
    }
