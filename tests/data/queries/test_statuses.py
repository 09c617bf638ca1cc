"""The status said in SQL is the status said in Python, for everything a standing can hold."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import product

import pytest
from sqlalchemy import insert, select
from uuid_utils.compat import uuid7

from data.database import reading, writing
from data.queries.statuses import status_column, status_parts
from models.outcomes.rules import Rules
from models.outcomes.standing import Situation, Status, status_on
from models.tables import Patient, Standing
from tests.histories import on

TODAY = on(60)
RULES = [Rules(), Rules(silence=21, response_window=7)]
# Days before today around every limit of both sets of rules, and far from any.
AGES = (0, 1, 6, 7, 8, 13, 14, 15, 20, 21, 22, 300)
LEFT = (None, -1, 0, 1)  # days before today


def ago(days: int | None) -> date | None:
    return None if days is None else TODAY - timedelta(days)


def possible_standings():
    """Return (situation, last infusion, last assessed, left) of every kind records can lead to."""
    for situation, age, left in product(Situation, AGES, LEFT):
        was_treated = situation is not Situation.UNTREATED
        infused = [ago(other) for other in AGES] if was_treated else [None]
        if situation is Situation.UNSCORED:
            yield from ((situation, last, None, ago(left)) for last in infused)
            continue
        yield from ((situation, last, ago(age), ago(left)) for last in infused[::3])


STANDINGS = sorted(set(possible_standings()), key=repr)


@pytest.fixture
def stored(clinic):
    """Store one patient for each; return who is which."""
    people = {uuid7(): standing for standing in STANDINGS}
    patients = [
        {
            "patient_id": key,
            "code": str(key),
            "site_id": clinic.denver,
            "covariates": {},
            "left_on": left,
            "recorded_at": clinic.now,
            "recorded_by": "Anna",
        }
        for key, (*_, left) in people.items()
    ]
    standings = [
        {
            "patient_id": key,
            "situation": situation.value,
            "last_infusion_on": infused,
            "last_assessed_on": assessed,
            "recent": [],
            **FURTHER,
        }
        for key, (situation, infused, assessed, _) in people.items()
    ]
    with writing(clinic.engine) as connection:
        connection.execute(insert(Patient), patients)
        connection.execute(insert(Standing), standings)
    return people


# Columns that say nothing about the status and may not be empty.
FURTHER = {
    column.name: ""
    for column in Standing.__table__.columns
    if not column.nullable
    and column.name not in {"patient_id", "situation", "recent", "last_infusion_on"}
}


@pytest.mark.parametrize("rules", RULES, ids=["defaults", "own"])
def test_sql_and_python_name_the_same_status(clinic, stored, rules):
    expected = {
        key: status_on(
            situation,
            last_infusion_on=infused,
            last_assessed_on=assessed,
            left_on=left,
            as_of=TODAY,
            rules=rules,
        )
        for key, (situation, infused, assessed, left) in stored.items()
    }
    query = select(Standing.patient_id, status_column(TODAY, rules)).join(
        Patient, Patient.patient_id == Standing.patient_id
    )
    with reading(clinic.engine) as connection:
        said = {key: Status(status) for key, status in connection.execute(query)}
        chosen = {
            status: [
                key
                for part in status_parts(status, TODAY, rules)
                for key in connection.scalars(
                    select(Standing.patient_id)
                    .join(Patient, Patient.patient_id == Standing.patient_id)
                    .where(part)
                )
            ]
            for status in Status
        }

    assert set(said.values()) == set(Status)
    assert {key: (said[key], stored[key]) for key in said if said[key] != expected[key]} == {}
    # A filter by a status finds exactly those whom the column gives it, and each of them once.
    for status, keys in chosen.items():
        assert sorted(keys) == sorted(key for key in said if said[key] is status), status


def test_nobody_silent_is_said_to_respond():
    for rules, (situation, infused, assessed, left) in product(RULES, STANDINGS):
        status = status_on(
            situation,
            last_infusion_on=infused,
            last_assessed_on=assessed,
            left_on=left,
            as_of=TODAY,
            rules=rules,
        )
        if status is Status.RESPONDING:
            assert (TODAY - assessed).days < rules.silence
