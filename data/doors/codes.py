"""Codes: six digits from an authenticator, or one of the recovery codes. Each works once."""

from __future__ import annotations

import hashlib
from enum import Enum, auto
from typing import Any
from uuid import UUID

import pyotp
from pyotp.exceptions import OTPVerificationError
from sqlalchemy import Connection, delete, insert, or_, update

from data import clock
from data.doors.sealing import unseal
from data.doors.secrets import new_code
from models.access import RECOVERY_CODES
from models.tables import RecoveryCode, User

DRIFT = 1  # steps of 30 s each way
DIGITS = 6


class Proof(Enum):
    NONE = auto()
    AUTHENTICATOR = auto()
    RECOVERY = auto()


def secret_place(user_id: UUID) -> str:
    return f"users:totp_secret:{user_id}"


def find_step(secret: str, code: str) -> int | None:
    """Return the time step a code belongs to, None for a wrong one."""
    digits = "".join(code.split())
    if len(digits) != DIGITS or not digits.isascii() or not digits.isdigit():
        return None
    try:
        return pyotp.TOTP(secret).verify_and_get_timecode(
            digits, for_time=clock.now(), valid_window=DRIFT
        )
    except OTPVerificationError:
        return None


def check_code(connection: Connection, user: Any, code: str) -> Proof:
    """Return what a code proves, and use it up."""
    if user.totp_secret is None:
        return Proof.NONE
    step = find_step(unseal(user.totp_secret, secret_place(user.user_id)), code)
    if step is not None:
        return Proof.AUTHENTICATOR if _use_step(connection, user.user_id, step) else Proof.NONE
    return Proof.RECOVERY if _use_recovery_code(connection, user.user_id, code) else Proof.NONE


def _use_step(connection: Connection, user_id: UUID, step: int) -> bool:
    """Take a time step, unless it or a later one was taken before: of two at once, one comes in."""
    is_later = or_(User.totp_step.is_(None), User.totp_step < step)
    taken = update(User).where(User.user_id == user_id, is_later).values(totp_step=step)
    return connection.execute(taken).rowcount == 1


def _use_recovery_code(connection: Connection, user_id: UUID, code: str) -> bool:
    used = (
        update(RecoveryCode)
        .where(
            RecoveryCode.user_id == user_id,
            RecoveryCode.code_hash == hash_recovery_code(user_id, code),
            RecoveryCode.used_at.is_(None),
        )
        .values(used_at=clock.now())
    )
    return connection.execute(used).rowcount == 1


def replace_recovery_codes(connection: Connection, user_id: UUID) -> list[str]:
    """Return new recovery codes, to be shown once; the earlier ones are gone."""
    connection.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user_id))
    codes = [new_code() for _ in range(RECOVERY_CODES)]
    rows = [
        {"user_id": user_id, "code_hash": hash_recovery_code(user_id, code), "used_at": None}
        for code in codes
    ]
    connection.execute(insert(RecoveryCode), rows)
    return codes


def hash_recovery_code(user_id: UUID, code: str) -> str:
    """Return what is kept of a code, however it was typed; a fast hash will do for 79 bits."""
    typed = "".join(filter(str.isalnum, code)).casefold()
    return hashlib.sha256(f"{user_id}:{typed}".encode("utf-8", "surrogatepass")).hexdigest()
