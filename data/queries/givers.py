"""Who gives infusions at a site: the names offered where one is recorded."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import Connection, Engine, func, or_, select

from data.database import reading
from models.policy import Operation, Person, Role, require
from models.spellings import join_spellings, settle
from models.tables import Infusion, Patient, Standing, User, UserSite

# Whoever gave none for so long is not offered any more, unless they work there.
LATELY = timedelta(days=180)


def read_givers(engine: Engine, person: Person, *, site_id: UUID, today: date) -> tuple[str, ...]:
    """Return the site's clinicians and whoever else gave infusions there lately, by name.

    Each once, however it was typed. Names of staff are no part of a patient's record.
    """
    with reading(engine) as connection:
        require(person, Operation.RECORD_INFUSION, site_id=site_id)
        staff = _clinicians(connection, site_id)
        used = _named_lately(connection, site_id, today - LATELY)
    others = {settle(name, staff) for name in join_spellings(used).values()}
    return tuple(sorted({*staff, *others}, key=str.casefold))


def _clinicians(connection: Connection, site_id: UUID) -> list[str]:
    here = select(UserSite.user_id).where(UserSite.site_id == site_id)
    users = select(User.name, User.roles).where(
        User.disabled_at.is_(None), or_(User.sees_all_sites, User.user_id.in_(here))
    )
    return [row.name for row in connection.execute(users) if Role.CLINICIAN in row.roles]


def _named_lately(connection: Connection, site_id: UUID, since: date) -> dict[str, int]:
    """Return how many infusions each name stands at, of patients who had any since."""
    query = (
        select(Infusion.given_by, func.count())
        .join(Standing, Standing.patient_id == Infusion.patient_id)
        .join(Patient, Patient.patient_id == Infusion.patient_id)
        .where(
            Patient.site_id == site_id,
            Standing.last_infusion_on >= since,
            Infusion.given_on >= since,
            Infusion.withdrawn_at.is_(None),
            Infusion.given_by.is_not(None),
        )
        .group_by(Infusion.given_by)
    )
    return {name: count for name, count in connection.execute(query)}
