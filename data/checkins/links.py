"""Links to one check-in: a token, or six digits for the tablet in the infusion room.

Whoever holds a link may fill in that one form and sees no name, no chart and no history. Looking
at a link never uses it up, since mail programs look at links by themselves; submitting does.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Engine, select, update
from sqlalchemy.dialects import postgresql, sqlite

from data import clock
from data.audit import write_line
from data.checkins.standings import note_asked
from data.database import writing
from data.doors.events import write_address_lockout, write_lockout
from data.doors.refusals import DeadLink
from data.doors.secrets import hash_token, new_token
from data.doors.throttles import FREE_FAILURES, address_key, admit, admit_address, forgive
from models.errors import Refused
from models.policy import Operation, Person, Role
from models.tables import CheckInLink, Patient

LINK, KIOSK = "link", "kiosk"
LASTS = {LINK: timedelta(hours=72), KIOSK: timedelta(minutes=30)}
CODE_DIGITS = 6
CODE_TRIES = 20  # of a million codes only those of the last half hour are taken
INSERTS = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}
LINK_OVER = (
    "This link is no longer open. What you have answered is kept. Open the newest message from "
    "your clinic, sign in, or ask the clinic for a new link."
)


class LinkOver(Refused):
    """A link that is too old, or never was one: the two get the same words."""

    def __init__(self) -> None:
        super().__init__(LINK_OVER)


@dataclass(frozen=True)
class MadeLink:
    """Shown once; only hashes are kept."""

    token: str
    short_code: str | None
    expires_at: datetime

    def __repr__(self) -> str:
        return f"MadeLink(expires_at={self.expires_at!r})"  # a token must not end in a log


def insert_link(
    connection: Connection,
    person: Person,
    *,
    patient_id: UUID,
    site_id: UUID,
    due_on: date,
    mode: str = LINK,
    until: datetime | None = None,
) -> MadeLink:
    """Make a link in this transaction, audit line included. `until` is when the form closes."""
    now, token = clock.now(), new_token()
    expires_at = now + LASTS[mode]
    row = {
        "token_hash": hash_token(token),
        "patient_id": patient_id,
        "code_hash": None,
        "due_on": due_on,
        "mode": mode,
        "made_at": now,
        "made_by": person.name,
        "expires_at": expires_at if until is None else min(expires_at, until),
        "used_at": None,
    }
    code = _insert_with_code(connection, row) if mode == KIOSK else _insert(connection, row)
    note_asked(connection, patient_id)
    write_line(
        connection,
        person,
        Operation.PLAN_CHECKINS,
        site_id=site_id,
        patient_id=patient_id,
        made=mode,
        due_on=due_on.isoformat(),
    )
    return MadeLink(token, code, row["expires_at"])


def _insert(connection: Connection, row: dict[str, Any]) -> None:
    connection.execute(INSERTS[connection.dialect.name](CheckInLink), row)


def _insert_with_code(connection: Connection, row: dict[str, Any]) -> str:
    """Insert a link with a code that no other open link has, and return the code."""
    insert = INSERTS[connection.dialect.name](CheckInLink).on_conflict_do_nothing()
    insert = insert.execution_options(preserve_rowcount=True)
    for _ in range(CODE_TRIES):
        code = f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}}"
        _free_code(connection, hash_code(code))
        if connection.execute(insert, row | {"code_hash": hash_code(code)}).rowcount:
            return code
    raise Refused("There are too many open codes at the moment. Try again in a few minutes.")


def _free_code(connection: Connection, code_hash: str) -> None:
    """Take a code from a link that is too old to be opened by it."""
    old = (CheckInLink.code_hash == code_hash) & (CheckInLink.expires_at <= clock.now())
    connection.execute(update(CheckInLink).where(old).values(code_hash=None))


def hash_code(code: str) -> str:
    """Return what is kept of a code. A million codes are soon tried, but it lives for minutes."""
    return hash_token(f"checkin:{''.join(code.split())}")


def open_by_code(engine: Engine, code: str, client: str | None) -> str:
    """Use a short code up and return a token for its form. Raises DeadLink, or TryLater.

    A try is counted before it is looked at, per address; the code's own link stays as it was.
    """
    key = hash_token(f"checkin code:{address_key(client)}")
    with writing(engine) as connection:
        tries = admit_address(connection, client)
        failures = admit(connection, key) + 1
        token = _exchange(connection, code, client)
        if token is not None:
            forgive(connection, key)
        else:
            nobody = Person("unknown", frozenset(), client=client)
            write_line(
                connection, nobody, Operation.ANSWER_CHECKIN, outcome="failed", event="short_code"
            )
            if failures == FREE_FAILURES:
                write_lockout(connection, None, client, guessed="check-in code", failures=failures)
        write_address_lockout(connection, client, tries)
    if token is None:
        raise DeadLink
    return token


def _exchange(connection: Connection, code: str, client: str | None) -> str | None:
    now = clock.now()
    taken = (
        update(CheckInLink)
        .where(
            CheckInLink.code_hash == hash_code(code),
            CheckInLink.used_at.is_(None),
            CheckInLink.expires_at > now,
        )
        .values(code_hash=None)
        .returning(*CheckInLink.__table__.c)
    )
    link = connection.execute(taken).one_or_none()
    if link is None:
        return None
    token = new_token()
    row = link._asdict() | {"token_hash": hash_token(token), "made_at": now}
    _insert(connection, row)
    write_line(
        connection,
        holder(link.patient_id, client),
        Operation.ANSWER_CHECKIN,
        site_id=connection.scalar(
            select(Patient.site_id).where(Patient.patient_id == link.patient_id)
        ),
        patient_id=link.patient_id,
        event="short_code",
    )
    return token


def holder(patient_id: UUID, client: str | None) -> Person:
    """Return whoever holds a link, as the audit and the records name them."""
    roles = frozenset({Role.PATIENT})
    return Person("check-in", roles, sites=frozenset(), patient_id=patient_id, client=client)


def find_link(connection: Connection, token: str) -> Any:
    """Return a link's row, used or not, None for a token that never was one."""
    query = select(CheckInLink.__table__).where(CheckInLink.token_hash == hash_token(token))
    return connection.execute(query).one_or_none()


def is_live(link: Any) -> bool:
    return link is not None and link.used_at is None and link.expires_at > clock.now()


def use_links(connection: Connection, token: str | None, patient_id: UUID, due_on: date) -> bool:
    """Use a link up, and with it every other one to the same form.

    Returns False where this very link may not be used (any more): of twenty at once, one may.
    """
    now = clock.now()
    if token is not None:
        mine = (
            update(CheckInLink)
            .where(
                CheckInLink.token_hash == hash_token(token),
                CheckInLink.used_at.is_(None),
                CheckInLink.expires_at > now,
            )
            .values(used_at=now, code_hash=None)
        )
        if connection.execute(mine).rowcount != 1:
            return False
    others = update(CheckInLink).where(
        CheckInLink.patient_id == patient_id,
        CheckInLink.due_on == due_on,
        CheckInLink.used_at.is_(None),
    )
    connection.execute(others.values(used_at=now, code_hash=None))
    return True
