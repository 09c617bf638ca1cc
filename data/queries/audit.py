"""The audit for the administrator: its lines, a page at a time, and whether they are as written."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Engine, Row, Select, bindparam, select
from sqlalchemy.exc import DBAPIError

from data.audit import write_line
from data.audit_check import Finding, Tell, find_tampering
from data.audit_heads import read_heads
from data.database import reading, writing
from data.looks import note_look
from models.errors import Unavailable
from models.policy import Operation, Person, readable_sites, require_everywhere
from models.tables import AuditLine, Patient, Site, User
from models.tables.audit import GROUP_CHAIN

PAGE = 50


@dataclass(frozen=True)
class AuditFilter:
    """Blanks do not narrow. Days are of the site asked for, or of the group's first site."""

    person: str = ""
    patient: str = ""
    site_id: UUID | None = None
    operation: str | None = None
    outcome: str | None = None
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class AuditRow:
    """One line. `at` is local to `site`, or to the group's first site where it concerns none.

    `user` is whose account, sessions or link it was done to.
    """

    at: datetime
    time_zone: str
    site: str | None
    number: int
    person: str
    role: str
    operation: str
    outcome: str
    patient: str | None
    user: str | None
    detail: dict[str, Any]
    client: str | None
    request: str | None


@dataclass(frozen=True)
class AuditPage:
    """`has_more`: there is a next page."""

    rows: tuple[AuditRow, ...]
    has_more: bool


def read_audit(engine: Engine, person: Person, wanted: AuditFilter, page: int = 0) -> AuditPage:
    """Return one page of lines, newest first; looking at them is written as well."""
    with reading(engine) as connection:
        sites = readable_sites(person, Operation.READ_AUDIT)
        zones = {row.site_id: row.time_zone for row in connection.execute(_ZONES)}
        home = next(iter(zones.values()), "UTC")
        zone = zones.get(wanted.site_id or GROUP_CHAIN, home)
        patient_id = connection.scalar(_BY_NUMBER, {"code": wanted.patient.strip()})
        found: list[Row[Any]] = []
        if patient_id is not None or not wanted.patient.strip():
            query = _page_of(sites, wanted, patient_id, zone)
            found = list(connection.execute(query.limit(PAGE + 1).offset(page * PAGE)))
    narrowed = [name for name, value in vars(wanted).items() if value]
    note_look(
        engine,
        person,
        Operation.READ_AUDIT,
        site_id=wanted.site_id,
        patient_id=patient_id,
        page=f"audit {page + 1}",
        **({"narrowed": narrowed} if narrowed else {}),
    )
    return AuditPage(tuple(_row(row, home) for row in found[:PAGE]), len(found) > PAGE)


_BY_NUMBER = select(Patient.patient_id).where(Patient.code == bindparam("code"))
_ZONES = select(Site.site_id, Site.time_zone).order_by(Site.name)
_LINES = (
    select(AuditLine.__table__, Site.name, Site.time_zone, Patient.code, User.name.label("user"))
    .outerjoin(Site, Site.site_id == AuditLine.chain_id)
    .outerjoin(Patient, Patient.patient_id == AuditLine.patient_id)
    .outerjoin(User, User.user_id == AuditLine.record_id)
)


def _page_of(
    sites: frozenset[UUID] | None,
    wanted: AuditFilter,
    patient_id: UUID | None,
    zone: str,
) -> Select[Any]:
    pairs = [
        (sites, lambda: AuditLine.chain_id.in_(sites)),
        (wanted.person.strip() or None, lambda: AuditLine.person == wanted.person.strip()),
        (patient_id, lambda: AuditLine.patient_id == patient_id),
        (wanted.site_id, lambda: AuditLine.chain_id == wanted.site_id),
        (wanted.operation, lambda: AuditLine.operation == wanted.operation),
        (wanted.outcome, lambda: AuditLine.outcome == wanted.outcome),
        (wanted.since, lambda: AuditLine.at >= _begin(wanted.since, zone)),
        (wanted.until, lambda: AuditLine.at < _begin(wanted.until + timedelta(1), zone)),
    ]
    # Newest first either way; a site's own lines are found in their numbers' order.
    newest = (AuditLine.at.desc(), AuditLine.chain_id) if wanted.site_id is None else ()
    return _LINES.where(*(condition() for value, condition in pairs if value is not None)).order_by(
        *newest, AuditLine.number.desc()
    )


def _begin(day: date, zone: str) -> datetime:
    return datetime.combine(day, datetime.min.time(), ZoneInfo(zone))


def _row(row: Row[Any], home: str) -> AuditRow:
    zone = row.time_zone or home
    return AuditRow(
        at=_local(row.at, zone),
        time_zone=zone,
        site=row.name,
        number=row.number,
        person=row.person,
        role=row.role,
        operation=row.operation,
        outcome=row.outcome,
        patient=row.code,
        user=row.user,
        detail=row.detail,
        client=row.client,
        request=row.request,
    )


def _local(at: datetime, zone: str) -> datetime:
    return at.astimezone(ZoneInfo(zone)).replace(tzinfo=None)


def verify(
    engine: Engine, person: Person, *, heads: Iterable[str] = (), tell: Tell | None = None
) -> list[Finding]:
    """Return what is wrong with the audit; nothing where every line is as it was written.

    `heads` are the lines of a file kept elsewhere. `tell` hears lines read and lines in all.
    """
    noted, unreadable = read_heads(heads)
    with reading(engine) as connection:
        require_everywhere(person, Operation.READ_AUDIT)
        findings = find_tampering(connection, noted, tell)
    findings += [
        Finding("The file of ends", number, "tells no end of a chain.") for number in unreadable
    ]
    return findings + _note_check(engine, person, len(findings))


def _note_check(engine: Engine, person: Person, findings: int) -> list[Finding]:
    """Write that the audit was checked; where it takes no line, that is one more thing found."""
    try:
        with writing(engine) as connection:
            write_line(connection, person, Operation.READ_AUDIT, page="check", findings=findings)
    except (DBAPIError, Unavailable):
        return [Finding("The group", None, "this check could not be written into the audit.")]
    return []
