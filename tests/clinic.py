"""Two small clinics to act in: Denver with its clinicians, and Phoenix, which is none of theirs."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Engine, insert, select, update

from data import clock
from data.actions.assessments import record_assessment
from data.actions.infusions import record_infusion
from data.actions.patients import register_patient
from data.actions.sites import open_site
from data.database import reading, writing
from data.doors.openings import open_session
from data.doors.secrets import hash_token
from data.doors.users import hold_user, new_user_row
from data.passwords import hash_password
from models.access import Stage
from models.entries import AssessmentEntry, InfusionEntry
from models.outcomes.history import Moment
from models.policy import OPERATOR, Person, Role
from models.registration import PatientEntry
from models.tables import AuditHead, AuditLine, Base, Session, Site, User, UserSite
from tests.histories import DAY_0, read_moment, read_table

PASSWORD = "lantern gravel mostly oboe"
NOBODY = Person("Nobody", frozenset(), sites=None)
# A course that responds by day 7 and is lost, confirmed, between days 14 and 21.
LOST = """
    day | infusion | PHQ-9
    -1  | -        | 20
    0   | yes      | -
    7   | -        | 8
    14  | -        | 9
    21  | -        | 15
    28  | -        | 16
"""
# Still responding when last seen.
HOLDING = """
    day | infusion | PHQ-9
    -1  | -        | 20
    0   | yes      | -
    7   | -        | 8
    14  | -        | 9
"""


@dataclass
class Clinic:
    """`now` is what the clock says; `anna` and `bert` work in Denver, `pia` in Phoenix."""

    engine: Engine
    denver: UUID
    phoenix: UUID
    now: datetime

    @property
    def anna(self) -> Person:
        return clinician("Anna", self.denver)

    @property
    def bert(self) -> Person:
        return clinician("Bert", self.denver)

    @property
    def pia(self) -> Person:
        return clinician("Pia", self.phoenix)

    def set_day(self, day: int) -> None:
        self.now = noon_of(day)

    def register(self, code: str, *, site: UUID | None = None, records: str = "", **facts) -> UUID:
        """Register a patient, in Denver unless told, with the records a table tells."""
        entry = PatientEntry(code, site or self.denver, **facts)
        patient_id = register_patient(self.engine, OPERATOR, entry=entry)
        self.record(patient_id, records)
        return patient_id

    def record(self, patient_id: UUID, records: str) -> None:
        for row in read_table(records) if records.strip() else []:
            moment = read_moment(row.pop("day"))
            if row.pop("infusion", "-") == "yes":
                entry = InfusionEntry(moment, route="IV", measures={"dose_mg": 40})
                record_infusion(self.engine, OPERATOR, patient_id=patient_id, entry=entry)
            for code, total in row.items():
                if total != "-":
                    self.score(patient_id, moment, float(total), instrument=code)

    def score(
        self, patient_id: UUID, moment: Moment, total: float | None = None, **more: Any
    ) -> UUID:
        entry = AssessmentEntry(moment, stated_total=total, **{"instrument": "PHQ-9", **more})
        return record_assessment(self.engine, OPERATOR, patient_id=patient_id, entry=entry)

    def user(
        self,
        name: str,
        role: Role = Role.CLINICIAN,
        *sites: UUID,
        password: str | None = None,
        **columns: Any,
    ) -> UUID:
        """Make a user who signs in as `name` and is called the same with a capital."""
        row = new_user_row(
            sign_in_name=name,
            name=name.title(),
            roles=frozenset({role}),
            recorded_by="test",
            **{"password_hash": hash_once(password) if password else None, **columns},
        )
        with writing(self.engine) as connection:
            connection.execute(insert(User), row)
            for site_id in sites:
                connection.execute(
                    insert(UserSite), {"user_id": row["user_id"], "site_id": site_id}
                )
        return row["user_id"]

    def session_of(self, user_id: UUID, stage: Stage = Stage.OPEN) -> str:
        """Open a session as if that user had just signed in; return its token."""
        with writing(self.engine) as connection:
            user = hold_user(connection, user_id)
            token = open_session(connection, user, client="127.0.0.1", browser="test").token
            forced = {"stage": stage.value, "expires_at": clock.now() + timedelta(hours=12)}
            if stage is Stage.OPEN:
                forced["confirmed_at"] = clock.now()
            mine = update(Session).where(Session.token_hash == hash_token(token))
            connection.execute(mine.values(**forced))
        return token


@cache
def hash_once(password: str) -> str:
    """Return a real hash; one for a whole run, as each costs an eighth of a second."""
    return hash_password(password)


def clinician(name: str, *sites: UUID) -> Person:
    return Person(name, frozenset({Role.CLINICIAN}), sites=frozenset(sites))


def found_clinic(engine: Engine) -> Clinic:
    """Open the two sites, unless they are open already."""
    sites = {row.name: row.site_id for row in rows_of(engine, Site)}
    if not sites:
        for name in ("Denver", "Phoenix"):
            sites[name] = open_site(engine, OPERATOR, name=name, time_zone=f"America/{name}")
    return Clinic(engine, sites["Denver"], sites["Phoenix"], now=noon_of(60))


def noon_of(day: int) -> datetime:
    """Return about noon on a day at both clinics."""
    return datetime.combine(DAY_0 + timedelta(day), time(18), UTC)


def everything(
    engine: Engine, *, but: Collection[type] = (AuditLine, AuditHead)
) -> dict[str, list[tuple[Any, ...]]]:
    """Return every row of every table but the audit's, to see whether anything changed."""
    left_out = {model.__table__ for model in but}
    with reading(engine) as connection:
        return {
            table.name: sorted(map(tuple, connection.execute(select(table))), key=repr)
            for table in Base.metadata.sorted_tables
            if table not in left_out
        }


def audit_of(engine: Engine, *, outcome: str = "done") -> list[Any]:
    """Return the audit lines with this outcome, in order."""
    return [row for row in rows_of(engine, AuditLine) if row.outcome == outcome]


def rows_of(engine: Engine, model: type, **where: Any) -> list[Any]:
    """Return the rows of a table, in order of its key."""
    table = model.__table__
    query = select(table).filter_by(**where).order_by(*table.primary_key)
    with reading(engine) as connection:
        return list(connection.execute(query))


def only_row(engine: Engine, model: type, **where: Any) -> Any:
    [row] = rows_of(engine, model, **where)
    return row
