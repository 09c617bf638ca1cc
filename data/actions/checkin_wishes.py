"""Changing how a patient is asked: by the patient or their clinician, and never silently."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Engine, insert, select, update
from sqlalchemy.exc import IntegrityError
from uuid_utils.compat import uuid7

from data import clock
from data.audit import write_line
from data.checkins.standings import look_again, refresh_standings
from data.checkins.wishes import ADDRESSES, DEFAULTS, PATIENT, address_place
from data.database import writing
from data.doors.sealing import seal
from data.messages.replies import phone_hashes
from data.places import hold_place
from models.checkins.wishes import LANGUAGES
from models.errors import Conflict, Refused
from models.policy import Operation, Person, Relation
from models.tables import CheckInWishChange, CheckInWishes

AGREEMENTS = {"mail_agreed": "mail_agreed_at", "text_agreed": "text_agreed_at"}
LONGEST_PAUSE = timedelta(days=92)
MAIL = re.compile(r"[^@\s,;<>\"]{1,64}@[^@\s,;<>\"]{1,190}\.[^@\s,;<>\".]{2,60}")
PHONE = re.compile(r"\+?[0-9]{7,15}")


def set_wishes(
    engine: Engine,
    person: Person,
    *,
    patient_id: UUID,
    seen_version: int,
    changes: Mapping[str, Any],
) -> int:
    """Change some wishes and return their new version; what is not named stays as it is.

    `changes` may hold weekday (0 is Monday, or None), hour, time_zone, language, email, phone,
    mail_agreed, text_agreed (true or false), paused_from and paused_until (both days included,
    or both None), stopped (true or false). `seen_version` is 0 where there were none. Raises
    Refused for what makes no sense, Conflict where somebody else has changed them since.
    """
    with writing(engine) as connection:
        site_id, zone = hold_place(connection, person, Operation.PLAN_CHECKINS, patient_id)
        before = _before(connection, patient_id, seen_version)
        _check(changes)
        today = clock.today(changes.get("time_zone") or before["time_zone"] or zone)
        _check_pause(changes, today)
        after = before | _values(changes, before, patient_id, today)
        changed = sorted(it for it in after if after[it] != before[it] and it != "phone_hash")
        if not changed:
            raise Refused("That is how it is already.")
        _check_consents(after)
        _store(connection, person, patient_id, seen_version, after)
        _note(connection, person, patient_id, today, {name: after[name] for name in changed})
        refresh_standings(connection, [patient_id])
        look_again(connection, patient_id)
        write_line(
            connection,
            person,
            Operation.PLAN_CHECKINS,
            site_id=site_id,
            patient_id=patient_id,
            fields=changed,
        )
    return seen_version + 1


def _before(connection: Connection, patient_id: UUID, seen_version: int) -> dict[str, Any]:
    query = select(CheckInWishes.__table__).where(CheckInWishes.patient_id == patient_id)
    row = connection.execute(query).mappings().one_or_none()
    if (row["version"] if row else 0) != seen_version:
        raise Conflict("These wishes were changed by somebody else in the meantime.")
    return {name: row[name] for name in DEFAULTS} if row else dict(DEFAULTS)


def _values(
    changes: Mapping[str, Any], before: Mapping[str, Any], patient_id: UUID, today: date
) -> dict[str, Any]:
    """Return the columns the changes fill. An address that is the same as before stays sealed."""
    values: dict[str, Any] = {}
    for name, value in changes.items():
        if name in ADDRESSES:
            values[name] = seal(value, address_place(name, patient_id)) if value else None
            values |= _about_address(name, value)
        elif name in AGREEMENTS:
            column = AGREEMENTS[name]
            values[column] = (before[column] or clock.now()) if value else None
            if name == "mail_agreed" and value:
                values["mail_refused_at"] = None
        elif name == "stopped":
            values["stopped_on"] = (before["stopped_on"] or today) if value else None
        else:
            values[name] = value
    return values


def _about_address(name: str, value: str | None) -> dict[str, Any]:
    """Return what goes with a new address: how to find a number again, and a fresh start."""
    if name == "email":
        return {"mail_refused_at": None}
    return {"phone_hash": phone_hashes(value)[0] if value else None}


def _store(
    connection: Connection, person: Person, patient_id: UUID, seen: int, values: Mapping[str, Any]
) -> None:
    stamp = {"version": seen + 1, "recorded_at": clock.now(), "recorded_by": person.name}
    row = {**values, **stamp}
    try:
        if seen == 0:
            connection.execute(insert(CheckInWishes), {"patient_id": patient_id, **row})
            return
        here = (CheckInWishes.patient_id == patient_id) & (CheckInWishes.version == seen)
        moved = connection.execute(update(CheckInWishes).where(here).values(**row)).rowcount
    except IntegrityError as error:
        raise Conflict("These wishes were changed by somebody else in the meantime.") from error
    if moved != 1:
        raise Conflict("These wishes were changed by somebody else in the meantime.")


def _note(
    connection: Connection, person: Person, patient_id: UUID, today: date, what: dict[str, Any]
) -> None:
    """Keep what was changed; `day` is the patient's own, from which the schedule reads it.

    `by` says that it was the patient, whatever they and the staff are called.
    """
    about = {"day": today.isoformat()}
    if person.relation_to(None, patient_id) is Relation.OWN:
        about["by"] = PATIENT
    row = {
        "patient_id": patient_id,
        "change_id": uuid7(),
        "what": {**about, **{name: _told(name, v) for name, v in what.items()}},
        "changed_at": clock.now(),
        "changed_by": person.name,
    }
    connection.execute(insert(CheckInWishChange), row)


def _told(name: str, value: Any) -> Any:
    if name in ADDRESSES:
        return "changed" if value else "removed"
    return value.isoformat() if isinstance(value, date) else value


def _check(changes: Mapping[str, Any]) -> None:
    unknown = set(changes) - set(CHECKS)
    if unknown:
        raise Refused(f"There is no wish {', '.join(sorted(unknown))}.")
    for name, value in changes.items():
        is_fine, sentence = CHECKS[name]
        if not is_fine(value):
            raise Refused(sentence)


def _check_pause(changes: Mapping[str, Any], today: date) -> None:
    """A pause lies ahead: what was missed stays missed."""
    if not {"paused_from", "paused_until"} & set(changes):
        return
    first, last = changes.get("paused_from"), changes.get("paused_until")
    if (first is None) != (last is None):
        raise Refused("A pause needs its first day and its last day.")
    if first is None or last is None:
        return
    if first < today:
        raise Refused("A pause begins today or later.")
    if not first <= last <= first + LONGEST_PAUSE:
        raise Refused(f"A pause ends on its first day or up to {LONGEST_PAUSE.days} days later.")


def _check_consents(after: Mapping[str, Any]) -> None:
    for address, agreed in (("email", "mail_agreed_at"), ("phone", "text_agreed_at")):
        if after[agreed] and not after[address]:
            raise Refused("To be reminded, please give an address for it.")


def _is_day(value: Any) -> bool:
    return value is None or type(value) is date


def _is_number(least: int, most: int) -> Callable[[Any], bool]:
    return lambda value: type(value) is int and least <= value <= most


def _matches(pattern: re.Pattern[str]) -> Callable[[Any], bool]:
    return lambda value: (
        value is None or (isinstance(value, str) and bool(pattern.fullmatch(value)))
    )


def _is_truth(value: Any) -> bool:
    return isinstance(value, bool)


_A_DAY = (_is_day, "A pause is from a day to a day.")
_YES_OR_NO = (_is_truth, "Please answer yes or no.")
CHECKS: dict[str, tuple[Callable[[Any], bool], str]] = {
    "weekday": (lambda v: v is None or _is_number(0, 6)(v), "Please choose a day of the week."),
    "hour": (_is_number(8, 20), "Please choose an hour from 8 to 20."),
    "time_zone": (
        lambda value: value is None or value in clock.zones(),
        "Please choose a time zone from the list.",
    ),
    "language": (lambda value: value in LANGUAGES, "Please choose a language from the list."),
    "email": (_matches(MAIL), "This does not look like an e-mail address."),
    "phone": (_matches(PHONE), "Please give a number of 7 to 15 digits, such as +13035550100."),
    "mail_agreed": _YES_OR_NO,
    "text_agreed": _YES_OR_NO,
    "paused_from": _A_DAY,
    "paused_until": _A_DAY,
    "stopped": _YES_OR_NO,
}
