"""Pretend users of the pretend group: one for each way of looking at it.

Passwords are drawn anew each time and belong to no clinic: no account here is a default one, and
none is ever made in a database that holds a real site.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, Engine, Subquery, false, func, select, update

from data.actions.policies import add_revision
from data.actions.user_entries import UserEntry
from data.actions.users import insert_user
from data.audit import write_line
from data.database import reading, writing
from data.doors.openings import end_sessions
from data.doors.second_factor import clear_second_factor
from data.doors.secrets import new_code
from data.doors.throttles import code_key, forgive, name_key
from data.doors.users import find_user, store_password
from data.passwords import hash_password
from data.policies import SIGNING_IN, in_force
from models.errors import Refused
from models.policy import Operation, Person, Role, require_everywhere
from models.tables import Assessment, Patient, Site, Standing, StoredCourse, User

# Whoever answered this lately has a check-in to come back to.
STILL_COMING = timedelta(days=10)
WHY_NO_SECOND_FACTOR = "Pretend group: to look around without an authenticator."
# A history of a few courses is told in one picture; one of a dozen is not.
TELLING_COURSES = (2, 4)
HOME = "Denver"


@dataclass(frozen=True)
class PretendUser:
    """`sees` says in words what there is to look at."""

    sign_in_name: str
    name: str
    role: Role
    sees: str
    sites: tuple[str, ...] = ()
    patient_number: str | None = None
    password: str = ""


STAFF = (
    PretendUser("clinician", "Robin Ellery", Role.CLINICIAN, "patients of Denver", (HOME,)),
    PretendUser(
        "clinician-of-two",
        "Sasha Quill",
        Role.CLINICIAN,
        "patients of Denver and Phoenix",
        (HOME, "Phoenix"),
    ),
    PretendUser("site-manager", "Morgan Teale", Role.SITE_MANAGER, "figures of Denver", (HOME,)),
    PretendUser("group-manager", "Alex Varga", Role.GROUP_MANAGER, "figures of all sites"),
    PretendUser("administrator", "Kim Osei", Role.ADMINISTRATOR, "users, sites, settings, audit"),
)


def make_users(engine: Engine, person: Person) -> list[PretendUser]:
    """Make the pretend users, or give them new passwords; return them with these.

    Raises Refused where any site is not a pretend one.
    """
    require_everywhere(person, Operation.MANAGE_USERS)
    with reading(engine) as connection:
        _refuse_unless_pretend(connection)
        wanted = [*STAFF, _pretend_patient(connection)]
    users = [replace(user, password=new_code()) for user in wanted]
    hashes = [hash_password(user.password) for user in users]
    with writing(engine) as connection:
        _refuse_unless_pretend(connection)
        settings = in_force(connection, SIGNING_IN)
        if settings.second_factor:
            without = replace(settings, second_factor=False)
            add_revision(connection, person, SIGNING_IN, without, WHY_NO_SECOND_FACTOR)
        for user, password_hash in zip(users, hashes, strict=True):
            _make(connection, person, user, password_hash)
        write_line(
            connection, person, Operation.MANAGE_USERS, what="pretend users", users=len(users)
        )
    return users


def _refuse_unless_pretend(connection: Connection) -> None:
    kinds = set(connection.scalars(select(Site.is_pretend)))
    if kinds != {True}:
        raise Refused("Pretend users are made in a pretend group only: see `python -m data demo`.")


def _pretend_patient(connection: Connection) -> PretendUser:
    """Return a user for a patient of whom there is something to see, the same one every time."""
    scores = _count(Assessment.patient_id)
    courses = _count(StoredCourse.patient_id)
    is_telling = courses.c.count.between(*TELLING_COURSES)
    newest = connection.scalar(select(func.max(Standing.last_assessed_on)))
    is_recent = Standing.last_assessed_on >= newest - STILL_COMING if newest else false()
    row = connection.execute(
        select(Patient.code, Patient.name)
        .join(Site, Site.site_id == Patient.site_id)
        .join(scores, scores.c.patient_id == Patient.patient_id)
        .join(Standing, Standing.patient_id == Patient.patient_id)
        .outerjoin(courses, courses.c.patient_id == Patient.patient_id)
        .order_by(
            (Site.name == HOME).desc(),
            Patient.left_on.is_(None).desc(),
            is_recent.desc(),
            func.coalesce(is_telling, False).desc(),
            scores.c.count.desc(),
            Patient.code,
        )
        .limit(1)
    ).one()
    sees = f"their own record, number {row.code}"
    return PretendUser("patient", row.name, Role.PATIENT, sees, patient_number=row.code)


def _count(patient_id: Any) -> Subquery:
    return select(patient_id, func.count().label("count")).group_by(patient_id).subquery()


def _make(connection: Connection, person: Person, user: PretendUser, password_hash: str) -> None:
    """Insert a user, or open the account again that is there."""
    there = find_user(connection, user.sign_in_name)
    if there is None:
        user_id = insert_user(connection, person, _entry(connection, user))
    else:
        user_id = there.user_id
        clear_second_factor(connection, there)
        end_sessions(connection, user_id)
        forgive(connection, name_key(user.sign_in_name), code_key(user_id))
        connection.execute(update(User).where(User.user_id == user_id).values(disabled_at=None))
    store_password(connection, user_id, password_hash)


def _entry(connection: Connection, user: PretendUser) -> UserEntry:
    sites = connection.scalars(select(Site.site_id).where(Site.name.in_(user.sites)))
    return UserEntry(
        user.sign_in_name,
        user.name,
        frozenset({user.role}),
        frozenset(sites),
        patient_number=user.patient_number,
    )
