"""What a patient answers to a text: STOP ends the texts, START lets them come again.

A text service hands answers over by a webhook; only the number and the words are read, and nothing
is kept of any other answer.
"""

from __future__ import annotations

import hmac
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Engine, select, update

from data import clock
from data.audit import FAILED, write_line
from data.checkins.links import holder
from data.database import reading, writing
from data.doors.events import write_address_lockout
from data.doors.sealing import fingerprints, unseal
from data.doors.throttles import admit_address
from data.messages.agreements import TEXT_AGREED, change_agreement
from models.policy import Operation, Person
from models.tables import CheckInWishChange, CheckInWishes

TEXTED = "text reply"
PLACE = "checkin_wishes:phone"
# What services and their networks hold for a stop (CTIA's list), and the same in Spanish.
STOPS = frozenset(
    {"stop", "stopall", "stop all", "unsubscribe", "cancel", "end", "quit", "revoke", "optout"}
    | {"opt out", "alto", "parar", "pare", "baja", "cancelar"}
)
STARTS = frozenset({"start", "unstop", "yes", "empezar", "alta", "si", "sí"})
# A request that was signed longer ago was kept by somebody.
SIGNED_FOR = timedelta(minutes=5)
COUNTRY = "1"  # United States and Canada: written with it or without
NATIONAL_DIGITS = 10


class Unsigned(Exception):
    """Not from the text service, or too old."""


def sign_reply(secret: str, timestamp: str, body: bytes) -> str:
    """Return the signature of a request: HMAC-SHA256 of "timestamp.body", in hexadecimals."""
    return hmac.new(secret.encode(), timestamp.encode() + b"." + body, sha256).hexdigest()


def check_reply(secret: str, timestamp: str, signature: str, body: bytes) -> None:
    """Raise Unsigned unless the text service has signed this within the last minutes."""
    expected = sign_reply(secret, timestamp, body).encode()
    is_signed = hmac.compare_digest(expected, signature.encode())
    if not is_signed or not timestamp.isascii() or not timestamp.isdigit():
        raise Unsigned
    try:
        age = clock.now() - datetime.fromtimestamp(int(timestamp), clock.now().tzinfo)
    except (OverflowError, ValueError, OSError) as error:
        raise Unsigned from error
    if abs(age) > SIGNED_FOR:
        raise Unsigned


def count_unsigned(engine: Engine, client: str | None) -> None:
    """Count and write a request that was not signed. Raises TryLater for many from one address."""
    nobody = Person("unknown", frozenset(), client=client)
    with writing(engine) as connection:
        tries = admit_address(connection, client)
        write_line(
            connection, nobody, Operation.PLAN_CHECKINS, outcome=FAILED, event="unsigned reply"
        )
        write_address_lockout(connection, client, tries)


def take_reply(engine: Engine, *, sender: str, words: str, client: str | None = None) -> int:
    """Do what a text asks for; return for how many patients of that number it changed anything.

    START gives back only what a text has ended: a consent is never first given by a text.
    """
    said = " ".join(words.casefold().split()).strip(".!\"' ")
    if said not in STOPS | STARTS:
        return 0
    with reading(engine) as connection:
        found = _patients_of(connection, sender)
    with writing(engine) as connection:
        return sum(_follow(connection, patient_id, said, client) for patient_id in found)


def phone_hashes(phone: str) -> list[str]:
    """Return what is kept of a number to find it by, the newest key's first."""
    digits = "".join(char for char in phone if char.isascii() and char.isdigit())
    if len(digits) == NATIONAL_DIGITS + 1 and digits.startswith(COUNTRY):
        digits = digits.removeprefix(COUNTRY)
    return fingerprints(digits, PLACE)


def note_numbers(connection: Connection) -> None:
    """Note how to find the numbers that an older release has kept without it."""
    wishes = CheckInWishes.__table__
    query = select(wishes.c.patient_id, wishes.c.phone)
    query = query.where(wishes.c.phone.is_not(None), wishes.c.phone_hash.is_(None))
    for patient_id, sealed in connection.execute(query).all():
        phone = unseal(sealed, f"{PLACE}:{patient_id}")
        here = update(wishes).where(wishes.c.patient_id == patient_id)
        connection.execute(here.values(phone_hash=phone_hashes(phone)[0]))


def _patients_of(connection: Connection, phone: str) -> list[UUID]:
    query = select(CheckInWishes.patient_id).where(
        CheckInWishes.phone_hash.in_(phone_hashes(phone))
    )
    return list(connection.scalars(query.order_by(CheckInWishes.patient_id)))


def _follow(connection: Connection, patient_id: UUID, said: str, client: str | None) -> bool:
    actor = holder(patient_id, client)
    if said in STOPS:
        change = {"value": None, "event": "texts ended"}
    elif _was_ended_by_text(connection, patient_id):
        change = {"value": clock.now(), "event": "texts begun again"}
    else:
        return False
    return change_agreement(connection, actor, patient_id, TEXT_AGREED, by=TEXTED, **change)


def _was_ended_by_text(connection: Connection, patient_id: UUID) -> bool:
    query = (
        select(CheckInWishChange.changed_by, CheckInWishChange.what)
        .where(CheckInWishChange.patient_id == patient_id)
        .order_by(CheckInWishChange.changed_at.desc(), CheckInWishChange.change_id.desc())
    )
    latest: Any = next((row for row in connection.execute(query) if TEXT_AGREED in row.what), None)
    return latest is not None and latest.changed_by == TEXTED and latest.what[TEXT_AGREED] is None
