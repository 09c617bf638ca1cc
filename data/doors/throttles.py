"""Slowing down guesses: by what is guessed at, and by the address the guesses come from.

A try is counted before it is looked at, so that a thousand at once are not all looked at first.
What succeeds is forgiven afterwards.
"""

from __future__ import annotations

import hashlib
import ipaddress
import math
import unicodedata
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Connection, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from data import clock
from data.doors.refusals import TryLater
from models.tables import Throttle

FREE_FAILURES = 5  # then one second, two, four ...
LONGEST_WAIT = timedelta(minutes=15)
LAST_FAILURE = 100  # consecutive; then an administrator's link is needed (NIST 800-63B)
TRIES_AN_ADDRESS = 30
WINDOW = timedelta(minutes=1)
FORGOTTEN_AFTER = timedelta(days=30)
LONGEST_TYPED = 400
IPV6_HOME = 64  # whoever has one address of a home network has all of them

INSERTS = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


def normalise_name(sign_in_name: str) -> str:
    """Return the form in which sign-in names are stored and compared.

    What no database can hold, half a character or a zero byte, is left out, as it would end in
    another error than a name that nobody has.
    """
    plain = unicodedata.normalize("NFKC", sign_in_name[:LONGEST_TYPED]).replace("\0", "")
    return plain.encode("utf-8", "ignore").decode().strip().casefold()


def name_key(sign_in_name: str) -> str:
    return _key("name", normalise_name(sign_in_name))


def code_key(user_id: UUID) -> str:
    """Codes are counted apart: a right password must not forgive wrong codes."""
    return _key("code", str(user_id))


def address_key(client: str | None) -> str:
    return _key("address", _network(client or "unknown"))


def admit(connection: Connection, key: str) -> int:
    """Count a try as failed and return how many failed in a row before it.

    Raises TryLater while waiting; such a try is not counted, or a wait would never end.
    """
    failures, _, wait_until = _hold(connection, key)
    now = clock.now()
    if wait_until is not None and now < wait_until:
        raise TryLater(_seconds(wait_until - now))
    _write(connection, key, failures + 1, now, now + _wait(failures + 1))
    return failures


def admit_address(connection: Connection, client: str | None) -> int:
    """Count a try from an address and return how many there were within a minute, this one too.

    Raises TryLater above what people need.
    """
    key, now = address_key(client), clock.now()
    tries, counted_from, _ = _hold(connection, key)
    if not timedelta(0) <= now - counted_from < WINDOW:
        tries, counted_from = 0, now
    if tries >= TRIES_AN_ADDRESS:
        raise TryLater(_seconds(counted_from + WINDOW - now))
    _write(connection, key, tries + 1, counted_from, None)
    return tries + 1


def forgive(connection: Connection, *keys: str) -> None:
    """Forget the failures of some keys, and of all that nobody has tried for a long time."""
    connection.execute(delete(Throttle).where(Throttle.key.in_(keys)))
    old = Throttle.counted_from < clock.now() - FORGOTTEN_AFTER
    connection.execute(delete(Throttle).where(old))


def _hold(connection: Connection, key: str) -> tuple[int, datetime, datetime | None]:
    """Return the row of a key, made if need be, and keep it from others until the end."""
    fresh = {"key": key, "failures": 0, "counted_from": clock.now(), "wait_until": None}
    insert = INSERTS[connection.dialect.name]
    connection.execute(insert(Throttle).on_conflict_do_nothing(), fresh)
    columns = (Throttle.failures, Throttle.counted_from, Throttle.wait_until)
    row = connection.execute(select(*columns).where(Throttle.key == key).with_for_update()).one()
    return row.failures, row.counted_from, row.wait_until


def _write(
    connection: Connection, key: str, failures: int, since: datetime, until: datetime | None
) -> None:
    connection.execute(
        update(Throttle)
        .where(Throttle.key == key)
        .values(failures=failures, counted_from=since, wait_until=until)
    )


def _wait(failures: int) -> timedelta:
    if failures < FREE_FAILURES:
        return timedelta(0)
    # 2 to the 10th is beyond the longest wait; a larger power would only overflow.
    return min(timedelta(seconds=2 ** min(failures - FREE_FAILURES, 10)), LONGEST_WAIT)


def _seconds(wait: timedelta) -> int:
    return max(1, math.ceil(wait.total_seconds()))


def _network(client: str) -> str:
    try:
        address = ipaddress.ip_address(client)
    except ValueError:
        return client
    if address.version == 4:
        return str(address)
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(ipaddress.IPv6Network((address, IPV6_HOME), strict=False))


def _key(kind: str, what: str) -> str:
    return hashlib.sha256(f"{kind}:{what}".encode("utf-8", "surrogatepass")).hexdigest()
