"""Who may come in: users, their sessions, one-time links, throttles, emergencies."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from models.tables.base import Base, line, short, site_key

# Only SHA-256 hashes of random secrets are kept: whoever reads the table cannot use them.
secret_hash = Annotated[str, mapped_column(String(64))]
user_key = Annotated[UUID, mapped_column(ForeignKey("users.user_id"))]


class User(Base):
    """Somebody who signs in. `name` is what records and the audit say, so no two share one.

    `roles` are values of models.policy.Role. A patient's user has `patient_id` and nothing else.
    `totp_secret` is sealed (data/sealing.py); `totp_step` is the last time step accepted.
    """

    __tablename__ = "users"

    user_id: Mapped[UUID] = mapped_column(primary_key=True)
    sign_in_name: Mapped[short] = mapped_column(unique=True)
    name: Mapped[short] = mapped_column(unique=True)
    roles: Mapped[list[Any]]
    sees_all_sites: Mapped[bool] = mapped_column(default=False)
    patient_id: Mapped[UUID | None] = mapped_column(ForeignKey("patients.patient_id"), unique=True)
    password_hash: Mapped[line | None]
    password_set_at: Mapped[datetime | None]
    totp_secret: Mapped[line | None]
    totp_step: Mapped[int | None]
    disabled_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[short]


class UserSite(Base):
    """Which sites a user is assigned to."""

    __tablename__ = "user_sites"

    user_id: Mapped[user_key] = mapped_column(primary_key=True)
    site_id: Mapped[site_key] = mapped_column(primary_key=True)


class RecoveryCode(Base):
    """What lets somebody in who has lost the device with the codes; each works once."""

    __tablename__ = "recovery_codes"

    user_id: Mapped[user_key] = mapped_column(primary_key=True)
    code_hash: Mapped[secret_hash] = mapped_column(primary_key=True)
    used_at: Mapped[datetime | None]


class Identity(Base):
    """A user as an identity provider knows them; the subject never changes, an address may."""

    __tablename__ = "identities"

    issuer: Mapped[line] = mapped_column(primary_key=True)
    subject: Mapped[line] = mapped_column(primary_key=True)
    user_id: Mapped[user_key]
    linked_at: Mapped[datetime]


class Session(Base):
    """One browser that somebody signed in with. `stage` is a value of models.access.Stage."""

    __tablename__ = "sessions"

    session_id: Mapped[UUID] = mapped_column(primary_key=True)
    token_hash: Mapped[secret_hash] = mapped_column(unique=True)
    user_id: Mapped[user_key]
    stage: Mapped[short]
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    client: Mapped[short | None]
    browser: Mapped[line | None]

    __table_args__ = (Index(None, "user_id", "ended_at"),)


class OneTimeToken(Base):
    """A link or token that works once. `purpose` is a value of models.access.Purpose."""

    __tablename__ = "one_time_tokens"

    token_hash: Mapped[secret_hash] = mapped_column(primary_key=True)
    purpose: Mapped[short]
    user_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.user_id"))
    made_at: Mapped[datetime]
    made_by: Mapped[short]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]

    __table_args__ = (Index(None, "user_id", "purpose"),)


class Throttle(Base):
    """How often something was tried in vain: a sign-in name (hashed) or an address."""

    __tablename__ = "throttles"

    key: Mapped[secret_hash] = mapped_column(primary_key=True)
    failures: Mapped[int]
    counted_from: Mapped[datetime]
    wait_until: Mapped[datetime | None]


class Emergency(Base):
    """A chart of another site, opened for a while with a reason."""

    __tablename__ = "emergencies"

    patient_id: Mapped[UUID] = mapped_column(ForeignKey("patients.patient_id"), primary_key=True)
    emergency_id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[user_key]
    reason: Mapped[line]
    opened_at: Mapped[datetime]
    until_at: Mapped[datetime]

    __table_args__ = (Index(None, "user_id", "until_at"),)


class CrisisText(Base):
    """One revision of what a site tells somebody in danger; the highest is in force."""

    __tablename__ = "crisis_texts"

    site_id: Mapped[site_key] = mapped_column(primary_key=True)
    revision: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    body: Mapped[str]
    phone: Mapped[short | None]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[short]
